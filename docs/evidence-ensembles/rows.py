"""What recorded.jsonl says: tables, each row a fusion against three rivals, and what was chosen.

The rivals are the best member as the part to choose by had it, the vote, and the best member's own
samples for exactly as many tokens. Each p is McNemar's, corrected by Holm's method for all fusions
of the table against the same rival.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from asking import DEV, RECIPE, Row
from equal import afforded
from recorded import Measured, Recorded

from fusionlab.bench.statistics import holm, mcnemar, paired_interval
from fusionlab.intervals import wilson

VOTE = "vote rule=majority samples=1 temperature=0"


class Against(NamedTuple):
    """One comparison on the same questions."""

    points: float
    low: float
    high: float
    p: float
    """Of this comparison alone."""


def samples_for(one: Recorded, drawn: Sequence[Recorded]) -> Recorded | None:
    """The best member's samples for exactly the tokens of `one`; None where too few were drawn."""
    costs = [
        [total[0], *(b - a for a, b in pairwise(total))]
        for total in zip(*(line.tokens for line in drawn), strict=True)
    ]
    try:
        counts = afforded(one.tokens, costs)
    except LookupError:
        return None
    right = "".join(drawn[count - 1].right[at] for at, count in enumerate(counts))
    tokens = [drawn[count - 1].tokens[at] for at, count in enumerate(counts)]
    return Recorded(drawn[0].who, "samples", right, tokens, 0)


def against(one: str, other: str) -> Against:
    """The paired difference in points, with its 95% interval."""
    pairs = list(zip(one, other, strict=True))
    gained, lost = pairs.count(("1", "0")), pairs.count(("0", "1"))
    low, high = paired_interval(pairs.count(("1", "1")), gained, lost, pairs.count(("0", "0")))
    points = 100 * (gained - lost) / len(pairs)
    return Against(points, 100 * low, 100 * high, mcnemar(gained, lost))


def table(name: str, found: Measured) -> Iterator[str]:
    """The benchmark's table; a vote is held against the best member and its samples too."""
    asked, singles, fusions = RECIPE[name], found.of("single"), found.of("fusion")
    best = next(line for line in singles if line.who == asked["best"])
    equal = [samples_for(line, found.of("samples")) for line in fusions]
    among = 1 if "parts" in asked else len(singles)
    columns = {"less the best": _told([against(x.right, best.right) for x in fusions], among)}
    if vote := next((line for line in fusions if line.who == VOTE), None):
        columns["less the vote"] = _told(
            [None if line is vote else against(line.right, vote.right) for line in fusions]
        )
    columns["less samples"] = _told(
        [against(a.right, b.right) if b else None for a, b in zip(fusions, equal, strict=True)]
    )
    columns["samples"] = [_percent(line.right) if line else "" for line in equal]
    long = [asked["long_name"]] if asked["long"] else []
    heads = ["right", *long, "tokens", *columns]
    yield f"| | {' | '.join(heads)} |"
    yield "|---" * (len(heads) + 1) + "|"
    for line in singles:
        yield _row(line, found, asked, [""] * len(columns))
    for at, line in enumerate(fusions):
        yield _row(line, found, asked, [column[at] for column in columns.values()])


def chosen(name: str, found: dict[tuple[str, str], Measured]) -> Iterator[str]:
    """What the part to choose by says: the best member, a temperature, and one of each choice.

    The temperature is that at which most was right over one sample, two samples, and so on.
    """
    dev, asked = found[name, DEV], RECIPE[name]
    yield _first_of_most(dev.of("single")).who
    right = Counter[float]()
    for line in dev.of("samples"):
        right[line.temperature] += line.right.count("1")
    yield f"{max(right, key=lambda each: right[each]):g}"
    for among in asked["choices"]:
        names = [each.replace(",", " ") for each in among]
        yield _first_of_most([line for line in dev.of("fusion") if line.who in names]).who


def _first_of_most(lines: Sequence[Recorded]) -> Recorded:
    return max(lines, key=lambda line: line.right.count("1"))


def _told(column: Sequence[Against | None], among: int = 1) -> list[str]:
    """A cell for each comparison, its p corrected for all of them.

    A rival that is the best of so many on these very questions looks better than it is; see
    `fusionlab.bench.verdict.corrected`.
    """
    some = [each for each in column if each]
    ps = iter(holm([min(1.0, each.p * (among if each.points < 0 else 1)) for each in some]))
    return [_difference(each, next(ps)) if each else "" for each in column]


def _difference(one: Against, p: float) -> str:
    shown = "<0.001" if p < 0.001 else f"{p:.2g}"
    points = f"{one.points:+.1f}" if one.points else "0.0"
    return f"{points} [{one.low:+.0f}, {one.high:+.0f}] · {shown}".replace("-", "−")


def _row(line: Recorded, found: Measured, asked: Row, more: Sequence[str]) -> str:
    long = "".join(
        bit for bit, task in zip(line.right, found.tasks, strict=True) if task in asked["long"]
    )
    name = RECIPE["names"].get(line.who, line.who)
    name += ", the best member" if line.who == asked["best"] else ""
    shares = [_share(line.right), *([_share(long)] if long else [])]
    cells = [name, *shares, f"{sum(line.tokens) / len(line.tokens):.0f}"]
    return f"| {' | '.join([*cells, *more])} |".replace("|  |", "| |").replace("|  |", "| |")


def _share(right: str) -> str:
    low, high = wilson(right.count("1"), len(right))
    return f"{_percent(right)} [{100 * low:.0f}–{100 * high:.0f}]"


def _percent(right: str) -> str:
    return f"{100 * right.count('1') / len(right):.1f}"
