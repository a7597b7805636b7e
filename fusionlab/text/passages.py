"""Finds where a text gives its answer: outside its thinking, after the phrase that announces it.

An announcement is the phrase that was asked for, or a common one of English, Chinese or
mathematics: "Final answer:", `\\boxed{`, `<answer>`, "####", 最终答案. Weaker ones ("answer is",
"Answer:", 答案是) count where there are none of these. The last announcement is read first.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from fusionlab.text.plain import half_width

_TAGS = "think|thinking|thoughts?|reason|reasoning|reflect|reflection|scratchpad|analysis"
_THINKING = re.compile(
    rf"<(?P<ends>/)?(?P<tag>{_TAGS})>|\[(?P<shuts>/)?THINK\]|◁(?P<closes>/)?think▷"
    r"|<\|begin_of_thought\|>|(?P<over><\|end_of_thought\|>)"
    r"|<\|channel\|>analysis|(?P<final><\|channel\|>final<\|message\|>)",
    re.IGNORECASE,
)
_CLOSING = ("ends", "shuts", "closes", "over", "final")
# Each alternative begins with its own words and looks back after them: that is many times faster
# than looking back at every character.
_STRONG = (
    r"boxed(?:(?<=\\boxed)|(?<=\\fboxed))[ \t]{0,4}\{|<answer>"
    r"|####(?<=^####)[ \t]{1,4}(?=\S+[ \t]*$)"
    r"|final[ \t]answer(?<!\wfinal.answer)\b[*_ \t]{0,4}(?:is\b|[:=\n])"
    r"|最终(?:的)?答案[*_ \t]{0,4}(?:应该|应)?[是为:选]"
)
_WEAK = re.compile(
    r"answer(?<!\wanswer)\b[*_ \t]{0,4}(?:is\b|[:=]|[-–—][ \t])|ans(?<!\wans)[*_ \t]{0,4}[:=]"
    r"|(?:correct|right|best)[ ](?:option|choice)[*_ \t]{0,4}(?:is\b|[:=])"
    r"|【(?:正确)?答案】|答案[*_ \t]{0,4}(?:应该|应当|应|就)?(?:[是为:选]|等于)"
    r"|答:(?:(?<=^答:)|(?<=[\s,;。]答:))",
    re.MULTILINE,
)
_SENTENCE_END = re.compile(
    r"(?:\.(?!\w|\.\d)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMt\.)(?<!\bJr\.)"
    r"(?<!\bSr\.)(?<!\bvs\.)(?<!\bca\.)(?<!\bapprox\.)(?<!\bProf\.)(?<!\bi\.e\.)(?<!\be\.g\.)"
    r"(?:(?<!\b[A-Z]\.)|(?!\s[A-Z]))|[!?！？](?:(?!\w|\s?[.=])|(?=[\u3000-\u9fff]))|[。;；\n])"
    r"(?:[!?！？。;；\s]|\.(?!\d))*+"
)
LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_RETRACTED = re.compile(
    r"\b(?:wait|hold on|scratch that|correction|mistaken?|oops)\b"
    r"|\b(?:that|this|it)(?:'s|’s| is| was)? (?:not (?:right|correct)|wrong|incorrect)\b"
    r"|^\W*no[,:.!]|(?:^|[\s,。;!?])(?:不对|错了|更正)",
    re.IGNORECASE,
)
_OPENING = " \t\r\n:：=*_`\"'“”‘’>|,，"
_HEED = 200
"""Characters after an answer that are searched for a retraction."""
UNCLEAR = ""
"""The reading of a text that names several answers of the kind, or an uncertain one."""


def spoken(text: str) -> str:
    """The text without its thinking, in composed characters (NFC).

    Thinking that is never closed reaches to the end; where it is closed but never opened, as after
    a prompt that opens it, everything before was thinking.
    """
    if not any(sign in text for sign in "<[◁"):
        return unicodedata.normalize("NFC", text)
    kept: list[str] = []
    thinking: str | None = None
    start = 0
    for tag in _THINKING.finditer(text):
        name = (tag["tag"] or tag[0][0]).lower()
        if not any(tag[each] for each in _CLOSING):
            if thinking is None:
                kept.append(text[start : tag.start()])
                thinking = "" if tag[0][0] == "<" and not tag["tag"] else name
        elif thinking in (None, "", name):
            if thinking is None:
                kept.clear()
            thinking, start = None, tag.end()
    if thinking is None:
        kept.append(text[start:])
    return unicodedata.normalize("NFC", "\n".join(kept))


def announced(text: str, phrase: str) -> Iterator[list[str]]:
    """The passages after strong announcements, the last first; then those after weaker ones.

    Each passage ends where the next one begins.
    """
    folded = _folded(text)
    yield _behind(text, folded, _strong(_folded(phrase)))
    yield _behind(text, folded, _WEAK)


def after_phrase(text: str, phrase: str) -> str | None:
    """All that follows the last occurrence of the phrase, in any case; None without one."""
    if not phrase.strip():
        return None
    found = list(re.finditer(_spelled(phrase), text, re.IGNORECASE))
    return text[found[-1].end() :] if found else None


def statement(passage: str) -> tuple[str, str]:
    """The first sentence or line with a letter or a digit, and the rest."""
    start = len(passage) - len(passage.lstrip(_OPENING))
    word = LETTER_OR_DIGIT.search(passage, start)
    for end in _SENTENCE_END.finditer(passage, word.end()) if word else ():
        if (
            not passage[max(start, end.start() - 9) : end.start()]
            .rstrip(" *_\t")
            .endswith((":", "："))
        ):
            return passage[start : end.start()], passage[end.start() :]
    return passage[start:], ""


def sentences(text: str) -> list[str]:
    """The sentences and lines with a letter or a digit, each with its end."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    places = zip([0, *ends], [*ends, len(text)], strict=True)
    return [text[a:b] for a, b in places if LETTER_OR_DIGIT.search(text, a, b)]


