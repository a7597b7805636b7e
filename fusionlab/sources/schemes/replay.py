"""`replay:file#member`: answers out of a recorded run."""

from collections.abc import Generator, Iterable, Mapping
from functools import partial
from pathlib import Path

from fusionlab.models.base import Level, ModelSpec
from fusionlab.sources import store
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


def _read(ref: str, rest: str) -> Reference:
    place, _, member = rest.rpartition("#") if "#" in rest else (rest, "", "")
    return Reference("replay", named_place(ref, place), member)


def _spec(ref: str, parts: Reference) -> ModelSpec:
    file = existing_file(store.expanded(parts.place), "reference-no-run-file")
    return ModelSpec(ref, "replay", Level.TEXT, f"file {file}")


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"recording": partial(_here, parts)}


def _here(parts: Reference) -> Generator[News, None, Where]:
    yield from ()
    return (store.expanded(parts.place), parts.detail)


def _files(parts: Reference) -> Iterable[Path]:
    return [store.expanded(parts.place)]


REPLAY = Scheme(_read, _spec, _forms, _files)
