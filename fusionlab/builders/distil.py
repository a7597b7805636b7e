"""Knowledge fusion: a target learns a text, and what several sources expect of it.

FuseLLM, https://arxiv.org/abs/2401.10491. What each source expects is stored once, put into the
target's vocabulary, mixed, and learned beside the text. Beside it stand plain distillation from one
teacher with the same vocabulary, ULD, and the text alone.
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import Field

from fusionlab.builders.distilled import written
from fusionlab.builders.lessons import (
    SUITE,
    TRIED,
    Found,
    Known,
    cache_size,
    expectations,
    known_of,
    learned_from,
    material,
    readings_of,
)
from fusionlab.builders.train import (
    CHECKPOINTED,
    FORMAT,
    LORA_RATE,
    NUMBERS,
    RATES,
    USUAL_LENGTH,
    WARMUP,
    Training,
    adapter_size,
    context_of,
    is_shipped,
    learner,
    padding,
    steps_for,
    weights_of,
    without_adapters,
)
from fusionlab.distil.documents import token_ends
from fusionlab.distil.fusing import ENTRY, Alignment, Fused, Fusing, Rule, Teacher, fuse, fused_in
from fusionlab.distil.fusion import FusionRule
from fusionlab.distil.losses import CLM_SHARE
from fusionlab.distil.observed import N_TOP
from fusionlab.distil.spelling import fingerprint as spelled
from fusionlab.distil.teaching import draw, fused_loss, plain_loss, sorted_loss
from fusionlab.distil.vocabulary import MapRule, exact_map, token_map
from fusionlab.errors import MemberError, RecipeError
from fusionlab.events import Event
from fusionlab.making import Making, Order, made
from fusionlab.marks import File
from fusionlab.plans import Finding
from fusionlab.registry import Plan, Source, model_builder
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.training import together
from fusionlab.training.loop import Plan as Schedule
from fusionlab.training.packing import Course
from fusionlab.training.records import CORPUS
from fusionlab.training.tuning import Outcome, Precision, Teaching, Tuning, computed_in, tuned
from fusionlab.weights.opened import Opened, fetched, fingerprint, opened
from fusionlab.weights.papers import joint_licence, slug
from fusionlab.weights.room import without_memory, without_room

Objective = Literal["fused", "clm", "plain", "uld"]
"""FuseLLM, the text alone, one teacher with the same vocabulary, or one with any."""


@dataclass(frozen=True, slots=True)
class Distilling:
    """What a target learns, from whom, and how."""

    training: Training
    """Of the target."""
    sources: tuple[str, ...]
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
    details = plan.details
    training = details.training
    if training.rank and is_shipped(plan.id):
        raise RecipeError("train-adapter-name-taken", id=plan.id)
    target = yield from fetched(training.source)
    sources: list[Opened] = []
    for ref in details.sources:
        sources.append((yield from fetched(ref)))
    if together.rank():
        work = together.shared_folder()
        if work is not None:
            yield from _work(plan, target, sources, work)
        return work or Path()
    begun: list[Path] = []
    order = Order(
        plan,
        (yield from _made_by(details, [target, *sources])),
        work=partial(_led, plan, target, sources, begun),
        write=partial(written, plan, target, sources),
        base=weights_of(target) if training.rank else {},
    )
    try:
        return (yield from made(order, shelf))
    finally:
        if not begun:
            together.shared_folder()  # nothing is left to do for the others


@model_builder(
    "distil",
    execute=execute,
    paper="https://arxiv.org/abs/2401.10491",
    min_sources=1,
    in_app=False,
    keeps=True,
)
def distil(
    sources: Sequence[Source],
    *,
    target: Annotated[
        str, Field(description="the model that learns; it may be a source, too")
    ] = "",
    data: Annotated[
        str,
        Field(
            description="a text or JSON Lines file, suite:NAME for its questions to train with, or "
            "corpus:NAME"
        ),
        File(unless=(SUITE, CORPUS, "hub:")),
    ] = "",
    objective: Annotated[
        Objective,
        Field(
            description="fused (FuseLLM), clm (the text alone), plain (one teacher of the same "
            "vocabulary), or uld (one of any)"
        ),
    ] = "fused",
    clm_share: Annotated[
        float, Field(ge=0, le=1, description="λ, the share of the text itself in the loss")
    ] = CLM_SHARE,
    rule: Annotated[
        FusionRule,
        Field(description="the source with the lowest cross-entropy, or all by theirs"),
    ] = "mince",
    map: Annotated[  # noqa: A002  as the field calls it
        MapRule, Field(description="equal tokens only, or else the nearest by edit distance")
    ] = "mined",
    align: Annotated[
        Alignment, Field(description="positions by bytes of the text, or by dynamic time warping")
    ] = "bytes",
    n_top: Annotated[
        int, Field(ge=1, le=1000, description="entries of a distribution that are kept")
    ] = N_TOP,
    temperature: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="of plain distillation")
    ] = 1.0,
    steps: Annotated[int, Field(ge=0, description="0 takes every example once")] = 0,
    tokens: Annotated[int, Field(ge=0, description="to read, in place of steps")] = 0,
    batch: Annotated[int, Field(ge=1, description="rows in each part of a step")] = 8,
    accumulate: Annotated[
        int, Field(ge=1, description="parts of a step, whose gradients are added")
    ] = 1,
    length: Annotated[
        int | None,
        Field(
            ge=8, description="tokens of a row, at most; 512 by default, or what the model reads"
        ),
    ] = None,
    learning_rate: Annotated[
        float | None,
        Field(gt=0, allow_inf_nan=False, description="by default what suits the objective"),
    ] = None,
    warmup: Annotated[
        int | None, Field(ge=0, description="steps of warming up; one in 20 by default")
    ] = None,
    lora: Annotated[
        int, Field(ge=0, le=256, description="rank of an adapter; 0 trains all weights")
    ] = 0,
    alpha: Annotated[
        int | None, Field(ge=1, description="of the adapter; twice its rank by default")
    ] = None,
    held_out: Annotated[
        float, Field(ge=0, le=0.5, description="share of the data that is not learned")
    ] = 0.05,
    questions: Annotated[int, Field(ge=2, description="drawn from a suite or a corpus")] = 500,
    precision: Annotated[
        Precision, Field(description="bfloat16 by itself where the processor has it")
    ] = "auto",
    seed: Annotated[int, Field(ge=0, lt=2**63, description="of the order and of adapters")] = 0,
) -> Plan[Distilling]:
    """Melt many models into one: the target learns a text, and what the sources expect of it."""
    if not target.strip():
        raise RecipeError("distil-no-target")
    if not data.strip():
        raise RecipeError("train-no-data")
    if steps and tokens:
        raise RecipeError("train-steps-and-tokens", steps=steps, tokens=tokens)
    learning = known_of(opened(target.strip()))
    teachers = [known_of(opened(each.ref)) for each in sources]
    records, learns = material(data.strip(), questions)
    context = context_of(learning.source)
    longest = length or min(USUAL_LENGTH, context or USUAL_LENGTH)
    found = learned_from(records, learning, teachers, longest, held_out)
    total = steps or steps_for(found.lessons, batch * accumulate, tokens)
    rate = learning_rate or RATES[learns] * (LORA_RATE if lora else 1)
    schedule = Schedule(
        total,
        rate,
        warmup=max(1, total // WARMUP) if warmup is None else warmup,
        weight_decay=0.0 if lora else 0.1,
        seed=seed,
    )
    tuning = Tuning(learns, schedule, batch, accumulate, longest, 0.1, held_out, precision)
    training = Training(
        learning.source.ref,
        tuning,
        data.strip(),
        questions,
        records.name,
        records.sha256,
        lora,
        alpha or 2 * lora,
        found.lessons.examples,
        found.lessons.tokens,
        found.lessons.kept,
    )
    entries = n_top * (len(teachers) if rule == "avgce" else 1)
    stores = objective in ("fused", "uld") and not (objective == "fused" and clm_share == 1)
    readers = [*teachers, *([learning] if objective == "fused" else [])] if stores else []
    details = Distilling(
        training,
        tuple(each.source.ref for each in teachers),
        objective,
        clm_share,
        rule,
        map,
        align,
        n_top,
        temperature,
        len(found.documents),
        sum(cache_size(each, found.documents, n_top) for each in readers),
        (found.lessons.tokens * entries * ENTRY) if stores else 0,
        tuple(_exact(each, learning) for each in teachers),
    )
    return _plan(details, learning, teachers, found)


def _plan(
    details: Distilling, target: Known, teachers: Sequence[Known], found: Found
) -> Plan[Distilling]:
    source, training = target.source, details.training
    every = sum(each.elements for each in source.weights.tensors.values())
    size = sum(each.bytes for each in source.weights.tensors.values())
    trained = adapter_size(source, training.rank) if training.rank else every
    named = f"{slug(source.ref)}-{details.objective}"
    reading = max(_float_size(each.source) for each in teachers)
    training_ = NUMBERS * 4 * trained + (4 * every if training.rank else 0)
    alive = details.objective == "plain" and details.clm_share < 1
    needed = training_ + reading if alive else max(training_, reading if details.cached else 0)
    bytes_ = 2 * trained if training.rank else size
    room = bytes_ + CHECKPOINTED * 4 * trained + details.cached + details.fused
    findings = (
        *_refusals(details, target, teachers, found),
        *without_room(room),
        *without_memory(needed),
        *_remarks(details, teachers, found),
    )
    lineage = tuple(dict.fromkeys([source.ref, *details.sources]))
    return Plan(
        named,
        "adapters" if training.rank else "models",
        f"{source.ref}+{named}" if training.rank else f"built:{named}",
        lineage,
        joint_licence([source.licence, *(each.source.licence for each in teachers)]),
        details,
        parameters=trained,
        bytes=bytes_,
        memory=needed,
        findings=findings,
    )


def _float_size(source: Opened) -> int:
    """Bytes of the model in float32."""
    return 4 * sum(each.elements for each in source.weights.tensors.values())


def _exact(source: Known, target: Known) -> float:
    found = exact_map(source.vocabulary, target.vocabulary)
    return float((found >= 0).mean())


def _refusals(
    details: Distilling, target: Known, teachers: Sequence[Known], found: Found
) -> list[Finding]:
    """What keeps the target from being trained."""
    said: list[Finding] = []
    training, source = details.training, target.source
    length, context = training.tuning.length, context_of(source)
    for each in (target, *teachers):
        if "quantization_config" in each.source.config:
            said.append(Finding.of("refused", "graft-quantised", source=each.source.ref))
    if source.adapter is not None:
        said.append(Finding.of("refused", "train-source-adapted", source=source.ref))
    if context and length > context:
        said.append(
            Finding.of("refused", "train-longer-than-context", length=length, context=context)
        )
    learned = found.lessons.tokens + sum(
        len(row[0].ids) for unit in found.lessons.held_out for row in unit
    )
    if training.tuning.objective == "continue" and learned < length:
        values = {"file": training.file, "count": learned, "length": length}
        said.append(Finding.of("refused", "train-text-short", **values))
    if training.rank:
        said += without_adapters(source)
    if details.objective in ("plain", "uld") and len(teachers) > 1:
        values = {"objective": details.objective, "count": len(teachers)}
        said.append(Finding.of("refused", "distil-one-teacher", **values))
    if details.objective == "plain":
        said += _unlike(target, teachers[0])
    if details.align == "bytes" and details.cached:
        said += _without_bytes(target, teachers, found)
    return said


def _unlike(target: Known, teacher: Known) -> list[Finding]:
    """What keeps the target from learning the teacher's own distributions."""
    said = []
    if spelled(target.vocabulary) != spelled(teacher.vocabulary):
        values = {"teacher": teacher.name, "target": target.name}
        said.append(Finding.of("refused", "distil-other-vocabulary", **values))
    if teacher.source.adapter is not None:
        said.append(Finding.of("refused", "distil-teacher-adapted", source=teacher.source.ref))
    return said


