"""Finds the line that gives an answer, strips its markup, and cuts it into words to compare."""

import re
from collections.abc import Sequence

from fusionlab.text.passages import LETTER_OR_DIGIT, announced, sentences, statement
from fusionlab.text.scripts import CHARACTER, LETTERS, one_spelling

_EDGES = " \t\r\n:：=*_`\"'“”‘’「」《》$,，"
_BOXED = re.compile(r"\\(?:f?boxed|text|textbf|mathrm|mathbf|textit)\s?\{([^{}]*)\}")
_DRESSED_END = re.compile(r"(?<=[*_`\"”’」》}])[.。]\s*$")
_EXPLAINS = re.compile(r"\s*(?:(?:because|since)\b|因为|由于)", re.IGNORECASE)
_WORD = re.compile(
    rf"(?:(?<![^\s(])[-−–])?\d+(?:[.,/:]\d+)*|{CHARACTER}|{LETTERS}[+#]*|[<>=≤≥≠+~|^]"
)


def answer_line(text: str, phrase: str) -> str | None:
    """The text's answer in one line; None where every line is empty.

    It is the sentence after an announcement, or else the last line.
    """
    before = None
    while text != before:  # an announcement may stand behind a stronger one
        before, text = text, _once(text, phrase) or ""
        phrase = ""
    return text or None


def words(text: str) -> Sequence[str]:
    """Words in one spelling, numbers with their sign; without any words, the text's signs."""
    spelled = one_spelling(text)
    if LETTER_OR_DIGIT.search(spelled):
        return _WORD.findall(spelled)
    return text.strip(_EDGES + ".。").split()


def _once(text: str, phrase: str) -> str | None:
    passages = [passage for each in announced(text, phrase) for passage in each]
    if not passages:
        return _last_line(text)
    return next(filter(None, (_bare(statement(passage)[0]) for passage in passages)), None)


def _last_line(text: str) -> str | None:
    """The last line with a letter or a digit, or else with anything, less its explanation."""
    lines = [line for line in reversed(text.splitlines()) if line.strip()]
    line = next(filter(LETTER_OR_DIGIT.search, lines), lines[0] if lines else "")
    parts = sentences(line)
    if len(parts) > 1 and _EXPLAINS.match(parts[1]):
        line = parts[0]
    return _bare(line)


def _bare(line: str) -> str | None:
    """The line without quotation marks, emphasis and LaTeX around it; None if nothing is left."""
    before = None
    while line != before:
        before = line
        line = _DRESSED_END.sub("", _BOXED.sub(r"\1", line)).strip(_EDGES)
    if not LETTER_OR_DIGIT.search(line):
        line = line.strip(_EDGES + ".。")
    return line or None
