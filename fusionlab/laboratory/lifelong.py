"""Lifelong learning: the same tasks, one after another, learned in every way from the same start.

Every way starts from one model that has learned other tasks, and is then taught the tasks of the
sequence. After each, every task is asked: the rows of R (`fusionlab.experts.lifelong`). The model
of hard-routed groups is afterwards taken apart: one domain's sub-model is extracted and compared
bit by bit, and a group for a further domain is appended.
"""

import random
from collections.abc import Generator, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

import torch
from pydantic import Field

from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress
from fusionlab.experts.groups import GroupedModel, GroupedShape, group_weights
from fusionlab.experts.lifelong import (
    FORGOTTEN,
    TRANSFERRED,
    Measured,
    accuracy,
    at_least,
    at_most,
    backward_transfer,
    forgetting,
    forward_transfer,
    over_seeds,
)
from fusionlab.experts.remembering import answer_loss
from fusionlab.laboratory.questions import CONTEXT, VOCAB, Batch, batch_of, drawn, questions, score
from fusionlab.laboratory.ways import WAYS, Learner, Strength, Way, learn
from fusionlab.marks import Group, Listed
from fusionlab.registry import Drawn, study
from fusionlab.sources.opening import MODULES
from fusionlab.zoo.tasks import TASKS, get_task

START = "start"
"""The domain of the model that every way starts from."""
BATCH = 32
"""Problems in a step."""
RATE = 3e-3
"""AdamW's, at its highest."""
PROBES = 4
"""How often every task is asked while one is learned."""
SEVERAL = 2
"""Tasks without which nothing follows anything."""


@dataclass
class Course:
    """What one way has shown under one seed."""

    learner: Learner
    rows: list[list[float]] = field(default_factory=list)
    curve: list[tuple[int, list[float]]] = field(default_factory=list)
    """Scores on all tasks at a step of the whole sequence."""


@study("lifelong", paper="https://arxiv.org/abs/2305.12281")
def lifelong(
    *,
    tasks: Annotated[
        str,
        Group("basic"),
        Listed(),
        Field(title="Tasks", description="learned one after another; the start learns the others"),
    ] = "month count larger",
    steps: Annotated[
        int,
        Group("basic"),
        Field(ge=1, le=5000, title="Steps", description="of the optimiser for each task"),
    ] = 200,
    start_steps: Annotated[
        int,
        Group("rule"),
        Field(
            ge=1,
            le=5000,
            title="Steps before",
            description="in which the start learns the other tasks",
        ),
    ] = 400,
    seeds: Annotated[
        int,
        Group("rule"),
        Field(ge=1, le=10, title="Repetitions", description="over which the intervals are"),
    ] = 3,
    asked: Annotated[
        int, Group("rule"), Field(ge=1, le=1000, title="Questions", description="about each task")
    ] = 100,
    rehearsed: Annotated[
        float,
        Group("expert"),
        Field(gt=0, lt=1, title="Old problems", description="their share of a batch in rehearsal"),
    ] = 0.25,
    ewc: Annotated[
        float,
        Group("expert"),
        Field(ge=0, le=1e6, title="EWC", description="λ of the elastic penalty"),
    ] = 1e5,
    lwf: Annotated[
        float,
        Group("expert"),
        Field(ge=0, le=100, title="LwF", description="weight of the KL to the previous model"),
    ] = 1.0,
) -> Iterator[Event | Drawn]:
    """Teach one model several tasks in turn, in six ways, and see what each forgets."""
    sequence = checked_sequence(tasks)
    asks = {name: questions(name, asked) for name in sequence}
    others = [name for name in TASKS if name not in sequence and "," not in name]
    plan: Drawn = {
        "tasks": sequence,
        "start": others,
        "steps": steps,
        "seeds": seeds,
        "asked": {name: len(each.ids) for name, each in asks.items()},
        "bars": {"forgotten": FORGOTTEN, "transferred": TRANSFERRED},
    }
    courses: dict[str, list[Course]] = {}
    before: list[list[float]] = []
    parts: Drawn = {}
    yield {**plan, "parts": parts, "ways": []}
    for seed in range(seeds):
        start = yield from _started(others, seed, start_steps)
        before.append([score(start, name, asks[name]) for name in sequence])
        for way in WAYS.values():
            model = deepcopy(start)
            model.gated = way.gated
            rng = random.Random(seed + 1)  # noqa: S311  problems are no secrets
            learner = Learner(model, Strength(rehearsed, ewc, lwf), rng)
            course = Course(learner)
            courses.setdefault(way.name, []).append(course)
            for task in sequence:
                for _ in _taught(course, way, task, asks, steps):
                    yield {**plan, "parts": parts, "ways": _pictures(courses, before, start)}
            if way.told_domain and not parts:
                parts = taken_apart(model, asks, others[0])
        yield {**plan, "parts": parts, "ways": _pictures(courses, before, start)}


def checked_sequence(tasks: str) -> list[str]:
    """The names of known, different tasks, at least two; raises UnknownName or RecipeError."""
    names = tasks.split()
    for name in names:
        get_task(name)
        if names.count(name) > 1:
            raise RecipeError("lifelong-task-twice", task=name)
    if len(names) < SEVERAL:
        raise RecipeError("lifelong-one-task", count=len(names))
    if not [name for name in TASKS if name not in names and "," not in name]:
        raise RecipeError("lifelong-no-start")
    return names


