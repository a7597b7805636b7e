"""`api:url#model`: a model behind a server's OpenAI-compatible endpoint."""

import re
from collections.abc import Generator, Mapping
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from fusionlab.errors import SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.sources.scheme import Fetch, Form, News, Reference, Scheme, Where

_SECRET_FIELD = re.compile(
    r"(?:^|[-_])(?:api)?(?:key|token|secret|password|sig|signature|code)$", re.IGNORECASE
)
"""How fields of an address are named that hold a key."""


def _read(ref: str, rest: str) -> Reference:
    url, _, model = rest.partition("#")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError("api-no-address", ref=ref)
    if parts.username or parts.password:
        raise SourceError("api-password", model=model)
    if secret := next(filter(_SECRET_FIELD.search, dict(parse_qsl(parts.query))), ""):
        raise SourceError("api-key", model=model, field=secret)
    return Reference("api", url, model)


def _spec(ref: str, parts: Reference) -> ModelSpec:
    return ModelSpec(ref, "remote", Level.LOGPROBS, parts.place)


def _forms(parts: Reference) -> Mapping[Form, Fetch]:
    return {"server": partial(_there, parts)}


def _there(parts: Reference) -> Generator[News, None, Where]:
    yield from ()
    return (parts.place, parts.detail)


API = Scheme(_read, _spec, _forms)
