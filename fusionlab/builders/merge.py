"""Merging: the weights of several models of one build become those of one.

Rules for single tensors are in fusionlab.weights.rules; this finds the tensors, looks before it
leaps, and streams them to disk.
"""

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema

from fusionlab.builders.data.material import OWN, SUITE, settled_data
from fusionlab.builders.merging.merged_adapter import AdapterMerge, executed, into_adapter
from fusionlab.builders.merging.telling import (
    Reads,
    learned_section,
    outlook,
    read_section,
    reads_of,
)
from fusionlab.builders.merging.telling import findings as findings_on
from fusionlab.builders.merging.told import what_is_told
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Warned
from fusionlab.making import Making, Order, Papers, made
from fusionlab.plans import Finding
from fusionlab.registry import Between, Branches, File, Plan, Source, Where, model_builder
from fusionlab.sources.references import settled
from fusionlab.weights.asked import METHODS, base_for, check_told, options_of, whole_models
from fusionlab.weights.beside import put_merged_beside
from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.checkups import ancestors
from fusionlab.weights.gathering import Gathered, gathered, merged_config
from fusionlab.weights.grafting import licences_of
from fusionlab.weights.mergekit import read_mergekit
from fusionlab.weights.merging import Part, held, jobs_of, parts_of
from fusionlab.weights.opened import Opened, fetched, fingerprints, opened
from fusionlab.weights.papers import (
    card_text,
    joint_licence,
    lineage_section,
    recipe_text,
    short,
    slug,
)
from fusionlab.weights.preflight import checked, gravest_first
from fusionlab.weights.room import without_memory, without_room
from fusionlab.weights.rules import RULES, get_rule
from fusionlab.weights.vocabularies import Alignment, alignment_of
from fusionlab.weights.workers import ahead
from fusionlab.weights.writing import Written, in_order, moved, written

FORMAT = 1
"""Of what merging writes: another one makes other models of the same plan."""
MERGEKIT = "mergekit_config.yml"
"""Beside a model: the file of mergekit that it was made by."""
EXAMPLES = 200
"""Passages of each text that are read by default."""
BY_DATA = tuple(name for name, rule in RULES.items() if rule.statistic is not None)
Varying = Annotated[JsonValue, Field(description="a number, a list over depth, or by filter")]


class MergeOptions(BaseModel):
    """What a rule may be told of each model; which of it, the rule says."""

    model_config = ConfigDict(extra="forbid")
    weight: Varying = None
    density: Varying = None
    gamma: Varying = None
    epsilon: Varying = None
    scale: Varying = None
    data: Annotated[
        str | None,
        Field(description="a text of its own, where the rule goes by data"),
        File(unless=(OWN, SUITE)),
        Where("method", BY_DATA),
    ] = None


