"""A ladder of fusion as far as it was climbed: its rungs, and the results of its benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from fusionlab.bench.rows import Result, result_from_json, result_to_json
from fusionlab.bench.rungs import Level

FORMAT = "fusionlab-ladder"
VERSION = 1
"""Fields are only added, with defaults."""
Count = Annotated[int, Field(ge=0, lt=2**53)]
Seconds = Annotated[float, Field(ge=0, lt=2**53)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,200}$")]
"""A part of a file's name."""
_HEADER = ("format", "version")


@dataclass(frozen=True, slots=True)
class Built:
    """The model of a rung, and what making it cost."""

    reference: str
    parameters: Count = 0
    bytes: Count = 0
    seconds: Seconds | None = None
    """None where it stood there before."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """Each member's right answers to questions that are none of the test's, and who is best."""

    items: Count
    right: dict[str, Count]
    best: str | None
    """The name of the member that is asked several times, where one is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One rung: its contender, or why there is none."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    level: Level
    contender: Key | None = None
    """None where it does not suit, or its model is yet to be built."""
    why: dict[str, JsonValue] | None = None
    """The sentence that says why it does not suit, or why its model could not be built."""
    built: Built | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs of a ladder, from the outside of the models to their inside."""

    key: Key
    members: tuple[str, ...]
    rungs: Annotated[tuple[Standing, ...], Field(max_length=200)]
    choosing: Choosing | None = None
    lessons: Count | None = None
    """Questions that rungs are trained with; None where an earlier version did not say."""


@dataclass(frozen=True, slots=True)
class Climbed:
    """A ladder with the results of its benchmark."""

    ladder: Ladder
    result: Result

    @property
    def by_rung(self) -> Result:
        """The results, each contender with the rung that it stands on."""
        rungs = {each.contender: each.id for each in self.ladder.rungs if each.contender}
        rows = [replace(row, rung=rungs.get(row.key, "")) for row in self.result.contenders]
        return replace(self.result, contenders=tuple(rows))


_LADDER = TypeAdapter(Ladder)


def climbed_to_json(found: Climbed, *, items: bool = True) -> dict[str, Any]:
    """The ladder and its results as plain JSON data; without `items`, without single answers."""
    result = found.result if items else replace(found.result, items=())
    return {**ladder_to_json(found.ladder), "results": result_to_json(result)}


def climbed_from_json(data: Mapping[str, Any]) -> Climbed:
    """What `climbed_to_json` gave, here or in an earlier version; raises ValueError."""
    told = {name: value for name, value in data.items() if name != "results"}
    return Climbed(ladder_from_json(told), result_from_json(data["results"]))


def ladder_to_json(ladder: Ladder) -> dict[str, Any]:
    """The rungs as plain JSON data."""
    plain: dict[str, Any] = _LADDER.dump_python(ladder, mode="json")
    return {"format": FORMAT, "version": VERSION, **plain}


def ladder_from_json(data: Any) -> Ladder:
    """What `ladder_to_json` gave; raises ValueError where the data are no ladder's."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise ValueError(f"no {FORMAT}")
    try:
        return _LADDER.validate_python({k: v for k, v in data.items() if k not in _HEADER})
    except ValidationError as cause:
        raise ValueError(str(cause.errors()[0]["msg"])) from None
