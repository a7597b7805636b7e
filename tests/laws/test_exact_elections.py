"""Elections name who exact arithmetic names: winner, ranking, ties, jury and whose ballot decides.

The reference counts in fractions, candidate by candidate, and shares no code with the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fusionlab.text.bulk import Ballot, Elected, elections
from fusionlab.text.clustering import clusters
from fusionlab.text.consensus import consensus, elect
from fusionlab.text.election import Race, election
from fusionlab.text.rules import RULES, Rule
from fusionlab.text.similarity import word_rouge_l
from fusionlab.text.table import Question

HALF = Fraction(1, 2)
WEIGHTS = ("0", "0.1", "0.2", "0.3", "0.7", "1", "2", "3", "1e-3")
Merit = tuple[Fraction, ...]


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + shared(one[1:], other[1:])
    return max(shared(one[1:], other), shared(one, other[1:]))


def alike(one: str, other: str) -> Fraction:
    a, b = one.split(), other.split()
    return Fraction(2 * shared(a, b), max(len(a) + len(b), 1))


def groups(s: list[list[Fraction]], threshold: Fraction) -> list[int]:
    """Average linkage by its definition: the mean over all pairs of two groups."""
    found = [[i] for i in range(len(s))]

    def mean(pair: tuple[list[int], list[int]]) -> Fraction:
        pairs = list(product(*pair))
        return sum((s[i][j] for i, j in pairs), Fraction(0)) / len(pairs)

    while len(found) > 1:
        nearest = max(combinations(found, 2), key=mean)  # of equals the earliest
        if mean(nearest) < threshold:
            break
        one, other = nearest
        found.remove(other)
        one += other
    return [next(k for k, group in enumerate(found) if i in group) for i in range(len(s))]


@dataclass(frozen=True)
class Exact:
    """One election in fractions; `among` stand and vote."""

    s: list[list[Fraction]]
    weights: list[Fraction]
    answers: list[str | None]
    groups: list[int]
    among: tuple[int, ...]
    own_ballot: bool = False

    def total(self, voters: Sequence[int]) -> Fraction:
        return sum((self.weights[j] for j in voters), Fraction(0))

    def mean(self, i: int) -> Fraction:
        heard = [j for j in self.among if j != i or self.own_ballot]
        weight = self.total(heard)
        if not weight:
            return Fraction(0)
        return sum((self.weights[j] * self.s[i][j] for j in heard), Fraction(0)) / weight

    def margin(self, a: int, b: int) -> Fraction:
        voters = [v for v in self.among if v not in (a, b)]
        return self.total([v for v in voters if self.s[v][a] > self.s[v][b]]) - self.total(
            [v for v in voters if self.s[v][a] < self.s[v][b]]
        )

    def merit(self, rule: Rule, i: int) -> Merit:
        others = [j for j in self.among if j != i]
        given = any(self.answers[j] is not None for j in self.among)
        match rule:
            case "majority" if given:
                mine = [j for j in self.among if self.answers[j] == self.answers[i]]
                return (self.total(mine) if self.answers[i] is not None else Fraction(-1),)
            case "borda":
                weight = self.total(others)
                points = sum((self.margin(i, j) for j in others), Fraction(0))
                return (points / weight if weight else Fraction(0),)
            case "condorcet":
                margins = [self.margin(i, j) for j in others]
                return (Fraction(sum((m > 0) - (m < 0) for m in margins)),)
            case "ranked_pairs":
                return (Fraction(-self.locked(self.among).index(i)),)
            case "clusters":
                group = [j for j in self.among if self.groups[j] == self.groups[i]]
                return (self.total(group), Fraction(-group[0]), self.mean(i))
            case _:
                return (self.mean(i),)

    def locked(self, order: Sequence[int]) -> list[int]:
        """Tideman's order, wins locked in one by one; of equals the earlier in `order` first."""
        pairs = []
        for a, b in combinations(order, 2):
            high, low = (a, b) if self.margin(a, b) >= 0 else (b, a)
            pairs.append((-abs(self.margin(a, b)), order.index(high), order.index(low), high, low))
        over = {(i, i) for i in order}
        for *_, high, low in sorted(pairs):
            if (low, high) not in over:
                over |= {(i, j) for i in order for j in order if {(i, high), (low, j)} <= over}
        return sorted(order, key=lambda i: -sum((i, j) in over for j in order))

    def ranking(self, rule: Rule) -> list[int]:
        merit = {i: self.merit(rule, i) for i in self.among}
        return sorted(self.among, key=lambda i: [-part for part in merit[i]])

    def first(self, rule: Rule) -> set[int]:
        """All who share the first place."""
        if rule == "ranked_pairs":
            return {
                i
                for i in self.among
                if self.locked((i, *(j for j in self.among if j != i)))[0] == i
            }
        merit = {i: self.merit(rule, i) for i in self.among}
        if rule != "clusters":
            return {i for i in self.among if merit[i] == max(merit.values())}
        heaviest = max(weight for weight, _, _ in merit.values())
        return {
            i
            for i in self.among
            if merit[i][0] == heaviest
            and all(merit[i][2] >= merit[j][2] for j in self.among if merit[j][1] == merit[i][1])
        }