@dataclass(frozen=True, slots=True)
class Merge:
    """What is merged, and the file that says so where it is one of mergekit's."""

    blueprint: Blueprint
    settings: Mapping[str, JsonValue]
    """As they were given, to be written down."""
    options: tuple[Mapping[str, JsonValue], ...]
    """Of each source, as they were given."""
    sources: tuple[str, ...]
    file: str = ""
    """The text of mergekit's file."""
    reads: tuple[Reads, ...] = ()
    """What models read first, where the rule goes by data."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """All that is known of a merge from headers."""

    sources: tuple[Opened, ...]
    found: tuple[Gathered, ...]
    alignment: Alignment | None


@dataclass(frozen=True, slots=True)
class _Merged:
    """What stands in the work folder, and what the rule was told of its models."""

    written: Written
    report: Mapping[str, JsonValue]


def execute(plan: Plan[Merge | AdapterMerge], shelf: Path | None = None) -> Making:
    """The steps of merging what is planned; returns the new model's folder.

    Raises RecipeError where the plan is refused or another model has its id, or SourceError where
    a source cannot be had or a file cannot be written.
    """
    plan.check()
    if isinstance(plan.details, AdapterMerge):
        return (yield from executed(cast("Plan[AdapterMerge]", plan), shelf))
    return (yield from _executed(cast("Plan[Merge]", plan), shelf))


def _executed(plan: Plan[Merge], shelf: Path | None) -> Making:
    sources: list[Opened] = []
    for ref in plan.details.blueprint.models:
        sources += [(yield from fetched(ref))]
    ready = _ready(plan.details.blueprint, sources)
    order = Order(
        plan,
        (yield from _made_by(plan.details, sources)),
        work=partial(_work, plan, ready),
        write=partial(_write, plan, ready),
    )
    return (yield from made(order, shelf))


@model_builder(
    "merge",
    execute=execute,
    paper="https://arxiv.org/abs/2306.01708",
    options=MergeOptions,
    branches=Branches(
        "method",
        "parameters",
        {name: (rule.settings, rule.training) for name, rule in RULES.items()},
        {name: rule.of_each for name, rule in RULES.items()},
    ),
    between=Between("weight", {"method": "linear"}),
)
def merge(
    sources: Sequence[Source],
    *,
    method: Annotated[
        str,
        Field(description="the rule by which tensors become one"),
        WithJsonSchema({"type": "string", "enum": METHODS}),
    ] = "linear",
    base: Annotated[
        str,
        Field(description="the model that all come from; the common ancestor by default"),
        Where("method", tuple(name for name, rule in RULES.items() if rule.base != "refused")),
    ] = "",
    parameters: Annotated[
        dict[str, JsonValue] | None,
        Field(description="settings of the rule, as in parameters.lambda=0.8"),
    ] = None,
    dtype: Annotated[
        Literal["", "float32", "bfloat16", "float16"],
        Field(description="what the weights are rounded to; as the base's by default"),
    ] = "",
    tokenizer: Annotated[
        Literal["", "base", "union"],
        Field(description="whose tokens the model has, where the sources' differ"),
    ] = "",
    seed: Annotated[
        int,
        Field(ge=0, lt=2**63, description="where a rule draws what it drops"),
        Where("method", tuple(name for name, rule in RULES.items() if rule.random)),
    ] = 0,
    data: Annotated[
        str,
        Field(
            description="for fisher, regmean and adamerging: a .txt, .md or .jsonl file, "
            "suite:NAME for what may be trained with, or own for what each model learned"
        ),
        File(unless=(OWN, SUITE)),
        Where("method", BY_DATA),
    ] = "",
    examples: Annotated[
        int,
        Field(ge=1, le=100_000, description="passages of each text that are read"),
        Where("method", BY_DATA),
    ] = EXAMPLES,
    into: Annotated[
        Literal["model", "adapter"],
        Field(description="whole weights, or one adapter where all sources are adapters"),
    ] = "model",
    combination: Annotated[
        Literal["", "cat", "svd"],
        Field(description="how adapters become one; cat where the rule adds them up, else svd"),
        Where("into", ("adapter",)),
    ] = "",
    svd_rank: Annotated[
        int,
        Field(ge=0, description="rank after svd; 0 is the sum of the sources'"),
        Where("into", ("adapter",)),
    ] = 0,
    mergekit: Annotated[
        str,
        Field(description="a YAML file of mergekit in place of sources and settings"),
        File(),
    ] = "",
) -> Plan[Merge] | Plan[AdapterMerge]:
    """Combine the weights of several models of one build into one model, or one adapter."""
    how = {"into": into, "combination": combination, "svd_rank": svd_rank}
    if into == "model" and (combination or svd_rank):
        raise RecipeError(
            "merge-adapter-settings", settings=[k for k in how if how[k] and k != "into"]
        )
    if mergekit:
        if into == "adapter":
            raise RecipeError("mergekit-into-adapter", file=Path(mergekit).name)
        return _from_mergekit(sources, Path(mergekit), seed)
    told = {
        "method": method,
        "base": settled(base) if base.strip() else "",
        "parameters": parameters or {},
        "dtype": dtype,
        "tokenizer": tokenizer,
        "seed": seed,
    }
    if into == "adapter" and method in BY_DATA:
        raise RecipeError("merge-data-adapter", rule=method)
    if method in BY_DATA or data.strip():
        told |= {"data": settled_data(data.strip()), "examples": examples}
    return into_adapter(sources, told, how) if into == "adapter" else _from_sources(sources, told)


def _from_sources(sources: Sequence[Source], told: Mapping[str, Any]) -> Plan[Merge]:
    """Of whole models, by settings."""
    check_told(sources, told)
    method, base = told["method"], told["base"]
    given = [_settled_options(each) for each in options_of(sources)]
    refs = [settled(each.ref) for each in sources]
    known = base or base_for(refs, method)
    blueprint, files = whole_models(refs, given, known, told)
    data = [str(each.get("data") or told.get("data", "")) for each in given]
    chosen = [*zip(refs, data, strict=True)]
    reads = reads_of(get_rule(method), chosen, known, told.get("examples", EXAMPLES))
    settings = {**told, "base": known}
    details = Merge(blueprint, settings, tuple(given), tuple(refs), reads=tuple(reads))
    said = [Finding.of("note", "merge-base-found", base=short(known))] if known and not base else []
    return _plan(details, files, said)


def _settled_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same options, which mean the same whichever folder one stands in."""
    if "data" not in given:
        return {**given}
    return {**given, "data": settled_data(str(given["data"]).strip())}


