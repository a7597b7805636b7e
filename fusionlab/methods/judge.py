"""Judge: all members but the last answer, and the last reads the answers and names the best.

Zheng et al., https://arxiv.org/abs/2306.05685, let a model compare two answers, and found that it
often prefers a position to an answer; so they ask twice, in both orders, and count contrary
verdicts as a tie. Here any number of answers is compared, the second time in reversed order.

If the verdicts name one answer, it is chosen. Contrary verdicts are a tie between the named
answers, and without a verdict all answers tie: then the one that equals most of the answers is
chosen, the first of several. `fusionlab.text.verdicts` says what counts as a verdict.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fusionlab.errors import MemberError
from fusionlab.events import (
    AnswerExtracted,
    Event,
    MemberChosen,
    MessageSent,
    RoundBegan,
    RunFinished,
    Warned,
)
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import Kind, extract, same
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.rounds import drawn_in, replies
from fusionlab.text.settings import AnswerKind, FoundAfter, Truth
from fusionlab.text.verdicts import asked_to_judge, verdict
from fusionlab.text.wording import unechoed
from fusionlab.text.writing import Ask, all_written, written


@fusion_method(
    "judge",
    needs=Level.TEXT,
    family="answers",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2306.05685",
    min_members=3,
)
def judge(
    members: Sequence[Member],
    request: Request,
    *,
    orders: Annotated[
        int,
        Field(
            ge=1,
            le=2,
            description="How often the judge is asked. 2: also with the answers in reversed order, "
            "against its liking for a place; contrary verdicts are a tie.",
        ),
    ] = 2,
    answer: AnswerKind = "text",
    phrase: FoundAfter = "",
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Let the last member read the answers of the others and choose the best."""
    candidates, arbiter = members[:-1] or members, members[-1]
    asks = [Ask(member, member.prompt(request)) for member in candidates]
    yield RoundBegan(0, "answers", 1, tuple(member.name for member in candidates))
    given = yield from replies(asks, (yield from written(asks, request.sampling)))
    standing: list[_Standing] = []
    for reply in given:
        name, found = reply.ask.member.name, extract(reply.text, answer, phrase)
        yield AnswerExtracted(name, found or "")
        if reply.text:
            standing.append(_Standing(name, reply.text, found))
    if not standing:
        raise MemberError("answers-blank")
    verdicts: list[int | None] = []
    if len(standing) > 1:
        verdicts = yield from _verdicts(arbiter, standing, request, orders, answer)
    chosen = yield from _chosen(standing, verdicts, answer)
    yield RunFinished(chosen.text, "elected")


@dataclass(frozen=True, slots=True)
class _Standing:
    """A text that can be chosen, and its answer."""

    member: str
    text: str
    answer: str | None


def _verdicts(
    arbiter: Member, standing: Sequence[_Standing], request: Request, orders: int, kind: Kind
) -> Generator[Event, None, list[int | None]]:
    """The answer that the judge names in each order; nothing if the judge fails."""
    forward = list(range(len(standing)))
    shown = [forward, forward[::-1]][:orders]
    asks = []
    for number, order in enumerate(shown, start=1):
        yield RoundBegan(number, "verdict", number, (arbiter.name,), orders)
        for each in standing:
            yield MessageSent(number, each.member, arbiter.name)
        question = asked_to_judge(request.question, [standing[place].text for place in order])
        asks.append(Ask(arbiter, arbiter.prompt(request, question), number))
    try:
        texts = yield from all_written(asks, drawn_in(request.sampling, 1))
    except MemberError as failure:
        yield Warned.of("judge-failed", cause=failure.sentence)
        return []
    verdicts: list[int | None] = []
    for text, ask, order in zip(texts, asks, shown, strict=True):
        read = [standing[place].answer for place in order]
        place = verdict(unechoed(text, ask.prompt), read, kind)
        named = None if place is None else order[place]
        verdicts.append(named)
        found = None if named is None else standing[named].answer
        yield AnswerExtracted(arbiter.name, found or "", ask.sample)
    return verdicts


def _chosen(
    standing: Sequence[_Standing], verdicts: Sequence[int | None], kind: Kind
) -> Generator[Event, None, _Standing]:
    """The answer that the verdicts name; in a tie, the one that equals most answers."""
    named = sorted({place for place in verdicts if place is not None})
    equal = [sum(_equal(one, other, kind) for other in standing) for one in standing]
    among = named or list(range(len(standing)))
    best = [place for place in among if equal[place] == max(equal[at] for at in among)]
    place = best[0]
    yield from _doubts(standing, verdicts, named)
    yield from _tie([standing[at] for at in best], kind)
    counts = [verdicts.count(at) for at in range(len(standing))] if named else equal
    of = len(verdicts) if named else len(standing)
    scores = {one.member: count / of for one, count in zip(standing, counts, strict=True)}
    yield MemberChosen(standing[place].member, "verdict" if named else "agreement", scores)
    return standing[place]


def _doubts(
    standing: Sequence[_Standing], verdicts: Sequence[int | None], named: Sequence[int]
) -> Iterator[Warned]:
    """Warns where the choice is not the judge's alone."""
    if len(standing) == 1:
        yield Warned.of("chosen-unopposed")
    if blank := verdicts.count(None):
        yield Warned.of("texts-without-verdict", blank=blank, texts=len(verdicts))
    if len(named) > 1:
        yield Warned.of("verdicts-contrary")
    if len(standing) > 1 and not named:
        yield Warned.of("verdict-none")


def _tie(best: Sequence[_Standing], kind: Kind) -> Iterator[Warned]:
    """Warns where only the order of the answers decided."""
    if not all(_equal(best[0], other, kind) for other in best):
        names = [one.member for one in best]
        yield Warned.of("answers-of-members-tied", names=names)


def _equal(one: _Standing, other: _Standing, kind: Kind) -> bool:
    if one is other:
        return True
    return (
        one.answer is not None and other.answer is not None and same(one.answer, other.answer, kind)
    )
