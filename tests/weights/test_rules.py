"""The table of merge rules: what it says of its functions, and what it refuses."""

import inspect
from typing import Any

import pytest
import torch

from fusionlab.errors import FusionError, RecipeError, SettingError, UnknownName
from fusionlab.weights.rule import seeded
from fusionlab.weights.rules import RULES, get_rule
from fusionlab.words import LANGUAGES
from tests.weights.merging import merge

A, B = torch.ones(2, 3), torch.full((2, 3), 2.0)


def refused(caught: pytest.ExceptionInfo[FusionError], key: str) -> None:
    """It is this sentence, which both languages can say, and which tells what to do."""
    sentence = caught.value.sentence
    assert sentence.key == key
    for language in LANGUAGES:
        assert sentence.said(language)
        assert sentence.hint(language)


@pytest.mark.parametrize("name", RULES)
def test_a_row_names_its_functions_parameters(name: str) -> None:
    rule = RULES[name]
    count = max(rule.min_models, 1)
    given = rule.checked([{}] * count, {})
    told = {*given.of_models, *given.of_merge}
    told |= {"generator"} if rule.random else set()
    told |= {"statistics"} if rule.statistic else set()
    told |= {"base"} if rule.base != "refused" else set()
    assert told | {"models"} == set(inspect.signature(rule.function).parameters)
    assert all(len(values) == count for values in given.of_models.values())
    assert rule.summary.endswith(".")
    assert rule.paper.startswith("https://") or name == "passthrough"


def test_all_rules_are_there() -> None:
    assert set(RULES) == {
        *("linear", "slerp", "nuslerp", "multislerp", "karcher", "nearswap", "passthrough"),
        *("task_arithmetic", "ties", "dare_linear", "dare_ties", "breadcrumbs", "breadcrumbs_ties"),
        *("della", "della_linear", "sce", "model_stock", "ram", "ramplus", "arcee_fusion"),
        *("tsv_m", "iso_c", "fisher", "regmean", "adamerging"),
    }


def test_an_unknown_rule_is_told_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        get_rule("slrp")
    refused(caught, "unknown-name-near")
    assert str(caught.value) == "unknown rule for merging 'slrp' (did you mean 'slerp'?)"


@pytest.mark.parametrize(
    ("name", "each", "merged", "error"),
    [
        ("ties", {"density": 1.5}, {}, SettingError),
        ("ties", {"density": "half"}, {}, SettingError),
        ("ties", {"weight": float("nan")}, {}, SettingError),
        ("ties", {"density": float("nan")}, {}, SettingError),
        ("slerp", {}, {"t": float("nan")}, SettingError),
        ("ram", {}, {"epsilon": float("nan")}, SettingError),
        ("ties", {"densty": 0.5}, {}, UnknownName),
        ("ties", {}, {"lamda": 1}, UnknownName),
        ("ties", {}, {"lambda": float("inf")}, SettingError),
        ("ties", {}, {"rescale": "l2"}, SettingError),
        ("linear", {"density": 0.5}, {}, UnknownName),
        ("slerp", {}, {"t": 1.1}, SettingError),
        ("karcher", {}, {"max_iter": 0}, SettingError),
        ("fisher", {"weight": -1}, {}, SettingError),
        ("regmean", {}, {"off_diagonal": 1}, SettingError),
    ],
)
def test_settings_are_checked(
    name: str, each: dict[str, Any], merged: dict[str, Any], error: type[FusionError]
) -> None:
    with pytest.raises(error) as caught:
        get_rule(name).checked([{}, each], merged)
    assert caught.value.hint


@pytest.mark.parametrize("name", RULES)
def test_models_are_counted(name: str) -> None:
    rule = RULES[name]
    with pytest.raises(RecipeError) as caught:
        rule.checked([{}] * (rule.min_models - 1), {})
    refused(caught, "sources-too-few")
    if rule.max_models is not None:
        with pytest.raises(RecipeError) as caught:
            rule.checked([{}] * (rule.max_models + 1), {})
        refused(caught, "sources-too-many")


