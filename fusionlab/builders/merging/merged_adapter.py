"""Merging adapters of one base into one adapter: the base's own weights stay where they are.

What each projection is made from is found by fusionlab.weights.joining; this looks before it leaps,
and writes a folder that peft opens.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress, Warned
from fusionlab.making import Making, Order, Papers, made
from fusionlab.plans import Finding, Plan, Source
from fusionlab.sources import store
from fusionlab.sources.references import adapter_of, base_of, folder_here, settled, spec_of
from fusionlab.weights.adapter_files import write_adapter
from fusionlab.weights.asked import check_told, options_of, whole_models
from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.checkpoint import DTYPES, is_finite
from fusionlab.weights.gathering import Gathered, gathered
from fusionlab.weights.grafting import licences_of
from fusionlab.weights.joining import (
    ADDING,
    Combination,
    Joint,
    deltas_of,
    held,
    jobs_of,
    joints_of,
    losses,
    weighs_the_base,
)
from fusionlab.weights.lowrank import Factored
from fusionlab.weights.merging import parts_of
from fusionlab.weights.opened import Opened, fetched, fingerprints
from fusionlab.weights.papers import (
    card_text,
    joint_licence,
    lineage_section,
    recipe_text,
    short,
    slug,
)
from fusionlab.weights.preflight import checked_as_adapters, gravest_first
from fusionlab.weights.room import without_memory, without_room
from fusionlab.weights.rules import get_rule
from fusionlab.weights.workers import TOGETHER, ahead

FORMAT = 1
"""Of what this writes: another one makes other adapters of the same plan."""
USUAL = "F32"
"""Kind of the new numbers: an adapter is small, and the sums are not numbers of bfloat16."""
LARGE = 0.1
"""Of the relative error: the rank then holds less than 99 % of the squared changes."""


@dataclass(frozen=True, slots=True)
class AdapterMerge:
    """Which adapters become one, and how."""

    blueprint: Blueprint
    settings: Mapping[str, JsonValue]
    """As they were given, to be written down."""
    options: tuple[Mapping[str, JsonValue], ...]
    """Of each source, as they were given."""
    sources: tuple[str, ...]
    base: str
    combination: Combination
    rank: int
    """The highest that a projection may have; 0 for the sum of its sources' ranks."""


def into_adapter(
    sources: Sequence[Source], told: Mapping[str, Any], how: Mapping[str, Any]
) -> Plan[AdapterMerge]:
    """Of adapters of one base, by settings."""
    check_told(sources, told)
    method, base = told["method"], told["base"]
    combination = _combination_of(how["combination"], method)
    if how["svd_rank"] and combination == "cat":
        raise RecipeError("merge-rank-of-cat", rank=how["svd_rank"])
    if told["tokenizer"]:
        raise RecipeError("merge-adapter-tokenizer", tokenizer=told["tokenizer"])
    given, refs = options_of(sources), [settled(each.ref) for each in sources]
    below = _shared_base(refs)
    if base and folder_here(base) != folder_here(below):
        raise RecipeError("merge-another-base", base=short(base), own=short(below))
    known = below if base or get_rule(method).base == "required" else ""
    blueprint, files = whole_models(refs, given, known, told)
    rank = 0 if combination == "cat" else how["svd_rank"] or _together(files)
    settings = {**told, "base": known, **how, "combination": combination, "svd_rank": rank}
    details = AdapterMerge(blueprint, settings, tuple(given), tuple(refs), below, combination, rank)
    return _planned(details, files)


def _shared_base(refs: Sequence[str]) -> str:
    """The base of all these adapters; raises RecipeError where there is not one."""
    bases = {}
    for ref in dict.fromkeys(refs):
        if adapted := adapter_of(ref):
            bases[ref] = adapted[0]
    if plain := [short(ref) for ref in refs if ref not in bases]:
        raise RecipeError("merge-not-adapters", sources=plain)
    if len({folder_here(base) for base in bases.values()}) > 1:
        rows = [f"{short(ref)}: {short(base)}" for ref, base in bases.items()]
        raise RecipeError("merge-bases-differ", bases=rows)
    return next(iter(bases.values()))


