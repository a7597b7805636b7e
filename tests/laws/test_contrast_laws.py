"""Laws of contrastive decoding and proxy-tuning."""

from collections.abc import Sequence
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
from fusionlab.tokens.contrast import (
    contrasted,
    contrasted_without,
    proxy_tuned,
    proxy_tuned_without,
)
from tests.counted import Counted, counted, member
from tests.laws.test_ensemble_laws import GREEDY, held, ids, steps
from tests.laws.test_pooling_laws import logprobs

share = st.floats(0, 1)
LEVEL = 1e-3
"""Scores that lie no further apart are level: sums are rounded."""


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


def brute(method: str, values: Tensor, number: float, left_out: int) -> Tensor | None:
    """The fused scores with this member's probability to the power 0, all of them; None without.

    That is the equation in words: what a member wants is multiplied in as often as its power says.
    """
    if method == "contrastive":
        powers, plausible = [1.0, -2.0], (values[0] - values[0].max()).exp() >= number
    else:
        powers, plausible = [1.0, number, -number], torch.ones(values.shape[1]).bool()
    powers[left_out] = 0.0
    if not any(power > 0 for power in powers):
        return None
    parts = [power * own for power, own in zip(powers, values, strict=True) if power]
    scores: Tensor = sum(parts, torch.zeros(values.shape[1]))
    return scores.masked_fill(~plausible, -torch.inf)


@pytest.mark.parametrize(("method", "count"), [("contrastive", 2), ("proxy_tuning", 3)])
@given(st.data())
def test_first_choices_without_a_member_are_those_with_its_power_at_0(
    method: str, count: int, data: st.DataObject
) -> None:
    values = data.draw(logprobs(count))
    if method == "contrastive":
        number = data.draw(share)
        firsts: Sequence[int | None] = contrasted_without(values)
    else:
        number = data.draw(st.just(0.0) | st.floats(0.01, 10))
        firsts = proxy_tuned_without(values, number)
    for at, first in enumerate(firsts):
        scores = brute(method, values, number, at)
        if scores is None:
            assert first is None
            continue
        best, *others = scores.topk(min(2, len(scores))).values
        if first is None:
            assert best - scores.min() <= LEVEL
        elif all(best - other > LEVEL for other in others):
            assert first == int(scores.argmax())


def test_whom_a_run_calls_pivotal_is_whose_power_decides(a: Counted, b: Counted) -> None:
    for step in steps(written("contrastive", a, b, alpha=0.3)):
        expert, amateur = step.members["m0"], step.members["m1"]
        assert (expert.pivotal, expert.instead) == (None, None)  # nobody else speaks for a token
        assert amateur.pivotal == (expert.top[0].id != step.fused[0].id)
        if amateur.instead:
            assert amateur.instead.id == expert.top[0].id
    tuned = steps(written("proxy_tuning", a, b, a, strength=1.5))
    assert all(own.pivotal in (True, False) for step in tuned for own in step.members.values())
    assert any(own.pivotal for step in tuned for own in step.members.values())
    for step in steps(written("proxy_tuning", a, b, b, strength=0)):
        assert [own.pivotal for own in step.members.values()] == [None, False, False]


def test_without_the_base_nothing_is_impossible_and_alike_proxies_choose_nothing() -> None:
    base = torch.tensor([0.5, 0.5, 0.0]).log()
    sure, even = torch.tensor([0.2, 0.1, 0.7]).log(), torch.tensor([0.3, 0.4, 0.3]).log()
    assert proxy_tuned_without(torch.stack([base, sure, even]), 1.0) == (2, 0, 0)
    assert proxy_tuned_without(torch.stack([base, sure, sure]), 1.0)[0] is None
