"""Upcycling: dense models become one mixture of experts, which costs little more to run than one.

Copies of one model's feed-forward parts start as the model itself (Komatsuzaki et al.) and are to
be trained further; of specialists of one ancestor each is an expert at once.
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from torch import Tensor

from fusionlab.builders.upcycled import card_sections, refusals, remarks
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Warned
from fusionlab.making import Making, Order, Papers, made
from fusionlab.plans import Finding
from fusionlab.registry import Group, Plan, Source, model_builder
from fusionlab.sources.references import settled
from fusionlab.weights.ancestry import common_ancestor
from fusionlab.weights.checkpoint import RUN
from fusionlab.weights.gates import Gates, Prompts, drawn_rows, prompted_rows
from fusionlab.weights.mixture_forms import form_for, mixture_config, objection
from fusionlab.weights.opened import Opened, fetched, fingerprints, opened
from fusionlab.weights.papers import card_text, joint_licence, put_beside, recipe_text, short, slug
from fusionlab.weights.preflight import gravest_first
from fusionlab.weights.room import without_memory, without_room
from fusionlab.weights.upcycling import Recast, made_piece, pieces_of
from fusionlab.weights.writing import Written, moved, written

FORMAT = 1
"""Of what upcycling writes: another one makes other models of the same plan."""
HELD = 4
"""Copies of a run of rows, or of a matrix that is changed, that are in memory at once."""
COPIES = 4
"""Experts of one source by default."""


class UpcycleOptions(BaseModel):
    """What the router is told of each source."""

    model_config = ConfigDict(extra="forbid")
    positive: Annotated[
        str, Field(description="prompts for it, one a line or with | between them")
    ] = ""
    negative: Annotated[str, Field(description="prompts that are not for it, likewise")] = ""


@dataclass(frozen=True, slots=True)
class Upcycle:
    """What the mixture is made of, and how."""

    sources: tuple[str, ...]
    base: str
    """The model that attention and all else is of, unless it is the sources' mean."""
    attention: str
    experts: int
    top_k: int
    gates: Gates
    prompts: tuple[Prompts, ...]
    """Of each source."""
    shared: bool
    normalised: bool
    noise: float
    reinit: float
    seed: int
    options: tuple[dict[str, JsonValue], ...]
    """Of each source, as they were given."""

    @property
    def models(self) -> tuple[str, ...]:
        """Everything that is read: the base, and those of the sources that it is not."""
        return tuple(dict.fromkeys((self.base, *self.sources)))


def execute(plan: Plan[Upcycle], shelf: Path | None = None) -> Making:
    """The steps of upcycling what is planned; returns the new model's folder.

    Raises RecipeError where the plan is refused or another model has its id, or SourceError where
    a source cannot be had or a file cannot be written.
    """
    plan.check()
    models: list[Opened] = []
    for ref in plan.details.models:
        models += [(yield from fetched(ref))]
    order = Order(
        plan,
        (yield from _made_by(plan.details, models)),
        work=partial(_work, plan, models),
        write=partial(_write, plan, models),
    )
    return (yield from made(order, shelf))


