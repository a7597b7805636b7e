"""Further training: a model reads more text, learns to answer, or learns which answer is preferred.

The whole model is trained, or an adapter beside it (LoRA, Hu et al.). `continue` learns every
token, `instruct` those of answers, `prefer` which of two answers is better (DPO, Rafailov et al.).
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from fusionlab.assets import has_asset
from fusionlab.builders.material import SUITE
from fusionlab.builders.offered import GENERATED, SAMPLED
from fusionlab.builders.own import OWN, PAIRS, Own, own_of, sampled
from fusionlab.builders.taught import taught
from fusionlab.builders.tuned import written
from fusionlab.errors import RecipeError, SourceError
from fusionlab.events import Event, Warned
from fusionlab.making import Making, Order, made
from fusionlab.plans import Finding
from fusionlab.registry import File, Group, Material, Plan, Source, Where, model_builder
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.sources.references import base_of
from fusionlab.training import together
from fusionlab.training.adapters import with_adapter
from fusionlab.training.loop import Plan as Schedule
from fusionlab.training.records import CORPUS, Objective, Records, read
from fusionlab.training.tuning import (
    Lessons,
    Outcome,
    Precision,
    Tuning,
    computed_in,
    lessons,
    tuned,
)
from fusionlab.weights.opened import Opened, fetched, fingerprint, opened
from fusionlab.weights.papers import slug
from fusionlab.weights.room import without_memory, without_room

FORMAT = 1
"""Of what training writes: another one makes other models of the same plan."""
RATES = {"continue": 1e-4, "instruct": 5e-5, "prefer": 5e-6}
"""The learning rate by default; with LoRA `LORA_RATE` times that."""
LORA_RATE = 10
WARMUP = 20
"""One in so many steps warms up, by default."""
NUMBERS = 4
"""Of 4 bytes each, for every number that is trained: itself, its gradient, Adam's two means."""
CHECKPOINTED = 3
"""Of these, what a checkpoint holds."""
LINEAR = "all-linear"
RANKS = 256
"""The largest rank of an adapter."""
ADAPTED = tuple(range(1, RANKS + 1))
"""Ranks of adapters, where there is one."""
USUAL_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Training:
    """What is trained, on what, and how."""

    source: str
    tuning: Tuning
    data: str
    """As it is typed."""
    questions: int
    """Of a generated corpus."""
    file: str
    """What the data are called."""
    sha256: str
    """Of the data."""
    rank: int
    """Of the adapter; 0 where all weights are trained."""
    alpha: int
    whole: bool
    """Whether an adapter is added to the weights at the end, so that a model stands there."""
    own: Own | None
    """What the model is asked for pairs of answers; None where the data are given."""
    examples: int
    tokens: int
    held_out: int
    """Of the data: examples and tokens to learn from, and examples that are held out; of pairs that
    the model is yet to make, none."""

    @property
    def leaves_adapter(self) -> bool:
        """Whether an adapter is what stands there at the end."""
        return bool(self.rank) and not self.whole


