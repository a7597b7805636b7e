"""What can be set of a builder, as data for a form: one row for each control.

A row says under which values of which other setting it counts (`when`), and in which table its
value stands (`table`, empty for none). Where one name means something else by that value, in range
or default, it has several rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from fusionlab.depending import Branches, conditions
from fusionlab.registry import Beside, Builder, Entry, Group, Learner, Material, Pictured

Drawn = dict[str, Any]
Alike = tuple[list[str], Drawn]
"""A row, and the values under which it counts."""
PARTS = ("self_attn", "mlp", "*")
"""Of a layer, for a number that differs between them: filters of a merge's settings."""
_KINDS = {
    "boolean": "switch",
    "integer": "integer",
    "number": "number",
    "object": "table",
    "string": "text",
}


def rows_of(entry: Entry) -> list[Drawn]:
    """The entry's settings, each with its default."""
    usual = entry.check({})
    return [_row(entry.settings, name, usual[name]) for name in entry.settings.model_fields]


def settings_of(builder: Builder) -> list[Drawn]:
    """The builder's settings, each with its default; of branches in place of their table."""
    rows, branches = rows_of(builder), builder.branches
    if branches is None:
        return rows
    at = next(i for i, row in enumerate(rows) if row["name"] == branches.table)
    return [*rows[:at], *_of_whole(branches), *rows[at + 1 :]]


def options_of(builder: Builder) -> list[Drawn]:
    """What each source may be told."""
    branches = builder.branches
    known = branches.every() if branches else set()
    rows = [_row(builder.options, name) for name in builder.options.model_fields]
    rest = [row for row in rows if row["name"] not in known]
    return [*(_of_each(branches) if branches else []), *rest]


def _of_whole(branches: Branches) -> Iterator[Drawn]:
    rows = _alike(
        (value, _varying(_row(model, name)))
        for value, models in branches.of_whole.items()
        for model in models
        for name in model.model_fields
    )
    for each in rows:
        yield _when(each, branches.setting) | {"table": branches.table}
    for row in _of_each(branches):
        yield row | {"table": branches.table, "every": True}


def _of_each(branches: Branches) -> Iterator[Drawn]:
    rows = _alike(
        (value, _varying(_row(model, name)))
        for value, model in branches.of_each.items()
        for name in model.model_fields
    )
    for each in rows:
        yield _when(each, branches.setting)


def _alike(rows: Iterable[tuple[str, Drawn]]) -> list[Alike]:
    """Rows that are equal under several values are one."""
    found: list[Alike] = []
    for value, row in rows:
        same = next((values for values, each in found if each == row), None)
        if same is None:
            found.append(([value], row))
        else:
            same.append(value)
    return found


def _when(alike: Alike, setting: str) -> Drawn:
    values, row = alike
    return row | {"when": [*row["when"], {"setting": setting, "values": values}]}


def _varying(row: Drawn) -> Drawn:
    """Numbers of a rule may differ over the depth, or between parts of a layer."""
    return row | {"kind": "varying"} if row["kind"] == "number" else row


def _row(model: type[BaseModel], name: str, usual: Any = None) -> Drawn:
    """One setting, from its JSON schema; without a type it may be a number or a list of them."""
    schema: Mapping[str, Any] = model.model_json_schema()["properties"][name]
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    of = {**schema, **kinds[0]} if len(kinds) == 1 else {}
    kind = "choice" if "enum" in of else _KINDS.get(of.get("type", ""), "varying")
    material = _material(model, name)
    if material is not None:
        kind = "material"
    if any(isinstance(mark, Learner) for mark in model.model_fields[name].metadata):
        kind = "model"
    return {
        "name": name,
        "kind": kind,
        "pictured": _part(model, name),
        "group": _group(model, name),
        "label": schema.get("title", name).capitalize(),
        "help": schema.get("description", ""),
        "choices": of.get("enum", list(material.names if material else [])),
        "least": of.get("minimum", of.get("exclusiveMinimum")),
        "most": of.get("maximum", _below(of.get("exclusiveMaximum"))),
        "parts": list(PARTS),
        "value": schema.get("default") if usual is None else usual,
        "when": when_of(model, name),
        "beside": _beside(model, name),
        "table": "",
        "every": False,
    }


def when_of(model: type[BaseModel], name: str) -> list[Drawn]:
    """The settings, and their values, with which this one counts; nothing where it always does."""
    return [
        {"setting": each.setting, "values": list(each.values)} for each in conditions(model, name)
    ]


def _group(model: type[BaseModel], name: str) -> str:
    """The part of the form that the setting is marked with; empty where it is not."""
    marks = model.model_fields[name].metadata
    return next((mark.name for mark in marks if isinstance(mark, Group)), "")


def _material(model: type[BaseModel], name: str) -> Material | None:
    """What the setting may be where it says what is learned from."""
    marks = model.model_fields[name].metadata
    return next((mark for mark in marks if isinstance(mark, Material)), None)


def _beside(model: type[BaseModel], name: str) -> str:
    """How references begin of the sources that the option is for; empty for all."""
    marks = model.model_fields[name].metadata
    return next((mark.scheme for mark in marks if isinstance(mark, Beside)), "")


def _below(bound: float | None) -> float | None:
    """The last number that a slider reaches where the bound itself is not allowed."""
    if bound is None or bound > 1:
        return bound
    return bound - 0.01


def _part(model: type[BaseModel], name: str) -> str:
    """The part of the picture that sets it too; empty where none does."""
    marks = model.model_fields[name].metadata
    return next((mark.part for mark in marks if isinstance(mark, Pictured)), "")
