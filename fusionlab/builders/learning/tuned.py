"""What stands in the folder of a model that was trained further: weights, log, recipe, card."""

import shutil
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from pydantic import JsonValue

from fusionlab.builders.data.own import PAIRS
from fusionlab.builders.learning.quiz import quiz_section
from fusionlab.builders.learning.rerouted import write_rerouted
from fusionlab.events import Event, Progress, StepTrained
from fusionlab.making import Papers
from fusionlab.plans import Plan, Source
from fusionlab.sources import store
from fusionlab.sources.references import spec_of
from fusionlab.training.adapters import save_adapter
from fusionlab.training.log import LOG, steps_in
from fusionlab.training.precision import computed_in
from fusionlab.training.tuning import Outcome
from fusionlab.weights.checkpoint import DTYPES
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import card_text, lineage_section, put_beside, recipe_text

if TYPE_CHECKING:
    from fusionlab.builders.learning.trained import Training

DONE = {
    "continue": "It read more text, and learned every token of it.",
    "instruct": "It learned to answer: of each conversation the tokens of the answers, and nothing "
    "of what was asked.",
    "prefer": "It learned which of two answers is preferred, by "
    "[DPO](https://arxiv.org/abs/2305.18290) against itself as it was before.",
}
TAUGHT = {"routers": "the routers", "routers_and_attention": "the routers and attention"}


def written(
    plan: "Plan[Training]",
    source: Opened,
    result: tuple[Any, Outcome],
    work: Path,
    part: Path,
) -> Generator[Event, None, Papers]:
    """The folder `part` has the trained weights and what stands beside them."""
    model, outcome = result
    yield Progress(f"writing {plan.id}")
    if plan.details.weights != "all":
        yield from write_rerouted(model, source, plan.details.weights, part)
    steps = saved(model, source, plan.details, outcome, work, part)
    report = report_of(plan.details, outcome, steps)
    details = plan.details
    asked = {"sample": details.sample} if details.sample else {"shown": details.shown}
    stopped = outcome.step < plan.details.tuning.schedule.steps
    return Papers(
        recipe_text("train", plan, [Source(source.ref)], {**settings_of(plan.details), **asked}),
        _card(plan, outcome, steps),
        report=report,
        unfinished=stopped,
    )


def saved(
    model: Any, source: Opened, details: "Training", outcome: Outcome, work: Path, part: Path
) -> list[StepTrained]:
    """The folder `part` has the model, or the adapter, and the log; returns what the log holds.

    A mixture whose routers alone learned stands there already.
    """
    with store.saving(part):
        if details.leaves_adapter:
            save_adapter(model, part)
        elif details.weights == "all":
            whole = model.merge_and_unload() if details.rank else model
            whole.to(_stored_in(source)).save_pretrained(part)
            put_beside(source.folder, source.config, part)
        if details.own:
            shutil.copyfile(work / PAIRS, part / PAIRS)
    shutil.copyfile(work / LOG, part / LOG)
    return [each for each in steps_in(work / LOG) if each.step <= outcome.step]


def _stored_in(source: Opened) -> torch.dtype:
    """The numbers that most of the source's weights are stored in."""
    elements: Counter[str] = Counter()
    for each in source.weights.tensors.values():
        elements[each.dtype] += each.elements
    return DTYPES[elements.most_common(1)[0][0]]


def report_of(
    details: "Training", outcome: Outcome, steps: Sequence[StepTrained]
) -> dict[str, JsonValue]:
    """What the training came to, with its curves: pairs of a step and a value."""
    heard: list[JsonValue] = [] if outcome.before is None else [[0, outcome.before]]
    heard += [[each.step, each.held_out] for each in steps if each.held_out is not None]
    return {
        "objective": details.tuning.objective,
        "data_sha256": details.sha256,
        "steps": outcome.step,
        "planned": details.tuning.schedule.steps,
        "examples": details.examples,
        "tokens": details.tokens,
        "read": _tokens_read(outcome, steps),
        "losses": [[each.step, each.loss] for each in steps],
        "rates": [[each.step, each.learning_rate] for each in steps],
        "held_out": heard,
        "solved": [[each.step, each.right, each.asked] for step in steps for each in step.solved],
        "samples": [asdict(said) for each in steps for said in each.samples],
        "preferred": outcome.preferred,
        **({"loads": loads} if (loads := [*_loads(steps)]) else {}),
    }


def _loads(steps: Sequence[StepTrained]) -> Iterator[JsonValue]:
    """Pairs of a step and its layers' loads, each the layer, its balance and its counts."""
    for event in steps:
        layers: list[JsonValue] = [[x.layer, x.balance, [*x.counts]] for x in event.loads]
        if layers:
            yield [event.step, layers]


