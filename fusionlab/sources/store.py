"""Files that FusionLab keeps: where they lie, that they are whole and the right ones.

Everything is written under a name of its own ending in `.part` and renamed when it is whole; and of
all threads and processes that would make one thing, `alone` lets one begin.
"""

import hashlib
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import platformdirs
from filelock import FileLock, Timeout

from fusionlab.background import TICK
from fusionlab.errors import FusionError, SourceError
from fusionlab.events import Progress
from fusionlab.reading import check_name, is_file, read_json, read_plain
from fusionlab.words import Sentence
from fusionlab.writing import putting

ORIGIN = "origin.json"
"""Says in a folder made here where its weights come from."""
SEALED = (
    *("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken"),
    *("*.onnx", "*.onnx.data"),
)
"""Files of such a folder that decide what its model says."""
CHUNK = 4 << 20
HASHED = 1 << 20
"""Bytes of a file that are hashed at once, in memory that is used again and again."""
READERS = 4
"""Files that are hashed at the same time."""
STALE = 24 * 3600.0
"""Seconds after which a `.part` is taken for left behind by a process that was killed."""


class Lock(Protocol):
    """What somebody holds until it is released, on any thread."""

    def release(self) -> None:
        """Others may have it."""
        ...


def home() -> Path:
    """Where FusionLab keeps its files: $FUSIONLAB_HOME, or the user's cache folder."""
    given = os.environ.get("FUSIONLAB_HOME")
    return Path(given).expanduser() if given else platformdirs.user_cache_path("fusionlab")


def weights_home() -> Path:
    """The part of `home()` for weights that can be fetched again."""
    return home() / "weights"


def expanded(place: str) -> Path:
    """The path with the user's folder for ~; as it is where ~ names nobody."""
    try:
        return Path(place).expanduser()
    except RuntimeError:
        return Path(place)


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """A new folder beside `target` to prepare it in; it is gone afterwards."""
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    part.mkdir(parents=True)
    try:
        _sweep(target.parent)
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put(part: Path, target: Path) -> None:
    """The whole file or folder `part` is named `target`, instead of what was; raises OSError.

    Whoever calls it is alone with the target.
    """
    if target.is_dir():
        remove(target)
    part.replace(target)


def remove(target: Path) -> None:
    """No file or folder of this name exists; raises OSError."""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target, ignore_errors=True)  # another process may be at it as well
        if target.exists():
            raise OSError(f"{target} cannot be removed")
    else:
        target.unlink(missing_ok=True)


def alone(target: Path) -> Generator[Progress, None, Lock]:
    """A held lock: no other thread, and no other process of this home, makes `target` meanwhile.

    Its file stays and means nothing by itself: a process that is killed holds no lock. Raises
    OSError on a name that nothing can have.
    """
    check_name(target)
    start = time.monotonic()
    for file in _lock_files(target):
        # Whoever lets go may be on another thread than it was taken on.
        lock = FileLock(file, timeout=TICK, thread_local=False)
        with suppress(OSError):  # this place cannot be written
            file.parent.mkdir(parents=True, exist_ok=True)
            while not _taken(lock):
                yield Progress(
                    f"waiting for {target.name}", time.monotonic() - start, unit="seconds"
                )
            return lock
    nobodys = threading.Lock()  # nothing can be made here, so there is nothing to be alone with
    nobodys.acquire()
    return nobodys


def genuine(file: Path, sha256: str) -> Generator[Progress, None, bool]:
    """Whether the file has this hash; read in full only when its size or time has changed."""
    stat = file.stat()
    known = {
        "sha256": sha256,
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "ctime_ns": stat.st_ctime_ns,  # a tool may set the other time back, but not this one
    }
    name = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:32]
    mark = home() / "checked" / f"{name}.json"
    with suppress(OSError, ValueError):
        if read_json(read_plain(mark)) == known:
            return True
    if (yield from hash_of(file)) != sha256:
        return False
    with suppress(OSError):  # not remembered: it is read again next time
        mark.parent.mkdir(parents=True, exist_ok=True)
        with putting(mark) as part:
            part.write_text(json.dumps(known))
    return True


def remembered_hash(file: Path) -> Generator[Progress, None, str]:
    """The file's sha256 in hexadecimal; read in full only when its size or time has changed."""
    stat = file.stat()
    known = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
    name = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:32]
    mark = home() / "hashed" / f"{name}.json"
    with suppress(OSError, ValueError):
        found = read_json(read_plain(mark))
        if isinstance(found, dict) and found.get("file") == known:
            return str(found.get("sha256"))
    sha256 = yield from hash_of(file)
    with suppress(OSError):  # not remembered: it is read again next time
        mark.parent.mkdir(parents=True, exist_ok=True)
        with putting(mark) as part:
            part.write_text(json.dumps({"file": known, "sha256": sha256}))
    return sha256


