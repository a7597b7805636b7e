"""What there is to notice on a ladder of fusion: a few sentences computed from its rungs."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from fusionlab.figures import percent, points, ratio, rounded
from fusionlab.views.spoken import Said, saying
from fusionlab.views.verdicts import p_text

Drawn = Mapping[str, Any]
MOST = 7
"""Sentences; more would not be read."""


def ladder_notes(view: Drawn) -> list[Said]:
    """The sentences, the most telling first; none before a rung has been compared."""
    rungs = _rungs(view)
    done = [row for row in rungs if row["against"] and row["against"]["gain"] is not None]
    best = next((member for member in view["members"] if member["best"]), None)
    if not done or best is None:
        return []
    return list(islice(_notes(view, done, best), MOST))


def _notes(view: Drawn, done: Sequence[Drawn], best: Drawn) -> Iterator[Said]:
    helped = [row for row in done if row["against"]["verdict"] == "helped"]
    harmed = [row for row in done if row["against"]["verdict"] == "harmed"]
    top = max(done, key=lambda row: float(row["against"]["gain"]))
    yield _first(top, best, helped=bool(helped))
    if helped:
        yield _at_equal(helped)
    if harmed:
        yield saying("ladder-harmed", n=len(harmed), names=_names(harmed))
    if failed := [row for row in _rungs(view) if row["standing"] == "failed"]:
        yield saying("ladder-none-ran", n=len(failed), names=_names(failed))
    if view["oracle"]:
        yield _against_oracle(top, view["oracle"])
    yield from _cheapest(helped, best)
    yield from _building(done)


def _first(top: Drawn, best: Drawn, *, helped: bool) -> Said:
    against = top["against"]
    return saying(
        "ladder-most" if helped else "ladder-none-helped",
        name=top["title"],
        share=percent(top["accuracy"]),
        points=points(against["gain"]),
        best=best["name"],
        bestShare=percent(best["accuracy"]),
        p=p_text(against["p"]),
    )


def _at_equal(helped: Sequence[Drawn]) -> Said:
    """How many of the rungs that helped still do at equal tokens."""
    held = [row for row in helped if row["equal"] and row["equal"]["gain"] is not None]
    still = [row for row in held if row["equal"]["verdict"] == "helped"]
    return saying("ladder-at-equal", helped=len(helped), still=len(still), names=_names(still))


def _against_oracle(top: Drawn, oracle: Drawn) -> Said:
    gap = oracle["accuracy"] - top["accuracy"]
    return saying(
        "ladder-oracle-left" if gap > 0 else "ladder-oracle-passed",
        share=percent(oracle["accuracy"]),
        name=top["title"],
        points=rounded(100 * abs(gap)),
    )


def _cheapest(helped: Sequence[Drawn], best: Drawn) -> Iterator[Said]:
    priced = [row for row in helped if row["tokens"]]
    if priced and best["tokens"]:
        row = min(priced, key=lambda each: float(each["tokens"]))
        times = saying("number-times", n=ratio(row["tokens"] / best["tokens"]))
        tokens = rounded(row["tokens"], 0)
        yield saying("ladder-cheapest", name=row["title"], tokens=tokens, times=times)


def _building(done: Sequence[Drawn]) -> Iterator[Said]:
    """What building cost, where something was built."""
    made = [row for row in done if row["built"]]
    if not made:
        return
    top = max(made, key=lambda row: float(row["accuracy"]))
    known = [row["built"]["seconds"] for row in made if row["built"]["seconds"] is not None]
    yield saying(
        "ladder-built",
        n=len(made),
        name=top["title"],
        share=percent(top["accuracy"]),
        seconds=rounded(sum(known)) if known else "–",
        tokens=rounded(top["tokens"] or 0, 0),
    )


def _rungs(view: Drawn) -> list[Drawn]:
    return [row for level in view["levels"] for row in level["rows"]]


def _names(rows: Sequence[Drawn]) -> Any:
    """Their titles, joined as a list is."""
    joined: Any = rows[0]["title"] if rows else ""
    for row in rows[1:]:
        joined = saying("ladder-names", before=joined, name=row["title"])
    return joined
