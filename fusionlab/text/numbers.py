"""Finds the number that a text gives as its answer, among all that it names.

A sentence is cut into terms: numbers, and calculations up to their result. There is no answer where
a term is not understood, where several could be meant, or in a range, a time of day or a bound. The
signs of percentages and money are units, like "apples": 28% is 28, and $29.00 is 29.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import or_

from fusionlab.text.figures import Token, names_number, tokens_of
from fusionlab.text.passages import UNCLEAR, retracted, sentences, statement
from fusionlab.text.plain import plainly

_MOST = 400
"""Characters of a sentence that are read."""
_ENUMERATED = re.compile(r"^[ \t]{0,8}\(?\d{1,3}[.)、][ \t]{0,4}(?=\S)|\[\d{1,3}\]", re.MULTILINE)
_CONCLUDES = re.compile(
    r"\b(?:so|thus|hence|therefore|total|altogether|in all|together|left|remain\w*|leaving|makes?"
    r"|giving|gives|result|finally|answer|get|gets|equals?)\b|=|共|(?<!还)剩|所以|因此|得|即|合计|最后|等于",
    re.IGNORECASE,
)
"""Words that mark the last of several numbers as the answer."""
_OPERANDS = frozenset(("number", "english", "variable", "bad", "minus"))
_NUMBERS = frozenset(("number", "english"))
_FILLING = frozenset(("filler", "mark", "equal", "variable", "degree", "sum", "minus"))
_HEAD_END = frozenset(",.;!?()")


@dataclass(slots=True)
class Term:
    """A number, or a chain of equal expressions, each cut into numbers and operators."""

    first: int
    last: int
    negated: bool
    named: bool = False
    label: bool = False
    parts: list[list[str | None]] = field(default_factory=lambda: [[]])
    """The values of each side; None for what is not understood, "+" for an operator."""
    words: int = 0

    def value(self) -> str | None:
        """The term's value; None where it is not stated."""
        plain = [part[0] for part in self.parts if len(part) == 1 and part[0] not in (None, "+")]
        if len(plain) > 1 and plain[-1] and "/" not in plain[-1]:
            plain = [each for each in plain if each and "/" not in each]
        values = {Fraction(each) for each in plain if each}
        return plain[-1] if len(values) == 1 else None


def after(passage: str) -> str | None:
    """The first number given after an announcement.

    None where no number is named; `UNCLEAR` where several are, or one is not understood.
    """
    said, rest = statement(passage)
    tokens = tokens_of(said[:_MOST])
    terms = _terms(tokens)
    if not terms:
        return None
    first = terms[0]
    if len(said) > _MOST and tokens[first.last].end >= _MOST - 1:
        return UNCLEAR
    if not first.negated and all(token.sort in _FILLING for token in tokens[: first.first]):
        found = first.value()
        if any(_contests(tokens, first, term) for term in terms[1:2]) or _renamed(terms):
            return UNCLEAR
    else:
        first, found = _only([term for term in terms if not (term.negated or term.label)])
    if found is None or retracted(said[tokens[first.last].end :]) or retracted(rest):
        return UNCLEAR
    return found


def last(text: str) -> str | None:
    """The last number of a text that announces none; None and `UNCLEAR` as in `after`."""
    listed = _ENUMERATED.sub(" ", text) if len(_ENUMERATED.findall(text)) > 1 else text
    cut = sentences(listed)
    for place in range(len(cut) - 1, -1, -1):
        said = cut[place].strip()
        said = said if said.endswith("!.") else said.rstrip(".!?。; \n")  # 6!. is not 6
        found = _last_of(said) if names_number(said) else None
        if found is not None:
            return UNCLEAR if retracted("".join(cut[place + 1 : place + 3])) else found
    return None


def values(text: str) -> list[Fraction | None]:
    """The values of all numbers in a text, in order; None for one that is not understood."""
    numbers = [each.value for each in tokens_of(plainly(text)) if each.sort in _NUMBERS]
    return [None if value is None else Fraction(value) for value in numbers]


def is_one(text: str, *, spelled: bool = False) -> bool:
    """Whether the text is one number and nothing else, in digits or Chinese characters.

    With `spelled` it may also be written in English words.
    """
    tokens = tokens_of(text[:_MOST]) if len(text) <= _MOST else []
    sorts = _NUMBERS if spelled else ("number",)
    return len(tokens) == 1 and tokens[0].sort in sorts and tokens[0].value is not None


def _last_of(sentence: str) -> str | None:
    if len(sentence) > _MOST:
        _, blank, sentence = sentence[-_MOST:].partition(" ")
        if not blank:
            return UNCLEAR
    tokens = tokens_of(sentence)
    every = _terms(tokens)
    terms = [term for term in every if not (term.negated or term.label)]
    chained = any(len(term.parts) > 1 for term in terms)
    if terms and not chained and terms[0].first == 0 and _stands_alone(tokens, terms[0]):
        contested = any(_contests(tokens, terms[0], term) for term in terms[1:2])
        return UNCLEAR if contested else terms[0].value() or UNCLEAR
    terms = [term for term in terms if tokens[term.first].sort != "english"]
    if not terms:
        return UNCLEAR if any(term.negated for term in every) else None
    if len(terms) > 1 and _contests(tokens, terms[-2], terms[-1]):
        return UNCLEAR
    found = terms[-1].value()
    if found and len(terms) > 1 and len(terms[-1].parts) == 1:
        others = {term.value() for term in terms[:-1]}
        told = _CONCLUDES.search(sentence, tokens[terms[-2].last].end)
        if others != {found} and not told:
            return UNCLEAR
    return found or UNCLEAR


