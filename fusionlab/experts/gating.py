"""Which experts read a token, and how much each counts: gates of nine papers as rows of a table.

A gate is a pure function from what its router computed to `Routed`: pairs of token and expert with
the weight of each in the output, the pairs that found no room, and the gate's losses before their
coefficients. Chance comes from the generator that is handed in, and only from it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fusionlab.errors import RecipeError

EPSILON = 1e-9
JITTER = 1e-2
SECOND_THRESHOLD = 0.2
LEAST_CAPACITY, CAPACITY_STEP = 4, 4
COEFFICIENTS = {"importance": 0.1, "load": 0.1, "balance": 1e-2, "z": 1e-3}
"""What the papers multiply each loss by before they add it to the model's."""


@dataclass(frozen=True, slots=True)
class Router:
    """What a gate may read. `spread` is x·W_noise; `bias` is kept from step to step by the caller.

    `ids` and `groups` (of each token) are read by the gate that learns nothing.
    """

    logits: Float[Tensor, "token expert"]
    spread: Float[Tensor, "token expert"] | None = None
    bias: Float[Tensor, " expert"] | None = None
    ids: Int[Tensor, " token"] | None = None
    groups: Int[Tensor, " token"] | None = None
    random: torch.Generator | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """`factor` times an even share is the room of an expert; the other numbers as in the papers."""

    k: int = 2
    factor: float = 1.25
    shared: int = 0
    n_groups: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Routed:
    """Pairs in the order in which they queue for their expert; `full` is [token, expert] a row."""

    token: Int[Tensor, " pair"]
    expert: Int[Tensor, " pair"]
    weight: Float[Tensor, " pair"]
    full: Int[Tensor, "drop 2"]
    tokens: int
    experts: int
    losses: dict[str, Float[Tensor, ""]] = field(default_factory=dict)

    @property
    def load(self) -> Int[Tensor, " expert"]:
        """How many tokens each expert reads."""
        return self.expert.bincount(minlength=self.experts)

    @property
    def position(self) -> Int[Tensor, " pair"]:
        """The place of every pair in its expert's buffer, from 0."""
        return queued(self.expert, self.experts)

    @property
    def combine(self) -> Float[Tensor, "token expert"]:
        """The weight of every expert in every token's output; 0 where it does not read it."""
        empty = self.weight.new_zeros(self.tokens, self.experts)
        return empty.index_put((self.token, self.expert), self.weight)

    @property
    def entropy(self) -> float:
        """Of the load, over that of an even one: from 0, all read by one expert, to 1."""
        if self.experts == 1:
            return 1.0
        share = self.load.double() / max(len(self.expert), 1)
        return float(torch.special.entr(share).sum()) / math.log(self.experts)


Gate = Callable[[Router, Setting], Routed]


def top_k(router: Router, setting: Setting) -> Routed:
    """The k experts of largest logit; their softmax among themselves (Mixtral, 2401.04088)."""
    logits = router.logits
    kept, chosen = logits.topk(_checked_k(setting.k, logits.shape[1]))
    return _all_kept(chosen, kept.softmax(-1), logits.shape[1])


def noisy_top_k(router: Router, setting: Setting) -> Routed:
    """H = xW + N(0,1)·softplus(xW_noise), the k largest kept (Shazeer et al., 1701.06538).

    Losses: `importance`, CV² of the summed gates; `load`, CV² of the summed P(x, i), which is
    smooth where a count is not. Without a `spread` there is no noise, and no `load`.
    """
    clean, experts = router.logits, router.logits.shape[1]
    k = _checked_k(setting.k, experts)
    noisy, scale = clean, None
    if router.spread is not None:
        scale = torch.nn.functional.softplus(router.spread)
        noisy = clean + _normal(clean, router.random) * scale
    kept, chosen = noisy.topk(k)
    routed = _all_kept(chosen, kept.softmax(-1), experts)
    routed.losses["importance"] = squared_variation(routed.combine.sum(0))
    if scale is not None:
        routed.losses["load"] = squared_variation(_in_top_k(clean, noisy, scale, k).sum(0))
    return routed


def gshard(router: Router, setting: Setting) -> Routed:
    """Top 2 with a random second expert, within capacity (GShard, 2006.16668, after its code).

    The second is kept with probability g₂ / 0.2, and queues after all first choices.
    """
    return _top_two(router, setting, random_second=True)


def glam(router: Router, setting: Setting) -> Routed:
    """The best two, within capacity (GLaM, 2112.06905, which has experts in every other layer)."""
    return _top_two(router, setting, random_second=False)