def execute(plan: Plan[Training], shelf: Path | None = None) -> Making:
    """The steps of training what is planned; returns the new model's folder, or the adapter's.

    `Stop`, thrown in between two steps, ends the training there: the model stands as it is, and the
    same plan goes on from it. Raises RecipeError where the plan is refused, another model has its
    id, the data are others by now or the loss is no number; SourceError where the source cannot be
    had or a file cannot be written.
    """
    plan.check()
    details = plan.details
    if details.leaves_adapter and is_shipped(plan.id):
        raise RecipeError("train-adapter-name-taken", id=plan.id)
    source = yield from fetched(details.source)
    if together.rank():
        work = together.shared_folder()
        if work is not None:
            yield from _work(plan, source, work)
        return work or Path()
    begun: list[Path] = []
    order = Order(
        plan,
        (yield from _made_by(details, source)),
        work=partial(_led, plan, source, begun),
        write=partial(written, plan, source),
        base=weights_of(source) if details.leaves_adapter else {},
    )
    try:
        return (yield from made(order, shelf))
    finally:
        if not begun:
            together.shared_folder()  # nothing is left to do for the others


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
            "questions; own:SUITE for pairs of the model's own answers"
        ),
        File(unless=(CORPUS, SUITE, OWN)),
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
    precision: Annotated[
        Precision,
        Field(description="bfloat16 by itself where the processor has it"),
        Group("expert"),
    ] = "auto",
    seed: Annotated[int, Field(ge=0, lt=2**63, description="of the order and of adapters")] = 0,
) -> Plan[Training]:
    """Train a model further on text, answers or pairs of answers; whole, or by an adapter."""
    if not data.strip():
        raise RecipeError("train-no-data")
    if steps and tokens:
        raise RecipeError("train-steps-and-tokens", steps=steps, tokens=tokens)
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
    rate = learning_rate or RATES[objective] * (LORA_RATE if lora else 1)
    schedule = Schedule(
        total,
        rate,
        warmup=max(1, total // WARMUP) if warmup is None else warmup,
        weight_decay=0.0 if lora else 0.1,
        seed=seed,
    )
    tuning = Tuning(objective, schedule, batch, accumulate, longest, beta, held_out, precision)
    details = Training(
        source.ref,
        tuning,
        place,
        questions,
        records.name,
        records.sha256,
        lora,
        alpha or 2 * lora,
        bool(lora) and into == "model",
        own,
        found.examples,
        found.tokens,
        found.kept,
    )
    return _plan(details, source, found)


def _plan(details: Training, source: Opened, found: Lessons) -> Plan[Training]:
    every = sum(each.elements for each in source.weights.tensors.values())
    size = sum(each.bytes for each in source.weights.tensors.values())
    trained = adapter_size(source, details.rank) if details.rank else every
    named = f"{slug(source.ref)}-{details.tuning.objective}"
    needed = NUMBERS * 4 * trained + (4 * every if details.rank else 0)
    adapter = details.leaves_adapter
    bytes_ = 2 * trained if adapter else size
    findings = (
        *_refusals(details, source, found),
        *without_room(bytes_ + CHECKPOINTED * 4 * trained),
        *without_memory(needed),
        *_remarks(details, found),
    )
    return Plan(
        named,
        "adapters" if adapter else "models",
        f"{source.ref}+{named}" if adapter else f"built:{named}",
        (source.ref,),
        source.licence,
        details,
        parameters=trained if adapter else every,
        bytes=bytes_,
        memory=needed,
        findings=findings,
    )


def _refusals(details: Training, source: Opened, found: Lessons) -> list[Finding]:
    """What keeps the training from being done."""
    said: list[Finding] = []
    length = details.tuning.length
    context = context_of(source)
    if source.adapter is not None:
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
    return said


def _own(
    place: str, objective: Objective, questions: int, samples: int, temperature: float, seed: int
) -> Own | None:
    """What the model is asked for its own pairs; None where the data are something else."""
    if not place.startswith(OWN):
        return None
    if objective != "prefer":
        raise RecipeError("train-own-only-prefers", data=place, objective=objective)
    return own_of(place.removeprefix(OWN).strip(), questions, samples, temperature, seed)


def context_of(source: Opened) -> int:
    """The tokens that the model reads; 0 where its config does not say."""
    told = source.config.get("max_position_embeddings")
    return told if isinstance(told, int) else 0


def without_adapters(source: Opened) -> list[Finding]:
    """What keeps an adapter from being trained."""
    if find_spec("peft") is None:
        return [Finding.of("refused", "train-needs-peft")]
    try:
        base_of(source.ref)
    except SourceError as error:
        return [Finding("refused", error.sentence)]
    return []


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


def steps_for(found: Lessons, drawn: int, tokens: int, own: Own | None = None) -> int:
    """The steps that read so many tokens, or every unit once; of pairs that are yet to be made, as
    if each question gave one.
    """
    if own is not None:
        if tokens:
            raise RecipeError("train-own-tokens", suite=own.suite)
        return max(1, -(-len(own.asked) // drawn))
    if not tokens:
        return max(1, -(-len(found.units) // drawn))
    each = max(1, found.tokens // max(1, len(found.units)))
    return max(1, -(-tokens // (drawn * each)))


def adapter_size(source: Opened, rank: int) -> int:
    """The numbers in an adapter of this rank on every matrix of the layers."""
    headers = source.weights.tensors
    shapes = [headers[name].shape for layer in source.layers for name in layer.values()]
    return sum(rank * sum(shape) for shape in shapes if len(shape) == 2)


def _made_by(details: Training, source: Opened) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    tuning = {**asdict(details.tuning), "precision": str(computed_in(details.tuning.precision))}
    adapter: list[int | str] = [details.rank, details.alpha] if details.rank else []
    adapter += ["whole"] if details.whole else []
    base = yield from fingerprint(source)
    told = ["train", FORMAT, tuning, details.sha256, adapter, base]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _led(
    plan: Plan[Training], source: Opened, begun: list[Path], work: Path
) -> Generator[Event, None, tuple[Any, Outcome]]:
    """The same as `_work`, in which the processes that follow this one take part."""
    if own := plan.details.own:  # before the others begin: they read what is found
        yield from sampled(own, source.ref, work)
    begun.append(work)
    together.shared_folder(work)
    return (yield from _work(plan, source, work))


def _work(
    plan: Plan[Training], source: Opened, work: Path
) -> Generator[Event, None, tuple[Any, Outcome]]:
    """The trained model, and what the training came to."""
    details = plan.details
    tuning, tokenizer = details.tuning, open_tokenizer(source.folder)
    if details.own is None:
        records = taught(details.data, tuning.objective, details.questions)
        if records.sha256 != details.sha256:
            raise RecipeError("train-data-changed", file=records.name)
    else:
        records = read(str(work / PAIRS), tuning.objective, 0)
    found = lessons(
        records, tokenizer, source.ref, tuning.objective, tuning.length, tuning.held_out
    )
    if details.own and found.left_out:  # of other data the plan has said so
        values = {"count": found.left_out, "all": found.records, "length": tuning.length}
        yield Warned.of("train-left-out", **values)
    model = learner(details, source)
    outcome = yield from tuned(model, found, tuning, padding(tokenizer), work, plan.id)
    return model, outcome


def learner(details: Training, source: Opened) -> Any:
    """The model that is to be trained, or the source with a fresh adapter on it."""
    import torch

    tuning = details.tuning
    low = details.rank and computed_in(tuning.precision) == torch.bfloat16
    model = open_model(source.folder, dtype=torch.bfloat16 if low else torch.float32)
    if details.rank:
        model = with_adapter(
            model,
            rank=details.rank,
            alpha=details.alpha,
            targets=LINEAR,
            seed=tuning.schedule.seed,
            name=base_name(source),
        )
    if torch.cuda.is_available():
        model = model.to("cuda")
    return model


def padding(tokenizer: Any) -> int:
    """The token that rows are filled up with."""
    marks = (tokenizer.pad_token_id, tokenizer.eos_token_id)
    return next((each for each in marks if each is not None), 0)


def base_name(source: Opened) -> str:
    """What an adapter calls this model: of a folder its name only."""
    base = base_of(source.ref)
    return base.folder.resolve().name if base.folder is not None else base.name


def weights_of(source: Opened) -> dict[str, str]:
    """Hashes of the files that hold the model's weights, as an adapter names them."""
    known = dict(base_of(source.ref).sha256)
    here = {name: known[name] for name in known if (source.folder / name).exists()}
    return here or known


def is_shipped(name: str) -> bool:
    """Whether an adapter of this name, or its recipe, came with FusionLab."""
    return has_asset(f"adapters/{name}") or has_asset(f"adapters/recipes/{name}.toml")
