"""The rungs of the ladder of fusion, as assets/ladder.toml has them.

A rung is one way to fuse: a method over the members, or a model that a builder makes of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from fusionlab.assets import asset
from fusionlab.reading import read_text, read_toml

LADDER = "ladder.toml"
Level = Literal["answers", "conversation", "tokens", "weights", "training"]
"""What is fused, from the outside of the models to their inside."""
LEVELS: tuple[Level, ...] = ("answers", "conversation", "tokens", "weights", "training")
ANCESTOR, SUITE, LESSONS = "$ancestor", "$suite", "$lessons"
"""In place of a setting: the members' common ancestor; what may be trained with for the suite, and
how many questions of it."""
EACH, FEWEST, MOST = 20, 40, 4_000
"""Questions that a rung is trained with: for each one that is asked, at least, and at most."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to fuse the members; either `method` or `builder` is named."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    level: Level
    method: str = ""
    builder: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    learned: Mapping[str, Literal["prompts-solved"]] = field(default_factory=dict, hash=False)
    """Settings that are read off the questions for choosing."""
    one: bool = False
    """Whether it is of one member: of the one that is best on the questions for choosing."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    @property
    def chooses(self) -> bool:
        """Whether something about it is chosen by questions, which are none of the test's."""
        return self.one or bool(self.learned)


_RUNGS = TypeAdapter(tuple[Rung, ...])


def lessons_for(items: int) -> int:
    """The questions that a rung is trained with by default, where so many are asked."""
    return max(FEWEST, min(MOST, EACH * items))


@cache
def rungs() -> tuple[Rung, ...]:
    """All rungs, from the outside of the models to their inside."""
    found = _RUNGS.validate_python(read_toml(read_text(asset(LADDER)))["rung"])
    return tuple(sorted(found, key=lambda each: LEVELS.index(each.level)))