def switch(router: Router, setting: Setting) -> Routed:
    """The best one, scaled by its probability, within capacity (Switch, 2101.03961).

    With a generator the router's logits are jittered, as in training; always in 32 bits or more.
    """
    logits = router.logits.to(torch.promote_types(router.logits.dtype, torch.float32))
    if router.random is not None:
        noise = torch.rand(logits.shape, generator=router.random, dtype=logits.dtype)
        logits = logits * (1 - JITTER + 2 * JITTER * noise)
    tokens, experts = logits.shape
    probs = logits.softmax(-1)
    weight, expert = probs.max(-1)
    room = switch_capacity(tokens, experts, setting.factor)
    routed = _within(torch.arange(tokens), expert, weight, room, tokens, experts)
    routed.losses["balance"] = balance(probs, expert[:, None])
    return routed


def expert_choice(router: Router, setting: Setting) -> Routed:
    """Every expert takes its best tokens, as many as any other does (2202.09368).

    A token may be taken by none or by all. What is taken depends on later tokens: not for decoding.
    """
    tokens, experts = router.logits.shape
    room = min(tokens, switch_capacity(tokens, experts, setting.factor))
    weight, token = router.logits.softmax(-1).T.topk(room)
    expert = torch.arange(experts)[:, None].expand_as(token)
    pairs = (token.flatten(), expert.flatten(), weight.flatten())
    return Routed(*pairs, none_full(), tokens, experts)


def fine_grained(router: Router, setting: Setting) -> Routed:
    """`shared` experts read every token at weight 1, k others by softmax (DeepSeekMoE, 2401.06066).

    The logits are those of the others, which are numbered after the shared ones.
    """
    tokens, others = router.logits.shape
    probs = router.logits.softmax(-1)
    weights, chosen = probs.topk(_checked_k(setting.k, others))
    every = torch.arange(setting.shared).expand(tokens, -1)
    experts = torch.cat([every, chosen + setting.shared], 1)
    weights = torch.cat([weights.new_ones(tokens, setting.shared), weights], 1)
    routed = _all_kept(experts, weights, others + setting.shared)
    routed.losses["balance"] = balance(probs, chosen)
    return routed


def bias_balanced(router: Router, setting: Setting) -> Routed:
    """The k largest of score + bias; weights are of the scores alone (2408.15664). No loss.

    Scores are sigmoids. Of several they are divided by their sum; one alone keeps its score, or its
    router would learn nothing. `next_bias` moves the bias.
    """
    scores = router.logits.sigmoid()
    ranked = scores if router.bias is None else scores + router.bias
    chosen = ranked.topk(_checked_k(setting.k, scores.shape[1])).indices
    kept = scores.gather(1, chosen)
    if setting.k > 1:
        kept = kept / (kept.sum(-1, keepdim=True) + EPSILON)
    return _all_kept(chosen, kept, scores.shape[1])


def random_routed(router: Router, setting: Setting) -> Routed:
    """The token's group, and in it the expert its id was given by lot (PanGu-Σ, 2303.10845).

    Nothing is learned: logits give only the number of experts. Raises RecipeError without ids, or
    for experts that cannot be divided evenly among the groups.
    """
    tokens, experts = router.logits.shape
    if router.ids is None:
        raise RecipeError("gate-without-ids")
    if setting.n_groups < 1 or experts % setting.n_groups:
        raise RecipeError("gate-uneven-groups", experts=experts, groups=setting.n_groups)
    each = experts // setting.n_groups
    lots = balanced_map(int(router.ids.max()) + 1 if tokens else 0, each, setting.seed)
    groups = torch.zeros_like(router.ids) if router.groups is None else router.groups
    expert = groups * each + lots[router.ids]
    return _all_kept(expert[:, None], router.logits.new_ones(tokens, 1), experts)


GATES: dict[str, Gate] = {
    "top-k": top_k,
    "noisy-top-k": noisy_top_k,
    "gshard": gshard,
    "switch": switch,
    "glam": glam,
    "expert-choice": expert_choice,
    "fine-grained": fine_grained,
    "bias-balanced": bias_balanced,
    "random-routed": random_routed,
}


def squared_variation(amounts: Float[Tensor, " expert"]) -> Float[Tensor, ""]:
    """CV², the variance over the squared mean: 0 for equal amounts."""
    return amounts.var(correction=0) / (amounts.mean() ** 2 + EPSILON)


def balance(
    probs: Float[Tensor, "token expert"], chosen: Int[Tensor, "token k"]
) -> Float[Tensor, ""]:
    """E · Σ f·P, of the share of choices and the mean probability of each expert: 1 if even."""
    experts = probs.shape[1]
    share = chosen.flatten().bincount(minlength=experts) / max(chosen.numel(), 1)
    return experts * (share.to(probs.dtype) * probs.mean(0)).sum()


def z_loss(logits: Float[Tensor, "token expert"]) -> Float[Tensor, ""]:
    """Mean of (log Σ exp)², which keeps a router's logits small (ST-MoE, 2202.08906)."""
    return logits.logsumexp(-1).square().mean()


def next_bias(
    bias: Float[Tensor, " expert"], load: Int[Tensor, " expert"], rate: float = 1e-3
) -> Float[Tensor, " expert"]:
    """Raised by `rate` for experts with less than the mean load, lowered for those with more."""
    load = load.to(bias.dtype)
    return bias + rate * (load.mean() - load).sign()


