"""Rows of a transformers model that grow, each at its own pace, in as few passes as are right.

Rows that were read together are a batch with one KV cache, in which all of them end in the same
column. They go on in one pass for as long as each of them grows, or is cut, by as many ids as the
others; a batch whose rows do not comes apart. Rows that cannot be cut are read anew.

Rows of earlier calls can be kept (`Prefixes`): a row that begins like one of them is read from
where they part, in a pass of its own without padding, and then joins the batch of the others.
"""

import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.growing import Row, Rows, copy_of
from fusionlab.engines.kept import KV, begun, can_be_taken_apart, joined, size, taken
from fusionlab.engines.lora import Adapter, Mix, adding, mixed
from fusionlab.engines.passes import (
    Network,
    can_be_cut,
    left_padded,
    left_padding,
    read,
    select,
)
from fusionlab.engines.prefixes import Kept, Prefixes, Taken
from fusionlab.models.base import check_rewind
from fusionlab.models.cores import part as part_of_cores


class TransformersRows(Rows["_Row"]):
    """Rows of one model; see `Sequences`."""

    def __init__(
        self,
        network: Network,
        prompts: Sequence[Sequence[int]],
        adapters: Sequence[Adapter | None],
        prefixes: Prefixes[KV] | None = None,
    ) -> None:
        """With prefixes, rows go on from them and are kept there; all are of one adapter then."""
        pairs = zip(prompts, adapters, strict=True)
        super().__init__([_Row(list(ids), adapter=adapter) for ids, adapter in pairs])
        self._network = network
        self._prefixes = prefixes
        self._earlier: Taken[KV] = prefixes.taken() if prefixes else Taken()
        self._batches: list[_Batch] = []
        self._logits: Tensor | None = None

    @property
    def beside(self) -> bool:
        """Where the model is large and on the processor."""
        return self._network.beside

    def feed(self, ids: Sequence[Sequence[int]]) -> None:
        """Row i is longer by `ids[i]`, which may be nothing."""
        super().feed(ids)
        if any(ids):
            self._logits = None

    def rewind(self, lengths: Sequence[int]) -> None:
        """Row i is as if only its first `lengths[i]` ids had been fed."""
        check_rewind([row.ids for row in self._rows], lengths)
        for row, length in zip(self._rows, lengths, strict=True):
            if length < len(row.ids):
                del row.ids[length:]
                self._logits = None
                if length < row.known or row.known < row.cached:
                    # The last id is read again: its logits were not kept.
                    row.known = min(row.known, length - 1)

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        staying = set(rows)
        self._remember([row for at, row in enumerate(self._rows) if at not in staying])
        chosen = [(self._rows[row], copy_of(self._rows[row])) for row in rows]
        for batch in self._batches:
            places = {row: place for place, row in enumerate(batch.rows)}
            mine = [(old, new) for old, new in chosen if old in places]
            if mine:
                batch.select([places[old] for old, _ in mine])
            batch.rows = [new for _, new in mine]
        self._batches = [batch for batch in self._batches if batch.rows]
        self._rows = [new for _, new in chosen]
        self._logits = None

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, in fp32."""
        if self._logits is None:
            self._read()
            self._logits = self._in_order()
        return self._logits

    def close(self) -> None:
        """The KV caches are free, but for what is kept for later rows."""
        self._remember(self._rows)
        self._batches, self._logits = [], None
        for row in self._rows:
            row.cached = row.known = 0

    def _read(self) -> None:
        """Every row is read to its end."""
        self._batches = [part for batch in self._batches for part in batch.in_step()]
        for batch in self._batches:
            self._passes += batch.go_on()
        for rows in self._alike([row for row in self._rows if not row.known]):
            begun_alike = any(self._earlier.best(row.ids)[1] for row in rows)
            batch = (
                _resumed(self._network, rows, self._earlier)
                if begun_alike
                else _opened(self._network, rows)
            )
            self._batches.append(batch)
            self._passes += len({tuple(row.ids) for row in rows}) if begun_alike else 1
        self._earlier = Taken()

    def _remember(self, rows: Sequence["_Row"]) -> None:
        """What was computed of these rows is kept, where it can be and there is anything."""
        if self._prefixes is None or not (self._network.takes_padding and self._network.continues):
            return
        for batch in self._batches:
            if can_be_taken_apart(batch.cache):
                for place, row in enumerate(batch.rows):
                    if row in rows and row.known:
                        self._prefixes.keep(batch.kept(place))

    def _alike(self, rows: Sequence["_Row"]) -> list[list["_Row"]]:
        """The rows that can be one batch."""
        groups: dict[int, list[_Row]] = {}
        for row in rows:
            groups.setdefault(0 if self._network.takes_padding else len(row.ids), []).append(row)
        return list(groups.values())

    def _in_order(self) -> Float[Tensor, "row vocab"]:
        placed = [row for batch in self._batches for row in batch.rows]
        logits = [batch.logits for batch in self._batches]
        if placed == self._rows and len(logits) == 1:
            return logits[0]
        every = torch.cat(logits)
        return every[torch.tensor([placed.index(row) for row in self._rows], device=every.device)]


@dataclass(eq=False, slots=True)
class _Row(Row):
    """One sequence; `known` is 0 where it has no batch."""

    adapter: Adapter | None = None
    cached: int = 0
    """How many ids of it its batch has read, of which `known` are still its own."""


@dataclass(eq=False, slots=True)
class _Batch:
    """Rows that were read in the same passes; each has read as many columns as the others."""

    network: Network
    rows: list[_Row]
    cache: Any
    mask: Tensor | None
    """1 where a column is no padding; None where there is none."""
    mix: Mix | None
    logits: Float[Tensor, "row vocab"]

    def in_step(self) -> "list[_Batch]":
        """The batch, or its parts, whose rows go on by equally many ids from the same column.

        Rows that have to be read anew are in no part.
        """
        if any(row.known < row.cached for row in self.rows) and not can_be_cut(self.cache):
            for row in self.rows:
                row.known = row.known if row.known == row.cached else 0
        paces: dict[tuple[int, int], list[int]] = {}
        for place, row in enumerate(self.rows):
            if row.known:
                pace = row.cached - row.known, len(row.ids) - row.known
                paces.setdefault(pace, []).append(place)
        groups = list(paces.values())
        parts = [self, *(replace(self, cache=deepcopy(self.cache)) for _ in groups[1:])]
        for part, places in zip(parts, groups, strict=False):
            part.select(places)
        return parts[: len(groups)]

    def select(self, places: Sequence[int]) -> None:
        """Only these rows are left, in this order."""
        if list(places) != list(range(len(self.rows))):
            self.take(places)
            self.rows = [self.rows[place] for place in places]

    def take(self, places: Sequence[int]) -> None:
        """What was computed of these rows is left, in this order."""
        index = torch.tensor(places, device=self.logits.device)
        select(self.cache, index)
        self.mask = None if self.mask is None else self.mask[index]
        self.mix = None if self.mix is None else self.mix.keep(index)
        self.logits = self.logits[index]

    def kept(self, place: int) -> Kept[KV]:
        """What was computed of one row, as it is kept."""
        row = self.rows[place]
        columns = int(self.cache.get_seq_length())
        start = columns - row.cached
        kv = taken(self.cache, place, start, start + row.known)
        return Kept(tuple(row.ids[: row.known]), kv, size(kv))

    def go_on(self) -> int:
        """The rows, which are in step, are read to their ends, in so many passes."""
        first = self.rows[0]
        if cut := first.cached - first.known:
            self.cache.crop(-cut)
            self.mask = None if self.mask is None else self.mask[:, :-cut]
            for row in self.rows:
                row.cached = row.known
        if new := len(first.ids) - first.known:
            if self.mask is not None:
                self.mask = torch.nn.functional.pad(self.mask, (0, new), value=1)
            self.compute(self.network.tensor([row.ids[row.known :] for row in self.rows]))
        return int(new > 0)

    def compute(self, ids: Tensor) -> None:
        """One pass over the ids [row, column], which end the rows."""
        start = time.perf_counter()
        with adding(self.mix):
            self.cache, self.logits = read(self.network, ids, self.cache, self.mask)
        seconds = part_of_cores() * (time.perf_counter() - start) / len(self.rows)
        for row in self.rows:
            row.cached = row.known = len(row.ids)
            row.passes += 1
            row.seconds += seconds


def _opened(network: Network, rows: list[_Row]) -> _Batch:
    """A batch that has read the rows; those that are equal were computed once."""
    every = [(tuple(row.ids), row.adapter) for row in rows]
    distinct = list(dict.fromkeys(every))
    ids, mask = left_padded(network, [ids for ids, _ in distinct])
    mix = mixed([adapter for _, adapter in distinct])
    batch = _Batch(network, rows, None, mask, mix, torch.empty(0))
    batch.compute(ids)
    return _shared(batch, [distinct.index(each) for each in every])


def _resumed(network: Network, rows: list[_Row], earlier: Taken[KV]) -> _Batch:
    """The same, of rows some of which begin like earlier ones: each distinct one is read alone."""
    every = [tuple(row.ids) for row in rows]
    distinct = list(dict.fromkeys(every))
    same = [[row for row in rows if tuple(row.ids) == ids] for ids in distinct]
    alone = [_alone(network, each, earlier) for each in same]
    cache = joined([each.cache for each in alone])
    mask, mix = left_padding(network, distinct), mixed([each[0].adapter for each in same])
    logits = torch.cat([each.logits for each in alone])
    batch = _Batch(network, rows, cache, mask, mix, logits)
    return _shared(batch, [distinct.index(each) for each in every])


def _alone(network: Network, same: list[_Row], earlier: Taken[KV]) -> _Batch:
    """A batch of equal rows, read as one from where an earlier row ends to be like them."""
    kept, reused = earlier.best(same[0].ids)
    cache = begun(kept.state, reused) if kept else None
    batch = _Batch(network, same, cache, None, mixed([same[0].adapter]), torch.empty(0))
    batch.compute(network.tensor([same[0].ids[reused:]]))
    for row in same:
        row.reused = reused
    return batch


def _shared(batch: _Batch, places: list[int]) -> _Batch:
    """The batch, where row i of it is what was computed as row `places[i]`."""
    if places != list(range(len(batch.logits))):
        batch.take(places)
    for row in batch.rows:
        row.together = len(batch.rows)
    return batch
