"""A target learns from its sources: what is planned, and how it is carried out."""

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch

from fusionlab.builders.fusing.asking import Asked
from fusionlab.builders.fusing.distilled import written
from fusionlab.builders.fusing.lessons import (
    Found,
    expectations,
    fingerprint_of,
    known_of,
    learned_from,
    material,
    readings_of,
    sources_had,
)
from fusionlab.builders.learning.quiz import examiner_for
from fusionlab.builders.learning.trained import (
    FORMAT,
    Training,
    is_shipped,
    learner,
    padding,
    weights_of,
)
from fusionlab.distil.fusing import Alignment, Fused, Fusing, Rule, Teacher, fuse, fused_in
from fusionlab.distil.fusion import FusionRule
from fusionlab.distil.teaching import draw, fused_loss, plain_loss, sorted_loss
from fusionlab.errors import RecipeError
from fusionlab.events import Event
from fusionlab.making import Making, Order, made
from fusionlab.registry import Plan
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.tokens.maps import MapRule, token_map
from fusionlab.training import together
from fusionlab.training.packing import Course
from fusionlab.training.precision import computed_in
from fusionlab.training.tuning import Company, Outcome, Teaching, tuned
from fusionlab.weights.opened import Opened, fetched

Objective = Literal["fused", "clm", "plain", "uld"]
"""FuseLLM, the text alone, one teacher with the same vocabulary, or one with any."""


@dataclass(frozen=True, slots=True)
class Distilling:
    """What a target learns, from whom, and how."""

    training: Training
    """Of the target."""
    sources: tuple[str, ...]
    tokenizers: tuple[str, ...]
    """Of each source: the model whose tokenizer its server has; empty where it has its own."""
    objective: Objective
    clm_share: float
    """λ."""
    rule: FusionRule
    map: MapRule
    align: Alignment
    n_top: int
    temperature: float
    """Of plain distillation."""
    blocks: int
    """Blocks of text, or conversations, that are learned from."""
    cached: int
    """Bytes of what is stored of the sources, and of the target."""
    fused: int
    """Bytes of the fused distributions, as long as the training takes."""
    exact: tuple[float, ...]
    """Of each source's vocabulary the share that the target has, byte for byte."""


def execute(plan: Plan[Distilling], shelf: Path | None = None) -> Making:
    """The steps of what is planned; returns the new model's folder, or the adapter's.

    `Stop`, thrown in between two steps, ends the training there, as that of the builder `train`
    does. Raises RecipeError where the plan is refused, another model has its id, the data are
    others by now or the loss is no number; SourceError where a model cannot be had or a file cannot
    be written; MemberError where a source fails. What it has stored by then stays.
    """
    plan.check()
    with ExitStack() as answering:
        return (yield from _execute(plan, shelf, answering))


def _execute(plan: Plan[Distilling], shelf: Path | None, answering: ExitStack) -> Making:
    """The same; sources that are asked answer until `answering` is closed."""
    details = plan.details
    training = details.training
    if training.rank and is_shipped(plan.id):
        raise RecipeError("train-adapter-name-taken", id=plan.id)
    target = yield from fetched(training.source)
    sources = yield from sources_had(details.sources, answering, details.tokenizers, details.n_top)
    if together.rank():
        work = together.shared_folder()
        if work is not None:
            yield from _work(plan, target, sources, answering, work)
        return work or Path()
    begun: list[Path] = []
    order = Order(
        plan,
        (yield from _made_by(details, [target, *sources])),
        work=partial(_led, plan, target, sources, answering, begun),
        write=partial(written, plan, target, sources),
        base=weights_of(target) if training.rank else {},
    )
    try:
        return (yield from made(order, shelf))
    finally:
        if not begun:
            together.shared_folder()  # nothing is left to do for the others


def _made_by(details: Distilling, models: Sequence[Opened | Asked]) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    told = asdict(details)
    training = told.pop("training")
    for name in ("cached", "fused", "exact", "sources", "tokenizers"):
        del told[name]
    precision = str(computed_in(details.training.tuning.precision))
    tuning = {**training["tuning"], "precision": precision}
    prints = []
    for each in models:
        print_ = yield from fingerprint_of(each)
        prints.append(print_)
    rest = [training["sha256"], training["rank"], training["alpha"], prints]
    whole = ["distil", FORMAT, told, tuning, *rest]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