def _from_mergekit(sources: Sequence[Source], place: Path, seed: int) -> Plan[Merge]:
    """Of what one of mergekit's files says, and of these sources in place of its models, if any."""
    file = read_mergekit(place)
    refs = tuple(settled(each.ref) for each in sources) or file.models
    told = any(value is not None for each in sources for value in each.options.values())
    if told or len(refs) != len(file.models):
        raise RecipeError("mergekit-and-sources", file=place.name, models=file.models)
    files = [opened(ref) for ref in refs]
    blueprint = replace(file.blueprint([len(each.layers) for each in files], seed), models=refs)
    settings: dict[str, JsonValue] = {"mergekit": MERGEKIT, "seed": seed}
    details = Merge(blueprint, settings, (), refs, file.text)
    rule = file.rule.name
    said = [Finding.of("warning", "mergekit-unused", rule=rule, settings=file.unused)]
    return _plan(details, files, said if file.unused else [])


def _copied(details: Merge, sources: Sequence[Opened]) -> list[Finding]:
    """That nothing is merged, where one model without an adapter is all there is."""
    blueprint = details.blueprint
    if len(set(blueprint.models)) > 1 or any(each.adapter for each in sources):
        return []
    return [Finding.of("note", "merge-of-one", source=short(blueprint.models[0]))]


def _plan(details: Merge, sources: Sequence[Opened], said: Sequence[Finding]) -> Plan[Merge]:
    blueprint = details.blueprint
    rule, ready = get_rule(blueprint.rule), _ready(blueprint, sources)
    parts = _parts(blueprint, ready)
    size = sum(part.header.bytes for part in parts)
    told = rule, parts, sources, details.reads, blueprint.parameters
    measuring, room = outlook(*told)
    memory = max(held(rule, parts, sources), measuring)
    based = all(part.base is not None for part in blueprint.slices)
    lacking = rule.base == "required" and not based
    findings = (
        *([Finding.of("refused", "merge-base-lacking", rule=rule.name)] if lacking else ()),
        *ancestors(blueprint, base=blueprint.models[blueprint.donor]),
        *checked(blueprint, sources, ready.found, ready.alignment),
        *findings_on(*told, aligned=ready.alignment is not None),
        *without_room(size + room),
        *without_memory(memory),
        *_copied(details, sources),
        *said,
    )
    first = blueprint.models[blueprint.slices[0].inputs[0].model]
    named = f"{slug(first)}-{blueprint.rule.replace('_', '-')}"
    return Plan(
        named,
        "models",
        f"built:{named}",
        blueprint.models,
        joint_licence([source.licence for source in sources]),
        details,
        parameters=sum(part.header.elements for part in parts),
        bytes=size,
        memory=memory,
        findings=gravest_first(findings),
    )


