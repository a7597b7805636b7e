"""What a sequence of tasks has left: the measures of lifelong learning, from scores alone.

R[i][j] is the score on task j after task i has been learned, b[j] that before any. As of
Lopez-Paz and Ranzato (https://arxiv.org/abs/1706.08840) and Chaudhry et al.
(https://arxiv.org/abs/1801.10112); scores go from 0 to 1. With one task there is neither transfer
nor forgetting: those are None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from fusionlab.intervals import rate

Matrix = Sequence[Sequence[float]]
Verdict = Literal["yes", "no", "unclear"]

FORGOTTEN = 0.05
"""Forgetting up to which knowledge counts as kept."""
TRANSFERRED = 0.02
"""Transfer from which it counts as there."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure: its mean, the 95% interval, and over how many `n` of which kind."""

    mean: float
    low: float
    high: float
    n: int


def accuracy(r: Matrix) -> float:
    """ACC: the mean score at the end, mean_j R[T,j]."""
    return fmean(r[-1])


def backward_transfer(r: Matrix) -> float | None:
    """BWT: mean_{j<T} (R[T,j] − R[j,j]); below 0 where later tasks have cost earlier ones."""
    last = len(r) - 1
    return fmean(r[last][j] - r[j][j] for j in range(last)) if last else None


def forward_transfer(r: Matrix, b: Sequence[float]) -> float | None:
    """FWT: mean_{j≥2} (R[j−1,j] − b_j); what earlier tasks have done for one not yet learned."""
    return fmean(r[j - 1][j] - b[j] for j in range(1, len(r))) if len(r) > 1 else None


def forgetting(r: Matrix) -> float | None:
    """mean_{j<T} (max_{l<T} R[l,j] − R[T,j]): from the best score there was to the last."""
    last = len(r) - 1
    if not last:
        return None
    return fmean(max(row[j] for row in r[:last]) - r[last][j] for j in range(last))


def over_seeds(values: Sequence[float]) -> Measured:
    """The mean over seeds with Student's 95% interval; of one seed alone, −1 to 1: unknown."""
    mean = fmean(values)
    found = rate(values, [1.0] * len(values))
    low, high = found if found else (-1.0, 1.0)
    return Measured(mean, low, high, len(values))


def at_least(figure: Measured, bar: float) -> Verdict:
    """Whether the figure reaches the bar, as far as its interval tells."""
    if figure.low >= bar:
        return "yes"
    return "no" if figure.high < bar else "unclear"


def at_most(figure: Measured, bar: float) -> Verdict:
    """Whether the figure keeps below the bar, as far as its interval tells."""
    if figure.high <= bar:
        return "yes"
    return "no" if figure.low > bar else "unclear"
