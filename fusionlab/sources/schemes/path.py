"""`path:folder`: a Hugging Face folder on this machine."""

from collections.abc import Generator, Iterable, Mapping
from functools import partial
from pathlib import Path

from fusionlab.errors import SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.reading import is_folder
from fusionlab.sources import store
from fusionlab.sources.adapters import Base
from fusionlab.sources.opening import check_pickled
from fusionlab.sources.scheme import (
    Fetch,
    Form,
    News,
    Reference,
    Scheme,
    Where,
    named_adapter,
    named_place,
)


def weights_folder(folder: Path) -> Path:
    """The same folder if it holds a config and safetensors; raises SourceError if not."""
    if not is_folder(folder):
        raise SourceError("folder-missing", folder=str(folder))
    check_pickled(folder)
    if not any(folder.glob("*.safetensors")):
        raise SourceError("folder-no-weights", folder=str(folder))
    if not (folder / "config.json").is_file():
        raise SourceError("folder-no-config", folder=str(folder))
    return folder


def _read(ref: str, rest: str) -> Reference:
    place, plus, adapter = _parted(rest)
    adapter = named_adapter(ref, plus, adapter)
    return Reference("path", named_place(ref, place), adapter=adapter)


def _parted(rest: str) -> tuple[str, str, str]:
    """A base's folder, a plus and an adapter; an existing folder may have a + in its name."""
    pluses = [at for at, char in enumerate(rest) if char == "+"]
    for at in (len(rest), *reversed(pluses)):
        if is_folder(store.expanded(rest[:at])):
            return rest[:at], rest[at : at + 1], rest[at + 1 :]
    return rest, "", ""


def _spec(ref: str, parts: Reference) -> ModelSpec:
    folder = _folder(parts)
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return ModelSpec(ref, "transformers", Level.INTERNALS, f"folder {folder}", bytes=size)


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"folder": partial(_here, parts)}


def _here(parts: Reference) -> Generator[News, None, Where]:
    yield from ()
    return (_folder(parts),)


def _files(parts: Reference) -> Iterable[Path]:
    return _folder(parts).glob("*.safetensors")


def _base(parts: Reference) -> Base:
    return Base("", {}, _folder(parts))


def _folder(parts: Reference) -> Path:
    return weights_folder(store.expanded(parts.place))


PATH = Scheme(_read, _spec, _forms, _files, _base, _folder)
