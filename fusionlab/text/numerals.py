"""The value of one number in any spelling: 1,234 · 1.2e6 · 3 1/2 · 三分之一 · twenty-one.

Values are exact. A spelling that is not understood has no value, never that of its first digits.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

LONGEST = 1000
"""The most digits of a number; longer ones are not read."""
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+", re.ASCII)
_GROUPED = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?:\.\d+)?|\d{1,3}(?:'\d{3})+(?:\.\d+)?"
    r"|\d{1,3}(?:_\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?",
    re.ASCII,
)
_CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+", re.ASCII)

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate(_SMALL)}
_WORDS |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}
SCALES: Mapping[str, int] = MappingProxyType(
    {
        "hundred": 100,
        "dozen": 12,
        "thousand": 10**3,
        "million": 10**6,
        "billion": 10**9,
        "trillion": 10**12,
        "十": 10,
        "百": 100,
        "千": 10**3,
        "万": 10**4,
        "亿": 10**8,
    }
)
ENGLISH = "|".join([*sorted(_WORDS, key=len, reverse=True), "hundred", "thousand", "million"])
"""The words that make up English numbers, as a regular expression."""
HANZI = "零〇一二两三四五六七八九十百千万亿"
"""The characters that make up Chinese numbers."""
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def in_digits(spelled: str) -> str | None:
    """The digits as a plain decimal, groups joined; None where the groups are inconsistent."""
    if len(spelled) > LONGEST:
        return None
    if _PLAIN.fullmatch(spelled):
        plain = spelled
    elif _GROUPED.fullmatch(spelled):
        plain = re.sub(r"[ ,'_]", "", spelled)
    elif _CONTINENTAL.fullmatch(spelled):
        plain = spelled.replace(".", "").replace(",", ".")
    else:
        return None
    whole, point, rest = plain.partition(".")
    return (whole.lstrip("0") or "0") + point + rest


def as_text(value: Fraction) -> str | None:
    """The value as a finite decimal, or else as a reduced fraction; None if it is too long."""
    if abs(value.numerator) >= 10**LONGEST or value.denominator >= 10**LONGEST:
        return None
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest > 1:
        return f"{value.numerator}/{value.denominator}"
    scaled = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    digits = f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled
    return f"-{digits}" if value < 0 else digits


def from_english(spelled: str) -> Fraction | None:
    """The value of words such as two hundred and five; None where they are not one number."""
    words = re.split(r"[-\s]+", spelled.lower())
    total = part = 0
    before = ""
    for word in words:
        if word == "and":
            if before not in SCALES:
                return None
        elif word in SCALES:
            if before == "and" or (before in SCALES and before != "hundred"):
                return None
            scale, part = SCALES[word], part or 1
            if scale == 100:
                part *= 100
            else:
                total, part = total + part * scale, 0
        else:
            value = _WORDS[word]
            fits = before in ("", "and") or before in SCALES or (before in _TENS and 0 < value < 10)
            if not fits:
                return None
            part += value
        before = word
    return None if before == "and" else Fraction(total + part)


def from_hanzi(spelled: str) -> Fraction | None:
    """The value of a Chinese number, with 点, 分之, 又, 百分之 and 负; None if it is not one."""
    if spelled.startswith("负"):
        value = from_hanzi(spelled[1:])
        return None if value is None else -value
    if spelled.startswith("百分之"):  # a percent sign is a unit: 百分之二十 is 20
        return from_hanzi(spelled[3:])
    whole, mixed, rest = spelled.rpartition("又")
    lower, divided, upper = rest.partition("分之")
    if divided:
        parts = [_decimal(each) for each in (lower, upper, whole or "零")]
        if any(part is None for part in parts) or not parts[0]:
            return None
        below, above, added = (part or Fraction(0) for part in parts)
        return added + above / below
    return None if mixed else _decimal(spelled)


def _decimal(spelled: str) -> Fraction | None:
    whole, point, places = spelled.partition("点")
    value = _whole(whole)
    if value is None or not point:
        return None if value is None else Fraction(value)
    if not places or any(char not in _DIGITS for char in places):
        return None
    digits = "".join(str(_DIGITS[char]) for char in places)
    return value + Fraction(int(digits), 10 ** len(digits))


def _whole(spelled: str) -> int | None:
    """A whole number; digit by digit only where it has a zero or three digits: 三四 is 3 or 4."""
    if not spelled or len(spelled) > 40:
        return None
    if all(char in _DIGITS for char in spelled):
        told = len(spelled) == 1 or len(spelled) > 2 or set(spelled) & set("零〇")
        return int("".join(str(_DIGITS[char]) for char in spelled)) if told else None
    for mark in "亿万":
        above, found, below = spelled.rpartition(mark)
        if found:
            high, low = _whole(above), _below(below, SCALES[mark])
            return None if high is None or low is None else high * SCALES[mark] + low
    return _under_ten_thousand(spelled)


def _below(spelled: str, scale: int) -> int | None:
    """What follows 万 or 亿: 两万五 is 25 000."""
    if not spelled:
        return 0
    if len(spelled) == 1 and spelled in _DIGITS:
        return _DIGITS[spelled] * scale // 10
    value = _whole(spelled.lstrip("零〇") or "零")
    return value if value is not None and value < scale else None


def _under_ten_thousand(spelled: str) -> int | None:
    found = re.fullmatch(
        r"(?:([一二两三四五六七八九])千)?(零)?(?:([一二两三四五六七八九])百)?(零)?"
        r"(?:([一二三四五六七八九])?(十))?(零)?([一二三四五六七八九])?",
        spelled,
    )
    if not found:
        return None
    thousands, _, hundreds, _, tens, ten, zero, ones = found.groups()
    value = 1000 * _DIGITS.get(thousands, 0) + 100 * _DIGITS.get(hundreds, 0)
    value += 10 * (_DIGITS.get(tens, 1) if ten else 0)
    if ones and not ten and (thousands or hundreds) and "零" not in spelled:
        return value + _DIGITS[ones] * (10 if hundreds else 100)  # 两百五 is 250
    if zero and not ones:
        return None
    return value + _DIGITS.get(ones, 0)