def retracted(rest: str) -> bool:
    """Whether the text soon takes its answer back: "Wait, that is wrong", 不对."""
    return _RETRACTED.search(rest[:_HEED].lstrip(" .,。;；!?\n*")) is not None


def _folded(text: str) -> str:
    """The text in lower case and half-width signs, with every character in the same place."""
    lower = text.lower()
    if len(lower) != len(text):  # as İ, which becomes two
        lower = "".join(char if len(char.lower()) > 1 else char.lower() for char in text)
    return lower if lower.isascii() else half_width(lower)


@lru_cache(maxsize=64)
def _strong(phrase: str) -> re.Pattern[str]:
    own = f"{_spelled(phrase)}|" if phrase.strip() else ""
    return re.compile(own + _STRONG, re.MULTILINE)


def _spelled(phrase: str) -> str:
    """The phrase as an expression: whole words, with spaces or emphasis marks between them."""
    words = r"[\s*_]+".join(re.escape(word) for word in phrase.split())
    first, last = phrase.strip()[0], phrase.strip()[-1]
    before = r"(?<![A-Za-z])" if first.isascii() and first.isalpha() else ""
    after = r"(?![A-Za-z])" if last.isascii() and last.isalpha() else ""
    return before + words + after


def _behind(text: str, folded: str, announcement: re.Pattern[str]) -> list[str]:
    found = list(announcement.finditer(folded))
    ends = [each.start() for each in found[1:]] + [len(text)]
    passages = []
    for each, end in zip(found, ends, strict=False):
        passage = text[each.end() : end]
        if each[0].endswith("{"):
            passage = _to_brace(passage)
        elif each[0].lower() == "<answer>":
            passage = re.split(r"</answer>", passage, maxsplit=1, flags=re.IGNORECASE)[0]
        passages.append(passage)
    return passages[::-1]


def _to_brace(passage: str) -> str:
    """The passage up to its closing brace; all of it where there is none."""
    depth = 1
    for brace in re.finditer(r"[{}]", passage):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return passage[: brace.start()]
    return passage