def _combination_of(told: str, method: str) -> Combination:
    """How the adapters become one, where it is not told; raises RecipeError where it cannot be."""
    if told == "cat" and method not in ADDING:
        raise RecipeError("merge-cat-rule", rule=method, adding=ADDING)
    if told == "svd":
        return "svd"
    return "cat" if told or method in ADDING else "svd"


def _together(files: Sequence[Opened]) -> int:
    """The largest rank that a projection has where all adapters' ranks add up."""
    ranks = Counter[str]()
    for file in files:
        ranks.update({name: len(part.a) for name, part in deltas_of(file).items()})
    return min(max(ranks.values()), _most(files[0], ranks))


def _most(base: Opened, names: Iterable[str]) -> int:
    """The largest rank that one of these tensors can have."""
    return max(min(base.weights.tensors[name].shape) for name in names)


def _planned(details: AdapterMerge, files: Sequence[Opened]) -> Plan[AdapterMerge]:
    """What merging the adapters will make; `files` are the blueprint's models."""
    blueprint = details.blueprint
    found = gathered(blueprint, files)
    joints = joints_of(blueprint, files, found, details.rank)
    size = sum(each.elements for each in joints) * DTYPES[blueprint.dtype or USUAL].itemsize
    memory = size + _working(details, joints)
    findings = (
        *_refused(details, files, found, joints),
        *checked_as_adapters(blueprint, files, found),
        *_alone(details),
        *without_room(size),
        *without_memory(memory),
    )
    named = f"{slug(details.base)}-{blueprint.rule.replace('_', '-')}-{details.combination}"
    return Plan(
        named,
        "models",
        f"built:{named}",
        tuple(dict.fromkeys((details.base, *details.sources))),
        joint_licence([source.licence for source in files]),
        details,
        parameters=sum(each.elements for each in joints),
        bytes=size,
        memory=memory,
        findings=gravest_first(findings),
    )


def executed(plan: Plan[AdapterMerge], shelf: Path | None) -> Making:
    """The steps of merging what is planned; returns the new adapter's folder."""
    details = plan.details
    files: list[Opened] = []
    for ref in details.blueprint.models:
        files += [(yield from fetched(ref))]
    joints = joints_of(details.blueprint, files, gathered(details.blueprint, files), details.rank)
    order = Order(
        plan,
        (yield from _made_by(details, files)),
        work=partial(_work, plan, files[0], joints),
        write=partial(_write, plan, files, joints),
        base=base_of(details.base).sha256,
    )
    return (yield from made(order, shelf))


def _working(details: AdapterMerge, joints: Sequence[Joint]) -> int:
    """Bytes that are held beside the new adapter: factors are reckoned with in float64."""
    if details.combination == "cat":
        return 2 * sum(each.elements for each in joints) * 8
    sizes = [held(each) for each in joints]
    return max(*sizes, min(sum(sizes), TOGETHER)) + sum(each.elements for each in joints) * 8


def _refused(
    details: AdapterMerge,
    files: Sequence[Opened],
    found: Sequence[Gathered],
    joints: Sequence[Joint],
) -> Iterator[Finding]:
    blueprint = details.blueprint
    for source in files:
        for name, part in deltas_of(source).items():
            if not (is_finite(part.a) and is_finite(part.b)):
                values = {"source": short(source.ref), "name": name}
                yield Finding.of("refused", "merge-adapter-not-finite", **values)
                break
    settings = [part.settings for part in parts_of(blueprint, files, found, None)]
    if any(weighs_the_base(blueprint, each) for each in settings if each is not None):
        yield Finding.of("refused", "merge-adapter-weighs-base", rule=blueprint.rule)
    most = _most(files[0], [each.header.name for each in joints])
    if details.rank > most:
        yield Finding.of("refused", "merge-rank-too-high", rank=details.rank, most=most)


