"""Laws of pooling from lists of the best: what is certain is so, whatever was not told."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fusionlab.models.leading import Score
from fusionlab.tokens import bounds
from fusionlab.tokens.bounds import Heard, Pooled
from fusionlab.tokens.pivotal import UNKNOWN, Without, without_each

Array = NDArray[np.float64]
DRAWN = 2000
"""Random situations that are looked at."""
FEWER = 400
"""Of these, where each member is left out."""


@dataclass(frozen=True)
class Situation:
    """Members' whole distributions over one list of pieces, and what they told of them."""

    probs: Array
    """Member, piece; 0 where the piece is no token of the member's."""
    weights: list[float]
    pieces: list[bytes]
    heard: list[Heard]


def situation(rng: np.random.Generator) -> Situation:
    """Likes and dislikes that members share more or less, told to some depth."""
    n, size = int(rng.integers(1, 5)), int(rng.integers(2, 40))
    shared = rng.normal(size=size) * rng.uniform(0, 4)
    logits = shared + rng.normal(size=(n, size)) * rng.uniform(0.05, 3)
    logits[rng.random((n, size)) < rng.choice([0, 0.3])] = -np.inf
    logits[np.isinf(logits).all(axis=1)] = 0
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    weights = rng.random(n) * (rng.random(n) < 0.85)
    weights = weights + (weights.sum() == 0)
    pieces = [f"{token}".encode() for token in range(size)]
    heard = [listed(row, pieces, int(rng.integers(1, 8))) for row in probs]
    union = bounds.union(heard)
    for at, each in enumerate(heard):
        asked = [piece for piece in union if each.probability(piece) is None and rng.random() < 0.5]
        heard[at] = bounds.scored(each, asked, [score(probs[at], int(piece)) for piece in asked])
    return Situation(probs, list(weights / weights.sum()), pieces, heard)


def listed(probs: Array, pieces: list[bytes], k: int) -> Heard:
    best = [int(token) for token in np.argsort(-probs)[:k] if probs[token] > 0]
    return bounds.heard([(pieces[token], math.log(probs[token])) for token in best])


def score(probs: Array, token: int) -> Score:
    """Of a piece that is no token of the member's, something that counts as its probability."""
    p = float(probs[token])
    return Score(math.log(p)) if p > 0 else Score(math.log(0.7), whole=False)


def whole_pool(given: Situation, pooling: Pooled) -> Array:
    asked = [at for at, weight in enumerate(given.weights) if weight > 0]
    weights = np.array([given.weights[at] for at in asked])[:, None]
    probs = given.probs[asked]
    product: Array = (probs**weights).prod(axis=0)
    mean: Array = (probs * weights).sum(axis=0)
    return mean if pooling == "arithmetic" else product


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
def test_what_is_certain_is_the_best_of_the_whole_distributions(pooling: Pooled) -> None:
    certain = guessed_wrong = 0
    for seed in range(DRAWN):
        given = situation(np.random.default_rng(seed))
        union = bounds.union(given.heard)
        values = bounds.pooled(given.heard, given.weights, union, pooling, 1e-6)
        best = whole_pool(given, pooling).argmax()
        for piece in sorted(union, key=lambda piece: -values[union.index(piece)])[:3]:
            is_certain = bounds.certain(given.heard, given.weights, union, piece, pooling)
            # Whatever it was chosen from: members may have told more than that.
            assert is_certain == bounds.certain(given.heard, given.weights, [piece], piece, pooling)
            if is_certain:
                certain += 1
                assert int(piece) == best, seed
        guessed_wrong += int(union[values.index(max(values))]) != best
    # Neither is anything certain for want of trying, nor is every guess right.
    assert certain > DRAWN / 5
    assert guessed_wrong > 0


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
def test_what_is_settled_is_chosen_with_any_scores(pooling: Pooled) -> None:
    """Those of parts included, which are as probable as the tokens that they are."""
    settled = 0
    for seed in range(DRAWN):
        rng = np.random.default_rng(seed)
        given = texts(situation(rng))
        union = bounds.union(given.heard)
        values = bounds.pooled(given.heard, given.weights, union, pooling, 1e-6)
        best = union[values.index(max(values))]
        if bounds.settled(given.heard, given.weights, union, best, pooling, 1e-6):
            settled += 1
            told = [scored(each, union, rng) for each in given.heard]
            values = bounds.pooled(told, given.weights, union, pooling, 1e-6)
            assert union[values.index(max(values))] == best, seed
    assert settled > DRAWN / 10


