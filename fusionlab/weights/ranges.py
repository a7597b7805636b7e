"""Ranges of layers as a person types them: `0-24, 8-32`, or `A:0-24, B:8-32` of two models.

A range has its first layer and not its last, so that 0-24 are the 24 layers 0 to 23. A single
number is a single layer. A, B … are the sources in their order; a letter may be left out where
there is only one source.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from fusionlab.errors import RecipeError, listed

MOST = 10_000
"""Layers of one model."""
_RANGE = re.compile(
    r"(?:([A-Z])\s*:)?\s*(\d{1,6})(?:\s*(?:-|–|—|\.\.)\s*(\d{1,6}))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers `first` to `last` - 1 of one source."""

    source: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of one source."""

    source: int
    index: int


def ranges_in(text: str, depths: Sequence[int]) -> list[Layers]:
    """The ranges that the text names, of sources with these numbers of layers.

    Raises RecipeError with the part that cannot be read or is not there.
    """
    parts = re.split(r"[,;、\n]", unicodedata.normalize("NFKC", text))
    ranges = [_range(part.strip(), depths) for part in parts if part.strip()]
    if not ranges:
        raise RecipeError("range-none")
    if sum(each.last - each.first for each in ranges) > MOST:
        raise RecipeError("range-too-many", most=MOST)
    return ranges


def stacked(depths: Sequence[int], drop: int) -> list[Layers]:
    """Depth up-scaling: all but the last `drop` layers of the first source, then all but the first
    `drop` of the last, which may be the same; 2(n − m) layers in all. Raises RecipeError.
    """
    last = len(depths) - 1
    if drop >= min(depths[0], depths[last]):
        raise RecipeError("drop-too-many", drop=drop, layers=min(depths[0], depths[last]))
    return [Layers(0, 0, depths[0] - drop), Layers(last, drop, depths[last])]


def layers_of(ranges: Sequence[Layers]) -> tuple[Layer, ...]:
    """All layers of the ranges, one after another."""
    return tuple(Layer(each.source, n) for each in ranges for n in range(each.first, each.last))


def as_text(ranges: Sequence[Layers], sources: int) -> str:
    """The ranges as they are typed."""
    return ", ".join(
        (f"{ascii_uppercase[each.source]}:" if sources > 1 else "") + f"{each.first}-{each.last}"
        for each in ranges
    )


def runs(layers: Sequence[Layer], sources: int) -> str:
    """The layers as ranges of neighbours, as they are typed."""
    found: list[Layers] = []
    for layer in layers:
        before = found[-1] if found else None
        if before and (before.source, before.last) == (layer.source, layer.index):
            found[-1] = Layers(before.source, before.first, layer.index + 1)
        else:
            found.append(Layers(layer.source, layer.index, layer.index + 1))
    return as_text(found, sources)


def _range(part: str, depths: Sequence[int]) -> Layers:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise RecipeError("range-unread", part=repr(part[:60]))
    letter, first, last = match.groups()
    source = _source(part, letter, len(depths))
    begin = int(first)
    end = int(last) if last else begin + 1
    if begin >= end:
        raise RecipeError("range-empty", part=part)
    if end > depths[source]:
        raise RecipeError("range-outside", part=part, layers=depths[source])
    return Layers(source, begin, end)


def _source(part: str, letter: str | None, count: int) -> int:
    known = ascii_uppercase[:count]
    if letter is None:
        if count > 1:
            raise RecipeError("range-of-which", part=part, known=listed(list(known)))
        return 0
    if letter.upper() not in known:
        raise RecipeError("range-of-nobody", letter=letter.upper(), known=listed(list(known)))
    return known.index(letter.upper())
