"""The models that were built here, as the Build tab shows them: what each is and how it learned."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.builds import builds_from_toml
from fusionlab.errors import FusionError
from fusionlab.events import ModelBuilt, StepTrained
from fusionlab.limits import limits
from fusionlab.making import RECIPE, report_in
from fusionlab.plans import Plan
from fusionlab.proof.examining import known_proof
from fusionlab.reading import read_text
from fusionlab.registry import Builder, plan_to_json
from fusionlab.sources.schemes.built import built_folder, built_names, is_rung
from fusionlab.training.log import LOG, steps_in
from fusionlab.training.loop import CHECKPOINT, reached
from fusionlab.ui.formdata import offered_models
from fusionlab.ui.going_on import links_for
from fusionlab.ui.taught import came
from fusionlab.views.build import built_view
from fusionlab.views.learning import NOTHING, learned_view, logged_view
from fusionlab.weights.shelf import begun, known_built, made_of

Drawn = dict[str, Any]


def shelf() -> Drawn:
    """The models that were built here, and those that came with how they learned; on a demo the
    former are nobody's to see.
    """
    if not limits().builds:
        return {"models": [], "came": came()}
    rows = [
        {
            **{key: row[key] for key in ("id", "reference", "builder", "bytes", "lineage")},
            "heirs": made_of(row["id"]),
            "rung": is_rung(row["id"]),
        }
        for row in known_built()
    ]
    return {"models": rows, "offered": offered_models(), "came": came()}


def standing(name: str, built: ModelBuilt | None = None) -> Drawn | None:
    """The model of this id, made now or before; None where there is none."""
    if not limits().builds:
        return None
    row = next((row for row in known_built() if row["id"] == name), None)
    if row is None:
        return None
    event = built or ModelBuilt(
        row["id"],
        row["reference"],
        row["parameters"],
        row["bytes"],
        lineage=tuple(row["lineage"]),
        report=_report(name),
    )
    links = links_for(event.reference, event.lineage)
    return built_view(event, row["licence"], row["builder"], links)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A training that was broken off: where it goes on."""

    folder: Path
    step: int
    """Its last checkpoint."""
    steps: int
    """Planned."""


def attempt_at(name: str) -> Attempt | None:
    """The attempt at the model of this id that has come furthest; None where none was broken off
    after its first checkpoint.
    """
    found = [(folder, reached(folder / CHECKPOINT)) for folder in begun(name)]
    attempts = [Attempt(folder, *at) for folder, at in found if at]
    return max(attempts, key=lambda each: each.step, default=None)


def left_at(name: str) -> Drawn | None:
    """The step at which the training of the model of this id goes on, and how many there are to be;
    None where it is over, or where there is none.

    `kept` is the model's own step where a later attempt has come further, else 0.
    """
    left = stopped_at(report_in(built_folder(name)) if name in built_names() else {})
    later = _later(name, left) if left else None
    return {**left, "step": later.step, "kept": left["step"]} if left and later else left


def stopped_at(report: Mapping[str, Any]) -> Drawn | None:
    """The same by the model's report alone, as it is when the model was written."""
    step, steps = report.get("steps"), report.get("planned")
    if not isinstance(step, int) or not isinstance(steps, int) or step >= steps:
        return None
    return {"step": step, "steps": steps, "kept": 0}


def _later(name: str, left: Mapping[str, Any]) -> Attempt | None:
    """The attempt that has come further than the model that was left at this step."""
    found = attempt_at(name)
    further = found and found.steps == left["steps"] and found.step > left["step"]
    return found if further else None


def made_otherwise(builder: Builder, plan: Plan[Any]) -> bool:
    """Whether another recipe made the model that stands under the plan's name.

    False where that cannot be told: a recipe has of a file that was brought its name only.
    """
    if not limits().builds or plan.id not in built_names():
        return False
    try:
        (recipe,) = builds_from_toml(read_text(built_folder(plan.id) / RECIPE))
        if recipe.builder != builder.name:
            return True
        before = builder.plan(list(recipe.sources), recipe.settings, plan.id)
    except (FusionError, OSError, ValueError):
        return False
    return _deciding(before) != _deciding(plan)


def _deciding(plan: Plan[Any]) -> str:
    """What decides the weights, as text; the numbers it is computed in are this machine's."""
    return re.sub(r'"precision": "\w+"', "", json.dumps(plan_to_json(plan)["details"]))


def learned(name: str) -> Drawn:
    """How the model of this id learned, where that was recorded."""
    if not limits().builds or name not in built_names():
        return NOTHING
    folder = built_folder(name)
    report = report_in(folder)
    left = stopped_at(report)
    if left and (later := _later(name, left)):
        return attempted(name, later)
    if report.get("losses"):
        return learned_view(name, report, "stopped" if left else "finished")
    return logged_view(name, steps_in(folder / LOG))


def attempted(name: str, attempt: Attempt) -> Drawn:
    """How the model of this id learned until the attempt was broken off, by its log."""
    view = logged_view(name, logged_in(attempt.folder))
    return {**view, "total": attempt.steps, "ended": "stopped"} if view["id"] else NOTHING


def logged_in(work: Path) -> list[StepTrained]:
    """The steps in the log of a work folder; none where its last line is half written."""
    with suppress(OSError, ValueError):
        return steps_in(work / LOG)
    return []


def _report(name: str) -> dict[str, Any]:
    folder = built_folder(name)
    proof = known_proof(folder)
    return {**report_in(folder), **({"proof": proof} if proof else {})}
