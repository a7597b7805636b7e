"""`gguf:file`: a GGUF file on this machine, as it is or dequantised into a folder."""

import hashlib
from collections.abc import Generator, Iterable, Mapping
from functools import partial
from pathlib import Path

from fusionlab.errors import SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.sources import store
from fusionlab.sources.dequantise import dequantised
from fusionlab.sources.scheme import (
    Fetch,
    Form,
    News,
    Reference,
    Scheme,
    Where,
    existing_file,
    named_place,
)

GGUF_MAGIC = b"GGUF"


def _read(ref: str, rest: str) -> Reference:
    return Reference("gguf", named_place(ref, rest))


def _spec(ref: str, parts: Reference) -> ModelSpec:
    file = _file(parts)
    size = file.stat().st_size
    return ModelSpec(ref, "llamacpp", Level.INTERNALS, f"file {file}", bytes=size)


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"gguf": partial(_as_it_is, parts), "folder": partial(_dequantised, parts)}


def _as_it_is(parts: Reference) -> Generator[News, None, Where]:
    yield from ()
    return (_file(parts),)


def _dequantised(parts: Reference) -> Generator[News, None, Where]:
    return ((yield from dequantised(_file(parts), _target(parts))),)


def _folder_here(parts: Reference) -> Path | None:
    target = _target(parts)
    return target if target.exists() else None


def _target(parts: Reference) -> Path:
    """Where the dequantised folder stands once it is made."""
    gguf = _file(parts)
    stat = gguf.stat()
    key = f"{gguf.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    name = f"{gguf.stem}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return store.weights_home() / "gguf" / name


def _files(parts: Reference) -> Iterable[Path]:
    return [_file(parts)]


def _file(parts: Reference) -> Path:
    """The file, if it is GGUF; raises SourceError if not."""
    file = existing_file(store.expanded(parts.place))
    with file.open("rb") as stream:
        if stream.read(len(GGUF_MAGIC)) != GGUF_MAGIC:
            raise SourceError("gguf-file", file=str(file))
    return file


GGUF = Scheme(_read, _spec, _forms, _files, here=_folder_here)
