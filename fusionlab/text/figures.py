"""Cuts a sentence into numbers with their values, and the words and signs that matter to numbers.

A number is written in digits, in Chinese characters or in English words, and may have a sign,
powers, a divisor and a scale. A number that is part of something else, as 2 in 2x, has no value.
"""

import re
from dataclasses import dataclass
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

_CJK = "\u3400-\u9fff"
_MEASURES = "个只条元块年月天日人岁次倍米本张支名位头匹辆件双对盒袋箱瓶杯枚颗朵棵座间层页首句字"
_MEASURES += "秒时周克斤吨里公厘毫平立升度美欧英分"
_AMONG = "年月元时天是为有得于共约剩出了需要用花成加减乘除以到至和或说即"
"""Chinese characters that a Chinese number may follow."""


def _listed(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


_UNITS = _listed(
    "kg g mg km m cm mm nm s ms sec min h hr hrs l ml kwh kw w v mph kmh hz khz mhz ghz",
    "kb mb gb tb j n pa ft lb lbs oz mi yd usd eur gbp rmb cny c f st nd rd th pt px",
)
"""Units that may follow a number without a space."""
_NUMBER = re.compile(
    rf"""
        (?P<sign>(?<![\w)\]}}.%])[-+]|负\s?)?
        (?:[$€£¥₹]\s?)?
        (?P<inner>-)?
        (?:百分之\s?)?
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
        (?:(?:st|nd|rd|th)\b)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_HANZI = re.compile(
    rf"(?:(?<![{_CJK}])|(?<=[{_AMONG}]))负?(?:百分之)?[{HANZI}]++(?:又[{HANZI}]++)?"
    rf"(?:分之[{HANZI}]++|点[{HANZI}]++)?"
)
_ENGLISH = re.compile(
    rf"(?:{ENGLISH})(?:(?:-|\s|\sand\s)(?:{ENGLISH}))*+(?![\w-])", re.IGNORECASE | re.ASCII
)
_COARSE = re.compile(
    rf"(?P<latin>[A-Za-z]+(?:'[A-Za-z]+)?(?:_\{{?\w{{1,3}}\}}?|(?:_?\d{{1,9}})*)(?:\^-?\d)?)"
    rf"|(?P<figure>[-+$€£¥₹.\d负百])|(?P<hanzi>[{HANZI}])"
    r"|(?P<chinese>因为|由于|其中|约?等于|得到|大于|小于|超过|不到|至少|至多|最多|最少|不少于|不多于"
    r"|多于|少于|介于|步骤|方程|公式|而不是|不是|并非|不等于|未知|而是|应该?[是为]|所以|因此|或者|还是"
    r"|大约|一共|总共|大概|刚好|正好|[加减乘除](?:以|上|去)?|小时|分钟|点钟|点半)"
    rf"|(?P<letter>[{_CJK}]|[\u00c0-\u024f\u0370-\u1fff]+)"
    r"|(?P<command>\\[A-Za-z]+)|(?P<sign>=+>?|°\s?[CFK]?(?![a-z])|[^\s{}$\\\"'])",
    re.ASCII,
)
_PHRASES = re.compile(
    r"(?P<vague>(?:more|less|fewer|greater|larger|smaller|bigger|higher|lower) than"
    r"|at (?:least|most)|up to|to the power of|(?:root|square|cube|factorial|logarithm|log"
    r"|third|quarter|percent) of)\b|(?P<equal>is equal to)\b"
    r"|(?P<sum>(?:divided|multiplied) by|plus|times)\b(?=\s?\S)"
    r"|(?P<negation>rather than|instead of)\b|(?P<but>it is|it's)\b|(?P<join>out of)\b"
    r"|(?P<label>in)(?=\s\d+\s(?:step|line|word|sentence|part|way|paragraph|page)s?\b)",
    re.IGNORECASE | re.ASCII,
)
_OPENING_PHRASES = _listed(
    "more less fewer greater larger smaller bigger higher lower at up to root square cube",
    "factorial logarithm log third quarter percent is divided multiplied plus times",
    "rather instead it it's out in",
)
_SORTED = {
    "minus": _listed(
        "minus negative",
    ),
    "stop": _listed(
        "because since as which where when with 因为 由于 其中",
    ),
    "equal": _listed(
        "equals makes gives is are = == => ≈ → ⇒ 等于 约等于 得到 是 为 得",
    ),
    "sum": _listed(
        "+ - * × ÷ · / ^ 加 减 乘 除 加上 减去 乘以 除以",
    ),
    "bad": _listed(
        "pi √ π ∞ ± ≤ ≥ < > ≠ ∫ ∑ ‰",
    ),
    "vague": _listed(
        "over under above below between from nearly almost twice double triple half root",
        "square cube factorial logarithm log sin cos tan third quarter percent 大于 小于 超过",
        "不到 至少 至多 最多 最少 不少于 不多于 多于 少于 介于 从",
    ),
    "label": _listed(
        "january february march april june july august september october november december",
        "step steps equation equations eq line lines page pages problem problems question",
        "questions part parts section sections table tables figure figures fig case cases",
        "chapter chapters method methods option options example examples note notes 步骤 方程",
        "公式 第",
    ),
    "negation": _listed(
        "not never neither nor unknown unclear undetermined cannot 而不是 不是 并非 不等于",
        "未知",
    ),
    "but": _listed(
        "but instead rather so then therefore 而是 应是 应为 应该是 应该为 所以 因此",
    ),
    "join": _listed(
        "or and to through versus vs of per in 或 或者 还是 和 与 至 到 又 、 , & ~",
    ),
    "filler": _listed(
        "an the about approximately around roughly exactly just only simply probably likely",
        "maybe perhaps possibly now thus be value total answer follows precisely clearly",
        "definitely either both think usd eur gbp rmb cny us hk 大约 约 共 一共 总共 就 应",
        "大概 刚好 正好 都",
    ),
    "compound": _listed(
        "hour hours hr hrs h minute minutes min mins second seconds day days week weeks month",
        "months year years feet foot ft pound pounds lb lbs dollar dollars euro euros metre",
        "metres meter meters m km degree degrees 小时 分钟 点钟 点半 年 月 日 天 时 分 点 元",
        "角 米",
    ),
    "mark": _listed(
        "; : ! ? . ( ) [ ] |",
    ),
}
_SORTS = {word: sort for sort, words in _SORTED.items() for word in words}
"""The sort of each word and sign; all others are of the sort word."""
_MAYBE = re.compile(rf"[\d{HANZI}√π∞\\]", re.ASCII)
_FIRST_NUMBERS = frozenset(ENGLISH.split("|"))
_FACTOR = re.compile(r"[xX]\s?\d", re.ASCII)
_ASSIGNED = re.compile(r"\s?=")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_UNFINISHED = re.compile(
    r"\^|\(\s?[-\d]|\\|!|/\s?[a-z](?![A-Za-z])|\s(?:and\s)?(?:an?\s|one\s)?(?:half|halves|thirds?"
    r"|quarters?|fourths|fifths|sixths|sevenths|eighths|ninths|tenths|hundredths)\b"
    r"|\s(?:with\s|an?\s){0,2}remainder\b|\s?(?:o'clock|[ap]\.?m)\b"
    rf"|\s(?:of\s)?(?:{_MONTHS})\b|\s?(?:多|余|半|成(?!立))"
)
"""What may follow a number that is only part of a larger one: 2(3), 6!, seven and a half."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, sign or number, and its sort; a number has its value, None if not understood."""

    sort: str
    text: str
    end: int
    value: str | None = None


def names_number(sentence: str) -> bool:
    """Whether the sentence may hold a number: a quick look before it is cut into tokens."""
    return bool(_MAYBE.search(sentence) or _ENGLISH.match(sentence))


def tokens_of(text: str) -> list[Token]:
    """The words and signs of a sentence, in order."""
    tokens: list[Token] = []
    place = 0
    while found := _COARSE.search(text, place):
        tokens.append(_token(found, text, tokens[-1] if tokens else None))
        place = tokens[-1].end
    return tokens


def _token(found: re.Match[str], text: str, before: Token | None) -> Token:
    start, sort = found.start(), found.lastgroup
    if sort == "latin":
        return _in_latin(found, text, before)
    if sort == "figure" and (number := _NUMBER.match(text, start)):
        return Token("number", number[0], number.end(), _value_of(number, text))
    if sort in ("figure", "hanzi") and (number := _HANZI.match(text, start)):
        return _in_hanzi(number, text)
    if sort == "command":
        return Token("bad", found[0], found.end())
    if found[0][0] in "°$€£¥₹":
        return Token("degree", found[0], found.end())
    return Token(_SORTS.get(found[0], "word"), found[0], found.end())


def _in_latin(found: re.Match[str], text: str, before: Token | None) -> Token:
    """A word of Latin letters, or the phrase, variable or number that begins with it."""
    word, start = found[0].lower(), found.start()
    if word in _OPENING_PHRASES and (phrase := _PHRASES.match(text, start)):
        return Token(phrase.lastgroup or "", phrase[0], phrase.end())
    numeral = word in _FIRST_NUMBERS and text[max(0, start - 1) : start] != "-"
    if numeral and (number := _ENGLISH.match(text, start)):
        return _in_english(number, text)
    if word[0] == "x" and before and before.sort == "number" and _FACTOR.match(text, start):
        return Token("sum", "x", start + 1)
    if word in ("a", "i") and not _ASSIGNED.match(text, found.end()):
        return Token("filler", found[0], found.end())
    sort = _SORTS.get(word.partition("^")[0]) or ("negation" if word.endswith("n't") else "word")
    alone = len(word) == 1 or not word[1].isalpha()
    if sort == "word" and alone and "'" not in word:
        sort = "variable"
    return Token(sort, found[0], found.end())


def _value_of(found: re.Match[str], text: str) -> str | None:
    """The value of a number in digits; None if anything about it is not understood."""
    following = text[found.end() : found.end() + 24]
    glued = re.match(r"[A-Za-zµ]+", following)
    unit = glued and glued[0].lower() in _UNITS and not re.search(r"[$€£¥₹]", found[0])
    if (glued and not unit and not _FACTOR.match(following)) or _UNFINISHED.match(following):
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
    """A Chinese number, if a measure word or an end follows; otherwise a word, such as 一样."""
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
    """A number in English words; "one" is a number only where it does not stand for a noun."""
    if found[0].lower() == "one" and re.match(r"\s*\w", text[found.end() : found.end() + 9]):
        return Token("word", found[0], found.end())
    following = text[found.end() : found.end() + 24]
    value = None if _UNFINISHED.match(following) else from_english(found[0])
    return Token("english", found[0], found.end(), None if value is None else as_text(value))
