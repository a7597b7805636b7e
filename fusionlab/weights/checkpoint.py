"""A model's folder as tensors by name: known from the headers of its files, read one at a time.

A safetensors file is the length of its header, the header as JSON, and the bytes of the tensors one
after another (https://huggingface.co/docs/safetensors). Bytes are read here, not mapped: mapped
pages count as memory of this process until the system wants them back, so that a pass over a large
model would seem to hold, and in a container does hold, all of it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from fusionlab.errors import SourceError
from fusionlab.reading import read_json, read_plain, reason
from fusionlab.sources.opening import INDEX, check_pickled, check_shards

SINGLE = "model.safetensors"
DTYPES: Mapping[str, torch.dtype] = MappingProxyType(
    {
        "F64": torch.float64,
        "F32": torch.float32,
        "F16": torch.float16,
        "BF16": torch.bfloat16,
        "F8_E4M3": torch.float8_e4m3fn,
        "F8_E5M2": torch.float8_e5m2,
        "I64": torch.int64,
        "I32": torch.int32,
        "I16": torch.int16,
        "I8": torch.int8,
        "U64": torch.uint64,
        "U32": torch.uint32,
        "U16": torch.uint16,
        "U8": torch.uint8,
        "BOOL": torch.bool,
    }
)
"""By their names in the format."""
NAMES: Mapping[torch.dtype, str] = MappingProxyType({each: name for name, each in DTYPES.items()})
RUN = 64 << 20
"""Bytes of a run of rows, where a tensor is not read at once."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a tensor without reading it."""

    name: str
    dtype: str
    """As the format calls it: BF16, F32 …"""
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """How much room they take."""
        return self.elements * DTYPES[self.dtype].itemsize


@dataclass(frozen=True, slots=True)
class Stored(Header):
    """A tensor in a file."""

    file: str
    start: int
    """Of its first byte in the file."""


@runtime_checkable
class Tensors(Protocol):
    """Named tensors that are read when they are asked for."""

    @property
    def tensors(self) -> Mapping[str, Header]:
        """What there is, by name."""
        ...

    def read(
        self, name: str, first: int = 0, last: int | None = None, into: Tensor | None = None
    ) -> Tensor:
        """The tensor, or its rows [first, last) along the first axis, in memory of its own.

        That memory is of `into`, bytes that are no longer needed, where it is given and suffices.
        """
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tensors of a folder; nothing of them is kept in memory, and any thread may read."""

    folder: Path
    tensors: Mapping[str, Stored]

    def read(
        self, name: str, first: int = 0, last: int | None = None, into: Tensor | None = None
    ) -> Tensor:
        """The tensor, or its rows [first, last) along the first axis, in memory of its own.

        That memory is of `into`, bytes that are no longer needed, where it is given and suffices.
        Raises SourceError where the file has become shorter than its header says.
        """
        stored = self.tensors[name]
        rows = stored.shape[0] if stored.shape else 1
        last = rows if last is None else min(last, rows)
        row = stored.bytes // rows if rows else 0
        shape = (last - first, *stored.shape[1:]) if stored.shape else ()
        size = (last - first) * row
        if into is None or into.numel() < size:
            into = torch.empty(size, dtype=torch.uint8)
        buffer = into[:size]
        self._fill(buffer, stored, first * row)
        return buffer.view(DTYPES[stored.dtype]).reshape(shape)

    def _fill(self, buffer: Tensor, stored: Stored, offset: int) -> None:
        room = memoryview(buffer.numpy().data)
        file = self.folder / stored.file
        with file.open("rb", buffering=0) as stream:
            stream.seek(stored.start + offset)
            done = 0
            while done < len(room):  # one call gives 2 GiB at most
                count = stream.readinto(room[done:])
                if not count:
                    raise SourceError("shard-shorter", file=str(file), name=stored.name)
                done += count


def checkpoint_in(folder: Path) -> Checkpoint:
    """The tensors of the folder, by the headers of its files.

    Raises SourceError where weights are pickled, a shard is missing or not whole, or the index
    names what is not there.
    """
    check_pickled(folder)
    check_shards(folder)
    places = _index(folder)
    tensors: dict[str, Stored] = {}
    for file in sorted(set(places.values())) if places else [_only_file(folder)]:
        for stored in headers_in(folder / file):
            if places.get(stored.name, file) == file:
                tensors[stored.name] = stored
    for name, file in places.items():
        if name not in tensors:
            raise SourceError("index-names-absent", file=str(folder / INDEX), name=name, shard=file)
    return Checkpoint(folder, tensors)


def headers_in(file: Path) -> list[Stored]:
    """The tensors of one whole safetensors file, in the order of their bytes."""
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        table: dict[str, Any] = read_json(stream.read(length))
    table.pop("__metadata__", None)
    found = [
        Stored(name, entry["dtype"], tuple(entry["shape"]), file.name, 8 + length + start)
        for name, entry in table.items()
        for start, _ in [entry["data_offsets"]]
    ]
    for stored in found:
        if stored.dtype not in DTYPES:
            raise SourceError("dtype-unknown", file=str(file), name=stored.name, dtype=stored.dtype)
    return sorted(found, key=lambda stored: stored.start)


def config_in(folder: Path) -> dict[str, Any]:
    """What the folder's config.json says; raises SourceError where it cannot be read."""
    file = folder / "config.json"
    try:
        config = read_json(read_plain(file))
    except (OSError, ValueError) as cause:
        raise SourceError("settings-unreadable", file=str(file), said=reason(cause)) from cause
    if not isinstance(config, dict):
        raise SourceError("settings-of-another-form", file=str(file))
    return config


def streamed(source: Tensors, name: str, most: int = RUN) -> Iterator[Tensor]:
    """The tensor in runs of rows of about `most` bytes, one after another."""
    for first, last in row_runs(source.tensors[name], most):
        yield source.read(name, first, last)


def row_runs(header: Header, most: int = RUN) -> Iterator[tuple[int, int | None]]:
    """First rows of such runs, and the rows after their last ones; None is the end."""
    if header.bytes <= most or not header.shape:
        yield 0, None
        return
    rows = header.shape[0]
    step = max(1, rows * most // header.bytes)
    for first in range(0, rows, step):
        yield first, min(first + step, rows)


def is_finite(tensor: Tensor) -> bool:
    """Whether no number in it is NaN or infinite; the tensor is not copied."""
    if not tensor.dtype.is_floating_point or not tensor.numel():
        return True
    if tensor.dtype.itemsize == 1:  # floats of 8 bits are not reckoned with
        tensor = tensor.float()
    low, high = torch.aminmax(tensor)
    return bool(torch.isfinite(low) and torch.isfinite(high))


def _index(folder: Path) -> dict[str, str]:
    """Which file holds each tensor; empty where there is one file."""
    if not (folder / INDEX).exists():
        return {}
    places: dict[str, str] = read_json(read_plain(folder / INDEX))["weight_map"]
    return places


def _only_file(folder: Path) -> str:
    if (folder / SINGLE).exists():
        return SINGLE
    files = sorted(file.name for file in folder.glob("*.safetensors"))
    if not files:
        raise SourceError("folder-no-weights", folder=str(folder))
    return files[0]
