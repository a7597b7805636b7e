"""Laws of who decides a token: gates, support, weights by step or prompt, and the mixture draw."""

import math
from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.errors import SettingError
from fusionlab.events import Measured
from fusionlab.models.base import Message
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method
from fusionlab.tokens.deciding import (
    by_prompt,
    is_disputed,
    is_sure,
    unsupported,
    weighed,
    without,
)
from fusionlab.tokens.pooling import Pooling, arithmetic, pool
from fusionlab.tokens.together import Together
from tests.counted import Counted, counted, member
from tests.laws.test_ensemble_laws import GREEDY, held, ids, same_distributions, steps
from tests.laws.test_pooling_laws import even, weighted

WEIGHTINGS = ("entropy", "confidence")


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@given(weighted(), st.floats(0.01, 100))
def test_weights_of_a_step_sum_to_1_and_0_stays_0(
    weighting: str, given: tuple[Tensor, Tensor], tau: float
) -> None:
    values, shares = given
    weights = weighed(values, shares, weighting, tau)  # type: ignore[arg-type]
    assert_close(weights.sum(), torch.tensor(1.0))
    assert (weights[shares == 0] == 0).all()


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@given(weighted())
def test_members_that_say_the_same_keep_their_weights(
    weighting: str, given: tuple[Tensor, Tensor]
) -> None:
    values, shares = given
    twins = values[:1].expand_as(values)
    assert_close(weighed(twins, shares, weighting, 1.0), shares)  # type: ignore[arg-type]


def test_the_surer_member_counts_more() -> None:
    values = torch.tensor([[0.8, 0.1, 0.1], [0.4, 0.3, 0.3]]).log()
    assert_close(weighed(values, even(2), "confidence", 1.0), torch.tensor([2 / 3, 1 / 3]))
    h = -(values.exp() * values).sum(-1)
    expected = (-h / 0.5).exp() / (-h / 0.5).exp().sum()
    assert_close(weighed(values, even(2), "entropy", 0.5), expected)


def test_weights_by_prompt_are_the_softmax_of_minus_loss_over_tau() -> None:
    losses = torch.tensor([1.0, 1.0 + math.log(3)])
    assert_close(by_prompt(losses, even(2), 1.0), torch.tensor([0.75, 0.25]))
    assert_close(by_prompt(losses, torch.tensor([0.0, 1.0]), 1.0), torch.tensor([0.0, 1.0]))


@given(weighted(), st.integers(1, 12))
def test_who_is_left_out_has_no_supporter_and_somebody_stays(
    given: tuple[Tensor, Tensor], top_k: int
) -> None:
    values, shares = given
    out = unsupported(values, shares, top_k)
    staying = [i for i in range(len(shares)) if shares[i] > 0 and i not in out]
    assert staying
    assert_close(without(shares, out).sum(), torch.tensor(1.0))
    for i in out:
        first = int(values[i].argmax())
        others = [j for j in range(len(shares)) if j != i and shares[j] > 0]
        assert all((values[j] >= values[j][first]).sum() > top_k for j in others)
    for i in staying if out else []:
        first = int(values[i].argmax())
        others = [j for j in range(len(shares)) if j != i and shares[j] > 0]
        assert any((values[j] > values[j][first]).sum() < top_k for j in others)


def test_the_member_whose_choice_nobody_has_near_the_top_is_left_out() -> None:
    values = torch.tensor([[8.0, 7, 1, 0], [7.0, 8, 0, 1], [0.0, 1, 2, 9]]).log_softmax(-1)
    assert unsupported(values, even(3), 2) == (2,)
    assert unsupported(values, even(3), 4) == ()
    assert unsupported(values, torch.tensor([0.5, 0.0, 0.5]), 2) == ()  # both alone: both stay


@given(weighted(), st.floats(0, 1))
def test_sure_is_a_largest_probability_at_the_threshold(
    given: tuple[Tensor, Tensor], threshold: float
) -> None:
    values, _ = given
    assert is_sure(values[0], threshold) == bool(values[0].exp().max() >= threshold)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, math.nan])
def test_a_threshold_outside_of_probabilities_is_refused(threshold: float) -> None:
    with pytest.raises(SettingError, match="threshold"):
        get_method("ensemble").check({"act": "unsure", "threshold": threshold})


def test_a_gate_that_is_always_sure_writes_alone_and_the_others_read_nothing(
    a: Counted, b: Counted
) -> None:
    alone = held([member(a, "ann")])
    gated = held([member(a, "ann"), member(b, "bob")], act="unsure", threshold=0)
    same_distributions(gated, alone)
    assert all(step.acted is False and list(step.members) == ["ann"] for step in steps(gated))
    assert {event.member for event in gated if isinstance(event, Measured)} == {"ann"}


def test_a_gate_that_is_never_sure_is_the_ensemble(a: Counted, b: Counted) -> None:
    members = [member(a, "ann"), member(b, "bob", weight=3)]
    gated = held(members, act="unsure", threshold=1)
    same_distributions(gated, held(members))
    assert all(step.acted for step in steps(gated))


