"""Mixture-of-Agents: proposers answer in layers, each reads the one before, and one member sums up.

Layer 1: the proposers answer alone. Layers 2 … L − 1: the same proposers answer with all non-empty
answers of the layer before, numbered, at the end of their system message. Layer L: the aggregator
alone. Wang et al., https://arxiv.org/abs/2406.04692.

The last member is the aggregator; it also proposes only if it is the only one. One member with
several samples is Self-MoA (https://arxiv.org/abs/2502.00674), which beat a mixture of different
models on AlpacaEval 2.0 by 6.6%: compare a mixture with it.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.events import AnswerExtracted, Event, MessageSent, RoundBegan, RunFinished, Warned
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.rounds import Reply, drawn_in, replies
from fusionlab.text.settings import AnswerKind, FoundAfter, Truth
from fusionlab.text.wording import instructed, numbered
from fusionlab.text.writing import Ask, written

SYNTHESISE = (
    "Below are answers that others gave to the user's message. Some of what they say may be wrong "
    "or one-sided. Weigh them, copy none, and write one answer of your own that is better than "
    "each: correct, complete and clear.\n\nAnswers:"
)


@fusion_method(
    "mixture_of_agents",
    needs=Level.TEXT,
    family="conversation",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2406.04692",
    temperature=0.7,
)
def mixture_of_agents(
    members: Sequence[Member],
    request: Request,
    *,
    layers: Annotated[
        int,
        Field(ge=2, le=4, description="The last is the aggregator's; in all others all propose."),
    ] = 2,
    samples: Annotated[
        int,
        Field(
            ge=1,
            le=16,
            description="Answers that each proposer gives in a layer. One member with several is "
            "Self-MoA.",
        ),
    ] = 1,
    answer: AnswerKind = "text",
    phrase: FoundAfter = "",
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Let the last member write an answer from the answers of the others, layer by layer."""
    proposers, aggregator = members[:-1] or members, members[-1]
    yield from _warned(members, samples, request.sampling.temperature)
    heard: list[Reply] = []
    for layer in range(layers):
        writers = [aggregator] if layer == layers - 1 else list(proposers) * samples
        asks = _asks(writers, request, heard, layer * samples)
        writing = tuple(dict.fromkeys(writer.name for writer in writers))
        for number in sorted({ask.sample for ask in asks}):
            yield RoundBegan(number, "layer", layer + 1, writing, layers)
        yield from _messages(asks, heard)
        results = yield from written(asks, drawn_in(request.sampling, layer))
        heard = yield from replies(asks, results)
        for reply in heard:
            found = extract(reply.text, answer, phrase)
            yield AnswerExtracted(reply.ask.member.name, found or "", reply.ask.sample)
    (last,) = heard
    yield RunFinished(last.text)


def _asks(
    writers: Sequence[Member], request: Request, heard: Sequence[Reply], first: int
) -> list[Ask]:
    """What one layer is asked; a member's texts are numbered from `first`."""
    references = [reply.text for reply in heard if reply.text]
    instruction = f"{SYNTHESISE}\n{numbered(references)}"
    asks: list[Ask] = []
    for writer in writers:
        prompt = writer.prompt(request)
        sample = first + sum(ask.member is writer for ask in asks)
        asks.append(Ask(writer, instructed(prompt, instruction) if references else prompt, sample))
    return asks


def _messages(asks: Sequence[Ask], heard: Sequence[Reply]) -> Iterator[MessageSent | Warned]:
    """Who reads whom in this layer: one message for all answers of a sender."""
    senders = dict.fromkeys(reply.ask.member.name for reply in heard if reply.text)
    if heard and not senders:
        yield Warned.of("proposals-blank")
    for receiver in dict.fromkeys(ask.member.name for ask in asks):
        for sender in senders:
            yield MessageSent(asks[0].sample, sender, receiver)


def _warned(members: Sequence[Member], samples: int, temperature: float) -> Iterator[Warned]:
    if len(members) == 1 and samples == 1:
        yield Warned.of("own-answer-only")
    if samples > 1 and temperature == 0:
        yield Warned.of("samples-of-one-the-same", samples=samples)
