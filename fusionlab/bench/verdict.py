"""Whether a fusion helped, in one word and in a sentence.

A verdict is one of four: it helped, it did harm, it cannot be told, or it did not run. That no
difference worth knowing of is left is a case of the third: nobody can tell help from harm there.
"""

from dataclasses import dataclass, replace
from typing import Literal

from fusionlab.bench.statistics import Difference, Interval, holm
from fusionlab.figures import percent

USEFUL = 0.05
"""A difference that would be worth knowing of."""
SURE = 0.05
TESTS = {"mcnemar": "McNemar", "sign_flip": "sign-flip test", "bootstrap": "paired bootstrap"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A fusion against another contender, on the items on which both ran."""

    name: str
    share: float
    interval: Interval | None
    other: str
    other_share: float
    n: int
    difference: Difference
    p: float
    """Of no difference, corrected for all that was compared."""
    test: str
    alone: float = 1.0
    """The p of this comparison, if it were the only one."""
    failed: int = 0
    """Items on which one of the two failed."""


@dataclass(frozen=True, slots=True)
class NotRun:
    """Why there is nothing to compare: too many runs of one contender failed."""

    name: str
    failed: int
    total: int
    error: str
    """The commonest."""


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


def sentence(best: Compared, equal: Compared | NotRun | None = None, among: int = 1) -> str:
    """Whether the fusion helped, in plain words; `equal` is its baseline at equal tokens."""
    graded = best.test != "mcnemar"
    says = {
        "helped": f"fusion helped ({_p(best)})",
        "hurt": f"fusion did harm ({_p(best)})",
        "same": f"whether fusion helps cannot be told, the difference is too small ({_p(best)})",
        "unknown": f"these {best.n} items are too few to tell whether fusion helped ({_p(best)})",
    }[outcome(best)]
    of = f"the best of {among} members" if among > 1 else "the only member"
    first = (
        f"{best.name} {'scored' if graded else 'was right on'} {percent(best.share)} "
        f"{_interval(best.interval)} of {best.n} items, {best.other} alone, {of} on these same "
        f"items, {percent(best.other_share)}: {says}."
    )
    if best.failed:
        first += f" {_left_out(best)}"
    if equal is None:
        return first
    if isinstance(equal, NotRun):
        return (
            f"{first} Its baseline at equal tokens cannot be held against it: {did_not_run(equal)}"
        )
    against = {
        "helped": "less than the fusion",
        "hurt": "more than the fusion",
        "same": "no different",
        "unknown": "too near to tell them apart",
    }[outcome(equal)]
    return (
        f"{first} At equal tokens, {equal.other} reached {percent(equal.other_share)}: "
        f"{against} ({_p(equal)})."
    )


def did_not_run(why: NotRun) -> str:
    """How often a contender failed, and of what most often."""
    how = (
        f"{why.name} did not run: all {why.total} runs failed"
        if why.failed == why.total
        else f"{why.name} failed too often to be judged, in {why.failed} of {why.total} runs"
    )
    return f"{how}, most often with: {why.error}"


def no_verdict(name: str, why: NotRun | None) -> str:
    """That nothing can be said of the fusion, since it or all that it is held against failed."""
    if why is None:
        return f"there is no verdict on {name}: no member ran alone often enough to compare it with"
    if why.name == name:
        return did_not_run(why)
    return f"there is no verdict on {name}: {did_not_run(why)}"


def _left_out(compared: Compared) -> str:
    n = compared.failed
    items = "1 more item is" if n == 1 else f"{n} more items are"
    sure = outcome(compared) in ("helped", "hurt")
    return f"{items} left out, where a run failed{', and could not undo this' * sure}."


def _interval(interval: Interval | None) -> str:
    return (
        "[too few for an interval]"
        if interval is None
        else (f"[{percent(interval[0])}, {percent(interval[1])}]")
    )


def _p(compared: Compared) -> str:
    how = TESTS[compared.test]
    return f"p < 0.001, {how}" if compared.p < 0.001 else f"p = {compared.p:.3g}, {how}"
