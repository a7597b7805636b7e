"""`fusionlab bench`: methods over a suite, against each member alone."""

import argparse
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionlab.cli.console import Stream, as_json, command, say, tell
from fusionlab.recipe import member_from_text

if TYPE_CHECKING:
    from fusionlab.bench.plan import Plan
    from fusionlab.bench.rows import Result
    from fusionlab.bench.runner import News


def add_bench(commands: Any) -> None:
    """The command `bench`."""
    bench = command(
        commands, "bench", _bench, "measure methods on a suite, against each member alone"
    )
    bench.add_argument(
        "suite", metavar="SUITE", help="such as zoo-mixed, zoo-arithmetic, gsm8k, bbh; or S.toml"
    )
    bench.add_argument("--method", action="append", default=[], metavar="METHOD[,key=value…]")
    bench.add_argument(
        "--member", action="append", default=[], metavar="REF[,name=…][,weight=…][,system=…]"
    )
    bench.add_argument("--items", type=int, help="how many; the suite says a default")
    bench.add_argument("--seed", type=int, help="chooses the items; default 0")
    bench.add_argument("--max-tokens", type=int, help="of an answer; the suite says a default")
    bench.add_argument("--data", metavar="PATH", help="file, folder or data set of the hub")
    bench.add_argument("--skip-broken", action="store_true", help="leave out broken lines of data")
    bench.add_argument(
        "--baseline",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also measure the best member with as many tokens as each fusion",
    )
    bench.add_argument("--batch", type=int, default=16, help="items answered together")
    bench.add_argument("--runs", type=int, default=20, help="whole runs kept of each contender")
    bench.add_argument("--out", metavar="DIR", help="default bench-SUITE; goes on where it stopped")


def _bench(arguments: argparse.Namespace) -> int:
    from fusionlab.bench.folder import read_answers
    from fusionlab.bench.rows import result_to_json
    from fusionlab.bench.runner import bench
    from fusionlab.bench.table import as_text

    plan = planned(arguments)
    out = Path(arguments.out or f"bench-{plan.suite.name}")
    if kept := sum(len(read_answers(out, one.key)) for one in plan.contenders):
        say(f"{kept} answers in {out} are kept; only the others are asked for")
    try:
        with closing(bench(plan, out)) as news:
            _show_bench(news)
    except KeyboardInterrupt:
        if (out / "bench.json").exists():
            _write(out)
            say(f"the answers so far are kept in {out}; the same command goes on")
        raise
    result = _write(out)
    tell(as_json(result_to_json(result)) if arguments.json else as_text(result))
    return 0


def _write(out: Path) -> "Result":
    """The report and its files stand in the folder; returns the result."""
    from fusionlab.bench.folder import put_text
    from fusionlab.bench.report import write_report
    from fusionlab.bench.results import results, write_csv
    from fusionlab.bench.rows import result_to_json

    result = results(out)
    put_text(out / "results.json", as_json(result_to_json(result)))
    write_csv(out, result)
    report = write_report(out, result)
    say(f"the report is {report}; results.json, contenders.csv and items.csv are beside it")
    return result


def planned(arguments: argparse.Namespace) -> "Plan":
    """The benchmark that the options say."""
    from fusionlab.bench.plan import method_from_text, plan
    from fusionlab.bench.suites import changed, get_suite, with_source

    suite = get_suite(arguments.suite)
    if arguments.data:
        suite = with_source(suite, arguments.data)
    given = {name: getattr(arguments, name) for name in ("items", "seed", "max_tokens")}
    return plan(
        changed(suite, **{name: value for name, value in given.items() if value is not None}),
        [method_from_text(text) for text in arguments.method],
        [member_from_text(text) for text in arguments.member],
        skip_broken=arguments.skip_broken,
        baseline=arguments.baseline,
        batch=arguments.batch,
        keep_runs=arguments.runs,
    )


def _show_bench(news: Iterable["News"]) -> None:
    """Says at most once a second how far it is."""
    from fusionlab.bench.runner import Answered

    show = Stream(None)
    told = time.monotonic()
    for each in news:
        if not isinstance(each, Answered):
            show(each)
        elif time.monotonic() - told > 1:
            told = time.monotonic()
            minutes, seconds = divmod(round(each.seconds_left), 60)
            left = f"{minutes}:{seconds:02} left for this one"
            say(f"  {each.contender}: {each.done} of {each.total} answers, {left}")