def texts(given: Situation) -> Situation:
    """The same, with pieces many of which begin with another one."""

    def named(piece: bytes) -> bytes:
        return b"a" * (int(piece) % 3) + bytes([98 + int(piece) // 3])[: int(piece) % 4]

    heard = [replace(e, known={named(p): x for p, x in e.known.items()}) for e in given.heard]
    return replace(given, heard=[replace(each, parts={}) for each in heard])


def scored(told: Heard, pieces: list[bytes], rng: np.random.Generator) -> Heard:
    """With scores that its model may give: as whole tokens, or as the tokens they begin with."""
    missing = [piece for piece in pieces if told.probability(piece) is None]
    begun = [[p for q, p in told.known.items() if q and piece.startswith(q)] for piece in missing]
    parts = [bool(each) and rng.random() < 0.7 for each in begun]
    most = told.most / max(1, len(missing))
    found = [
        Score(math.log(max(each)), whole=False) if part else Score(math.log(most + 1e-12))
        for each, part in zip(begun, parts, strict=True)
    ]
    return bounds.scored(told, missing, found)


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
def test_who_is_certainly_pivotal_is_so_in_the_whole_distributions(pooling: Pooled) -> None:
    told = {True: 0, False: 0, None: 0}
    named = 0
    for seed in range(FEWER):
        given = situation(np.random.default_rng(seed))
        union = bounds.union(given.heard)
        values = bounds.pooled(given.heard, given.weights, union, pooling, 1e-6)
        first = union[values.index(max(values))]
        found = without_each(
            given.heard, given.weights, [each.known for each in given.heard], first, pooling, 1e-6
        )
        for at, without in enumerate(found):
            told[without.pivotal] += 1
            left = [w if other != at else 0.0 for other, w in enumerate(given.weights)]
            if not any(left):
                assert without == UNKNOWN or not given.weights[at]
            elif without.pivotal is not None:
                whole = whole_pool(given, pooling).argmax()
                other = whole_pool(replace(given, weights=left), pooling).argmax()
                assert without.pivotal == (other != whole), seed
                assert without.first is None or int(without.first) == other, seed
                named += without.first is not None
    # Each answer is given, and not for want of trying to know.
    assert min(told.values()) > FEWER / 20
    assert named > FEWER / 20


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
def test_who_is_certainly_pivotal_is_so_with_any_scores(pooling: Pooled) -> None:
    """The method without that member would choose so, however pieces are spelled by the others."""
    certain = 0
    for seed in range(FEWER):
        rng = np.random.default_rng(seed)
        given = texts(situation(rng))
        union = bounds.union(given.heard)
        values = bounds.pooled(given.heard, given.weights, union, pooling, 1e-6)
        first = union[values.index(max(values))]
        found = without_each(
            given.heard, given.weights, [each.known for each in given.heard], first, pooling, 1e-6
        )
        for at, without in enumerate(found):
            left = [w if other != at else 0.0 for other, w in enumerate(given.weights)]
            if without.pivotal is None or not given.weights[at]:
                continue
            certain += 1
            others = [given.heard[other] for other, w in enumerate(left) if w]
            pieces = bounds.union(others)
            scores = [scored(each, pieces, rng) for each in others]
            weights = [w / sum(left) for w in left if w]
            anew = bounds.pooled(scores, weights, pieces, pooling, 1e-6)
            best = pieces[anew.index(max(anew))]
            assert without.pivotal == (best != first), seed
            assert without.first in (None, best), seed
    assert certain > FEWER / 10


def test_only_that_another_would_win_may_be_certain() -> None:
    one = bounds.heard([(b"a", math.log(0.9)), (b"b", math.log(0.05))])
    two = bounds.heard([(b"b", math.log(0.45)), (b"c", math.log(0.45)), (b"a", math.log(0.05))])
    found = without_each([one, two], [0.5, 0.5], [one.known, two.known], b"a", "arithmetic")
    assert found == [Without(pivotal=True), Without(pivotal=False)]
    alone = without_each([one, two], [1.0, 0.0], [one.known, two.known], b"a", "arithmetic")
    assert alone == [UNKNOWN, Without(pivotal=False)]


def test_what_only_the_left_out_told_is_no_rival() -> None:
    """Were " is" the token with which the other begins " isle", that would be as probable to it."""
    one = bounds.heard([(b" is", math.log(0.7)), (b" was", math.log(0.2))])
    two = bounds.heard([(b" is", math.log(0.7)), (b" isle", math.log(0.01))])
    lists = [one.known, two.known]
    found = without_each([one, two], [0.5, 0.5], lists, b" is", "arithmetic")
    assert found == [Without(pivotal=False)] * 2


@given(st.integers(0, 2**32))
def test_every_probability_lies_between_its_bounds(seed: int) -> None:
    drawn = situation(np.random.default_rng(seed))
    for row, each in zip(drawn.probs, drawn.heard, strict=True):
        for token, piece in enumerate(drawn.pieces):
            assert each.low(piece) - 1e-12 <= row[token] <= each.high(piece, each.most) + 1e-9


@given(st.integers(0, 2**32))
def test_whoever_tells_all_leaves_nothing_open(seed: int) -> None:
    drawn = situation(np.random.default_rng(seed))
    every = [listed(row, drawn.pieces, len(drawn.pieces)) for row in drawn.probs]
    union = bounds.union(every)
    pooled = bounds.pooled(every, drawn.weights, union, "arithmetic")
    whole = whole_pool(drawn, "arithmetic")
    assert pooled == pytest.approx([whole[int(piece)] for piece in union])
    assert bounds.coverage(every, drawn.weights) == pytest.approx(1)
    best, *others = sorted(pooled, reverse=True)
    clear = not others or best > others[0] * 1.001
    chosen = union[pooled.index(best)]
    assert bounds.certain(every, drawn.weights, union, chosen, "arithmetic") or not clear


@given(st.integers(0, 2**32), st.sampled_from(["arithmetic", "geometric"]))
def test_a_pool_is_a_distribution_of_which_some_is_not_told(seed: int, pooling: Pooled) -> None:
    drawn = situation(np.random.default_rng(seed))
    union = bounds.union(drawn.heard)
    values = bounds.pooled(drawn.heard, drawn.weights, union, pooling, 1e-6)
    assert all(0 <= value <= 1 + 1e-9 for value in values)
    assert sum(values) <= 1 + 1e-9
    assert 0 < bounds.coverage(drawn.heard, drawn.weights) <= 1


@given(st.integers(0, 2**32))
def test_entropy_is_at_most_that_of_the_whole(seed: int) -> None:
    drawn = situation(np.random.default_rng(seed))
    for row, each in zip(drawn.probs, drawn.heard, strict=True):
        whole = -sum(p * math.log(p) for p in row if p > 0)
        assert bounds.entropy(each) <= whole + 1e-9


def test_who_says_the_same_does_not_diverge() -> None:
    one = bounds.heard([(b"a", math.log(0.6)), (b"b", math.log(0.3))])
    assert bounds.divergence([one, one], [0.5, 0.5], [b"a", b"b"]) == pytest.approx(0)
    other = replace(one, known={b"b": 0.6, b"a": 0.3})
    assert bounds.divergence([one, other], [0.5, 0.5], [b"a", b"b"]) > 0.01


def test_the_product_needs_a_floor_for_what_was_not_told() -> None:
    one = bounds.heard([(b"a", math.log(0.9))])
    other = bounds.heard([(b"b", math.log(0.9))])
    both = [one, other]
    assert bounds.pooled(both, [0.5, 0.5], [b"a", b"b"], "geometric", 0.0) == [0, 0]
    assert bounds.pooled(both, [0.5, 0.5], [b"a", b"b"], "geometric", 1e-6) == [0.5, 0.5]
    assert not bounds.certain(both, [0.5, 0.5], [b"a", b"b"], b"a", "geometric")
