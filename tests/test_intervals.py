"""The interval of a rate: as of a mean where pieces are equal, none where nothing can be said."""

import pytest
from scipy.stats import t

from fusionlab.intervals import rate


def test_of_equal_pieces_it_is_student_s_interval_of_the_mean() -> None:
    amounts = [1.0, 2.5, 3.0, 1.5]
    low, high = rate(amounts, [1] * 4) or (0, 0)
    mean = sum(amounts) / 4
    deviation = (sum((each - mean) ** 2 for each in amounts) / 3) ** 0.5
    assert (low, high) == pytest.approx(t.interval(0.95, 3, mean, deviation / 2))


def test_pieces_of_one_rate_leave_no_doubt_and_one_piece_says_nothing() -> None:
    assert rate([1, 2, 3], [2, 4, 6]) == pytest.approx((0.5, 0.5))
    assert rate([1], [1]) is None
    assert rate([1, float("nan")], [1, 1]) is None
