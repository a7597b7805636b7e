"""What the answers of two contenders to the same items tell, and how surely.

Paired bootstrap: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993. McNemar's test in
its exact form, a two-sided sign test on the items that only one of the two answered rightly:
Psychometrika 12 (1947). φ is Pearson's correlation of two yes-or-no variables.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
CHUNK = 100
"""Resamples drawn together: memory does not grow with their number."""

Scores = NDArray[np.float64]
"""One value from 0 to 1 an item."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher one mean score is than another on the same items."""

    mean: float
    interval: tuple[float, float]
    """95 %, by percentiles of the bootstrap."""
    p: float
    """Two-sided, of no difference, by the bootstrap."""


def difference(a: Scores, b: Scores, seed: int = 0) -> Difference:
    """The mean of a − b over the same items, by the paired bootstrap; the same for a seed."""
    gap = a - b
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [
            gap[rng.integers(len(gap), size=(CHUNK, len(gap)))].mean(axis=1)
            for _ in range(RESAMPLES // CHUNK)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    tail = min(float((means <= 0).mean()), float((means >= 0).mean()))
    return Difference(float(gap.mean()), (float(low), float(high)), min(1.0, 2 * tail))


def mean_interval(scores: Scores, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of a mean score, by the bootstrap."""
    return difference(scores, np.zeros_like(scores), seed).interval


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p of no difference: 2 · P(X ≤ min) with X ~ Binomial(only_a + only_b, ½)."""
    n = only_a + only_b
    term = tail = 1
    for k in range(min(only_a, only_b)):
        term = term * (n - k) // (k + 1)  # n over k + 1
        tail += term
    return min(1.0, float(2 * tail / 2**n))


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


@dataclass(frozen=True, slots=True)
class Compared:
    """A fusion against another contender, on the items that both answered."""

    name: str
    share: float
    interval: tuple[float, float]
    other: str
    other_share: float
    n: int
    difference: Difference
    p: float
    test: str


USEFUL = 0.05
"""A difference that would be worth knowing of."""
SURE = 0.05


def outcome(compared: Compared) -> str:
    """helped, hurt, same or unknown: the last where a useful difference cannot be ruled out.

    By the rule of three, what was never seen in n items may still happen in 3/n of them.
    """
    if compared.p < SURE:
        return "helped" if compared.difference.mean > 0 else "hurt"
    low, high = compared.difference.interval
    unseen = 3 / compared.n
    return "unknown" if max(high, -low) + unseen >= USEFUL else "same"


def verdict(best: Compared, equal: Compared | None = None) -> str:
    """Whether the fusion helped, in plain words; `equal` is its baseline at equal tokens."""
    low, high = best.interval
    what = "scored" if best.test == "bootstrap" else "was right on"
    says = {
        "helped": f"fusion helped ({_p(best)})",
        "hurt": f"fusion did harm ({_p(best)})",
        "same": f"fusion did not help ({_p(best)})",
        "unknown": f"these {best.n} items are too few to tell whether fusion helped ({_p(best)})",
    }[outcome(best)]
    first = (
        f"{best.name} {what} {best.share:.0%} [{low:.0%}, {high:.0%}] of {best.n} items, "
        f"{best.other} alone, the best of the members on these same items, {best.other_share:.0%}: "
        f"{says}."
    )
    if equal is None:
        return first
    against = {
        "helped": "less than the fusion",
        "hurt": "more than the fusion",
        "same": "no different",
        "unknown": "too near to tell them apart",
    }[outcome(equal)]
    return (
        f"{first} At equal tokens, {equal.other} reached {equal.other_share:.0%}: "
        f"{against} ({_p(equal)})."
    )


def _p(compared: Compared) -> str:
    how = {"mcnemar": "McNemar", "bootstrap": "paired bootstrap"}[compared.test]
    return f"p < 0.001, {how}" if compared.p < 0.001 else f"p = {compared.p:.2g}, {how}"
