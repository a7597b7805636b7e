"""Laws of drawing: what is cut, what is kept, and that a seed decides."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.models.sampling import draw, seeded, truncated
from fusionlab.recipe import Sampling
from tests import strategies

logits = strategies.logits(1).map(lambda rows: rows[0])
temperatures = st.floats(0.05, 10)
seeds = st.integers(0, 2**63 - 1)


def kept(cut: Tensor) -> list[int]:
    """Ids that may still be drawn."""
    return cut.isfinite().nonzero().flatten().tolist()


@given(logits)
def test_nothing_is_cut_unless_asked(values: Tensor) -> None:
    assert truncated(values, Sampling()).equal(values)
    assert truncated(values, Sampling(top_k=len(values))).equal(values)
    assert truncated(values, Sampling(top_k=10**9)).equal(values)


@given(logits, st.integers(1, 20))
def test_top_k_keeps_the_k_best_and_their_equals(values: Tensor, k: int) -> None:
    cut = truncated(values, Sampling(top_k=k))
    worst = values.sort(descending=True).values[: min(k, len(values))][-1]
    assert kept(cut) == (values >= worst).nonzero().flatten().tolist()
    assert cut[kept(cut)].equal(values[kept(cut)])


@given(logits, st.floats(0.01, 0.99))
def test_top_p_keeps_the_smallest_set_that_holds_p(values: Tensor, p: float) -> None:
    probs = values.double().softmax(-1)
    ids = kept(truncated(values, Sampling(top_p=p)))
    assert probs[ids].sum() >= p - 1e-5
    assert probs[ids].sum() - probs[ids].min() < p + 1e-5
    others = [i for i in range(len(values)) if i not in ids]
    assert all(probs[i] <= probs[ids].min() for i in others)


@given(logits, st.floats(0, 1, exclude_min=True), st.integers(0, 20))
@example(torch.tensor([0.0, 0.0]), 5e-324, 1)
def test_the_best_is_never_cut(values: Tensor, p: float, k: int) -> None:
    cut = truncated(values, Sampling(top_p=p, top_k=k))
    assert cut.max() == values.max()


@given(logits, st.floats(0.01, 1), st.integers(0, 20))
def test_cutting_comes_in_the_order_top_k_then_top_p(values: Tensor, p: float, k: int) -> None:
    both = truncated(values, Sampling(top_p=p, top_k=k))
    assert both.equal(truncated(truncated(values, Sampling(top_k=k)), Sampling(top_p=p)))


@given(logits, seeds, st.integers(0, 5), st.floats(0.01, 1))
def test_temperature_0_takes_the_first_of_the_best(
    values: Tensor, seed: int, k: int, p: float
) -> None:
    token = draw(values, Sampling(0x10, 0.0, k, p), seeded(seed))
    assert token == values.tolist().index(max(values.tolist()))


@given(logits, seeds, temperatures, st.integers(0, 5), st.floats(0.01, 1))
def test_only_what_is_kept_is_drawn(
    values: Tensor, seed: int, temperature: float, k: int, p: float
) -> None:
    sampling = Sampling(temperature=temperature, top_k=k, top_p=p)
    logprobs = values.log_softmax(-1)
    allowed = kept(truncated(logprobs / temperature, sampling))
    token = draw(logprobs, sampling, seeded(seed))
    assert token in allowed or logprobs[token] >= logprobs[allowed].min() - 1e-5


@given(logits, seeds, temperatures)
def test_the_same_seed_draws_the_same(values: Tensor, seed: int, temperature: float) -> None:
    sampling = Sampling(temperature=temperature)
    first, second = seeded(seed), seeded(seed)
    drawn = [[draw(values, sampling, generator) for _ in range(5)] for generator in (first, second)]
    assert drawn[0] == drawn[1]


def test_another_seed_draws_otherwise() -> None:
    flat, warm = torch.zeros(1000), Sampling(temperature=1.0)
    drawn = {tuple(draw(flat, warm, g) for _ in range(4)) for g in map(seeded, range(20))}
    assert len(drawn) == 20


def test_nothing_global_is_touched() -> None:
    before = torch.random.get_rng_state()
    draw(torch.zeros(5), Sampling(temperature=1.0), seeded(3))
    assert torch.random.get_rng_state().equal(before)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_they_are_probable(temperature: float) -> None:
    probs = torch.tensor([0.5, 0.3, 0.15, 0.05])
    sampling, generator = Sampling(temperature=temperature), seeded(0)
    drawn = torch.tensor([draw(probs.log(), sampling, generator) for _ in range(4000)])
    expected = (probs.log() / temperature).softmax(-1)
    assert_close(drawn.bincount(minlength=4) / 4000, expected, atol=0.025, rtol=0)


@given(logits, seeds, st.sampled_from([1e-6, 1e-38, 1e-45, 1e-300, 5e-324]))
@example(torch.tensor([-1.0, -0.5]), 0, 1e-300)
def test_the_smallest_temperatures_are_nearly_greedy(
    values: Tensor, seed: int, temperature: float
) -> None:
    logprobs = values.log_softmax(-1)
    token = draw(logprobs, Sampling(temperature=temperature), seeded(seed))
    assert logprobs[token] >= logprobs.max() - 1e-3


def test_an_impossible_token_is_never_drawn() -> None:
    logprobs = torch.tensor([-torch.inf, 0.0, -torch.inf])
    for sampling in (Sampling(temperature=10.0), Sampling(temperature=1, top_k=2, top_p=0.999)):
        assert {draw(logprobs, sampling, seeded(seed)) for seed in range(20)} == {1}
