"""`built:id`: a model that a builder made on this machine, whole or as an adapter of a base.

Adapters that were trained before they stood among the built models are found where they are.
"""

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from tomllib import TOMLDecodeError

from fusionlab.errors import SourceError, UnknownName
from fusionlab.models.base import Level, ModelSpec
from fusionlab.reading import is_file, is_id, read_text, read_toml
from fusionlab.sources import store
from fusionlab.sources.adapter_config import CONFIG
from fusionlab.sources.adapters import Base
from fusionlab.sources.scheme import Fetch, Form, News, Reference, Scheme, Where, named_adapter

PREFIX = "built:"
SOURCE = "FusionLab's builders"
DAMAGED = "built-damaged"
"""The key of what is said of a damaged one."""
OLDER = "adapters"
"""Where adapters that were trained here once stood, in FusionLab's home."""
CONFIGS = ("config.json", CONFIG)
"""Of which a built model has one: of whole weights, or of an adapter."""


RUNG = "ladder-"
"""Begins the ids of models that ladders make; what decides them ends it, as 12 digits."""
_RUNG = re.compile(RUNG + "[a-z0-9-]+-[0-9a-f]{12}")


def built_names() -> tuple[str, ...]:
    """Ids of the models that builders made here."""
    found = {file.parent.name for each in CONFIGS for file in _shelf().glob(f"*/{each}")}
    older = (file.parent for file in (store.home() / OLDER).glob(f"*/{CONFIG}"))
    found |= {folder.name for folder in older if _is_trained(folder)}
    return tuple(sorted(filter(is_id, found)))


def is_rung(name: str) -> bool:
    """Whether a ladder of fusion made the model of this id, so that no list need name it."""
    return _RUNG.fullmatch(name) is not None


def listed_names() -> tuple[str, ...]:
    """The ids to choose among: those that no ladder made."""
    return tuple(name for name in built_names() if not is_rung(name))


def built_folder(name: str) -> Path:
    """The folder of a model that was built here; raises SourceError."""
    folder, older = _shelf() / name, store.home() / OLDER / name
    if is_id(name):
        if any(is_file(folder / each) for each in CONFIGS):
            return folder
        if is_file(older / CONFIG) and _is_trained(older):
            return older
    raise SourceError("built-missing", name=name)


def is_adapter(folder: Path) -> bool:
    """Whether the folder holds an adapter, and no model that stands for itself."""
    return is_file(folder / CONFIG) and not is_file(folder / CONFIGS[0])


def _shelf() -> Path:
    return store.home() / "models"


def _is_trained(folder: Path) -> bool:
    """Whether the builder `train` made this adapter, and no recipe that came with FusionLab."""
    with suppress(OSError, UnicodeDecodeError, TOMLDecodeError):
        return bool(read_toml(read_text(folder / "recipe.toml")).get("builder") == "train")
    return False


def _read(ref: str, rest: str) -> Reference:
    name, plus, adapter = rest.partition("+")
    if not is_id(name):
        raise SourceError("built-not-an-id", ref=ref)
    if name not in built_names():
        raise UnknownName("kind-built-model", name, listed_names())
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


def _adapted(parts: Reference) -> tuple[str, Path] | None:
    """The lineage of an adapter begins with its base."""
    folder = built_folder(parts.place)
    if not is_adapter(folder):
        return None
    lineage = store.origin_of(folder).get("lineage")
    if not isinstance(lineage, list) or not lineage:
        raise SourceError("built-adapter-of-nothing", name=parts.place)
    return str(lineage[0]), folder


BUILT = Scheme(_read, _spec, _forms, _files, _base, _folder_here, _adapted)
