"""`fusionlab compare`: one prompt and one set of members under many methods, side by side."""

import argparse
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from fusionlab.cli.asking import add_asked, add_sampling, asked_in, drawn_in, members_of
from fusionlab.cli.console import Stream, columns, in_words, padded, print_json, said, say, tell
from fusionlab.cli.parser import command
from fusionlab.errors import RecipeError
from fusionlab.events import RunFailed
from fusionlab.figures import ratio
from fusionlab.reading import read_text, reason
from fusionlab.text.answers import Kind

if TYPE_CHECKING:
    from fusionlab.comparison.compared import Compared, Step
    from fusionlab.comparison.recipe import Comparison

SHOWN = 48
"""Characters of an answer in the table."""


def add_compare(commands: Any) -> None:
    """The command `compare`."""
    parser = command(commands, "compare", _compare, "cli-help-compare")
    parser.add_argument("file", nargs="?", metavar="COMPARISON.toml", help="cli-help-compare-file")
    add_asked(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--method",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="cli-help-compare-method",
    )
    which.add_argument("--all", action="store_true", help="cli-help-compare-all")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="METHOD.KEY=VALUE",
        help="cli-help-compare-set",
    )
    parser.add_argument("--truth", metavar="ANSWER", help="cli-help-compare-truth")
    parser.add_argument("--answer", choices=get_args(Kind), help="cli-help-compare-answer")
    add_sampling(parser)
    parser.add_argument("--out", metavar="FILE.jsonl", help="cli-help-compare-out")
    parser.add_argument("--share", action="store_true", help="cli-help-compare-share")


def tell_comparison(compared: "Compared", *, as_json: bool) -> None:
    """The comparison as a table, or as JSON."""
    from fusionlab.comparison.recipe import comparison_to_json
    from fusionlab.views.comparing import comparing_view

    view = comparing_view(compared)
    if as_json:
        print_json({"comparison": comparison_to_json(compared.comparison), "ways": view["rows"]})
        return
    rows = [row | {"why": _why(compared, row["number"])} for row in view["rows"]]
    for line in _table(rows, judged=bool(compared.comparison.truth)):
        tell(line)
    tell(said("compare-over", n=view["ended"], seconds=f"{compared.seconds:.1f}"))


def _compare(arguments: argparse.Namespace) -> int:
    from fusionlab.comparison.compared import Compared
    from fusionlab.comparison.files import begun_before, recorded_comparison
    from fusionlab.comparison.recipe import comparison_to_query
    from fusionlab.comparison.running import compare
    from fusionlab.comparison.ways import resolved, ways_of
    from fusionlab.run import environment

    comparison = compared_in(arguments)
    ways = ways_of(comparison)
    comparison = resolved(comparison, ways)
    if arguments.share:
        link = f"/?tab=compare&{comparison_to_query(comparison)}"
        if arguments.json:
            print_json({"link": link})
        else:
            tell(link)
        return 0
    out = Path(arguments.out) if arguments.out else None
    before = begun_before(out, comparison) if out else None
    compared = before or Compared(comparison, ways, environment())
    if out and before:
        kept = len(before.done) - (len(ways) - before.suiting)
        say(said("compare-kept", n=kept, file=str(out)))
    steps = compare(compared.ways, done=compared.done)
    if out:
        steps = recorded_comparison(steps, out, compared)
    try:
        _follow(steps, compared)
    except KeyboardInterrupt:
        compared.stop()
        tell_comparison(compared, as_json=arguments.json)
        say(said("compare-was-stopped"))
        raise
    tell_comparison(compared, as_json=arguments.json)
    finished = any(compared.standing(number) == "finished" for number in range(len(ways)))
    return 0 if finished else 1


