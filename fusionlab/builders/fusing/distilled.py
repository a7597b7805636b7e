"""What stands in the folder of a model that learned from others: weights, log, recipe, card."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from fusionlab.builders.fusing.asking import Asked
from fusionlab.builders.learning.quiz import quiz_section
from fusionlab.builders.learning.tuned import held_out_section, report_of, saved, settings_of
from fusionlab.events import Event, Progress
from fusionlab.making import Papers
from fusionlab.plans import Plan, Source
from fusionlab.training.tuning import Outcome
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import card_text, lineage_section, recipe_text, short

if TYPE_CHECKING:
    from fusionlab.builders.fusing.distilling import Distilling

DONE = {
    "fused": "It learned a text, and what its sources expect of it "
    "([FuseLLM](https://arxiv.org/abs/2401.10491)).",
    "clm": "It learned a text; nothing of its sources, beside which it is a baseline.",
    "plain": "It learned a text, and its teacher's distributions "
    "([distillation](https://arxiv.org/abs/1503.02531)).",
    "uld": "It learned a text, and its teacher's sorted probabilities "
    "([ULD](https://arxiv.org/abs/2402.12030)).",
}


def written(
    plan: "Plan[Distilling]",
    target: Opened,
    sources: Sequence[Opened | Asked],
    result: tuple[Any, Outcome, Sequence[dict[str, float]]],
    work: Path,
    part: Path,
) -> Generator[Event, None, Papers]:
    """The folder `part` has the trained weights and what stands beside them."""
    model, outcome, told = result
    details = plan.details
    yield Progress(f"writing {plan.id}")
    steps = saved(model, target, details.training, outcome, work, part)
    rows = _rows(details, told)
    report = {
        **report_of(details.training, outcome, steps),
        "objective": details.objective,
        "clm_share": details.clm_share,
        "blocks": details.blocks,
        "sources": rows,
        "sentences": [_sentence(details, row) for row in rows],
    }
    return Papers(
        recipe_text("distil", plan, _sources(details), _settings(details)),
        _card(
            plan,
            [target, *sources],
            outcome,
            held_out_section(outcome, steps),
            quiz_section(details.training.quiz, steps),
        ),
        report=report,
        unfinished=outcome.step < details.training.tuning.schedule.steps,
    )


def _sources(details: "Distilling") -> list[Source]:
    """As they would be typed."""
    return [
        Source(ref, {"tokenizer": beside} if beside else {})
        for ref, beside in zip(details.sources, details.tokenizers, strict=True)
    ]


def _rows(details: "Distilling", told: Sequence[dict[str, float]]) -> list[JsonValue]:
    """What came of each source."""
    return [
        {"ref": short(ref), "exact": exact, **row}
        for ref, exact, row in zip(details.sources, details.exact, told, strict=False)
    ]


def _sentence(details: "Distilling", row: JsonValue) -> JsonValue:
    if not isinstance(row, dict):
        raise TypeError("a row is an object")
    rule = "uld" if details.objective == "uld" else details.rule
    figures = {
        name: f"{float(str(row[name])):.1%}" for name in ("aligned", "copied", "certain", "share")
    }
    values: dict[str, JsonValue] = {
        "source": row["ref"],
        "nats": f"{float(str(row['nats_per_byte'])):.3f}",
        **figures,
    }
    return {"key": f"distil-told-{rule}", "values": values}


def _settings(details: "Distilling") -> dict[str, Any]:
    """As they would be typed, all defaults written out; of a file its name only."""
    training = settings_of(details.training)
    for name in ("objective", "beta", "sample", "shown", "shard"):
        training.pop(name, None)
    return {
        "target": details.training.source,
        "objective": details.objective,
        "clm_share": details.clm_share,
        "rule": details.rule,
        "map": details.map,
        "align": details.align,
        "n_top": details.n_top,
        "temperature": details.temperature,
        **training,
    }


def _card(
    plan: "Plan[Distilling]", models: Sequence[Opened | Asked], outcome: Outcome, *heard: str
) -> str:
    details = plan.details
    training = details.training
    schedule = training.tuning.schedule
    what = (
        f"A low-rank adapter of {plan.parameters:,} parameters (rank {training.rank})"
        if training.rank
        else f"A causal language model of {plan.parameters:,} parameters"
    )
    sections = [
        f"{what}, trained by FusionLab. {DONE[details.objective]}",
        f"{outcome.step:,} steps of {training.tuning.drawn} examples, drawn from "
        f"{training.examples:,} ({training.tokens:,} tokens) of `{training.file}`; λ "
        f"{details.clm_share:g}, learning rate {schedule.learning_rate:g}, seed {schedule.seed}. "
        f"{training.held_out:,} more were held out.",
        *heard,
        lineage_section(plan, {each.ref: each.licence for each in models}),
        _unverified(models),
        "`recipe.toml` says all of this to a program; `training.jsonl` holds the losses, "
        "`report.json` what came of each source.",
    ]
    if outcome.step < schedule.steps:
        sections.insert(
            1,
            f"**The training was stopped at step {outcome.step:,} of {schedule.steps:,}**: this is "
            "the model as it was then. The command that began it goes on from there.",
        )
    tags = ("distil", details.objective, *(("lora",) if training.rank else ()))
    library = "peft" if training.rank else "transformers"
    return card_text(plan, tags, [each for each in sections if each], library=library)


def _unverified(models: Sequence[Opened | Asked]) -> str:
    servers = [f"`{each.ref}`" for each in models if isinstance(each, Asked) and not each.file]
    if not servers:
        return ""
    return f"What a server held cannot be verified: {', '.join(servers)}."