def _without_bytes(target: Known, teachers: Sequence[Known], found: Found) -> list[Finding]:
    """Who reads other bytes than those of the text, as far as some documents show."""
    for each in (target, *teachers):
        try:
            for document in found.documents[:TRIED]:
                both = target.vocabulary, each.vocabulary
                token_ends(document, document.read(each.writer), both, each.name)
        except (MemberError, RecipeError) as error:
            return [Finding("refused", error.sentence)]
    return []


def _remarks(details: Distilling, teachers: Sequence[Known], found: Found) -> list[Finding]:
    """What is to be known of data, caches and maps."""
    lessons, tuning = found.lessons, details.training.tuning
    said = []
    if lessons.left_out:
        values = {"count": lessons.left_out, "all": lessons.records, "length": tuning.length}
        said.append(Finding.of("warning", "train-left-out", **values))
    if lessons.unknown:
        said.append(Finding.of("warning", "train-unknown-tokens", count=lessons.unknown))
    counts = {
        "examples": lessons.examples,
        "tokens": lessons.tokens,
        "held": lessons.kept,
        "steps": tuning.schedule.steps,
        "drawn": tuning.drawn,
    }
    said.append(Finding.of("note", "train-counts", **counts))
    if details.cached:
        sizes = {
            "cached": f"{details.cached / 1e6:.1f}",
            "fused": f"{details.fused / 1e6:.1f}",
        }
        said.append(Finding.of("note", "distil-stores", **sizes))
        for each, exact in zip(teachers, details.exact, strict=True):
            values_ = {"source": each.name, "exact": f"{exact:.1%}"}
            said.append(Finding.of("note", "distil-map", **values_))
    if not lessons.kept:
        said.append(Finding.of("note", "train-nothing-held-out"))
    return said


