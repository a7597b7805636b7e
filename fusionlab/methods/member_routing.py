"""Member routing: only the member whose described strength is most like the prompt answers.

A strength is one line, or several lines of examples, of which the most similar counts. Likeness is
the cosine of sentence embeddings or, where words mean little (sums, made-up tasks), the F score of
the longest common subsequence of characters. No model is asked to decide, so the answer costs no
more than one member's. Of a conversation only the last turn is compared.

This is a router among experts, but between whole models and from descriptions: nothing is trained
here, unlike in RouteLLM (https://arxiv.org/abs/2406.18665).
"""

from collections.abc import Generator, Iterator, Sequence
from typing import Annotated, Literal

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.events import (
    AnswerExtracted,
    Event,
    MemberChosen,
    Progress,
    RoundBegan,
    RunFinished,
    Warned,
)
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.consensus import leaders
from fusionlab.text.embedding import embedder
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.settings import AnswerKind, FoundAfter, Truth
from fusionlab.text.similarity import char_lcs, cosine, has_cjk
from fusionlab.text.wording import unechoed
from fusionlab.text.writing import Ask, all_written

Likeness = Literal["meaning", "spelling"]


@fusion_method(
    "member_routing",
    needs=Level.TEXT,
    family="answers",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2406.18665",
    min_members=2,
)
def member_routing(
    members: Sequence[Member],
    request: Request,
    *,
    strengths: Annotated[
        tuple[str, ...],
        Field(
            max_length=64,
            description="What each member is good at, in their order: a description, or examples "
            "of prompts, one a line. A member without one is described by its instruction.",
        ),
    ] = (),
    by: Annotated[
        Likeness,
        Field(
            title="Likeness of",
            description="meaning: by a small embedding model made for English; spelling: by the "
            "characters in their order, for sums and made-up tasks.",
        ),
    ] = "meaning",
    answer: AnswerKind = "text",
    phrase: FoundAfter = "",
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Let only the member answer whose described strength is most like the prompt."""
    described = _described(members, strengths)
    scores = yield from _likeness(request.question, described, by)
    if not any(scores):
        yield Warned.of("strengths-unlike")
    likest = leaders(scores)
    if len(likest) > 1 and any(scores):
        names = [members[place].name for place in likest]
        yield Warned.of("strengths-tied", names=names)
    chosen = members[likest[0]]
    weighed = {member.name: score for member, score in zip(members, scores, strict=True)}
    yield MemberChosen(chosen.name, "likeness", weighed)
    yield RoundBegan(0, "chosen", 1, (chosen.name,))
    ask = Ask(chosen, chosen.prompt(request))
    (text,) = yield from all_written([ask], request.sampling)
    yield AnswerExtracted(chosen.name, extract(unechoed(text, ask.prompt), answer, phrase) or "")
    yield RunFinished(text)


def _described(members: Sequence[Member], strengths: Sequence[str]) -> list[list[str]]:
    """Each member's strength, line by line; raises RecipeError if one has none."""
    if len(strengths) > len(members):
        raise RecipeError("strengths-too-many", strengths=len(strengths), members=len(members))
    described = []
    for place, member in enumerate(members):
        strength = strengths[place] if place < len(strengths) else ""
        lines = [line.strip() for line in (strength.strip() or member.system).splitlines()]
        described.append([line for line in lines if line])
        if not described[-1]:
            raise RecipeError("strength-none", name=member.name)
    return described


def _likeness(
    prompt: str, described: Sequence[Sequence[str]], by: Likeness
) -> Generator[Event, None, list[float]]:
    """The likeness of each member's most similar line to the prompt, from 0 to 1."""
    lines = [line for strength in described for line in strength]
    table = yield from _compared([prompt, *lines], by)
    scores = iter(table[0, 1:].tolist())
    return [max(next(scores) for _ in strength) for strength in described]


def _compared(
    texts: Sequence[str], by: Likeness
) -> Generator[Event, None, Float[Tensor, "text text"]]:
    if by == "spelling":
        return char_lcs(texts)
    if any(map(has_cjk, texts)):
        yield Warned.of("meanings-rough-route")
    model = yield from embedder()
    yield Progress("comparing meanings", 0.0, 1.0)
    return cosine(model.encode(texts))