def _stands_alone(tokens: Sequence[Token], term: Term) -> bool:
    """Whether punctuation or nothing follows the term, or it is in words before a noun."""
    following = tokens[term.last + 1 :][:1]
    spelled = tokens[term.first].sort == "english"
    return not following or spelled or following[0].text in _HEAD_END


def _only(terms: Sequence[Term]) -> tuple[Term, str | None]:
    """The first term and the value that all terms share; None where they differ."""
    values = {term.value() for term in terms}
    if not terms or None in values or len({Fraction(value or 0) for value in values}) > 1:
        return Term(0, 0, negated=True), None
    return terms[0], terms[0].value()


def _contests(tokens: Sequence[Token], one: Term, other: Term) -> bool:
    """Whether both are named as alternatives, such as "5 or 6" or "3 apples and 4 pears"."""
    if other.negated:
        return False
    value, second = one.value(), other.value()
    if value and second and Fraction(value) == Fraction(second):
        return False
    gap = list(tokens[one.last + 1 : other.first])
    for _ in range(3):  # the noun that the first number counts
        if len(gap) > 1 and gap[0].sort in ("word", "compound", "degree", "variable"):
            gap.pop(0)
    binds = [token.sort in ("join", "vague") or token.text == ":" for token in gap]
    loose = [token.sort == "filler" or token.text in ":()" for token in gap]
    opens = not gap or binds[0] or gap[0].text in "()"
    return opens and all(map(or_, binds, loose)) and (not gap or any(binds))


def _renamed(terms: Sequence[Term]) -> bool:
    """Whether several variables are given different values: x = 4, y = 5."""
    named = {term.value() for term in terms if term.named and not term.negated}
    return len(named) > 1


def _terms(tokens: Sequence[Token]) -> list[Term]:
    """The terms of a sentence, in order."""
    terms: list[Term] = []
    term: Term | None = None
    negated = False
    for place, token in enumerate(tokens):
        if token.sort in ("negation", "but"):
            negated = token.sort == "negation"
        if term is None or not _goes_on(term, token, tokens, place):
            term = _begun(tokens, place, negated=negated)
            if term is not None:
                terms.append(term)
    return [term for term in terms if any(each != "+" for part in term.parts for each in part)]


def _begun(tokens: Sequence[Token], place: int, *, negated: bool) -> Term | None:
    """The term that begins at this token, if one does."""
    token = tokens[place]
    before = tokens[place - 1] if place else Token("", "", 0)
    earlier = tokens[place - 2] if place > 1 else Token("", "", 0)
    if token.sort in _NUMBERS:
        label = before.sort == "label" or (before.text == "(" and earlier.sort == "label")
        term = Term(place, place, negated, label=label)
        value = _opposite(token.value) if before.sort == "minus" else token.value
        rooted = before.text == "(" and earlier.sort == "bad"
        if rooted or before.sort in ("vague", "bad") or before.text == "-":
            value = None
        summed = before.sort == "sum" and before.text not in ("-", "*", "+")
        term.parts[0].extend(["+", value] if summed else [value])
        return term
    if token.sort == "bad":
        return Term(place, place, negated, parts=[[None]])
    if token.sort == "sum" and before.sort == "variable":
        return Term(place, place, negated, parts=[["+", "+"]])
    if token.sort == "equal":
        return Term(place, place, negated, named=before.sort == "variable", parts=[[], []])
    return None


def _goes_on(term: Term, token: Token, tokens: Sequence[Token], place: int) -> bool:
    """Whether the token belongs to the term, to which it is then added."""
    part = term.parts[-1]
    before = tokens[place - 1]
    fresh = not part or part[-1] == "+"
    match "sum" if token.sort == "minus" and not fresh else token.sort:
        case "number" | "english":
            return _takes(term, token, before, place, fresh=fresh)
        case "sum":
            following = tokens[place + 1] if place + 1 < len(tokens) else Token("", "", 0)
            if token.text == "/" and before.sort in ("word", "compound"):  # m/s
                return True
            if following.sort not in _OPERANDS and following.text not in ("(", "["):
                return False
            part.append("+")
            term.words = 0
        case "equal":
            if token.text[0].isalpha() and term.words and len(part) == 1:
                return False  # the first 5 numbers are 15: no equation
            term.parts.append([])
            term.words = 0
        case "bad":
            part.extend([None, None])
            term.last, term.words = place, 0
        case "variable" if fresh or before.sort == "number":
            part.extend([None, None])
            term.last = place
        case "minus" | "degree" | "variable":
            pass
        case "compound" | "word" | "filler":
            term.words += not fresh
            return term.words <= 2 and (not fresh or token.sort == "filler")
        case "mark":
            return token.text in ")]" or (token.text in "([" and (fresh or part[-1] is None))
        case _:
            return False
    return True


def _takes(term: Term, token: Token, before: Token, place: int, *, fresh: bool) -> bool:
    """Whether a number belongs to the term: as its next operand, or as what makes it unclear."""
    if term.words and not fresh and before.sort != "compound":
        return False
    if fresh:
        value = _opposite(token.value) if before.sort == "minus" else token.value
        term.parts[-1].append(None if before.sort == "vague" else value)
    else:
        term.parts[-1].extend(["+", token.value] if token.text[0] in "+-" else [None, None])
    term.last, term.words = place, 0
    return True


def _opposite(value: str | None) -> str | None:
    return value and (value[1:] if value[0] == "-" else f"-{value}")
