"""Further training: a model reads more text, learns to answer, or learns which answer is preferred.

The whole model is trained, an adapter beside it (LoRA, Hu et al.), or of a mixture its routers.
`continue` learns every token, `instruct` those of answers, `prefer` which of two answers is better
(DPO, Rafailov et al.).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from fusionlab.builders.data.material import SUITE
from fusionlab.builders.data.offered import GENERATED, SAMPLED
from fusionlab.builders.data.own import OWN, Own, own_of
from fusionlab.builders.data.taught import taught
from fusionlab.builders.learning.learner import (
    ADAPTED,
    CHECKPOINTED,
    LORA_RATE,
    NUMBERS,
    RANKS,
    RATES,
    USUAL_LENGTH,
    adapter_size,
    context_of,
    without_adapters,
)
from fusionlab.builders.learning.quiz import ASKED, QuizQuestions, QuizSuite, quiz_findings, quiz_of
from fusionlab.builders.learning.rerouted import learning_size, rerouted_refusals
from fusionlab.builders.learning.scheduled import schedule_for, steps_for
from fusionlab.builders.learning.trained import Training, base_ref, execute
from fusionlab.errors import RecipeError
from fusionlab.plans import Finding, Severity
from fusionlab.registry import File, Group, Material, Plan, Source, Where, model_builder
from fusionlab.sources.adapter_config import plain_config, scales_of
from fusionlab.sources.datasets import PREFIX as HUB
from fusionlab.sources.opening import open_tokenizer
from fusionlab.sources.references import spec_of
from fusionlab.training import together
from fusionlab.training.columns import Objective
from fusionlab.training.precision import Precision
from fusionlab.training.records import CORPUS, Records
from fusionlab.training.routers import Learning
from fusionlab.training.tuning import Lessons, Tuning, lessons
from fusionlab.weights.folding import Folded
from fusionlab.weights.opened import Opened, opened
from fusionlab.weights.papers import joint_licence, slug
from fusionlab.weights.preflight import gravest_first
from fusionlab.weights.room import without_memory, without_room


@model_builder(
    "train",
    execute=execute,
    paper="https://arxiv.org/abs/2305.18290",
    min_sources=1,
    max_sources=1,
    keeps=True,
)
def train(
    sources: Sequence[Source],
    *,
    objective: Annotated[
        Objective,
        Field(description="more text, answers, or which of two answers is preferred (DPO)"),
    ] = "continue",
    data: Annotated[
        str,
        Field(
            description="a text or JSON Lines file; corpus:NAME or suite:NAME for generated "
            "questions; hub:ORG/NAME of the hub; own:SUITE for pairs of the model's own answers"
        ),
        File(unless=(CORPUS, SUITE, OWN, HUB)),
        Material(GENERATED),
        Group("basic"),
    ] = "",
    steps: Annotated[
        int, Field(ge=0, description="0 takes every example once"), Group("basic")
    ] = 0,
    tokens: Annotated[int, Field(ge=0, description="to read, in place of steps")] = 0,
    batch: Annotated[int, Field(ge=1, description="rows, or pairs, in each part of a step")] = 8,
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
        int,
        Field(ge=0, le=RANKS, description="rank of an adapter; 0 trains all weights"),
        Group("basic"),
    ] = 0,
    weights: Annotated[
        Learning,
        Field(description="of a mixture of experts its routers may learn alone"),
        Group("basic"),
    ] = "all",
    balance: Annotated[
        float,
        Field(ge=0, le=10, allow_inf_nan=False, description="of the loss that evens out load"),
        Where("weights", ("routers", "routers_and_attention")),
    ] = 0.01,
    alpha: Annotated[
        int | None,
        Field(ge=1, description="of the adapter; twice its rank by default"),
        Where("lora", ADAPTED),
    ] = None,
    into: Annotated[
        Literal["adapter", "model"],
        Field(description="what stands at the end, where an adapter is trained"),
        Where("lora", ADAPTED),
    ] = "adapter",
    beta: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="of DPO, against the reference"),
        Where("objective", ("prefer",)),
    ] = 0.1,
    held_out: Annotated[
        float, Field(ge=0, le=0.5, description="share of the data that is not learned")
    ] = 0.05,
    questions: Annotated[
        int,
        Field(ge=2, description="drawn where they are generated, or asked of the model"),
        Where("data", GENERATED),
        Group("basic"),
    ] = 500,
    samples: Annotated[
        int,
        Field(ge=2, le=64, description="answers of the model to each question of own:"),
        Where("data", SAMPLED),
    ] = 4,
    temperature: Annotated[
        float,
        Field(gt=0, le=10, allow_inf_nan=False, description="of those answers"),
        Where("data", SAMPLED),
    ] = 1.0,
    suite: QuizSuite = "none",
    suite_questions: QuizQuestions = ASKED,
    sample: Annotated[
        str, Field(description="a prompt that the model answers every now and then as it learns")
    ] = "",
    shown: Annotated[
        int, Field(ge=0, le=8, description="held-out prompts, where there is no `sample`")
    ] = 2,
    precision: Annotated[
        Precision,
        Field(description="bfloat16 by itself where the processor has it"),
        Group("expert"),
    ] = "auto",
    shard: Annotated[
        bool, Field(description="each of several processes holds a part of the weights (FSDP)")
    ] = False,
    seed: Annotated[int, Field(ge=0, lt=2**63, description="of the order and of adapters")] = 0,
) -> Plan[Training]:
    """Train a model further on text, answers or pairs of answers; whole, or by an adapter."""
    if not data.strip():
        raise RecipeError("train-no-data")
    if steps and tokens:
        raise RecipeError("train-steps-and-tokens", steps=steps, tokens=tokens)
    if lora and weights != "all":
        raise RecipeError("train-lora-and-routers")
    source = opened(sources[0].ref)
    place = data.strip()
    own = _own(place, objective, questions, samples, temperature, seed)
    longest = length or min(USUAL_LENGTH, context_of(source) or USUAL_LENGTH)
    if own is None:
        records = taught(place, objective, questions)
        tokenizer = open_tokenizer(source.folder)
        found = lessons(records, tokenizer, source.ref, objective, longest, held_out)
    else:
        records = Records(place, own.digest, (), ())
        found = Lessons((), (), 0, 0, 0)
    drawn = batch * accumulate
    total = steps or steps_for(found, drawn, tokens, own)
    rate = learning_rate or RATES[objective] * (LORA_RATE if lora or weights != "all" else 1)
    rank, scale = _own_adapter(source) if lora and source.adapter else (lora, alpha or 2 * lora)
    schedule = schedule_for(total, rate, warmup, seed, decays=not lora and weights == "all")
    tuning = Tuning(objective, schedule, batch, accumulate, longest, beta, held_out, precision)
    details = Training(
        source.ref,
        tuning,
        place,
        questions,
        records.name,
        records.sha256,
        rank,
        scale,
        bool(lora) and into == "model",
        own,
        found.examples,
        found.tokens,
        found.kept,
        sample.strip(),
        shown,
        quiz_of(suite, suite_questions, records, own),
        shard,
        weights,
        0.0 if weights == "all" else balance,
    )
    plan = _plan(details, source, found)
    if details.quiz:
        beside = open_tokenizer(source.folder), source.ref, context_of(source)
        quizzed = quiz_findings(details.quiz, *beside)
        plan = replace(plan, findings=gravest_first([*plan.findings, *quizzed]))
    if records.left_out is not None:
        left_out = Finding("warning", records.left_out)
        plan = replace(plan, findings=gravest_first([*plan.findings, left_out]))
    if not (lora and source.adapter):
        return plan
    kept: Severity = "note" if (rank, scale) == (lora, alpha or scale) else "warning"
    goes_on = Finding.of(kept, "train-goes-on", source=source.ref, rank=rank, alpha=scale)
    return replace(plan, findings=gravest_first([*plan.findings, goes_on]))


def _plan(details: Training, source: Opened, found: Lessons) -> Plan[Training]:
    every = sum(each.elements for each in source.weights.tensors.values())
    size = sum(each.bytes for each in source.weights.tensors.values())
    refused = _refusals(details, source, found)
    trained = _trained(details, source) if not refused else every
    named = f"{slug(source.ref)}-{details.tuning.objective}"
    needed = NUMBERS * 4 * trained + (4 * every if trained < every else 0)
    adapter = details.leaves_adapter
    bytes_ = 2 * trained if adapter else size
    findings = (
        *refused,
        *without_room(bytes_ + CHECKPOINTED * 4 * trained),
        *without_memory(needed),
        *_remarks(details, found),
    )
    # Whatever is an adapter names its base first.
    lineage = (base_ref(source), source.ref) if adapter and source.adapter else (source.ref,)
    return Plan(
        named,
        "models",
        f"built:{named}",
        lineage,
        joint_licence([spec_of(ref).licence for ref in lineage]),
        details,
        parameters=trained if adapter else every,
        bytes=bytes_,
        memory=needed,
        findings=findings,
    )


def _trained(details: Training, source: Opened) -> int:
    """How many numbers are trained."""
    if details.rank:
        return adapter_size(source, details.rank)
    return learning_size(source, details.weights)


def _refusals(details: Training, source: Opened, found: Lessons) -> list[Finding]:
    """What keeps the training from being done."""
    said: list[Finding] = []
    length = details.tuning.length
    context = context_of(source)
    if isinstance(source.weights, Folded) and not details.rank:
        held = set(source.stored.values())
        if not set(source.weights.deltas) <= held:
            said.append(Finding.of("refused", "train-source-adapted", source=source.ref))
    if "quantization_config" in source.config:
        said.append(Finding.of("refused", "graft-quantised", source=source.ref))
    if context and length > context:
        said.append(
            Finding.of("refused", "train-longer-than-context", length=length, context=context)
        )
    everything = found.tokens + sum(
        len(each.ids) for unit in found.held_out for row in unit for each in row
    )
    if details.tuning.objective == "continue" and everything < length:
        said.append(
            Finding.of(
                "refused", "train-text-short", file=details.file, count=everything, length=length
            )
        )
    if details.rank:
        said += without_adapters(source)
    if details.shard:
        said += _unsharded(details)
    if details.weights != "all":
        said += rerouted_refusals(source, details.weights)
    return said


def _unsharded(details: Training) -> list[Finding]:
    """What keeps the weights from being shared out: all processes have to make the same passes."""
    if details.rank:
        return [Finding.of("refused", "train-shard-adapter")]
    if details.weights != "all":
        return [Finding.of("refused", "train-shard-routers")]
    parts = details.tuning.accumulate * together.size()
    if details.tuning.drawn % parts:
        values = {"drawn": details.tuning.drawn, "parts": parts}
        return [Finding.of("refused", "train-shard-uneven", **values)]
    return []


def _own(
    place: str, objective: Objective, questions: int, samples: int, temperature: float, seed: int
) -> Own | None:
    """What the model is asked for its own pairs; None where the data are something else."""
    if not place.startswith(OWN):
        return None
    if objective != "prefer":
        raise RecipeError("train-own-only-prefers", data=place, objective=objective)
    return own_of(place.removeprefix(OWN).strip(), questions, samples, temperature, seed)


def _remarks(details: Training, found: Lessons) -> list[Finding]:
    """What is to be known of the data."""
    tuning = details.tuning
    if own := details.own:
        asked = {"questions": len(own.asked), "samples": own.samples}
        steps = {"steps": tuning.schedule.steps, "drawn": tuning.drawn}
        return [Finding.of("note", "train-own-counts", suite=own.suite, **asked, **steps)]
    counts = {
        "examples": found.examples,
        "tokens": found.tokens,
        "held": found.kept,
        "steps": tuning.schedule.steps,
        "drawn": tuning.drawn,
    }
    said = [Finding.of("note", "train-counts", **counts)]
    if found.left_out:
        values = {"count": found.left_out, "all": found.records, "length": tuning.length}
        said.insert(0, Finding.of("warning", "train-left-out", **values))
    if found.unknown:
        said.insert(0, Finding.of("warning", "train-unknown-tokens", count=found.unknown))
    if not found.kept:
        said.append(Finding.of("note", "train-nothing-held-out"))
    return said


def _own_adapter(source: Opened) -> tuple[int, int]:
    """The rank and alpha of the adapter that the source has."""
    if source.adapter is None:
        return 0, 0
    scales = scales_of(source.adapter, plain_config(source.adapter))
    return scales.rank, round(scales.alpha)
