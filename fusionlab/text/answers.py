"""The answer in what a model said: found by its kind, and compared by its kind.

Looked for is the first answer after the last occurrence of a phrase such as "The answer is", else
the last one in the whole text. What cannot be found is None and never a guess: a blank is no zero,
and not every capital letter is a choice.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Kind = Literal["exact", "number", "choice", "yes_no", "text"]

CURRENCY = "$€£¥"
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w.)\]])-\s?)?[{CURRENCY}]?\s?"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+(?![\d,]*\d)|\d+)(?:\.\d+)?|(?<!\w)\.\d+)",
    re.ASCII,
)
_CHOICE = re.compile(r"\(\s*([A-Za-z])\s*\)")
_LETTER = re.compile(r"\(\s*([A-Za-z])\s*\)|(?<![\w'’])(?!I [a-z])([A-Z])(?![\w'’])")
_ONLY_LETTER = re.compile(r"\W*([A-Za-z])\W*")
_YES_NO = re.compile(r"\b(yes|no|true|false)\b", re.IGNORECASE)
_TRUE = ("yes", "true")


def extract(text: str, kind: Kind, phrase: str = "") -> str | None:
    """The answer of this kind in the text, in its plainest form; None where there is none.

    Extracting from an extracted answer gives it again.
    """
    after = _after(text, phrase)
    first, last = _RULES[kind]
    found = None if after is None else first(after)
    return last(text) if found is None else found


def same(a: str, b: str, kind: Kind) -> bool:
    """Whether two answers of this kind are one; numbers by value, text by its words."""
    match kind:
        case "exact":
            return a.strip() == b.strip()
        case "number":
            return _value(a) is not None and _value(a) == _value(b)
        case "text":
            return _words(a) == _words(b)
        case _:
            found = extract(a, kind)
            return found is not None and found == extract(b, kind)


def kind_of(answer: str) -> Kind:
    """The kind that a right answer is itself of: a number, (A), yes or false, else text."""
    plain = answer.strip()
    if _CHOICE.fullmatch(plain):
        return "choice"
    if _YES_NO.fullmatch(plain):
        return "yes_no"
    return "number" if _NUMBER.fullmatch(plain) else "text"


def _after(text: str, phrase: str) -> str | None:
    """What follows the last occurrence of the phrase, in whatever case; None where it is not."""
    if not phrase:
        return None
    found = list(re.finditer(re.escape(phrase), text, re.IGNORECASE))
    return text[found[-1].end() :] if found else None


def _whole(text: str) -> str | None:
    return text.strip() or None


def _first_line(text: str) -> str | None:
    return next((line.strip() for line in text.splitlines() if line.strip()), None)


def _last_line(text: str) -> str | None:
    return _first_line("\n".join(reversed(text.splitlines())))


def _first_number(text: str) -> str | None:
    found = _NUMBER.search(text.replace("−", "-"))
    return _plain_number(found) if found else None


def _last_number(text: str) -> str | None:
    found = list(_NUMBER.finditer(text.replace("−", "-")))
    return _plain_number(found[-1]) if found else None


def _plain_number(found: re.Match[str]) -> str:
    digits = found["digits"].replace(",", "")
    return ("-" if found["sign"] else "") + ("0" if digits.startswith(".") else "") + digits


def _first_choice(text: str) -> str | None:
    found = _LETTER.search(text)
    return (found[1] or found[2]).upper() if found else None


def _last_choice(text: str) -> str | None:
    """The last letter in parentheses; a lone letter only where it is the whole text."""
    if alone := _ONLY_LETTER.fullmatch(text):
        return alone[1].upper()
    found = _CHOICE.findall(text)
    return found[-1].upper() if found else None


def _first_yes_no(text: str) -> str | None:
    found = _YES_NO.search(text)
    return _yes_no(found[1]) if found else None


def _last_yes_no(text: str) -> str | None:
    found = _YES_NO.findall(text)
    return _yes_no(found[-1]) if found else None


def _yes_no(word: str) -> str:
    return "yes" if word.lower() in _TRUE else "no"


def _value(text: str) -> Decimal | None:
    number = _last_number(text)
    return None if number is None else Decimal(number)


def _words(text: str) -> list[str]:
    """Words in lower case; of a text without words, what stands between its blanks."""
    return re.findall(r"\w+", text.casefold()) or text.split()


_Rule = Callable[[str], str | None]
_RULES: Mapping[Kind, tuple[_Rule, _Rule]] = MappingProxyType(
    {
        "exact": (_whole, _whole),
        "number": (_first_number, _last_number),
        "choice": (_first_choice, _last_choice),
        "yes_no": (_first_yes_no, _last_yes_no),
        "text": (_first_line, _last_line),
    }
)
"""For each kind, what is taken after the phrase and what in a text without it."""
