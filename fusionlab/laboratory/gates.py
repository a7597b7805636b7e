"""Gates of mixtures of experts: what nine of them make of the same tokens, and how one collapses.

A small language model learns problems of the zoo's tasks under three rules, from the same weights
and the same bytes: nothing that spreads the work, the auxiliary loss of GShard and Switch, and the
bias that needs no loss. Without any, an expert that is chosen learns, and is chosen the more for
it. Whatever the routers have come to is given to nine gates side by side. The layer of GShard is
computed beside it, one einsum after another.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress, Warned
from fusionlab.experts import load
from fusionlab.experts.gating import COEFFICIENTS, Setting
from fusionlab.laboratory.beside import side_by_side
from fusionlab.laboratory.einsum_form import walked
from fusionlab.laboratory.mixture import (
    BATCH,
    CORPUS,
    HELD,
    Run,
    Strength,
    advance,
    begun,
    corpus,
    encoded,
    rows_of,
    shown,
    standing,
)
from fusionlab.marks import Group, Written
from fusionlab.registry import Drawn, study

MOST = 40
"""Bytes of the text that is routed."""
PICTURES = 50
"""Of a whole training; in its first tenth, where most is decided, four times as often."""
EARLY, DENSER = 10, 4
OFTEN = 5
"""Steps of each run between two signs of life."""
START = "start"
"""The routers before they have learned, which are all the same."""


@study("gates", paper="https://arxiv.org/abs/1701.06538")
def gates(
    *,
    text: Annotated[
        str,
        Group("basic"),
        Written(),
        Field(min_length=1, max_length=400, title="Text", description="whose bytes are routed"),
    ] = "add 384+77=461 reverse gates=setag",
    experts: Annotated[
        int, Group("basic"), Field(ge=2, le=16, title="Experts", description="in the layer")
    ] = 8,
    k: Annotated[
        int,
        Group("basic"),
        Field(ge=1, le=16, title="k", description="experts that read a token, side by side"),
    ] = 2,
    capacity: Annotated[
        float,
        Group("basic"),
        Field(gt=0, le=8, title="Capacity factor", description="times an even share"),
    ] = 1.25,
    steps: Annotated[
        int,
        Group("rule"),
        Field(ge=1, le=5000, title="Steps", description="of the optimiser under each rule"),
    ] = 600,
    trained_k: Annotated[
        int,
        Group("rule"),
        Field(ge=1, le=16, title="k in training", description="experts that read a token there"),
    ] = 1,
    coefficient: Annotated[
        float,
        Group("rule"),
        Field(ge=0, le=1, title="Weight of the loss", description="of the rule that has one"),
    ] = COEFFICIENTS["balance"],
    bias_rate: Annotated[
        float,
        Group("expert"),
        Field(ge=0, le=0.1, title="Step of the bias", description="of the rule that has one"),
    ] = 0.01,
    router_rate: Annotated[
        float,
        Group("rule"),
        Field(gt=0, le=20, title="Router's rate", description="over that of all other weights"),
    ] = 10.0,
    seed: Annotated[int, Group("rule"), Field(ge=0, le=9_999, title="Seed")] = 0,
) -> Iterator[Event | Drawn]:
    """Route the same tokens by nine gates, and watch a router starve its experts without a loss."""
    for each in (k, trained_k):
        if each > experts:
            raise RecipeError("gate-k-range", k=each, experts=experts)
    ids = encoded(text)
    if len(ids) > MOST:
        yield Warned.of("gates-text-cut", shown=MOST, bytes=len(ids))
    ids = ids[:MOST]
    setting = Setting(k=k, factor=capacity, shared=1, seed=seed)
    strength = Strength(coefficient, bias_rate, router_rate)
    about: Drawn = {
        "text": shown(ids.tolist()),
        "experts": experts,
        "k": k,
        "trained_k": trained_k,
        "capacity": capacity,
        "steps": steps,
        "coefficient": coefficient,
        "bias_rate": bias_rate,
        "router_rate": router_rate,
        "seed": seed,
        "einsum": walked(ids, seed),
    }
    yield from _trained(about, ids, setting, strength)


def _trained(
    about: Drawn, ids: Int[Tensor, " token"], setting: Setting, strength: Strength
) -> Iterator[Event | Drawn]:
    """The runs in step with one another, and a picture now and then."""
    steps, seed = about["steps"], about["seed"]
    random = torch.Generator().manual_seed(seed)
    held = rows_of(corpus("test", seed, CORPUS // 10), HELD, random)
    runs = begun(about["experts"], about["trained_k"], seed, strength)
    first = _router(START, runs[0], ids, held, setting)
    curves: dict[str, list[Drawn]] = {run.rule: [] for run in runs}
    stream = corpus("train", seed, CORPUS)
    for step in range(steps + 1):
        if _is_shown(step, steps):
            for run in runs:
                curves[run.rule].append(_standing(run, held))
            routers = [_router(run.rule, run, ids, held, setting) for run in runs]
            yield about | {
                "step": step,
                "held": held[:, 1:].numel(),
                "runs": [{"rule": rule, "curve": [*curve]} for rule, curve in curves.items()],
                "routers": [first, *routers] if step else [first],
            }
        if step % OFTEN == 0:
            yield Progress("training the routers", step, steps, "items")
        if step < steps:
            rows = rows_of(stream, BATCH, random)
            for run in runs:
                advance(run, rows, strength)


def _is_shown(step: int, steps: int) -> bool:
    every = max(1, steps // PICTURES)
    if step * EARLY < steps:
        every = max(1, every // DENSER)
    return step % every == 0 or step == steps


@torch.no_grad()
def _router(
    of: str,
    run: Run,
    ids: Int[Tensor, " token"],
    held: Int[Tensor, "row byte"],
    setting: Setting,
) -> Drawn:
    """What the gates make of the text by this run's router."""
    scores, other = run.model.scores(ids[None]), run.model.scores(held[:, :-1])
    return {"of": of, **side_by_side(scores, other, ids, setting)}


def _standing(run: Run, held: Int[Tensor, "row byte"]) -> dict[str, Any]:
    """How the run stands after so many steps."""
    found = standing(run, held)
    return {
        "step": run.steps,
        "nats": round(found.nats, 4),
        "balance": round(found.balance, 4),
        "z": round(found.z, 3),
        "entropy": round(load.entropy(found.counts), 4),
        "silent": len(load.silent(found.counts)),
        "shares": [round(share, 4) for share in load.shares(found.counts)],
    }
