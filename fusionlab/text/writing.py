"""Several members write at once: one batch for each model, and all models in parallel.

The models take turns, one chunk each. A model on a server goes on computing while the others have
their turn, so that several servers take no longer than the slowest; models in this process share
its processor anyway. The order of events does not depend on timing.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

from fusionlab.errors import MemberError
from fusionlab.events import Event, Warned
from fusionlab.models.base import Chunk, Member, Prompt
from fusionlab.models.resuming import begun
from fusionlab.recipe import Sampling


@dataclass(frozen=True, slots=True)
class Ask:
    """What a member is asked; `sample` is the number of its text in the events."""

    member: Member
    prompt: Prompt
    sample: int = 0


Written = str | MemberError
"""What a member wrote, stripped of spaces at both ends; or the error that it failed with."""


def written(
    asks: Sequence[Ask], sampling: Sampling, *, resumes: bool | None = None
) -> Generator[Event, None, list[Written]]:
    """The answer to each ask, whose text is yielded as it grows; a failed member stops no other.

    Row i of a model's batch draws with seed `sampling.seed + i`. `resumes` False says that later
    prompts will begin with these, True that these begin with earlier ones: engines that can reuse
    their cache then compute only what is new.
    """
    said, cut = [""] * len(asks), 0
    failed: dict[int, MemberError] = {}
    with ExitStack() as stack:
        writing: list[tuple[list[int], Iterator[Chunk]]] = []
        for rows in _by_model(asks):
            model, prompts = asks[rows[0]].member.model, [asks[row].prompt for row in rows]
            try:
                chunks = begun(model, prompts, sampling, resumes=resumes)
            except MemberError as failure:
                failed |= dict.fromkeys(rows, failure)
                continue
            writing.append((rows, stack.enter_context(closing(chunks))))  # type: ignore[type-var]
        while writing:
            for turn in list(writing):
                rows, chunks = turn
                try:
                    chunk = next(chunks, None)
                except MemberError as failure:
                    failed |= dict.fromkeys(rows, failure)
                    chunk = None
                if chunk is None:
                    writing.remove(turn)
                    continue
                row = rows[chunk.row]
                said[row] += chunk.text
                cut += chunk.reason == "length"
                yield from asks[row].member.told(chunk, asks[row].sample)
    if cut:
        yield Warned.of("texts-cut-off", cut=cut, texts=len(asks), tokens=sampling.max_tokens)
    return [failed.get(row, text.strip()) for row, text in enumerate(said)]


def all_written(
    asks: Sequence[Ask], sampling: Sampling, *, resumes: bool | None = None
) -> Generator[Event, None, list[str]]:
    """The same, but raises the first MemberError if any member fails."""
    texts = []
    for result in (yield from written(asks, sampling, resumes=resumes)):
        if isinstance(result, MemberError):
            raise result
        texts.append(result)
    return texts


def _by_model(asks: Sequence[Ask]) -> list[list[int]]:
    """The places of the asks, grouped by model."""
    groups: dict[int, list[int]] = {}
    for row, ask in enumerate(asks):
        groups.setdefault(id(ask.member.model), []).append(row)
    return list(groups.values())
