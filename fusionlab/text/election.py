"""One whole election: scores, the ranking under every rule, and the influence of each ballot.

Equal texts are counted one by one, or merged: then each distinct text stands and votes once, with
the largest of its weights, in the vote itself and in every panel drawn from it.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from fusionlab.events import Voted
from fusionlab.text.answers import Kind, meaning
from fusionlab.text.bounds import MOST_FOR_PANELS, check_candidates, most_candidates
from fusionlab.text.clustering import clusters
from fusionlab.text.consensus import consensus, merged
from fusionlab.text.rules import (
    NO_ANSWER,
    RULES,
    Panels,
    Poll,
    Rule,
    by_mbr,
    first,
    places,
    winners,
)
from fusionlab.text.steps import Steps, finished

Duplicates = Literal["count", "merge"]

PANELS = 64
"""The most panels of one size that are asked."""


@dataclass(frozen=True, slots=True)
class Race:
    """The candidates with their ballots and likenesses, and how they are decided between."""

    texts: Sequence[str]
    weights: Sequence[float]
    """What each ballot weighs."""
    likeness: Float[Tensor, "text text"]
    """Under the deciding metric."""
    rule: Rule
    duplicates: Duplicates
    alike: float
    """Mean likeness from which two groups are one cluster."""
    answers: Sequence[str | None] = ()
    kind: Kind = "text"
    own_ballot: bool = False
    """Whether a text's mean likeness includes its own ballot."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The race as the rules see it; `copies[k]` lists the places of the k-th standing text."""

    poll: Poll
    copies: tuple[tuple[int, ...], ...]

    @property
    def place(self) -> list[int]:
        """The number of the standing text that each candidate is, or is a copy of."""
        found = {i: k for k, places in enumerate(self.copies) for i in places}
        return [found[i] for i in range(len(found))]

    def ballots(self, rows: Float[np.ndarray, "panel text"]) -> Float[np.ndarray, "panel distinct"]:
        """The weights of the standing texts: the largest among the copies of each."""
        if len(self.copies) == rows.shape[1]:
            return rows
        return np.stack([rows[:, copies].max(1) for copies in self.copies], axis=1)


def outcome(race: Race) -> Outcome:
    """The race as the rules see it, grouped by answer and by meaning."""
    copies: dict[object, list[int]] = {}
    for i, text in enumerate(race.texts):
        copies.setdefault(text if race.duplicates == "merge" else i, []).append(i)
    firsts = [same[0] for same in copies.values()]
    likeness = race.likeness.double().numpy()[firsts][:, firsts]
    answers = [race.answers[i] for i in firsts] if race.answers else [None] * len(firsts)
    numbers = np.array(_numbered(answers, race.kind), dtype=np.int64)
    poll = Poll(likeness, numbers, clusters(likeness, race.alike), race.own_ballot)
    return Outcome(poll, tuple(map(tuple, copies.values())))


def ranked(race: Race, seen: Outcome, rule: Rule) -> tuple[int, ...]:
    """All candidates of the race under a rule, best first."""
    return _ranking(seen, standing(race, seen, rule))


def standing(race: Race, seen: Outcome, rule: Rule) -> list[int]:
    """The place of each standing text, the smaller the better; equals share one."""
    return places(seen.poll, rule, _ballots(race, seen))


