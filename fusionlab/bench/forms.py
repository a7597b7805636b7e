"""The form of what lies in a benchmark's folder: others may have written it, or a disk cut it off.

Figures are computed from it, so a line is an answer only where every field that they need is there
and of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from fusionlab.bench.plan import MOST_CONTENDERS, Contender
from fusionlab.bench.scoring import ROUGE
from fusionlab.bench.suites import MOST_ITEMS, Suite

Count = Annotated[int, Field(ge=0, lt=2**53)]
Seconds = Annotated[float, Field(ge=0, lt=2**53)]
Share = Annotated[float, Field(ge=0, le=1)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,200}$")]
"""A part of a file's name."""
ItemId = Annotated[str, Field(pattern=r"^[A-Za-z0-9,_-]{1,200}$")]


class _Answer(BaseModel, strict=True):
    """What was said to one item, and what it is worth."""

    item: ItemId
    task: str
    prompt: str
    truth: str
    said: str
    extracted: str | None
    right: bool | None
    score: Share | None
    rouge: dict[str, Share]
    tokens_in: Count
    tokens_out: Count
    forward_passes: Count
    seconds: Seconds
    wall: Seconds
    error: str
    run: bool


@dataclass(frozen=True, slots=True)
class _Contender(Contender):
    """Whose answers are in the folder."""

    key: Key


class _Plan(BaseModel):
    """What is asked, and who answers."""

    key: Key
    suite: Suite
    items: Annotated[list[ItemId], Field(max_length=MOST_ITEMS)]
    broken: list[str]
    contenders: Annotated[list[_Contender], Field(max_length=2 * MOST_CONTENDERS)]
    environment: dict[str, Any]


def is_answer(line: Mapping[str, Any]) -> bool:
    """Whether the line says what was answered to an item, or why nothing was."""
    try:
        answer = _Answer.model_validate(line)
    except ValidationError:
        return False
    return bool(answer.error) or answer.score is not None


def is_graded(line: Mapping[str, Any]) -> bool:
    """Whether the answer has the scores of open-ended ones, or failed."""
    return bool(line["error"]) or line["rouge"].keys() >= set(ROUGE)


def checked_plan(data: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with all defaults filled in; raises ValueError with what is wrong with it."""
    try:
        plan = _Plan.model_validate(data)
    except ValidationError as cause:
        first = cause.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return {**data, **plan.model_dump(mode="json")}
