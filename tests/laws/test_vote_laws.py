"""What holds for every election."""

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from fusionlab.text.answers import Kind, extract, same
from fusionlab.text.consensus import consensus, elect, merged, ranking
from fusionlab.text.election import Duplicates, Race, outcome, plain, ranked
from fusionlab.text.rules import RULES, Poll, Rule, condorcet_winner, places, rank
from fusionlab.text.similarity import char_lcs, mixed, word_rouge_l, words

METRICS = (word_rouge_l, char_lcs)
alphabet = st.sampled_from("abAB1 .,好的é")
text = st.text(alphabet, max_size=30) | st.text(max_size=30)
texts = st.lists(text, min_size=1, max_size=6)
scorer = RougeScorer(["rougeL"])


@given(texts)
def test_symmetric_within_bounds_and_one_on_the_diagonal(texts: list[str]) -> None:
    for metric in METRICS:
        table = metric(texts)
        assert torch.equal(table, table.T)
        assert bool(((table >= 0) & (table <= 1)).all())
        for i, one in enumerate(texts):
            nothing = not (words(one) if metric is word_rouge_l else one)
            assert table[i, i] == (0 if nothing else 1)


@given(st.data(), texts)
def test_order_of_candidates_does_not_change_their_scores(
    data: st.DataObject, texts: list[str]
) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    shuffled = [texts[i] for i in order]
    for metric in METRICS:
        table = metric(texts)
        assert torch.equal(metric(shuffled), table[order][:, order])
        scores = consensus(table)
        assert consensus(metric(shuffled)) == tuple(scores[i] for i in order)


@given(text, st.integers(1, 8))
def test_identical_candidates_elect_the_first(one: str, n: int) -> None:
    for metric in METRICS:
        scores = consensus(metric([one] * n))
        assert elect(scores) == 0
        assert ranking(scores) == tuple(range(n))


@given(text.filter(lambda one: any(words(one))), text)
def test_two_that_agree_win_against_one(pair: str, other: str) -> None:
    for metric in METRICS:
        if metric([pair, other])[0, 1] < 1:
            for place in range(3):
                candidates = [pair, pair]
                candidates.insert(place, other)
                assert candidates[elect(consensus(metric(candidates)))] == pair


@given(texts)
def test_merged_duplicates_score_as_if_each_text_stood_once(texts: list[str]) -> None:
    distinct = list(dict.fromkeys(texts))
    places, once = merged(texts, [1.0] * len(texts))
    scores = consensus(char_lcs(texts), once)
    alone = dict(zip(distinct, consensus(char_lcs(distinct)), strict=True))
    assert [scores[place] for place in places] == [alone[one] for one in texts]


@given(st.lists(st.text(st.characters(codec="ascii"), max_size=40), min_size=2, max_size=4))
def test_equals_rouge_score_on_ascii_that_has_words(texts: list[str]) -> None:
    texts = [text for text in texts if any(map(str.isalnum, text))]
    table = word_rouge_l(texts)
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            expected = scorer.score(one, other)["rougeL"].fmeasure
            assert table[i, j] == pytest.approx(expected, abs=1e-9)


def race(texts: list[str], weights: list[float], rule: Rule, duplicates: Duplicates) -> Race:
    """A vote on texts by their words; what a text comes to is its first character."""
    answers = [text.strip()[:1] or None for text in texts]
    return Race(texts, weights, word_rouge_l(texts), rule, duplicates, 0.5, answers, "exact")


@st.composite
def polls(draw: st.DrawFn) -> tuple[Poll, list[float]]:
    """Few levels of likeness, so that there are ties, and weights of whole numbers."""
    n = draw(st.integers(1, 7))
    likeness = np.eye(n)
    for i in range(n):
        for j in range(i):
            likeness[i, j] = likeness[j, i] = draw(st.integers(0, 8)) / 8
    answers = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    clusters = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    poll = Poll(likeness, np.array(answers), np.unique(clusters, return_inverse=True)[1])
    return poll, [float(weight) for weight in weights]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9))
