"""`built:id`: a model that a builder made on this machine."""

from collections.abc import Generator, Iterable, Mapping
from functools import partial
from pathlib import Path

from fusionlab.errors import SourceError, UnknownName
from fusionlab.models.base import Level, ModelSpec
from fusionlab.reading import is_file, is_id
from fusionlab.sources import store
from fusionlab.sources.adapters import Base
from fusionlab.sources.scheme import Fetch, Form, News, Reference, Scheme, Where, named_adapter

PREFIX = "built:"
SOURCE = "FusionLab's builders"
DAMAGED = "built-damaged"
"""The key of what is said of a damaged one."""


def built_names() -> tuple[str, ...]:
    """Ids of the models on the shelf of builders."""
    found = {file.parent.name for file in _shelf().glob("*/config.json")}
    return tuple(sorted(filter(is_id, found)))


def built_folder(name: str) -> Path:
    """The folder of a model that was built here; raises SourceError."""
    folder = _shelf() / name
    if not is_id(name) or not is_file(folder / "config.json"):
        raise SourceError("built-missing", name=name)
    return folder


def _shelf() -> Path:
    return store.home() / "models"


def _read(ref: str, rest: str) -> Reference:
    name, plus, adapter = rest.partition("+")
    if not is_id(name):
        raise SourceError("built-not-an-id", ref=ref)
    if name not in (known := built_names()):
        raise UnknownName("kind-built-model", name, known)
    return Reference("built", name, adapter=named_adapter(ref, plus, adapter))


def _spec(ref: str, parts: Reference) -> ModelSpec:
    origin = store.origin_of(built_folder(parts.place))
    lineage = origin.get("lineage")
    return ModelSpec(
        ref,
        "transformers",
        Level.INTERNALS,
        SOURCE,
        revision=str(origin.get("revision", "")),
        licence=str(origin.get("licence", "")),
        bytes=sum(file.stat().st_size for file in _files(parts)),
        lineage=tuple(map(str, lineage)) if isinstance(lineage, list) else (),
    )


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"folder": partial(_here, parts)}


def _here(parts: Reference) -> Generator[News, None, Where]:
    folder = built_folder(parts.place)
    yield from store.check_whole(folder, DAMAGED)
    return (folder,)


def _files(parts: Reference) -> Iterable[Path]:
    return built_folder(parts.place).glob("*.safetensors")


def _base(parts: Reference) -> Base:
    known = store.origin_of(built_folder(parts.place)).get("sha256", {})
    return Base(PREFIX + parts.place, known)


def _folder_here(parts: Reference) -> Path:
    return built_folder(parts.place)


BUILT = Scheme(_read, _spec, _forms, _files, _base, _folder_here)