def _made_by(details: Distilling, models: Sequence[Opened]) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    told = asdict(details)
    training = told.pop("training")
    for name in ("cached", "fused", "exact", "sources"):
        del told[name]
    precision = str(computed_in(details.training.tuning.precision))
    tuning = {**training["tuning"], "precision": precision}
    prints = []
    for each in models:
        prints.append((yield from fingerprint(each)))
    rest = [training["sha256"], training["rank"], training["alpha"], prints]
    whole = ["distil", FORMAT, told, tuning, *rest]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


Result = tuple[Any, Outcome, Sequence[dict[str, float]]]
"""The trained model, what the training came to, and what came of each source."""


def _led(
    plan: Plan[Distilling],
    target: Opened,
    sources: Sequence[Opened],
    begun: list[Path],
    work: Path,
) -> Generator[Event, None, Result]:
    """The same as `_work`, in which the processes that follow this one take part."""
    found = _found(plan.details, target, sources)
    fused = yield from _prepared(plan.details, target, sources, found, work)
    begun.append(work)
    together.shared_folder(work)
    return (yield from _learned(plan, target, sources, found, fused, work))


def _work(
    plan: Plan[Distilling], target: Opened, sources: Sequence[Opened], work: Path
) -> Generator[Event, None, Result]:
    """The training in a process that follows: what it learns stands in the work folder."""
    found = _found(plan.details, target, sources)
    fused = fused_in(work, found.documents) if plan.details.cached else None
    return (yield from _learned(plan, target, sources, found, fused, work))


