"""Who was pivotal, where members told only their best tokens: as far as that is certain.

A member is pivotal where the pool's first choice would be another without it, the others' weights
scaled to sum to 1. Both first choices are of what members gave all tokens, of which only bounds are
known (`fusionlab.tokens.bounds`): an answer is given only where no probability that was not told,
nor any score of a piece that is no token of a member, could change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fusionlab.tokens import bounds
from fusionlab.tokens.bounds import Heard, Pooled


@dataclass(frozen=True, slots=True)
class Without:
    """The pool without one of its members."""

    pivotal: bool | None
    """Whether the first choice is another than with it; None where that is not certain, or where
    nobody else counts."""
    first: bytes | None = None
    """The other first choice, where it is certain."""


UNKNOWN = Without(None)


def without_each(
    heard: Sequence[Heard],
    weights: Sequence[float],
    pieces: Sequence[bytes],
    first: bytes,
    pooling: Pooled,
    floor: float = 0.0,
) -> list[Without]:
    """What is certain of the pool without each member, of which `first` is the best piece told.

    `pieces` are all that somebody told; the weights sum to 1. A member of weight 0 is never
    pivotal.
    """
    sure = _is_first(heard, weights, pieces, first, pooling, floor)
    found = []
    for at, own in enumerate(weights):
        others = [weight if other != at else 0.0 for other, weight in enumerate(weights)]
        total = sum(others)
        if not own:
            found.append(Without(pivotal=False))
        elif not sure or not total:
            found.append(UNKNOWN)
        else:
            left = [weight / total for weight in others]
            found.append(_without(heard, left, pieces, first, pooling, floor))
    return found


def _without(
    heard: Sequence[Heard],
    left: Sequence[float],
    pieces: Sequence[bytes],
    first: bytes,
    pooling: Pooled,
    floor: float,
) -> Without:
    """What is certain of the pool of those who are left, beside the first choice with all."""
    values = bounds.pooled(heard, left, pieces, pooling, floor)
    best = pieces[values.index(max(values))]
    if _is_first(heard, left, pieces, best, pooling, floor):
        return Without(best != first, best if best != first else None)
    beaten = bounds.beaten(heard, left, pieces, first, pooling, floor)
    return Without(pivotal=True) if beaten else UNKNOWN


def _is_first(
    heard: Sequence[Heard],
    weights: Sequence[float],
    pieces: Sequence[bytes],
    piece: bytes,
    pooling: Pooled,
    floor: float,
) -> bool:
    """Whether nothing that was not told could make another one the first."""
    return bounds.certain(heard, weights, pieces, piece, pooling) and bounds.settled(
        heard, weights, pieces, piece, pooling, floor
    )
