"""Laws of the figures of load: even use has each one's known value, whatever the order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.experts import load

COUNTS = st.lists(st.integers(0, 1_000), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize("n_experts", [1, 2, 8, 128])
def test_even_use_has_each_figures_known_value(n_experts: int) -> None:
    counts = [7] * n_experts
    skewed = [2 * (i + 1) / (n_experts * (n_experts + 1)) for i in range(n_experts)]
    assert load.entropy(counts) == pytest.approx(math.log(n_experts))
    assert load.variation(counts) == 0
    assert load.peak(counts) == pytest.approx(1)
    assert load.balance(counts, skewed) == pytest.approx(1)
    assert load.balance([i + 1 for i in range(n_experts)], [1 / n_experts] * n_experts) == (
        pytest.approx(1)
    )


@pytest.mark.parametrize("n_experts", [1, 2, 8, 128])
def test_one_expert_for_all_is_the_other_end(n_experts: int) -> None:
    counts = [9] + [0] * (n_experts - 1)
    alone = [1.0] + [0.0] * (n_experts - 1)
    assert load.entropy(counts) == 0
    assert load.variation(counts) == pytest.approx(math.sqrt(n_experts - 1))
    assert load.peak(counts) == load.balance(counts, alone) == n_experts
    assert load.silent(counts) == list(range(1, n_experts))


@given(COUNTS, st.integers(1, 9), st.randoms())
def test_neither_order_nor_scale_changes_a_figure(
    counts: list[int], times: int, rng: object
) -> None:
    other = [times * count for count in counts]
    rng.shuffle(other)  # type: ignore[attr-defined]
    for figure in (load.entropy, load.variation, load.peak):
        assert figure(other) == pytest.approx(figure(counts), abs=1e-9)
    assert 0 <= load.entropy(counts) <= math.log(len(counts)) + 1e-9
    assert 1 - 1e-9 <= load.peak(counts) <= len(counts) + 1e-9


@given(COUNTS)
def test_balance_with_the_shares_themselves_is_the_cv_squared_plus_one(counts: list[int]) -> None:
    assert load.balance(counts, load.shares(counts)) == pytest.approx(
        load.variation(counts) ** 2 + 1
    )


@given(COUNTS, st.integers(0, 1_000))
def test_what_is_kept_and_what_is_dropped_is_all(counts: list[int], capacity: int) -> None:
    kept = sum(min(count, capacity) for count in counts)
    assert kept + load.drops(counts, capacity) == sum(counts)


def test_of_nothing_there_is_no_load() -> None:
    nothing = [0, 0]
    assert load.shares(nothing) == [0, 0]
    assert [f(nothing) for f in (load.entropy, load.variation, load.peak)] == [0, 0, 0]


@given(st.data(), st.integers(2, 8), st.integers(2, 8))
def test_pairs_and_flow_count_every_choice(data: st.DataObject, n: int, m: int) -> None:
    tokens = data.draw(st.integers(1, 20))
    k, j = data.draw(st.integers(1, n)), data.draw(st.integers(1, m))
    chosen = [data.draw(st.permutations(range(n)))[:k] for _ in range(tokens)]
    after = [data.draw(st.permutations(range(m)))[:j] for _ in range(tokens)]
    pairs = load.together(chosen, n)
    assert all(pairs[a][b] == pairs[b][a] for a in range(n) for b in range(n))
    assert sum(pairs[a][a] for a in range(n)) == tokens * k
    assert sum(map(sum, pairs)) == tokens * k * k
    flow = load.flow(chosen, after, n, m)
    assert [sum(row) for row in flow] == [pairs[a][a] * j for a in range(n)]
