"""Models that play a part: what they say to a prompt may depend on the prompt."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fusionlab.errors import MemberError
from fusionlab.events import AnswerExtracted, Event, MemberChosen, MessageSent, RunFinished, Warned
from fusionlab.models.base import Chunk, Level, Member, ModelSpec, Prompt, Usage
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method

Part = Callable[[Prompt], str]


@dataclass(slots=True)
class Player:
    """It says what its part says to each prompt, whole; `calls` keeps what it was asked."""

    part: Part
    name: str = "player"
    calls: list[tuple[list[Prompt], Sampling]] = field(default_factory=list)
    anew: list[bool] = field(default_factory=list)

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(self.name, engine="player", level=Level.TEXT)

    @property
    def prompts(self) -> list[Prompt]:
        """All prompts in their order."""
        return [prompt for prompts, _ in self.calls for prompt in prompts]

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        self.calls.append((list(prompts), sampling))
        for row, prompt in enumerate(prompts):
            yield Chunk(row, self.part(prompt))
            yield Chunk(row, "", "end", Usage(10, 5, 5, 0.1, len(prompts)))

    def resume(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, anew: bool
    ) -> Iterator[Chunk]:
        self.anew.append(anew)
        return self.generate(prompts, sampling)

    def close(self) -> None: ...


def says(*texts: Any) -> Part:
    """These texts in turn, the last one for ever."""
    left = [str(text) for text in texts]
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def fails(_: Prompt) -> str:
    """Nothing: the member breaks down."""
    raise MemberError("server-broke-off", server="the line")


def echoes(prompt: Prompt) -> str:
    """The prompt's last turn."""
    return prompt[-1].content


def cast(*parts: Part) -> list[Member]:
    """Members A, B, C … that play these parts, each a model of its own."""
    return [Member("ABCDEFGH"[at], Player(part, f"m{at}")) for at, part in enumerate(parts)]


def player(member: Member) -> Player:
    """The member's model."""
    assert isinstance(member.model, Player)
    return member.model


def held(
    name: str,
    members: Sequence[Member],
    prompt: str = "What is 6 times 7?",
    sampling: Sampling | None = None,
    **settings: Any,
) -> list[Event]:
    """All events of a run of the method with this name."""
    method = get_method(name)
    request = Request(prompt, sampling or Sampling(temperature=method.temperature))
    return list(method.run(members, request, **method.check(settings)))


def end(events: Sequence[Event]) -> RunFinished:
    """The last event."""
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last


def found(events: Sequence[Event]) -> list[tuple[str, int, str]]:
    """Author, sample and answer of all that was extracted."""
    return [(e.author, e.sample, e.answer) for e in events if isinstance(e, AnswerExtracted)]


def sent(events: Sequence[Event]) -> list[tuple[int, str, str]]:
    """Round, sender and receiver of all messages."""
    return [(e.round, e.sender, e.receiver) for e in events if isinstance(e, MessageSent)]


def chosen(events: Sequence[Event]) -> MemberChosen:
    """Who was given the word; there is one such event."""
    (choice,) = [event for event in events if isinstance(event, MemberChosen)]
    return choice


def warned(events: Sequence[Event]) -> str:
    """All warnings, one a line."""
    return "\n".join(event.message for event in events if isinstance(event, Warned))
