"""`fusionlab bench`: methods over a suite, against each member alone."""

import argparse
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionlab.cli.console import Stream, as_json, said, say, tell
from fusionlab.cli.parser import command
from fusionlab.recipe import member_from_text

if TYPE_CHECKING:
    from fusionlab.bench.cluster import Spread
    from fusionlab.bench.plan import Plan
    from fusionlab.bench.rows import Result
    from fusionlab.bench.runner import News
    from fusionlab.bench.suites import Suite
    from fusionlab.events import Event


def add_bench(commands: Any) -> None:
    """The command `bench`."""
    bench = command(commands, "bench", _bench, "cli-help-bench")
    bench.add_argument("--method", action="append", default=[], metavar="METHOD[,key=value…]")
    add_measured(bench, runs=20)
    bench.add_argument("--out", metavar="DIR", help="cli-help-bench-out")


def add_measured(parser: argparse.ArgumentParser, *, runs: int) -> None:
    """What is asked of whom, and how; of each contender so many `runs` are kept whole."""
    parser.add_argument("suite", metavar="SUITE", help="cli-help-suite")
    parser.add_argument(
        "--member",
        action="append",
        default=[],
        metavar="REF[,name=…][,weight=…][,system=…][,engine=…]",
    )
    parser.add_argument("--items", type=int, help="cli-help-items")
    parser.add_argument("--seed", type=int, help="cli-help-bench-seed")
    parser.add_argument("--max-tokens", type=int, help="cli-help-bench-max-tokens")
    parser.add_argument("--data", metavar="PATH", help="cli-help-data")
    parser.add_argument("--skip-broken", action="store_true", help="cli-help-skip-broken")
    parser.add_argument(
        "--baseline",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="cli-help-baseline",
    )
    parser.add_argument("--batch", type=int, default=16, help="cli-help-batch")
    parser.add_argument("--runs", type=int, default=runs, help="cli-help-runs")
    add_spread(parser)


def add_spread(parser: argparse.ArgumentParser) -> None:
    """The options that spread a benchmark over a Ray cluster."""
    parser.add_argument("--ray", nargs="?", const="", metavar="ADDRESS", help="cli-help-ray")
    parser.add_argument(
        "--ray-workers", type=int, default=0, metavar="N", help="cli-help-ray-workers"
    )


def spread_in(arguments: argparse.Namespace) -> "Spread | None":
    """Over which cluster the options spread it; None where this process answers alone."""
    from fusionlab.bench.cluster import Spread

    if arguments.ray is None and not arguments.ray_workers:
        return None
    return Spread(arguments.ray or "", arguments.ray_workers)


def _bench(arguments: argparse.Namespace) -> int:
    from fusionlab.bench.folder import read_answers
    from fusionlab.bench.rows import result_to_json
    from fusionlab.bench.runner import bench
    from fusionlab.cli.results import as_text

    plan, spread = planned(arguments), spread_in(arguments)
    out = Path(arguments.out or f"bench-{plan.suite.name}")
    if kept := sum(len(read_answers(out, one.key)) for one in plan.contenders):
        say(said("cli-bench-kept", count=kept, folder=str(out)))
    try:
        with closing(bench(plan, out, spread=spread)) as news:
            follow(news)
    except KeyboardInterrupt:
        if (out / "bench.json").exists():
            _write(out)
            say(said("cli-bench-stopped", folder=str(out)))
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
    say(said("cli-bench-report", report=str(report)))
    return result


def planned(arguments: argparse.Namespace) -> "Plan":
    """The benchmark that the options say."""
    from fusionlab.bench.plan import method_from_text, plan

    return plan(
        suite_in(arguments),
        [method_from_text(text) for text in arguments.method],
        [member_from_text(text) for text in arguments.member],
        skip_broken=arguments.skip_broken,
        baseline=arguments.baseline,
        batch=arguments.batch,
        keep_runs=arguments.runs,
    )


def suite_in(arguments: argparse.Namespace) -> "Suite":
    """The suite that the options say; raises UnknownName or BenchError."""
    from fusionlab.bench.suites import changed, get_suite, with_source

    suite = get_suite(arguments.suite)
    if arguments.data:
        suite = with_source(suite, arguments.data)
    given = {name: getattr(arguments, name) for name in ("items", "seed", "max_tokens")}
    return changed(suite, **{name: value for name, value in given.items() if value is not None})


def follow(news: "Iterable[News | Event]") -> None:
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
            far = said(
                "cli-bench-progress",
                contender=each.contender,
                done=each.done,
                total=each.total,
                left=f"{minutes}:{seconds:02}",
            )
            say(f"  {far}")
