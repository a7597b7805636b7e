"""Finds the choice, A to Z, that a text makes: what it concludes, not what it considers or rejects.

A bare letter counts only as the whole text or after an announcement ("the answer is B", 选B);
elsewhere only a letter in parentheses counts, since not every capital letter is a choice.
"""

import re

from fusionlab.text.passages import UNCLEAR, retracted, sentences

_MOST = 400
"""Characters of a passage that are searched for its choice."""
_BARE = (
    r"(?<![A-Za-z0-9_'+-])(?:[B-HJ-Z]|A(?!\s+(?!because|since|as\b|is\b|and\b|or\b|for\b|not\b|but\b"
    r"|rather|instead|over\b|which|due)[a-z])|I(?!['\s]\s?[a-z]))(?![A-Za-z0-9_'+#]|-[A-Za-z])"
)
_MARKED = r"\(\s?[A-Za-z]\s?\)|\[\s?[A-Z]\s?\]"
_LETTER = rf"(?:{_MARKED}|{_BARE})"
_FILLING = (
    r"(?:[\s:=*\"'>$\\{]|(?:option|choice|letter|definitely|probably|clearly|simply|just"
    r"|most likely|the|correct|best|right|answer|one|is|be|i think|i believe|i'd say|that|it"
    r"|it's)\b"
    r"|选项|选择?|择|是|为|项|应该?|就)*+"
)
_HEAD = re.compile(
    rf"(?i:{_FILLING})(?P<letter>{_LETTER}|[a-z](?=[\s\"'*}}$]{{0,4}}(?:[.):,;!?。}}]|$)))"
)
_REFUSAL = re.compile(r"[\s:*\"']*(?:not|neither|n't|不是|并非|不)(?![A-Za-z])", re.IGNORECASE)
_INSTEAD = re.compile(
    r"\bbut\b|\bit is\b|\bit's\b|\brather\b(?! than)|而是|应该?[是选]|选", re.IGNORECASE
)
_CONTEST = re.compile(
    rf"[\s,/&)\]\"'*、]{{0,3}}(?:(?i:or|and|nor|versus|vs)\b|或者?|和|与|还是|[,/&、])\W{{0,3}}"
    rf"(?:(?i:option|choice|maybe|possibly|perhaps|either)\s+|选项?)?(?:{_LETTER}"
    rf"|[a-z](?![A-Za-z'])|(?i:none|neither|nothing|both|another)\b)"
)
_ONLY = re.compile(r"\W*([A-Za-z])\W*")
_OPENS = re.compile(
    r"[\s*\"'#]{0,6}(?P<letter>[A-Z](?=\s?[.)、,])|[B-Z](?=\s?:)|[a-z](?=\))"
    r"|[A-Z](?=\s+(?:because|since)\b))"
)
_OPTION = re.compile(r"(?<![A-Za-z0-9'])\(?([A-Z])\s?[.)、:](?!\w*['’])")
_OPTION_LINE = re.compile(r"^[ \t]{0,8}[-*]?[ \t]?\(?([A-Z])[.)、:].*$", re.MULTILINE)
_CHOSEN = re.compile(
    rf"(?i:\b(?:choose|chose|pick|select|go with|going with|opt for|must be|should be|would be)\b)"
    rf"|(?<![不别非])(?<!不应)(?<!不能)(?:选(?:项|择|的是)?(?:是|为)?|而是)[:\s]?"
    rf"(?=[\s\"'(\[]{{0,4}}[A-Z])"
    rf"|(?i:\boption|\bchoice)?\s?(?P<right>{_LETTER})\s(?i:is|was)\s(?i:the\s)?"
    rf"(?i:only\s)?(?i:correct|right|best|true|answer)\b"
    rf"|(?P<good>{_LETTER})\s?(?:选项|项)?(?:是|为)?(?:正确|对的|对$)"
)
_PARENTHESISED = re.compile(_MARKED)
_WRONG = re.compile(
    r"\W{0,3}(?:\w+\W+){0,4}?(?:wrong|incorrect|false|not|isn't|ruled|eliminated|too)\b"
    r"|.{0,8}?(?:不|错|排除)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\s?是?(?:错|不)|\s(?:is|was)\s(?:wrong|incorrect|not)\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|nor|neither|than|of|over)|n't|不是|不选|并非|不)[\s\"']*$", re.IGNORECASE
)


def after(passage: str) -> str | None:
    """The first choice made after an announcement.

    None where no choice is named; `UNCLEAR` where several are named, or one is rejected.
    """
    passage = passage[: 2 * _MOST].lstrip(" \t\r\n:=*_`\"'>,|")
    line, _, more = passage.partition("\n")
    return _made(line[:_MOST], more)


def last(text: str) -> str | None:
    """The choice of a text that announces none; None and `UNCLEAR` as in `after`."""
    if alone := _ONLY.fullmatch(text):
        return alone[1].upper()
    opening = _OPENS.match(text)
    if opening and len(set(_OPTION.findall(text[: 4 * _MOST]))) < 2:
        return _made(text[opening.start("letter") :][:_MOST], "")
    listed = {found[1] for found in _OPTION_LINE.finditer(text)}
    if len(listed) > 1:
        text = _OPTION_LINE.sub("", text)
    for sentence in reversed(sentences(text)):
        found = _concluded(sentence[-_MOST:])
        if found is not None:
            return found
    return None


def _made(line: str, more: str) -> str | None:
    if refusal := _REFUSAL.match(line):
        instead = _INSTEAD.search(line, refusal.end())
        return (instead and _made(line[instead.end() :], more)) or UNCLEAR
    head = _HEAD.match(line)
    if head is None:
        marked = next(map(_unrefused, sentences(line)), None)
        return UNCLEAR if marked and retracted(more) else marked
    rest = line[head.end() :]
    if _CONTEST.match(rest) or retracted(rest) or retracted(more):
        return UNCLEAR
    return _plain(head["letter"])


def _concluded(sentence: str) -> str | None:
    """The one choice that a sentence makes."""
    made = set()
    for found in _CHOSEN.finditer(sentence):
        if found["right"] or found["good"]:
            if not _NOT_BEFORE.search(sentence[max(0, found.start() - 12) : found.start()]):
                made.add(_plain(found["right"] or found["good"]))
        elif (head := _HEAD.match(sentence, found.end())) and not _DENIED.match(
            sentence, head.end()
        ):
            contested = _CONTEST.match(sentence, head.end())
            made.add(UNCLEAR if contested else _plain(head["letter"]))
    if made:
        return made.pop() if len(made) == 1 else UNCLEAR
    return _unrefused(sentence)


def _unrefused(sentence: str) -> str | None:
    """The only letter in parentheses that is not rejected."""
    found = list(_PARENTHESISED.finditer(sentence))
    kept = set()
    for place, each in enumerate(found, start=1):
        until = found[place].start() if place < len(found) else len(sentence)
        before = sentence[max(0, each.start() - 12) : each.start()]
        if not _NOT_BEFORE.search(before) and not _WRONG.match(sentence[each.end() : until][:60]):
            kept.add(_plain(each[0]))
    if not found:
        return None
    return kept.pop() if len(kept) == 1 else UNCLEAR


def _plain(letter: str) -> str:
    return letter.strip("()[] ").upper()
