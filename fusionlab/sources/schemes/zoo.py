"""`zoo/name`: a small model that was trained here, or came with FusionLab."""

from collections.abc import Generator, Iterable, Mapping
from functools import partial
from pathlib import Path

from fusionlab.assets import asset
from fusionlab.errors import SourceError, UnknownName
from fusionlab.models.base import Level, ModelSpec
from fusionlab.reading import is_file
from fusionlab.sources import store
from fusionlab.sources.adapters import Base
from fusionlab.sources.scheme import Fetch, Form, News, Reference, Scheme, Where, named_adapter

PREFIX = "zoo/"
WEIGHTS = "model.safetensors"
SOURCE = "FusionLab's zoo"
DAMAGED = "zoo-damaged"
"""The key of what is said of a damaged one."""


def zoo_names() -> tuple[str, ...]:
    """Names of the zoo models on this machine, made here or shipped."""
    places = [store.home() / "zoo", *_shipped()]
    found = {name for place in places for name in _listed(place) if is_file(place / name / WEIGHTS)}
    return tuple(sorted(found))


def zoo_folder(name: str) -> Path:
    """The folder of a zoo model: trained on this machine, else shipped; raises SourceError."""
    for place in (store.home() / "zoo", *_shipped()):
        if is_file(place / name / WEIGHTS):
            return place / name
    raise SourceError("zoo-untrained", name=name)


def _read(ref: str, rest: str) -> Reference:
    name, plus, adapter = rest.partition("+")
    if not _is_known(name):
        raise UnknownName("kind-zoo-model", name, sorted(_recipes() | set(zoo_names())))
    return Reference("zoo", name, adapter=named_adapter(ref, plus, adapter))


def _is_known(name: str) -> bool:
    """Whether it is here or can be trained; a page asks hundreds of times."""
    places = (store.home() / "zoo", *_shipped())
    here = any(name in _listed(place) and is_file(place / name / WEIGHTS) for place in places)
    return here or name in _recipes()


def _recipes() -> set[str]:
    """Names of the models that can be trained here."""
    files = (name for place in _shipped() for name in _listed(place / "recipes"))
    return {name.removesuffix(".toml") for name in files if name.endswith(".toml")}


def _listed(folder: Path) -> list[str]:
    """Names in the folder, hidden ones left out; none where it cannot be read."""
    try:
        return [file.name for file in folder.iterdir() if not file.name.startswith(".")]
    except OSError:
        return []


def _spec(ref: str, parts: Reference) -> ModelSpec:
    size = sum(file.stat().st_size for file in _files(parts))
    return ModelSpec(ref, "transformers", Level.INTERNALS, SOURCE, licence="Apache-2.0", bytes=size)


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"folder": partial(_here, parts)}


def _here(parts: Reference) -> Generator[News, None, Where]:
    folder = zoo_folder(parts.place)
    yield from store.check_whole(folder, DAMAGED)
    return (folder,)


def _files(parts: Reference) -> Iterable[Path]:
    return zoo_folder(parts.place).glob("*.safetensors")


def _base(parts: Reference) -> Base:
    known = store.origin_of(zoo_folder(parts.place)).get("sha256", {})
    return Base(PREFIX + parts.place, known)


def _shipped() -> list[Path]:
    try:
        return [asset("zoo")]
    except FileNotFoundError:
        return []


def _folder_here(parts: Reference) -> Path:
    return zoo_folder(parts.place)


ZOO = Scheme(_read, _spec, _forms, _files, _base, _folder_here)
