"""Three losses for one gate and its experts, trained side by side on a problem that falls in parts.

Experts and gate are linear, so that each expert is a straight line and the gate parts the input by
straight borders. All three start from the same numbers and take the same steps: gradient descent
with momentum, by the gradients of `fusionlab.experts.local`. Jacobs et al. 1991.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.errors import FusionError
from fusionlab.events import Event, Progress
from fusionlab.experts.local import (
    LOSSES,
    PAPER,
    LocalLoss,
    blended,
    gradients,
    losses,
    squares,
)
from fusionlab.registry import Drawn, Group, study

Problem = Literal["zigzag", "clusters"]
CASES = 160
PICTURES = 120
"""Of a whole training."""
MOMENTUM = 0.9
START = 0.3
"""Standard deviation of the first weights."""
STRETCH = 3.0
"""Inputs lie within ±1; for experts and gate they are stretched, as a gate's border is then sharper
at the same weights."""
KNOTS = ((-1.0, -3.0), (-0.5, 3.0), (0.0, -1.8), (0.45, 2.7), (1.0, -3.0))
NOISE = 0.3
"""Standard deviation of a target; the likelihood takes it for 1."""
CENTRES = ((-0.55, 0.5), (0.5, 0.6), (-0.5, -0.6), (0.55, -0.5))
CLASSES = (3.0, -3.0, -3.0, 3.0)
SPREAD = 0.16
GRID = {"zigzag": 96, "clusters": 28}
"""Places of a side at which the gate is asked for the picture."""
USED = 0.02
"""Share of the cases from which an expert that the gate prefers for them counts as used."""


@dataclass(slots=True)
class _Run:
    """One gate and its experts, under one loss."""

    loss: LocalLoss
    experts: Float[Tensor, "expert feature"]
    gate: Float[Tensor, "expert feature"]
    moving: tuple[Tensor, Tensor]
    """The momentum of both."""
    curve: list[list[float]]
    """Step, the error of all together, and of the preferred expert alone."""

    def said(self, features: Float[Tensor, "case feature"]) -> tuple[Tensor, Tensor]:
        """Outputs [case expert 1] and gate probabilities [case expert]."""
        outputs = (features @ self.experts.T)[:, :, None]
        return outputs, torch.softmax(features @ self.gate.T, dim=1)

    def step(
        self, features: Float[Tensor, "case feature"], targets: Float[Tensor, "case 1"], rate: float
    ) -> None:
        """One step down the mean loss of all cases."""
        of_outputs, of_logits = gradients(self.loss, targets, *self.said(features))
        cases = len(features)
        found = (of_outputs[:, :, 0].T @ features / cases, of_logits.T @ features / cases)
        for weights, moving, gradient in zip(
            (self.experts, self.gate), self.moving, found, strict=True
        ):
            moving.mul_(MOMENTUM).add_(gradient)
            weights.sub_(rate * moving)


@study("local-experts", paper=PAPER)
def local_experts(
    *,
    problem: Annotated[
        Problem,
        Group("basic"),
        Field(description="what is learned: a zigzag on a line, or two classes in four clusters"),
    ] = "zigzag",
    experts: Annotated[int, Field(ge=2, le=8, description="how many experts there are")] = 4,
    steps: Annotated[int, Field(ge=20, le=10_000, description="how long they are trained")] = 3_000,
    learning_rate: Annotated[
        float, Group("expert"), Field(gt=0, le=0.2, description="how far each step goes")
    ] = 0.05,
    seed: Annotated[int, Field(ge=0, le=9_999, description="of the data and the start")] = 0,
) -> Iterator[Event | Drawn]:
    """Train a gate and its experts by the three losses of 1991, and watch a problem be divided."""
    random = torch.Generator().manual_seed(seed)
    inputs, targets = cases(problem, random)
    features = _features(inputs)
    runs = _started(experts, features.shape[1], random)
    about: Drawn = {
        "problem": problem,
        "experts": experts,
        "steps": steps,
        "rate": learning_rate,
        "seed": seed,
        "points": _plain(torch.cat([inputs, targets], dim=1)),
    }
    every = max(1, steps // PICTURES)
    for step in range(steps + 1):
        if step % every == 0 or step == steps:
            yield Progress("dividing the problem", step, steps, "items")
            yield about | {
                "step": step,
                "runs": [_drawn(run, step, problem, features, targets) for run in runs],
            }
        if step < steps:
            for run in runs:
                run.step(features, targets, learning_rate)


def cases(
    problem: Problem, random: torch.Generator
) -> tuple[Float[Tensor, "case dim"], Float[Tensor, "case 1"]]:
    """Inputs within about ±1 and their targets: on a line, or in the plane."""
    if problem == "zigzag":
        inputs = torch.rand(CASES, 1, generator=random) * 2 - 1
        exact = sum(
            (_ramp(inputs, left, right) for left, right in pairwise(KNOTS)),
            start=torch.full_like(inputs, KNOTS[0][1]),
        )
        return inputs, exact + NOISE * torch.randn(CASES, 1, generator=random)
    places = torch.arange(CASES) % len(CENTRES)
    spread = SPREAD * torch.randn(CASES, 2, generator=random)
    return torch.tensor(CENTRES)[places] + spread, torch.tensor(CLASSES)[places][:, None]


def _ramp(x: Tensor, left: tuple[float, float], right: tuple[float, float]) -> Tensor:
    """How far the line between two knots has risen at x."""
    share = ((x - left[0]) / (right[0] - left[0])).clamp(0, 1)
    return share * (right[1] - left[1])


def _features(inputs: Float[Tensor, "case dim"]) -> Float[Tensor, "case feature"]:
    return torch.cat([STRETCH * inputs, torch.ones(len(inputs), 1)], dim=1)


def _started(experts: int, features: int, random: torch.Generator) -> list[_Run]:
    """A run under each loss, all with the same first weights."""
    first = [START * torch.randn(experts, features, generator=random) for _ in range(2)]
    return [
        _Run(
            loss,
            first[0].clone(),
            first[1].clone(),
            (torch.zeros_like(first[0]), torch.zeros_like(first[1])),
            [],
        )
        for loss in LOSSES
    ]


def _drawn(
    run: _Run,
    step: int,
    problem: Problem,
    features: Float[Tensor, "case feature"],
    targets: Float[Tensor, "case 1"],
) -> Drawn:
    """How the run stands; raises FusionError where its numbers have grown without bounds."""
    outputs, probs = run.said(features)
    if not outputs.isfinite().all():
        raise FusionError("local-experts-diverged")
    chosen = probs.argmax(dim=1)
    counts = torch.bincount(chosen, minlength=probs.shape[1])
    together = (targets - blended(outputs, probs)).square().sum(1).mean().item()
    alone = squares(targets, outputs).gather(1, chosen[:, None]).mean().item()
    run.curve.append([step, _round(together), _round(alone)])
    shares = counts / len(targets)
    return {
        "loss": run.loss,
        "value": _round(losses(run.loss, targets, outputs, probs).mean().item()),
        "together": _round(together),
        "alone": _round(alone),
        "entropy": _round(torch.special.entr(probs).sum(1).mean().item()),
        "shares": _plain(shares),
        "used": int((shares >= USED).sum()),
        "curve": [*run.curve],
        "lines": _plain(_in_inputs(run.experts)),
        **_regions(run, problem),
    }


def _in_inputs(weights: Float[Tensor, "expert feature"]) -> Float[Tensor, "expert feature"]:
    """The same weights for inputs that are not stretched; the last is the constant."""
    return torch.cat([STRETCH * weights[:, :-1], weights[:, -1:]], dim=1)


def _regions(run: _Run, problem: Problem) -> Drawn:
    """Whom the gate prefers at each place of a grid, how surely, and what all say together there.

    In the plane places go row by row, from the least of both coordinates.
    """
    side = torch.linspace(-1, 1, GRID[problem])
    places = side[:, None] if problem == "zigzag" else torch.cartesian_prod(side, side).flip(1)
    outputs, probs = run.said(_features(places))
    sure, chosen = probs.max(dim=1)
    said = blended(outputs, probs)[:, 0]
    return {"chosen": chosen.tolist(), "sure": _plain(sure), "said": _plain(said)}


def _plain(values: Tensor) -> Any:
    """The numbers as lists, with three decimals."""
    return (values.double() * 1000).round().div(1000).tolist()


def _round(value: float) -> float:
    return float(f"{value:.4g}")
