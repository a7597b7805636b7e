"""A merge as it is asked for, by sources and settings: checked, and laid out as a blueprint."""

from collections.abc import Mapping, Sequence
from typing import Any

from fusionlab.errors import RecipeError, UnknownName
from fusionlab.plans import Source
from fusionlab.weights.ancestry import ancestors_of, common_ancestor
from fusionlab.weights.blueprint import Blueprint, Slice, Span
from fusionlab.weights.mergekit import DTYPES
from fusionlab.weights.opened import Opened, opened
from fusionlab.weights.rule import Rule
from fusionlab.weights.rules import RULES, get_rule
from fusionlab.weights.varying import check_varying

METHODS = list(RULES)


def check_told(sources: Sequence[Source], told: Mapping[str, Any]) -> None:
    """Raises UnknownName, SettingError or RecipeError where the rule cannot be told this."""
    method = told["method"]
    if method not in METHODS:
        raise UnknownName("kind-merge-rule", method, METHODS)
    if not sources:
        raise RecipeError("sources-too-few", builder="merge", least=1, count=0)
    if told["base"] and get_rule(method).base == "refused":
        raise RecipeError("merge-base-unused", rule=method)
    _check_names(get_rule(method), told["parameters"], [*map(of_rule, options_of(sources))])


def options_of(sources: Sequence[Source]) -> list[Mapping[str, Any]]:
    """The options of each source, those left out that it was not given."""
    return [{k: v for k, v in each.options.items() if v is not None} for each in sources]


def of_rule(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those options that the rule takes: all but the data by which it is told of the source."""
    return {name: value for name, value in given.items() if name != "data"}


def whole_models(
    refs: Sequence[str],
    given: Sequence[Mapping[str, Any]],
    known: str,
    told: Mapping[str, Any],
) -> tuple[Blueprint, list[Opened]]:
    """All sources whole, with the base that is known, if any; and the models that this names."""
    models = list(dict.fromkeys([*([known] if known else []), *refs]))
    files = [opened(ref) for ref in models]
    depths = [len(file.layers) for file in files]
    spans = tuple(
        Span(models.index(ref), 0, depths[models.index(ref)], of_rule(own))
        for ref, own in zip(refs, given, strict=True)
        if ref != known
    )
    blueprint = Blueprint(
        told["method"],
        tuple(models),
        0,
        (Slice(spans, Span(0, 0, depths[0]) if known else None),),
        told["parameters"],
        DTYPES.get(told["dtype"], ""),
        told["seed"],
        told["tokenizer"],
    )
    return blueprint, files


def _check_names(
    rule: Rule, parameters: Mapping[str, Any], given: Sequence[Mapping[str, Any]]
) -> None:
    """Raises UnknownName on a setting that the rule does not have, SettingError on its form."""
    learning = rule.training.model_fields
    every = {*rule.settings.model_fields, *rule.of_each.model_fields, *learning}
    rule.trained(parameters)
    for settings, known in (
        (parameters, every),
        *((own, rule.of_each.model_fields) for own in given),
    ):
        for name, value in settings.items():
            if name not in known:
                raise UnknownName("kind-setting-of", name, known, entry=rule.name)
            if name not in learning:
                check_varying(name, value)


def base_for(refs: Sequence[str], method: str) -> str:
    """The nearest common ancestor, where the rule needs one and it is known; else nothing."""
    if get_rule(method).base != "required":
        return ""
    if len(set(refs)) > 1:
        return common_ancestor(refs) or ""
    return next(iter(ancestors_of(refs[0])[1:]), "")
