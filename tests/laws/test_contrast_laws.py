"""Laws of contrastive decoding and proxy-tuning."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.errors import MemberError, RecipeError, SettingError
from fusionlab.events import Event, TokenChosen
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.registry import get_method
from fusionlab.run import check
from fusionlab.tokens.contrast import contrasted, proxy_tuned
from tests.counted import Counted, counted, member
from tests.laws.test_ensemble_laws import GREEDY, held, ids, steps
from tests.laws.test_pooling_laws import logprobs

share = st.floats(0, 1)


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


def written(method: str, *models: Counted, **settings: Any) -> list[Event]:
    members = [member(model, f"m{at}") for at, model in enumerate(models)]
    found = get_method(method)
    return list(found.run(members, GREEDY, **found.check(settings)))


@given(logprobs(2), share, st.floats(0.05, 10))
def test_only_what_the_expert_finds_plausible_is_left(
    values: Tensor, alpha: float, temperature: float
) -> None:
    fused = contrasted(values[0], values[1], alpha, temperature)
    assert_close(fused.exp().sum(), torch.tensor(1.0), atol=1e-4, rtol=0)
    plausible = values[0] - values[0].max()
    assert (fused[plausible.exp() < alpha] == -torch.inf).all()
    assert fused[values[0].argmax()] > -torch.inf


@given(logprobs(2))
def test_at_alpha_1_the_expert_alone_decides(values: Tensor) -> None:
    fused = contrasted(values[0], values[1], 1.0, 0.5)
    assert values[0][fused.argmax()] == values[0].max()


@given(logprobs(1))
def test_an_amateur_that_says_the_same_leaves_the_plausible_level(values: Tensor) -> None:
    fused = contrasted(values[0], values[0], 0.1, 1.0)
    left = fused[fused > -torch.inf]
    assert_close(left.exp(), torch.full_like(left, 1 / len(left)), atol=1e-4, rtol=1e-4)


def test_the_amateurs_mistake_is_left_to_it() -> None:
    expert = torch.tensor([0.5, 0.45, 0.05]).log()
    amateur = torch.tensor([0.8, 0.1, 0.1]).log()
    assert contrasted(expert, amateur, 0.1, 1.0).argmax() == 1
    assert contrasted(expert, amateur, 0.2, 1.0)[2] == -torch.inf
    never = torch.tensor([1.0, 0.0, 0.0]).log()
    assert contrasted(expert, never, 0.1, 0.5).argmax() == 1


def test_an_alpha_under_which_no_token_is_left_is_refused() -> None:
    values = torch.tensor([0.5, 0.5]).log()
    with pytest.raises(MemberError, match=r"α = 1\.1"):
        contrasted(values, values, 1.1, 1.0)
    for alpha in (1.5, -0.1):
        with pytest.raises(SettingError, match="alpha"):
            get_method("contrastive").check({"alpha": alpha})


@given(logprobs(2), share)
def test_proxies_that_say_the_same_move_nothing(values: Tensor, strength: float) -> None:
    assert_close(proxy_tuned(values[0], values[1], values[1], strength), values[0])
    assert_close(proxy_tuned(values[0], values[0], values[1], 0.0), values[0])


@given(logprobs(2))
def test_a_base_that_is_the_anti_expert_becomes_the_expert(values: Tensor) -> None:
    found = proxy_tuned(values[0], values[1], values[0], 1.0)
    assert_close(found.exp(), values[1].exp(), atol=1e-4, rtol=1e-3)


def test_what_the_base_forbids_stays_forbidden() -> None:
    base = torch.tensor([0.5, 0.5, 0.0]).log()
    sure = torch.tensor([0.0, 0.0, 1.0]).log()
    never = torch.tensor([0.5, 0.5, 0.0]).log()
    fused = proxy_tuned(base, sure, never, 10.0)
    assert fused[2] == -torch.inf
    assert_close(fused.exp().sum(), torch.tensor(1.0))


def test_contrast_writes_what_its_equation_says(a: Counted, b: Counted) -> None:
    said = steps(written("contrastive", a, b, alpha=0.3))
    for step in said:
        assert step.fused[-1].p > 0  # what is left out is no candidate
        expert, amateur = step.members["m0"], step.members["m1"]
        assert expert.p_chosen >= 0.3 * expert.top[0].p - 1e-6
        assert (expert.exponent, amateur.exponent) == (1.0, -2.0)
        both = [(x, y) for x, y in zip(expert.p_fused, amateur.p_fused, strict=True)]
        for (x, y), pooled in list(zip(both, step.fused, strict=True))[1:]:
            if pooled.p > 1e-6:  # fused ∝ p_expert / p_amateur^2 among the plausible
                odds = (x / both[0][0]) * (both[0][1] / y) ** 2
                assert pooled.p / step.fused[0].p == pytest.approx(odds, rel=1e-2)
    assert [step.id for step in said] != ids(held([member(a, "m0")]))
    assert ids(written("contrastive", a, b, alpha=1)) == ids(held([member(a, "m0")]))


def test_proxy_tuning_by_equal_proxies_is_the_base_alone(a: Counted, b: Counted) -> None:
    tuned = written("proxy_tuning", a, b, b, strength=2)
    assert ids(tuned) == ids(held([member(a, "m0")]))
    own = [each.exponent for each in steps(tuned)[0].members.values()]
    assert own == [1.0, 2.0, -2.0]
    assert ids(written("proxy_tuning", a, b, a)) == ids(held([member(b, "m0")]))


@pytest.mark.parametrize(
    ("method", "count"),
    [("contrastive", 1), ("contrastive", 3), ("proxy_tuning", 2), ("proxy_tuning", 4)],
)
def test_another_number_of_members_is_refused(method: str, count: int) -> None:
    with pytest.raises(RecipeError, match="member"):
        check(Recipe(method, "one", (MemberRecipe("zoo/adder"),) * count))


def test_all_members_compute_at_every_step(a: Counted, b: Counted) -> None:
    events = written("contrastive", a, b)
    said = [event for event in events if isinstance(event, TokenChosen)]
    assert all(list(step.members) == ["m0", "m1"] for step in said)
