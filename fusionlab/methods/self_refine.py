"""Self-refine: one member answers, criticises its answer and mends it, again and again.

One growing conversation: answer (text 0), critique (1), refinement (2), critique (3) … It ends
early if a critique has a line that says only NOTHING TO MEND. Madaan et al.,
https://arxiv.org/abs/2303.17651, whose code takes up to four turns and stops when the critique of a
sum says that it is correct.
"""

from collections.abc import Generator, Iterator, Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.events import (
    AnswerExtracted,
    Event,
    MessageSent,
    RoundBegan,
    RoundKind,
    RunFinished,
    Warned,
)
from fusionlab.models.base import Level, Member, Message
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.rounds import drawn_in
from fusionlab.text.settings import THE_ANSWER_IS, AnswerKind, AnswerPhrase, Truth
from fusionlab.text.wording import SILENCE, ending, step_by_step, unechoed
from fusionlab.text.writing import Ask, all_written

NOTHING_TO_MEND = "NOTHING TO MEND"
"""A critique with a line of only these words, in any case, ends the run."""
CRITICISE = (
    "Name every mistake in your answer, and do not mend it yet. If there is none, write only "
    f'"{NOTHING_TO_MEND}".'
)


@fusion_method(
    "self_refine",
    needs=Level.TEXT,
    family="conversation",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2303.17651",
    max_members=1,
)
def self_refine(
    members: Sequence[Member],
    request: Request,
    *,
    iterations: Annotated[
        int,
        Field(ge=1, le=4, description="Critiques at most, each with a refinement."),
    ] = 2,
    answer: AnswerKind = "text",
    phrase: AnswerPhrase = THE_ANSWER_IS,
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Let one member criticise its own answer and mend it, until it finds nothing to mend."""
    (member,) = members
    chat = member.prompt(request, step_by_step(request.question, phrase))
    standing = yield from _said(member, chat, request, 0)
    found = extract(standing, answer, phrase)
    yield AnswerExtracted(member.name, found or "", 0)
    for number in range(1, 2 * iterations, 2):
        chat.append(Message("user", CRITICISE))
        critique = yield from _said(member, chat, request, number)
        yield AnswerExtracted(member.name, "", number)
        if nothing_to_mend(critique):
            break
        if not critique:
            yield Warned.of("critique-blank")
            break
        chat.append(Message("user", f"Write your whole answer anew, mended. {ending(phrase)}"))
        mended = yield from _said(member, chat, request, number + 1)
        mended_to = extract(mended, answer, phrase)
        yield AnswerExtracted(member.name, mended_to or "", number + 1)
        standing, found = mended or standing, mended_to or found
    if found is None:
        yield Warned.of("refined-to-no-answer", phrase=repr(phrase))
    yield RunFinished(found or standing)


def nothing_to_mend(critique: str) -> bool:
    """Whether a line of the critique says only that there is nothing to mend."""
    lines = (line.strip(" \t*_#>.!\"'`").casefold() for line in critique.splitlines())
    return NOTHING_TO_MEND.casefold() in lines


def _said(
    member: Member, chat: list[Message], request: Request, number: int
) -> Generator[Event, None, str]:
    """Text `number`, which is then added to the conversation; the member reads only itself."""
    what: RoundKind = "criticism" if number % 2 else "mended" if number else "draft"
    yield RoundBegan(number, what, (number + 1) // 2 or 1)
    if number:
        yield MessageSent(number, member.name, member.name)
    ask = Ask(member, tuple(chat), number)
    drawn = drawn_in(request.sampling, number)
    (text,) = yield from all_written([ask], drawn, resumes=number > 0)
    chat.append(Message("assistant", text or SILENCE))
    return unechoed(text, ask.prompt)
