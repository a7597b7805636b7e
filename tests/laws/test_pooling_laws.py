"""Laws of pooling: what every pool is for any distributions and any weights."""

import math
from collections.abc import Callable
from typing import get_args

import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.errors import MemberError
from fusionlab.tokens import pooling
from fusionlab.tokens.pooling import (
    Pooling,
    arithmetic,
    entropy,
    geometric,
    majority,
    maximum,
    minimum,
    pool,
)
from tests.strategies import logits

POOLINGS = get_args(Pooling)
each_pooling = pytest.mark.parametrize("pooling", POOLINGS)


def logprobs(members: int | None = None) -> st.SearchStrategy[Tensor]:
    return logits(members).map(lambda values: values.log_softmax(-1))


def even(members: int) -> Tensor:
    return torch.full((members,), 1 / members)


@st.composite
def weighted(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    """Log-probabilities and weights that sum to 1; some may be 0."""
    values = draw(logprobs())
    weights = torch.tensor(
        draw(st.lists(st.floats(0, 100, width=32), min_size=len(values), max_size=len(values)))
    )
    assume(weights.sum() > 1e-3)
    return values, weights / weights.sum()


@each_pooling
@given(weighted())
def test_a_pool_is_a_distribution_over_the_same_vocabulary(
    pooling: Pooling, given: tuple[Tensor, Tensor]
) -> None:
    values, weights = given
    fused = pool(values, weights, pooling)
    assert fused.shape == values.shape[1:]
    assert_close(fused.exp().sum(), torch.tensor(1.0), atol=1e-4, rtol=0)


@each_pooling
@given(logprobs(1))
def test_a_pool_of_one_member_changes_nothing(pooling: Pooling, values: Tensor) -> None:
    assert_close(pool(values, torch.ones(1), pooling), values[0], atol=1e-5, rtol=1e-5)


@each_pooling
@given(weighted())
def test_twins_equal_themselves(pooling: Pooling, given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    twins = values[:1].expand_as(values)
    assert_close(pool(twins, weights, pooling), values[0], atol=1e-4, rtol=1e-4)


@each_pooling
@given(logprobs(), st.data())
def test_all_the_weight_is_that_member_alone(
    pooling: Pooling, values: Tensor, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    alone = torch.nn.functional.one_hot(torch.tensor(at), len(values)).float()
    assert_close(pool(values, alone, pooling), values[at], atol=1e-5, rtol=1e-5)


@each_pooling
def test_a_member_of_weight_0_forbids_nothing(pooling: Pooling) -> None:
    values = torch.tensor([[0.5, 0.5], [1.0, 0.0]]).log()
    assert_close(pool(values, torch.tensor([1.0, 0.0]), pooling), values[0])


@each_pooling
@given(weighted(), st.integers(0, 99))
def test_the_order_of_members_does_not_matter(
    pooling: Pooling, given: tuple[Tensor, Tensor], seed: int
) -> None:
    values, weights = given
    order = torch.randperm(len(values), generator=torch.Generator().manual_seed(seed))
    assert_close(
        pool(values[order], weights[order], pooling),
        pool(values, weights, pooling),
        atol=1e-5,
        rtol=1e-5,
    )


@given(weighted())
def test_the_arithmetic_pool_is_the_mean_probability(given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    assert_close(arithmetic(values, weights).exp(), weights @ values.exp(), atol=1e-6, rtol=1e-4)


@given(logits())
def test_the_geometric_pool_is_the_softmax_of_the_mean_logits(values: Tensor) -> None:
    fused = geometric(values.log_softmax(-1), even(len(values)))
    assert_close(fused, values.mean(0).log_softmax(-1), atol=1e-4, rtol=1e-4)


@given(weighted())
def test_the_arithmetic_pool_keeps_any_members_wish(given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    fused = arithmetic(values, weights).exp()
    for weight, row in zip(weights, values.exp(), strict=True):
        assert (fused >= weight * row - 1e-6).all()


def test_the_geometric_pool_needs_agreement() -> None:
    values = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]).log()
    assert_close(geometric(values, even(2)).exp(), torch.tensor([0.0, 1.0, 0.0]))
    assert_close(arithmetic(values, even(2)).exp(), torch.tensor([0.25, 0.5, 0.25]))


@each_pooling
@given(weighted(), st.integers(0, 99))
def test_a_member_of_weight_0_is_as_if_absent(
    pooling: Pooling, given: tuple[Tensor, Tensor], seed: int
) -> None:
    values, weights = given
    generator = torch.Generator().manual_seed(seed)
    silent = 20 * torch.randn(1, values.shape[-1], generator=generator)
    assert_close(
        pool(
            torch.cat([silent.log_softmax(-1), values]),
            torch.cat([torch.zeros(1), weights]),
            pooling,
        ),
        pool(values, weights, pooling),
        atol=1e-5,
        rtol=1e-5,
    )


@given(weighted())
def test_maximum_and_minimum_are_those_of_the_probabilities(given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    asked = values[weights > 0].exp().double()
    for pooled, bound in ((maximum, asked.amax(0)), (minimum, asked.amin(0))):
        expected = (bound / bound.sum()).float()
        assert_close(pooled(values, weights).exp(), expected, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("pool", [minimum, geometric])
def test_a_pool_that_leaves_no_token_is_refused(pool: Callable[..., Tensor]) -> None:
    with pytest.raises(MemberError, match="no token in common"):
        pool(torch.eye(2).log(), even(2))


@given(weighted())
def test_the_majoritys_first_choice_is_the_token_with_most_weight_behind_it(
    given: tuple[Tensor, Tensor],
) -> None:
    values, weights = given
    behind: dict[int, float] = {}
    for wish, weight in zip(values.argmax(-1).tolist(), weights.tolist(), strict=True):
        behind[wish] = behind.get(wish, 0) + weight
    fused = majority(values, weights)
    firsts = [token for token in behind if fused[token] >= fused.max() - 1e-6]
    assert max(behind[token] for token in firsts) >= max(behind.values()) - 1e-5


def test_a_tie_of_the_majority_goes_to_the_likelier_token() -> None:
    values = torch.tensor([[0.6, 0.4, 0.0], [0.1, 0.9, 0.0]]).log()
    assert_close(majority(values, even(2)), values[1])


def test_two_of_three_outvote_a_member_that_is_surer() -> None:
    values = torch.tensor([[0.98, 0.02], [0.45, 0.55], [0.4, 0.6]]).log()
    assert arithmetic(values, even(3)).argmax() == 0
    assert_close(majority(values, even(3)).exp(), torch.tensor([0.425, 0.575]))


def divergence(values: Tensor, weights: Tensor) -> Tensor:
    """The divergence of these distributions, from their entropies."""
    return pooling.divergence(entropy(arithmetic(values, weights)), entropy(values), weights)


@given(weighted())
@example((torch.tensor([[0.0, -torch.inf], [-torch.inf, 0.0]]), torch.tensor([0.5, 0.5])))
def test_divergence_is_between_0_and_log_n(given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    assert divergence(values, weights).shape == ()
    assert 0 <= divergence(values, weights) <= math.log(len(values)) + 1e-4


@given(weighted())
def test_divergence_is_the_mean_distance_to_the_pool(given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    apart = values.exp() * (values - arithmetic(values, weights)).nan_to_num()
    assert_close(divergence(values, weights), weights @ apart.sum(-1), atol=1e-4, rtol=1e-4)


@given(weighted())
def test_divergence_is_0_where_all_agree(given: tuple[Tensor, Tensor]) -> None:
    values, weights = given
    assert divergence(values[:1].expand_as(values), weights) <= 1e-4


@given(logprobs(2))
def test_divergence_is_above_0_where_members_differ(values: Tensor) -> None:
    apart = (values[0].exp() - values[1].exp()).abs().sum()
    # Pinsker: JS ≥ ½ Σ wᵢ |pᵢ − m|², with m the mean.
    assert divergence(values, even(2)) >= apart**2 / 8 - 1e-4


@pytest.mark.parametrize("n", [2, 3, 7])
def test_divergence_is_log_n_where_nobody_agrees(n: int) -> None:
    values = torch.eye(n).log()
    assert_close(divergence(values, even(n)), torch.tensor(math.log(n)))


@given(logprobs())
def test_entropy_is_between_0_and_log_n(values: Tensor) -> None:
    result = entropy(values)
    assert result.shape == values.shape[:-1]
    assert (result >= -1e-5).all()
    assert (result <= math.log(values.shape[-1]) + 1e-4).all()


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_entropy_of_the_even_and_of_the_certain(n: int) -> None:
    assert_close(entropy(even(n).log()), torch.tensor(math.log(n)))
    certain = torch.nn.functional.one_hot(torch.tensor(0), n).float().log()
    assert entropy(certain) == 0


@given(logprobs(), st.integers(1, 3))
def test_entropy_ignores_the_shape_of_the_batch(values: Tensor, batch: int) -> None:
    assert_close(entropy(values.expand(batch, *values.shape)), entropy(values).expand(batch, -1))
