"""Cascade: the first member answers, and the next is asked only if the first is not sure of itself.

Members are listed from cheap to expensive. Each gives several answers; their agreement is the share
of the most frequent one among all, blanks included. If it reaches `threshold`, that answer is
taken; the last member's most frequent answer is taken in any case. Yue et al.,
https://arxiv.org/abs/2310.03094. FrugalGPT is a cascade with a trained scoring model:
https://arxiv.org/abs/2305.05176.

Agreement is not truth: a member that always makes the same mistake is believed.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fusionlab.errors import MemberError
from fusionlab.events import AnswerExtracted, Event, MemberChosen, RoundBegan, RunFinished, Warned
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import Kind, extract
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.rounds import Count, counted, drawn_in, tie
from fusionlab.text.settings import AnswerKind, FoundAfter, Truth
from fusionlab.text.ties import NEAR
from fusionlab.text.wording import unechoed
from fusionlab.text.writing import Ask, all_written


@fusion_method(
    "cascade",
    needs=Level.TEXT,
    family="answers",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2310.03094",
    min_members=2,
    temperature=0.7,
)
def cascade(
    members: Sequence[Member],
    request: Request,
    *,
    samples: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="Answers that each member gives, at a temperature above 0; at 0 it is "
            "asked once.",
        ),
    ] = 3,
    threshold: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of a member's answers that must be the same, or else the next "
            "member is asked.",
        ),
    ] = 0.8,
    answer: AnswerKind = "text",
    phrase: FoundAfter = "",
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Ask the members in turn, until one agrees with itself often enough."""
    samples = samples if request.sampling.temperature else 1
    if samples == 1:
        yield Warned.of("one-answer-agrees")
    stages: list[_Stage] = []
    for place, member in enumerate(members):
        try:
            yield from _began(member, samples, threshold)
            stage = yield from _stage(member, place, samples, request, (answer, phrase))
        except MemberError as failure:
            if place == len(members) - 1 and not stages:
                raise
            yield Warned.of("member-failed", name=member.name, cause=failure.sentence)
            continue
        stages.append(stage)
        if stage.count.answer is not None and stage.agreement >= threshold - NEAR:
            break
    stands = yield from _standing(stages)
    scores = {stage.member.name: stage.agreement for stage in stages}
    yield MemberChosen(stands.member.name, "agreement", scores)
    yield from tie(stands.count)
    yield RunFinished(stands.count.answer or stands.text, "elected", stands.count.tied)


@dataclass(frozen=True, slots=True)
class _Stage:
    """One member's answers, counted."""

    member: Member
    text: str
    """Its first text, used if none has an answer."""
    count: Count

    @property
    def agreement(self) -> float:
        """The share of the most frequent answer."""
        return self.count.share


def _began(member: Member, samples: int, threshold: float) -> Iterator[RoundBegan]:
    """This member is asked, and by what its answers are measured."""
    for sample in range(samples):
        yield RoundBegan(sample, "sample", sample + 1, (member.name,), samples, threshold)


def _stage(
    member: Member, place: int, samples: int, request: Request, read: tuple[Kind, str]
) -> Generator[Event, None, _Stage]:
    """Lets one member give its answers; raises MemberError if it fails."""
    prompt = member.prompt(request)
    asks = [Ask(member, prompt, sample) for sample in range(samples)]
    texts = yield from all_written(asks, drawn_in(request.sampling, place))
    answers = [extract(unechoed(text, prompt), *read) for text in texts]
    for sample, found in enumerate(answers):
        yield AnswerExtracted(member.name, found or "", sample)
    return _Stage(member, texts[0], counted(answers, read[0]))


def _standing(stages: Sequence[_Stage]) -> Generator[Warned, None, _Stage]:
    """The last stage, or if it has no answer, the one with most agreement, the last in a tie."""
    if stages[-1].count.answer is not None:
        return stages[-1]
    best = max(reversed(stages), key=lambda stage: stage.agreement)
    if best.count.answer is None:
        yield Warned.of("members-without-answer")
    else:
        yield Warned.of(
            "another-answer-stands", name=stages[-1].member.name, other=best.member.name
        )
    return best