def _ready(blueprint: Blueprint, sources: Sequence[Opened]) -> _Ready:
    found = tuple(gathered(blueprint, sources))
    return _Ready(tuple(sources), found, alignment_of(blueprint, sources))


def _parts(blueprint: Blueprint, ready: _Ready) -> list[Part]:
    return parts_of(blueprint, ready.sources, ready.found, ready.alignment)


def _made_by(details: Merge, sources: Sequence[Opened]) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights and what stands beside them."""
    prints = yield from fingerprints(sources)
    plain = {**asdict(details.blueprint), "models": prints}
    if details.reads:
        plain["reads"] = [asdict(each) for each in details.reads]
    text = json.dumps(["merge", FORMAT, plain], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def stream(plan: Plan[Merge], folder: Path) -> Generator[Event, None, Written]:
    """The folder has the merged tensors and nothing else."""
    blueprint = plan.details.blueprint
    ready = _ready(blueprint, [opened(ref) for ref in blueprint.models])
    return (yield from _work(plan, ready, folder)).written


def _work(plan: Plan[Merge], ready: _Ready, work: Path) -> Generator[Event, None, _Merged]:
    blueprint, reads = plan.details.blueprint, plan.details.reads
    parts = {part.header.name: part for part in _parts(blueprint, ready)}
    known = yield from what_is_told(blueprint, [*parts.values()], ready.sources, reads, work)
    headers = [part.header for part in parts.values()]
    ordered = [parts[header.name] for header in in_order(headers)]
    jobs = jobs_of(blueprint, ready.sources, ordered, ready.alignment, known.statistics)
    with ahead(jobs) as workers:
        result = yield from written(work, headers, workers.make, f"merging {plan.id}")
    return _Merged(result, known.report)


def _write(
    plan: Plan[Merge], ready: _Ready, merged: _Merged, work: Path, part: Path
) -> Generator[Event, None, Papers]:
    details, blueprint, result = plan.details, plan.details.blueprint, merged.written
    if broken := list(result.not_finite):
        yield Warned.of("weights-not-finite", count=len(broken), name=broken[0])
    moved(result, work, part)
    rows = None if ready.alignment is None else ready.alignment.rows
    config = merged_config(blueprint, ready.sources, ready.found, rows)
    put_merged_beside(blueprint, ready.sources, ready.alignment, config, part)
    if details.file:
        (part / MERGEKIT).write_text(details.file, encoding="utf-8")
    options = details.options or ({},) * len(details.sources)
    told = [Source(*pair) for pair in zip(details.sources, options, strict=True)]
    recipe = recipe_text("merge", plan, told, details.settings)
    report: dict[str, JsonValue] = {"layers": blueprint.depth, "not_finite": [*broken]}
    report |= merged.report
    return Papers(recipe, _card(plan, ready), report=report, sha256=result.sha256)


def _card(plan: Plan[Merge], ready: _Ready) -> str:
    blueprint = plan.details.blueprint
    rule = get_rule(blueprint.rule)
    named = f"[{rule.name}]({rule.paper})" if rule.paper else rule.name
    sections = (
        f"A causal language model of {plan.parameters:,} parameters, merged by FusionLab from "
        f"{len(blueprint.models)} models with {named}. {learned_section(rule)}",
        rule.summary,
        *read_section(plan.details.reads),
        lineage_section(plan, licences_of(ready.sources)),
        "`recipe.toml` says to a program what was merged and how.",
    )
    return card_text(plan, ("merge", rule.name), sections)
