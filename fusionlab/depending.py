"""Settings that count only where another one has certain values.

A method or builder marks such a setting, or a builder such an option of its sources, with `Where`.
One whose rule takes settings of its own describes these with `Branches`. The form shows what
counts, and tells nothing else; the command line and recipes say what the builder would refuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, JsonValue

from fusionlab.plans import Source

Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Where:
    """Marks what counts only where another setting has one of these values."""

    setting: str
    values: tuple[JsonValue, ...]


@dataclass(frozen=True, slots=True)
class Branches:
    """What else a builder takes by the value of one of its settings."""

    setting: str
    table: str
    """The setting that is a table of what is told of the whole, or of every source alike."""
    of_whole: Mapping[str, Sequence[Model]]
    """By value of the setting, models whose fields stand in the table alone."""
    of_each: Mapping[str, Model]
    """By value, whose fields a source may have as its options; in the table they hold for all."""

    def names(self, value: JsonValue) -> tuple[set[str], set[str]] | None:
        """What the table and each source may have under this value; None where it is none."""
        if not isinstance(value, str) or value not in self.of_each:
            return None
        each = set(self.of_each[value].model_fields)
        return each.union(*(model.model_fields for model in self.of_whole[value])), each

    def every(self) -> set[str]:
        """All names that are known under any value."""
        found = [self.names(value) for value in self.of_each]
        return set().union(*(table for table, _ in filter(None, found)))


def conditions(model: Model, name: str) -> list[Where]:
    """What has to be so for this field to count; nothing where it always does."""
    return [mark for mark in model.model_fields[name].metadata if isinstance(mark, Where)]


def without_idle(
    settings: Model,
    options: Model,
    branches: Branches | None,
    given: Mapping[str, JsonValue],
    sources: Sequence[Source],
) -> tuple[dict[str, JsonValue], list[Source], list[str]]:
    """The settings and sources without what does not count, and the names of that.

    What nobody knows stays, to be refused by name.
    """
    usual = {name: field.default for name, field in settings.model_fields.items()}
    now = {**usual, **given}
    idle = {name for name in given if not _counts(settings, name, now)}
    unlike = {name for name in options.model_fields if not _counts(options, name, now)}
    kept = {name: value for name, value in given.items() if name not in idle}
    left_out = sorted(idle)
    taken = branches and branches.names(now.get(branches.setting))
    if branches and taken:
        table, each = taken
        unlike |= branches.every() - each
        told = kept.get(branches.table)
        if isinstance(told, dict):
            strays = [name for name in told if name in branches.every() - table]
            left_out += [f"{branches.table}.{name}" for name in strays]
            kept[branches.table] = {k: v for k, v in told.items() if k not in strays}
    left_out += dict.fromkeys(name for each in sources for name in each.options if name in unlike)
    return kept, [replace(each, options=dict(_but(each, unlike))) for each in sources], left_out


def _but(source: Source, names: set[str]) -> Iterator[tuple[str, JsonValue]]:
    return ((name, value) for name, value in source.options.items() if name not in names)


def _counts(model: Model, name: str, now: Mapping[str, Any]) -> bool:
    """Whether the field counts; so does a name that the model does not have."""
    if name not in model.model_fields:
        return True
    return all(now.get(each.setting) in each.values for each in conditions(model, name))
