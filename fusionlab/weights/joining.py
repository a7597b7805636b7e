"""Several adapters of one base become one: what each of its projections is made from, and how.

    cat  the rule adds task vectors up: they are put side by side, and nothing is lost
    svd  any rule: what it makes of the whole tensors, less the base's, is factored to some rank; of
         a rule that adds, the sum is, without making it a whole tensor

Whole tensors are those that a merge into full weights would have, but in float64 and not rounded,
so that both say the same but for what the rank leaves out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from torch import Tensor

from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.checkpoint import Header
from fusionlab.weights.folding import Folded, LowRank
from fusionlab.weights.gathering import Gathered
from fusionlab.weights.lowrank import (
    Factored,
    coefficients,
    concatenated,
    truncated,
    truncated_product,
)
from fusionlab.weights.merging import Part, parts_of
from fusionlab.weights.opened import Opened
from fusionlab.weights.rule import Rule, Settings, seeded
from fusionlab.weights.rules import get_rule
from fusionlab.weights.workers import Job

Combination = Literal["cat", "svd"]
ADDING = ("linear", "task_arithmetic")
"""Rules that add task vectors up: only these can be put side by side."""
WIDE = 8
"""Bytes of a number that is reckoned with."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A projection of the new adapter, and what it is made from."""

    header: Header
    """Of the base's tensor that it changes."""
    module: str
    rank: int
    settings: Settings
    parts: tuple[LowRank | None, ...]
    """Of each source; None where it does not change this projection."""
    based: bool
    """Whether the rule is given the base."""

    @property
    def elements(self) -> int:
        """Numbers of both its factors."""
        return self.rank * sum(self.header.shape)


@dataclass(frozen=True, slots=True)
class Lost:
    """How far the new adapter is from what the rule makes, in one layer or altogether."""

    layer: int | None
    error: float
    """‖ΔW − BA‖ / ‖ΔW‖; 0 where nothing changes."""


def joints_of(
    blueprint: Blueprint, sources: Sequence[Opened], found: Sequence[Gathered], rank: int
) -> list[Joint]:
    """What each projection that a source changes is made from; rank 0 is the sum of the sources'.

    Raises UnknownName, SettingError or RecipeError as the rule does.
    """
    changed = {name for source in sources for name in deltas_of(source)}
    parts = parts_of(blueprint, sources, [one for one in found if one.name in changed], None)
    adds = blueprint.rule in ADDING
    return [
        _joint(part, part.settings, sources, rank, adds=adds)
        for part in parts
        if part.settings is not None
    ]


def deltas_of(source: Opened) -> Mapping[str, LowRank]:
    """What the source's adapter adds, by the tensors of the base; nothing without one."""
    return source.weights.deltas if isinstance(source.weights, Folded) else {}


def weighs_the_base(blueprint: Blueprint, settings: Settings) -> bool:
    """Whether the rule multiplies the base's weights too, which no adapter can."""
    rule = get_rule(blueprint.rule)
    if rule.base != "refused" or blueprint.rule not in (*ADDING, "passthrough"):
        return False
    return not math.isclose(sum(coefficients(rule, settings)), 1, rel_tol=1e-6)


def jobs_of(
    blueprint: Blueprint, joints: Sequence[Joint], base: Opened, combination: Combination
) -> list[Job[Factored]]:
    """What makes the factors of each projection, in their order."""
    rule = get_rule(blueprint.rule)
    if rule.name in ADDING:
        exact = combination == "cat"
        return [
            Job(each.header.name, partial(_summed, rule, each, exact=exact), 0) for each in joints
        ]
    return [
        Job(
            each.header.name,
            partial(_factored, rule, each, base, blueprint.seed),
            held(each),
        )
        for each in joints
    ]


def held(joint: Joint) -> int:
    """Bytes that factoring holds at once: the whole tensors, their factors, and the rule's own."""
    return (len(joint.parts) + 5) * joint.header.elements * WIDE


def losses(joints: Sequence[Joint], made: Sequence[Factored]) -> tuple[Lost, list[Lost]]:
    """How much the ranks leave out altogether, and by layer."""
    sums: dict[int | None, tuple[float, float]] = {}
    for joint, each in zip(joints, made, strict=True):
        at = layer_of(joint.header.name)
        lost, size = sums.get(at, (0.0, 0.0))
        sums[at] = (lost + each.lost, size + each.size)
    whole = [sum(column) for column in zip(*sums.values(), strict=True)]
    rows = [Lost(at, _relative(*both)) for at, both in sums.items()]
    return Lost(None, _relative(*whole)), rows


def layer_of(name: str) -> int | None:
    """The number of the layer that the tensor of this name belongs to."""
    return next((int(part) for part in name.split(".") if part.isdigit()), None)


def _joint(
    part: Part, settings: Settings, sources: Sequence[Opened], rank: int, *, adds: bool
) -> Joint:
    """What a projection is made from; a sum has at most as many ranks as its parts together."""
    places = [(place.source, place.name) for place in part.models]
    header = sources[places[0][0]].weights.tensors[places[0][1]]
    parts = tuple(deltas_of(sources[number]).get(name) for number, name in places)
    there = [each for each in parts if each is not None]
    whole = sum(len(each.a) for each in there)
    most = min(rank, *header.shape, *([whole] if adds else ())) if rank else whole
    return Joint(
        Header(header.name, header.dtype, header.shape),
        there[0].module,
        most,
        settings,
        parts,
        part.base is not None,
    )


def _summed(rule: Rule, joint: Joint, *, exact: bool) -> Factored:
    """Of a rule that adds: side by side, and of a lower rank where that is wanted."""
    factors = coefficients(rule, joint.settings)
    there = [
        (each, factor)
        for each, factor in zip(joint.parts, factors, strict=True)
        if each is not None
    ]
    whole = concatenated(*zip(*there, strict=True))
    return Factored(whole, 0.0, 0.0) if exact else truncated_product(whole, joint.rank)


def _factored(rule: Rule, joint: Joint, base: Opened, seed: int) -> Factored:
    origin = plain(base, joint.header.name).double()
    models = [
        origin if each is None else origin + each.b.double() @ each.a.double()
        for each in joint.parts
    ]
    merged = rule.merged(
        models,
        origin if joint.based else None,
        joint.settings,
        generator=seeded(seed, joint.header.name) if rule.random else None,
    )
    return truncated(merged.sub_(origin), joint.rank, joint.module)


def plain(source: Opened, name: str) -> Tensor:
    """The base's tensor, without what an adapter adds."""
    weights = source.weights
    return (weights.base if isinstance(weights, Folded) else weights).read(name)


def _relative(lost: float, size: float) -> float:
    return math.sqrt(lost / size) if size else 0.0
