"""Self-consistency: one member answers several times, and its most frequent answer is elected.

The answer is argmax_a Σᵢ 1[aᵢ = a] over the answers aᵢ extracted from k sampled texts: Wang et al.,
https://arxiv.org/abs/2203.11171. In a tie the first answer is taken.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.events import AnswerExtracted, Event, RoundBegan, RunFinished, Warned
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.rounds import counted, tie
from fusionlab.text.settings import AnswerKind, FoundAfter, Truth
from fusionlab.text.writing import Ask, all_written


@fusion_method(
    "self_consistency",
    needs=Level.TEXT,
    family="answers",
    paper="https://arxiv.org/abs/2203.11171",
    max_members=1,
    temperature=0.7,
)
def self_consistency(
    members: Sequence[Member],
    request: Request,
    *,
    samples: Annotated[
        int,
        Field(
            ge=1,
            le=256,
            description="How often the member answers. More than one is of use only at a "
            "temperature above 0.",
        ),
    ] = 5,
    answer: AnswerKind = "text",
    phrase: FoundAfter = "",
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Let one model answer several times, and elect its most frequent answer."""
    (member,) = members
    if samples > 1 and request.sampling.temperature == 0:
        yield Warned.of("samples-the-same", samples=samples)
    prompt = member.prompt(request)
    asks = [Ask(member, prompt, sample) for sample in range(samples)]
    for sample in range(samples):
        yield RoundBegan(sample, "sample", sample + 1)
    texts = yield from all_written(asks, request.sampling)
    answers = [extract(text, answer, phrase) for text in texts]
    for sample, found in enumerate(answers):
        yield AnswerExtracted(member.name, found or "", sample)
    if missing := answers.count(None):
        yield Warned.of("texts-without-answer", missing=missing, samples=samples)
    count = counted(answers, answer)
    yield from tie(count)
    yield RunFinished(count.answer or texts[0], "elected", count.tied)
