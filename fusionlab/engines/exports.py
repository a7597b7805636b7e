"""Exports for onnxruntime, each made once of a model's folder by a process of its own.

The process works offline and without a model's own code. What it made has its place, under the hash
of the weights, the settings and the packages, only when it is whole.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fusionlab.background import in_process
from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.reading import read_json, read_plain
from fusionlab.sources import store
from fusionlab.sources.opening import elements_in

News = Progress | Warned
QUALITY = "quality.json"
"""Says in an export how near it is to its original."""
ROOM = 4
"""Bytes a weight that an export takes on the disk at most: what is not quantised is fp32."""


def installed(modules: Iterable[str]) -> bool:
    """Whether all of them can be imported; nothing is."""
    return all(find_spec(name) is not None for name in modules)


def place_of(
    folder: Path, settings: Iterable[Path], made_by: Mapping[str, Any], packages: Iterable[str]
) -> Generator[Progress, None, Path]:
    """Where the export of these weights belongs, whether it is there or not."""
    hashes = {}
    for file in sorted(folder.glob("*.safetensors")):
        hashes[file.name] = yield from store.remembered_hash(file)
    config = hashlib.sha256()
    for file in settings:
        config.update(file.read_bytes())
    by = {**made_by, "packages": _versions(packages)}
    told = json.dumps([hashes, config.hexdigest(), by], sort_keys=True)
    return store.home() / "onnx" / hashlib.sha256(told.encode()).hexdigest()[:32]


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Of the packages that write an export."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found


def made_once(
    target: Path, make: Callable[[], Generator[Progress, None, None]]
) -> Generator[News, None, None]:
    """The export stands there as it was made; it is made where it is not there, or damaged."""
    if not target.exists() or (yield from store.fault(target)):
        lock = yield from store.alone(target)
        try:
            if not target.exists() or (yield from store.fault(target)):
                yield from make()
        finally:
            lock.release()


def put(
    folder: Path,
    target: Path,
    name: str,
    write: Callable[[Path], Generator[Progress, None, None]],
    is_usable: Callable[[Path], bool],
) -> Generator[Progress, None, None]:
    """What `write` writes to a folder stands as the export; one that is not used keeps no weights.

    Raises SourceError, also where the disk has no room for it.
    """
    _check_room(folder, name)
    with store.part_of(target) as part:
        yield from write(part)
        if not is_usable(part):  # what is not used need not be kept
            for file in part.glob("*.onnx*"):
                file.unlink()
        origin = store.origin_of(folder)
        source, revision = origin.get("source") or f"folder {folder}", origin.get("revision") or ""
        files = yield from store.hashes_of(part)
        store.write_origin(part, source, revision, {}, files=files)
        store.put(part, target)


def _check_room(folder: Path, name: str) -> None:
    """The disk has room for the export; raises SourceError."""
    home = store.home()
    home.mkdir(parents=True, exist_ok=True)
    needed, free = ROOM * sum(elements_in(folder).values()), shutil.disk_usage(home).free
    if free < needed:
        figures = {"needed": f"{needed / 1e6:.0f}", "free": f"{free / 1e6:.0f}"}
        raise SourceError("onnx-no-room", name=name, place=str(home), **figures)


def by_child(program: str, arguments: Sequence[str], name: str) -> Generator[Progress, None, None]:
    """The program has ended well; raises SourceError with what it said else."""
    child = in_process(
        ["-c", program, *arguments],
        f"exporting {name} for onnxruntime",
        env={"TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"},
    )
    with closing(child):
        code, errors = yield from child
    if code < 0:
        raise SourceError("onnx-export-killed", name=name, signal=-code)
    if code:
        said = (errors.strip().splitlines() or [f"exit code {code}"])[-1]
        raise SourceError("onnx-export-failed", name=name, said=said)


def give_way() -> None:
    """Other work goes before this process."""
    import psutil

    lower = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)  # Windows has classes
    psutil.Process().nice(lower)


def said_of(export: Path) -> dict[str, Any]:
    """What the export says of its quality; raises SourceError where it cannot be read."""
    try:
        return dict(read_json(read_plain(export / QUALITY)))
    except (OSError, ValueError, TypeError) as cause:
        raise unreadable(export, cause) from None


def unreadable(export: Path, cause: Exception) -> SourceError:
    """The error where an export does not say how near it is to its original."""
    return SourceError("settings-unreadable", file=str(export / QUALITY), said=str(cause))
