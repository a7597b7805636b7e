"""The trainings and measurements of docs/evidence-moe.md: what they add and take away is exact."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.training.loop import Plan
from fusionlab.training.losses import routed_loss
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.train import draw_batch

FOLDER = Path(__file__).parents[2] / "docs" / "evidence-moe"
MIXTURES = ("top1", "top2", "fine")


@pytest.fixture(scope="module")
def evidence() -> Iterator[Any]:
    """The modules beside the recipe."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        for name in ("routers", "training", "measuring", "tables"):
            patch.delitem(sys.modules, name, raising=False)
        yield importlib.import_module("measuring")
        for name in ("routers", "training", "measuring", "tables"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module", params=MIXTURES)
def small(evidence: Any, request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """A model of the recipe with one layer, and what it is trained with."""
    training = importlib.import_module("training")
    recipe = training.recipe_of(training.RECIPE["balance"], request.param, 0)
    shape = replace(recipe.shape, layers=1)
    recipe = replace(recipe, shape=shape, batch=8, training=Plan(1, 0.003))
    return random_model(recipe, training.FAST), recipe


def test_the_balance_loss_is_that_of_the_zoo(small: tuple[Any, Any]) -> None:
    routers, training = map(importlib.import_module, ("routers", "training"))
    model, recipe = small
    batch = draw_batch(recipe, training.FAST, torch.Generator().manual_seed(3))
    with routers.watched(model) as seen:
        ours = training.mixture_loss({"balance": 0.02}, seen, None, model, batch)
        parts = training.mixture_loss({}, seen, None, model, batch)
        whole = training.mixture_loss({"whole": True}, seen, None, model, batch)
    torch.testing.assert_close(ours, routed_loss(model, batch, balance=0.02))
    torch.testing.assert_close(whole, parts)


def test_biases_change_the_choice_alone(small: tuple[Any, Any]) -> None:
    routers = importlib.import_module("routers")
    model, _ = small
    ids = torch.arange(5, 25)[None]
    biases = routers.Biases(0.1)
    plain = model(input_ids=ids).logits
    with biases.applied(model), routers.watched(model) as seen:
        assert torch.equal(model(input_ids=ids).logits, plain)
        biases.of = {0: torch.full_like(biases.of[0], -9.0)}
        k = seen.last[0].chosen.shape[1]
        biases.of[0][-k:] = 0
        model(input_ids=ids)
        (found,) = seen.last
    experts = found.logits.shape[1]
    assert set(found.chosen.flatten().tolist()) == set(range(experts - k, experts))
    assert torch.equal(found.weights, found.logits.softmax(-1).gather(-1, found.chosen))
    assert torch.equal(model(input_ids=ids).logits, plain)


def test_room_for_all_changes_nothing(evidence: Any, small: tuple[Any, Any]) -> None:
    routers = importlib.import_module("routers")
    model, _ = small
    batches = evidence.asked(["larger", "count"])[:1]
    free, _ = evidence.answered(model, batches)
    limit = routers.Capacity(1e9)
    with limit.applied(model):
        assert evidence.answered(model, batches, capacity=limit)[0] == free
    assert limit.choices
    assert not limit.dropped


@given(
    seed=st.integers(0, 999),
    factor=st.sampled_from([0.1, 0.5, 1.0, 1.25, 3.0]),
    k=st.integers(1, 3),
)
def test_capacity_is_that_of_a_simulation(evidence: Any, seed: int, factor: float, k: int) -> None:
    routers = importlib.import_module("routers")
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(40, 5, generator=random)
    weights, chosen = logits.softmax(-1).topk(k)
    limit = routers.Capacity(factor)
    limit.real = torch.rand(40, generator=random) < 0.8
    room = max(1, int(int(limit.real.sum()) * k * factor / 5))
    wanted, load = weights.clone(), [0] * 5
    for rank in range(k):
        for token in limit.real.nonzero().flatten().tolist():
            expert = int(chosen[token, rank])
            load[expert] += 1
            if load[expert] > room:
                wanted[token, rank] = 0
    _, kept, same = limit._within(None, None, (logits, weights, chosen))
    assert torch.equal(kept, wanted)
    assert torch.equal(same, chosen)
    assert limit.dropped == sum(max(0, each - room) for each in load)


def test_intervals_are_students(evidence: Any) -> None:
    tables = importlib.import_module("tables")
    assert tables.between([1.0, 2.0, 3.0]) == "2.000 ± 2.484"
    assert tables.against({0: 2.0, 1: 3.0}, {0: 1.0, 1: 2.0}) == "1.000 ± 0.000"
    assert tables.against({0: 2.0}, {0: 2.0}) == ""
