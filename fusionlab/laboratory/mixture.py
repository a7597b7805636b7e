"""A small language model of bytes with one layer of experts, made to watch its router learn.

Attention and a dense layer below, attention and the experts above, as GShard has experts in every
other layer (https://arxiv.org/abs/2006.16668). It reads problems of the zoo's tasks with their
answers, one a line, and learns the next byte. What keeps its experts evenly used, or nothing, is a
rule: runs under all of them have the same first weights and read the same bytes.
"""

import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from fusionlab.errors import FusionError
from fusionlab.experts.gating import Routed, Router, Setting, bias_balanced, fine_grained, next_bias
from fusionlab.experts.groups import INITIAL, Attention, Dense
from fusionlab.experts.layer import Experts, sorted_layer
from fusionlab.sources.opening import MODULES
from fusionlab.zoo.tasks import TASKS, Split

Rule = Literal["none", "balance", "bias"]
"""Nothing; the loss of GShard and Switch; the bias of DeepSeek (https://arxiv.org/abs/2408.15664).
"""
RULES: tuple[Rule, ...] = get_args(Rule)
VOCAB = 256
CONTEXT = 48
"""Bytes of a row."""
BATCH = 24
"""Rows of a step."""
HIDDEN, HEADS, WIDTH = 64, 4, 128
"""Of the stream, of attention, and units of the dense layer and of each expert."""
RATE, WARMUP, CLIP = 3e-3, 20, 1.0
"""AdamW's learning rate, steps in which it rises, and the largest norm of a gradient."""
CORPUS, HELD = 300_000, 32
"""Bytes to learn from, and rows that are only measured by."""


