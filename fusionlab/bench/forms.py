"""The form of what lies in a benchmark's folder: others may have written it, or a disk cut it off.

Figures are computed from it, so a line is an answer only where every field that they need is there
and of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
)

from fusionlab.bench.plan import MOST_CONTENDERS, Contender
from fusionlab.bench.scoring import ROUGE
from fusionlab.bench.suites import MOST_ITEMS, Suite
from fusionlab.faults import fault
from fusionlab.reading import Invalid
from fusionlab.words import Sentence

Count = Annotated[StrictInt, Field(ge=0, lt=2**53)]
Seconds = Annotated[StrictInt | StrictFloat, Field(ge=0, lt=2**53)]
Score = Annotated[StrictInt | StrictFloat, Field(ge=0, le=1)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,200}$")]
"""A part of a file's name."""
ItemId = Annotated[str, Field(pattern=r"^[A-Za-z0-9,_-]{1,200}$")]


@dataclass(frozen=True, slots=True)
class Line:
    """What was said to one item, and what it is worth; its fields are those of the line on disk."""

    item: ItemId
    task: StrictStr
    prompt: StrictStr
    truth: StrictStr
    said: StrictStr
    extracted: StrictStr | None
    right: StrictBool | None
    score: Score | None
    rouge: dict[str, Score]
    tokens_in: Count
    tokens_out: Count
    forward_passes: Count
    seconds: Seconds
    wall: Seconds
    error: StrictStr
    run: StrictBool
    """Whether the whole run was kept."""

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.tokens_in + self.tokens_out

    @property
    def graded(self) -> bool:
        """Whether it has the scores of open-ended answers, or failed."""
        return bool(self.error) or self.rouge.keys() >= set(ROUGE)


@dataclass(frozen=True, slots=True)
class _Contender(Contender):
    """Whose answers are in the folder."""

    key: Key


@dataclass(frozen=True, slots=True)
class Planned:
    """What was asked, and who answered, as bench.json says."""

    key: Key
    suite: Suite
    items: Annotated[tuple[ItemId, ...], Field(max_length=MOST_ITEMS)]
    broken: tuple[str, ...]
    contenders: Annotated[tuple[_Contender, ...], Field(max_length=2 * MOST_CONTENDERS)]
    environment: dict[str, Any]


_LINE = TypeAdapter(Line)
_PLANNED = TypeAdapter(Planned)


def line_from_json(data: Any) -> Line | None:
    """What was answered to an item, or why nothing was; None where the data do not say that."""
    try:
        line = _LINE.validate_python(data)
    except ValidationError:
        return None
    return line if line.error or line.score is not None else None


def planned_from_json(data: Mapping[str, Any]) -> Planned:
    """The plan with all defaults filled in; raises Invalid with what is wrong with it."""
    try:
        return _PLANNED.validate_python(data)
    except ValidationError as cause:
        first = cause.errors()[0]
        where = ".".join(map(str, first["loc"]))
        wrong = Sentence("event-field-wrong", {"field": where, "fault": fault(first)})
        raise Invalid(wrong) from None
