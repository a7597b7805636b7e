"""Multi-agent debate: each agent keeps its own chat, in which it gets the others' last replies.

In the first round each answers alone. In every later round a turn with all the others' last replies
is added to its chat, and it answers again; an agent with nobody to hear is asked to check its own
answer. The most frequent of the last answers is elected, the first in a tie. Du et al.,
https://arxiv.org/abs/2305.14325, report results for three agents and two rounds.

Unlike in `debate`, where each round starts a new prompt, an agent sees everything it read and wrote
before: chats only grow, and an engine that keeps its cache computes only what is new.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from fusionlab.events import AnswerExtracted, Event, MessageSent, RoundBegan, RunFinished, Warned
from fusionlab.models.base import Level, Member, Message
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.rounds import counted, drawn_in, replies, tie
from fusionlab.text.settings import THE_ANSWER_IS, AnswerKind, AnswerPhrase, OnFailure, Truth
from fusionlab.text.wording import SILENCE, ending, step_by_step
from fusionlab.text.writing import Ask, written


@fusion_method(
    "multi_agent_debate",
    needs=Level.TEXT,
    family="conversation",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2305.14325",
    min_members=2,
    temperature=0.7,
)
def multi_agent_debate(
    members: Sequence[Member],
    request: Request,
    *,
    rounds: Annotated[
        int,
        Field(ge=1, le=10, description="How often each agent answers, the first time included."),
    ] = 2,
    answer: AnswerKind = "text",
    phrase: AnswerPhrase = THE_ANSWER_IS,
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
    on_failure: OnFailure = "go_on",
) -> Iterator[Event]:
    """Let the members answer again and again, each told the others' last replies, then vote."""
    agents = [
        _Agent(member, member.prompt(request, step_by_step(request.question, phrase)))
        for member in members
    ]
    for number in range(rounds):
        yield RoundBegan(number, "round" if number else "alone", number or 1)
        if number:
            yield from _told(agents, phrase, number)
        agents = yield from _round(agents, request, number, stop=on_failure == "stop")
        for agent in agents:
            agent.answer = extract(agent.reply, answer, phrase)
            yield AnswerExtracted(agent.member.name, agent.answer or "", number)
    count = counted([agent.answer for agent in agents], answer)
    if count.answer is None:
        yield Warned.of("replies-without-answer", phrase=repr(phrase))
    yield from tie(count)
    yield RunFinished(count.answer or "", "elected", count.tied)


@dataclass(slots=True)
class _Agent:
    """One participant, its chat so far, its last reply and the answer in it."""

    member: Member
    chat: list[Message] = field(default_factory=list)
    reply: str = ""
    answer: str | None = None


def _told(agents: Sequence[_Agent], phrase: str, number: int) -> Iterator[MessageSent]:
    """Adds a turn to every chat: what the others said last, if they said anything."""
    for agent in agents:
        others = [other for other in agents if other is not agent and other.reply]
        for other in others:
            yield MessageSent(number, other.member.name, agent.member.name)
        agent.chat.append(Message("user", _turn([other.reply for other in others], phrase)))


def _turn(others: Sequence[str], phrase: str) -> str:
    if not others:
        return f"Check whether your answer is right, and give it again. {ending(phrase)}"
    said = "\n\n".join(f"Another agent answers:\n{reply}" for reply in others)
    return (
        f"{said}\n\nTake these answers as advice that may be wrong, and give your answer anew. "
        f"{ending(phrase)}"
    )


def _round(
    agents: Sequence[_Agent], request: Request, number: int, *, stop: bool
) -> Generator[Event, None, list[_Agent]]:
    """The agents that have replied, with their replies in their chats."""
    asks = [Ask(agent.member, tuple(agent.chat), number) for agent in agents]
    drawn = drawn_in(request.sampling, number)
    results = yield from written(asks, drawn, resumes=number > 0)
    given = yield from replies(asks, results, stop=stop)
    by_ask = {id(reply.ask): reply.text for reply in given}
    replied = []
    for agent, ask in zip(agents, asks, strict=True):
        if id(ask) in by_ask:
            agent.reply = by_ask[id(ask)]
            agent.chat.append(Message("assistant", agent.reply or SILENCE))
            replied.append(agent)
    return replied
