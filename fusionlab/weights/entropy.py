"""AdaMerging: how much of each task vector is added is learned from text without right answers.

    θ(s) = θ₀ + Σ (λ wₖ + sₖ) δₖ,   s = argmin E[H(p(· | x; θ(s)))]

the mean over texts of that over their tokens, with one sₖ for each model (task-wise), or one for
each model and layer (layer-wise), by Adam from s = 0. Since ∂H/∂sₖ = Σ ⟨∂H/∂θ, δₖ⟩, one copy of the
model and its gradient are in memory; the task vectors are read from the files at every step. Those
of adapters are added beside the base instead: see `fusionlab.weights.blended`.
Yang et al. 2024, https://arxiv.org/abs/2310.02575.
"""

import json
import math
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError
from fusionlab.events import Progress
from fusionlab.reading import read_json, read_plain
from fusionlab.sources import store
from fusionlab.weights.blended import Blended, Moved, low_rank
from fusionlab.weights.checkpoint import is_finite
from fusionlab.weights.material import Material, Row, rows_of
from fusionlab.weights.opened import Opened
from fusionlab.weights.rule import seeded
from fusionlab.weights.statistics import as_many_threads, loaded
from fusionlab.writing import putting

STATE = "entropy.json"
"""How far learning has come, in the work folder."""
HELD_AGAINST = 32
"""Rows of each text by which the entropy before is compared with that after."""
EVERY = 10
"""Steps after which the state is written."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned, from what, and how."""

    base: Opened
    sources: tuple[Opened, ...]
    moved: tuple[Moved, ...]
    models: int
    groups: int
    materials: tuple[Material, ...]
    rows: int
    """Of each text, at most."""
    steps: int
    batch: int
    """Rows of each text that one step reads."""
    learning_rate: float
    seed: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it."""

    shifts: Float[Tensor, "model group"]
    curve: tuple[float, ...]
    """Nats a token over the rows of each step, before it was taken."""
    before: float
    """Nats a token over rows that are always the same."""
    after: float


def learned(lesson: Lesson, work: Path) -> Generator[Progress, None, Learned]:
    """The coefficients; goes on from the state in the work folder. Closing it frees the model.

    Raises RecipeError where a text is too short or the entropy is no number.
    """
    yield Progress("lowering entropy", 0, lesson.steps, "items")
    with closing(loaded(lesson.base)) as model:
        texts = [rows_of(model, each, lesson.rows) for each in lesson.materials]
        fixed = [rows[:HELD_AGAINST] for rows in texts]
        low = low_rank(lesson.base, lesson.sources, lesson.moved, model)
        merged = Blended(low, model) if low is not None else _Merged(lesson, model)
        shifts = torch.zeros(lesson.models, lesson.groups, dtype=torch.float64)
        optimiser = torch.optim.Adam([shifts], lr=lesson.learning_rate)
        merged.set(shifts)
        curve, before = _resumed(work, shifts, optimiser)
        before = before if curve else _entropy(model, fixed)
        for step in range(len(curve), lesson.steps):
            yield Progress("lowering entropy", step, lesson.steps, "items")
            with as_many_threads(model):
                merged.set(shifts)
                drawn = _drawn(lesson.seed, step, texts, lesson.batch)
                curve.append(_entropy(model, drawn, backward=True))
                shifts.grad = merged.gradient(shifts)
                _check(shifts.grad, model)
            optimiser.step()
            if (step + 1) % EVERY == 0 or step + 1 == lesson.steps:
                _keep(work, shifts, optimiser, curve, before)
        merged.set(shifts)
        after = _entropy(model, fixed)
        yield Progress("lowering entropy", lesson.steps, lesson.steps, "items")
    return Learned(shifts, tuple(curve), before, after)


class _Merged:
    """The model whose parameters are set to θ(s)."""

    def __init__(self, lesson: Lesson, model: TransformersModel) -> None:
        parameters = dict(model.module.named_parameters())
        for parameter in parameters.values():
            parameter.requires_grad_(False)  # noqa: FBT003  it has no name
        stored = {
            name: parameters[own] for own, name in lesson.base.stored.items() if own in parameters
        }
        self._lesson = lesson
        self._moved = [(each, stored[each.name]) for each in lesson.moved if each.name in stored]
        for _, parameter in self._moved:
            parameter.requires_grad_()

    @torch.no_grad()
    def set(self, shifts: Float[Tensor, "model group"]) -> None:
        """The parameters are θ(s)."""
        for moved, parameter in self._moved:
            base = self._base(moved)
            total = base.clone()
            for number, begun in enumerate(moved.begun):
                share = begun + float(shifts[number, moved.group])
                total.add_(self._delta(moved, number, base), alpha=share)
            parameter.copy_(total)

    @torch.no_grad()
    def gradient(self, shifts: Float[Tensor, "model group"]) -> Float[Tensor, "model group"]:
        """∂H/∂s of what was read since the parameters were set; their own gradients are let go."""
        found = torch.zeros_like(shifts)
        for moved, parameter in self._moved:
            if parameter.grad is None:
                continue
            own = parameter.grad.cpu()
            base = self._base(moved)
            for number in range(len(moved.places)):
                delta = self._delta(moved, number, base)
                found[number, moved.group] += float((own * delta).sum(dtype=torch.float64))
            parameter.grad = None
        return found

    def _base(self, moved: Moved) -> Tensor:
        return self._lesson.base.weights.read(moved.name).float()

    def _delta(self, moved: Moved, number: int, base: Tensor) -> Tensor:
        place = moved.places[number]
        own = self._lesson.sources[place.source].weights.read(place.name)
        return own.float() - base


def _entropy(
    model: TransformersModel, texts: Sequence[Sequence[Row]], *, backward: bool = False
) -> float:
    """The mean over texts of the mean over their predicted tokens, in nats."""
    found = []
    for rows in texts:
        with torch.set_grad_enabled(backward):
            mean = _mean(model, rows)
        if not math.isfinite(mean.item()):
            raise RecipeError("merge-data-no-numbers", source=model.spec.id)
        if backward:
            (mean / len(texts)).backward()  # type: ignore[no-untyped-call]
        found.append(mean.item())
    return sum(found) / len(found)


def _check(gradient: Float[Tensor, "model group"], model: TransformersModel) -> None:
    if not is_finite(gradient):
        raise RecipeError("merge-data-no-numbers", source=model.spec.id)


def _mean(model: TransformersModel, rows: Sequence[Row]) -> Float[Tensor, ""]:
    """The mean entropy of the model's predictions of the rows' tokens."""
    width = max(len(row.ids) for row in rows)
    # What a causal model says of a token does not depend on what fills the row up behind it.
    ids = torch.tensor([[*row.ids, *row.ids[-1:] * (width - len(row.ids))] for row in rows])
    logits = model.model(input_ids=ids.to(model.model.device), use_cache=False).logits
    said = [each[row.first - 1 : len(row.ids) - 1] for each, row in zip(logits, rows, strict=True)]
    logprobs = torch.cat(said).float().log_softmax(dim=-1)
    return -(logprobs.exp() * logprobs).sum(dim=-1).mean()


def _drawn(seed: int, step: int, texts: Sequence[Sequence[Row]], batch: int) -> list[list[Row]]:
    """Rows of each text for this step: the same whenever it is taken."""
    generator = seeded(seed, f"rows of step {step}")
    orders = [torch.randperm(len(rows), generator=generator)[:batch].tolist() for rows in texts]
    return [[rows[at] for at in order] for rows, order in zip(texts, orders, strict=True)]


def _keep(
    work: Path,
    shifts: Float[Tensor, "model group"],
    optimiser: torch.optim.Adam,
    curve: Sequence[float],
    before: float,
) -> None:
    moments = {name: each.tolist() for name, each in optimiser.state[shifts].items()}
    state = {"shifts": shifts.tolist(), "moments": moments, "curve": curve, "before": before}
    with store.saving(work), putting(work / STATE) as part:
        part.write_text(json.dumps(state, allow_nan=False), encoding="utf-8")


def _resumed(
    work: Path, shifts: Float[Tensor, "model group"], optimiser: torch.optim.Adam
) -> tuple[list[float], float]:
    """The curve so far, and the entropy before; shifts and optimiser stand as they did."""
    try:
        state = read_json(read_plain(work / STATE))
    except (OSError, ValueError):
        return [], 0.0
    shifts.copy_(torch.tensor(state["shifts"], dtype=shifts.dtype))
    for name, value in state["moments"].items():
        dtype = torch.float32 if name == "step" else shifts.dtype
        optimiser.state[shifts][name] = torch.tensor(value, dtype=dtype)
    return list(state["curve"]), float(state["before"])