def compared_in(arguments: argparse.Namespace) -> "Comparison":
    """The comparison that the options say; where a file says one, the options change it."""
    import fusionlab.run  # noqa: F401  registers the methods
    from fusionlab.comparison.recipe import (
        Choice,
        Comparison,
        comparison_from_json,
        comparison_to_json,
        with_settings,
    )

    base = _comparison_in(Path(arguments.file)) if arguments.file else Comparison()
    given: dict[str, Any] = {"truth": arguments.truth, "answer": arguments.answer}
    given = {name: value for name, value in given.items() if value is not None}
    if arguments.method or arguments.all:
        given["methods"] = tuple(map(Choice, arguments.method))
    if arguments.member:
        given["members"] = members_of(arguments)
    sampling = replace(base.sampling, **drawn_in(arguments))
    comparison = replace(base, **asked_in(arguments), **given, sampling=sampling)
    checked = comparison_from_json(comparison_to_json(comparison))
    return with_settings(checked, arguments.set)


def _comparison_in(path: Path) -> "Comparison":
    from fusionlab.comparison.recipe import comparison_from_toml

    try:
        return comparison_from_toml(read_text(path))
    except FileNotFoundError:
        raise RecipeError("cli-no-recipe", file=repr(str(path))) from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RecipeError("cli-unreadable", file=str(path), said=reason(cause)) from None


def _follow(steps: Generator["Step", None, None], compared: "Compared") -> None:
    """Says what begins, and what is slow about it."""
    show = Stream(None)
    now = -1
    with closing(steps):
        for number, record in steps:
            compared.add(number, record)
            if number != now:
                now, at = number, _place(compared, number)
                way = _name(compared, number)
                say(said("compare-begins", number=at, of=compared.suiting, way=way))
            show(record.event)


def _place(compared: "Compared", number: int) -> int:
    """Which of the ways that suit this one is, from 1."""
    return sum(not way.unsuited for way in compared.ways[: number + 1])


def _name(compared: "Compared", number: int) -> str:
    from fusionlab.views.comparing import comparing_view

    return _title(comparing_view(compared)["rows"][number])


def _title(row: dict[str, Any]) -> str:
    """The way in one line: method, the member that is alone, the settings."""
    who = [", ".join(row["members"])] if row["alone"] and row["several"] else []
    settings = [f"{each['name']}={each['value']}" for each in row["settings"]]
    return " · ".join([row["method"], *who, *settings])


def _table(rows: list[dict[str, Any]], *, judged: bool) -> list[str]:
    """The ways in columns; what did not run says why in place of its answer."""
    heads = [
        said("compare-column-way"),
        said("compare-column-right") if judged else "",
        said("compare-column-tokens"),
        said("compare-column-passes"),
        said("compare-column-seconds"),
        said("compare-column-times"),
        said("compare-column-answer"),
    ]
    lines = [heads, *(_cells(row) for row in rows)]
    shown = [column for column in range(len(heads)) if judged or column != 1]
    lines = [[line[column] for column in shown] for line in lines]
    widths = [max(columns(line[column]) for line in lines) for column in range(len(shown))]
    return [
        "  ".join(padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _cells(row: dict[str, Any]) -> list[str]:
    title, answer = _title(row), _answer(row)
    if row["standing"] not in ("finished", "failed", "stopped"):
        return [title, "", "", "", "", "", answer]
    marks = {True: said("compare-right"), False: said("compare-wrong"), None: ""}
    times = said("number-times", n=ratio(row["times"])) if row["times"] else ""
    return [
        title,
        marks[row["right"]],
        f"{row['tokens_in']} + {row['tokens_out']}",
        str(row["passes"]),
        f"{row['seconds']:.1f}",
        times,
        answer,
    ]


def _answer(row: dict[str, Any]) -> str:
    match row["standing"]:
        case "waiting":
            return said("compare-row-waiting")
        case "stopped":
            return said("compare-row-stopped")
        case "failed":
            return said("compare-row-failed", why=row["why"])
        case "unsuited":
            return said("compare-row-unsuited", why=row["why"])
    text = " ".join(str(row["extracted"] or row["answer"]).split())
    short = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return short or said("compare-no-answer")


def _why(compared: "Compared", number: int) -> str:
    """What broke the way off, or why it does not suit; nothing where neither is so."""
    end = compared.traces[number].end
    problem = end if isinstance(end, RunFailed) else compared.ways[number].unsuited
    return in_words(problem)[0] if problem else ""