def balanced_map(ids: int, experts: int, seed: int) -> Int[Tensor, " id"]:
    """An expert for each id by lot: any two experts get equally many ids, or one more.

    Every block of `experts` ids is dealt out anew, so that a longer map begins with a shorter one.
    """
    random = torch.Generator().manual_seed(seed)
    deals = [torch.randperm(experts, generator=random) for _ in range(math.ceil(ids / experts))]
    return torch.cat([*deals, torch.empty(0, dtype=torch.long)])[:ids]


def queued(expert: Int[Tensor, " pair"], experts: int) -> Int[Tensor, " pair"]:
    """How many pairs stand before each one in the queue of its expert."""
    order = expert.argsort(stable=True)
    load = expert.bincount(minlength=experts)
    starts = load.cumsum(0) - load
    ranks = torch.arange(len(order)) - starts[expert[order]]
    return torch.empty_like(order).index_copy(0, order, ranks)


def switch_capacity(tokens: int, experts: int, factor: float) -> int:
    """Room of an expert: ⌊tokens · factor / experts⌋, at least 1."""
    return max(1, int(tokens * checked_factor(factor) / experts))


def gshard_capacity(tokens: int, experts: int, factor: float) -> int:
    """Room of an expert: ⌊tokens · factor / experts⌋, at least 4, rounded up to a multiple of 4."""
    room = max(LEAST_CAPACITY, int(tokens * checked_factor(factor) / experts))
    return CAPACITY_STEP * math.ceil(room / CAPACITY_STEP)


def _top_two(router: Router, setting: Setting, *, random_second: bool) -> Routed:
    tokens, experts = router.logits.shape
    _checked_k(2, experts)
    room = gshard_capacity(tokens, experts, setting.factor)
    probs = router.logits.softmax(-1)
    gates, chosen = probs.topk(2)
    gates = gates / (gates.sum(-1, keepdim=True) + EPSILON)
    wanted = torch.ones(tokens, dtype=torch.bool)
    if random_second:
        drawn = torch.rand(tokens, generator=router.random, dtype=gates.dtype)
        wanted = drawn < gates[:, 1] / SECOND_THRESHOLD
    everyone = torch.arange(tokens)
    token = torch.cat([everyone, everyone[wanted]])
    expert = torch.cat([chosen[:, 0], chosen[wanted, 1]])
    weight = torch.cat([gates[:, 0], gates[wanted, 1]])
    routed = _within(token, expert, weight, room, tokens, experts)
    routed.losses["balance"] = balance(probs, chosen[:, :1])
    return routed


def _in_top_k(
    clean: Float[Tensor, "token expert"],
    noisy: Float[Tensor, "token expert"],
    scale: Float[Tensor, "token expert"],
    k: int,
) -> Float[Tensor, "token expert"]:
    """P(x, i): that expert i is among the k if its own noise, and no other's, is drawn again."""
    if k == clean.shape[1]:
        return torch.ones_like(clean)
    best = noisy.topk(k + 1).values
    inside, outside = best[:, k, None], best[:, k - 1, None]
    threshold = torch.where(noisy > inside, inside, outside)
    likely: Tensor = torch.special.ndtr((clean - threshold) / scale)
    return likely


def _within(
    token: Int[Tensor, " pair"],
    expert: Int[Tensor, " pair"],
    weight: Float[Tensor, " pair"],
    room: int,
    tokens: int,
    experts: int,
) -> Routed:
    """Of the pairs in this order, the first `room` for each expert; the others are `full`."""
    queue = Routed(token, expert, weight, none_full(), tokens, experts)
    fits = queue.position < room
    full = torch.stack([token[~fits], expert[~fits]], 1)
    return Routed(token[fits], expert[fits], weight[fits], full, tokens, experts)


def _all_kept(
    chosen: Int[Tensor, "token k"], weights: Float[Tensor, "token k"], experts: int
) -> Routed:
    tokens, k = chosen.shape
    token = torch.arange(tokens).repeat_interleave(k)
    return Routed(token, chosen.flatten(), weights.flatten(), none_full(), tokens, experts)


def none_full() -> Int[Tensor, "drop 2"]:
    """Of a gate that drops no pair."""
    return torch.empty(0, 2, dtype=torch.long)


def _normal(like: Tensor, random: torch.Generator | None) -> Tensor:
    return torch.randn(like.shape, generator=random, dtype=like.dtype)


def _checked_k(k: int, experts: int) -> int:
    if not 1 <= k <= experts:
        raise RecipeError("gate-k-range", k=k, experts=experts)
    return k


def checked_factor(factor: float) -> float:
    """The factor, if it leaves room for a token; raises RecipeError."""
    if not (factor > 0 and math.isfinite(factor)):
        raise RecipeError("capacity-not-positive", factor=f"{factor:g}")
    return factor