def exact(texts: list[str], weights: list[str], *, own_ballot: bool = False) -> Exact:
    s = [[alike(a, b) for b in texts] for a in texts]
    answers = [text[0] if text[0] != "d" else None for text in texts]
    everybody = tuple(range(len(texts)))
    together = groups(s, HALF)
    return Exact(s, [Fraction(w) for w in weights], answers, together, everybody, own_ballot)


def race(texts: list[str], weights: list[str], rule: Rule, *, own_ballot: bool = False) -> Race:
    answers = [text[0] if text[0] != "d" else None for text in texts]
    ballots, likeness = list(map(float, weights)), word_rouge_l(texts)
    return Race(texts, ballots, likeness, rule, "count", 0.5, answers, "exact", own_ballot)


def distinct(texts: list[str], one_each: set[int], elected: int) -> set[str]:
    """Texts that share the first place; nobody where there is but one."""
    found = {texts[i] for i in one_each} | {texts[elected]}
    return found if len(found) > 1 else set()


def check(texts: list[str], weights: list[str], *, own_ballot: bool) -> None:
    right = exact(texts, weights, own_ballot=own_ballot)
    n = len(texts)
    assert clusters(word_rouge_l(texts).numpy(), 0.5).tolist() == right.groups
    for rule in RULES:
        held = race(texts, weights, rule, own_ballot=own_ballot)
        voted = election(held, {"rouge_l": held.likeness}, "rouge_l", "")
        assert voted.own_ballot == own_ballot
        assert voted.scores["rouge_l"] == pytest.approx([float(right.mean(i)) for i in range(n)])
        order = right.ranking(rule)
        assert list(voted.ranking) == list(voted.rules[rule]) == order, rule
        assert voted.winner == order[0], rule
        mine = {texts[i] for i in voted.tied}
        if voted.rule == "majority":
            answers = {right.answers[i] for i in right.first(rule)}
            assert {right.answers[i] for i in voted.tied} == (
                answers if len(answers) > 1 else set()
            )
        else:
            assert mine == distinct(texts, right.first(rule), order[0]), rule
        assert voted.tied[:1] in ((), (voted.winner,))
        for i in range(n):
            less = ["0" if j == i else weight for j, weight in enumerate(weights)]
            assert (
                voted.without[i]
                == replace(right, weights=[Fraction(weight) for weight in less]).ranking(rule)[0]
            ), rule
        group: Sequence[object] = right.answers if voted.rule == "majority" else right.groups
        for size in range(1, n):
            panels = list(combinations(range(n), size))
            agreed = 0
            for panel in panels:
                part = replace(right, among=panel)
                if voted.rule == "majority" and all(right.answers[i] is None for i in panel):
                    continue  # it comes to no answer
                agreed += group[part.ranking(rule)[0]] == group[voted.winner]
            assert voted.jury[size - 1] == pytest.approx(agreed / len(panels)), (rule, size)