class Mixture(nn.Module):
    """The language model; which experts read a token is decided by the gate that it is given."""

    def __init__(self, experts: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, HIDDEN)
        self.positions = nn.Embedding(CONTEXT, HIDDEN)
        self.attention = nn.ModuleList(Attention(HIDDEN, HEADS) for _ in range(2))
        self.dense = Dense(HIDDEN, WIDTH)
        self.norm = nn.LayerNorm(HIDDEN)
        self.router = nn.Parameter(torch.empty(HIDDEN, experts))
        self.up = nn.Parameter(torch.empty(experts, HIDDEN, WIDTH))
        self.down = nn.Parameter(torch.empty(experts, WIDTH, HIDDEN))
        self.last = nn.LayerNorm(HIDDEN)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=INITIAL)

    def below(self, ids: Int[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """The stream that the layer of experts adds to."""
        x = self.embedding(ids) + self.positions.weight[: ids.shape[1]]
        x = x + self.attention[0](x)
        x = x + self.dense(x)
        return x + self.attention[1](x)  # type: ignore[no-any-return]

    def scores(self, ids: Int[Tensor, "batch seq"]) -> Float[Tensor, "token expert"]:
        """The router's logits for all tokens, row by row."""
        return self.norm(self.below(ids)).flatten(0, 1) @ self.router  # type: ignore[no-any-return]

    def forward(
        self, ids: Int[Tensor, "batch seq"], rule: Rule, k: int, bias: Float[Tensor, " expert"]
    ) -> tuple[Float[Tensor, "batch seq vocab"], Routed, Float[Tensor, "token expert"]]:
        """Logits of the next byte, who read which token, and the router's logits."""
        x = self.below(ids)
        h = self.norm(x).flatten(0, 1)
        scores = h @ self.router
        gate = bias_balanced if rule == "bias" else fine_grained
        routed = gate(Router(scores, bias=bias), Setting(k=k))
        x = x + sorted_layer(h, routed, Experts(self.up, self.down)).view_as(x)
        return self.last(x) @ self.embedding.weight.T, routed, scores


@dataclass(slots=True)
class Run:
    """The model under one rule, as far as it has learned."""

    rule: Rule
    k: int
    model: Mixture
    optimiser: torch.optim.AdamW
    bias: Float[Tensor, " expert"]
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Strength:
    """The coefficient of the loss, how far the bias moves in a step, and the router's rate over
    that of the other weights.
    """

    coefficient: float
    bias_rate: float
    router_rate: float = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands, by rows that it never learns from."""

    nats: float
    """Per byte."""
    counts: list[int]
    """Tokens that each expert reads."""
    balance: float
    """E·Σ f·P."""
    z: float
    """Of the router's logits, the mean of (log Σ exp)²."""


def begun(experts: int, k: int, seed: int, strength: Strength) -> list[Run]:
    """A run under each rule, all with the same first weights."""
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(seed)
        first = Mixture(experts)
    return [_run(rule, k, deepcopy(first), strength) for rule in RULES]


def _run(rule: Rule, k: int, model: Mixture, strength: Strength) -> Run:
    others = [each for name, each in model.named_parameters() if name != "router"]
    groups = [
        {"params": others, "times": 1.0},
        {"params": [model.router], "times": strength.router_rate},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.0)
    return Run(rule, k, model, optimiser, torch.zeros(model.router.shape[1]))


def advance(run: Run, rows: Int[Tensor, "batch seq"], strength: Strength) -> None:
    """One step of the optimiser, and of the bias where there is one; raises FusionError where the
    loss is not finite any more.
    """
    logits, routed, _ = run.model(rows[:, :-1], run.rule, run.k, run.bias)
    loss = _surprise(logits, rows)
    if run.rule == "balance":
        loss = loss + strength.coefficient * routed.losses["balance"]
    if not loss.isfinite():
        raise FusionError("gates-diverged")
    for group in run.optimiser.param_groups:
        group["lr"] = RATE * group["times"] * min(1.0, (run.steps + 1) / WARMUP)
    run.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.model.parameters(), CLIP)
    run.optimiser.step()
    run.steps += 1
    if run.rule == "bias":
        run.bias = next_bias(run.bias, routed.load, strength.bias_rate)


@torch.no_grad()
def standing(run: Run, rows: Int[Tensor, "batch seq"]) -> Standing:
    """Its loss on these rows and how its experts share them."""
    logits, routed, scores = run.model(rows[:, :-1], run.rule, run.k, run.bias)
    share = routed.load / routed.load.sum()
    balance = len(share) * (share * scores.softmax(-1).mean(0)).sum()
    z = scores.logsumexp(-1).square().mean()
    return Standing(_surprise(logits, rows).item(), routed.load.tolist(), balance.item(), z.item())


def _surprise(
    logits: Float[Tensor, "batch seq vocab"], rows: Int[Tensor, "batch next"]
) -> Float[Tensor, ""]:
    """Mean of −log p over the bytes that come next."""
    return functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())


def corpus(split: Split, seed: int, length: int) -> Int[Tensor, " byte"]:
    """So many bytes of problems with their answers, one a line, of all tasks alike."""
    rng = random.Random(f"{split} {seed}")  # noqa: S311  problems are no secrets
    tasks = [task for task in TASKS.values() if task.first is None]
    written = bytearray()
    while len(written) < length:
        problem = rng.choice(tasks).problem(rng, split)
        written += f"{problem.prompt}{problem.answer}\n".encode()
    return torch.frombuffer(written[:length], dtype=torch.uint8).long()


def rows_of(
    stream: Int[Tensor, " byte"], count: int, random: torch.Generator
) -> Int[Tensor, "row byte"]:
    """So many pieces of the stream, each of `CONTEXT` bytes and the one after."""
    starts = torch.randint(len(stream) - CONTEXT, (count,), generator=random)
    return stream[starts[:, None] + torch.arange(CONTEXT + 1)]


def encoded(text: str) -> Int[Tensor, " byte"]:
    """The text's bytes, as the model reads them."""
    return torch.tensor(list(text.encode()))


def shown(ids: Sequence[int]) -> list[str]:
    """Each byte as it is shown: a character at its first byte, `·` for its others."""
    letters = list[str]()
    for letter in bytes(ids).decode(errors="ignore"):
        letters += [letter, *"·" * (len(letter.encode()) - 1)]
    return [*letters, *"·" * (len(ids) - len(letters))]