def _alone(details: AdapterMerge) -> Iterator[Finding]:
    if len(set(details.sources)) == 1:
        yield Finding.of("warning", "merge-adapter-alone", source=short(details.sources[0]))


def _made_by(details: AdapterMerge, files: Sequence[Opened]) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    prints = yield from fingerprints(files)
    plain = {**asdict(details.blueprint), "models": prints}
    how = [details.combination, details.rank, details.base]
    text = json.dumps(["merge-adapter", FORMAT, plain, *how], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _work(
    plan: Plan[AdapterMerge], base: Opened, joints: Sequence[Joint], _work: Path
) -> Generator[Event, None, list[Factored]]:
    """The factors of every projection; they are few, so that nothing is kept for a second try."""
    made_so_far: list[Factored] = []
    jobs = jobs_of(plan.details.blueprint, joints, base, plan.details.combination)
    with ahead(jobs) as workers:
        for joint in joints:
            yield Progress(f"merging {plan.id}", len(made_so_far), len(joints), "items")
            made_so_far += workers.make(joint.header.name)
    yield Progress(f"merging {plan.id}", len(made_so_far), len(joints), "items")
    return made_so_far


def _write(
    plan: Plan[AdapterMerge],
    files: Sequence[Opened],
    joints: Sequence[Joint],
    result: Sequence[Factored],
    _work: Path,
    part: Path,
) -> Generator[Event, None, Papers]:
    details, blueprint = plan.details, plan.details.blueprint
    dtype = DTYPES[blueprint.dtype or USUAL]
    parts = [each.part for each in result]
    with store.saving(part):
        name = base_of(details.base).name or str(folder_here(details.base))
        write_adapter(part, parts, name, files[0].weights.tensors, dtype)
    broken = [
        joint.header.name
        for joint, each in zip(joints, parts, strict=True)
        if not (is_finite(each.a.to(dtype)) and is_finite(each.b.to(dtype)))
    ]
    if broken:
        yield Warned.of("weights-not-finite", count=len(broken), name=broken[0])
    whole, layers = losses(joints, result)
    ranks = [len(each.a) for each in parts]
    if whole.error > LARGE:
        lost = f"{100 * whole.error:.0f}"
        yield Warned.of("merge-rank-loses", rank=max(ranks), lost=lost)
    report: dict[str, JsonValue] = {
        "combination": details.combination,
        "rank": max(ranks),
        "error": whole.error,
        "errors": [asdict(each) for each in layers],
        "not_finite": [*broken],
    }
    told = [Source(*pair) for pair in zip(details.sources, details.options, strict=True)]
    recipe = recipe_text("merge", plan, told, details.settings)
    return Papers(recipe, _card(plan, files, max(ranks), whole.error), report=report)


def _card(plan: Plan[AdapterMerge], files: Sequence[Opened], rank: int, error: float) -> str:
    details = plan.details
    rule = get_rule(details.blueprint.rule)
    named = f"[{rule.name}]({rule.paper})" if rule.paper else rule.name
    how = {
        "cat": "Their factors stand side by side, so that nothing is lost but by rounding.",
        "svd": f"What the rule makes of the whole weights, less the base's, was factored by "
        f"singular values: ‖ΔW − BA‖ / ‖ΔW‖ is {error:.2g}; `report.json` has it by layer.",
    }
    sections = (
        f"A low-rank adapter of {plan.parameters:,} parameters, rank {rank}, for "
        f"`{short(details.base)}`, merged by FusionLab from {len(details.sources)} adapters with "
        f"{named}. Nothing was trained.",
        rule.summary,
        how[details.combination],
        lineage_section(
            plan, {short(details.base): spec_of(details.base).licence, **licences_of(files)}
        ),
        "`recipe.toml` says to a program what was merged and how.",
    )
    return card_text(plan, ("merge", "lora", rule.name), sections, library="peft")