@model_builder(
    "upcycle",
    execute=execute,
    paper="https://arxiv.org/abs/2212.05055",
    min_sources=1,
    options=UpcycleOptions,
)
def upcycle(
    sources: Sequence[Source],
    *,
    experts: Annotated[
        int | None,
        Field(ge=1, le=256, description="in each layer; one a source, or 4 of one source"),
        Group("basic"),
    ] = None,
    top_k: Annotated[
        int, Field(ge=1, le=256, description="experts that read each token"), Group("basic")
    ] = 2,
    gates: Annotated[
        Gates,
        Field(description="how routers begin: at random, or by prompts of each source"),
        Group("basic"),
    ] = "random",
    attention: Annotated[
        Literal["base", "mean"],
        Field(description="whose attention, norms and embeddings: the base's, or the mean"),
    ] = "base",
    base: Annotated[
        str, Field(description="the model that all come from; the common ancestor by default")
    ] = "",
    shared: Annotated[
        bool, Field(description="one more expert reads every token and counts half")
    ] = False,
    normalised: Annotated[
        bool, Field(description="the chosen experts' weights add up to 1")
    ] = True,
    noise: Annotated[
        float,
        Field(ge=0, le=10, allow_inf_nan=False, description="added, in standard deviations"),
    ] = 0.0,
    reinit: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="share of units that are drawn anew"),
    ] = 0.0,
    seed: Annotated[int, Field(ge=0, lt=2**63, description="of all that is drawn")] = 0,
) -> Plan[Upcycle]:
    """Make a mixture of experts of one dense model, or of several of one ancestor."""
    refs = tuple(settled(each.ref) for each in sources)
    count = experts or (len(refs) if len(refs) > 1 else COPIES)
    _check_counts(len(refs), count, top_k)
    prompts = tuple(Prompts(*(_texts(each, key) for key in _PROMPTS)) for each in sources)
    _check_prompts(gates, prompts, refs, count)
    known = settled(base) if base.strip() else _base_of(refs)
    details = Upcycle(
        refs,
        known or refs[0],
        attention,
        count,
        top_k,
        gates,
        prompts,
        shared,
        normalised,
        noise,
        reinit,
        seed,
        tuple({key: value for key, value in each.options.items() if value} for each in sources),
    )
    plan = _plan(details, [opened(ref) for ref in details.models])
    if known or len(refs) == 1:
        return plan
    unknown = Finding.of("warning", "upcycle-base-unknown", source=short(refs[0]))
    return replace(plan, findings=gravest_first([*plan.findings, unknown]))


_PROMPTS = ("positive", "negative")


def _base_of(refs: Sequence[str]) -> str:
    """What several sources come from, the one source itself, or nothing where it is not known."""
    return refs[0] if len(set(refs)) == 1 else common_ancestor(refs) or ""


def _texts(source: Source, key: str) -> tuple[str, ...]:
    lines = str(source.options.get(key) or "").replace("|", "\n").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _check_counts(sources: int, experts: int, top_k: int) -> None:
    if experts < 2:
        raise RecipeError("upcycle-one-expert")
    if experts < sources:
        raise RecipeError("upcycle-few-experts", experts=experts, sources=sources)
    if top_k > experts:
        raise RecipeError("upcycle-top-k", top_k=top_k, experts=experts)


def _check_prompts(
    gates: Gates, prompts: Sequence[Prompts], refs: Sequence[str], experts: int
) -> None:
    if gates == "random":
        return
    if experts != len(refs):
        raise RecipeError("upcycle-prompts-of-copies", experts=experts, sources=len(refs))
    for ref, each in zip(refs, prompts, strict=True):
        if not each.positive:
            raise RecipeError("upcycle-no-prompts", source=short(ref), gates=gates)


def _plan(details: Upcycle, models: Sequence[Opened]) -> Plan[Upcycle]:
    named = f"{slug(details.base)}-x{details.experts}"
    plan = Plan(
        named,
        "models",
        f"built:{named}",
        _lineage(details),
        joint_licence([source.licence for source in _used(details, models)]),
        details,
    )
    if refused := refusals(models, shared=details.shared, normalised=details.normalised):
        return replace(plan, findings=gravest_first(refused))
    recast = _recast(details, models)
    config = _config(details, models[0], recast)
    if odd := objection(models[0], recast.form, config):
        return replace(plan, findings=(odd,))
    headers = [piece.header for piece in recast.pieces.values()]
    size = sum(each.bytes for each in headers)
    memory = _memory(details, models[0], recast)
    findings = (
        *without_room(size),
        *without_memory(memory),
        *remarks(models, details.experts, exact=_exact(details)),
    )
    return replace(
        plan,
        parameters=sum(each.elements for each in headers),
        bytes=size,
        memory=memory,
        findings=gravest_first(findings),
    )


def _exact(details: Upcycle) -> bool:
    """Whether the mixture computes at first what its one source does."""
    changed = details.noise or details.reinit or not details.normalised
    return len(set(details.models)) == 1 and not changed


def _used(details: Upcycle, models: Sequence[Opened]) -> list[Opened]:
    """The models of which something is in the mixture."""
    used = _lineage(details)
    return [each for each in models if each.ref in used]


