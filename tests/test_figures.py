"""Halves are rounded up wherever a person reads a share."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.figures import percent, points, ratio, rounded, signed, significant
from fusionlab.words import Sentence


def test_every_share_of_up_to_400_items_is_rounded_half_up() -> None:
    for total in range(1, 401):
        for right in range(total + 1):
            tenths = (Fraction(1000 * right, total) + Fraction(1, 2)) // 1
            assert percent(right / total) == f"{tenths // 10}.{tenths % 10}%"
            assert (
                percent(right / total, 0)
                == f"{(Fraction(100 * right, total) + Fraction(1, 2)) // 1}%"
            )


@pytest.mark.parametrize(
    ("share", "one", "none"),
    [(21 / 40, "52.5%", "53%"), (0.145, "14.5%", "15%"), (1 / 80, "1.3%", "1%"), (0, "0.0%", "0%")],
)
def test_halves_go_up(share: float, one: str, none: str) -> None:
    assert (percent(share), percent(share, 0)) == (one, none)


def test_differences_have_a_sign_and_0_has_none() -> None:
    assert [points(d) for d in (0.125, -0.0125, 0.0, -0.0001)] == ["+12.5", "−1.3", "0.0", "0.0"]


@given(st.floats(-100, 100), st.integers(0, 3))
def test_what_is_rounded_is_near(value: float, digits: int) -> None:
    said = float(rounded(value, digits).replace("−", "-"))
    assert abs(said - value) <= 0.5 * 10**-digits + 1e-9


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_a_person_never_reads_a_hyphen_as_minus(value: float, digits: int) -> None:
    texts = [rounded(value, digits), signed(value, digits), points(value), percent(value)]
    spoken = Sentence("number-times", {"n": value})
    texts += [significant(value), spoken.said(), spoken.said("zh")]
    assert not any("-" in text.replace("e-", "") for text in texts)
    for text in texts:
        shows = any(digit in text.partition("e")[0] for digit in "123456789")
        assert ("−" in text) == (value < 0 and shows)
    assert signed(value, digits).lstrip("+−") == rounded(value, digits).lstrip("−")


@pytest.mark.parametrize(
    ("times", "said"), [(1.0, "1"), (1.44, "1.4"), (9.94, "9.9"), (12.6, "13")]
)
def test_how_many_times_as_much_is_said_in_one_way(times: float, said: str) -> None:
    assert ratio(times) == said
