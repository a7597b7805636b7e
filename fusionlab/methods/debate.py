"""Exchange-of-Thought: agents read one another's solutions and revise their own, in rounds.

In round 0 everyone works alone. In every later round each agent reads its own last solution and
those of the agents it hears (`text/topology`), and writes a new one; all write at the same time. An
agent's confidence after round r is the share of its most frequent answer among its r + 1 answers;
others see it from round 2 on. Yin et al., https://arxiv.org/abs/2312.01823.

Several published comparisons find that debate seldom beats self-consistency at equal cost
(https://arxiv.org/abs/2502.08788): compare it with `self_consistency`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import Field

from fusionlab.errors import MemberError
from fusionlab.events import AnswerExtracted, Event, MessageSent, RoundBegan, RunFinished, Warned
from fusionlab.models.base import Level, Member, Message
from fusionlab.models.sampling import spread
from fusionlab.registry import Group, Request, SideBySide, fusion_method
from fusionlab.text.answers import Kind, extract, same
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.exchange import Heard, concluded, exchanged
from fusionlab.text.rounds import Count, counted, tie
from fusionlab.text.settings import THE_ANSWER_IS, AnswerKind, AnswerPhrase, OnFailure, Truth
from fusionlab.text.topology import Topology, listens_to
from fusionlab.text.wording import ending, step_by_step, unechoed
from fusionlab.text.writing import Ask, Written, written

ROLES = (
    "You are a meticulous solver who checks every step.",
    "You are a mathematician who looks for the plain calculation.",
    "You are a creative thinker who tries another way.",
)
"""The paper's three characters."""
TOLD_FROM = 2
"""The first round in which agents see confidences."""

Stop = Literal["unanimous", "majority", "stable"]
Wording = Literal["full", "short"]


@fusion_method(
    "debate",
    needs=Level.TEXT,
    family="conversation",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2312.01823",
    min_members=2,
)
def debate(
    members: Sequence[Member],
    request: Request,
    *,
    topology: Annotated[
        Topology,
        SideBySide("Under all four topologies"),
        Field(
            description="Who reads whom. memory: all; report: all and a hub; relay: a ring; "
            "debate: a tree of pairs."
        ),
    ] = "memory",
    max_rounds: Annotated[
        int, Field(ge=0, le=10, title="Rounds", description="Of revision, at most.")
    ] = 3,
    stop: Annotated[
        Stop,
        Field(
            description="When to stop before. unanimous: all agree; majority: more than half do; "
            "stable: an agent leaves once it has given the same answer twice."
        ),
    ] = "unanimous",
    answer: AnswerKind = "text",
    phrase: AnswerPhrase = THE_ANSWER_IS,
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
    wording: Annotated[
        Wording,
        Group("expert"),
        Field(
            description="full: instructions in sentences; short: one line a solution, as the "
            "zoo's readers have learned it."
        ),
    ] = "full",
    roles: Annotated[
        tuple[str, ...],
        Group("expert"),
        Field(description="Instructions of agents that have none of their own, in turn."),
    ] = ROLES,
    on_failure: OnFailure = "go_on",
) -> Iterator[Event]:
    """Let the members read one another's solutions and revise their own, until they agree."""
    cast = [_cast(member, at, roles, wording) for at, member in enumerate(members)]
    floor = _Floor(cast, request, topology, answer, phrase, wording, on_failure)
    yield from floor.round(0)
    for number in range(1, max_rounds + 1):
        if floor.settled(stop):
            break
        yield from floor.round(number)
    count = floor.count()
    if count.answer is None:
        yield Warned.of("solutions-without-answer", phrase=repr(phrase))
    yield from tie(count)
    yield RunFinished(count.answer or "", "elected", count.tied)


@dataclass(slots=True)
class _Agent:
    """One participant: its solutions in all rounds, and their answers."""

    number: int
    member: Member
    solutions: list[str] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    silent: bool = False
    """It failed, and is no longer heard."""
    left: bool = False
    """It keeps its answer."""

    def confidence(self, kind: Kind) -> float:
        """The share of its most frequent answer among all its solutions, answered or not."""
        given = [each for each in self.answers if each is not None]
        most = max((sum(same(a, b, kind) for b in given) for a in given), default=0)
        return most / max(len(self.answers), 1)


