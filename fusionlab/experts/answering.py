"""One answer of a mixture of experts, as it is read and drawn, and its tokens' routes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from jaxtyping import Float
from torch import Tensor

from fusionlab.events import Event, ExpertsRouted, LayerRouting, Measured, TextDelta, TextGiven
from fusionlab.experts.reporting import layer_routings
from fusionlab.experts.routing import Pass, joined
from fusionlab.models.base import Member, OpenModel, Usage
from fusionlab.models.decoding import Growing
from fusionlab.models.vocabulary import TextStream, Vocabulary
from fusionlab.recipe import Sampling

Read = Callable[[tuple[LayerRouting, ...]], ExpertsRouted]
"""The fact of one token that was read, from its routes."""


@dataclass(slots=True)
class Answer:
    """One sequence: its prompt, the tokens drawn, and its cost so far."""

    member: Member
    prompt: list[int]
    sample: int
    sampling: Sampling
    given: tuple[int, ...] = ()
    """The tokens that it begins with."""
    said: list[str] = field(default_factory=list)
    text: str = ""
    """The whole characters that the last token completes."""
    ids: list[int] = field(default_factory=list)
    """The tokens drawn."""
    twin: bool = False
    """Whether it draws as the first does, whatever its number."""
    depth: int = 0
    """How many layers the model has."""
    growing: Growing = field(init=False)
    read_first: list[int] = field(init=False)
    """What is read at once: the prompt, and what is given, but for a last token after which nothing
    follows."""
    _told: Usage = field(init=False, default_factory=Usage)

    def __post_init__(self) -> None:
        self.growing = Growing(self.vocabulary, self.sampling, 0 if self.twin else self.sample)
        self.text = self.growing.begin(self.given)
        read = self.given[:-1] if self.growing.ended else self.given
        self.read_first = [*self.prompt, *read]

    @property
    def vocabulary(self) -> Vocabulary:
        """The model's."""
        return cast(OpenModel, self.member.model).vocabulary

    def begun(self) -> Iterator[Event]:
        """What it begins with."""
        if self.given and not self.sample:
            shown = tuple(map(self.vocabulary.text, self.given))
            yield TextGiven(self.member.name, shown, self.given)
        yield from self._say()

    def draw(self, logits: Float[Tensor, " vocab"]) -> Iterator[TextDelta]:
        """Draws one more token, with which the answer may end."""
        self.text = self.growing.draw(logits)
        self.ids.append(self.growing.token)
        yield from self._say()

    def _say(self) -> Iterator[TextDelta]:
        said = self.text + (self.growing.rest() if self.growing.ended else "")
        if said:
            self.said.append(said)
            yield TextDelta(self.member.name, said, self.sample)

    def read(self) -> Read:
        """The token that was drawn last."""
        position = len(self.prompt) + self.growing.drawn - 1
        return partial(self._event, position, self.growing.token, self.text)

    def prompt_routed(self, routed: Sequence[tuple[LayerRouting, ...]]) -> Iterator[ExpertsRouted]:
        """The routes of the prompt's tokens, and of those that were given."""
        stream = TextStream()
        for at, (token, layers) in enumerate(zip(self.read_first, routed, strict=True)):
            stream = TextStream() if at == len(self.prompt) else stream
            yield self._event(at, token, stream.push(self.vocabulary.said(token)), layers)

    def measured(self, usage: Usage) -> Measured:
        """What this answer cost since it was asked last."""
        read, written = len(self.read_first), self.growing.drawn - self.growing.given
        now = replace(usage, tokens_in=read, tokens_out=written)
        spent, self._told = now.since(self._told), now
        return self.member.measured(spent)

    def _event(
        self, position: int, token: int, text: str, layers: tuple[LayerRouting, ...]
    ) -> ExpertsRouted:
        return ExpertsRouted(
            member=self.member.name,
            position=position,
            token=self.vocabulary.text(token),
            id=token,
            prompt=position < len(self.prompt),
            layers=layers,
            sample=self.sample,
            text=text,
            depth=self.depth,
            given=0 <= position - len(self.prompt) < len(self.given),
        )


@dataclass(slots=True)
class Unread:
    """Passes whose routes are yet to be told."""

    most: int
    passes: list[Pass] = field(default_factory=list)
    tokens: list[Read] = field(default_factory=list)
    """What they read, row by row."""

    def add(self, new: Pass, going: Sequence[Answer]) -> Iterator[ExpertsRouted]:
        """A pass that read the last token of each of these; with it there may be enough."""
        self.passes.append(new)
        self.tokens += [answer.read() for answer in going]
        if len(self.passes) == self.most:
            yield from self.told()

    def told(self) -> Iterator[ExpertsRouted]:
        """The routes of all that is unread."""
        if self.passes:
            routed = layer_routings(joined(self.passes), slice(None))
            for token, layers in zip(self.tokens, routed, strict=True):
                yield token(layers)
            self.passes, self.tokens = [], []
