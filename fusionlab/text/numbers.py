"""The number that a text gives as its answer, among all that it names.

A sentence is cut into terms: numbers, and what is computed with them up to its result. A term that
is not understood, several that could each be meant, a range, a clock or a bound are no answer. Of a
percentage and of money the sign is a unit, as "apples" is: 28 % is 28, and $29.00 is 29.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from fusionlab.text.numerals import (
    ENGLISH,
    HANZI,
    LONGEST,
    SCALES,
    as_text,
    from_english,
    from_hanzi,
    in_digits,
)
from fusionlab.text.passages import retracted, sentences, statement

UNCLEAR = ""
"""What is read where something of the kind is said, but no one answer."""
_CJK = "\u3400-\u9fff"
_MEASURES = "个只条元块年月天日人岁次倍米本张支名位头匹辆件双对盒袋箱瓶杯枚颗朵棵座间层页首句字秒时周克斤吨里公厘毫平立升度美欧英分"
_AMONG = "年月元时天是为有得于共约剩出了需要用花成加减乘除以到至和或说即"
"""Characters after which a Chinese number may stand, others than Chinese ones aside."""
_UNITS = frozenset(
    "kg g mg km m cm mm nm s ms sec min h hr hrs l ml kwh kw w v mph kmh hz khz mhz ghz kb mb gb tb j n pa"
    " ft in lb lbs oz mi yd usd eur gbp rmb cny c f °c °f st nd rd th pt px pm am".split()
) - {"pm", "am"}
_JOINABLE = (
    r"hours?|hrs?|h|minutes?|mins?|min|seconds?|days?|weeks?|months?|years?|feet|foot|ft|pounds?|lbs?"
    r"|dollars?|euros?|metres?|meters?|m|km|degrees?|小时|分钟|点钟|[年月日天时分点元角米]"
)
_TOKEN = re.compile(
    rf"""
    (?P<number>
        (?P<sign>(?<![\w)\]}}.%])[-+]|负\s?)?
        (?:(?:US|HK|C|A)?[$€£¥₹]\s?|\b(?:USD|EUR|GBP|RMB|CNY)\s?)?
        (?P<inner>-)?
        (?P<percent>百分之\s?)?
        (?:(?P<whole>\d{{1,9}})\ {{1,2}}(?P<above>\d{{1,9}})/(?P<below>\d{{1,9}})(?!\d|[./,:]\d)
        |  (?P<digits>\d+(?:[.,'_:]\d+|\ \d{{3}}(?!\d))*|(?<![\w.])\.\d+)
           (?:[eE](?P<exponent>[-+]?\d{{1,5}})(?!\w))?
           (?:\s?[×x*·]\s?10\s?\^\s?[{{(]?\s?(?P<ten>[-+]?\d{{1,5}})[}})]?)?
           (?:\^[{{(]?(?P<power>-?\d{{1,5}})[}})]?(?!\d))?
           (?:\s?/\s?(?P<divisor>\d+(?:[.,:'/]\d+)*))?
           (?:\s?(?P<scale>hundred|dozen|thousand|million|billion|trillion)s?\b
             |\s?(?P<hanzi_scale>[十百千万亿]{{1,4}})(?![{HANZI}米克瓦卡赫帕伏焦升分]))?
        )
        (?:\s?%)?
        (?P<ordinal>(?:st|nd|rd|th)\b)?
    )
    |(?P<hanzi>(?:(?<![{_CJK}])|(?<=[{_AMONG}]))负?(?:百分之)?[{HANZI}]++(?:又[{HANZI}]++)?
        (?:分之[{HANZI}]++|点[{HANZI}]++)?(?![{HANZI}]))
    |(?P<english>(?<![\w-])(?:{ENGLISH})(?:(?:-|\s|\sand\s)(?:{ENGLISH}))*+(?![\w-]))
    |(?P<minus>\b(?:minus|negative)\b)
    |(?P<stop>\b(?:because|since|as|which|where|when|with)\b|因为|由于|其中)
    |(?P<equal>≈|=+>?|→|⇒|\bequals\b|\bis\ equal\ to\b|\bmakes\b|\bgives\b|\bis\b|\bare\b|约?等于|得到|[是为得])
    |(?P<sum>[-+*×÷·/^]|(?<=[\d)])[xX](?=\s?\d)|(?<=[\d)]\s)[xX](?=\s?\d)|\b(?:plus|times|divided\ by|multiplied\ by)\b(?=\s?\S)|[加减乘除](?:以|上|去)?)
    |(?P<bad>\\[A-Za-z]+|[√π∞±≤≥<>≠∫∑‰]|\bpi\b)
    |(?P<vague>\b(?:more|less|fewer|greater|larger|smaller|bigger|higher|lower)\ than\b|\bat\ (?:least|most)\b
        |\b(?:over|under|above|below|between|from|nearly|almost|up\ to|twice|double|triple|half|to\ the\ power\ of)\b
        |\b(?:root|square|cube|factorial|logarithm|log|sin|cos|tan|third|quarter|percent)(?:\ of)?\b
        |大于|小于|超过|不到|至少|至多|最多|最少|不少于|不多于|多于|少于|介于|从)
    |(?P<label>\bin(?=\s\d+\s(?:step|line|word|sentence|part|way|paragraph|page)s?\b)|\b(?:step|equation|eq|line|page|problem|question|part|section|table|figure|fig|case|chapter
        |method|option|example|note)s?\b|步骤|方程|公式|第)
    |(?P<negation>\b(?:not|never|neither|nor|unknown|unclear|undetermined|cannot|[a-z]+n't)\b
        |\brather\ than\b|\binstead\ of\b|而不是|不是|并非|不等于|未知)
    |(?P<but>\bbut\b|\bit\ is\b|\bit's\b|\binstead\b|\brather\b|而是|应该?[是为]|\bso\b|\bthen\b|\btherefore\b|所以|因此)
    |(?P<join>\b(?:or|and|to|through|versus|vs|of|out\ of|per|in)\b|或者?|[和与至到、,&~]|还是|又)
    |(?P<filler>\b(?:a(?!\s?=)|an|the|about|approximately|around|roughly|exactly|just|only|simply|probably|likely|maybe
        |perhaps|possibly|now|thus|be|value|total|answer|follows|precisely|clearly|definitely|either|both|i(?!\s?=)|think)\b
        |大约|约|共|一共|总共|就|应|大概|刚好|正好|都)
    |(?P<compound>(?<=[\d\s])(?:{_JOINABLE})(?![A-Za-z])(?:\^-?\d)?|点半|(?<=[{HANZI}])(?:{_JOINABLE}))
    |(?P<degree>°\s?[CFK]?)
    |(?P<variable>(?<![A-Za-z])[A-Za-z](?:_\{{?\w{{1,3}}\}}?|\d{{1,3}})?(?![A-Za-z0-9]))
    |(?P<word>[A-Za-z]+(?:'[A-Za-z]+)?(?:_?\d+)*(?:\^-?\d)?|[\u00c0-\u024f\u0370-\u1fff]+|[{_CJK}])
    |(?P<mark>[;:!?.()\[\]|"])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_MOST = 1000
"""Characters of a sentence that are looked at."""
_ENUMERATED = re.compile(r"^[ \t]{0,8}\(?\d{1,3}[.)、][ \t]{0,4}(?=\S)|\[\d{1,3}\]", re.MULTILINE)
_CONCLUDES = re.compile(
    r"\b(?:so|thus|hence|therefore|total|altogether|in all|together|left|remain\w*|leaving|makes?|giving|gives"
    r"|result|finally|answer|get|gets|equals?)\b|=|共|(?<!还)剩|所以|因此|得|即|合计|最后|等于",
    re.IGNORECASE,
)
"""What says that the last of several numbers is the one that is meant."""
_OPERANDS = frozenset(("number", "english", "variable", "bad", "minus"))
_UNFINISHED = re.compile(
    r"\^|\(\s?[-\d]|\\|!|/\s?[a-z](?![A-Za-z])|\s(?:and\s)?(?:an?\s|one\s)?(?:half|halves|thirds?"
    r"|quarters?|fourths|fifths|sixths|sevenths|eighths|ninths|tenths|hundredths)\b|\s?(?:多|余|半|成(?!立))"
)
"""What follows a number that is only a part of what is meant: 2(3), 6!, seven and a half, 五十多."""
_FILLING = frozenset(("filler", "mark", "equal", "variable", "degree", "sum", "minus"))
_HEAD_END = frozenset(",.;!?()")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign by what it does to numbers; a number has its value, None if not understood."""

    sort: str
    text: str
    end: int
    value: str | None = None


@dataclass(slots=True)
class Term:
    """A number, or a chain of equal expressions, each cut into numbers and what binds them."""

    first: int
    last: int
    negated: bool
    named: bool = False
    label: bool = False
    parts: list[list[str | None]] = field(default_factory=lambda: [[]])
    """Of each side: values, None for what is not understood, and "+" for a sum."""
    words: int = 0

    def value(self) -> str | None:
        """What it comes to, None where that is not said."""
        plain = [part[0] for part in self.parts if len(part) == 1 and part[0] not in (None, "+")]
        if len(plain) > 1 and plain[-1] and "/" not in plain[-1]:
            plain = [each for each in plain if each and "/" not in each]
        values = {Fraction(each) for each in plain if each}
        return plain[-1] if len(values) == 1 else None


def after(passage: str) -> str | None:
    """The number that is given first in what follows an announcement.

    None where no number is named, and `UNCLEAR` where several are, or one that is not understood.
    """
    said, rest = statement(passage)
    tokens = _tokens(said[:_MOST])
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
    """The last number of a text that announces none; None and `UNCLEAR` as of `after`."""
    listed = _ENUMERATED.sub(" ", text) if len(_ENUMERATED.findall(text)) > 1 else text
    cut = sentences(listed)
    for place in range(len(cut) - 1, -1, -1):
        said = cut[place].rstrip()
        found = _last_of(said[:-1] if said[-1] in ".!?。;" else said)
        if found is not None:
            return UNCLEAR if retracted("".join(cut[place + 1 : place + 3])) else found
    return None


def is_one(text: str) -> bool:
    """Whether the text is one number and nothing else, in digits or Chinese characters."""
    tokens = _tokens(text[:_MOST]) if len(text) <= _MOST else []
    return len(tokens) == 1 and tokens[0].sort == "number" and tokens[0].value is not None


def _last_of(sentence: str) -> str | None:
    if len(sentence) > _MOST:
        _, blank, sentence = sentence[-_MOST:].partition(" ")
        if not blank:
            return UNCLEAR
    tokens = _tokens(sentence)
    every = _terms(tokens)
    terms = [term for term in every if not (term.negated or term.label)]
    chained = any(len(term.parts) > 1 for term in terms)
    if terms and not chained and terms[0].first == 0 and _stands_alone(tokens, terms[0]):
        contested = any(_contests(tokens, terms[0], term) for term in terms[1:2])
        return UNCLEAR if contested else terms[0].value() or UNCLEAR
    terms = [term for term in terms if not tokens[term.first].sort == "english"]
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
    """Whether a mark or nothing follows the term, or it is spelled in words before a noun."""
    following = tokens[term.last + 1 :][:1]
    spelled = tokens[term.first].sort == "english"
    return not following or spelled or following[0].text in _HEAD_END


def _only(terms: Sequence[Term]) -> tuple[Term, str | None]:
    """The term whose value all terms have; None where they differ."""
    values = {term.value() for term in terms}
    if not terms or None in values or len({Fraction(value or 0) for value in values}) > 1:
        return Term(0, 0, negated=True), None
    return terms[0], terms[0].value()


def _contests(tokens: Sequence[Token], one: Term, other: Term) -> bool:
    """Whether both are named in one breath, such as "5 or 6" or "3 apples and 4 pears"."""
    if other.negated:
        return False
    value = one.value()
    if value is not None and not other.label and other.value() is not None:
        if Fraction(value) == Fraction(other.value() or 0):
            return False
    gap = list(tokens[one.last + 1 : other.first])
    while gap and gap[0].sort in ("word", "compound", "degree", "variable") and len(gap) > 1:
        gap.pop(0)
        if len(tokens[one.last + 1 : other.first]) - len(gap) > 2:
            break
    if not gap:
        return True
    binding = ("join", "vague")
    opens = gap[0].sort in binding or gap[0].text in ":()"
    return (
        opens
        and all(t.sort in (*binding, "filler") or t.text in ":()" for t in gap)
        and any(t.sort in binding or t.text == ":" for t in gap)
    )


def _renamed(terms: Sequence[Term]) -> bool:
    """Whether several things are each said to equal a number: x = 4, y = 5."""
    named = {term.value() for term in terms if term.named and not term.negated}
    return len(named) > 1


def _tokens(text: str) -> list[Token]:
    return [_token(found, text) for found in _TOKEN.finditer(text)]


def _token(found: re.Match[str], text: str) -> Token:
    sort = found.lastgroup or ""
    if found["digits"] or found["whole"]:
        return Token("number", found[0], found.end(), _value_of(found, text))
    if sort == "hanzi":
        return _in_hanzi(found, text)
    if sort == "english":
        return _in_english(found, text)
    return Token(sort, found[0], found.end())


def _value_of(found: re.Match[str], text: str) -> str | None:
    """The value of a number in digits, and None if anything about it is not understood."""
    following = text[found.end() : found.end() + 24]
    glued = re.match(r"[A-Za-zµ]+", following)
    if glued and not re.match(r"[xX]\s?\d", following):
        if glued[0].lower() not in _UNITS or re.search(r"[$€£¥₹]", found[0]):
            return None
    if _UNFINISHED.match(following):
        return None
    negative = (found["sign"] or "") in ("-", "负", "负 ") or bool(found["inner"])
    if found["whole"]:
        if int(found["below"]) == 0:
            return None
        value = int(found["whole"]) + Fraction(int(found["above"]), int(found["below"]))
        return f"{'-' if negative else ''}{value}"
    digits = in_digits(found["digits"])
    if digits is None:
        return None
    written = digits if digits[0] != "." else f"0{digits}"
    if any(found[part] for part in ("exponent", "ten", "power", "divisor", "scale", "hanzi_scale")):
        return _computed(found, Fraction(written), negative=negative)
    return f"{'-' if negative else ''}{written}"


def _computed(found: re.Match[str], value: Fraction, *, negative: bool) -> str | None:
    """The value with its powers, divisor and scale."""
    shift = int(found["exponent"] or 0) + int(found["ten"] or 0)
    power = int(found["power"] or 1)
    if abs(shift) > LONGEST or abs(power) * len(str(value)) > LONGEST or (value == 0 and power < 0):
        return None
    value = value**power * Fraction(10) ** shift
    if scale := found["scale"]:
        value *= SCALES[scale.lower()]
    for char in found["hanzi_scale"] or "":
        value *= SCALES[char]
    value = -value if negative else value
    if not found["divisor"]:
        return as_text(value)
    divisor = in_digits(found["divisor"])
    if divisor is None or Fraction(divisor) == 0 or found["scale"] or found["hanzi_scale"]:
        return None
    return str(value / Fraction(divisor))


def _in_hanzi(found: re.Match[str], text: str) -> Token:
    """A Chinese number where a measure word or an end follows it; else a word, as 一样 is."""
    spelled, following = found[0], text[found.end() : found.end() + 2]
    then = following[:1]
    chinese = [bool(re.match(f"[{_CJK}]", char)) for char in following] + [False, False]
    counted = then in _MEASURES and (spelled not in ("一", "十") or not chinese[1])
    bound = then in "加减乘除等到至或和与又即点多余半成"
    if then and chinese[0] and not counted and not bound:
        return Token("word", spelled, found.end())
    if then in ("点", "多", "余", "半", "成") or ("点" in spelled and then == "分"):
        return Token("number", spelled, found.end(), None)
    value = from_hanzi(spelled)
    if value is None and len(spelled) == 1:
        return Token("word", spelled, found.end())
    exact = None if value is None else str(value) if "分之" in spelled else as_text(value)
    return Token("number", spelled, found.end(), exact)


def _in_english(found: re.Match[str], text: str) -> Token:
    """A number in words; "one" is one only where nothing follows that it could stand for."""
    if found[0].lower() == "one" and re.match(r"\s*\w", text[found.end() : found.end() + 9]):
        return Token("word", found[0], found.end())
    following = text[found.end() : found.end() + 24]
    value = None if _UNFINISHED.match(following) else from_english(found[0])
    return Token("english", found[0], found.end(), None if value is None else as_text(value))


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
    """A new term that begins here, if one does."""
    token = tokens[place]
    before = tokens[place - 1] if place else Token("", "", 0)
    earlier = tokens[place - 2] if place > 1 else Token("", "", 0)
    if token.sort in ("number", "english"):
        label = before.sort == "label" or (before.text == "(" and earlier.sort == "label")
        term = Term(place, place, negated, label=label)
        value = token.value
        if before.sort == "minus" and value:
            value = value[1:] if value[0] == "-" else f"-{value}"
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
    """Whether the token belongs to the term, which then has it."""
    part = term.parts[-1]
    before = tokens[place - 1]
    fresh = not part or part[-1] == "+"
    sort = "sum" if token.sort == "minus" and not fresh else token.sort
    match sort:
        case "number" | "english":
            if fresh:
                minus = before.sort == "minus" and token.value
                part.append(f"-{token.value}" if minus else token.value)
                if before.sort == "vague":
                    part[-1] = None
            elif term.words and before.sort != "compound":
                return False
            else:
                signed = token.text[0] in "+-"
                part.extend(["+", token.value] if signed else [None, None])
            term.last, term.words = place, 0
        case "sum":
            if token.text == "/" and before.sort in ("word", "compound"):  # m/s
                return True
            following = tokens[place + 1] if place + 1 < len(tokens) else Token("", "", 0)
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
        case "variable":
            if fresh or before.sort == "number":
                part.extend([None, None])
                term.last = place
        case "minus" | "degree":
            pass
        case "compound" | "word" | "filler":
            term.words += not fresh
            return term.words <= 2 and (not fresh or sort == "filler")
        case "mark":
            return token.text in ")]" or (token.text in "([" and (fresh or part[-1] is None))
        case _:
            return False
    return True
