"""What to build: builder, sources, settings, id; in TOML, JSON, a link.

    builder = "merge"                    [[build]]
    id = "both"                          builder = "merge"
                                         id = "both"
    [settings]                           sources = ["zoo/adder", "zoo/calendar"]
    method = "ties"
                                         [[build]]
    [[sources]]                          builder = "graft"
    ref = "smollm2-135m+maths"           sources = ["built:both"]
    weight = 0.7

On the left one build, as the folder of a model that was built keeps it; on the right several, one
after the other. A source is a table with `ref` and what else the builder is told of it, or the text
that the command line takes: "smollm2-135m+maths,weight=0.7".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from tomllib import TOMLDecodeError
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

import tomli_w
from pydantic import BeforeValidator, JsonValue, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from fusionlab.encoding import well_formed
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.plans import Source, source_from_text
from fusionlab.reading import read_toml, reason
from fusionlab.recipe import FORBID, SLIP, as_recipe_error, setting_from_text

SEVERAL = "build"
"""The key under which a file has several builds."""
PATH = "path"
"""The key under which it says how the models follow one another; see `paths`."""
_QUERY_FIELDS = ("builder", "source", "set", "id")


def _source_from_json(data: Any) -> Any:
    match data:
        case str():
            return source_from_text(data)
        case {"ref": str(ref)}:
            return Source(ref.strip(), {key: data[key] for key in data if key != "ref"})
        case Mapping():
            raise RecipeError("recipe-lacks", field="sources.ref")
    return data


@dataclass(frozen=True, slots=True)
class BuildRecipe:
    """Everything that decides a new model; the same recipe gives the same weights."""

    builder: str
    sources: tuple[Annotated[Source, BeforeValidator(_source_from_json)], ...] = ()
    settings: dict[str, JsonValue] = field(default_factory=dict, hash=False)
    id: str = ""
    """Of the new model; empty where the builder names it."""

    __pydantic_config__ = FORBID


_ADAPTER = TypeAdapter(BuildRecipe)


def builds_from_json(data: Any) -> tuple[BuildRecipe, ...]:
    """The builds in plain JSON data, one or several; raises RecipeError or UnknownName."""
    if not isinstance(data, Mapping) or SEVERAL not in data:
        return (_build_from_json(data),)
    rows = data[SEVERAL]
    if others := sorted(set(data) - {SEVERAL, PATH}):
        raise UnknownName("kind-recipe-field", others[0], (SEVERAL, PATH))
    if not isinstance(rows, list) or not rows:
        raise RecipeError("builds-not-listed", field=SEVERAL)
    return tuple(map(_build_from_json, rows))


def builds_from_toml(text: str) -> tuple[BuildRecipe, ...]:
    """The builds in a TOML text, of the same shape as the JSON form."""
    try:
        return builds_from_json(read_toml(text))
    except TOMLDecodeError as cause:
        raise RecipeError("recipe-not-toml", said=reason(cause)) from None


def build_to_toml(build: BuildRecipe) -> str:
    """The build as TOML, which has no null: settings and options of None are left out."""
    rows = [{"ref": each.ref, **_told(each.options)} for each in build.sources]
    told = {"builder": build.builder, "id": build.id, "settings": _told(build.settings)}
    return tomli_w.dumps({**told, "sources": rows})


def build_from_query(query: str) -> BuildRecipe | None:
    """The build that a link asks for; None where it asks for none.

    Other fields are ignored. Raises UnknownName for a field that looks like a misspelt one of ours,
    RecipeError for a bad value.
    """
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    given = dict(pairs)
    if "builder" not in given:
        return None
    for key in given:
        if key not in _QUERY_FIELDS and get_close_matches(key, _QUERY_FIELDS, 1, SLIP):
            raise UnknownName("kind-recipe-field", key, _QUERY_FIELDS)
    return BuildRecipe(
        given["builder"],
        tuple(source_from_text(text) for name, text in pairs if name == "source"),
        dict(setting_from_text(text) for name, text in pairs if name == "set"),
        given.get("id", ""),
    )


def build_to_query(build: BuildRecipe) -> str:
    """The build as the query of an address, without the question mark."""
    pairs = [("builder", build.builder)]
    for source in build.sources:
        told = [f",{key}={json.dumps(value)}" for key, value in source.options.items()]
        pairs.append(("source", source.ref + "".join(told)))
    pairs += [("set", f"{key}={json.dumps(value)}") for key, value in build.settings.items()]
    pairs += [("id", build.id)] if build.id else []
    return urlencode(pairs)


def awaited(build: BuildRecipe, coming: Sequence[str]) -> list[str]:
    """Those of the references `coming`, of models that do not stand yet, that it is made of."""
    named = [*(each.ref for each in build.sources), *map(str, build.settings.values())]
    bases = {name.strip().partition("+")[0] for name in named}
    return [ref for ref in coming if ref in bases]


def _build_from_json(data: Any) -> BuildRecipe:
    try:
        return _ADAPTER.validate_python(well_formed(data))
    except ValidationError as cause:
        raise as_recipe_error(cause, of=BuildRecipe, sources=Source) from None


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = to_jsonable_python(dict(values))
    return {key: value for key, value in plain.items() if value is not None}
