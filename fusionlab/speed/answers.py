"""How fast an answer is read from a long text, against one search for any number in it.

The other is the plain regular expression that read answers before: the last occurrence of the
phrase, then the first run of digits. It understands no form but that, so the ratio is the price of
reading; what is held to is the time.
"""

import re
from collections.abc import Callable, Iterator

from fusionlab.speed.ratio import SpeedResult, in_turn
from fusionlab.text.answers import Kind, extract

LENGTH = 2000
"""Characters of a text."""
TIMES = 50
"""Texts read in one measurement."""
PHRASE = "the answer is"
BAR = 1.0
"""Milliseconds to read one text."""
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
STEP = {
    "english": "Tom has 3 boxes of 4 apples and gives 2 to (A) Ann, which is true. ",
    "chinese": "小明有三盒苹果，每盒4个，送给小红2个，（A）是对的。",
}
ENDS: dict[Kind, str] = {
    "number": "The answer is $\\frac{3}{4}$.",
    "choice": "The answer is (B).",
    "yes_no": "The answer is not true.",
    "text": "The answer is **Paris**. It is the capital.",
}


def measure_answers() -> Iterator[SpeedResult]:
    """Each kind in English and Chinese, with the phrase and without it: the slowest is told."""
    for kind, end in ENDS.items():
        times: dict[str, float] = {}
        for language, step in STEP.items():
            prose = (step * LENGTH)[: LENGTH - len(end)]
            for told, text in (("announced", prose + end), ("last", prose.ljust(LENGTH, "."))):
                ours, theirs = in_turn(_often(text, kind), _often_searched(text))
                times[f"{language}, {told}, ms"] = ours / TIMES * 1000
                times[f"{language}, {told}, plain search, ms"] = theirs / TIMES * 1000
        slowest = max(time for part, time in times.items() if "search" not in part)
        yield SpeedResult(
            f"answers: {kind} read from {LENGTH} characters / one millisecond",
            slowest / BAR,
            1.0,
            "lower",
            times,
            note="plain search: the last phrase, then the first digits, as answers were once read",
        )


def _often(text: str, kind: Kind) -> Callable[[], None]:
    def read() -> None:
        for _ in range(TIMES):
            extract(text, kind, PHRASE)

    return read


def _often_searched(text: str) -> Callable[[], None]:
    def search() -> None:
        for _ in range(TIMES):
            found = list(re.finditer(PHRASE, text, re.IGNORECASE))
            if not (found and _NUMBER.search(text, found[-1].end())):
                list(_NUMBER.finditer(text))

    return search
