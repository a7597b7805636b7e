"""The models that were built on this machine: listed, removed, and copied elsewhere."""

import shutil
import tomllib
import uuid
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from fusionlab.errors import FusionError, RecipeError, SourceError, UnknownName
from fusionlab.events import Progress
from fusionlab.making import RECIPE, WEIGHTS, shelf_of
from fusionlab.reading import check_name, is_id, read_text, read_toml
from fusionlab.sources import store
from fusionlab.sources.opening import elements_in
from fusionlab.sources.references import adapter_of, folder_here
from fusionlab.sources.schemes.built import (
    DAMAGED,
    PREFIX,
    built_folder,
    built_names,
    is_adapter,
    listed_names,
)
from fusionlab.weights.adapter_gguf import check_adapter_gguf, write_adapter_gguf
from fusionlab.weights.as_gguf import check_gguf, write_gguf


def known_built() -> list[dict[str, Any]]:
    """One row of plain data for each model that was built here.

    Its keys are id, reference, builder (empty where the recipe does not say), adapter (whether it
    is one), parameters, bytes, licence, lineage and folder.
    """
    rows = []
    for name in built_names():
        folder = built_folder(name)
        origin = store.origin_of(folder)
        row = {
            "id": name,
            "reference": PREFIX + name,
            "builder": _builder(folder),
            "adapter": is_adapter(folder),
            "parameters": _parameters(folder),
            "bytes": sum(file.stat().st_size for file in folder.glob(WEIGHTS)),
            "licence": str(origin.get("licence", "")),
            "lineage": [str(each) for each in origin.get("lineage") or ()],
            "folder": str(folder),
        }
        rows.append(row)
    return rows


def made_of(name: str) -> list[str]:
    """Ids of the models that were built of the one of this id."""
    with suppress(SourceError):
        named = is_adapter(built_folder(name))
        return [row["id"] for row in known_built() if _is_of(name, row["lineage"], adapter=named)]
    return []


def removed(name: str) -> Generator[Progress, None, None]:
    """No model of this id stands on the shelf, nor what was begun of one.

    Whoever has loaded it keeps it until it is let go. Raises UnknownName where there is none.
    """
    target = known(name)
    with store.accessible():
        lock = yield from store.alone(target)
        try:
            if target.exists():
                away = target.with_name(f".{name}.{uuid.uuid4().hex}.part")
                target.replace(away)  # in one step: nobody sees half a model
                store.remove(away)
            for left in begun(name):
                store.remove(left)
        finally:
            lock.release()


def exported(name: str, place: Path) -> Generator[Progress, None, Path]:
    """The place is the model for other programs: a folder, or by its name a zip or a GGUF file.

    It is written straight from the shelf, so that the disk needs room for one copy. Raises
    RecipeError where the place exists, SourceError where the model is damaged, cannot be had as
    GGUF, or there is no room.
    """
    source = built_folder(known(name).name)
    with store.accessible():
        check_name(place)
        if place.exists():
            raise RecipeError("export-exists", place=str(place))
        yield from store.check_whole(source, DAMAGED)
        with store.part_of(place) as part:
            _check_room(source, part)
            whole = part / place.name
            match place.suffix.lower():
                case ".gguf":
                    yield from _as_gguf(source, whole, name)
                case ".zip":
                    yield from _zipped(source, whole, name)
                case _:
                    yield from _copied(source, whole, f"exporting {name}")
            store.put(whole, place)
    return place


def gguf_refusal(name: str) -> FusionError | None:
    """Why the model of this id cannot be had as GGUF, found without writing any; None if it can.

    Raises UnknownName where there is no such model.
    """
    source = built_folder(known(name).name)
    try:
        if not is_adapter(source):
            check_gguf(source)
        elif adapted := adapter_of(PREFIX + name):
            base, folder = adapted
            check_adapter_gguf(folder, folder_here(base))
    except SourceError as error:
        return error
    return None


def _check_room(source: Path, part: Path) -> None:
    """Raises SourceError where the disk of `part` has no room for a copy of the model."""
    needed = sum(file.stat().st_size for file in source.rglob("*") if file.is_file())
    free = shutil.disk_usage(part).free
    if needed > free:
        figures = {"needed": f"{needed / 1e6:.0f} MB", "free": f"{free / 1e6:.0f} MB"}
        raise SourceError("no-room", place=str(part.parent), **figures)


def _as_gguf(source: Path, file: Path, name: str) -> Generator[Progress, None, None]:
    """The file holds the model, or the adapter alone, which llama.cpp adds to its base."""
    if not is_adapter(source):
        yield from write_gguf(source, file, name)
    elif adapted := adapter_of(PREFIX + name):
        base, folder = adapted
        yield from write_adapter_gguf(folder, folder_here(base), file, name)


def known(name: str) -> Path:
    """Where the model of this id stands, whole or begun; raises UnknownName."""
    place = shelf_of("models") / name
    if is_id(name) and (place.exists() or any(begun(name))):
        return place
    if name not in built_names():
        raise UnknownName("kind-built-model", name, listed_names())
    return built_folder(name)


def begun(name: str) -> Iterator[Path]:
    """Work folders of attempts at the model that were stopped, or that go on now."""
    return shelf_of("models").glob(f".{name}-{'[0-9a-f]' * 12}.building")


def _zipped(source: Path, file: Path, name: str) -> Generator[Progress, None, None]:
    """The file holds the model's folder; weights do not get smaller by squeezing."""
    files = sorted(each for each in source.rglob("*") if each.is_file())
    total, done = sum(each.stat().st_size for each in files), 0
    with ZipFile(file, "w") as pack:
        for each in files:
            inside = ZipInfo.from_file(each, Path(name) / each.relative_to(source))
            with each.open("rb") as read, pack.open(inside, "w", force_zip64=True) as write:
                while chunk := read.read(store.CHUNK):
                    yield Progress(f"exporting {name}", done, total, "bytes")
                    write.write(chunk)
                    done += len(chunk)
    yield Progress(f"exporting {name}", done, total, "bytes")


def _copied(source: Path, target: Path, what: str) -> Generator[Progress, None, None]:
    files = sorted(file for file in source.rglob("*") if file.is_file())
    total, done = sum(file.stat().st_size for file in files), 0
    for file in files:
        yield Progress(what, done, total, "bytes")
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        done += file.stat().st_size
    yield Progress(what, done, total, "bytes")


def _is_of(name: str, lineage: Sequence[str], *, adapter: bool) -> bool:
    """Whether the model of this id is in the lineage, as a base or as the `adapter` of one."""
    parts = [ref.partition("+") for ref in lineage]
    return any(base == PREFIX + name or (adapter and name == own) for base, _, own in parts)


def _builder(folder: Path) -> str:
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return str(read_toml(read_text(folder / RECIPE)).get("builder", ""))
    return ""


def _parameters(folder: Path) -> int:
    """Numbers in its weights; 0 where its files cannot be read."""
    from safetensors import SafetensorError

    with suppress(OSError, SafetensorError):
        return sum(elements_in(folder).values())
    return 0
