"""Answers out of a recorded run: `replay:file.jsonl#member`. No model, no waiting, the same text.

The recorded answers are what they are: how tokens are drawn was decided when they were recorded, so
the sampling asked for here plays no part.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from fusionlab.errors import MemberError, UnknownName
from fusionlab.events import Measured, RunFinished, TextDelta
from fusionlab.models.base import Chunk, Message, ModelSpec, Prompt, Usage
from fusionlab.recipe import Sampling
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace, replayed
from fusionlab.words import Sentence


def load(path: Path, member: str, spec: ModelSpec) -> "ReplayModel":
    """What `member` said in the run file; raises RunFileError, or UnknownName with the nearest."""
    trace = read_run(path)
    authors = dict.fromkeys(author for author, _ in trace.texts)
    if member not in authors:
        raise UnknownName("kind-member-recorded", member, authors, file=path.name)
    return ReplayModel(spec, trace, member)


class ReplayModel:
    """One member of a recorded run; see `LanguageModel`."""

    def __init__(self, spec: ModelSpec, trace: Trace, member: str) -> None:
        self.spec = spec
        self.trace = trace
        self.member = member
        self.answers: dict[int, list[str]] = {}
        """The pieces of each answer, by sample."""
        for event in replayed(trace):
            match event:
                case TextDelta(author, text, sample) if author == member:
                    self.answers.setdefault(sample, []).append(text)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:  # noqa: ARG002
        """The recorded answers, split as they were; row i is sample i.

        Raises MemberError when something else is asked than was recorded.
        """
        for row, prompt in enumerate(prompts):
            self._check(row, prompt)
        for row in range(len(prompts)):
            *pieces, last = self.answers[row]
            yield from (Chunk(row, piece) for piece in pieces)
            end = self.trace.end
            cut = isinstance(end, RunFinished) and end.reason == "length"
            yield Chunk(row, last, "length" if cut else "end", self._usage(row))

    def close(self) -> None:
        """The recording is let go."""
        self.answers = {}

    def _check(self, row: int, prompt: Prompt) -> None:
        asked = tuple(turn for turn in prompt if turn.role != "system")
        recorded = self.trace.recipe.request.conversation
        if asked != recorded:
            raise MemberError(
                "replay-of-another-prompt",
                name=self.spec.id,
                recorded=_told(recorded),
                asked=_told(asked),
            )
        if row not in self.answers:
            raise MemberError(
                "replay-too-few",
                name=self.spec.id,
                count=len(self.answers),
                member=self.member,
                number=row + 1,
            )

    def _usage(self, row: int) -> Usage:
        """The row's share of what was measured of the member."""
        cost = self.trace.costs.get(self.member, Measured(self.member))
        rows = len(self.answers)

        def share(total: int) -> int:
            return total * (row + 1) // rows - total * row // rows

        return Usage(
            share(cost.tokens_in),
            share(cost.tokens_out),
            share(cost.forward_passes),
            cost.seconds / rows,
            cost.batch,
        )


def _told(turns: Sequence[Message]) -> Sentence:
    """The last turn, and how many stand before it."""
    text = turns[-1].content if turns else ""
    last = repr(text if len(text) <= 60 else text[:60] + "…")
    return Sentence("replay-prompt", {"last": last, "others": max(len(turns) - 1, 0)})
