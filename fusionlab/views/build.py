"""Builders, plans and built models as data for the page that builds.

What a plan is made of decides its picture, and no builder's name does: where its details say which
layers the new model has, there is a picture of layers; where its sources have options, each has its
controls.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fusionlab.events import ModelBuilt
from fusionlab.registry import Builder, Plan, plan_to_json
from fusionlab.views.proof import proof_view
from fusionlab.views.refused import reason_view
from fusionlab.views.settings import options_of, settings_of
from fusionlab.views.spoken import saying, sentence_of
from fusionlab.weights.ranges import ranges_in

Drawn = dict[str, Any]

EXACT = 1e-4
"""An adapter's relative error that is not worth a sentence."""


def builder_view(
    builder: Builder, offered: Callable[[str], bool] = bool, option: Callable[[str], bool] = bool
) -> Drawn:
    """What can be set of the builder, as far as it is `offered`, and of each of its sources, as far
    as it is an `option` here.
    """
    return {
        "name": builder.name,
        "summary": builder.summary,
        "paper": builder.paper,
        "least": builder.min_sources,
        "most": builder.max_sources,
        "keeps": builder.keeps,
        "settings": [
            each for each in settings_of(builder) if offered(each["table"] or each["name"])
        ],
        "options": [each for each in options_of(builder) if option(each["name"])],
        "between": builder.between and asdict(builder.between),
    }


def plan_view(plan: Plan[Any] | Mapping[str, Any]) -> Drawn:
    """What the new model will be, what speaks against it, and its layers where the plan says which.

    The plan is given itself, or as the JSON that it is recorded as.
    """
    plain = plan_to_json(plan) if isinstance(plan, Plan) else plan
    findings = [
        {"severity": each["severity"], **reason_view(sentence_of(each["sentence"]))}
        for each in plain["findings"]
    ]
    return {
        "id": plain["id"],
        "reference": plain["reference"],
        "lineage": list(plain["lineage"]),
        "licence": plain["licence"],
        "parameters": plain["parameters"],
        "bytes": plain["bytes"],
        "memory": plain["memory"],
        "findings": findings,
        "refused": any(each["severity"] == "refused" for each in findings),
        "layers": _layers(plain["details"]),
    }


def built_view(
    built: ModelBuilt, licence: str, builder: str, links: Sequence[Drawn] = (), **how: Any
) -> Drawn:
    """The new model: what it is, what was found of it, and where one can go on with it."""
    return {
        "id": built.id,
        "reference": built.reference,
        "parameters": built.parameters,
        "bytes": built.bytes,
        "seconds": built.seconds,
        "lineage": list(built.lineage),
        "licence": licence,
        "builder": builder,
        "sentences": _found(built.report),
        "mixed": _mixed(built.report.get("sources")),
        "lowered": _lowered(built.report),
        "proof": proof_view(built.report.get("proof")),
        "links": list(links),
        **how,
    }


def _mixed(rows: Any) -> list[Drawn]:
    """What each source gave to the distributions that were learned; nothing of other models."""
    names = {"nats_per_byte": "nats"}
    told = ("ref", "nats_per_byte", "share", "aligned", "copied", "certain", "exact")
    found = [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
    if not found or not all(isinstance(each.get("share"), float) for each in found):
        return []
    return [{names.get(name, name): each.get(name) for name in told} for each in found]


def _lowered(report: Mapping[str, Any]) -> Drawn | None:
    """How weights of models were learned by lowering entropy; None where none were so learned.

    `curve` is what the rows of each step had before it, in nats a token; `shifts` what was added to
    each model's weight, for what comes before the layers, each layer, and what comes after.
    """
    match report:
        case {
            "entropy": {"before": float() as before, "after": float() as after, "curve": [*curve]},
            "shifts": [*shifts],
        }:
            return {"before": before, "after": after, "curve": curve, "shifts": shifts}
    return None


def _layers(details: Any) -> Drawn | None:
    """The layers of the sources and of the new model; None where the plan has no ranges."""
    if not isinstance(details, Mapping) or not {"sources", "ranges", "depths"} <= details.keys():
        return None
    refs, depths = details["sources"], details["depths"]
    return {
        "sources": [{"ref": ref, "layers": depth} for ref, depth in zip(refs, depths, strict=True)],
        "ranges": [
            {"source": each.source, "first": each.first, "last": each.last}
            for each in ranges_in(details["ranges"], depths)
        ],
    }


def _found(report: Mapping[str, Any]) -> list[Drawn]:
    """The sentences of a report: what it says itself, how well an adapter holds what it is to hold,
    and which tensors cannot be reckoned with.
    """
    said = [each for each in report.get("sentences", []) if isinstance(each, dict)]
    said += _lost(report)
    broken = report.get("not_finite") or []
    if proof := _proved(report.get("proof")):
        return [*said, *proof]
    return [*said, *([saying("build-not-finite", tensors=broken)] if broken else [])]


def _lost(report: Mapping[str, Any]) -> list[Drawn]:
    """How far an adapter of a lower rank is from what it stands for; nothing of whole weights."""
    rank, error, rows = (report.get(key) for key in ("rank", "error", "errors"))
    if not isinstance(rank, int) or not isinstance(error, float) or not isinstance(rows, list):
        return []
    worst = max(rows, key=lambda row: row["error"], default=None)
    if worst is None or error < EXACT:
        return [saying("build-adapter-exact", rank=rank)]
    shares = {"lost": round(100 * error, 1), "most": round(100 * worst["error"], 1)}
    return [saying("build-adapter-error", rank=rank, layer=worst["layer"], **shares)]


def _proved(proof: Any) -> list[Drawn]:
    """What the examination came to, and where; or why there was none. Nothing without one."""
    if not isinstance(proof, Mapping):
        return []
    verdict = proof.get("verdict")
    reasons = verdict.get("reasons", []) if isinstance(verdict, Mapping) else [proof.get("why")]
    texts = [each["message"] for each in reasons if isinstance(each, Mapping)]
    return [saying("build-proof", said=text) for text in texts[:1]] + texts[1:]
