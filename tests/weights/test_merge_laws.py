"""What holds of merging, whatever the tensors are."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.weights import pieces
from fusionlab.weights.rules import RULES
from tests.weights.merging import SHAPES, THINNED, merge, models_of, takes, tensors

COPIES: dict[str, dict[str, Any]] = {
    name: {}
    for name in RULES
    if name
    not in ("tsv_m", "iso_c", "task_arithmetic", "passthrough", "arcee_fusion", "adamerging")
    and not name.startswith(("dare", "breadcrumbs", "della_linear"))
}
"""Rules that average; with normalize, those that add do too."""
COPIES |= {
    name: {"normalize": True}
    for name in ("task_arithmetic", "dare_linear", "dare_ties", "breadcrumbs", "della_linear")
}
SYMMETRIC = sorted(
    set(RULES) - {name for name, rule in RULES.items() if rule.random} - {"slerp", "nearswap"}
)
IGNORES_ZERO = ("linear", "multislerp", "nuslerp", "task_arithmetic", "ties", "della", "fisher")


def near(merged: Tensor, expected: Tensor, tolerance: float = 1e-5) -> None:
    assert_close(merged, expected, rtol=tolerance, atol=tolerance)


def usable(name: str, models: list[Tensor]) -> list[Tensor]:
    return models[: models_of(RULES[name])] if takes(RULES[name], models[0]) else []


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=12)
@given(drawn=tensors(4))
def test_a_merge_has_its_models_shape_and_precision_and_leaves_them_alone(
    name: str, drawn: list[Tensor]
) -> None:
    base, *models = drawn
    if given_models := usable(name, models):
        before = [tensor.clone() for tensor in drawn]
        merged = merge(name, given_models, base, seed=1)
        assert merged.shape == base.shape
        assert merged.dtype == base.dtype
        assert merged.isfinite().all()
        assert all(torch.equal(a, b) for a, b in zip(drawn, before, strict=True))
        assert all(merged.data_ptr() != t.data_ptr() for t in drawn if t.numel())


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=12)
@given(drawn=tensors(4), place=st.integers(0, 1000), whose=st.integers(0, 3))
def test_nan_is_never_hidden(name: str, drawn: list[Tensor], place: int, whose: int) -> None:
    base, *models = drawn
    spoiled = [base, *usable(name, models)]
    whose = whose % len(spoiled)
    if len(spoiled) == 1 or not base.numel() or (whose == 0 and RULES[name].base == "refused"):
        return
    place %= base.numel()
    spoiled[whose] = spoiled[whose].clone()
    spoiled[whose].view(-1)[place] = torch.nan
    each = [{"density": 0.5}] * (len(spoiled) - 1) if name in THINNED else None
    merged = merge(name, spoiled[1:], spoiled[0], each)
    assert merged.reshape(-1)[place].isnan()


@pytest.mark.parametrize("name", COPIES)
@settings(max_examples=12)
@given(drawn=tensors(2))
def test_copies_of_a_model_make_that_model(name: str, drawn: list[Tensor]) -> None:
    base, model = drawn
    if copies := usable(name, [model] * 3):
        merged = merge(name, copies, base, **COPIES[name])
        if name.startswith("ram"):  # which leaves out what is all but unchanged
            merged = torch.where((model - base).abs() > 1e-5, merged, model)
        near(merged, model)


@pytest.mark.parametrize("name", SYMMETRIC)
@settings(max_examples=12)
@given(drawn=tensors(4))
def test_the_order_of_the_models_does_not_matter(name: str, drawn: list[Tensor]) -> None:
    base, *models = drawn
    if some := usable(name, models):
        each = [
            {key: value for key, value in given.items() if key in RULES[name].of_each.model_fields}
            for given in (
                {"weight": 1.0, "density": 0.7},
                {"weight": 0.5, "density": 0.3},
                {"weight": 2.0, "density": 1.0},
            )
        ][: len(some)]
        there = merge(name, some, base, each)
        back = merge(name, some[::-1], base, each[::-1])
        near(there, back, tolerance=1e-4)


@pytest.mark.parametrize("name", IGNORES_ZERO)
@settings(max_examples=12)
@given(drawn=tensors(3))
def test_weights_one_and_zero_give_the_first_model(name: str, drawn: list[Tensor]) -> None:
    base, *models = drawn
    merged = merge(name, models, base, [{"weight": 1.0}, {"weight": 0.0}])
    expected = models[0]
    if name == "fisher":  # which knows nothing of an element whose information is zero
        expected = torch.where(models[0] == 0, merged, models[0])
    near(merged, expected)


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].base == "required"])
@settings(max_examples=8)
@given(drawn=tensors(1))
def test_models_that_are_the_base_make_the_base(name: str, drawn: list[Tensor]) -> None:
    copies = [drawn[0]] * models_of(RULES[name])
    each = [{"density": 0.5}] * len(copies) if name in THINNED else None
    near(merge(name, copies, drawn[0], each), drawn[0])


@settings(max_examples=20)
@given(drawn=tensors(2), t=st.floats(0, 1))
def test_slerp_begins_at_the_first_model_and_ends_at_the_second(
    drawn: list[Tensor], t: float
) -> None:
    a, b = drawn
    assert torch.equal(merge("slerp", [a, b], t=0), a)
    assert torch.equal(merge("slerp", [a, b], t=1), b)
    near(merge("slerp", [a, b], t=t), merge("slerp", [b, a], t=1 - t))


@settings(max_examples=20)
@given(drawn=tensors(2, shapes=((5,), (3, 4))))
def test_karcher_of_two_points_the_way_of_slerp_at_one_half(drawn: list[Tensor]) -> None:
    a, b = (tensor + 0.1 for tensor in drawn)
    units = [a / a.norm(), b / b.norm()]
    middle = merge("slerp", units, t=0.5)
    if middle.norm() > 0.1:  # else they all but cancel
        merged = merge("karcher", [a, b])
        near(merged / merged.norm(), middle / middle.norm(), tolerance=1e-4)
        near(merged.norm(), (a.norm() + b.norm()) / 2)


@settings(max_examples=20)
@given(drawn=tensors(4))
def test_at_density_one_dare_and_della_are_task_arithmetic_and_ties(drawn: list[Tensor]) -> None:
    base, *models = drawn
    added = merge("task_arithmetic", models, base)
    for name in ("dare_linear", "della_linear", "breadcrumbs"):
        assert torch.equal(merge(name, models, base), added)
    agreed = merge("ties", models, base)
    assert torch.equal(merge("della", models, base), agreed)
    for name in ("dare_ties", "breadcrumbs_ties"):
        assert torch.equal(merge(name, models, base, normalize=True), agreed)


@settings(max_examples=20)
@given(drawn=tensors(4))
def test_at_density_one_ties_is_mere_sign_consensus(drawn: list[Tensor]) -> None:
    base, *models = drawn
    deltas = torch.stack(models) - base
    sign = torch.where(deltas.sum(0) >= 0, 1, -1)
    agree = deltas.sign() == sign
    mean = (deltas * agree).sum(0) / agree.sum(0).clamp(min=1)
    near(merge("ties", models, base), base + mean)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.random])
def test_a_seed_draws_the_same_and_another_seed_does_not(name: str) -> None:
    base, *models = torch.randn(3, 20, 20, generator=torch.Generator().manual_seed(0))
    each = [{"density": 0.5}] * 2
    once, again, other = (merge(name, models, base, each, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(once, again)
    assert not torch.equal(once, other)


@pytest.mark.parametrize("name", RULES)
def test_pieces_are_no_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    base, *models = torch.randn(4, 7, 11, generator=torch.Generator().manual_seed(0))
    some = models[: models_of(RULES[name])]
    each = [{"density": 0.5}] * len(some) if name in THINNED else None
    whole = merge(name, some, base, each)
    for module in ("pieces", "span", "sparse", "selecting"):
        monkeypatch.setattr(f"fusionlab.weights.{module}.PIECE", 16)
    near(merge(name, some, base, each), whole)
    assert pieces.PIECE == 16


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.elementwise])
def test_an_elementwise_rule_merges_parts_apart(name: str) -> None:
    base, *models = torch.randn(4, 7, 11, generator=torch.Generator().manual_seed(0))
    some = models[: models_of(RULES[name])]
    whole = merge(name, some, base)
    parts = [merge(name, [m[rows] for m in some], base[rows]) for rows in (slice(3), slice(3, 7))]
    assert torch.equal(torch.cat(parts), whole)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.grain == "matrix"])
def test_a_rule_of_matrices_merges_a_stack_matrix_by_matrix(name: str) -> None:
    base, *models = torch.randn(4, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    apart = [merge(name, [m[place] for m in models], base[place]) for place in range(3)]
    near(merge(name, models, base), torch.stack(apart))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=["bf16", "fp16"])
@pytest.mark.parametrize("name", RULES)
def test_half_precision_is_merged_in_float32(name: str, dtype: torch.dtype) -> None:
    base, *models = torch.randn(4, 6, 6, generator=torch.Generator().manual_seed(0)).to(dtype)
    some = models[: models_of(RULES[name])]
    statistics = [m.float().mT @ m.float() for m in some] if name == "regmean" else None
    merged = merge(name, some, base, statistics=statistics)
    exact = merge(name, [m.float() for m in some], base.float(), statistics=statistics)
    assert merged.dtype == torch.float32
    near(merged, exact, tolerance=1e-2)


def test_shapes_have_all_kinds() -> None:
    assert {len(shape) for shape in SHAPES} == {0, 1, 2, 3, 4}
