"""What a source expects of a text, kept in a file that is read without being loaded.

The file is an array of records, one a token, in numpy's own format: the token, its top k (ids, and
log-probabilities in fp16), the mass of the tail, and the next token's log-probability. A record of
ten entries takes 68 bytes, and 46 where no id needs more than 16 bits.

Records are only ever added, so that a work that was killed goes on with the next block; the folder
has its name once it is whole.
"""

import hashlib
import os
import shutil
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from torch import Tensor

from fusionlab.distil.observed import N_TOP, Observed, Reader
from fusionlab.errors import RecipeError, SourceError
from fusionlab.events import Progress
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.sources import store
from fusionlab.tokens.spelling import fingerprint

RECORDS, STARTS = "records.npy", "starts.npy"
FORM = 1
"""Of the file; another form is stored anew."""
TOLD = 200
"""How often, at most, it is said how far the work has come."""
LOWEST = -65504.0
"""The smallest number of fp16: −∞ is kept as this."""
AROUND = 64 << 10
"""Bytes that the folder takes beside records and starts, at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose distributions are kept."""

    name: str
    """As it stands in messages."""
    made_by: str
    """A hash of its weights, or whatever else decides what it says."""
    vocabulary: Vocabulary
    read: Reader


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """The distributions of one source over blocks of text."""

    folder: Path
    records: Any
    """A memory map: what is not looked at is not read."""
    starts: tuple[int, ...]
    """Of each block its first record; at last their number."""

    def __len__(self) -> int:
        """The number of blocks."""
        return len(self.starts) - 1

    def block(self, number: int) -> Observed:
        """What the source expects at each position of the block."""
        rows = self.records[self.starts[number] : self.starts[number + 1]]
        return Observed(
            _tensor(rows["token"], np.int64),
            _tensor(rows["ids"], np.int64),
            _tensor(rows["logprobs"], np.float32),
            _tensor(rows["tail"], np.float32),
            _tensor(rows["label"], np.float32),
        )


def stored(
    source: Source,
    blocks: Sequence[Sequence[int]],
    n_top: int = N_TOP,
    *,
    shelf: Path | None = None,
) -> Generator[Progress, None, Stored]:
    """The source's distributions over the blocks, given as its own ids; read where they are kept.

    The same source, tokens and `n_top` are computed once, and kept in FusionLab's home unless
    another shelf is named. Raises SourceError where the disk has no
    room, RecipeError where a block is empty, and what reading raises.
    """
    check_blocks(blocks)
    target = (shelf or store.home() / "distributions") / _name(source, blocks, n_top)
    with store.accessible():
        lock = yield from store.alone(target)
        try:
            if not target.exists() or (yield from store.fault(target)):
                yield from _store(source, blocks, n_top, target)
        finally:
            lock.release()
        return _opened(target)


def check_blocks(blocks: Sequence[Sequence[int]]) -> None:
    """There are blocks, and each has a token and its label; raises RecipeError."""
    if not blocks:
        raise RecipeError("distil-no-blocks")
    for number, ids in enumerate(blocks, 1):
        if len(ids) < 2:
            raise RecipeError("distil-block-short", number=number, tokens=len(ids))


def bytes_needed(source: Source, tokens: int, blocks: int, n_top: int = N_TOP) -> int:
    """The size of the folder, about."""
    kind = _record(len(source.vocabulary.pieces), n_top)
    return tokens * kind.itemsize + (blocks + 1) * 8 + AROUND


def _store(
    source: Source, blocks: Sequence[Sequence[int]], n_top: int, target: Path
) -> Generator[Progress, None, None]:
    """The folder stands whole under its name."""
    work = target.with_name(f".{target.name}.storing")
    work.mkdir(parents=True, exist_ok=True)
    starts = [0, *accumulate(map(len, blocks))]
    file = work / RECORDS
    there = file.stat().st_size if file.exists() else 0
    _check_room(work, bytes_needed(source, starts[-1], len(blocks), n_top) - there)
    with file.open("r+b" if there else "w+b") as stream:
        yield from _fill(stream, source, blocks, starts, n_top)
    with (work / STARTS).open("wb") as stream:
        np.save(stream, np.array(starts, dtype="<i8"))
    files = {}
    for name in (RECORDS, STARTS):
        files[name] = yield from store.hash_of(work / name)
    store.write_origin(work, source.name, target.name, {}, files=files)
    store.put(work, target)