def test_only_unsure_steps_cost_the_others_a_pass(a: Counted, b: Counted) -> None:
    members = [member(a, "ann"), member(b, "bob")]
    middle = sorted(step.members["ann"].top[0].p for step in steps(held(members)))[10]
    gated = held(members, act="unsure", threshold=middle)
    acted = [step for step in steps(gated) if step.acted]
    assert 0 < len(acted) < len(steps(gated))
    passes = Counter[str]()
    for event in gated:
        if isinstance(event, Measured):
            passes[event.member] += event.forward_passes
    assert passes == {"ann": len(ids(gated)), "bob": len(acted)}
    for step in steps(gated):
        assert step.acted == (step.members["ann"].top[0].p < middle)
        assert step.acted == ("bob" in step.members)


def test_a_member_asked_late_has_read_all_that_was_written(a: Counted, b: Counted) -> None:
    members = [member(a, "ann"), member(b, "bob")]
    middle = sorted(step.members["ann"].top[0].p for step in steps(held(members)))[10]
    gated = held(members, act="unsure", threshold=middle)
    last = [step for step in steps(gated) if step.acted][-1]
    before = a.encode([Message("user", GREEDY.question)]) + ids(gated)[: last.step]
    rows = b.open([before])
    expected = rows.logits()[0].log_softmax(-1)
    rows.close()
    top = last.members["bob"].top[0]
    assert top.p == pytest.approx(float(expected[top.id].exp()), abs=1e-4)


def test_what_is_impossible_to_the_others_supports_nobody() -> None:
    values = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]).log()
    assert unsupported(values, even(3), 3) == (0,)


@pytest.mark.parametrize(
    ("pooling", "rows"),
    [
        ("majority", [[0.97, 0.03], [0.48, 0.52], [0.48, 0.52]]),
        ("geometric", [[0.95, 0.05], [0.95, 0.05], [1e-4, 1 - 1e-4]]),
        ("minimum", [[0.95, 0.05], [0.95, 0.05], [1e-4, 1 - 1e-4]]),
    ],
)
def test_a_mean_above_half_settles_nothing_for_other_pools(
    pooling: Pooling, rows: list[list[float]]
) -> None:
    values, shares = torch.tensor(rows).log(), torch.tensor([0.4, 0.3, 0.3])
    assert int(pool(values, shares, pooling).argmax()) == 1
    assert is_disputed(values, shares, 0, mean=False)
    assert not is_disputed(values, shares, 0)


@given(weighted())
def test_what_nobody_disputes_is_what_the_pool_would_choose(given: tuple[Tensor, Tensor]) -> None:
    values, shares = given
    if not is_disputed(values, shares, 0):
        pooled = arithmetic(values, shares)
        assert_close(pooled[values[0].argmax()], pooled.max(), atol=1e-5, rtol=0)


def test_a_token_is_disputed_that_is_neither_everybody_s_choice_nor_likelier_than_half() -> None:
    values = torch.tensor([[0.4, 0.35, 0.25], [0.3, 0.4, 0.3]]).log()
    assert is_disputed(values, even(2), 0)
    assert not is_disputed(values[[0, 0]], even(2), 0)  # all choose it
    assert not is_disputed(values, torch.tensor([1.0, 0.0]), 0)  # who weighs nothing
    surer = torch.tensor([[0.8, 0.1, 0.1], [0.3, 0.4, 0.3]]).log()
    assert not is_disputed(surer, even(2), 0)  # 0.55 on average


def test_pooling_where_a_token_is_disputed_writes_what_pooling_always_does(a: Counted) -> None:
    members = [member(a, "ann", "one two"), member(a, "bob", "three", weight=2)]
    gated = held(members, act="disputed", threshold=1)
    assert ids(gated) == ids(held(members))
    found = {step.acted for step in steps(gated)}
    assert found == {True, False}
    for step in steps(gated):
        first = {name: own.top[0].id for name, own in step.members.items()}
        if step.acted:
            assert first["bob"] != first["ann"]
        else:
            assert step.id == first["ann"]
            assert [own.weight for own in step.members.values()] == [1.0, 0.0]


def test_a_sure_gate_disputes_with_nobody_and_costs_nobody_a_pass(a: Counted, b: Counted) -> None:
    members = [member(a, "ann"), member(b, "bob")]
    gated = held(members, act="disputed", threshold=0)
    same_distributions(gated, held([member(a, "ann")]))
    assert {event.member for event in gated if isinstance(event, Measured)} == {"ann"}


def test_a_drawn_member_gives_only_tokens_that_are_disputed(a: Counted, b: Counted) -> None:
    members = [member(a, "ann"), member(b, "bob")]
    for step in steps(held(members, act="disputed", threshold=1, pooling="drawn")):
        decides = [name for name, own in step.members.items() if own.weight == 1]
        assert len(decides) == 1
        assert step.acted or decides == ["ann"]


