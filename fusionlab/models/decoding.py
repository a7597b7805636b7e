"""Answers from rows that grow together: every row draws its next token until it ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.models.base import Chunk, Sequences, Usage
from fusionlab.models.sampling import draw, seeded, skip
from fusionlab.models.vocabulary import TextStream, Vocabulary
from fusionlab.recipe import Sampling


@dataclass(slots=True)
class Growing:
    """One text as it is drawn, token by token."""

    vocabulary: Vocabulary
    sampling: Sampling
    sample: int = 0
    """It draws with seed `sampling.seed + sample`."""
    drawn: int = 0
    """Tokens so far, those included that were given."""
    given: int = 0
    """Tokens that it began with."""
    token: int = -1
    """That was drawn last."""
    reason: Literal["end", "length"] = "length"
    """Why it ended: by a token that says so, or at the token limit."""
    _stream: TextStream = field(default_factory=TextStream)
    _generator: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._generator = seeded(self.sampling.seed + self.sample)

    @property
    def ended(self) -> bool:
        """Whether no more is drawn."""
        return self.reason == "end" or self.drawn >= self.sampling.max_tokens

    def begin(self, ids: Sequence[int]) -> str:
        """The text begins with these tokens; returns the whole characters that they complete.

        What is drawn next is what would be if all of them had been drawn.
        """
        skip(len(ids), len(self.vocabulary.pieces), self.sampling, self._generator)
        text = "".join(self._stream.push(self.vocabulary.said(token)) for token in ids)
        self.given = self.drawn = len(ids)
        if ids:
            self.token = ids[-1]
            self.reason = "end" if self.token in self.vocabulary.ends else self.reason
        return text

    def draw(self, logits: Float[Tensor, " vocab"]) -> str:
        """One more token is drawn; the whole characters that it completes."""
        self.token = draw(logits, self.sampling, self._generator)
        self.drawn += 1
        if self.token in self.vocabulary.ends:
            self.reason = "end"
        return self._stream.push(self.vocabulary.said(self.token))

    def rest(self) -> str:
        """What is left at the end: a character that was never completed."""
        return self._stream.flush()


def decode(
    vocabulary: Vocabulary, rows: Sequences, tokens_in: Sequence[int], sampling: Sampling
) -> Iterator[Chunk]:
    """All rows' answers as they grow; row i draws with seed `sampling.seed + i`."""
    growing = [Growing(vocabulary, sampling, sample=row) for row in range(len(tokens_in))]
    sums = [0.0] * len(growing)
    while growing:
        logits = rows.logits().cpu()
        totals = logits.logsumexp(dim=-1)
        spent: Sequence[Usage] = ()
        for at, one in enumerate(growing):
            text = one.draw(logits[at])
            if one.reason != "end":
                sums[one.sample] += float(logits[at, one.token] - totals[at])
            if one.ended:
                tokens = tokens_in[one.sample]
                spent = spent or rows.usage  # of all rows: asked for once a step
                usage = replace(spent[at], tokens_in=tokens, tokens_out=one.drawn)
                logprob = sums[one.sample]
                yield Chunk(one.sample, text + one.rest(), one.reason, usage, logprob)
            else:
                yield Chunk(one.sample, text)
        going = [at for at, one in enumerate(growing) if not one.ended]
        if not going:
            return
        if len(going) < len(growing):
            rows.keep(going)
            growing = [growing[at] for at in going]
        rows.feed([[one.token] for one in growing])
