"""Lifelong learning by its laws: the measures of known matrices, and groups that stay untouched."""

from copy import deepcopy
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from fusionlab.errors import SettingError, UnknownName
from fusionlab.experts.groups import GroupedModel, GroupedShape, group_weights
from fusionlab.experts.lifelong import (
    Measured,
    accuracy,
    at_least,
    at_most,
    backward_transfer,
    forgetting,
    forward_transfer,
    over_seeds,
)
from fusionlab.experts.remembering import anchored, answer_loss, kept_outputs

SHAPE = GroupedShape(vocab=11, context=8, hidden=16, heads=2, feed_forward=24, grouped_layers=2)
R = [[0.9, 0.2, 0.1], [0.5, 0.8, 0.3], [0.7, 0.6, 1.0]]
B = [0.0, 0.1, 0.1]


@pytest.fixture
def model() -> GroupedModel:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        made = GroupedModel(SHAPE, "a")
        made.append("b")
        for each in made.parameters():  # groups that differ, as after a training
            each.data += 0.1 * torch.randn_like(each)
    return made


def ids(seed: int = 0, rows: int = 5) -> torch.Tensor:
    return torch.randint(SHAPE.vocab, (rows, 7), generator=torch.Generator().manual_seed(seed))


def test_the_measures_of_a_known_matrix() -> None:
    assert accuracy(R) == pytest.approx((0.7 + 0.6 + 1.0) / 3)
    assert backward_transfer(R) == pytest.approx(((0.7 - 0.9) + (0.6 - 0.8)) / 2)
    assert forward_transfer(R, B) == pytest.approx(((0.2 - 0.1) + (0.3 - 0.1)) / 2)
    assert forgetting(R) == pytest.approx(((0.9 - 0.7) + (0.8 - 0.6)) / 2)


def test_of_one_task_there_is_neither_transfer_nor_forgetting() -> None:
    assert accuracy([[0.4]]) == 0.4
    assert backward_transfer([[0.4]]) is forward_transfer([[0.4]], [0.0]) is None
    assert forgetting([[0.4]]) is None


@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(
            st.lists(st.floats(0, 1), min_size=n, max_size=n), min_size=n, max_size=n
        )
    )
)
def test_forgetting_is_no_less_than_what_backward_transfer_has_cost(r: list[list[float]]) -> None:
    lost, moved = forgetting(r), backward_transfer(r)
    assert lost is not None
    assert moved is not None
    assert lost >= -moved - 1e-9
    settled = [[r[j][j] for j in range(len(r))] for _ in r]
    assert backward_transfer(settled) == 0


def test_verdicts_follow_the_interval() -> None:
    same = over_seeds([0.0, 0.0, 0.0])
    assert (same.mean, same.low, same.high, same.n) == (0, 0, 0, 3)
    assert over_seeds([0.3]).low == -1
    assert at_most(same, 0.05) == "yes"
    assert at_most(Measured(0.5, 0.4, 0.6, 3), 0.05) == "no"
    assert at_most(Measured(0.1, 0.0, 0.2, 3), 0.05) == "unclear"
    assert at_least(Measured(0.5, 0.4, 0.6, 3), 0.02) == "yes"
    assert at_least(same, 0.02) == "no"
    assert at_least(Measured(0.1, -0.1, 0.3, 3), 0.02) == "unclear"


@pytest.mark.parametrize("gated", [False, True])
def test_the_model_does_not_see_the_future(model: GroupedModel, gated: bool) -> None:
    model.gated = gated
    text, other = ids(), ids()
    other[:, 4:] = (other[:, 4:] + 1) % SHAPE.vocab
    assert_close(model(text, "b")[:, :4], model(other, "b")[:, :4])
    assert not torch.allclose(model(text, "b")[:, 4:], model(other, "b")[:, 4:])


@settings(max_examples=10, deadline=None)
@given(st.sampled_from("ab"), st.integers(0, 99))
def test_a_submodel_is_bit_equal_on_its_domain_and_on_no_other(domain: str, seed: int) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        whole = GroupedModel(SHAPE, "a")
        whole.append("b")
        for each in whole.parameters():
            each.data += 0.1 * torch.randn_like(each)
    small, text = whole.extracted(domain), ids(seed)
    assert torch.equal(small(text, domain), whole(text, domain))
    other = "a" if domain == "b" else "b"
    assert not torch.equal(small(text, domain), whole(text, other))
    assert small.sizes()["experts"] * 2 == whole.sizes()["experts"]
    assert small.sizes()["attention"] == whole.sizes()["attention"]


def test_an_appended_group_that_learns_leaves_the_others_bit_equal(model: GroupedModel) -> None:
    text = ids()
    before = {name: model(text, name).detach() for name in "ab"}
    weights = group_weights(model, ["a", "b"])
    model.freeze(shared=True)
    model.append("c", like="b")
    assert torch.equal(model(text, "c"), before["b"])
    trained = [each for each in model.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        answer_loss(model(text, "c"), text).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert not torch.equal(model(text, "c"), before["b"])
    assert all(torch.equal(model(text, name), before[name]) for name in "ab")
    assert all(map(torch.equal, weights, group_weights(model, ["a", "b"])))


def test_a_gate_weighs_all_groups_and_frozen_columns_stay(model: GroupedModel) -> None:
    model.gated = True
    held = group_weights(model, ["a", "b"])
    model.freeze(shared=False)
    model.append("c")
    answer_loss(model(ids()), ids(1)).backward()  # type: ignore[no-untyped-call]
    with_gradient = {n for n, p in model.named_parameters() if p.grad is not None}
    assert "attention.0.qkv.weight" in with_gradient
    grouped = {name for name in with_gradient if ".groups." in name}
    assert grouped
    assert all(".groups.2." in name for name in grouped)
    assert all(map(torch.equal, held, group_weights(model, ["a", "b"])))


def test_groups_that_cannot_be_are_refused(model: GroupedModel) -> None:
    with pytest.raises(SettingError, match="'a' already"):
        model.append("a")
    with pytest.raises(UnknownName, match="unknown domain 'x'"):
        model.extracted("x")


def test_the_anchor_is_the_mean_squared_gradient_and_pulls_back(model: GroupedModel) -> None:
    texts = [ids(seed, 1) for seed in range(3)]
    anchor = anchored(model, (answer_loss(model(text), text) for text in texts))
    expected = torch.zeros_like(model.norm.weight)
    for text in texts:
        (slope,) = torch.autograd.grad(answer_loss(model(text), text), [model.norm.weight])
        expected += slope**2 / 3
    assert_close(anchor.fisher["norm.weight"], expected)
    assert float(anchor.penalty(model).detach()) == 0
    moved = deepcopy(model)
    moved.norm.weight.data += 0.5
    assert_close(anchor.penalty(moved), (expected * 0.25).sum() / 2)


def test_outputs_are_kept_where_they_are_the_same() -> None:
    rng = Random(0)
    before = torch.tensor([[[rng.gauss(0, 1) for _ in range(4)] for _ in range(3)]])
    counted = torch.tensor([[True, False, True]])
    assert abs(float(kept_outputs(before + 2.0, before, counted).detach())) < 1e-6
    now = torch.zeros_like(before)
    p = before.softmax(-1)[counted]
    assert_close(kept_outputs(now, before, counted), (p * (p * 4).log()).sum(-1).mean())
