"""Asks a judge for a verdict on numbered answers, and reads which one it names.

Models name an answer by its number ("answer 2", 答案2, 第二个答案) or by its content ("335"). Both
are read, and the one named first counts, since the rest explains it. A text that names two answers
as alternatives, or could mean either, is not a verdict.
"""

import re
from collections.abc import Sequence

from fusionlab.text.answers import Kind, same
from fusionlab.text.numerals import HANZI, from_hanzi
from fusionlab.text.passages import spoken, statement
from fusionlab.text.plain import plainly

THE_BEST_IS = "The best is answer"
"""What a verdict should end with, before the answer's number."""
_NOUN = r"(?:answer|response|candidate|solution|option|number|no\.?|#)"
_NUMBER = rf"(?:\d{{1,9}}|[{HANZI}]{{1,3}})"
_ANNOUNCED = re.compile(
    r"\bbest (?:one |answer |response |choice )?is\b(?! not\b)"
    r"|最(?:好|佳|优)的?(?:一个|回答|答案)?(?:应该)?(?:是|为|:)(?!不)",
    re.IGNORECASE,
)
_PRAISED = re.compile(
    rf"\b{_NOUN}\W{{0,4}}(?P<latin>\d{{1,9}}) (?:is|was) (?:clearly |definitely |by far )?"
    rf"(?:the )?best\b"
    rf"|(?:答案|回答|第)\s?(?P<hanzi>{_NUMBER})\s?(?:个(?:答案|回答)?)?(?:是)?最(?:好|佳|优)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"[\s:*\"'(\[]*(?:(?:the |also )*{_NOUN}\W{{0,4}}|(?:答案|回答|选项|第)+\s?)?"
    rf"(?P<number>{_NUMBER})"
    r"(?![.,/:]?\d)(?!\s?[-+*/×^=%])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"[\s:*\"'(\[]*(?:(?:the )?{_NOUN}\W{{0,4}}|(?:答案|回答|选项|第)+\s?)", re.IGNORECASE
)
_ANOTHER = re.compile(
    rf"\W{{0,4}}(?:个(?:答案|回答)?)?(?:(?:,|&|/|和|与|或|、)\s?|(?:,\s?)?(?:and|or|to)\s)+"
    rf"(?:maybe |either )?"
    rf"(?:{_NOUN}\W{{0,4}}|(?:答案|回答|第)+\s?)?(?:\d|[{HANZI}])",
    re.IGNORECASE,
)
_ONLY_NUMBER = re.compile(rf"\W*(?:{_NOUN}\W+|答案\s?)?(?P<number>\d{{1,9}})\W*", re.IGNORECASE)


def asked_to_judge(question: str, texts: Sequence[str]) -> str:
    """The question and its answers, with the instruction to name the best."""
    shown = "\n\n".join(f"Answer {number}:\n{text}" for number, text in enumerate(texts, start=1))
    return (
        f"Question:\n{question}\n\n{shown}\n\nWhich of the answers 1 to {len(texts)} is the best? "
        f'Judge what they say, not their place or length. End with "{THE_BEST_IS}" and its number.'
    )


def verdict(text: str, answers: Sequence[str | None], kind: Kind) -> int | None:
    """The place, from 0, of the answer that the text names as the best; None without a verdict.

    `answers` are the extracted answers, in the order in which the judge has read them.
    """
    plain = plainly(spoken(text))
    announced = list(_ANNOUNCED.finditer(plain))
    if announced:
        named, _ = statement(plain[announced[-1].end() :])
        return _place(named, answers, kind)
    if _ONLY_NUMBER.fullmatch(plain):
        return _place(plain.strip(), answers, kind)
    praised = {_value(found["latin"] or found["hanzi"]) for found in _PRAISED.finditer(plain)}
    return _at(praised.pop(), answers) if len(praised) == 1 else None


def _place(named: str, answers: Sequence[str | None], kind: Kind) -> int | None:
    """The answer that a sentence names first, by its number or its content."""
    found = _NUMBERED.match(named)
    if found and _ANOTHER.match(named, found.end()):
        return None
    by_number = _at(_value(found["number"]), answers) if found else None
    if found and _NAMED.match(named):
        return by_number
    by_value = [at for at, each in enumerate(answers) if each and same(each, named, kind)]
    places = {at for at in (by_number, *by_value[:1]) if at is not None}  # equal answers are one
    return places.pop() if len(places) == 1 else None


def _value(number: str) -> int:
    value = int(number) if number.isdecimal() else from_hanzi(number)
    return 0 if value is None else int(value)


def _at(number: int, answers: Sequence[str | None]) -> int | None:
    return number - 1 if 1 <= number <= len(answers) else None
