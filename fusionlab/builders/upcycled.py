"""What is said of a mixture that is upcycled: why not, what to know of it, and its card."""

from collections.abc import Iterator, Sequence
from typing import Any

from fusionlab.experts.mixtures import has_experts
from fusionlab.plans import Finding, Plan
from fusionlab.weights.ancestry import are_related
from fusionlab.weights.grafting import licences_of
from fusionlab.weights.grafting import refusals as unlike
from fusionlab.weights.mixture_forms import FORMS, form_for
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import lineage_section, short
from fusionlab.weights.ranges import Layer


def refusals(models: Sequence[Opened], *, shared: bool, normalised: bool) -> list[Finding]:
    """Why no mixture can be made of these, of which the first is the base; empty where one can."""
    mixed = [each for each in models if has_experts(each.config)]
    if mixed:
        return [Finding.of("refused", "upcycle-of-a-mixture", source=short(mixed[0].ref))]
    base = models[0]
    depth = len(base.layers)
    for other in models[1:]:
        if len(other.layers) != depth:
            values = {"first": short(base.ref), "second": short(other.ref)}
            counts = {"one": str(depth), "other": str(len(other.layers))}
            differs = Finding.of(
                "refused", "graft-setting-differs", setting="num_hidden_layers", **values, **counts
            )
            return [differs]
    found = unlike(models, [Layer(0, number) for number in range(depth)])
    return found or [*_ancestors(models), *_form(base, shared=shared, normalised=normalised)]


def _ancestors(models: Sequence[Opened]) -> Iterator[Finding]:
    for other in models[1:]:
        if are_related(models[0].ref, other.ref) is False:
            values = {"first": short(models[0].ref), "second": short(other.ref)}
            yield Finding.of("refused", "merge-other-ancestor", **values)


def _form(base: Opened, *, shared: bool, normalised: bool) -> Iterator[Finding]:
    kind = base.layout.config["model_type"]
    form = form_for(kind, shared=shared)
    if form is None:
        if form_for(kind, shared=not shared):
            key = "upcycle-never-shared" if shared else "upcycle-always-shared"
            yield Finding.of("refused", key, architecture=kind)
        else:
            known = sorted({name for name, _ in FORMS})
            yield Finding.of("refused", "upcycle-no-form", architecture=kind, known=known)
    elif form.always_normalised and not normalised:
        yield Finding.of("refused", "upcycle-normalised", form=form.model_type)


def remarks(models: Sequence[Opened], experts: int, *, exact: bool) -> list[Finding]:
    """What whoever makes this mixture should know."""
    found = []
    if exact:
        found.append(Finding.of("note", "upcycle-exact", source=short(models[0].ref)))
    else:
        found.append(Finding.of("note", "upcycle-inexact", experts=experts))
    unknown = [
        short(each.ref) for each in models[1:] if are_related(models[0].ref, each.ref) is None
    ]
    if unknown:
        values = {"base": short(models[0].ref), "sources": unknown}
        found.append(Finding.of("warning", "merge-ancestor-unknown", **values))
    found += [
        Finding.of("note", "graft-adapter-folded", source=short(each.ref))
        for each in models
        if each.adapter is not None
    ]
    if nameless := [short(each.ref) for each in models if not each.licence]:
        found.append(Finding.of("warning", "graft-licence-unknown", sources=nameless))
    elif len(licences := {each.licence for each in models}) > 1:
        found.append(Finding.of("warning", "graft-licences", licences=sorted(licences)))
    return found


def card_sections(
    plan: Plan[Any], used: Sequence[Opened], experts: Sequence[str], *, top_k: int, gates: str
) -> tuple[str, ...]:
    """As Markdown, what the mixture is."""
    rows = "\n".join(f"- expert {number}: `{name}`" for number, name in enumerate(experts))
    router = "drawn at random" if gates == "random" else f"found by prompts (`{gates}`)"
    return (
        f"A mixture of experts of {plan.parameters:,} parameters, upcycled by FusionLab: "
        f"{len(experts)} experts in each layer, of which {top_k} read each token. Nothing was "
        f"trained, and the routers are {router}: it is a start for further training, as in "
        "[Sparse Upcycling](https://arxiv.org/abs/2212.05055).",
        f"Its experts are the feed-forward parts of:\n\n{rows}",
        lineage_section(plan, licences_of(used)),
        "`recipe.toml` says to a program what it was made of and how.",
    )