def decided(race: Race, seen: Outcome, place: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """Who is elected by these places, and all who tie for the first place, the elected one first.

    Candidates with the same text, or under the majority with the same answer, do not tie with one
    another: one of them stands for all. Without a tie there are none.
    """
    by_answer = race.rule == "majority" and not by_mbr(seen.poll, race.rule)
    one_each: dict[Hashable, int] = {}
    for k in first(seen.poll, race.rule, _ballots(race, seen), place):
        one = seen.copies[k][0]
        one_each.setdefault(int(seen.poll.answers[k]) if by_answer else race.texts[one], one)
    tied = tuple(one_each.values())
    return tied[0], tied if len(tied) > 1 else ()


def _ballots(race: Race, seen: Outcome) -> list[float]:
    ballots: list[float] = seen.ballots(np.array([race.weights], dtype=float))[0].tolist()
    return ballots


def _ranking(seen: Outcome, place: Sequence[int]) -> tuple[int, ...]:
    of = seen.place
    return tuple(sorted(range(len(of)), key=lambda i: place[of[i]]))


def scores(
    likeness: Float[Tensor, "text text"],
    texts: Sequence[str],
    weights: Sequence[float],
    duplicates: Duplicates,
    *,
    own_ballot: bool = False,
) -> tuple[float, ...]:
    """Each candidate's mean likeness to the others; copies that are merged share one score."""
    if duplicates == "count":
        return consensus(likeness, weights, own_ballot=own_ballot)
    seats, once = merged(texts, weights)
    score = consensus(likeness, once, own_ballot=own_ballot)
    return tuple(score[seat] for seat in seats)


def election(
    race: Race, similarity: Mapping[str, Float[Tensor, "text text"]], metric: str, words: str
) -> Voted:
    """The vote over all candidates, scored by every metric and decided by one of them."""
    return finished(electing(race, outcome(race), similarity, metric, words))


def electing(
    race: Race,
    seen: Outcome,
    similarity: Mapping[str, Float[Tensor, "text text"]],
    metric: str,
    words: str,
) -> Steps[Voted]:
    """The work of `election`, in steps of a rule, a metric or the panels of one size.

    Rules that do not take so many candidates are left out. Raises RecipeError where the deciding
    rule is one of them.
    """
    n = len(race.texts)
    check_candidates(n, race.rule)
    stand = {}
    for rule in RULES:
        if n <= most_candidates(rule):
            stand[rule] = standing(race, seen, rule)
            yield 0.0
    rankings = {rule: _ranking(seen, place) for rule, place in stand.items()}
    winner, tied = decided(race, seen, stand[race.rule])
    place = seen.place
    ballots = merged(race.texts, race.weights)[1] if race.duplicates == "merge" else race.weights
    score = {}
    for name, table in similarity.items():
        score[name] = scores(
            table, race.texts, race.weights, race.duplicates, own_ballot=race.own_ballot
        )
        yield 0.0
    order = rankings[race.rule]
    asked = n <= MOST_FOR_PANELS[race.rule]
    shares = (yield from _jury(race, seen, place[winner])) if asked else ()
    return Voted(
        winner,
        metric,
        score,
        {name: tuple(map(tuple, table.tolist())) for name, table in similarity.items()},
        order,
        rule="mbr" if by_mbr(seen.poll, race.rule) else race.rule,
        rules={str(rule): ranking for rule, ranking in rankings.items()},
        votes=tuple(map(float, ballots)),
        without=without(race, seen) if asked else (),
        jury=shares,
        clusters=tuple(int(seen.poll.clusters[k]) for k in place),
        answers=tuple(answer or "" for answer in race.answers),
        words=words,
        tied=tied,
        own_ballot=race.own_ballot,
    )


def without(race: Race, seen: Outcome) -> tuple[int, ...]:
    """Who would be elected if candidate i stood but had no ballot, for every i.

    Among equals it is the first, and also where no other ballot weighs anything.
    """
    weights = np.array(race.weights, dtype=float)
    rows = np.where(np.eye(len(weights), dtype=bool), 0.0, weights)
    ballots = seen.ballots(rows)
    panels = Panels(np.ones(ballots.shape, dtype=bool), ballots)
    return tuple(seen.copies[k][0] for k in winners(seen.poll, race.rule, panels))


def jury(race: Race, seen: Outcome, winner: int) -> tuple[float, ...]:
    """For k = 1, 2, … the share of panels of k candidates that agree with the whole electorate.

    All panels of one size are asked, or `PANELS` of them, drawn with a fixed seed. They agree on an
    answer under the majority, else on a cluster. Among equals a panel elects the first, also where
    none of its ballots weighs anything.
    """
    return finished(_jury(race, seen, winner))


def _jury(race: Race, seen: Outcome, winner: int) -> Steps[tuple[float, ...]]:
    group = seen.poll.clusters
    if race.rule == "majority" and not by_mbr(seen.poll, race.rule):
        group = seen.poll.answers
    n, weights = len(race.weights), np.array(race.weights, dtype=float)
    generator = np.random.default_rng(0)
    shares = []
    for size in range(1, n):
        drawn = panels_of(size, n, generator)
        stands = seen.ballots(drawn.astype(float)) > 0
        panels = Panels(stands, seen.ballots(np.where(drawn, weights, 0.0)))
        elected = group[winners(seen.poll, race.rule, panels)]
        shares.append(float(np.mean(elected == group[winner])))
        yield size / n
    return (*shares, 1.0)


def panels_of(size: int, n: int, generator: np.random.Generator) -> Bool[np.ndarray, "panel text"]:
    """Every panel of `size` out of n where there are at most `PANELS`, else `PANELS` drawn ones."""
    if math.comb(n, size) <= PANELS:
        chosen = np.array(list(combinations(range(n), size)))
    else:
        chosen = generator.random((PANELS, n)).argsort(axis=1)[:, :size]
    panels = np.zeros((len(chosen), n), dtype=bool)
    np.put_along_axis(panels, chosen, values=True, axis=1)
    return panels


def _numbered(answers: Sequence[str | None], kind: Kind) -> list[int]:
    """Numbers from 0, equal for equal answers; `NO_ANSWER` where there is no answer."""
    known: dict[Hashable, int] = {}
    return [
        NO_ANSWER if answer is None else known.setdefault(plain(answer, kind), len(known))
        for answer in answers
    ]


def plain(answer: str, kind: Kind) -> Hashable:
    """A value that is equal for equal extracted answers only: see `answers.same`.

    It spares comparing all of them in pairs, which takes seconds for whole texts.
    """
    return meaning(answer, kind)
