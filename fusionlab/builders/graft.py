"""Grafting: a deeper model of one model's layers, or a model of the layers of two.

Depth up-scaling (SOLAR, Kim et al.): of n layers, the first n − m and then the last n − m, 2(n − m)
in all. It says worse things at once and recovers fast as it is trained further.
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field, JsonValue

from fusionlab.errors import RecipeError
from fusionlab.events import Event, Warned
from fusionlab.making import Making, Order, Papers, made
from fusionlab.registry import Pictured, Plan, Source, model_builder
from fusionlab.sources.references import settled
from fusionlab.weights.checkpoint import RUN
from fusionlab.weights.grafting import (
    licences_of,
    maker,
    new_config,
    refusals,
    remarks,
    tensors_taken,
)
from fusionlab.weights.opened import Opened, fetched, fingerprints, opened
from fusionlab.weights.papers import (
    card_text,
    joint_licence,
    lineage_section,
    put_beside,
    recipe_text,
    slug,
)
from fusionlab.weights.ranges import Layer, as_text, layers_of, ranges_in, stacked
from fusionlab.weights.room import without_room
from fusionlab.weights.writing import Written, moved, written

FORMAT = 1
"""Of what grafting writes: another one makes other models of the same plan."""
HELD = 4
"""Copies of a run of rows that are in memory at once: read, reckoned with, and written."""


@dataclass(frozen=True, slots=True)
class Graft:
    """Which layers the new model has."""

    sources: tuple[str, ...]
    ranges: str
    """As they are typed."""
    layers: tuple[Layer, ...]
    depths: tuple[int, ...]
    """Layers of each source."""


def execute(plan: Plan[Graft], shelf: Path | None = None) -> Making:
    """The steps of grafting what is planned; returns the new model's folder.

    Raises RecipeError where the plan is refused or another model has its id, or SourceError where
    a source cannot be had or a file cannot be written.
    """
    plan.check()
    sources: list[Opened] = []
    for ref in plan.details.sources:
        sources += [(yield from fetched(ref))]
    order = Order(
        plan,
        (yield from _made_by(plan.details, sources)),
        work=partial(_work, plan, sources),
        write=partial(_write, plan, sources),
    )
    return (yield from made(order, shelf))


@model_builder(
    "graft",
    execute=execute,
    paper="https://arxiv.org/abs/2312.15166",
    min_sources=1,
    max_sources=2,
)
def graft(
    sources: Sequence[Source],
    *,
    drop: Annotated[
        int | None,
        Field(ge=0, description="layers m left out at the seam on each side; a quarter by default"),
        Pictured("seam"),
    ] = None,
    layers: Annotated[
        str,
        Field(description="ranges of layers in place of that, as 0-24, 8-32 or A:0-24, B:8-32"),
        Pictured("ranges"),
    ] = "",
) -> Plan[Graft]:
    """Stack the layers of one model on each other, or on those of another one of its width."""
    donors = [opened(settled(source.ref)) for source in sources]
    depths = [len(donor.layers) for donor in donors]
    if layers.strip():
        if drop is not None:
            raise RecipeError("drop-and-layers", drop=drop, layers=layers)
        ranges = ranges_in(layers, depths)
    else:
        ranges = stacked(depths, depths[0] // 4 if drop is None else drop)
    picked = layers_of(ranges)
    refs = tuple(donor.ref for donor in donors)
    taken = tensors_taken(donors, picked)
    size = sum(each.header.bytes for each in taken)
    largest = max(each.header.bytes for each in taken)
    return Plan(
        f"{slug(refs[0])}-graft-{len(picked)}",
        "models",
        f"built:{slug(refs[0])}-graft-{len(picked)}",
        refs,
        joint_licence([donor.licence for donor in donors]),
        Graft(refs, as_text(ranges, len(donors)), picked, tuple(depths)),
        parameters=sum(each.header.elements for each in taken),
        bytes=size,
        memory=HELD * min(RUN, largest),
        findings=(*refusals(donors, picked), *without_room(size), *remarks(donors, picked)),
    )


def _made_by(details: Graft, sources: Sequence[Opened]) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    prints = yield from fingerprints(sources)
    layers = [asdict(layer) for layer in details.layers]
    text = json.dumps(["graft", FORMAT, layers, prints], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _work(
    plan: Plan[Graft], sources: Sequence[Opened], work: Path
) -> Generator[Event, None, Written]:
    taken = tensors_taken(sources, plan.details.layers)
    headers = [each.header for each in taken]
    return (yield from written(work, headers, maker(sources, taken), f"grafting {plan.id}"))


def _write(
    plan: Plan[Graft], sources: Sequence[Opened], result: Written, work: Path, part: Path
) -> Generator[Event, None, Papers]:
    broken = list(result.not_finite)
    if broken:
        yield Warned.of("weights-not-finite", count=len(broken), name=broken[0])
    moved(result, work, part)
    put_beside(sources[0].folder, new_config(sources, plan.details.layers), part)
    settings = {"layers": plan.details.ranges}
    told = [Source(ref) for ref in plan.details.sources]
    recipe = recipe_text("graft", plan, told, settings)
    report: dict[str, JsonValue] = {"layers": len(plan.details.layers), "not_finite": [*broken]}
    return Papers(recipe, _card(plan, sources), report=report, sha256=result.sha256)


def _card(plan: Plan[Graft], sources: Sequence[Opened]) -> str:
    depth = len(plan.details.layers)
    before = " and ".join(f"one of {len(source.layers)}" for source in sources)
    return card_text(
        plan,
        ("merge", "graft"),
        (
            f"A causal language model of {plan.parameters:,} parameters in {depth} layers, grafted "
            f"by FusionLab from {before}. Nothing was trained: every layer is a "
            "copy.",
            "**Right after grafting, a model is worse than what it was made of**, since layers "
            "follow others than those they were trained to follow. It is a start for further "
            "training, as in [SOLAR](https://arxiv.org/abs/2312.15166).",
            lineage_section(plan, licences_of(sources)),
            f"Its layers, each range without its last number: `{plan.details.ranges}`. The "
            "embeddings are those of the first layer's source, the last norm and the head those of "
            "the last layer's. `recipe.toml` says all of this to a program.",
        ),
    )
