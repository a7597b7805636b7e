"""One text under two tokenizers: which of the source's positions stand at each of the target's.

By dynamic time warping, as FuseLLM has it (https://arxiv.org/abs/2401.10491):
D(i, j) = d(sᵢ, tⱼ) + min(D(i−1, j−1), D(i−1, j), D(i, j−1)), where d is the edit distance of two
tokens without their spaces; from the end back, the first of these three that is smallest is taken.

By bytes: both sequences are cut wherever they have an end in common, as in TRL's GOLD. It needs no
guess, and time in proportion to the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

Positions = Int64[np.ndarray, " target"]


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """At each position of the target, the source's from `first` up to before `stop`."""

    first: Positions
    stop: Positions

    @property
    def alone(self) -> Positions:
        """The source's position where there is exactly one, elsewhere −1."""
        return np.where(self.stop - self.first == 1, self.first, -1)


def warped(source: Sequence[str], target: Sequence[str]) -> Aligned:
    """The tokens, given as characters, aligned by dynamic time warping."""
    path = warping_path(distances(source, target))
    if not len(path):
        return Aligned(*np.zeros((2, len(target)), dtype=np.int64))
    at = np.arange(len(target))
    begins, ends = (np.searchsorted(path[:, 1], at, side=side) for side in ("left", "right"))
    return Aligned(path[begins, 0], path[ends - 1, 0] + 1)


def distances(source: Sequence[str], target: Sequence[str]) -> Int32[np.ndarray, "source target"]:
    """Edit distance of each two tokens without their spaces; equal tokens are compared once."""
    rows, row_of = _distinct(source)
    columns, column_of = _distinct(target)
    table = cdist(rows, columns, scorer=Levenshtein.distance, dtype=np.int32)
    each: Int32[np.ndarray, "source target"] = table[row_of[:, None], column_of[None, :]]
    return each


def warping_path(costs: Int32[np.ndarray, "source target"]) -> Int64[np.ndarray, "step 2"]:
    """The cheapest way through the costs, from their first corner to their last."""
    if not costs.size:
        return np.zeros((0, 2), dtype=np.int64)
    total = _accumulated(costs)
    i, j = costs.shape[0] - 1, costs.shape[1] - 1
    path = [(i, j)]
    while i and j:
        diagonal, up, left = total[i - 1, j - 1], total[i - 1, j], total[i, j - 1]
        if diagonal <= up and diagonal <= left:
            i, j = i - 1, j - 1
        elif up <= left:
            i -= 1
        else:
            j -= 1
        path.append((i, j))
    path += [(i - 1 - n, 0) for n in range(i)] + [(0, j - 1 - n) for n in range(j)]
    return np.array(path[::-1], dtype=np.int64)


def joined(source: Int64[np.ndarray, " source"], target: Int64[np.ndarray, " target"]) -> Aligned:
    """Tokens aligned by the bytes at which they end; see `spelling.byte_ends`.

    A group of tokens closes where both sequences have an end. Tokens without bytes, which are
    control tokens, are aligned with those of the other sequence at the same place, one by one.
    """
    first, stop = np.zeros((2, len(target)), dtype=np.int64)
    said, wanted = _spoken(source), _spoken(target)
    cuts = np.intersect1d(source[said], target[wanted])
    groups, group = np.searchsorted(cuts, source[said]), np.searchsorted(cuts, target[wanted])
    begins, ends = (np.searchsorted(groups, group, side=side) for side in ("left", "right"))
    some = ends > begins
    first[wanted[some]] = said[begins[some]]
    stop[wanted[some]] = said[ends[some] - 1] + 1
    for there, here in zip(*_paired(source, target), strict=True):
        first[here], stop[here] = there, there + 1
    return Aligned(first, stop)


def _spoken(ends: Int64[np.ndarray, " token"]) -> Int64[np.ndarray, " spoken"]:
    """The positions of tokens with bytes."""
    return np.flatnonzero(np.diff(ends, prepend=0))


def _paired(
    source: Int64[np.ndarray, " source"], target: Int64[np.ndarray, " target"]
) -> tuple[list[int], list[int]]:
    """Positions of tokens without bytes that are the n-th at their place in both sequences."""
    there, here = (_numbered(each) for each in (source, target))
    both = [key for key in here if key in there]
    return [there[key] for key in both], [here[key] for key in both]


def _numbered(ends: Int64[np.ndarray, " token"]) -> dict[tuple[int, int], int]:
    """Positions of tokens without bytes, by where they stand and how many stand there before."""
    found: dict[tuple[int, int], int] = {}
    mute = np.flatnonzero(np.diff(ends, prepend=0) == 0)
    places = ends[mute]
    ranks = np.arange(len(mute)) - np.searchsorted(places, places)
    for position, place, rank in zip(*(a.tolist() for a in (mute, places, ranks)), strict=True):
        found[place, rank] = position
    return found


def _distinct(tokens: Sequence[str]) -> tuple[list[str], Int64[np.ndarray, " token"]]:
    """The distinct tokens without spaces, and which of them each token is."""
    places: dict[str, int] = {}
    which = [places.setdefault(token.replace(" ", ""), len(places)) for token in tokens]
    return list(places), np.array(which, dtype=np.int64)


def _accumulated(costs: Int32[np.ndarray, "source target"]) -> Int32[np.ndarray, "source target"]:
    """D of the equation above, a row at once.

    With C the sums of a row's costs and B what its cells cost from the row above, D(j) − C(j) is
    the smallest B(k) − C(k−1) of all k ≤ j: numbers are whole, so nothing is rounded.
    """
    sums = costs.cumsum(axis=1, dtype=np.int32)
    before = sums - costs
    total = np.empty_like(sums)
    total[0] = sums[0]
    entering = np.empty_like(sums[0])
    for i in range(1, len(costs)):
        above = total[i - 1]
        entering[0] = above[0]
        np.minimum(above[:-1], above[1:], out=entering[1:])
        entering -= before[i]
        np.minimum.accumulate(entering, out=total[i])
        total[i] += sums[i]
    return total