def test_majority_is_mbr_with_equality_for_likeness(answers: list[int]) -> None:
    given_answers = np.array(answers)
    equal = (given_answers[:, None] == given_answers).astype(float)
    poll = Poll(equal, given_answers, given_answers)
    votes = [1.0] * len(answers)
    assert rank(poll, "majority", votes) == rank(poll, "mbr", votes)


@given(st.data(), polls())
def test_order_of_candidates_does_not_change_their_merit(
    data: st.DataObject, drawn: tuple[Poll, list[float]]
) -> None:
    poll, weights = drawn
    order = data.draw(st.permutations(range(len(weights))))
    shuffled = Poll(poll.likeness[order][:, order], poll.answers[order], poll.clusters[order])
    scored: tuple[Rule, ...] = ("mbr", "majority", "borda", "condorcet")
    for rule in scored:
        place = places(poll, rule, weights)
        assert places(shuffled, rule, [weights[i] for i in order]) == [place[i] for i in order]


@given(polls())
def test_a_condorcet_winner_wins_by_condorcet_and_by_ranked_pairs(
    drawn: tuple[Poll, list[float]],
) -> None:
    poll, weights = drawn
    winner = condorcet_winner(poll, weights)
    if winner is not None:
        assert rank(poll, "condorcet", weights)[0] == winner
        assert rank(poll, "ranked_pairs", weights)[0] == winner


@given(polls())
def test_without_ties_ranked_pairs_do_not_hang_on_the_order(
    drawn: tuple[Poll, list[float]],
) -> None:
    poll, _ = drawn
    n = len(poll.likeness)
    rng = np.random.default_rng(n)
    likeness = rng.random((n, n))
    tieless = Poll((likeness + likeness.T) / 2, poll.answers, poll.clusters)
    weights = list(rng.random(n) + 0.1)
    if n > 2:  # of two, neither is on a ballot that is not its own
        back = Poll(tieless.likeness[::-1, ::-1], poll.answers, poll.clusters)
        mirrored = [n - 1 - i for i in rank(back, "ranked_pairs", weights[::-1])]
        assert list(rank(tieless, "ranked_pairs", weights)) == mirrored


@given(st.data(), texts)
def test_merged_repetition_is_irrelevant_under_every_rule(
    data: st.DataObject, texts: list[str]
) -> None:
    distinct = list(dict.fromkeys(texts))
    more = data.draw(st.lists(st.sampled_from(distinct), max_size=5))
    repeated = distinct + more
    for rule in RULES:
        alone = race(distinct, [1.0] * len(distinct), rule, "count")
        many = race(repeated, [1.0] * len(repeated), rule, "merge")
        order = [repeated[i] for i in ranked(many, outcome(many), rule)]
        expected = ranked(alone, outcome(alone), rule)
        assert order[0] == distinct[expected[0]]
        if rule in ("condorcet", "majority", "mbr", "borda"):
            continue  # candidates that tie share a place, and then their copies mingle
        assert list(dict.fromkeys(order)) == [distinct[i] for i in expected]


@given(texts, st.sampled_from(["a", "b"]))
def test_a_mixture_of_one_metric_is_that_metric(texts: list[str], name: str) -> None:
    tables = {"a": word_rouge_l(texts), "b": char_lcs(texts)}
    shares = {"a": 0.0, "b": 0.0} | {name: 0.7}
    assert torch.equal(mixed(tables, shares), tables[name])


@given(
    st.lists(st.text(st.sampled_from("1203.,-+$ abAB(yesno)\n好é"), max_size=12), max_size=8),
    st.sampled_from(get_args(Kind)),
)
def test_answers_are_plain_alike_exactly_where_they_are_the_same(
    texts: list[str], kind: Kind
) -> None:
    answers = [found for text in texts if (found := extract(text, kind)) is not None]
    for one in answers:
        for other in answers:
            assert (plain(one, kind) == plain(other, kind)) == same(one, other, kind)
