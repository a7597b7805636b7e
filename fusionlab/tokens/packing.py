"""Weights under which the pool of the members predicts the prompt best, found greedily.

Members join in the order of their loss on the prompt, and each next one enters the pool of those
before it with the share, of steps of 1/20, that lowers the pool's loss most (PackLLM's opt,
https://arxiv.org/abs/2404.11531, there for the mean of logits alone). The loss is that of the
prompt's end which all members read alike, at most `LONGEST` tokens: control tokens and what only
one member was told do not count. All predict the same text, so per byte and per token are one
order.
"""

import time
from collections.abc import Callable, Generator, Sequence
from itertools import takewhile
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fusionlab.engines.gathered import bare
from fusionlab.engines.onnx import OnnxModel
from fusionlab.engines.scoring import LEAST, next_logprobs
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import VocabularyMismatch
from fusionlab.events import Event
from fusionlab.models.base import LogitModel, Member, Usage
from fusionlab.recipe import Request
from fusionlab.tokens.vocab import differing

STEPS = 20
LONGEST = 256
"""Tokens, of which each member's whole distributions may be held at once."""
TIED = 1e-5
"""Nats by which a loss has to be lower to count as such."""

Mix = Callable[[Tensor, Tensor, float], Tensor]
Loss = Callable[[Tensor], float]


def optimised(
    members: Sequence[Member],
    request: Request,
    shares: Float[Tensor, " member"],
    *,
    geometric: bool,
) -> Generator[Event, None, Float[Tensor, " member"]]:
    """What reading the prompt cost; returns the shares times the weights found, summing to 1.

    A share of 0 stays 0. Where the members' prompts end in no common text, the shares stay as they
    are. Raises MemberError where a pass fails, VocabularyMismatch where tokens differ.
    """
    if unlike := differing([(each.name, cast(LogitModel, each.model)) for each in members]):
        first, second = (name for name, _ in unlike)
        raise VocabularyMismatch("optimised-one-vocabulary", first=first, second=second)
    models = [
        cast(TransformersModel | OnnxModel, bare(cast(LogitModel, each.model))) for each in members
    ]
    prompts = [
        model.encode(each.prompt(request)) for each, model in zip(members, models, strict=True)
    ]
    vocab = min(len(model.vocabulary.pieces) for model in models)
    n = min(common_end(prompts), LONGEST)
    spoken = [at for at in range(-n, 0) if models[0].vocabulary.said(prompts[0][at])]
    if not spoken:
        return shares
    targets = torch.tensor([prompts[0][at] for at in spoken])
    asked = shares.nonzero().flatten().tolist()
    read = []
    for at in asked:
        start = time.perf_counter()
        logprobs = next_logprobs(models[at], prompts[at][:-n], prompts[at][-n:])[spoken, :vocab]
        read.append(logprobs if geometric else logprobs.gather(-1, targets[:, None]).squeeze(-1))
        seconds = time.perf_counter() - start
        yield members[at].measured(Usage(len(prompts[at]), forward_passes=1, seconds=seconds))
    found = greedy(read, *(_geometric(targets) if geometric else _ARITHMETIC))
    weights = shares.index_copy(0, torch.tensor(asked), shares[asked] * found.to(shares))
    return weights / weights.sum()


def common_end(prompts: Sequence[Sequence[int]]) -> int:
    """How many tokens at their end all prompts share; one is left over, which nobody predicts."""
    backwards = zip(*(reversed(prompt) for prompt in prompts), strict=False)
    alike = sum(1 for _ in takewhile(lambda tokens: len(set(tokens)) == 1, backwards))
    return min(alike, *(len(prompt) - 1 for prompt in prompts))


def greedy(rows: Sequence[Tensor], mix: Mix, loss: Loss) -> Float[Tensor, " member"]:
    """The members' weights, summing to 1, from what each predicted.

    A member that lowers the loss nowhere weighs 0; of equals the first joins first.
    """
    losses = [loss(row) for row in rows]
    first, *others = sorted(range(len(rows)), key=losses.__getitem__)
    weights, pooled = torch.zeros(len(rows)), rows[first]
    weights[first] = 1.0
    for at in others:
        ways = [(STEPS - step) / STEPS for step in range(STEPS + 1)]  # 1, where it adds nothing
        tried = [loss(mix(pooled, rows[at], share)) for share in ways]
        best = min(tried) + TIED
        kept = next(share for share, nats in zip(ways, tried, strict=True) if nats <= best)
        pooled = mix(pooled, rows[at], kept)
        weights *= kept
        weights[at] = 1 - kept
    return weights


def _sum(one: Tensor, other: Tensor, share: float) -> Tensor:
    """Log-probabilities of the tokens that came, in the pool share · p + (1 − share) · q."""
    shares = torch.tensor([share, 1 - share]).log()
    return torch.logaddexp(one + shares[0], other + shares[1])


def _nats(picked: Float[Tensor, "*token"]) -> float:
    return -float(picked.double().sum())


_ARITHMETIC: tuple[Mix, Loss] = (_sum, _nats)


def _geometric(targets: Int[Tensor, " token"]) -> tuple[Mix, Loss]:
    """Weighted sums of log-probabilities, not scaled before the loss is taken."""

    def mix(one: Tensor, other: Tensor, share: float) -> Tensor:
        return share * one.clamp(min=LEAST) + (1 - share) * other.clamp(min=LEAST)

    def loss(mixed: Float[Tensor, "token vocab"]) -> float:
        return _nats(mixed.log_softmax(dim=-1).gather(-1, targets[:, None]))

    return mix, loss
