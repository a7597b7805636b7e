"""Settings that several text methods share."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from fusionlab.registry import Group
from fusionlab.text.answers import Kind

AnswerKind = Annotated[
    Kind,
    Field(
        title="Kind of answer",
        description="What is compared: exact, the whole text; number; choice, such as (A); "
        "yes_no; text, one line, by its words.",
    ),
]
AnswerPhrase = Annotated[
    str,
    Group("expert"),
    Field(title="Answer phrase", description="What a solution should end with, before the answer."),
]
FoundAfter = Annotated[
    str,
    Group("expert"),
    Field(
        title="Answer phrase",
        description="The phrase before the answer, such as: the answer is. Without it, or where a "
        "text lacks it, the last answer of this kind is taken.",
    ),
]
Truth = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) in (int, float) else value),
    Group("basic"),
    Field(
        title="Right answer",
        description="If it is known: every answer is marked by it. No agent reads it.",
    ),
]
OnFailure = Annotated[
    Literal["go_on", "stop"],
    Group("expert"),
    Field(title="When an agent fails", description="go_on: without it; stop: the run fails."),
]
THE_ANSWER_IS = "The answer is"
