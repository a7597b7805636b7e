"""The models of a ladder's rungs: what their builders are asked for, and what making them took."""

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from fusionlab.bench.climbed import Built
from fusionlab.bench.folder import put_text
from fusionlab.bench.rungs import ANCESTOR, LESSONS, SUITE, Rung
from fusionlab.bench.suites import Suite
from fusionlab.builders.data.material import SUITE as TRAINING
from fusionlab.errors import BenchError
from fusionlab.events import Event, ModelBuilt
from fusionlab.plans import Plan as BuildPlan
from fusionlab.proof.examining import built
from fusionlab.reading import read_json, read_plain
from fusionlab.recipe import MemberRecipe
from fusionlab.registry import Builder, Source, get_builder
from fusionlab.sources.schemes.built import RUNG, built_folder
from fusionlab.weights.ancestry import common_ancestor

COST = "cost.json"
"""Beside a model that was built: what making it took."""


def planned_rung(
    rung: Rung, suite: Suite, members: Sequence[MemberRecipe], lessons: int
) -> tuple[Builder, BuildPlan[Any]]:
    """What the rung's builder would make of the members; its id is told by all that decides it."""
    builder = get_builder(rung.builder)
    sources = [_source(member) for member in members]
    settings = {
        name: lessons if value == LESSONS else _filled(value, suite, members)
        for name, value in rung.settings.items()
    }
    decided = [rung.builder, [[each.ref, dict(each.options)] for each in sources], settings]
    digest = hashlib.blake2s(json.dumps(decided).encode(), digest_size=6).hexdigest()
    return builder, builder.plan(sources, settings, f"{RUNG}{rung.id}-{digest}")


def _source(member: MemberRecipe) -> Source:
    return Source(member.ref, {} if member.weight == 1 else {"weight": member.weight})


def _filled(value: Any, suite: Suite, members: Sequence[MemberRecipe]) -> Any:
    """The setting with the ladder's own ancestor or suite in its place; raises BenchError."""
    if value == ANCESTOR:
        ancestor = common_ancestor([member.ref for member in members])
        if ancestor is None:
            raise BenchError("ladder-no-ancestor")
        return ancestor
    if value == SUITE:
        if suite.data.kind == "file":
            raise BenchError("ladder-no-training-data", suite=suite.name)
        return f"{TRAINING}{suite.name}"
    return value


def built_rung(builder: Builder, plan: BuildPlan[Any]) -> Generator[Event, None, Built]:
    """The model stands; what it cost is as it was when it was made."""
    made = None
    with closing(built(builder, plan, proof=False)) as steps:
        for event in steps:
            if isinstance(event, ModelBuilt):
                made = event
            yield event
    if made is None or not made.reference:
        raise BenchError("ladder-not-built")
    seconds = _cost(built_folder(made.id) / COST, made.seconds)
    return Built(made.reference, made.parameters, made.bytes, seconds)


def _cost(file: Path, seconds: float) -> float | None:
    """What making the model took, now or, where it stood there, as its file says."""
    if seconds:
        put_text(file, json.dumps({"seconds": round(seconds, 3)}))
        return seconds
    try:
        known = read_json(read_plain(file), finite=True)["seconds"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return float(known) if isinstance(known, int | float) else None
