"""`fusionlab ladder`: the same members on one suite, fused on every level that fits them."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionlab.cli.bench import add_measured, follow, spread_in
from fusionlab.cli.console import as_json, columns, language, padded, said, say, tell
from fusionlab.cli.parser import command
from fusionlab.figures import percent, points, rounded
from fusionlab.recipe import member_from_text
from fusionlab.views.spoken import sentence_of

if TYPE_CHECKING:
    from fusionlab.bench.climbed import Climbed
    from fusionlab.bench.ladder import Order

NOTHING = "–"
SIGNS = {"helped": "✓", "unsure": "?", "harmed": "✗", "failed": "⚠"}
HEADS = ("right", "interval", "tokens", "passes", "milliseconds", "against", "equal", "built")


def add_ladder(commands: Any) -> None:
    """The command `ladder`."""
    parser = command(commands, "ladder", _ladder, "cli-help-ladder")
    add_measured(parser, runs=0)
    parser.add_argument("--lessons", type=int, metavar="N", help="cli-help-ladder-lessons")
    parser.add_argument("--out", metavar="DIR", help="cli-help-ladder-out")


def _ladder(arguments: argparse.Namespace) -> int:
    from fusionlab.bench.climbed import climbed_to_json
    from fusionlab.bench.cluster import connected
    from fusionlab.bench.folder import PLAN
    from fusionlab.bench.ladder import climb
    from fusionlab.bench.ladderfile import FILE
    from fusionlab.bench.runner import bench
    from fusionlab.views.verdicts import rung_title

    order, spread = ordered(arguments), spread_in(arguments)
    out = Path(arguments.out or f"ladder-{order.suite.name}")
    if (out / FILE).exists():
        say(said("cli-ladder-goes-on", folder=str(out)))
    for fit in order.fits:
        if fit.why:
            why = fit.why.said(language())
            say(f"  {said('cli-ladder-skipped', rung=_spoken(rung_title(fit.rung.id)), why=why)}")
    try:
        with ExitStack() as stack:
            if spread:  # one cluster for all acts: each would start one of its own
                stack.enter_context(connected(spread))
            follow(stack.enter_context(closing(climb(order, out, partial(bench, spread=spread)))))
    except KeyboardInterrupt:
        if (out / PLAN).exists():
            found = _written(out)
            tell(as_json(climbed_to_json(found)) if arguments.json else as_text(found))
            say(said("cli-bench-stopped", folder=str(out)))
        raise
    found = _written(out)
    tell(as_json(climbed_to_json(found)) if arguments.json else as_text(found))
    return 0


def ordered(arguments: argparse.Namespace) -> "Order":
    """The ladder that the options say."""
    from fusionlab.bench.ladder import ladder
    from fusionlab.cli.bench import suite_in

    return ladder(
        suite_in(arguments),
        [member_from_text(text) for text in arguments.member],
        skip_broken=arguments.skip_broken,
        baseline=arguments.baseline,
        batch=arguments.batch,
        keep_runs=arguments.runs,
        lessons=arguments.lessons,
    )


def as_text(found: "Climbed") -> str:
    """The ladder as a table, and what there is to notice."""
    from fusionlab.views.ladder import ladder_view

    return "\n".join(_lines(ladder_view(found)))


def _written(out: Path) -> "Climbed":
    """The ladder's report and its files stand in the folder; returns what they tell."""
    from fusionlab.bench.ladderfile import climbed
    from fusionlab.bench.ladderreport import write_ladder

    found = climbed(out)
    report, *_ = write_ladder(out, found)
    say(said("cli-bench-report", report=str(report)))
    return found


def _lines(view: dict[str, Any]) -> Iterator[str]:
    yield _spoken(view["facts"])
    yield ""
    yield from _table(
        [
            ("", *(said(f"ladder-head-{name}") for name in HEADS)),
            *((member["name"], *_figures(member), "", "", "") for member in view["members"]),
            *(row for level in view["levels"] for row in _level(level)),
        ]
    )
    if view["oracle"]:
        share, n = percent(view["oracle"]["accuracy"]), view["oracle"]["total"]
        yield said("cli-bench-oracle", share=share, items=n)
    for row in (row for level in view["levels"] for row in level["rows"]):
        if row["why"]:
            why = row["why"]["message"][language()]
            yield said("cli-ladder-skipped", rung=_spoken(row["title"]), why=why)
    yield ""
    yield from map(_spoken, (*view["noticed"], *view["notes"]))


def _level(level: dict[str, Any]) -> Iterator[Sequence[str]]:
    """The level's title, and its rungs that have come to something."""
    rows = [row for row in level["rows"] if row["standing"] != "unsuited"]
    if rows:
        yield (_spoken(level["title"]), *[""] * len(HEADS))
    for row in rows:
        built = row["built"] and row["built"]["seconds"]
        seconds = NOTHING if built is None else rounded(built)
        verdicts = [_verdict(row["against"]), _verdict(row["equal"])]
        name = f"  {_spoken(row['title'])}"
        yield (name, *_figures(row), *verdicts, seconds if row["built"] else "")


def _figures(row: dict[str, Any]) -> Sequence[str]:
    if row["accuracy"] is None:
        return (NOTHING, "", "", "", "")
    low, high = row["low"], row["high"]
    return (
        percent(row["accuracy"]),
        "" if low is None else f"{percent(low)}–{percent(high)}",
        rounded(row["tokens"] or 0, 0),
        rounded(row["passes"] or 0, 0),
        rounded(1000 * (row["seconds"] or 0), 0),
    )


def _verdict(compared: dict[str, Any] | None) -> str:
    if compared is None or compared["gain"] is None:
        return NOTHING
    return f"{SIGNS[compared['verdict']]} {points(compared['gain'])}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, figures to the right."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for name, *figures in rows:
        cells = (
            " " * (width - columns(text)) + text
            for text, width in zip(figures, widths[1:], strict=True)
        )
        yield "  ".join([padded(name, widths[0]), *cells]).rstrip()


def _spoken(text: dict[str, Any] | str) -> str:
    return text if isinstance(text, str) else sentence_of(text).said(language())
