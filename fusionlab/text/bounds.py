"""Limits on the size of an election, whose work grows with the square or the cube of that size.

All such limits are here, and in docs/security.md. Within them a vote reports its progress about
every two seconds, and can be stopped at each report.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fusionlab.errors import RecipeError
from fusionlab.text.rules import Rule
from fusionlab.words import Sentence

MOST_CANDIDATES = 1_000
"""Of one question. Clustering takes n³ steps: a second or two at this size."""
MOST_BY_RULE: Mapping[Rule, int] = MappingProxyType(
    {"borda": 512, "condorcet": 512, "ranked_pairs": 256}
)
"""Most candidates under rules that compare all pairs on every ballot, in n³ steps; ranked pairs
take up to n⁴."""
MOST_FOR_PANELS: Mapping[Rule, int] = MappingProxyType(
    {
        "mbr": 256,
        "majority": 256,
        "clusters": 256,
        "borda": 64,
        "condorcet": 64,
        "ranked_pairs": 32,
    }
)
"""Most candidates for which smaller panels are asked too, each an election of its own."""
MOST_OF_A_PAIR = 10**10
"""Cells of the table of common subsequences of two texts, here of 100,000 characters each: a third
of a second in ASCII, four seconds in Chinese."""
MOST_CELLS = 10**13
"""Cells of the tables of all pairs together: some minutes in ASCII, an hour in Chinese."""


def check_candidates(n: int, rule: Rule) -> None:
    """Raises RecipeError where there are more candidates than this rule takes."""
    most = most_candidates(rule)
    if n <= most:
        return
    if most == MOST_CANDIDATES:
        raise RecipeError("candidates-too-many", candidates=n, rule=rule, most=most)
    raise RecipeError("candidates-too-many-by-rule", candidates=n, rule=rule, most=most)


def most_candidates(rule: Rule) -> int:
    """The most candidates that a rule takes."""
    return MOST_BY_RULE.get(rule, MOST_CANDIDATES)


def check_lengths(metric: str, sequences: Sequence[str]) -> None:
    """Raises RecipeError where these texts are too long to be compared in pairs."""
    if why := too_long(metric, sequences):
        raise RecipeError(why.key, **why.values)


def too_long(metric: str, sequences: Sequence[str]) -> Sentence | None:
    """Why these texts are too long to be compared in pairs; None where they are not."""
    lengths = sorted(map(len, set(sequences)), reverse=True)
    if len(lengths) < 2:
        return None
    one, other, *_ = lengths
    if one * other > MOST_OF_A_PAIR:
        most = math.isqrt(MOST_OF_A_PAIR)
        return Sentence(
            "two-texts-too-long", {"one": one, "other": other, "metric": metric, "most": most}
        )
    if sum(lengths) ** 2 / 2 > MOST_CELLS:
        return Sentence(
            "texts-too-long", {"texts": len(lengths), "length": sum(lengths), "metric": metric}
        )
    return None