def taken_apart(model: GroupedModel, asks: dict[str, Batch], new: str) -> Drawn:
    """What is left of the model with one domain alone, and after a further group: as measured."""
    submodels = [_extracted(model, name, batch) for name, batch in asks.items()]
    grown = deepcopy(model)
    held = group_weights(model, model.domains)
    grown.append(new)
    after = group_weights(grown, model.domains)
    return {
        "whole": model.sizes(),
        "submodels": submodels,
        "appended": {
            "domain": new,
            "sizes": grown.sizes(),
            "weights_equal": all(map(torch.equal, held, after)),
            "logits_equal": all(
                torch.equal(_logits(model, n, b), _logits(grown, n, b)) for n, b in asks.items()
            ),
        },
    }


def _extracted(model: GroupedModel, domain: str, batch: Batch) -> Drawn:
    small = model.extracted(domain)
    whole, alone = _logits(model, domain, batch), _logits(small, domain, batch)
    return {
        "domain": domain,
        "sizes": small.sizes(),
        "equal": torch.equal(whole, alone),
        "compared": whole.numel(),
    }


@torch.no_grad()
def _logits(model: GroupedModel, domain: str, batch: Batch) -> torch.Tensor:
    return model(batch.ids, domain)  # type: ignore[no-any-return]


def _started(names: Sequence[str], seed: int, steps: int) -> Generator[Event, None, GroupedModel]:
    """The model that has learned the other tasks all at once; returned."""
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(seed)
        model = GroupedModel(GroupedShape(VOCAB, CONTEXT, grouped_layers=2), START)
    rng = random.Random(seed)  # noqa: S311  problems are no secrets
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0)
    for step in range(steps):
        mixed = [p for n in rng.choices(names, k=BATCH) for p in drawn(n, rng, 1)]
        batch = batch_of(mixed)
        loss = answer_loss(model(batch.ids), batch.targets)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 20 == 0:
            yield Progress("training start", step, steps, "items")
    return model


def _taught(
    course: Course, way: Way, task: str, asks: dict[str, Batch], steps: int
) -> Iterator[None]:
    """The way learns the task; pauses whenever there are new scores."""
    learner = course.learner
    each = max(1, steps // PROBES)
    done = len(course.rows) * steps
    for step, _ in enumerate(learn(learner, way, task, steps=steps, batch=BATCH, rate=RATE), 1):
        if step % each == 0 and step < steps:
            course.curve.append((done + step, _scores(learner, asks)))
            yield
    course.rows.append(_scores(learner, asks))
    course.curve.append((done + steps, course.rows[-1]))
    yield


def _scores(learner: Learner, asks: dict[str, Batch]) -> list[float]:
    return [score(learner.model, name, batch) for name, batch in asks.items()]


def _pictures(
    courses: dict[str, list[Course]], before: list[list[float]], start: GroupedModel
) -> list[Drawn]:
    first = _size(start)
    return [_picture(name, seen, before, first) for name, seen in courses.items() if seen]


def _picture(name: str, seen: list[Course], before: list[list[float]], first: int) -> Drawn:
    """One way so far: means over the seeds that have come as far."""
    rows = max(len(course.rows) for course in seen)
    asked = len(before[0])
    drawn_: Drawn = {
        "way": name,
        "seeds": sum(len(course.rows) == asked for course in seen),
        "before": _means(before),
        "matrix": [_means([c.rows[i] for c in seen if len(c.rows) > i]) for i in range(rows)],
        "curve": _curve(seen),
    }
    whole = [(c, b) for c, b in zip(seen, before, strict=False) if len(c.rows) == asked]
    if whole:
        drawn_ |= _figures(name, whole, first)
    return drawn_


def _curve(seen: list[Course]) -> list[Drawn]:
    steps = sorted({step for course in seen for step, _ in course.curve})
    at = {s: [v for c in seen for step, v in c.curve if step == s] for s in steps}
    return [{"step": step, "scores": _means(values)} for step, values in at.items()]


def _figures(name: str, whole: list[tuple[Course, list[float]]], first: int) -> Drawn:
    learner = whole[0][0].learner
    figures = {
        "acc": over_seeds([accuracy(c.rows) for c, _ in whole]),
        "bwt": over_seeds([backward_transfer(c.rows) or 0.0 for c, _ in whole]),
        "fwt": over_seeds([forward_transfer(c.rows, b) or 0.0 for c, b in whole]),
        "forgetting": over_seeds([forgetting(c.rows) or 0.0 for c, _ in whole]),
    }
    costs = {
        "parameters": _size(learner.model),
        "growth": _size(learner.model) / first,
        "kept": learner.kept(),
        "stored": len(learner.reservoir),
        "again": learner.again / max(1, learner.again + learner.seen),
        "boundaries": learner.boundaries,
        "told": int(WAYS[name].told_domain),
    }
    return {
        "figures": {key: asdict(each) for key, each in figures.items()},
        "costs": costs,
        "properties": properties(figures, costs),
    }


def properties(figures: dict[str, Measured], costs: dict[str, Any]) -> dict[str, str]:
    """Which of the six properties of lifelong learning the figures show: yes, no or unclear."""
    return {
        "retention": at_most(figures["forgetting"], FORGOTTEN),
        "forward": at_least(figures["fwt"], TRANSFERRED),
        "backward": at_least(figures["bwt"], TRANSFERRED),
        "online": "no" if costs["again"] else "yes",
        "boundaries": "no" if costs["boundaries"] or costs["told"] else "yes",
        "capacity": "no" if costs["growth"] > 1 else "yes",
    }


def _size(model: GroupedModel) -> int:
    return sum(model.sizes().values())


def _means(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]
