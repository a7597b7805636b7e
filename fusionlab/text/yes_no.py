"""Finds the yes or no of a text: also true and false, 是 and 否, and their negations.

"No" is an answer only as a word of its own: "there is no doubt" is neither. A negated yes is a no;
a sentence with "whether" is neither.
"""

import re

from fusionlab.text.passages import UNCLEAR, retracted, sentences, statement

_MOST = 400
"""Characters of a sentence that are read."""
_YES = ("yes", "yeah", "yep", "true", "correct", "right")
_ENDS = r"(?=\s*(?:$|[.,;:!?)\]}\"'。，；：！？/-])"
_THEN = (
    r"|\s+(?:because|since|as|that|it|they|he|she|you|this|there|the|we|i|for|and|or|not|but"
    r"|under)\b)"
)
_DENIAL = (
    r"(?P<denial>\b(?:not|never|isn't|wasn't|aren't|cannot be|can't be)\s+"
    r"(?:really |quite |entirely |actually |strictly |completely |at all )?(?:a |the )?)?"
)
_FILLING = (
    r"(?:[\s:=*\"'>$\\{(]|(?:so|thus|hence|therefore|definitely|clearly|certainly|simply|just|probably"
    r"|most likely|that|is|it|it's|that's|be|a|an|of course|absolutely|well|ok|okay)\b)*+"
)
_WORD = r"(?P<word>yes|yeah|yep|true|nope|no|false)\b"
_HEAD = re.compile(f"{_FILLING}{_DENIAL}{_WORD}{_ENDS}{_THEN}", re.IGNORECASE)
_ANYWHERE = re.compile(
    rf"(?P<word>yes(?<!\wyes)|yeah(?<!\wyeah)|yep(?<!\wyep)|true(?<!\wtrue)|nope(?<!\wnope)"
    rf"|no(?<!\wno)|false(?<!\wfalse))\b{_ENDS}{_THEN}"
)
_DENIAL_BEFORE = re.compile(f"{_DENIAL}$")
_JUDGED = re.compile(
    r"\W*(?:(?:that|this|it|the statement)(?:'s| is| was)\s+)?(?P<denial>not\s+)?"
    r"(?P<word>correct|right|incorrect|wrong)\W*",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\W*(?:(?:absolutely|certainly|definitely|of course|surely|clearly) not|not at all)\W*",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\W{0,3}(?:or|and|/)\W{0,3}(?:yes|no|true|false)\b|/", re.IGNORECASE)
_WHETHER = re.compile(
    r"\b(?:whether|if|unless|either|neither|unknown|unclear|necessarily|no way|hardly|doubt"
    r"|unlikely|said)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^,，。!！?？;；\n、.\s]+")
_OPENING = (
    "(?:我认为|我觉得|我想|所以|因此|那么|当然|显然|应该|应当|应|就|结论|答案"
    "|[:*\"'「」《》]|(?:是|为)(?=.))*"
)
_CHINESE = re.compile(
    rf"{_OPENING}(?:(?P<yes>是|对|正确|没错|不错|真|成立|属实)|"
    r"(?P<no>否|不是|不对|不正确|不成立|不|错误|错|假|并非如此|并不是|不是这样|当然不|绝不))"
    r"(?:的|了|啊|呀)?[\"'*」)]*"
)
_SAID_OF = re.compile(
    r"(?P<denial>不是|并非|并不是|并不|不)?(?:(?<=[不是非])|是|为|说法|命题|观点|陈述|判断)"
    r"(?:(?P<yes>对|正确|真|成立)|(?P<no>错误|错|假))(?:的)?$"
)
_ASKED = re.compile("是否|是不是|对不对|或|还是|吗")


def after(passage: str) -> str | None:
    """The first yes or no after an announcement; None and `UNCLEAR` as in `choices.after`."""
    said, rest = statement(passage)
    said = said[:_MOST]
    found = _chinese(said) or _direct(said)
    if found is None:
        found = _anywhere(said)
    return UNCLEAR if found and retracted(rest) else found


def last(text: str) -> str | None:
    """The answer of a text that announces none: the last plain one, if none contradicts it."""
    cut = sentences(text)
    loose: list[str] = []
    for sentence in reversed(cut):
        said = sentence[-_MOST:]
        found = _chinese(said) or _direct(said)
        if found is not None:
            return found if all(each == found for each in loose) else UNCLEAR
        told = _anywhere(said) if len(loose) < len(cut) else None
        if told is not None:
            loose.append(told)
    return loose[0] if loose else None


def _direct(said: str) -> str | None:
    """The answer that a sentence opens with."""
    if _DENIED.fullmatch(said):
        return "no"
    judged = _JUDGED.fullmatch(said)
    found = judged or _HEAD.match(said)
    if found is None:
        return None
    if not judged and _BOTH.match(said, found.end()):
        return UNCLEAR
    return _value(found["word"], denied=bool(found["denial"]))


def _anywhere(said: str) -> str | None:
    """The only answer that a sentence names."""
    lower = said.lower()
    values = set()
    for found in _ANYWHERE.finditer(lower):
        before = _DENIAL_BEFORE.search(lower, max(0, found.start() - 40), found.start())
        values.add(_value(found["word"], denied=bool(before and before["denial"])))
    if not values:
        return None
    doubtful = len(values) > 1 or _WHETHER.search(said) or said.rstrip().endswith("?")
    return UNCLEAR if doubtful else values.pop()


def _value(word: str, *, denied: bool) -> str:
    return "yes" if (word.lower() in _YES) != denied else "no"


def _chinese(said: str) -> str | None:
    """The first Chinese clause that is an answer."""
    if said.isascii() or _ASKED.search(said):
        return None
    for clause in _CLAUSE.finditer(said):
        if found := _CHINESE.fullmatch(clause[0]):
            return "yes" if found["yes"] else "no"
        if found := _SAID_OF.search(clause[0]):
            return "yes" if bool(found["yes"]) != bool(found["denial"]) else "no"
    return None
