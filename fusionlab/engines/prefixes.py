"""What a model read in its last call, kept so that prompts which begin alike are not read anew.

An engine keeps a state of its own for each row: a KV cache, a generator that can be rewound, or the
slot of a server. Which row goes on from which is decided by the ids alone, so that it is right
whoever read them; a state that begins otherwise is of no use and does no harm.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")

MOST = 1 << 28
"""Bytes that one model keeps; a row that does not fit any more is not kept."""
LEAST = 16
"""Ids; less is not worth a pass of its own."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[State]):
    """A row that was read, and what is left of it."""

    ids: tuple[int, ...]
    state: State
    bytes: int


class Prefixes(Generic[State]):
    """Rows that one model read, at most `most` bytes of them; safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: tuple[Kept[State], ...] = ()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """That are kept."""
        return sum(each.bytes for each in self._kept)

    def keep(self, row: Kept[State]) -> None:
        """The row is kept, if it fits."""
        with self._lock:
            if self.bytes + row.bytes <= self.most:
                self._kept += (row,)

    def taken(self) -> "Taken[State]":
        """All that was kept, which is not kept any longer."""
        with self._lock:
            kept, self._kept = self._kept, ()
        return Taken(kept)

    def clear(self) -> None:
        """Nothing is kept."""
        self.taken()


@dataclass(frozen=True, slots=True)
class Taken(Generic[State]):
    """Rows to go on from."""

    kept: Sequence[Kept[State]] = ()

    def best(self, ids: Sequence[int]) -> tuple[Kept[State] | None, int]:
        """The row that begins most alike, and how many ids to reuse of it; None and 0 for none.

        The last id is always read: its logits were not kept.
        """
        lengths = [min(common(each.ids, ids), len(ids) - 1) for each in self.kept]
        most = max(lengths, default=0)
        return (self.kept[lengths.index(most)], most) if most >= LEAST else (None, 0)


def common(one: Sequence[int], two: Sequence[int]) -> int:
    """How many ids both begin with."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(two)))


def placed(
    rows: Sequence[Sequence[int]], read: Mapping[int, Sequence[int]], slots: Iterable[int]
) -> list[int]:
    """A slot for each row, in their order: of those that are left, the one that `read` most of it.

    The first of several; there are at least as many slots as rows.
    """
    left, chosen = list(slots), []
    for ids in rows:
        chosen.append(max(left, key=lambda slot: common(read.get(slot, ()), ids)))
        left.remove(chosen[-1])
    return chosen