@pytest.mark.parametrize("name", RULES)
def test_a_base_that_is_lacking_or_of_no_use_is_refused(name: str) -> None:
    rule = RULES[name]
    models = [A, B][: rule.max_models]
    settings = rule.checked([{}] * len(models), {})
    if rule.base != "optional":
        with pytest.raises(RecipeError) as caught:
            rule.merged(models, None if rule.base == "required" else A, settings)
        refused(caught, "merge-base-lacking" if rule.base == "required" else "merge-base-unused")


@pytest.mark.parametrize("name", RULES)
def test_tensors_of_other_shapes_are_refused(name: str) -> None:
    rule = RULES[name]
    models = [A, B[:1]] if rule.max_models != 1 else [B[:1]]
    if len(models) > 1 or rule.base == "required":
        with pytest.raises(RecipeError) as caught:
            merge(name, models, A, statistics=[A, B])
        refused(caught, "merge-shapes-differ")
        assert "(2, 3)" in caught.value.message


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("linear", {}),
        ("nuslerp", {}),
        ("multislerp", {}),
        ("ties", {}),
        ("della", {}),
        ("task_arithmetic", {"normalize": True}),
        ("dare_linear", {"normalize": True}),
        ("breadcrumbs_ties", {"normalize": True}),
    ],
)
@pytest.mark.parametrize("weights", [(1, -1), (0, 0), (0.1 + 0.2, -0.3)])
def test_weights_that_cancel_are_refused(
    name: str, settings: dict[str, Any], weights: tuple[float, float]
) -> None:
    with pytest.raises(RecipeError) as caught:
        merge(name, [A, B], A, [{"weight": weight} for weight in weights], **settings)
    refused(caught, "merge-weights-cancel")


@pytest.mark.parametrize("name", ["fisher", "regmean"])
def test_models_that_are_all_of_no_weight_are_refused(name: str) -> None:
    with pytest.raises(RecipeError) as caught:
        merge(name, [A, B], None, [{"weight": 0}] * 2)
    refused(caught, "merge-weights-cancel")


def test_weights_that_cancel_are_added_where_nothing_is_divided_by_their_sum() -> None:
    merged = merge("task_arithmetic", [A, B], A * 0, [{"weight": 1}, {"weight": -1}])
    assert torch.equal(merged, A - B)


@pytest.mark.parametrize("density", [0.1, 0.15, 0.85, 0.9])
@pytest.mark.parametrize("name", ["della", "della_linear"])
def test_della_refuses_probabilities_out_of_range(name: str, density: float) -> None:
    with pytest.raises(RecipeError) as caught:
        merge(name, [A, B], A, [{"density": density}] * 2)
    refused(caught, "merge-epsilon")


def test_what_a_caller_forgot_is_an_error_of_the_program() -> None:
    drawing, measured = get_rule("dare_ties"), get_rule("fisher")
    with pytest.raises(ValueError, match="dare_ties needs generator"):
        drawing.merged([A], A, drawing.checked([{}], {}))
    with pytest.raises(ValueError, match="fisher needs statistics"):
        measured.merged([A], None, measured.checked([{}], {}))
    with pytest.raises(ValueError, match="1 weight for 2 models"):
        get_rule("linear").merged([A, B], None, get_rule("linear").checked([{}], {}))
    with pytest.raises(ValueError, match="1 statistics for 2 models"):
        measured.merged([A, B], None, measured.checked([{}] * 2, {}), statistics=[A])


def test_a_seed_is_of_a_tensors_own() -> None:
    def drawn(seed: int, tensor: str) -> float:
        return torch.rand((), generator=seeded(seed, tensor)).item()

    assert drawn(1, "a") == drawn(1, "a")
    assert len({drawn(seed, tensor) for seed in (1, 2) for tensor in ("a", "b")}) == 4