def _tokens_read(outcome: Outcome, steps: Sequence[StepTrained]) -> int:
    """Tokens of all steps, reckoned from those that the log keeps."""
    known = [each.tokens for each in steps]
    return round(outcome.step * sum(known) / len(known)) if known else 0


def settings_of(details: "Training") -> dict[str, Any]:
    """As they would be typed, all defaults written out; of a file its name only."""
    tuning, schedule = details.tuning, details.tuning.schedule
    adapter: dict[str, Any] = {"lora": details.rank, "alpha": details.alpha} if details.rank else {}
    adapter |= {"into": "model"} if details.whole else {}
    if details.weights != "all":
        adapter |= {"weights": details.weights, "balance": details.balance}
    own, quiz = details.own, details.quiz
    asked = {"samples": own.samples, "temperature": own.sampling.temperature} if own else {}
    return {
        "objective": tuning.objective,
        "data": details.file,
        "steps": schedule.steps,
        "batch": tuning.batch,
        "accumulate": tuning.accumulate,
        "length": tuning.length,
        "learning_rate": schedule.learning_rate,
        "warmup": schedule.warmup,
        **adapter,
        **({"beta": tuning.beta} if tuning.objective == "prefer" else {}),
        "held_out": tuning.held_out,
        "questions": details.questions,
        **asked,
        **({"suite": quiz.suite, "suite_questions": len(quiz.asked)} if quiz else {}),
        "precision": str(computed_in(tuning.precision)).removeprefix("torch."),
        "seed": schedule.seed,
    }


def _card(plan: "Plan[Training]", outcome: Outcome, log: Sequence[StepTrained]) -> str:
    details = plan.details
    schedule = details.tuning.schedule
    what = _what(plan)
    sections = [
        f"{what}, trained by FusionLab. {DONE[details.tuning.objective]}",
        f"{outcome.step:,} steps of {details.tuning.drawn} examples, drawn from "
        f"{_drawn_from(details)}; learning rate {schedule.learning_rate:g}, seed "
        f"{schedule.seed}.",
        held_out_section(outcome, log),
        quiz_section(details.quiz, log),
        lineage_section(plan, {ref: spec_of(ref).licence for ref in plan.lineage}),
        "`recipe.toml` says all of this to a program; `training.jsonl` holds the losses.",
    ]
    if outcome.step < schedule.steps:
        sections.insert(
            1,
            f"**The training was stopped at step {outcome.step:,} of {schedule.steps:,}**: this is "
            "the model as it was then. The command that began it goes on from there.",
        )
    adapter = details.leaves_adapter
    tags = ("train", details.tuning.objective, *(("lora",) if adapter else ()))
    library = "peft" if adapter else "transformers"
    return card_text(plan, tags, [each for each in sections if each], library=library)


def _what(plan: "Plan[Training]") -> str:
    """What the model is."""
    details = plan.details
    if details.leaves_adapter:
        return f"A low-rank adapter of {plan.parameters:,} parameters (rank {details.rank})"
    if details.weights != "all":
        which = TAUGHT[details.weights]
        return (
            f"A mixture of experts of {plan.parameters:,} parameters, of which {which} learned and "
            "every other weight is bit-equal to its parent's"
        )
    whole = f"A causal language model of {plan.parameters:,} parameters"
    if not details.whole:
        return whole
    return (
        f"{whole}, of which an adapter of rank {details.rank} was trained and added to the weights"
    )


def _drawn_from(details: "Training") -> str:
    """What was learned, and what was not."""
    if own := details.own:
        return (
            f"pairs of its own answers, {own.samples} to each of {len(own.asked):,} questions to "
            f"train with of the suite {own.suite}, drawn at temperature "
            f"{own.sampling.temperature:g} and checked ([{PAIRS}]({PAIRS}))"
        )
    return (
        f"{details.examples:,} ({details.tokens:,} tokens) of `{details.file}`; "
        f"{details.held_out:,} more were held out"
    )


def held_out_section(outcome: Outcome, log: Sequence[StepTrained]) -> str:
    """What the held-out part tells; nothing where nothing was held out."""
    read = [each for each in log if each.held_out is not None]
    if outcome.before is None or not read:
        return ""
    said = (
        f"Held-out text: {outcome.before:.4f} nats per byte before, {read[-1].held_out:.4f} after "
        f"step {read[-1].step:,}."
    )
    if outcome.preferred is not None:
        said += f" Of held-out pairs, {outcome.preferred:.0%} came to favour the preferred answer."
    return said
