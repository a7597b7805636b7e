"""Figures agree with independent references, and tests are as often wrong as they say."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fusionlab.bench.statistics import (
    EXACT,
    Scores,
    difference,
    holm,
    mcnemar,
    mean_interval,
    paired_interval,
    pareto,
    phi,
    sign_flip,
)
from fusionlab.intervals import wilson

answers = st.lists(st.booleans(), min_size=2, max_size=40)
gaps = st.lists(st.sampled_from([-0.5, -0.25, 0.0, 0.125, 0.75]), min_size=2, max_size=9)
"""In sums of which binary has nothing to round: scipy has no tolerance around 0."""


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_twice_the_smaller_tail(a: int, b: int) -> None:
    tail = sum(math.comb(a + b, k) for k in range(min(a, b) + 1))
    expected = min(1.0, 2 * tail / 2 ** (a + b))
    assert mcnemar(a, b) == mcnemar(b, a) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_of_many_items() -> None:
    assert mcnemar(3000, 1000) < 1e-100
    assert mcnemar(2000, 2000) == 1


@given(gaps)
def test_the_sign_flip_test_is_that_of_scipy(drawn: list[float]) -> None:
    gap = np.array(drawn)
    found = stats.permutation_test(
        (gap, np.zeros_like(gap)),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
    )
    assert sign_flip(gap) == pytest.approx(found.pvalue)
    assert sign_flip(gap) >= 2 / 2 ** len(gap)
    assert sign_flip(gap) == sign_flip(-gap)


@given(st.integers(0, 7), st.integers(0, 7), st.integers(0, 5))
def test_of_right_and_wrong_the_sign_flip_test_is_mcnemar_s(a: int, b: int, same: int) -> None:
    gap = np.array([1.0] * a + [-1.0] * b + [0.0] * same)
    assert sign_flip(gap) == pytest.approx(mcnemar(a, b))


def test_drawn_flips_come_near_to_all_of_them_and_are_never_0() -> None:
    rng = np.random.default_rng(4)
    for shift in (0.0, 0.1, 0.2):
        gap = rng.normal(shift, 0.3, EXACT + 2)
        signs = np.array(list(product((-1, 1), repeat=len(gap))), dtype=np.int8)
        exact = float((np.abs(signs @ gap) >= abs(gap.sum()) - 1e-9).mean())
        assert sign_flip(gap) == pytest.approx(exact, abs=0.012)
        assert sign_flip(gap) == sign_flip(gap)
    assert sign_flip(np.full(200, 0.1)) == 1e-4


def test_one_item_is_no_evidence() -> None:
    one = difference(np.array([0.31]), np.array([0.30]), graded=True)
    assert (one.p, one.interval) == (1.0, None)
    for n in range(1, 6):
        best = difference(np.linspace(0.5, 1, n), np.zeros(n), graded=True)
        assert (best.p, best.interval) == (2 / 2**n, None)
        assert difference(np.ones(n), np.zeros(n), graded=False).p == 2 / 2**n > 0.05


Draw = Callable[[np.random.Generator, int], Scores]
NOTHING_DIFFERS: dict[str, Draw] = {
    "normal": lambda rng, n: rng.normal(0, 0.2, n),
    "two skewed scores": lambda rng, n: rng.beta(1, 4, n) - rng.beta(1, 4, n),
    "levels with ties": lambda rng, n: rng.choice([-0.3, -0.1, 0.0, 0.0, 0.1, 0.3], n),
    "right or wrong": lambda rng, n: (rng.integers(0, 2, n) - rng.integers(0, 2, n)).astype(
        np.float64
    ),
    "heavy tails": lambda rng, n: rng.standard_t(2, n),
    "mostly equal": lambda rng, n: np.where(rng.random(n) < 0.2, rng.normal(0, 1, n), 0.0),
}


@pytest.mark.parametrize("name", NOTHING_DIFFERS)
def test_where_nothing_differs_one_in_twenty_is_called_significant_at_most(name: str) -> None:
    for n in (3, 4, 5, 6, 8, 11, 14, 40):
        rng = np.random.default_rng(n)
        times = 1500 if n <= 8 else 300
        found = [sign_flip(NOTHING_DIFFERS[name](rng, n)) for _ in range(times)]
        for level in (0.05, 0.2):
            wrong = sum(p < level for p in found)
            assert stats.binomtest(wrong, times, level, alternative="greater").pvalue > 0.001
        if n < 6:
            assert min(found) >= 2 / 2**n


def test_it_finds_what_there_is() -> None:
    rng = np.random.default_rng(0)
    found = [sign_flip(rng.normal(0.2, 0.2, 14)) < 0.05 for _ in range(100)]
    assert sum(found) > 80  # a paired t test finds 93%


@given(st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0]), min_size=6, max_size=9))
def test_an_interval_is_the_test_turned_round(scores: list[float]) -> None:
    values = np.array(scores)
    interval = mean_interval(values)
    if interval is None:
        assert len(set(scores)) == 1
        return
    low, high = interval
    assert low <= values.mean() <= high
    assert sign_flip(values - (low - 0.01)) < 0.06
    assert sign_flip(values - (high + 0.01)) < 0.06
    mirrored = mean_interval(1 - values)
    assert mirrored == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    "name", ["normal", "two skewed scores", "levels with ties", "mostly equal"]
)
@pytest.mark.parametrize("n", [6, 9, 20, 60])
def test_intervals_of_scores_hold_the_truth_in_95_of_100_cases(name: str, n: int) -> None:
    rng = np.random.default_rng(n)
    times, held = 200, 0
    for _ in range(times):
        interval = mean_interval(NOTHING_DIFFERS[name](rng, n))
        held += interval is None or interval[0] - 1e-12 <= 0 <= interval[1] + 1e-12
    assert stats.binomtest(held, times, 0.95, alternative="less").pvalue > 0.001


@pytest.mark.parametrize("n", [1, 4, 10, 40, 280])
@pytest.mark.parametrize(
    "cells",
    [
        (0.4, 0.1, 0.1, 0.4),
        (0.9, 0.02, 0.0, 0.08),
        (0.05, 0.05, 0.02, 0.88),
        (0.3, 0.3, 0.05, 0.35),
    ],
)
def test_intervals_of_shares_hold_the_truth_in_95_of_100_cases(
    cells: tuple[float, float, float, float], n: int
) -> None:
    rng = np.random.default_rng(n)
    true, times, held = cells[1] - cells[2], 400, 0
    for drawn in rng.multinomial(n, cells, size=times).tolist():
        low, high = paired_interval(*drawn)
        assert low <= (drawn[1] - drawn[2]) / n <= high
        held += low <= true <= high
    assert stats.binomtest(held, times, 0.95, alternative="less").pvalue > 0.001


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((36, 12, 2, 0), (0.0569, 0.3404)),  # Newcombe's own example
        ((1, 1, 7, 12), (-0.507, -0.026)),  # Fagerland, Lydersen and Laake 2014
    ],
)
def test_the_interval_of_shares_is_newcombe_s(
    cells: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    assert paired_interval(*cells) == pytest.approx(expected, abs=6e-4)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy(drawn: tuple[int, int]) -> None:
    right, total = drawn
    expected = stats.binomtest(right, total).proportion_ci(method="wilson")
    assert wilson(right, total) == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_that_of_its_definition(ps: list[float]) -> None:
    order = sorted(ps)
    stepped = [min(1.0, (len(ps) - i) * p) for i, p in enumerate(order)]
    expected = dict(zip(order, np.maximum.accumulate(stepped), strict=True))
    raised = holm(ps)
    assert all(q >= p for p, q in zip(ps, raised, strict=True))
    assert max(raised) == max(expected.values())
    if len(set(ps)) == len(ps):
        assert raised == [expected[p] for p in ps]


@given(answers)
def test_a_model_errs_with_itself(a: list[bool]) -> None:
    assert phi(a, a) == (pytest.approx(1) if len(set(a)) == 2 else None)
    if len(set(a)) == 2:
        assert phi(a, [not each for each in a]) == pytest.approx(-1)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30))
def test_phi_is_pearson_s(pairs: list[tuple[bool, bool]]) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    if len(set(a)) == len(set(b)) == 2:
        expected = stats.pearsonr(np.array(a, dtype=float), np.array(b, dtype=float)).statistic
        assert phi(a, b) == pytest.approx(expected)


def test_errors_that_have_nothing_to_do_with_one_another() -> None:
    assert phi([True, True, False, False], [True, False, True, False]) == 0
    assert phi([], []) is None


def test_the_front() -> None:
    points = [(1.0, 0.5), (2.0, 0.5), (2.0, 0.9), (3.0, 0.8), (1.0, 0.5)]
    assert pareto(points) == [True, False, True, False, True]


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 1)), min_size=1, max_size=9))
def test_somebody_is_always_on_the_front(points: list[tuple[float, float]]) -> None:
    assert any(pareto(points))
