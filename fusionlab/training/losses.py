"""The losses that models are trained with."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

IGNORED = -100
"""The label of tokens that are not learned: those of the prompt, and padding."""
PARTS = 4
"""The number of parts in which a batch is computed, by length."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences padded on the right; `labels` are the ids to be learned, elsewhere IGNORED.

    Every row has at least one token to learn.
    """

    ids: Int[Tensor, "batch seq"]
    labels: Int[Tensor, "batch seq"]
    tokens: int
    """The number of tokens, without padding."""


def batched(sequences: list[tuple[list[int], list[int]]], pad: int) -> Batch:
    """One row for each pair of a prompt's and an answer's ids; only the answer is learned."""
    width = max(len(prompt) + len(answer) for prompt, answer in sequences)
    ids = torch.full((len(sequences), width), pad)
    labels = torch.full_like(ids, IGNORED)
    for row, (prompt, answer) in enumerate(sequences):
        end = len(prompt) + len(answer)
        ids[row, :end] = torch.tensor(prompt + answer)
        labels[row, len(prompt) : end] = torch.tensor(answer)
    return Batch(ids, labels, sum(len(prompt) + len(answer) for prompt, answer in sequences))


def answer_loss(model: Any, batch: Batch) -> Float[Tensor, ""]:
    """Mean cross-entropy of the learned tokens, each given all before it, in nats."""
    said, _ = _in_parts(model, batch, routed=False)
    return said


def prefixed_loss(model: Any, batch: Batch) -> Float[Tensor, ""]:
    """The answer loss, with the common beginning of all rows computed once for the whole batch.

    The model must have a decoder apart from its output embeddings, which see only learned tokens.
    """
    alike = (batch.ids == batch.ids[0]).all(dim=0) & (batch.labels == IGNORED).all(dim=0)
    shared = (
        int(alike.int().cumprod(dim=0).sum()) - 1
    )  # the last one's logits are those of the next token
    if shared < 1:
        return answer_loss(model, batch)
    decoder, head = model.get_decoder(), model.get_output_embeddings()
    cache = decoder(input_ids=batch.ids[:1, :shared], use_cache=True).cache
    cache.batch_repeat_interleave(len(batch.ids))
    # Padding is on the right and attention is causal: no learned token sees any of it.
    out = decoder(input_ids=batch.ids[:, shared:], cache=cache, use_cache=True)
    labels = batch.labels[:, shared + 1 :]
    learned = labels != IGNORED
    logits = head(out.last_hidden_state[:, :-1][learned]).float()
    return torch.nn.functional.cross_entropy(logits, labels[learned])


def routed_loss(model: Any, batch: Batch, *, balance: float) -> Float[Tensor, ""]:
    """The answer loss of a mixture of experts, plus `balance` times its `unevenness`.

    The model must give its routers' logits, and choose the experts with the highest ones.
    """
    said, uneven = _in_parts(model, batch, routed=True)
    return said + balance * uneven


def unevenness(
    logits: Float[Tensor, "token expert"], active: int, real: Bool[Tensor, " token"]
) -> Float[Tensor, ""]:
    """Switch's balance loss of one layer, E·Σ f·P, which is 1 if all experts are used equally.

    f is the share of the choices that fall on an expert, P its mean probability, both over the
    tokens that are `real`. Fedus, Zoph and Shazeer, https://arxiv.org/abs/2101.03961, with f
    divided by the number of active experts.
    """
    probs = logits.float().softmax(dim=-1)[real]
    chosen = probs.topk(active, dim=-1).indices.flatten()
    f = torch.bincount(chosen, minlength=probs.shape[-1]) / len(chosen)
    return probs.shape[-1] * (f * probs.mean(dim=0)).sum()


def _in_parts(
    model: Any, batch: Batch, *, routed: bool
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Mean loss of the learned tokens, and mean unevenness over parts and layers.

    Rows of similar length are computed together, which avoids most of the padding.
    """
    learned = batch.labels != IGNORED
    ends = (learned * torch.arange(1, learned.shape[1] + 1, device=learned.device)).amax(dim=1)
    said, uneven = [], []
    for rows in ends.argsort(descending=True, stable=True).chunk(PARTS):
        width = int(ends[rows[0]])
        ids, labels = batch.ids[rows, :width], batch.labels[rows, :width]
        # Padding is on the right and attention is causal: no learned token sees any of it.
        options = {"output_router_logits": True} if routed else {}
        out = model(input_ids=ids, use_cache=False, **options)
        said.append(_summed(out.logits, labels))
        if routed:
            real = torch.arange(width, device=ids.device) < ends[rows][:, None]
            active = model.config.num_experts_per_tok
            uneven += [unevenness(each, active, real.flatten()) for each in out.router_logits]
    total = torch.stack(said).sum() / learned.sum()
    return total, torch.stack(uneven).mean() if routed else torch.zeros(())


def _summed(
    logits: Float[Tensor, "part seq vocab"], labels: Int[Tensor, "part seq"]
) -> Float[Tensor, ""]:
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1).float(),
        labels[:, 1:].flatten(),
        ignore_index=IGNORED,
        reduction="sum",
    )
