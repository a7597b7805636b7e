"""Laws of contrastive decoding and proxy-tuning."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.errors import RecipeError, SettingError
from fusionlab.events import Event, TokenChosen
from fusionlab.methods.contrastive import contrastive as method
from fusionlab.registry import get_method
from fusionlab.tokens.contrast import contrastive, proxy_tuned
from tests.counted import Counted, counted, member
from tests.laws.test_ensemble_laws import GREEDY, held, ids
from tests.laws.test_pooling_laws import logprobs

share = st.floats(0, 1)


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


def written(*models: Counted, **settings: Any) -> list[Event]:
    members = [member(model, f"m{at}") for at, model in enumerate(models)]
    return list(method(members, GREEDY, **get_method("contrastive").check(settings)))


@given(logprobs(2), share, st.floats(0.05, 10))
def test_only_what_the_expert_finds_plausible_is_left(
    values: Tensor, alpha: float, temperature: float
) -> None:
    fused = contrastive(values[0], values[1], alpha, temperature)
    assert_close(fused.exp().sum(), torch.tensor(1.0), atol=1e-4, rtol=0)
    plausible = values[0] - values[0].max()
    assert (fused[plausible.exp() < alpha] == -torch.inf).all()
    assert fused[values[0].argmax()] > -torch.inf


@given(logprobs(2))
def test_at_alpha_1_the_expert_alone_decides(values: Tensor) -> None:
    fused = contrastive(values[0], values[1], 1.0, 0.5)
    assert values[0][fused.argmax()] == values[0].max()


@given(logprobs(1))
def test_an_amateur_that_says_the_same_leaves_the_plausible_level(values: Tensor) -> None:
    fused = contrastive(values[0], values[0], 0.1, 1.0)
    left = fused[fused > -torch.inf]
    assert_close(left.exp(), torch.full_like(left, 1 / len(left)), atol=1e-4, rtol=1e-4)


def test_the_amateurs_mistake_is_left_to_it() -> None:
    expert = torch.tensor([0.5, 0.45, 0.05]).log()
    amateur = torch.tensor([0.8, 0.1, 0.1]).log()
    assert contrastive(expert, amateur, 0.1, 1.0).argmax() == 1
    assert contrastive(expert, amateur, 0.2, 1.0)[2] == -torch.inf
    never = torch.tensor([1.0, 0.0, 0.0]).log()
    assert contrastive(expert, never, 0.1, 0.5).isfinite().sum() >= 1


@given(logprobs(2), share)
def test_proxies_that_say_the_same_move_nothing(values: Tensor, strength: float) -> None:
    assert_close(proxy_tuned(values[0], values[1], values[1], strength), values[0])
    assert_close(proxy_tuned(values[0], values[0], values[1], 0.0), values[0])


@given(logprobs(2))
def test_a_base_that_is_the_anti_expert_becomes_the_expert(values: Tensor) -> None:
    found = proxy_tuned(values[0], values[1], values[0], 1.0)
    assert_close(found.exp(), values[1].exp(), atol=1e-4, rtol=1e-3)


def test_the_method_writes_what_its_equation_says(a: Counted, b: Counted) -> None:
    said = [e for e in written(a, b, alpha=0.3) if isinstance(e, TokenChosen)]
    wanted = [e for e in held([member(a, "m0")]) if isinstance(e, TokenChosen)]
    for step in said:
        expert = step.members["m0"]
        assert expert.p_chosen >= 0.3 * expert.top[0].p - 1e-6
    assert [step.id for step in said] != [step.id for step in wanted]
    alone = written(a, b, alpha=1)
    assert ids(alone) == ids(held([member(a, "m0")]))


def test_proxy_tuning_by_equal_proxies_is_the_base_alone(a: Counted, b: Counted) -> None:
    tuned = written(a, b, b, pooling="proxy")
    assert ids(tuned) == ids(held([member(a, "m0")]))
    assert ids(written(a, b, a, pooling="proxy")) == ids(held([member(b, "m0")]))


def test_wrong_members_and_settings_are_refused(a: Counted, b: Counted) -> None:
    with pytest.raises(RecipeError, match="3 members"):
        written(a, b, pooling="proxy")
    with pytest.raises(SettingError, match="alpha"):
        get_method("contrastive").check({"alpha": 1.5})
