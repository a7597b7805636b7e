"""Rows of an exported model that grow, each at its own pace, over one key-value cache.

The exported attention knows of each row how much of the cache is its own, so rows of unlike length
share a pass, a rewind only shortens a row, and nothing is padded. A pass over several rows takes
one id of each; a row that is behind by more is read by itself, in parts of `PART` ids. What a new
row has in common with another, or with one that was kept of an earlier call, is not read again.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.growing import Row, Rows, copy_of
from fusionlab.engines.onnx_passes import Cache, OnnxNetwork, RowCache
from fusionlab.engines.prefixes import Kept, Prefixes, Taken, common
from fusionlab.models.base import check_rewind

PART = 512
"""Ids that are read in one pass: what attention keeps of a pass grows with them."""
WORTH = 4
"""Ids that a row has to share with another for these not to be read again."""


class OnnxRows(Rows["_Row"]):
    """Rows of one model; see `Sequences`."""

    def __init__(
        self,
        network: OnnxNetwork,
        prompts: Sequence[Sequence[int]],
        prefixes: Prefixes[RowCache] | None = None,
    ) -> None:
        """With prefixes, rows go on from them and are kept there."""
        super().__init__([_Row(list(ids)) for ids in prompts])
        self._network = network
        self._prefixes = prefixes
        self._earlier: Taken[RowCache] = prefixes.taken() if prefixes else Taken()
        self._cache = Cache(network.shape, len(prompts))
        self._logits = torch.zeros(0)

    @property
    def beside(self) -> bool:
        """No: fetching weights is all that its passes wait for."""
        return False

    def rewind(self, lengths: Sequence[int]) -> None:
        """Row i is as if only its first `lengths[i]` ids had been fed."""
        check_rewind([row.ids for row in self._rows], lengths)
        for row, length in zip(self._rows, lengths, strict=True):
            if length < row.known or length == row.known != row.seen:
                row.known = length - 1  # the last id is read again: its logits were not kept
            del row.ids[length:]

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        if list(rows) != list(range(len(self._rows))):
            self._remember([at for at in range(len(self._rows)) if at not in rows])
            self._rows = [copy_of(self._rows[row]) for row in rows]
            self._cache.keep(rows)
            self._logits = self._logits[list(rows)] if len(self._logits) else self._logits

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, in fp32."""
        if not len(self._logits):
            self._logits = torch.zeros(len(self._rows), self._network.shape.vocabulary)
        if any(row.behind for row in self._rows):
            # Whoever has looked before keeps what was seen.
            self._logits = self._logits.clone()
            self._read()
        return self._logits

    def close(self) -> None:
        """The KV cache is free, but for what is kept for later rows."""
        self._remember(range(len(self._rows)))
        self._cache, self._logits = Cache(self._network.shape, len(self._rows)), torch.zeros(0)
        for row in self._rows:
            row.known = row.seen = 0

    def _remember(self, rows: Sequence[int]) -> None:
        """What was read of these rows is kept, where it may be."""
        for at in rows:
            row = self._rows[at]
            if self._prefixes is not None and row.known:
                kept = self._cache.of_row(at, row.known)
                size = sum(part.nbytes for part in kept)
                self._prefixes.keep(Kept(tuple(row.ids[: row.known]), kept, size))

    def _read(self) -> None:
        """Every row is read to its end."""
        self._cache.reserve(max(len(row.ids) for row in self._rows))
        new = [at for at, row in enumerate(self._rows) if not row.known]
        for at, row in enumerate(self._rows):
            if at in new:
                row.together = len(new)
                self._share(at)
            while row.behind > 1:
                self._pass(slice(at, at + 1), min(PART, row.behind))
        for some in _runs([row.behind == 1 for row in self._rows]):
            self._pass(some, 1)
        _split([self._rows[at] for at in new])
        self._earlier = Taken()

    def _share(self, at: int) -> None:
        """The new row takes over what it has in common with one above it or an earlier one."""
        row = self._rows[at]
        above = enumerate(self._rows[:at])
        shared = [(common(row.ids, other.ids[: other.known]), i) for i, other in above]
        length, source = max(shared, default=(0, 0))
        other = self._rows[source]
        if length == len(row.ids) == other.known and not other.behind:
            self._logits[at] = self._logits[source]
            row.seen = length
        else:
            length = min(length, len(row.ids) - 1)
        kept, reused = self._earlier.best(row.ids)
        if kept is not None and reused >= length:
            self._cache.begin(at, kept.state, reused)
            row.known = row.reused = reused
        elif length >= min(WORTH, len(row.ids)):
            self._cache.copy(source, at, length)
            row.known = length

    def _pass(self, some: slice, new: int) -> None:
        """The next `new` ids of each of these rows are read in one pass."""
        rows = self._rows[some]
        ids = [row.ids[row.known : row.known + new] for row in rows]
        start = time.perf_counter()
        known = [row.known for row in rows]
        self._logits[some] = self._network.step(ids, self._cache, some, known)[:, -1]
        seconds = (time.perf_counter() - start) / len(rows)
        self._passes += 1
        for row in rows:
            row.known += new
            row.seen = row.known
            row.passes += 1
            row.seconds += seconds


@dataclass(eq=False, slots=True)
class _Row(Row):
    """One sequence; `known` ids of it are in the cache."""

    seen: int = 0
    """After how many of its ids the logits are."""

    @property
    def behind(self) -> int:
        return len(self.ids) - self.known


def _split(rows: Sequence[_Row]) -> None:
    """Of new rows that are equal, and were read once, each has its part in that reading."""
    equal: dict[tuple[int, ...], list[_Row]] = {}
    for row in rows:
        equal.setdefault(tuple(row.ids), []).append(row)
    for some in equal.values():
        passes, seconds = max(row.passes for row in some), sum(row.seconds for row in some)
        for row in some:
            row.passes, row.seconds = passes, seconds / len(some)


def _runs(wanted: Sequence[bool]) -> Iterator[slice]:
    """The stretches of neighbouring rows that are wanted."""
    start = None
    for at, each in enumerate([*wanted, False]):
        if each and start is None:
            start = at
        elif not each and start is not None:
            yield slice(start, at)
            start = None
