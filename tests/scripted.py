"""A language model that recites: text-level methods are tested without weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fusionlab.models.base import Chunk, Level, Member, ModelSpec, Prompt, Usage
from fusionlab.recipe import Sampling


@dataclass(slots=True)
class Scripted:
    """Row i says `answers[(seed + i) % len(answers)]`, four characters a token, all rows in turn.

    `calls` keeps what it was asked; `running` counts generations that were begun and not closed.
    """

    answers: Sequence[str]
    name: str = "scripted"
    calls: list[tuple[list[Prompt], Sampling]] = field(default_factory=list)
    running: int = 0
    closed: bool = False

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(self.name, engine="scripted", level=Level.TEXT, bytes=1000)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        self.calls.append((list(prompts), sampling))
        self.running += 1
        try:
            yield from self._recite(len(prompts), sampling)
        finally:
            self.running -= 1

    def close(self) -> None:
        self.closed = True

    def _recite(self, rows: int, sampling: Sampling) -> Iterator[Chunk]:
        texts = [self.answers[(sampling.seed + row) % len(self.answers)] for row in range(rows)]
        tokens = [[text[i : i + 4] for i in range(0, len(text), 4)] for text in texts]
        for step in range(max(map(len, tokens), default=0) + 1):
            for row, parts in enumerate(tokens):
                if step < min(len(parts), sampling.max_tokens):
                    yield Chunk(row, parts[step])
                if step == min(len(parts), sampling.max_tokens):
                    cut = len(parts) > sampling.max_tokens
                    usage = Usage(7, step, step + 1, 0.5, rows)
                    yield Chunk(row, "", "length" if cut else "end", usage)


def scripted(name: str, *answers: str, weight: float = 1.0, system: str = "") -> Member:
    """A member that gives these answers."""
    return Member(name, Scripted(answers, name), system, weight)
