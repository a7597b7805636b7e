"""One member answers alone: the baseline that every fusion is measured against.

A model that gives its logits is read token by token, so that what it weighed at every step can be
seen; of any other the text is all there is. Both say the same.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Literal

from fusionlab.events import Event, RunFinished
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.tokens.together import together

N_TOP = 8
"""Candidates that are told of every step."""


@fusion_method("solo", needs=Level.TEXT, family="tokens", max_members=1, begins=True)
def solo(members: Sequence[Member], request: Request) -> Iterator[Event]:
    """Let one model answer alone: the baseline for every fusion."""
    (member,) = members
    seen = member.model.spec.level >= Level.LOGITS
    yield from _in_tokens(member, request) if seen else _in_text(member, request)


def _in_tokens(member: Member, request: Request) -> Iterator[Event]:
    """Every token with the candidates beside it."""
    with together([member], request, author=member.name) as writing:
        for wanted in writing.wants():
            yield from writing.say(wanted[0], wanted, N_TOP)
        yield from writing.finish()


def _in_text(member: Member, request: Request) -> Iterator[Event]:
    """The text as the engine hands it out."""
    said: list[str] = []
    reason: Literal["end", "length"] = "end"
    chunks = member.model.generate([member.prompt(request)], request.sampling)
    with closing(chunks):  # type: ignore[type-var]  # engines give generators
        for chunk in chunks:
            said.append(chunk.text)
            reason = chunk.reason or reason
            yield from member.told(chunk)
    yield RunFinished("".join(said).strip(), reason)
