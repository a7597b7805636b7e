"""How much an election compares at most: its work grows by the square or the cube of its size.

All limits of this kind stand here, and in docs/security.md. Within them a vote tells how far it is
about every two seconds, and can be stopped there.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fusionlab.errors import RecipeError
from fusionlab.text.rules import Rule
from fusionlab.text.similarity import UNITS

MOST_CANDIDATES = 1_000
"""Of one question. Groups of one meaning are found in n³ steps, a second or two of them here."""
MOST_BY_RULE: Mapping[Rule, int] = MappingProxyType(
    {"borda": 512, "condorcet": 512, "ranked_pairs": 256}
)
"""Candidates up to which a rule is counted that compares all pairs on every ballot, in n³ steps;
ranked pairs take up to n⁴."""
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
"""Candidates up to which smaller panels of them are asked as well, each an election of its own."""
MOST_OF_A_PAIR = 10**10
"""Cells of one table of common subsequences, as of two texts of 100,000 characters: a third of a
second where they are ASCII, four in Chinese."""
MOST_CELLS = 10**13
"""Of the tables of all pairs together: some minutes where they are ASCII, an hour in Chinese."""


def check_candidates(n: int, rule: Rule) -> None:
    """Raises RecipeError where so many candidates are more than this rule is counted for."""
    most = most_candidates(rule)
    if n > most:
        raise RecipeError(
            f"{n:,} candidates are too many for one election: {rule} is counted for up to {most:,}",
            hint="let fewer stand" if most == MOST_CANDIDATES else "let fewer stand, or take mbr",
        )


def most_candidates(rule: Rule) -> int:
    """Up to how many candidates a rule is counted for."""
    return MOST_BY_RULE.get(rule, MOST_CANDIDATES)


def check_lengths(metric: str, sequences: Sequence[str]) -> None:
    """Raises RecipeError where all pairs of these are too long to be compared."""
    if why := too_long(metric, sequences):
        raise RecipeError(why, hint="shorten the texts, or let cosine decide")


def too_long(metric: str, sequences: Sequence[str]) -> str:
    """Why the longest common subsequences of all pairs are not computed; empty where they are."""
    lengths = sorted(map(len, set(sequences)), reverse=True)
    if len(lengths) < 2:
        return ""
    unit, (one, other, *_) = UNITS[metric], lengths
    if one * other > MOST_OF_A_PAIR:
        most = math.isqrt(MOST_OF_A_PAIR)
        return (
            f"two texts of {one:,} and {other:,} {unit} are too long for {metric}, which compares "
            f"{most:,} {unit} with as many"
        )
    if sum(lengths) ** 2 / 2 > MOST_CELLS:
        return f"{len(lengths):,} texts of {sum(lengths):,} {unit} are too much for {metric}"
    return ""
