"""How shares and means are rounded where a person reads them: half up, one way everywhere.

A minus is −; only JSON and CSV, which programs read, have the hyphen.

Python rounds halves to the even digit and sees 0.145 as a little less than it is, so that 12.5 and
14.5% would lose their halves. Here 21 of 40 is 52.5%, and to whole per cents 53%.
"""

from decimal import ROUND_HALF_UP, Decimal

HYPHEN, MINUS = "-", "\N{MINUS SIGN}"


def rounded(value: float, digits: int = 1) -> str:
    """The value with so many decimals; halves go away from 0, and nothing is -0."""
    exact = Decimal(f"{value:.12f}")  # without what sums in binary have added
    text = str(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
    return text.removeprefix(HYPHEN) if not text.strip("-0.") else text.replace(HYPHEN, MINUS)


def signed(value: float, digits: int = 1) -> str:
    """The same with its sign, where it is not 0 as shown."""
    text = rounded(value, digits)
    return f"+{text}" if text.strip("0.") and not text.startswith(MINUS) else text


def significant(value: float, digits: int = 3) -> str:
    """The value with so many digits that count."""
    text = f"{value + 0.0:.{digits}g}"  # nothing is -0
    return text.replace(HYPHEN, MINUS, 1) if text.startswith(HYPHEN) else text


def percent(share: float, digits: int = 1) -> str:
    """A share from 0 to 1 in per cent."""
    return f"{rounded(100 * share, digits)}%"


def ratio(times: float) -> str:
    """How many times as much: one decimal below ten, none where it is a whole number."""
    return rounded(times, 1 if times < 9.95 else 0).removesuffix(".0")


def points(difference: float) -> str:
    """A difference of shares in points, with its sign."""
    return signed(100 * difference)
