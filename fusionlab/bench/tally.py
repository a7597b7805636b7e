"""Which runs count: a run that failed is no answer, neither a right nor a wrong one.

A blank, or a text in which no answer is found, is an answer, and wrong. Of whom more than a fifth
of the runs failed there is no verdict: whatever made them fail may well have picked the items.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from fusionlab.bench.forms import Line

MOST_FAILED = 0.2
"""Share of runs that may fail."""


def ran(lines: Sequence[Line]) -> list[Line]:
    """The answers of the runs that did not fail."""
    return [line for line in lines if not line.error]


def enough_ran(total: int, failed: int) -> bool:
    """Whether there are runs, and so few of them failed that the others can be judged."""
    return failed < total and failed <= MOST_FAILED * total


def commonest_error(lines: Sequence[Line]) -> str:
    """What runs failed of most often, whatever its numbers, as it was said first; or nothing."""
    errors = [line.error for line in lines if line.error]
    kinds = [re.sub(r"\d+", "0", error) for error in errors]
    if not kinds:
        return ""
    ((most, _),) = Counter(kinds).most_common(1)
    return errors[kinds.index(most)]


def mean_score(lines: Sequence[Line]) -> float:
    """Share of right answers, or the mean score, of the runs that did not fail; 0 where none is."""
    scores = scores_of(ran(lines))
    return math.fsum(scores) / max(len(scores), 1)


def scores_of(lines: Sequence[Line]) -> list[float]:
    """The score of each answer that has one, as all have whose runs did not fail."""
    return [line.score for line in lines if line.score is not None]


def mean_tokens(lines: Sequence[Line]) -> float:
    """Tokens in and out, an item, of the runs that did not fail."""
    tokens = [line.tokens for line in ran(lines)]
    return float(sum(tokens)) / max(len(tokens), 1)


def best_single(singles: Sequence[tuple[str, Sequence[Line]]]) -> str | None:
    """The key with the highest mean score, of several the first; chosen on the items themselves.

    Each is judged by the items on which it ran. Nobody of whom too many runs failed is chosen, nor
    who has come much less far than the others: few items flatter.
    """
    most = max((len(lines) for _, lines in singles), default=0)
    able = [(key, lines) for key, lines in singles if enough_ran(most, most - len(ran(lines)))]
    return max(able, key=lambda each: mean_score(each[1]))[0] if able else None
