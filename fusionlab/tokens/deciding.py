"""Who decides a token: how much each member counts, and whether members are pooled at all.

Weights wᵢ are multiplied by what a weighting says of member i and scaled to sum to 1:
`prompt` exp(−ℓᵢ/τ), ℓ the cross-entropy of the prompt in nats per byte (PackLLM's sim,
https://arxiv.org/abs/2404.11531, with bytes in place of tokens, which differ between models);
`optimised` the weights under which the pool predicts the prompt best (`fusionlab.tokens.packing`);
`entropy` exp(−Hᵢ/τ), H that of the step's distribution; `confidence` max pᵢ.

`unsure` pools only where the first member, the gate, gives no token `threshold` or more (GaC,
https://arxiv.org/abs/2406.12585); `disputed` only where, besides, it is not clear that the pool
would choose the gate's token anyway (SAFE, https://arxiv.org/abs/2510.15346, without its
look-ahead); `supported` leaves a member out of a step whose first choice is
among nobody else's `top_k` (EVA, https://arxiv.org/abs/2404.09492).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.gathered import bare
from fusionlab.engines.onnx import OnnxModel
from fusionlab.engines.scoring import token_logprobs
from fusionlab.engines.transformers import TransformersModel
from fusionlab.models.base import LogitModel, Member, Usage
from fusionlab.recipe import Request
from fusionlab.tokens.pooling import entropy

Act = Literal["always", "unsure", "disputed", "supported"]
Weighting = Literal["fixed", "prompt", "optimised", "entropy", "confidence"]


@dataclass(frozen=True, slots=True, eq=False)
class Deciding:
    """Who decides one token."""

    weights: Float[Tensor, " member"]
    """Of this step, summing to 1; 0 of whom was left out or not asked."""
    heard: tuple[int, ...] | None = None
    """The members that were asked; None for all of them."""
    acted: bool | None = None
    """Whether members were pooled, where a rule says when they are."""
    left_out: tuple[int, ...] = ()
    """Members that counted for nothing here, because nobody supported them."""


def weighed(
    logprobs: Float[Tensor, "member vocab"],
    shares: Float[Tensor, " member"],
    weighting: Weighting,
    tau: float,
) -> Float[Tensor, " member"]:
    """The members' weights at a step; a share of 0 stays 0. `tau` is in nats, above 0."""
    match weighting:
        case "entropy":
            return (shares.log() - entropy(logprobs) / tau).softmax(dim=0)
        case "confidence":
            return (shares.log() + logprobs.amax(dim=-1)).softmax(dim=0)
        case "fixed" | "prompt" | "optimised":
            return shares


def by_prompt(
    losses: Float[Tensor, " member"], shares: Float[Tensor, " member"], tau: float
) -> Float[Tensor, " member"]:
    """The members' weights for a whole answer, from their losses on the prompt in nats per byte."""
    return (shares.log() - losses.to(shares) / tau).softmax(dim=0)


def prompt_loss(member: Member, request: Request) -> tuple[float, Usage]:
    """Cross-entropy of the member's prompt in nats per byte of text, and what reading it cost.

    Control tokens of the chat template are read and not counted; the loss is 0 where nothing else
    follows the first token. Raises MemberError where the pass fails.
    """
    start = time.perf_counter()
    model = cast(TransformersModel | OnnxModel, bare(cast(LogitModel, member.model)))
    ids = model.encode(member.prompt(request))
    if len(ids) < 2:
        return 0.0, Usage()
    logprobs = token_logprobs(model, ids[:1], ids[1:])
    lengths = [len(model.vocabulary.said(token)) for token in ids[1:]]
    nats = -sum(logprob for logprob, n in zip(logprobs, lengths, strict=True) if n)
    usage = Usage(len(ids), forward_passes=1, seconds=time.perf_counter() - start)
    return nats / max(1, sum(lengths)), usage


def is_sure(logprobs: Float[Tensor, " vocab"], threshold: float) -> bool:
    """Whether some token has this probability or more."""
    return float(logprobs.max().exp()) >= threshold


def is_disputed(
    logprobs: Float[Tensor, "member vocab"],
    weights: Float[Tensor, " member"],
    gate: int,
    *,
    mean: bool = True,
) -> bool:
    """Whether the pool may choose another token than the gate does.

    None is where all others choose the same, nor, where the pool is the `mean` of probabilities,
    where that token's is above 1/2. Members of weight 0 dispute nothing.
    """
    choice = int(logprobs[gate].argmax())
    if mean and float(weights @ logprobs[:, choice].exp()) > 0.5:
        return False
    return bool((logprobs[weights > 0].argmax(dim=-1) != choice).any())


def unsupported(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"], top_k: int
) -> tuple[int, ...]:
    """Members whose first choice is among no other member's `top_k`; nobody, if that is everybody.

    Members of weight 0 support nobody, nor does anybody what is impossible to them.
    """
    asked = weights.nonzero().flatten().tolist()
    best = logprobs.topk(min(top_k, logprobs.shape[-1]))
    near = [
        {token for token, logprob in zip(*row, strict=True) if logprob > -torch.inf}
        for row in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
    first = logprobs.argmax(dim=-1).tolist()
    alone = [i for i in asked if all(first[i] not in near[j] for j in asked if j != i)]
    return () if len(alone) == len(asked) else tuple(alone)


def without(weights: Float[Tensor, " member"], left_out: Sequence[int]) -> Float[Tensor, " member"]:
    """The weights of the others, scaled to sum to 1."""
    if not left_out:
        return weights
    kept = weights.index_fill(0, torch.tensor(left_out), 0)
    return kept / kept.sum()
