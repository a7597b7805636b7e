"""Knowledge fusion: a target learns a text, and what several sources expect of it.

FuseLLM, https://arxiv.org/abs/2401.10491. What each source expects is stored once, put into the
target's vocabulary, mixed, and learned beside the text. Beside it stand plain distillation from one
teacher with the same vocabulary, ULD, and the text alone.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fusionlab.builders.data.offered import TAUGHT
from fusionlab.builders.fusing.asking import Asked
from fusionlab.builders.fusing.distilling import Distilling, Objective, execute
from fusionlab.builders.fusing.findings import refusals, remarks
from fusionlab.builders.fusing.lessons import (
    SUITE,
    Found,
    Known,
    cache_size,
    known_of,
    learned_from,
    material,
    sources_here,
)
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
)
from fusionlab.builders.learning.quiz import ASKED, QuizQuestions, QuizSuite, quiz_findings, quiz_of
from fusionlab.builders.learning.scheduled import schedule_for, steps_for
from fusionlab.builders.learning.trained import Training
from fusionlab.distil.fusing import ENTRY, Alignment
from fusionlab.distil.fusion import FusionRule
from fusionlab.distil.losses import CLM_SHARE
from fusionlab.distil.observed import N_TOP
from fusionlab.errors import RecipeError
from fusionlab.registry import (
    Beside,
    File,
    Group,
    Learner,
    Material,
    Plan,
    Source,
    Where,
    model_builder,
)
from fusionlab.sources.references import is_asked
from fusionlab.tokens.maps import MapRule, exact_map
from fusionlab.training.precision import Precision
from fusionlab.training.records import CORPUS
from fusionlab.training.tuning import Tuning
from fusionlab.weights.opened import Opened, opened
from fusionlab.weights.papers import joint_licence, short, slug
from fusionlab.weights.room import without_memory, without_room


class DistilOptions(BaseModel):
    """What is told of a source that does not tell its own vocabulary."""

    model_config = ConfigDict(extra="forbid")
    tokenizer: Annotated[
        str,
        Field(
            description="of a vLLM or SGLang server: the model whose tokenizer it has, path:FOLDER "
            "or hub:ORG/NAME"
        ),
        Beside("api:"),
    ] = ""


@model_builder(
    "distil",
    execute=execute,
    paper="https://arxiv.org/abs/2401.10491",
    min_sources=1,
    options=DistilOptions,
    keeps=True,
    asks=True,
)
def distil(
    sources: Sequence[Source],
    *,
    target: Annotated[
        str,
        Field(description="the model that learns; it may be a source, too"),
        Learner(),
        Group("basic"),
    ] = "",
    data: Annotated[
        str,
        Field(
            description="a text or JSON Lines file, suite:NAME for its questions to train with, or "
            "corpus:NAME"
        ),
        File(unless=(SUITE, CORPUS, "hub:")),
        Material(TAUGHT),
        Group("basic"),
    ] = "",
    objective: Annotated[
        Objective,
        Field(
            description="fused (FuseLLM), clm (the text alone), plain (one teacher of the same "
            "vocabulary), or uld (one of any)"
        ),
    ] = "fused",
    clm_share: Annotated[
        float,
        Field(ge=0, le=1, description="λ, the share of the text itself in the loss"),
        Where("objective", ("fused", "plain", "uld")),
        Group("basic"),
    ] = CLM_SHARE,
    rule: Annotated[
        FusionRule,
        Field(description="the source with the lowest cross-entropy, or all by theirs"),
        Where("objective", ("fused",)),
    ] = "mince",
    map: Annotated[  # noqa: A002  as the field calls it
        MapRule,
        Field(description="equal tokens only, or else the nearest by edit distance"),
        Where("objective", ("fused",)),
    ] = "mined",
    align: Annotated[
        Alignment,
        Field(description="positions by bytes of the text, or by dynamic time warping"),
        Where("objective", ("fused",)),
    ] = "bytes",
    n_top: Annotated[
        int,
        Field(ge=1, le=1000, description="entries of a distribution that are kept"),
        Where("objective", ("fused", "uld")),
    ] = N_TOP,
    temperature: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="of plain distillation"),
        Where("objective", ("plain",)),
    ] = 1.0,
    steps: Annotated[
        int, Field(ge=0, description="0 takes every example once"), Group("basic")
    ] = 0,
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
        int,
        Field(ge=0, le=RANKS, description="rank of an adapter; 0 trains all weights"),
        Group("basic"),
    ] = 0,
    alpha: Annotated[
        int | None,
        Field(ge=1, description="of the adapter; twice its rank by default"),
        Where("lora", ADAPTED),
    ] = None,
    held_out: Annotated[
        float, Field(ge=0, le=0.5, description="share of the data that is not learned")
    ] = 0.05,
    questions: Annotated[
        int,
        Field(ge=2, description="drawn from a suite or a corpus"),
        Where("data", TAUGHT),
        Group("basic"),
    ] = 500,
    suite: QuizSuite = "none",
    suite_questions: QuizQuestions = ASKED,
    precision: Annotated[
        Precision,
        Field(description="bfloat16 by itself where the processor has it"),
        Group("expert"),
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
    learner = opened(target.strip())
    learning = known_of(learner)
    if objective == "plain":
        _check_weights(sources)
    with ExitStack() as answering:
        beside = tuple(str(each.options["tokenizer"]).strip() for each in sources)
        told = sources_here([each.ref for each in sources], answering, beside, n_top)
        teachers = [known_of(each) for each in told]
        records, learns = material(data.strip(), questions)
        context = context_of(learner)
        longest = length or min(USUAL_LENGTH, context or USUAL_LENGTH)
        found = learned_from(records, learning, teachers, longest, held_out)
        total = steps or steps_for(found.lessons, batch * accumulate, tokens)
        rate = learning_rate or RATES[learns] * (LORA_RATE if lora else 1)
        schedule = schedule_for(total, rate, warmup, seed, decays=not lora)
        tuning = Tuning(learns, schedule, batch, accumulate, longest, 0.1, held_out, precision)
        training = Training(
            learner.ref,
            tuning,
            data.strip(),
            questions,
            records.name,
            records.sha256,
            lora,
            alpha or 2 * lora,
            whole=False,
            own=None,
            examples=found.lessons.examples,
            tokens=found.lessons.tokens,
            held_out=found.lessons.kept,
            quiz=quiz_of(suite, suite_questions, records),
        )
        entries = n_top * (len(teachers) if rule == "avgce" else 1)
        stores = objective in ("fused", "uld") and not (objective == "fused" and clm_share == 1)
        readers = [*teachers, *([learning] if objective == "fused" else [])] if stores else []
        details = Distilling(
            training,
            tuple(each.source.ref for each in teachers),
            beside,
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
        return _plan(details, learner, learning, teachers, found)


def _check_weights(sources: Sequence[Source]) -> None:
    """No source is only asked; raises RecipeError."""
    for each in sources:
        if is_asked(each.ref):
            raise RecipeError("distil-plain-asked", source=short(each.ref))


def _plan(
    details: Distilling, source: Opened, target: Known, teachers: Sequence[Known], found: Found
) -> Plan[Distilling]:
    training = details.training
    every = sum(each.elements for each in source.weights.tensors.values())
    size = sum(each.bytes for each in source.weights.tensors.values())
    trained = adapter_size(source, training.rank) if training.rank else every
    named = f"{slug(source.ref)}-{details.objective}"
    reading = max(_memory(each.source) for each in teachers)
    training_ = NUMBERS * 4 * trained + (4 * every if training.rank else 0)
    alive = details.objective == "plain" and details.clm_share < 1
    needed = training_ + reading if alive else max(training_, reading if details.cached else 0)
    bytes_ = 2 * trained if training.rank else size
    room = bytes_ + CHECKPOINTED * 4 * trained + details.cached + details.fused
    findings = (
        *refusals(details, source, target, teachers, found),
        *without_room(room),
        *without_memory(needed),
        *remarks(details, teachers, found),
        *quiz_findings(training.quiz, target.writer.tokenizer, source.ref, context_of(source)),
    )
    lineage = tuple(dict.fromkeys([source.ref, *details.sources]))
    return Plan(
        named,
        "models",
        f"built:{named}",
        lineage,
        joint_licence([source.licence, *(each.source.licence for each in teachers)]),
        details,
        parameters=trained,
        bytes=bytes_,
        memory=needed,
        findings=findings,
    )


def _memory(source: Opened | Asked) -> int:
    """Bytes that the model takes here: in float32, unless llama.cpp reads it."""
    if isinstance(source, Asked):
        return source.bytes
    return 4 * sum(each.elements for each in source.weights.tensors.values())


def _exact(source: Known, target: Known) -> float:
    found = exact_map(source.vocabulary, target.vocabulary)
    return float((found >= 0).mean())
