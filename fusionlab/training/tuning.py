"""A model goes on learning: more text, answers, or which of two answers is the better one.

What is learned comes from `records`, how it is read from `encoding`, in which rows from `packing`;
the steps are those of the one training loop. The reference of DPO is the model as training began:
what it gives the answers is found once, before the first step, and kept in the work folder.
"""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.events import Event, LayerLoad, Progress, Sample, Solved, StepTrained, Warned
from fusionlab.sources import store
from fusionlab.training import together
from fusionlab.training.columns import Objective
from fusionlab.training.encoding import Example, Unit, encoded
from fusionlab.training.log import LOG, logged
from fusionlab.training.loop import CHECKPOINT, Draw, Loss, Plan, Stop, train
from fusionlab.training.losses import (
    Batch,
    answer_logprobs,
    answer_loss,
    margins,
    preference_loss,
)
from fusionlab.training.packing import Course, Row, collated, leaks, packed, split
from fusionlab.training.precision import Precision, computed_in, reading
from fusionlab.training.records import Records
from fusionlab.writing import putting

REFERENCE = "reference.safetensors"
"""How the reference's log-probabilities are called in a work folder."""
CHECKS = 10
"""How often, at most, the held-out part is read, besides before the first step."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """All that decides what is learned, but for the model and the data."""

    objective: Objective
    schedule: Plan
    batch: int
    """Units in each part of a step."""
    accumulate: int
    """Parts of a step."""
    length: int
    """Tokens of a row, at most."""
    beta: float
    """Of DPO: how much a change against the reference counts."""
    held_out: float
    """The share that is not learned."""
    precision: Precision

    @property
    def drawn(self) -> int:
        """Units in each step."""
        return self.batch * self.accumulate


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a model is trained on, ready to be drawn."""

    units: tuple[tuple[Row, ...], ...]
    """What is drawn as one: a row, or those of a preferred answer and the other one."""
    held_out: tuple[tuple[Row, ...], ...]
    records: int
    left_out: int
    """Records that are longer than may be."""
    unknown: int
    """Tokens that stand for what the tokenizer does not know."""

    @property
    def tokens(self) -> int:
        """Of all that is learned from."""
        return sum(_tokens(unit) for unit in self.units)

    @property
    def examples(self) -> int:
        """Pieces, conversations or pairs that are learned from."""
        pairs = any(len(unit) > 1 for unit in self.units)
        return len(self.units) if pairs else sum(len(row) for (row,) in self.units)

    @property
    def kept(self) -> int:
        """The same of those that are held out."""
        return len(self.held_out)


