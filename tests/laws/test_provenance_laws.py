"""Laws of where a token comes from: shares, and who was pivotal, against pooling anew without."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from torch import Tensor

from fusionlab.events import Event, TokenChosen
from fusionlab.tokens.pooling import Pooling, pool
from fusionlab.tokens.provenance import Provenance, provenance
from tests.counted import Counted, counted, member
from tests.laws.test_ensemble_laws import GREEDY, WARM, held, steps
from tests.laws.test_pooling_laws import POOLINGS, each_pooling, even, weighted
from tests.strategies import logits

LEVEL = 1e-4
"""Log-probabilities that lie no further apart are level: sums are rounded."""


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


@st.composite
def quarters(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    """Three to five members who differ by whole nats, of weights 0 to 3: ties abound."""
    count, vocab = draw(st.integers(3, 5)), draw(st.integers(2, 6))
    row = st.lists(st.integers(0, 4), min_size=vocab, max_size=vocab)
    values = draw(st.lists(row, min_size=count, max_size=count))
    weights = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    assume(sum(weights))
    return torch.tensor(values).float().log_softmax(-1), torch.tensor(weights) / sum(weights)


def explained(given: tuple[Tensor, Tensor], pooling: Pooling, token: int = 0) -> Provenance:
    values, weights = given
    return provenance(values, weights, pooling, pool(values, weights, pooling), token)


@each_pooling
@given(weighted() | quarters())
def test_first_choices_are_those_of_the_pool_of_the_others(
    pooling: Pooling, given: tuple[Tensor, Tensor]
) -> None:
    values, weights = given
    found = explained(given, pooling)
    for at in range(len(weights)):
        others = [other for other in range(len(weights)) if other != at and weights[other] > 0]
        first = found.firsts[at]
        if weights[at] == 0:
            assert found.pivotal(at) in (False, None)
        if not others:
            assert (first, found.pivotal(at)) == (None, None)
            continue
        if first is None:  # nobody else was left to begin with
            assert weights.count_nonzero() == 1
            continue
        left = weights[others] / weights[others].sum()
        anew = pool(values[others], left, pooling)
        assert anew[first] >= anew.max() - LEVEL
        best = anew.topk(min(2, len(anew))).values
        if weights[at] > 0 and (len(best) < 2 or best[0] - best[1] > LEVEL):
            assert first == int(anew.argmax())
            assert found.pivotal(at) == (first != found.first)


@given(weighted(), st.data())
def test_shares_of_a_sum_are_its_parts(given: tuple[Tensor, Tensor], data: st.DataObject) -> None:
    values, weights = given
    token = data.draw(st.integers(0, values.shape[1] - 1))
    shares = explained(given, "arithmetic", token).shares
    parts = (values[:, token].double() + weights.double().log()).softmax(0)
    assert shares == pytest.approx(parts.tolist(), abs=1e-5)
    assert sum(share or 0 for share in shares) == pytest.approx(1)


@given(weighted() | quarters(), st.data())
def test_shares_of_a_majority_are_of_its_winners(
    given: tuple[Tensor, Tensor], data: st.DataObject
) -> None:
    values, _ = given
    token = data.draw(st.integers(0, values.shape[1] - 1))
    found = explained(given, "majority", token)
    assert sum(share or 0 for share in found.shares) == pytest.approx(1)
    wished = values.argmax(-1)
    for at, share in enumerate(found.shares):
        if int(wished[at]) != found.first:
            assert share == 0


@pytest.mark.parametrize("pooling", ["geometric", "maximum", "minimum"])
@given(weighted())
def test_what_is_no_sum_has_no_parts(pooling: Pooling, given: tuple[Tensor, Tensor]) -> None:
    _, weights = given
    shares = explained(given, pooling).shares
    alone = int(weights.count_nonzero()) == 1
    assert shares == (tuple(weights.tolist()) if alone else (None,) * len(weights))


@each_pooling
@given(logits())
@example(torch.zeros(3, 4))
def test_nobody_is_pivotal_among_those_who_say_the_same(pooling: Pooling, values: Tensor) -> None:
    twins = values[:1].expand_as(values).log_softmax(-1)
    best = twins[0].topk(min(2, twins.shape[1])).values
    assume(len(best) < 2 or best[0] - best[1] > LEVEL or best[0] == best[1])
    found = explained((twins, even(len(twins))), pooling)
    assert not any(found.pivotal(at) for at in range(len(twins)))


def test_one_convinced_member_is_pivotal_for_a_mean_and_the_doubter_for_a_product() -> None:
    values = torch.tensor([[0.90, 0.02, 0.08], [0.1, 0.5, 0.4], [0.1, 0.5, 0.4]]).log()
    mean = explained((values, even(3)), "arithmetic")
    assert (mean.first, mean.firsts) == (0, (1, 0, 0))
    doubt = torch.tensor([[0.0001, 0.4, 0.5999], [0.9, 0.06, 0.04], [0.9, 0.06, 0.04]]).log()
    product = explained((doubt, even(3)), "geometric")
    assert [product.pivotal(at) for at in range(3)] == [True, False, False]
    assert product.firsts[0] == 0


def told(events: Sequence[Event]) -> list[TokenChosen]:
    found = steps(events)
    assert found
    return found


@pytest.mark.parametrize("request_", [GREEDY, WARM], ids=["greedy", "warm"])
@pytest.mark.parametrize(
    "settings",
    [
        *({"pooling": pooling} for pooling in POOLINGS),
        {"pooling": "arithmetic", "act": "supported", "support_top_k": 2},
        {"pooling": "geometric", "weighting": "entropy"},
    ],
    ids=lambda each: "-".join(each.values()) if "support_top_k" not in each else "supported",
)
def test_a_run_tells_where_its_tokens_come_from(
    a: Counted, b: Counted, request_: Any, settings: dict[str, Any]
) -> None:
    three = [member(a, "a"), member(b, "b"), member(b, "c", system="Be brief.")]
    for step in told(held(three, request_, **settings)):
        own = list(step.members.values())
        counted_in = [each for each in own if each.weight is None or each.weight > 0]
        if len(counted_in) > 1:
            assert all(each.pivotal in (True, False) for each in own)
        summed = settings["pooling"] in ("arithmetic", "majority") or len(counted_in) == 1
        shares = [each.share for each in own]
        if summed:
            assert sum(share or 0 for share in shares) == pytest.approx(1)
        else:
            assert shares == [None] * 3
        for each in own:
            assert (each.instead is not None) == bool(each.pivotal)
            if each.instead is not None:
                assert each.instead.id != step.fused[0].id
                assert each.instead.p <= step.fused[0].p


@pytest.mark.parametrize("settings", [{"pooling": "drawn"}, {"act": "unsure", "threshold": 0.0}])
def test_who_writes_alone_has_all_of_it_and_is_not_compared(
    a: Counted, b: Counted, settings: dict[str, Any]
) -> None:
    for step in told(held([member(a, "a"), member(b, "b")], WARM, **settings)):
        (own,) = step.members.values()
        assert (own.share, own.pivotal, own.instead) == (1.0, None, None)


@pytest.mark.parametrize("pooling", ["geometric", "minimum"])
def test_without_a_member_nothing_may_be_left(pooling: Pooling) -> None:
    values = torch.tensor([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25], [0.0, 0.5, 0.5]]).log()
    apart = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.6, 0.4, 0.0]]).log()
    assert None not in explained((values, even(3)), pooling).firsts
    assert explained((apart, even(3)), pooling).firsts == (1, 0, 1)
    strict = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.4, 0.3, 0.3]]).log()
    found = provenance(strict, even(3), pooling, values[0], 0)
    assert (found.firsts, found.pivotal(2)) == ((1, 0, None), None)