def _fill(
    stream: BinaryIO,
    source: Source,
    blocks: Sequence[Sequence[int]],
    starts: Sequence[int],
    n_top: int,
) -> Generator[Progress, None, None]:
    """The file has a record for every token; it goes on after the last block that is whole."""
    kind = _record(len(source.vocabulary.pieces), n_top)
    head = _head(kind, starts[-1])
    size = stream.seek(0, os.SEEK_END)
    whole = max(0, size - len(head)) // kind.itemsize
    done = max(number for number, start in enumerate(starts) if start <= whole)
    stream.seek(0)
    stream.write(head)
    stream.truncate(len(head) + starts[done] * kind.itemsize)
    stream.seek(0, os.SEEK_END)
    step = max(1, starts[-1] // TOLD)
    told = -1
    for number, seen in enumerate(source.read(blocks[done:], n_top), done):
        if starts[number] // step > told:
            told = starts[number] // step
            yield Progress(f"storing {source.name}", starts[number], starts[-1], "items")
        stream.write(_packed(seen, kind).tobytes())
        stream.flush()


def _packed(seen: Observed, kind: np.dtype[Any]) -> np.ndarray:
    rows = np.zeros(len(seen.tokens), dtype=kind)
    rows["token"], rows["ids"] = seen.tokens.numpy(), seen.ids.numpy()
    rows["logprobs"] = seen.logprobs.clamp(min=LOWEST).numpy()
    rows["tail"] = seen.tail.numpy()
    rows["label"] = seen.label.clamp(min=LOWEST).numpy()
    return rows


def _opened(folder: Path) -> Stored:
    records = np.load(folder / RECORDS, mmap_mode="r", allow_pickle=False)
    starts = np.load(folder / STARTS, allow_pickle=False)
    return Stored(folder, records, tuple(starts.tolist()))


def _record(tokens: int, n_top: int) -> np.dtype[Any]:
    """One token's record, for a vocabulary of so many tokens."""
    ids = "<u2" if tokens <= 1 << 16 else "<i4"
    entries = min(n_top, tokens)
    return np.dtype(
        [
            ("token", ids),
            ("ids", ids, (entries,)),
            ("logprobs", "<f2", (entries,)),
            ("tail", "<f2"),
            ("label", "<f2"),
        ]
    )


def _head(kind: np.dtype[Any], records: int) -> bytes:
    """How numpy's file of so many records begins."""
    head = BytesIO()
    described = np.lib.format.dtype_to_descr(kind)
    shaped = {"descr": described, "fortran_order": False, "shape": (records,)}
    np.lib.format.write_array_header_1_0(head, shaped)
    return head.getvalue()


def _check_room(folder: Path, size: int) -> None:
    """The disk has so many bytes free; raises SourceError."""
    free = shutil.disk_usage(folder).free
    if free < size:
        needed, there = f"{size / 1e6:.0f} MB", f"{free / 1e6:.0f} MB"
        raise SourceError("no-room", place=str(folder.parent), needed=needed, free=there)


def _name(source: Source, blocks: Sequence[Sequence[int]], n_top: int) -> str:
    """Of the folder: a hash of all that decides its content."""
    digest = hashlib.sha256(f"{FORM} {n_top} {source.made_by}\n".encode())
    digest.update(fingerprint(source.vocabulary).encode())
    for ids in blocks:
        digest.update(np.array([len(ids), *ids], dtype="<i8").tobytes())
    return digest.hexdigest()[:32]


def _tensor(column: np.ndarray, kind: type[np.generic]) -> Tensor:
    return torch.from_numpy(column.astype(kind))
