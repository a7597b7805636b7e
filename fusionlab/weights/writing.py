"""Tensors are written one by one into safetensors files, so that no more than one is in memory.

Which tensors there will be, and of what shape, is known before the first is made. So each file's
header is written first and the bytes follow as they come. A file has its name only when it is
whole; what a stopped writing has finished is not written again.
"""

import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor

from fusionlab.events import Progress
from fusionlab.reading import read_json, read_plain
from fusionlab.sources.opening import INDEX
from fusionlab.weights.checkpoint import DTYPES, SINGLE, Header
from fusionlab.weights.hashing import Hashed, hashed
from fusionlab.writing import putting

SHARD = 4_000_000_000
"""Bytes of weights in one file, as Hugging Face's hub likes them."""
BROKEN = "not-finite.json"
"""Says in the work folder which of the tensors that were written hold NaN or Inf."""

Make = Callable[[str], Iterable[Tensor]]
"""The tensor of this name: whole, or in runs of rows one after another."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a folder after writing."""

    files: tuple[str, ...]
    """Names of all files, the index included."""
    bytes: int
    not_finite: tuple[str, ...]
    """Names of tensors that hold NaN or Inf."""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """Of the files of weights that were written now, by name."""


def shards(tensors: Sequence[Header], most: int = SHARD) -> list[list[Header]]:
    """The tensors in their order, a new file begun where one would hold more than `most` bytes.

    A tensor that is larger alone has a file of its own.
    """
    parts: list[list[Header]] = [[]]
    size = 0
    for header in tensors:
        if parts[-1] and size + header.bytes > most:
            parts.append([])
            size = 0
        parts[-1].append(header)
        size += header.bytes
    return parts


def in_order(tensors: Sequence[Header], most: int = SHARD) -> list[Header]:
    """The tensors in the order in which they are asked for when they are written."""
    return [header for part in shards(tensors, most) for header in _aligned(part)]


def written(
    folder: Path, tensors: Sequence[Header], make: Make, what: str, most: int = SHARD
) -> Generator[Progress, None, Written]:
    """The folder holds these tensors as a checkpoint; raises OSError.

    Files that an earlier attempt has finished stay as they are: the folder must be of one recipe,
    and nobody else may write there. `what` is told as what goes on.
    """
    parts = shards(tensors, most)
    names = _names(len(parts))
    total = sum(header.bytes for header in tensors)
    for left in folder.glob(".*.part"):  # of an attempt that was killed
        left.unlink()
    broken = _known_broken(folder)
    done = 0
    hashes: dict[str, str] = {}
    yield Progress(what, done, total, "bytes")
    for name, part in zip(names, parts, strict=True):
        if not (folder / name).exists():
            so_far = Progress(what, done, total, "bytes")
            hashes[name] = yield from _file(folder, name, part, make, broken, so_far)
        done += sum(header.bytes for header in part)
        yield Progress(what, done, total, "bytes")
    if len(parts) > 1:
        _write_index(folder, dict(zip(names, parts, strict=True)), total)
        names.append(INDEX)
    return Written(tuple(names), total, tuple(broken), hashes)


def moved(written_there: Written, work: Path, folder: Path) -> None:
    """The files stand in the folder, and in the work folder as well where a file may have two
    names: whatever comes next may still be stopped.
    """
    for name in written_there.files:
        try:
            (folder / name).hardlink_to(work / name)
        except OSError:  # not every file system knows such links
            (work / name).replace(folder / name)


def _file(
    folder: Path,
    name: str,
    part: Sequence[Header],
    make: Make,
    broken: list[str],
    so_far: Progress,
) -> Generator[Progress, None, str]:
    """The file stands there whole; returns its hash."""
    done = so_far.done
    with putting(folder / name) as half:
        ordered = _aligned(part)
        top = header_bytes(ordered)
        with half.open("wb") as plain, hashed(plain) as stream:
            _take_room(plain.fileno(), len(top) + sum(header.bytes for header in ordered))
            stream.write(top)
            for header in ordered:
                _write(stream, header, make(header.name))
                done += header.bytes
                yield Progress(so_far.what, done, so_far.total, "bytes")
        if stream.not_finite:
            broken += stream.not_finite
            (folder / BROKEN).write_text(json.dumps(broken), encoding="utf-8")
    return stream.sha256


def _take_room(file: int, size: int) -> None:
    """The file has all its room on the disk before the first tensor is made; raises OSError."""
    if sys.platform == "linux":  # elsewhere a full disk is met on the way
        os.posix_fallocate(file, 0, size)


def _write(stream: Hashed, header: Header, parts: Iterable[Tensor]) -> None:
    """The tensor comes next in the file."""
    count = 0
    for part in parts:
        if part.dtype != DTYPES[header.dtype]:
            raise ValueError(f"{header.name} is {part.dtype}, not {header.dtype}")
        stream.write_tensor(header.name, part)
        count += part.numel()
    if count != header.elements:
        raise ValueError(f"{header.name} has {count} numbers, not {header.elements}")


def _aligned(part: Sequence[Header]) -> list[Header]:
    """Those of wide numbers first, so that each begins where its numbers may."""
    return sorted(part, key=lambda header: -DTYPES[header.dtype].itemsize)


def header_bytes(part: Sequence[Header]) -> bytes:
    """What a file that holds these tensors begins with."""
    table: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start = 0
    for header in part:
        table[header.name] = {
            "dtype": header.dtype,
            "shape": list(header.shape),
            "data_offsets": [start, start + header.bytes],
        }
        start += header.bytes
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _names(count: int) -> list[str]:
    if count == 1:
        return [SINGLE]
    return [f"model-{number:05}-of-{count:05}.safetensors" for number in range(1, count + 1)]


def _write_index(folder: Path, files: Mapping[str, Sequence[Header]], total: int) -> None:
    places = {header.name: name for name, part in files.items() for header in part}
    index = {"metadata": {"total_size": total}, "weight_map": places}
    with putting(folder / INDEX) as half:
        half.write_text(json.dumps(index, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _known_broken(folder: Path) -> list[str]:
    try:
        return [str(name) for name in read_json(read_plain(folder / BROKEN))]
    except (OSError, ValueError):
        return []
