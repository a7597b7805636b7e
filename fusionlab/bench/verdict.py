"""Whether a fusion helped, in one word.

A verdict is one of four: it helped, it did harm, it cannot be told, or it did not run. That no
difference worth knowing of is left is a case of the third: nobody can tell help from harm there.
"""

from dataclasses import dataclass, replace
from typing import Literal

from fusionlab.bench.statistics import Difference, holm

USEFUL = 0.05
"""A difference that would be worth knowing of."""
SURE = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """A fusion against another contender, on the items on which both ran."""

    n: int
    difference: Difference
    p: float
    """Of no difference, corrected for all that was compared."""
    alone: float = 1.0
    """The p of this comparison, if it were the only one."""
    failed: int = 0
    """Items on which one of the two failed."""


def corrected(compared: list[Compared], among: int) -> list[Compared]:
    """The same with p for all comparisons of a report together, by Holm's method.

    The rival may be the best of several, chosen on these very items: the luckiest of equals looks
    better than it is. A fusion that is behind it is behind one of `among`, and its p counts so
    often. A fusion that is ahead has had the harder rival, and needs no more.
    """
    ps = [min(1.0, each.alone * (among if each.difference.mean < 0 else 1)) for each in compared]
    return [replace(each, p=p) for each, p in zip(compared, holm(ps), strict=True)]


def outcome(compared: Compared) -> Literal["helped", "hurt", "same", "unknown"]:
    """helped, hurt, same or unknown: the last where a useful difference cannot be ruled out.

    By the rule of three, what was never seen in n items may still happen in 3/n of them.
    """
    mean = compared.difference.mean
    if compared.p < SURE:
        return "helped" if mean > 0 else "hurt"
    low, high = compared.difference.interval or (mean, mean)
    unseen = 3 / compared.n
    return "unknown" if max(high, -low) + unseen >= USEFUL else "same"
