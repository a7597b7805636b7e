"""What a model expects at each position of a block, as far as it is kept: its top k, and the rest.

Position i tells of the token at i + 1, which is its label.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fusionlab.engines.prefill import prefilled, prefilled_rows
from fusionlab.models.base import LogitModel
from fusionlab.models.vocabulary import Vocabulary

N_TOP = 10
"""The entries of each distribution that are kept, as published."""


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """A block as one model reads it. Log-probabilities are natural, at temperature 1."""

    tokens: Int64[Tensor, " token"]
    ids: Int64[Tensor, "token entry"]
    """Best first."""
    logprobs: Float[Tensor, "token entry"]
    tail: Float[Tensor, " token"]
    """The probability of all that is not in the entries."""
    label: Float[Tensor, " token"]
    """Log-probability of the next token; NaN at the last position."""

    @property
    def probs(self) -> Float[Tensor, "token entry"]:
        """The entries as a distribution of their own: softmax over what is stored."""
        return self.logprobs.softmax(dim=-1)

    def nats_per_byte(self, vocabulary: Vocabulary) -> float:
        """Cross-entropy of the block by bytes of its text, so that tokenizers can be compared.

        NaN where no token after the first is text.
        """
        sizes = [len(vocabulary.said(token)) for token in self.tokens[1:].tolist()]
        nats = -float(self.label[:-1].double().sum())
        return nats / sum(sizes) if sum(sizes) else float("nan")


Reader = Callable[[Sequence[Sequence[int]], int], Iterator[Observed]]
"""Tells what a model expects at each position of the blocks, with so many entries, block by block.
"""


def observed(model: LogitModel, ids: Sequence[int], n_top: int = N_TOP) -> Observed:
    """The block as the model reads it, in one reading; raises MemberError."""
    return _observed(model, ids, prefilled(model, ids), n_top)


def observed_blocks(
    model: LogitModel, blocks: Sequence[Sequence[int]], n_top: int = N_TOP
) -> Iterator[Observed]:
    """The blocks as the model reads them, short ones several in a pass; raises MemberError."""
    for ids, logits in zip(blocks, prefilled_rows(model, blocks), strict=True):
        yield _observed(model, ids, logits, n_top)


def _observed(
    model: LogitModel,
    ids: Sequence[int],
    logits: Iterator[Float[Tensor, "token vocab"]],
    n_top: int,
) -> Observed:
    labels = torch.tensor([*ids[1:], 0])
    known = len(model.vocabulary.pieces)
    parts: list[Observed] = []
    start = 0
    for part in logits:
        here = slice(start, start + len(part))
        start += len(part)
        own = torch.tensor(ids[here])
        # Models pad their logits: ids beyond the vocabulary are no tokens.
        parts.append(topped(own, part[:, :known].cpu(), labels[here], n_top))
    whole = joined(parts)
    whole.label[-1] = torch.nan
    return whole


def topped(
    tokens: Int64[Tensor, " token"],
    logits: Float[Tensor, "token vocab"],
    labels: Int64[Tensor, " token"],
    n_top: int,
) -> Observed:
    """The n_top best of each distribution, fewer where the vocabulary has fewer."""
    logprobs = logits.float().log_softmax(dim=-1)
    best = logprobs.topk(min(n_top, logprobs.shape[-1]), dim=-1)
    tail = (1 - best.values.double().exp().sum(dim=-1)).clamp(0, 1).float()
    label = logprobs.gather(1, labels[:, None])[:, 0]
    return Observed(tokens, best.indices, best.values, tail, label)


def joined(parts: Sequence[Observed]) -> Observed:
    """One after the other."""
    columns = zip(*map(_columns, parts), strict=True)
    return Observed(*(torch.cat(list(column)) for column in columns))


def _columns(each: Observed) -> Iterator[Tensor]:
    yield from (each.tokens, each.ids, each.logprobs, each.tail, each.label)