def _lineage(details: Upcycle) -> tuple[str, ...]:
    """Of what the mixture is made; a base that only its prompts were read with is none of it."""
    first = (details.base,) if details.attention == "base" else ()
    return tuple(dict.fromkeys((*details.sources, *first)))


def _recast(details: Upcycle, models: Sequence[Opened]) -> Recast:
    """How it is made, with all of its tensors."""
    form = form_for(models[0].layout.config["model_type"], shared=details.shared)
    if form is None:
        raise ValueError("the plan was to be refused")
    numbers = [details.models.index(ref) for ref in details.sources]
    recast = Recast(
        form,
        tuple(models),
        tuple(numbers[each % len(numbers)] for each in range(details.experts)),
        (0,) if details.attention == "base" else tuple(numbers),
        details.shared,
        details.noise,
        details.reinit,
        details.seed,
    )
    return replace(recast, pieces=pieces_of(recast))


def _config(details: Upcycle, base: Opened, recast: Recast) -> dict[str, JsonValue]:
    counts = (details.experts, details.top_k)
    config: dict[str, JsonValue] = mixture_config(
        base, recast.form, *counts, normalised=details.normalised
    )
    return config


def _memory(details: Upcycle, base: Opened, recast: Recast) -> int:
    """What is held at once: runs of rows, or whole matrices that are changed; prompts are read
    by the whole base in fp32.
    """
    changed = details.noise or details.reinit
    largest = max(
        4 * piece.header.elements
        if changed and piece.role == "expert"
        else min(RUN, piece.header.bytes)
        for piece in recast.pieces.values()
    )
    every = sum(each.elements for each in base.weights.tensors.values())
    return max(HELD * largest, 4 * every if details.gates == "hidden" else 0)


def _made_by(details: Upcycle, models: Sequence[Opened]) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    prints = yield from fingerprints(models)
    numbers = [details.models.index(ref) for ref in details.sources]
    plain = {**asdict(details), "base": 0, "sources": numbers, "options": None}
    text = json.dumps(["upcycle", FORMAT, plain, prints], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _work(
    plan: Plan[Upcycle], models: Sequence[Opened], work: Path
) -> Generator[Event, None, Written]:
    recast = _recast(plan.details, models)
    routers = yield from _routers(plan.details, models[0])
    pieces = recast.pieces
    headers = [piece.header for piece in pieces.values()]

    def make(name: str) -> Generator[Tensor, None, None]:
        yield from made_piece(recast, pieces[name], routers)

    return (yield from written(work, headers, make, f"upcycling {plan.id}"))


def _routers(details: Upcycle, base: Opened) -> Generator[Event, None, Tensor]:
    """The routers' rows, by layer and expert."""
    if details.gates != "random":
        return (yield from prompted_rows(base, details.gates, details.prompts))
    width = int(base.layout.config["hidden_size"])
    return drawn_rows(details.seed, len(base.layers), details.experts, width)


def _write(
    plan: Plan[Upcycle], models: Sequence[Opened], result: Written, work: Path, part: Path
) -> Generator[Event, None, Papers]:
    details = plan.details
    broken = list(result.not_finite)
    if broken:
        yield Warned.of("weights-not-finite", count=len(broken), name=broken[0])
    moved(result, work, part)
    recast = _recast(details, models)
    put_beside(models[0].folder, _config(details, models[0], recast), part)
    told = [Source(*pair) for pair in zip(details.sources, details.options, strict=True)]
    recipe = recipe_text("upcycle", plan, told, _settings(details))
    experts = [short(details.models[each]) for each in recast.of_experts]
    report: dict[str, JsonValue] = {
        "layers": len(models[0].layers),
        "experts": [*experts],
        "not_finite": [*broken],
    }
    sections = card_sections(
        plan, _used(details, models), experts, top_k=details.top_k, gates=details.gates
    )
    card = card_text(plan, ("moe", "upcycle"), sections)
    return Papers(recipe, card, report=report, sha256=result.sha256)


def _settings(details: Upcycle) -> dict[str, JsonValue]:
    keys = ("experts", "top_k", "gates", "attention", "base", "shared", "normalised")
    plain = asdict(details)
    return {key: plain[key] for key in (*keys, "noise", "reinit", "seed")}
