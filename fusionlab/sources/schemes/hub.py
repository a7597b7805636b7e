"""`hub:org/name@revision`: a model of the hub, fetched on first use."""

import re
from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path

from fusionlab.errors import SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.sources.adapters import Base
from fusionlab.sources.fetching import hub_folder, hub_place
from fusionlab.sources.scheme import Fetch, Form, News, Reference, Scheme, Where, named_adapter

REPO = re.compile(r"[\w.-]+/[\w.-]+")


def _read(ref: str, rest: str) -> Reference:
    model, plus, adapter = rest.partition("+")
    repo, at, revision = model.partition("@")
    if not REPO.fullmatch(repo) or (at and not revision) or ".." in model:
        raise SourceError("hub-no-model", ref=ref)
    return Reference("hub", repo, revision, named_adapter(ref, plus, adapter))


def _spec(ref: str, parts: Reference) -> ModelSpec:
    source = f"hub {parts.place}"
    return ModelSpec(ref, "transformers", Level.INTERNALS, source, parts.detail)


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"folder": partial(_here, parts)}


def _here(parts: Reference) -> Generator[News, None, Where]:
    return ((yield from hub_folder(parts.place, parts.detail, {})),)


def _base(parts: Reference) -> Base:
    return Base(parts.place, {})


def _folder_here(parts: Reference) -> Path | None:
    return hub_place(parts.place, parts.detail)


HUB = Scheme(_read, _spec, _forms, base=_base, here=_folder_here)