words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(" ".join)
ballots = st.tuples(words, st.sampled_from(WEIGHTS))


@settings(max_examples=250)
@given(st.lists(ballots, min_size=1, max_size=5), st.booleans())
@example([("b a c", "3"), ("a d", "1")], False)
@example([("b a c", "3"), ("a d", "1")], True)
@example([(text, "1") for text in ("c a a a a b", "a c", "b a c a", "c c b a", "b a")], False)
@example([("a", "0"), ("b", "0"), ("d", "0")], False)
@example([("a", "0"), ("b", "0"), ("d", "0")], True)
@example([("a", "0.1"), ("a", "0.2"), ("b", "0.3")], False)
@example([("a", "0.1"), ("a", "0.2"), ("b", "0.3")], True)
def test_all_of_an_election_is_what_fractions_say(
    drawn: list[tuple[str, str]], own_ballot: bool
) -> None:
    check([text for text, _ in drawn], [weight for _, weight in drawn], own_ballot=own_ballot)


@given(st.lists(words, min_size=1, max_size=5))
def test_where_ballots_weigh_the_same_both_forms_of_mbr_elect_the_same(texts: list[str]) -> None:
    weights = ["1"] * len(texts)
    order = exact(texts, weights).ranking("mbr")
    assert exact(texts, weights, own_ballot=True).ranking("mbr") == order
    for own_ballot in (False, True):
        held = race(texts, weights, "mbr", own_ballot=own_ballot)
        voted = election(held, {"rouge_l": held.likeness}, "rouge_l", "")
        assert list(voted.ranking) == order


def test_of_two_that_are_unlike_the_heavier_wins_where_own_ballots_count() -> None:
    likeness = word_rouge_l(["a b", "a c"])
    assert consensus(likeness, [1, 3], own_ballot=True) == (0.625, 0.875)
    assert consensus(likeness, [0, 0], own_ballot=True) == (0, 0)
    assert elect(consensus(likeness, [1, 3], own_ballot=True)) == 1
    assert elect(consensus(likeness, [3, 1], own_ballot=True)) == 0


def test_of_two_the_first_is_elected_whatever_their_ballots_weigh() -> None:
    """Each hears only the other, and likeness is mutual: the two are always equal."""
    texts = [" ".join(letters) for n in (1, 2, 3) for letters in product("abc", repeat=n)]
    for one, other in combinations(texts, 2):
        for weights in ([1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [0.1, 0.7], [7.0, 9.0]):
            likeness = word_rouge_l([one, other])
            assert elect(consensus(likeness, weights)) == 0


def test_a_table_elects_whom_a_vote_elects() -> None:
    texts = ["c a a a a b", "a c", "b a c a", "c c b a", "b a"]
    for rule in RULES:
        for weights in (["1"] * 5, ["3", "0.1", "0.2", "0.3", "1"], ["0"] * 5):
            for own_ballot in (False, True):
                held = replace(race(texts, weights, rule, own_ballot=own_ballot), answers=texts)
                voted = election(held, {"rouge_l": held.likeness}, "rouge_l", "")
                asked = Question("?", tuple(texts), tuple("vwxyz"), tuple(map(float, weights)))
                ballot = Ballot(rule=rule, answer="exact", own_ballot=own_ballot)
                (found, *_) = elections([asked], ballot)
                assert isinstance(found, Elected)
                assert found.elected == texts[voted.winner]
                assert found.tied == max(len(voted.tied) - 1, 0)
                assert found.score == voted.scores["rouge_l"][voted.winner]
