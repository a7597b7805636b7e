"""What rows of any engine tell, and how they grow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from fusionlab.models.base import Usage


@dataclass(eq=False, slots=True)
class Row:
    """One sequence."""

    ids: list[int]
    known: int = 0
    """How many of its first ids were read, and are still known."""
    passes: int = 0
    seconds: float = 0.0
    reused: int = 0
    """How many of its first ids an earlier row had read."""
    together: int = 1
    """How many rows were read first with it."""

    @property
    def usage(self) -> Usage:
        """What it took so far."""
        return Usage(
            forward_passes=self.passes,
            seconds=self.seconds,
            batch=self.together,
            tokens_reused=self.reused,
        )


OneRow = TypeVar("OneRow", bound=Row)


class Rows(Generic[OneRow]):
    """What is told of rows, and how they grow; see `Sequences`."""

    def __init__(self, rows: list[OneRow]) -> None:
        if not all(row.ids for row in rows):
            raise ValueError("a sequence starts with at least one id")
        self._rows = rows
        self._passes = 0

    @property
    def ids(self) -> Sequence[Sequence[int]]:
        """Of each row, all that was fed and not rewound."""
        return [tuple(row.ids) for row in self._rows]

    @property
    def usage(self) -> Sequence[Usage]:
        """Of each row, so far."""
        return [row.usage for row in self._rows]

    @property
    def passes(self) -> int:
        """In how many passes rows were read."""
        return self._passes

    def feed(self, ids: Sequence[Sequence[int]]) -> None:
        """Row i is longer by `ids[i]`, which may be nothing."""
        for row, more in zip(self._rows, ids, strict=True):
            row.ids += more


def copy_of(row: OneRow) -> OneRow:
    """The row as another that grows by itself."""
    return replace(row, ids=list(row.ids))