Result = tuple[Any, Outcome, Sequence[dict[str, float]]]
"""The trained model, what the training came to, and what came of each source."""


def _led(
    plan: Plan[Distilling],
    target: Opened,
    sources: Sequence[Opened | Asked],
    answering: ExitStack,
    begun: list[Path],
    work: Path,
) -> Generator[Event, None, Result]:
    """The same as `_work`, in which the processes that follow this one take part."""
    found = _found(plan.details, target, sources)
    fused = yield from _prepared(plan.details, target, sources, found, work)
    answering.close()  # what they hold in memory is not needed any longer
    begun.append(work)
    together.shared_folder(work)
    return (yield from _learned(plan, target, sources, found, fused, work))


def _work(
    plan: Plan[Distilling],
    target: Opened,
    sources: Sequence[Opened | Asked],
    answering: ExitStack,
    work: Path,
) -> Generator[Event, None, Result]:
    """The training in a process that follows: what it learns stands in the work folder."""
    found = _found(plan.details, target, sources)
    answering.close()
    fused = fused_in(work, found.documents) if plan.details.cached else None
    return (yield from _learned(plan, target, sources, found, fused, work))


def _found(details: Distilling, target: Opened, sources: Sequence[Opened | Asked]) -> Found:
    """What was planned to be learned; raises RecipeError where the data are others by now."""
    training = details.training
    records, _ = material(training.data, training.questions)
    if records.sha256 != training.sha256:
        raise RecipeError("train-data-changed", file=records.name)
    tuning = training.tuning
    teachers = [known_of(each) for each in sources]
    return learned_from(records, known_of(target), teachers, tuning.length, tuning.held_out)


def _prepared(
    details: Distilling,
    target: Opened,
    sources: Sequence[Opened | Asked],
    found: Found,
    work: Path,
) -> Generator[Event, None, Fused | None]:
    """What the target learns of its sources, stored, mapped, aligned and fused."""
    if not details.cached:
        return None
    known = known_of(target)
    teachers = []
    for each in sources:
        source = known_of(each)
        readings = readings_of(source, found.documents)
        made_by = yield from fingerprint_of(each)
        kept = yield from expectations(source, made_by, readings, details.n_top)
        mapping = token_map(source.vocabulary, known.vocabulary, details.map)
        teachers.append(
            Teacher(source.name, source.vocabulary, readings, kept, torch.from_numpy(mapping))
        )
    own = None
    if details.objective == "fused":
        readings = [each.reading for each in found.documents]
        own = yield from expectations(
            known, (yield from fingerprint_of(target)), readings, details.n_top
        )
    rule: Rule = "uld" if details.objective == "uld" else details.rule
    fusing = Fusing(
        found.documents,
        known.vocabulary,
        known.name,
        teachers,
        own,
        rule,
        details.align,
        details.n_top,
    )
    return (yield from fuse(fusing, work))


def _learned(
    plan: Plan[Distilling],
    target: Opened,
    sources: Sequence[Opened | Asked],
    found: Found,
    fused: Fused | None,
    work: Path,
) -> Generator[Event, None, Result]:
    details = plan.details
    training = details.training
    teaching = _teaching(details, sources, fused)
    model = learner(training, target)
    tokenizer = open_tokenizer(target.folder)
    examiner = examiner_for(training.quiz, tokenizer, target.ref, adapted=bool(training.rank))
    company, pad = Company(None, examiner), padding(tokenizer)
    outcome = yield from tuned(
        model, found.lessons, training.tuning, pad, work, plan.id, company, teaching
    )
    return model, outcome, fused.told if fused else ()


def _teaching(
    details: Distilling, sources: Sequence[Opened | Asked], fused: Fused | None
) -> Teaching | None:
    """What is learned at each step; None where it is the text alone."""
    share = details.clm_share
    first = sources[0]
    if details.objective == "plain" and share < 1 and isinstance(first, Opened):
        teacher = open_model(first.folder, dtype=torch.float32).eval()
        if torch.cuda.is_available():
            teacher = teacher.to("cuda")
        told = {"teacher": teacher, "clm_share": share, "temperature": details.temperature}
        return Teaching(Course.draw, partial(plain_loss, **told))
    if fused is None:
        return None
    loss = sorted_loss if details.objective == "uld" else fused_loss
    return Teaching(partial(draw, fused), partial(loss, clm_share=share))