def _found(details: Distilling, target: Opened, sources: Sequence[Opened]) -> Found:
    """What was planned to be learned; raises RecipeError where the data are others by now."""
    training = details.training
    records, _ = material(training.data, training.questions)
    if records.sha256 != training.sha256:
        raise RecipeError("train-data-changed", file=records.name)
    tuning = training.tuning
    teachers = [known_of(each) for each in sources]
    return learned_from(records, known_of(target), teachers, tuning.length, tuning.held_out)


def _prepared(
    details: Distilling, target: Opened, sources: Sequence[Opened], found: Found, work: Path
) -> Generator[Event, None, Fused | None]:
    """What the target learns of its sources, stored, mapped, aligned and fused."""
    if not details.cached:
        return None
    known = known_of(target)
    teachers = []
    for each in sources:
        source = known_of(each)
        readings = readings_of(source, found.documents)
        made_by = yield from fingerprint(each)
        kept = yield from expectations(source, made_by, readings, details.n_top)
        mapping = token_map(source.vocabulary, known.vocabulary, details.map)
        teachers.append(
            Teacher(source.name, source.vocabulary, readings, kept, torch.from_numpy(mapping))
        )
    own = None
    if details.objective == "fused":
        readings = [each.reading for each in found.documents]
        own = yield from expectations(
            known, (yield from fingerprint(target)), readings, details.n_top
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
    sources: Sequence[Opened],
    found: Found,
    fused: Fused | None,
    work: Path,
) -> Generator[Event, None, Result]:
    details = plan.details
    training = details.training
    teaching = _teaching(details, sources, fused)
    model = learner(training, target)
    pad = padding(open_tokenizer(target.folder))
    outcome = yield from tuned(model, found.lessons, training.tuning, pad, work, plan.id, teaching)
    return model, outcome, fused.told if fused else ()


def _teaching(
    details: Distilling, sources: Sequence[Opened], fused: Fused | None
) -> Teaching | None:
    """What is learned at each step; None where it is the text alone."""
    share = details.clm_share
    if details.objective == "plain" and share < 1:
        teacher = open_model(sources[0].folder, dtype=torch.float32).eval()
        if torch.cuda.is_available():
            teacher = teacher.to("cuda")
        told = {"teacher": teacher, "clm_share": share, "temperature": details.temperature}
        return Teaching(Course.draw, partial(plain_loss, **told))
    if fused is None:
        return None
    loss = sorted_loss if details.objective == "uld" else fused_loss
    return Teaching(partial(draw, fused), partial(loss, clm_share=share))
