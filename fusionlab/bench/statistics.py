"""What the scores of two contenders on the same items tell, and how surely.

The test asks whether it could as well have been the other way round: under no difference each
item's gap is as likely to be −g as g. Sign-flip test: Fisher, "The Design of Experiments", 1935.
Of gaps that are −1, 0 or 1 it is McNemar's test in its exact form, Psychometrika 12 (1947).

The interval of a mean of scores is the same test turned round: between the means of random parts of
the data the true one lies equally often. Hartigan, "Using subsample values as typical values", JASA
64 (1969). It holds where gaps are as likely above as below their centre, from 6 items on; of fewer,
no interval holds 95%. That of a difference of two shares is Newcombe's tenth, which holds near 0
and 1 as well: Statistics in Medicine 17 (1998), 2635–2650.

φ is Pearson's correlation of two yes-or-no variables. Several p together: Holm, Scandinavian
Journal of Statistics 6 (1979).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusionlab.intervals import wilson
from fusionlab.text.ties import NEAR

EXACT = 14
"""Items up to which all sign flips, or all parts, are looked at; of more, `DRAWN` of them."""
DRAWN = 9_999
CHUNK = 100
"""Drawn together: memory does not grow with their number."""
TAIL = 0.025

Scores = NDArray[np.float64]
"""One value from 0 to 1 an item."""
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher one mean score is than another on the same items."""

    mean: float
    interval: Interval | None
    """95%; None where the items are too few for one, or all differ alike."""
    p: float
    """Two-sided, of no difference."""


def difference(a: Scores, b: Scores, *, graded: bool) -> Difference:
    """The mean of a − b over the same items, at least one; where not graded, each is 0 or 1."""
    gap = a - b
    if graded:
        return Difference(float(gap.mean()), mean_interval(gap), sign_flip(gap))
    both, neither = int((a * b).sum()), int(((1 - a) * (1 - b)).sum())
    only_a, only_b = int((gap > 0).sum()), int((gap < 0).sum())
    interval = paired_interval(both, only_a, only_b, neither)
    return Difference(float(gap.mean()), interval, mcnemar(only_a, only_b))


def sign_flip(gap: Scores, seed: int = 0) -> float:
    """Share of all sign flips whose sum is as far from 0 as the one seen; at least 2 / 2ⁿ.

    Items without a gap say nothing. Of many items flips are drawn, the one seen among them, which
    keeps the test from being surer than it may; the same for a seed.
    """
    some = gap[np.abs(gap) > NEAR]
    seen = abs(float(some.sum())) - NEAR
    if len(some) <= EXACT:
        return float((np.abs(_all_sums(some, -some)) >= seen).mean())
    rng = np.random.default_rng(seed)
    far = 0
    for size in _chunks():
        signs = rng.integers(0, 2, size=(size, len(some)), dtype=np.int8) * 2 - 1
        far += int((np.abs(signs @ some) >= seen).sum())
    return (far + 1) / (DRAWN + 1)


def mean_interval(values: Scores, seed: int = 0) -> Interval | None:
    """The 95% interval of a mean, by typical values; None where there can be none.

    That is of fewer than 6 values, and where all are one, so that nothing tells how they spread.
    """
    if not len(values) or float(np.ptp(values)) <= NEAR:
        return None
    if len(values) <= EXACT:
        sizes = _all_sums(np.ones_like(values), np.zeros_like(values))
        means = (_all_sums(values, np.zeros_like(values)) / np.maximum(sizes, 1))[sizes > 0]
    else:
        means = _means_of_parts(values, np.random.default_rng(seed))
    cut = math.floor(TAIL * (len(means) + 1))
    if cut == 0:
        return None
    means.sort()
    return float(means[cut - 1]), float(means[-cut])


def paired_interval(both: int, only_a: int, only_b: int, neither: int) -> Interval:
    """The 95% interval of a difference of two shares of the same items, of which there is one."""
    n = both + only_a + only_b + neither
    a, b = (both + only_a) / n, (both + only_b) / n
    (low_a, high_a), (low_b, high_b) = wilson(both + only_a, n), wilson(both + only_b, n)
    spread = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    excess = both * neither - only_a * only_b
    together = max(excess - n / 2, 0.0) if excess > 0 else float(excess)
    r = together / math.sqrt(spread) if spread else 0.0

    def reach(one: float, other: float) -> float:
        return math.sqrt(max(one**2 - 2 * r * one * other + other**2, 0.0))

    return a - b - reach(a - low_a, high_b - b), a - b + reach(high_a - a, b - low_b)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p of no difference: 2 · P(X ≤ min) with X ~ Binomial(only_a + only_b, ½)."""
    if not only_a + only_b:
        return 1.0
    from scipy.stats import binomtest  # takes half a second, which the app's start need not wait

    return float(binomtest(only_a, only_a + only_b).pvalue)


def holm(ps: Sequence[float]) -> list[float]:
    """Each p, raised so that among all of them one below 5% is a mistake in 5% of cases at most.

    The smallest counts as often as there are, the next one time less, and none is below one before.
    """
    raised, most = [0.0] * len(ps), 0.0
    for rank, at in enumerate(sorted(range(len(ps)), key=lambda at: ps[at])):
        most = max(most, min(1.0, ps[at] * (len(ps) - rank)))
        raised[at] = most
    return raised


def phi(a: Sequence[bool], b: Sequence[bool]) -> float | None:
    """Correlation of two yes-or-no variables over the same items; None where one never varies."""
    if not a:
        return None
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    spread = x.std() * y.std()
    if spread == 0:
        return None
    return float(((x - x.mean()) * (y - y.mean())).mean() / spread)


def pareto(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Of each (cost, score), whether no other is at least as good in both and better in one."""
    return [
        not any(
            cost <= mine and score >= reached and (cost, score) != (mine, reached)
            for cost, score in points
        )
        for mine, reached in points
    ]


def _all_sums(taken: Scores, left: Scores) -> Scores:
    """The sums of all choices between the two values of each item, 2ⁿ of them."""
    sums = np.zeros(1)
    for one, other in zip(taken, left, strict=True):
        sums = np.concatenate([sums + one, sums + other])
    return sums


def _means_of_parts(values: Scores, rng: np.random.Generator) -> Scores:
    """The means of random parts of the values, none of them empty."""
    means = []
    for size in _chunks():
        part = rng.integers(0, 2, size=(size, len(values)), dtype=np.int8)
        sizes = part.sum(axis=1)
        part[sizes == 0, 0] = 1  # hardly ever, of more than 14
        means.append(part @ values / np.maximum(sizes, 1))
    return np.concatenate(means)


def _chunks() -> list[int]:
    return [min(CHUNK, DRAWN - start) for start in range(0, DRAWN, CHUNK)]