class _Floor:
    """The agents, and the rounds they go through."""

    def __init__(
        self,
        members: Sequence[Member],
        request: Request,
        topology: Topology,
        kind: Kind,
        phrase: str,
        wording: Wording,
        on_failure: Literal["go_on", "stop"],
    ) -> None:
        self.agents = [_Agent(number, member) for number, member in enumerate(members)]
        self.request, self.topology, self.kind = request, topology, kind
        self.phrase, self.wording, self.on_failure = phrase, wording, on_failure

    def round(self, number: int) -> Iterator[Event]:
        """Lets everyone who is still in the exchange write a solution from what was said before."""
        yield RoundBegan(number, "round" if number else "alone", number or 1)
        writing = [each for each in self.agents if not (each.silent or each.left)]
        asks = []
        for agent in writing:
            heard = self._heard(agent) if number else []
            for other in heard:
                told = other.confidence(self.kind) if number >= TOLD_FROM else None
                yield MessageSent(number, other.member.name, agent.member.name, told)
            asks.append(Ask(agent.member, self._prompt(agent, heard, number), number))
        sampling = self.request.sampling
        drawn = replace(sampling, seed=spread(sampling.seed, number))
        results = yield from written(asks, drawn, resumes=number > 0)
        yield from self._silenced(writing, results, number)
        for agent, ask, text in zip(writing, asks, results, strict=True):
            if isinstance(text, str):
                agent.solutions.append(unechoed(text, ask.prompt))
                agent.answers.append(self._answer(agent.solutions[-1]))
                yield AnswerExtracted(agent.member.name, agent.answers[-1] or "", number)

    def settled(self, stop: Stop) -> bool:
        """Whether the exchange is over; under `stable`, agents that repeat their answer leave."""
        if stop == "stable":
            for agent in self._speaking:
                last = agent.answers[-2:]
                agent.left |= len(last) == 2 and _agree(last, self.kind)
            return all(agent.left for agent in self._speaking)
        answers = [agent.answers[-1] for agent in self._speaking]
        if stop == "unanimous":
            return _agree(answers, self.kind)
        return any(
            2 * sum(b is not None and a is not None and same(a, b, self.kind) for b in answers)
            > len(answers)
            for a in answers
        )

    def count(self) -> Count:
        """The last answers counted: the most frequent is elected, the first in a tie."""
        return counted([agent.answers[-1] for agent in self._speaking], self.kind)

    @property
    def _speaking(self) -> list[_Agent]:
        return [agent for agent in self.agents if not agent.silent]

    def _heard(self, agent: _Agent) -> list[_Agent]:
        audible = listens_to(self.topology, agent.number, len(self.agents))
        return [self.agents[other] for other in audible if not self.agents[other].silent]

    def _prompt(self, agent: _Agent, heard: Sequence[_Agent], number: int) -> list[Message]:
        told = {
            each.number: each.confidence(self.kind) if number >= TOLD_FROM else None
            for each in heard
        }
        own = agent.solutions[-1] if agent.solutions else None
        question = self.request.question
        if self.wording == "short":
            others = [Heard(_letter(e.number), e.solutions[-1], told[e.number]) for e in heard]
            return agent.member.prompt(self.request, exchanged(question, own, others))
        if own is None:
            return agent.member.prompt(self.request, step_by_step(question, self.phrase))
        friends = [(e.member.name, e.solutions[-1], told[e.number]) for e in heard]
        return agent.member.prompt(self.request, _revision(question, own, friends, self.phrase))

    def _answer(self, text: str) -> str | None:
        if self.wording == "short":
            return concluded(text) or None
        return extract(text, self.kind, self.phrase)

    def _silenced(
        self, writing: Sequence[_Agent], results: Sequence[Written], number: int
    ) -> Iterator[Warned]:
        """Silences agents that failed; raises if that is to stop the run, or if nobody is left."""
        failures: dict[int, tuple[MemberError, list[str]]] = {}
        for agent, result in zip(writing, results, strict=True):
            if isinstance(result, MemberError):
                agent.silent = True
                failures.setdefault(id(result), (result, []))[1].append(agent.member.name)
        for failure, names in failures.values():
            if self.on_failure == "stop" or not self._speaking:
                raise failure
            yield Warned.of("agents-failed", names=names, round=str(number), cause=failure.sentence)


def _cast(member: Member, number: int, roles: Sequence[str], wording: Wording) -> Member:
    """The member with its own instruction, or with one of the roles if it has none."""
    if member.system or not roles or wording == "short":
        return member
    return replace(member, system=roles[number % len(roles)])


def _agree(answers: Sequence[str | None], kind: Kind) -> bool:
    first = answers[0]
    return first is not None and all(a is not None and same(first, a, kind) for a in answers)


def _letter(number: int) -> str:
    return chr(ord("A") + number % 26)


def _revision(
    question: str, own: str, friends: Sequence[tuple[str, str, float | None]], phrase: str
) -> str:
    parts = [question, f"Your previous solution:\n{own}"]
    for name, solution, confidence in friends:
        sure = "" if confidence is None else f" (confidence {confidence:.2f})"
        parts.append(f"The solution of {name}{sure}:\n{solution}")
    advice = "Examine these solutions again; each may be wrong."
    if any(confidence is not None for _, _, confidence in friends):
        advice += " A confidence below 0.5 suggests an error; a high one can still be wrong."
    parts.append(f"{advice} Write only a new solution. {ending(phrase)}")
    return "\n\n".join(parts)
