"""Finds the answer in what a model said, and compares answers, by their kind.

The answer is what the text announces, by a phrase such as "The answer is" or by words that need no
phrase; without an announcement it is the last answer in the text. An answer that cannot be found is
None, never a guess: a blank is not zero, not every capital letter is a choice, and a text that
could mean two answers, or one that is not understood, has none. docs/answers.md lists the forms.
"""

import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from fusionlab.text import choices, numbers, yes_no
from fusionlab.text.lines import answer_line, words
from fusionlab.text.passages import after_phrase, announced, spoken
from fusionlab.text.plain import plainly

Kind = Literal["exact", "number", "choice", "yes_no", "text"]


def extract(text: str, kind: Kind, phrase: str = "") -> str | None:
    """The answer of this kind in the text, in its plainest form; None where there is none.

    Extracting from an extracted answer gives it again.
    """
    said = spoken(text)
    match kind:
        case "exact":
            after = after_phrase(said, phrase)
            return ((after or "").strip() or said.strip()) or None
        case "text":
            return answer_line(said, phrase)
        case _:
            return _read(plainly(said), plainly(phrase), *_READERS[kind])


def same(a: str, b: str, kind: Kind) -> bool:
    """Whether two answers of this kind are one; numbers by value, text by its words."""
    meant = meaning(a, kind)
    return meant is not None and meant == meaning(b, kind)


def meaning(answer: str, kind: Kind) -> Hashable | None:
    """A value that is equal for equal answers only; None where the text is not an answer."""
    match kind:
        case "exact":
            return unicodedata.normalize("NFC", answer.strip())
        case "text":
            return tuple(words(answer))
        case _:
            return _remembered(answer, kind) if len(answer) <= _SHORT else _meant(answer, kind)


def _meant(answer: str, kind: Kind) -> Hashable | None:
    found = extract(answer, kind)
    return Fraction(found) if kind == "number" and found else found


_SHORT = 100
"""Longest answer, in characters, whose meaning is cached: such are compared again and again."""
_remembered = lru_cache(maxsize=4096)(_meant)


def is_answer(text: str, kind: Kind) -> bool:
    """Whether the text as a whole is one answer of this kind, with no other word beside it.

    A right answer must be: read as loosely as a model's text, "3 or 4 of 7" would be 7.
    """
    plain = plainly(text.strip()).strip()
    match kind:
        case "number":
            bare = _BOXED.sub(r"\1", plain).strip("$").rstrip(".。")
            return numbers.is_one(bare, spelled=True)
        case "choice":
            return _LETTER.fullmatch(plain) is not None and extract(plain, kind) is not None
        case "yes_no":
            word = plain.rstrip(".。")
            return len(word) <= _LONGEST_WORD and word.isalpha() and extract(word, kind) is not None
        case _:
            return bool(plain)


_BOXED = re.compile(r"^\$?\\boxed\{(.*)\}\$?$")
_LETTER = re.compile(r"[(\[]?[^\W\d_][)\]]?[.。:]?")
_LONGEST_WORD = 12


def kind_of(answer: str) -> Kind:
    """The kind of this right answer: number, choice such as (A), yes_no, or else text."""
    plain = plainly(answer.strip())
    if len(plain) == 3 and plain[0] + plain[2] == "()" and choices.last(plain):
        return "choice"
    if len(plain) <= 5 and plain.strip(".。").isalpha() and yes_no.last(plain):
        return "yes_no"
    return "number" if numbers.is_one(plain) else "text"


_Reader = Callable[[str], str | None]
_READERS: Mapping[Kind, tuple[_Reader, _Reader]] = MappingProxyType(
    {
        "number": (numbers.after, numbers.last),
        "choice": (choices.after, choices.last),
        "yes_no": (yes_no.after, yes_no.last),
    }
)
"""For each kind: the reader of a passage after an announcement, and of a text without one."""


def _read(text: str, phrase: str, after: _Reader, last: _Reader) -> str | None:
    """The answer announced last; in a text that announces nothing, the last answer."""
    silent = True
    for passages in announced(text, phrase):
        for passage in passages:
            found = after(passage)
            if found is not None:
                return found or None
            silent = silent and not any(map(str.isalnum, passage))
    return (last(text) or None) if silent else None
