"""What a merge rule is told of its models, measured on data when the model is made.

Fisher and RegMean are told what each model does with its text; AdaMerging learns from all texts how
much of each task vector to add.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue
from torch import Tensor

from fusionlab.builders.data.material import material_for
from fusionlab.builders.merging.telling import Reads, wanted_of
from fusionlab.errors import RecipeError
from fusionlab.events import Event
from fusionlab.weights.blended import Moved
from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.entropy import Learned, Lesson, learned
from fusionlab.weights.material import Material
from fusionlab.weights.merging import Part, Statistics
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short
from fusionlab.weights.rules import get_rule
from fusionlab.weights.statistics import Measured, Task, measured


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule was told, and what the new model's report says of that."""

    statistics: Statistics | None = None
    report: Mapping[str, JsonValue] = field(default_factory=dict)


def what_is_told(
    blueprint: Blueprint,
    parts: Sequence[Part],
    sources: Sequence[Opened],
    reads: Sequence[Reads],
    work: Path,
) -> Generator[Event, None, Told]:
    """What the rule has to know of its models; nothing where it needs nothing.

    Raises RecipeError where the data have changed since they were planned with, are too short, or
    lead to numbers that are none.
    """
    rule = get_rule(blueprint.rule)
    if rule.statistic is None:
        return Told()
    materials = {each.ref: _again(each) for each in reads}
    most = max(each.most for each in reads)
    if rule.statistic == "shift":
        lesson = _lesson(blueprint, parts, sources, materials, most)
        found = yield from learned(lesson, work)
        return Told(_Shifts(lesson, found), _lesson_report(blueprint, lesson, found))
    by_source: dict[int, Measured] = {}
    for number, names in wanted_of(rule, parts).items():
        material = materials[sources[number].ref]
        task = Task(rule.statistic, names, material, most, blueprint.seed)
        by_source[number] = yield from measured(sources[number], task)
    known = _Known(by_source, whole=rule.statistic == "gram")
    left = [part.header.name for part in parts if part.settings and not known.has(part)]
    tokens = {short(sources[n].ref): each.tokens for n, each in by_source.items()}
    return Told(known, {"averaged": [*left], "tokens": {**tokens}})


def _again(reads: Reads) -> Material:
    """What was planned to be read."""
    material = material_for(reads.data, reads.ref, reads.most)
    if material.digest != reads.digest:
        raise RecipeError("merge-data-changed", data=reads.data)
    return material


@dataclass(frozen=True, slots=True)
class _Known:
    """Statistics of each model, measured apart."""

    by_source: Mapping[int, Measured]
    whole: bool
    """Whether a run of rows needs all of them."""

    def has(self, part: Part) -> bool:
        return all(self.by_source[each.source].has(each.name) for each in part.models)

    def read(self, part: Part, rows: slice) -> list[Tensor]:
        rows = slice(0, None) if self.whole else rows
        found = ((self.by_source[each.source], each.name) for each in part.models)
        return [known.read(name, rows.start, rows.stop) for known, name in found]


class _Shifts:
    """Coefficients that were learned for all models together."""

    def __init__(self, lesson: Lesson, found: Learned) -> None:
        self._shifts = {each.name: found.shifts[:, each.group] for each in lesson.moved}

    def has(self, part: Part) -> bool:
        return part.base is not None and part.base.name in self._shifts

    def read(self, part: Part, rows: slice) -> list[Tensor]:  # noqa: ARG002  the same for all rows
        name = part.base.name if part.base else ""
        return list(self._shifts[name].unbind())


def _lesson(
    blueprint: Blueprint,
    parts: Sequence[Part],
    sources: Sequence[Opened],
    materials: Mapping[str, Material],
    most: int,
) -> Lesson:
    training = get_rule(blueprint.rule).trained(blueprint.parameters)
    base = sources[blueprint.donor]
    groups = _groups(base) if training["coefficients"] == "layer" else {}
    moved = [
        Moved(part.base.name, part.models, _begun(part), groups.get(part.base.name, 0))
        for part in parts
        if part.settings is not None and part.base is not None
    ]
    texts = {each.digest: each for each in materials.values()}
    return Lesson(
        base,
        tuple(sources),
        tuple(moved),
        models=len(blueprint.slices[0].inputs),
        groups=1 + max(groups.values(), default=0),
        materials=tuple(texts.values()),
        rows=most,
        steps=training["steps"],
        batch=training["batch"],
        learning_rate=training["learning_rate"],
        seed=blueprint.seed,
    )


def _begun(part: Part) -> tuple[float, ...]:
    """λ wₖ of each model."""
    if part.settings is None:
        return ()
    scale = part.settings.of_merge["lambda_"]
    return tuple(scale * weight for weight in part.settings.of_models["weight"])


def _groups(base: Opened) -> dict[str, int]:
    """The place of each tensor: 0 before the layers, then one for each layer, then what follows."""
    inside = {name: n for n, layer in enumerate(base.layers, 1) for name in layer.values()}
    last = len(base.layers) + 1
    return {**dict.fromkeys(base.layout.after, last), **inside}


def _lesson_report(blueprint: Blueprint, lesson: Lesson, found: Learned) -> dict[str, JsonValue]:
    refs = [short(blueprint.models[each.model]) for each in blueprint.slices[0].inputs]
    rows = zip(refs, found.shifts.tolist(), strict=True)
    values: dict[str, JsonValue] = {
        "steps": lesson.steps,
        "before": f"{found.before:.3f}",
        "after": f"{found.after:.3f}",
    }
    return {
        "entropy": {"before": found.before, "after": found.after, "curve": [*found.curve]},
        "shifts": [{"ref": ref, "by_layer": row} for ref, row in rows],
        "sentences": [{"key": "build-entropy", "values": values}],
    }
