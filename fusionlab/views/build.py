"""Builders, plans and built models as data for the page that builds.

What a plan is made of decides its picture, and no builder's name does: where its details say which
layers the new model has, there is a picture of layers; where its sources have options, each has its
controls.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fusionlab.events import ModelBuilt
from fusionlab.registry import Builder, Pictured, Plan, plan_to_json
from fusionlab.views.refused import reason_view
from fusionlab.views.spoken import saying, sentence_of
from fusionlab.weights.ranges import ranges_in

Drawn = dict[str, Any]
_KINDS = {
    "boolean": "switch",
    "integer": "integer",
    "number": "number",
    "object": "table",
    "string": "text",
}


def builder_view(
    builder: Builder, offered: Callable[[str], bool] = bool, option: Callable[[str], bool] = bool
) -> Drawn:
    """What can be set of the builder, as far as it is `offered`, and of each of its sources, as far
    as it is an `option` here.
    """
    settings = _fields(builder.settings, builder.check({}))
    options = _fields(builder.options, {})
    return {
        "name": builder.name,
        "summary": builder.summary,
        "paper": builder.paper,
        "least": builder.min_sources,
        "most": builder.max_sources,
        "settings": [each for each in settings if offered(each["name"])],
        "options": [each for each in options if option(each["name"])],
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
        "links": list(links),
        **how,
    }


def _fields(model: type[Any], usual: Mapping[str, Any]) -> list[Drawn]:
    schema = model.model_json_schema().get("properties", {})
    return [
        _field(name, each, usual.get(name), _part(model, name)) for name, each in schema.items()
    ]


def _field(name: str, schema: Mapping[str, Any], usual: Any, part: str) -> Drawn:
    """One setting, from its JSON schema; without a type it may be a number or a list of them."""
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    of = {**schema, **kinds[0]} if len(kinds) == 1 else {}
    kind = "choice" if "enum" in of else _KINDS.get(of.get("type", ""), "varying")
    return {
        "name": name,
        "kind": kind,
        "pictured": part,
        "label": schema.get("title", name).capitalize(),
        "help": schema.get("description", ""),
        "choices": of.get("enum", []),
        "least": of.get("minimum"),
        "most": of.get("maximum"),
        "value": usual,
    }


def _part(model: type[Any], name: str) -> str:
    """The part of the picture that sets it too; empty where none does."""
    marks = model.model_fields[name].metadata
    return next((mark.part for mark in marks if isinstance(mark, Pictured)), "")


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
    """The sentences of a report: what it says itself, and which tensors cannot be reckoned with."""
    said = [each for each in report.get("sentences", []) if isinstance(each, dict)]
    broken = report.get("not_finite") or []
    if proof := _proved(report.get("proof")):
        return [*said, *proof]
    return [*said, *([saying("build-not-finite", tensors=broken)] if broken else [])]


def _proved(proof: Any) -> list[Drawn]:
    """What the examination came to, and where; or why there was none. Nothing without one."""
    if not isinstance(proof, Mapping):
        return []
    verdict = proof.get("verdict")
    reasons = verdict.get("reasons", []) if isinstance(verdict, Mapping) else [proof.get("why")]
    texts = [each["message"] for each in reasons if isinstance(each, Mapping)]
    return [saying("build-proof", said=text) for text in texts[:1]] + texts[1:]
