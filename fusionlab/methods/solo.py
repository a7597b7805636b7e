"""One member answers alone: the baseline that every fusion is measured against."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Literal

from fusionlab.events import Event, RunFinished
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method


@fusion_method("solo", needs=Level.TEXT, family="tokens", max_members=1)
def solo(members: Sequence[Member], request: Request) -> Iterator[Event]:
    """Let one model answer alone: the baseline for every fusion."""
    (member,) = members
    said: list[str] = []
    reason: Literal["end", "length"] = "end"
    chunks = member.model.generate([member.prompt(request)], request.sampling)
    with closing(chunks):  # type: ignore[type-var]  # engines give generators
        for chunk in chunks:
            said.append(chunk.text)
            reason = chunk.reason or reason
            yield from member.told(chunk)
    yield RunFinished("".join(said).strip(), reason)