def test_members_without_support_are_named_and_count_nothing(a: Counted, b: Counted) -> None:
    members = [member(a, "ann"), member(a, "ann too"), member(b, "bob")]
    said = steps(held(members, act="supported", support_top_k=1))
    out = [step for step in said if step.left_out]
    assert out
    for step in said:
        assert step.acted
        for name, own in step.members.items():
            assert own.weight is not None
            assert (own.weight == 0) == (name in step.left_out)
    for step in out:
        assert step.left_out == ("bob",)
        assert step.p == pytest.approx(step.members["ann"].p_chosen, abs=1e-4)


@pytest.mark.parametrize("weighting", ["prompt", *WEIGHTINGS])
def test_weights_of_every_step_are_told_and_are_those_of_the_pool(
    weighting: str, a: Counted, b: Counted
) -> None:
    events = held([member(a, "ann"), member(b, "bob")], weighting=weighting, tau=0.1)
    for step in steps(events):
        weights = [own.weight or 0.0 for own in step.members.values()]
        assert sum(weights) == pytest.approx(1)
        pooled = sum(own.p_chosen * (own.weight or 0.0) for own in step.members.values())
        assert step.p == pytest.approx(pooled, abs=1e-5)
    told = {tuple(own.weight for own in step.members.values()) for step in steps(events)}
    assert (len(told) == 1) == (weighting == "prompt")


def test_the_prompt_favours_the_member_to_whom_it_is_no_surprise(a: Counted, b: Counted) -> None:
    def loss(model: Counted) -> float:
        prompt = model.encode([Message("user", GREEDY.question)])
        rows, nats, length = model.open([prompt[:1]]), 0.0, 0
        for token in prompt[1:]:
            if spoken := model.vocabulary.said(token):
                nats -= float(rows.logits()[0].log_softmax(-1)[token])
                length += len(spoken)
            rows.feed([[token]])
        rows.close()
        return nats / length

    (first, *_) = steps(held([member(a, "ann"), member(b, "bob")], weighting="prompt", tau=0.1))
    expected = torch.tensor([-loss(a), -loss(b)]).div(0.1).softmax(0).tolist()
    found = [own.weight for own in first.members.values()]
    assert found == pytest.approx(expected, abs=1e-3)


def test_a_drawn_member_gives_the_token_with_one_pass(a: Counted, b: Counted) -> None:
    events = held([member(a, "ann"), member(b, "bob")], pooling="drawn")
    assert all(len(step.members) == 1 for step in steps(events))
    drawn = Counter(name for step in steps(events) for name in step.members)
    assert set(drawn) == {"ann", "bob"}
    passes = Counter[str]()
    for event in events:
        if isinstance(event, Measured):
            passes[event.member] += event.forward_passes
    assert passes == drawn


def test_draws_of_the_mixture_follow_the_arithmetic_pool(a: Counted, b: Counted) -> None:
    """Chi-square with fixed seeds, the tail of the vocabulary in bins of 5 expected draws."""
    draws = 1500
    members = [member(a, "ann", weight=1), member(b, "bob", weight=2)]
    seeds = range(draws)
    found = Counter(
        ids(held(members, Request("one", Sampling(1, 1.0, seed=s)), pooling="drawn"))[0]
        for s in seeds
    )
    rows = [model.open([model.encode([Message("user", "one")])]) for model in (a, b)]
    first, second = (row.logits()[0].softmax(-1).double() for row in rows)
    for row in rows:
        row.close()
    expected = (draws * (first + 2 * second) / 3).tolist()
    assert chi_square(expected, [found[token] for token in range(len(expected))]) < 4
    biased = (draws * second).tolist()
    assert chi_square(biased, [found[token] for token in range(len(expected))]) > 4


def chi_square(expected: list[float], found: list[int]) -> float:
    """(χ² − f)/√(2f), f the degrees of freedom: standard normal where both agree."""
    bins: list[tuple[float, int]] = []
    e, o = 0.0, 0
    for each, count in zip(expected, found, strict=True):
        e, o = e + each, o + count
        if e >= 5:
            bins.append((e, o))
            e, o = 0.0, 0
    f = len(bins) - 1
    return (sum((o - e) ** 2 / e for e, o in bins) - f) / math.sqrt(2 * f)


def test_what_a_search_chooses_decides_whether_the_first_is_disputed(
    a: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members who want the same dispute nothing; a search may still end elsewhere."""

    def found(_: Together, wanted: Tensor, *__: object) -> Tensor:
        return torch.nn.functional.one_hot(torch.tensor(7), wanted.shape[-1]).float().log()

    monkeypatch.setattr(Together, "pooled", found)
    pair = [member(a, "ann"), member(a, "bob")]
    plain = held(pair, act="disputed", threshold=1.0)
    assert 7 not in ids(plain)
    monkeypatch.setattr(Together, "searched", property(lambda _: True))
    assert set(ids(held(pair, act="disputed", threshold=1.0))) == {7}