def lessons(
    records: Records, tokenizer: Any, name: str, objective: Objective, length: int, share: float
) -> Lessons:
    """The records as lessons for a model of this tokenizer; raises what `encoded` raises."""
    found = encoded(records, tokenizer, name, length)
    learned, held_out = split(found.units, share)
    return Lessons(
        tuple(_rows(learned, objective, length)),
        tuple(tuple((each,) for each in unit) for unit in held_out),
        found.records,
        found.left_out,
        found.unknown,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training came to, besides the model."""

    step: int
    """The last that was taken; fewer than were planned after a `Stop`."""
    before: float | None
    """What the held-out part lost before the first step, in nats per byte."""
    preferred: float | None
    """Of held-out pairs the share whose preferred answer gained more than the other one."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """What is learned at each step, where it is not what the lessons say by themselves."""

    draw: Callable[[Course, torch.Generator, int], Batch]
    loss_of: Loss
    loads: Callable[[], tuple[LayerLoad, ...]] = tuple
    """How routers shared out the tokens of the step that was taken last; nothing where it is not
    to be told."""


class Heard(Protocol):
    """Somebody who asks a model in training what it says, and changes nothing by that."""

    def heard(self, model: Any, step: int) -> tuple[Sample, ...]:
        """What the model, in evaluation mode, says after so many steps."""
        ...


class Examines(Protocol):
    """Somebody who asks a model in training questions with answers, and changes nothing by that."""

    def solved(self, model: Any, step: int) -> Solved:
        """What the model, in evaluation mode, answers right after so many steps."""
        ...


@dataclass(frozen=True, slots=True)
class Company:
    """Who asks the model before the first step, and as often as the held-out part is read."""

    sampler: Heard | None = None
    examiner: Examines | None = None


ALONE = Company()


def tuned(
    model: Any,
    found: Lessons,
    tuning: Tuning,
    pad: int,
    work: Path,
    name: str,
    company: Company = ALONE,
    teaching: Teaching | None = None,
) -> Generator[Event, None, Outcome]:
    """The steps of training, after which the model is trained and in evaluation mode.

    `work` holds what a killed training goes on from. Raises what `train` raises.
    """
    schedule = tuning.schedule
    course = Course(found.units, tuning.drawn, schedule.seed, pad)
    if any(len(row) > 1 for unit in found.units for row in unit) and leaks(model, pad):
        yield Warned.of("train-pieces-leak", name=name)
    if tuning.objective == "prefer":
        course.reference = yield from _reference(model, course, tuning, work, name)
    if together.rank() and not together.is_sharded(model):
        yield from _looped(model, course, tuning, work, teaching)
        return Outcome(tuning.schedule.steps, None, None)
    before = nats_per_byte(model, found.held_out, tuning, pad)
    kept = _held_out_pairs(model, found, tuning, pad)
    step = yield from _steps(model, course, found, tuning, work, name, company, teaching)
    return Outcome(step, before, _preferred(model, kept, tuning))


def _steps(
    model: Any,
    course: Course,
    found: Lessons,
    tuning: Tuning,
    work: Path,
    name: str,
    company: Company,
    teaching: Teaching | None,
) -> Generator[Event, None, int]:
    """The steps; returns the last one."""
    schedule = tuning.schedule
    steps = _looped(model, course, tuning, work, teaching)
    fresh = not (work / CHECKPOINT).exists()
    began = _asked(model, company, tuning, 0) if fresh else NOTHING
    told = _loaded(steps, teaching)
    read = _checked(told, model, found, tuning, course.pad, company, began)
    last = schedule.steps
    if together.rank():
        yield from read
        return last
    try:
        for event in logged(read, work / LOG, schedule.steps, name):
            last = event.step if isinstance(event, StepTrained) else int(event.done)
            yield event
    except Stop:
        with suppress(Stop):
            steps.throw(Stop())
    return last


def _learning(course: Course, tuning: Tuning, teaching: Teaching | None) -> tuple[Draw, Loss]:
    """How a step's batch is drawn, and what it loses."""
    if teaching is not None:
        return partial(teaching.draw, course), teaching.loss_of
    if tuning.objective == "prefer":
        return course.draw, partial(preference_loss, beta=tuning.beta)
    return course.draw, answer_loss


def _looped(
    model: Any, course: Course, tuning: Tuning, work: Path, teaching: Teaching | None
) -> Generator[StepTrained, None, None]:
    """The steps of the training loop."""
    draw, loss_of = _learning(course, tuning, teaching)
    return train(
        model,
        tuning.schedule,
        draw,
        checkpoint=work / CHECKPOINT,
        every=checkpoint_interval(tuning.schedule.steps),
        loss_of=loss_of,
        accumulate=tuning.accumulate,
        computed_in=computed_in(tuning.precision),
    )


def checkpoint_interval(steps: int) -> int:
    """The number of steps after which a checkpoint is written."""
    return max(1, min(100, steps // 10))


@torch.no_grad()
def nats_per_byte(
    model: Any, units: Sequence[Sequence[Row]], tuning: Tuning, pad: int
) -> float | None:
    """What the model loses on each byte of the answers, or of the text; of pairs, on the preferred.

    None where nothing is held out or the loss is no number.
    """
    rows = [unit[0] for unit in units]
    size = sum(each.bytes for row in rows for each in row)
    if not size:
        return None
    lost = 0.0
    with reading(model, tuning.precision):
        for batch in _batches(rows, tuning.batch, pad):
            lost -= float(answer_logprobs(model, batch.to(model.device)).double().sum())
    return lost / size if math.isfinite(lost) else None


def _rows(units: Sequence[Unit], objective: Objective, length: int) -> Iterator[tuple[Row, ...]]:
    """Pieces of text packed; every conversation and answer in a row of its own."""
    if objective == "continue":
        yield from ((row,) for row in packed([piece for (piece,) in units], length))
    else:
        yield from (tuple((each,) for each in unit) for unit in units)


Told = tuple[tuple[Sample, ...], tuple[Solved, ...]]
"""What a model says, and what it answers right."""
NOTHING: Told = ((), ())


def _checked(
    steps: Iterator[StepTrained],
    model: Any,
    found: Lessons,
    tuning: Tuning,
    pad: int,
    company: Company,
    began: Told,
) -> Iterator[StepTrained]:
    """The steps, some of them with what the held-out part loses after them, and what is said.

    The first has also what the model said before it.
    """
    total = tuning.schedule.steps
    every = max(1, math.ceil(total / CHECKS))
    for event in steps:
        said, solved = began if event.step == 1 else NOTHING
        told = replace(event, samples=said, solved=solved)
        if event.step % every and event.step != total:
            yield told
            continue
        more, right = _asked(model, company, tuning, event.step)
        held_out = nats_per_byte(model, found.held_out, tuning, pad)
        yield replace(told, held_out=held_out, samples=(*said, *more), solved=(*solved, *right))


def _loaded(steps: Iterator[StepTrained], teaching: Teaching | None) -> Iterator[StepTrained]:
    """The steps, some of them with how routers shared out their tokens."""
    for event in steps:
        loads = teaching.loads() if teaching else ()
        yield replace(event, loads=loads) if loads else event


def _asked(model: Any, company: Company, tuning: Tuning, step: int) -> Told:
    """What the model says and solves after so many steps; nothing where nobody asks."""
    sampler, examiner = company.sampler, company.examiner
    with reading(model, tuning.precision):
        said = sampler.heard(model, step) if sampler else ()
        return said, (examiner.solved(model, step),) if examiner else ()


def _reference(
    model: Any, course: Course, tuning: Tuning, work: Path, name: str
) -> Generator[Event, None, Float[Tensor, "unit 2"]]:
    """Of each pair that will be drawn, what the model gives its answers before it is trained."""
    from safetensors.torch import load_file, save_file

    file = work / REFERENCE
    if file.exists():
        known: Tensor = load_file(file)["reference"]
        return known
    found = torch.zeros(len(course.units), 2)
    drawn = course.numbers(tuning.schedule.steps)
    for start in range(0, len(drawn), tuning.batch):
        yield Progress(f"evaluating {name}", start, len(drawn), "items")
        some = drawn[start : start + tuning.batch]
        batch = collated([row for number in some for row in course.units[number]], course.pad)
        found[some] = _said(model, batch, tuning).view(-1, 2)
    if not together.rank():
        with store.saving(work), putting(file) as part:
            save_file({"reference": found}, part)
    return found


def _held_out_pairs(model: Any, found: Lessons, tuning: Tuning, pad: int) -> list[Batch]:
    """The held-out pairs, with what the model gives them before it is trained."""
    if tuning.objective != "prefer":
        return []
    batches = []
    for start in range(0, len(found.held_out), tuning.batch):
        some = found.held_out[start : start + tuning.batch]
        batch = collated([row for unit in some for row in unit], pad)
        batches.append(replace(batch, reference=_said(model, batch, tuning)))
    return batches


@torch.no_grad()
def _preferred(model: Any, batches: Sequence[Batch], tuning: Tuning) -> float | None:
    """Of these pairs the share whose first answer gained more than the other one."""
    with reading(model, tuning.precision):
        gained = [margins(model, batch.to(model.device)) for batch in batches]
    return float((torch.cat(gained) > 0).float().mean()) if gained else None


@torch.no_grad()
def _said(model: Any, batch: Batch, tuning: Tuning) -> Float[Tensor, " row"]:
    """What the model gives the answers of the rows."""
    with reading(model, tuning.precision):
        return answer_logprobs(model, batch.to(model.device)).float().cpu()


def _batches(rows: Sequence[Row], size: int, pad: int) -> Iterator[Batch]:
    ordered: list[Row] = sorted(rows, key=_length)
    for start in range(0, len(ordered), size):
        yield collated(ordered[start : start + size], pad)


def _length(row: Sequence[Example]) -> int:
    return sum(len(each.ids) for each in row)


def _tokens(unit: Sequence[Row]) -> int:
    return sum(map(_length, unit))
