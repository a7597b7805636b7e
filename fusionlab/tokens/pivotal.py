"""Who was pivotal, where members told only their best tokens: as far as that is certain.

A member is pivotal where the pool's first choice would be another without it, the others' weights
scaled to sum to 1. Both first choices are of what members gave all tokens, of which only bounds are
known (`fusionlab.tokens.bounds`): an answer is given only where no probability that was not told,
nor any score of a piece that is no token of a member, could change it.
"""

from collections.abc import Collection, Sequence
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
    lists: Sequence[Collection[bytes]],
    first: bytes,
    pooling: Pooled,
    floor: float = 0.0,
) -> list[Without]:
    """What is certain of the pool without each member, of which `first` is the best piece told.

    `lists` are the pieces that each member told by itself: of the others' is the pool without it,
    whatever they were asked besides. The weights sum to 1. A member of weight 0 is never pivotal.
    """
    pieces = bounds.union(heard)
    sure = bounds.certain(heard, weights, pieces, first, pooling) and bounds.settled(
        heard, weights, pieces, first, pooling, floor
    )
    found = []
    for at, own in enumerate(weights):
        others = [weight if other != at else 0.0 for other, weight in enumerate(weights)]
        total = sum(others)
        if not own:
            found.append(Without(pivotal=False))
        elif not sure or not total:
            found.append(UNKNOWN)
        else:
            told = [piece for other, each in enumerate(lists) if other != at for piece in each]
            left = _Left(heard, [weight / total for weight in others], pieces, told, pooling, floor)
            found.append(left.beside(first))
    return found


@dataclass(frozen=True, slots=True)
class _Left:
    """The pool of those who are left, whose lists have the pieces `told`, of all `pieces`."""

    heard: Sequence[Heard]
    weights: Sequence[float]
    pieces: Sequence[bytes]
    told: Sequence[bytes]
    pooling: Pooled
    floor: float

    def beside(self, first: bytes) -> Without:
        """What is certain of it, beside the first choice with all."""
        values = bounds.pooled(self.heard, self.weights, self.told, self.pooling, self.floor)
        best = self.told[values.index(max(values))]
        if bounds.certain(
            self.heard, self.weights, self.pieces, best, self.pooling
        ) and bounds.settled(self.heard, self.weights, self.told, best, self.pooling, self.floor):
            return Without(best != first, best if best != first else None)
        beaten = bounds.beaten(self.heard, self.weights, self.told, first, self.pooling, self.floor)
        return Without(pivotal=True) if beaten else UNKNOWN