def fault(folder: Path) -> Generator[Progress, None, Sentence | None]:
    """What keeps the folder from being as it was made; None where it is whole.

    Whole files are read only where size or times have changed since the last time.
    """
    origin = origin_of(folder)
    hashes = [origin.get(key) or {} for key in ("files", "sha256")]
    if not all(isinstance(each, dict) for each in hashes) or not any(hashes):
        return Sentence("fault-no-hashes", {"file": str(folder / ORIGIN)})
    for name, sha256 in (hashes[1] | hashes[0]).items():
        file = folder / name
        if not is_file(file):
            return Sentence("fault-missing", {"place": str(file)})
        try:
            whole = yield from genuine(file, sha256)
        except OSError as cause:
            said = cause.strerror or str(cause)
            return Sentence("fault-unreadable", {"file": str(file), "said": said})
        if not whole:
            return Sentence("fault-damaged", {"file": str(file)})
    return None


def check_whole(folder: Path, damaged: str) -> Generator[Progress, None, None]:
    """The folder is as it was made, as far as it tells of that.

    Raises SourceError with the sentence of the key `damaged`, which speaks of the `fault`.
    """
    if (folder / ORIGIN).exists() and (found := (yield from fault(folder))):
        raise SourceError(damaged, fault=found)


def hashes_of(
    folder: Path, known: Mapping[str, str] | None = None
) -> Generator[Progress, None, dict[str, str]]:
    """The hash of every file in the folder that decides what its model says, by name.

    Those that are known already are not read again.
    """
    files = {file for pattern in SEALED for file in folder.rglob(pattern)}
    hashes = {}
    for file in sorted(files - {folder / ORIGIN}):
        name = file.relative_to(folder).as_posix()
        hashes[name] = (known or {}).get(name) or (yield from hash_of(file))
    return hashes


@contextmanager
def accessible() -> Iterator[None]:
    """What cannot be read or written meanwhile is a SourceError."""
    try:
        yield
    except OSError as cause:
        raise SourceError("files-inaccessible", said=str(cause)) from cause


@contextmanager
def saving(folder: Path) -> Iterator[None]:
    """What libraries raise as they write to the folder, each in its own way, is a SourceError."""
    try:
        yield
    except FusionError:
        raise
    except Exception as cause:  # safetensors and tokenizers have errors of their own for this
        raise SourceError("folder-unwritable", folder=str(folder), said=str(cause)) from cause


def hash_of(file: Path) -> Generator[Progress, None, str]:
    """The file's sha256 in hexadecimal."""
    return (yield from hashes_at_once([file]))[file]


def hashes_at_once(files: Iterable[Path]) -> Generator[Progress, None, dict[Path, str]]:
    """The sha256 of each file in hexadecimal; several are read side by side."""
    reading = [_Hashing(file) for file in dict.fromkeys(files)]
    total = sum(each.size for each in reading)
    with ThreadPoolExecutor(READERS) as pool:
        begun = [pool.submit(each.run) for each in reading]
        try:
            while wait(begun, timeout=TICK).not_done:
                at = next((each for each in reading if each.read < each.size), reading[0])
                done = sum(each.read for each in reading)
                yield Progress(f"checking {at.file.name}", done, total, "bytes")
        finally:
            for each in reading:
                each.stopped = True
        return {each.file: one.result() for each, one in zip(reading, begun, strict=True)}


class _Hashing:
    """A file that is being hashed on a thread."""

    def __init__(self, file: Path) -> None:
        self.file, self.size, self.read = file, file.stat().st_size, 0
        self.stopped = False

    def run(self) -> str:
        digest, chunk = hashlib.sha256(), memoryview(bytearray(HASHED))
        with self.file.open("rb", buffering=0) as stream:
            while not self.stopped and (count := stream.readinto(chunk)):
                digest.update(chunk[:count])
                self.read += count
        return digest.hexdigest()


def write_origin(
    folder: Path,
    source: str,
    revision: str,
    sha256: Mapping[str, str],
    base: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    lineage: Sequence[str] = (),
    licence: str = "",
) -> None:
    """The folder says where its weights come from, and their hashes by file name.

    `base` are hashes of the weights that these were made for, `files` those of all its files: they
    tell whether it is whole, where `sha256` tells whose weights they are. `lineage` are references
    of the models that it was made of.
    """
    data: dict[str, Any] = {"source": source, "revision": revision, "sha256": sha256}
    data |= {"base": base} if base else {}
    data |= {"files": files} if files else {}
    data |= {"lineage": list(lineage)} if lineage else {}
    data |= {"licence": licence} if licence else {}
    (folder / ORIGIN).write_text(json.dumps(data, indent=2), encoding="utf-8")


def origin_of(folder: Path) -> dict[str, Any]:
    """What `write_origin` wrote; empty for a folder that was not made here."""
    try:
        data = read_json(read_plain(folder / ORIGIN))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def size_of(folder: Path) -> int:
    """Bytes of all files in and under the folder, which may change meanwhile."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total


def _lock_files(target: Path) -> tuple[Path, Path]:
    """In the home; where that cannot be written, beside the target, which may lie elsewhere."""
    name = hashlib.sha256(str(target.resolve()).encode()).hexdigest()[:32]
    return home() / "locks" / f"{name}.lock", target.parent / f".{name}.lock"


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    return True


def _sweep(folder: Path) -> None:
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE:
                remove(part)
