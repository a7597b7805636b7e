"""What a model is trained to lower."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

IGNORED = -100
"""The label of a token that is not learned: of the prompt, or padding."""
PARTS = 4
"""In which a batch is computed, by length."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences padded on the right; `labels` are the ids where they are learned, else IGNORED.

    Every row has something to learn.
    """

    ids: Int[Tensor, "batch seq"]
    labels: Int[Tensor, "batch seq"]
    tokens: int
    """Without padding."""


def batched(sequences: list[tuple[list[int], list[int]]], pad: int) -> Batch:
    """One row for each pair of a prompt's ids and an answer's, of which the answer is learned."""
    width = max(len(prompt) + len(answer) for prompt, answer in sequences)
    ids = torch.full((len(sequences), width), pad)
    labels = torch.full_like(ids, IGNORED)
    for row, (prompt, answer) in enumerate(sequences):
        end = len(prompt) + len(answer)
        ids[row, :end] = torch.tensor(prompt + answer)
        labels[row, len(prompt) : end] = torch.tensor(answer)
    return Batch(ids, labels, sum(len(prompt) + len(answer) for prompt, answer in sequences))


def answer_loss(model: Any, batch: Batch) -> Float[Tensor, ""]:
    """Mean cross-entropy of the learned tokens, each given all before it, in nats.

    Rows of like length are computed together, which spares most of the padding.
    """
    learned = batch.labels != IGNORED
    ends = (learned * torch.arange(1, learned.shape[1] + 1, device=learned.device)).amax(dim=1)
    parts = ends.argsort(descending=True, stable=True).chunk(PARTS)
    sums = [
        _summed(model, batch.ids[rows, : ends[rows[0]]], batch.labels[rows, : ends[rows[0]]])
        for rows in parts
    ]
    return torch.stack(sums).sum() / learned.sum()


def _summed(
    model: Any, ids: Int[Tensor, "part seq"], labels: Int[Tensor, "part seq"]
) -> Float[Tensor, ""]:
    # Padding stands on the right and attention is causal: no learned token sees any of it.
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(),
        labels[:, 1:].flatten(),
        ignore_index=IGNORED,
        reduction="sum",
    )
