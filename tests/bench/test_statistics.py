"""Figures hold their laws; verdicts say in words what the figures say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.bench.statistics import (
    Compared,
    Difference,
    difference,
    mcnemar,
    mean_interval,
    outcome,
    pareto,
    phi,
    verdict,
)

answers = st.lists(st.booleans(), min_size=2, max_size=40)


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_a_probability_and_mutual(a: int, b: int) -> None:
    assert 0 < mcnemar(a, b) <= 1
    assert mcnemar(a, b) == mcnemar(b, a)


@pytest.mark.parametrize(("a", "b", "p"), [(0, 0, 1), (5, 0, 0.0625), (10, 2, 0.03857), (3, 3, 1)])
def test_mcnemar_is_exact(a: int, b: int, p: float) -> None:
    assert mcnemar(a, b) == pytest.approx(p, abs=1e-4)


def test_mcnemar_of_many_items() -> None:
    assert mcnemar(3000, 1000) < 1e-100
    assert mcnemar(2000, 2000) == 1


@given(answers)
def test_a_model_errs_with_itself(a: list[bool]) -> None:
    assert phi(a, a) == (pytest.approx(1) if len(set(a)) == 2 else None)
    if len(set(a)) == 2:
        assert phi(a, [not each for each in a]) == pytest.approx(-1)


def test_errors_that_have_nothing_to_do_with_one_another() -> None:
    assert phi([True, True, False, False], [True, False, True, False]) == 0
    assert phi([], []) is None


def test_the_bootstrap_is_paired_seeded_and_covers() -> None:
    rng = np.random.default_rng(1)
    b = (rng.random(300) < 0.5).astype(float)
    a = np.maximum(b, (rng.random(300) < 0.2).astype(float))
    gap = difference(a, b)
    assert gap == difference(a, b)
    assert gap.interval[0] < gap.mean < gap.interval[1]
    assert gap.p < 0.001
    assert difference(b, b) == Difference(0.0, (0.0, 0.0), 1.0)
    # The variance of the mean of paired differences, to a few per cent.
    half = 1.96 * (a - b).std() / 300**0.5
    assert gap.interval[1] - gap.interval[0] == pytest.approx(2 * half, rel=0.1)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_a_mean_lies_in_its_interval(scores: list[float]) -> None:
    low, high = mean_interval(np.array(scores))
    assert low - 1e-9 <= np.mean(scores) <= high + 1e-9


def test_the_front() -> None:
    points = [(1.0, 0.5), (2.0, 0.5), (2.0, 0.9), (3.0, 0.8), (1.0, 0.5)]
    assert pareto(points) == [True, False, True, False, True]


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 1)), min_size=1, max_size=9))
def test_somebody_is_always_on_the_front(points: list[tuple[float, float]]) -> None:
    assert any(pareto(points))


def compared(gap: float, width: float, p: float, test: str = "mcnemar") -> Compared:
    low, high = gap - width, gap + width
    return Compared(
        "The ensemble",
        0.84,
        (0.79, 0.88),
        "adder",
        0.84 - gap,
        280,
        Difference(gap, (low, high), p),
        p,
        test,
    )


@pytest.mark.parametrize(
    ("gap", "width", "p", "says"),
    [
        (0.5, 0.05, 1e-9, "fusion helped (p < 0.001, McNemar)"),
        (-0.2, 0.05, 0.002, "fusion did harm (p = 0.002, McNemar)"),
        (0.0, 0.02, 0.9, "fusion did not help (p = 0.9, McNemar)"),
        (0.02, 0.1, 0.4, "these 280 items are too few to tell whether fusion helped"),
    ],
)
def test_the_verdict_says_so(gap: float, width: float, p: float, says: str) -> None:
    text = verdict(compared(gap, width, p))
    assert text.startswith("The ensemble was right on 84% [79%, 88%] of 280 items, adder alone")
    assert says in text
    assert "chosen" in text or "best of the members on these same items" in text


def test_the_verdict_at_equal_tokens() -> None:
    text = verdict(compared(0.5, 0.05, 1e-9), compared(-0.1, 0.05, 0.001))
    assert text.endswith(
        "At equal tokens, adder reached 94%: more than the fusion (p = 0.001, McNemar)."
    )
    assert "scored" in verdict(compared(0.1, 0.01, 0.01, "bootstrap"))


def test_few_items_cannot_tell() -> None:
    assert outcome(compared(0.0, 0.3, 1.0)) == "unknown"
    assert outcome(compared(0.0, 0.01, 1.0)) == "same"
    assert outcome(replace(compared(0.0, 0.0, 1.0), n=8)) == "unknown"
