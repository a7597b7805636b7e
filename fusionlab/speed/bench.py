"""What a benchmark costs on top of the runs it measures, and whether many items need more memory.

The alternative is the same method over the same items, batched the same way, its events dropped: no
scoring, no files, no figures. Memory is the peak of a fresh process, report included.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from fusionlab.bench.plan import Plan, method_from_text, plan, recipe_for
from fusionlab.bench.runner import bench
from fusionlab.bench.suites import changed, get_suite
from fusionlab.engines.gathered import Gathering
from fusionlab.engines.memory import Pool
from fusionlab.errors import SourceError
from fusionlab.models.base import Member
from fusionlab.recipe import MemberRecipe
from fusionlab.registry import get_method
from fusionlab.sources.schemes.zoo import PREFIX as ZOO
from fusionlab.sources.schemes.zoo import zoo_names
from fusionlab.speed.programs import ran
from fusionlab.speed.ratio import SpeedResult, finished

ITEMS = 280
ROUNDS = 5
FEW, MANY = 150, 600
"""Items of the two benchmarks whose memory is compared."""


def measure_bench() -> Iterator[SpeedResult]:
    """Time of a benchmark as a multiple of the bare runs', and memory at four times the items."""
    names = zoo_names()
    if not names:
        raise SourceError("zoo-empty")
    member = f"{ZOO}{'base' if 'base' in names else names[0]}"
    with closing(Pool()) as pool:
        for method in ("solo", "ensemble"):
            yield _overhead(member, method, pool)
    yield _memory(member)


def _overhead(ref: str, method: str, pool: Pool) -> SpeedResult:
    """One contender, with a folder of its own each time."""
    members = [MemberRecipe(ref, "one"), MemberRecipe(ref, "two", system="Answer.")]
    suite = changed(get_suite("zoo-mixed"), items=ITEMS)
    whole = plan(suite, [method_from_text(method)], members, baseline=False)
    one = next(each for each in whole.contenders if each.recipe.method == method)
    measured = replace(whole, contenders=(one,))

    def benchmarked() -> None:
        with tempfile.TemporaryDirectory() as folder:
            for _ in bench(measured, Path(folder), pool):
                pass

    with pool.borrow() as loan:
        finished(loan.load(ref, whole.level))
        (full, full_wall), (bare, bare_wall) = _in_turn(benchmarked, _bare(measured, pool))
    return SpeedResult(
        f"benchmark of {method} / the same runs alone, in processor time",
        ratio=full / bare,
        bar=1.10,
        better="lower",
        parts={
            "benchmark, s of processor": full,
            "runs alone, s of processor": bare,
            "benchmark, s": full_wall,
            "runs alone, s": bare_wall,
            "items": float(ITEMS),
        },
        note=f"{ref}, {measured.batch} items at a time, {measured.keep_runs} runs kept whole",
    )


def _in_turn(*functions: Callable[[], None]) -> list[tuple[float, float]]:
    """Median seconds of each, of the processor's and of the clock's, called in turn.

    Both are one process that computes, so what else the machine does is no part of the ratio.
    """
    times: list[list[tuple[float, float]]] = [[] for _ in functions]
    for round_ in range(ROUNDS + 1):
        for function, taken in zip(functions, times, strict=True):
            clock, processor = time.perf_counter(), time.process_time()
            function()
            if round_:  # the first warms up
                taken.append((time.process_time() - processor, time.perf_counter() - clock))
    return [
        (statistics.median(p for p, _ in taken), statistics.median(c for _, c in taken))
        for taken in times
    ]


def _bare(measured: Plan, pool: Pool) -> Callable[[], None]:
    """The contender's runs over all items, in the same batches."""
    (one,) = measured.contenders
    method = get_method(one.recipe.method)

    def runs() -> None:
        gathering = Gathering()
        with pool.borrow() as loan:
            members = [
                Member(
                    part.name,
                    gathering.model(finished(loan.load(part.ref, measured.level))),
                    part.system,
                )
                for part in one.recipe.members
            ]
            for start in range(0, len(measured.items), measured.batch):
                recipes = [
                    recipe_for(measured, one, number)
                    for number in range(len(measured.items))[start : start + measured.batch]
                ]
                asked = [method.run(members, each.request, **each.settings) for each in recipes]
                for _ in gathering.together(asked):
                    pass

    return runs


def _memory(ref: str) -> SpeedResult:
    few, many = (_peak(ref, items) for items in (FEW, MANY))
    return SpeedResult(
        "peak memory at four times the items / at once the items",
        ratio=many / few,
        bar=1.05,
        better="lower",
        parts={f"{FEW} items, MB": few, f"{MANY} items, MB": many},
        note="solo and ensemble of two, the report included",
    )


def _peak(ref: str, items: int) -> float:
    """Megabytes that a fresh process took at most."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["bench", "zoo-mixed", "--method", "ensemble", "--items", str(items)]
        arguments += ["--member", ref, "--member", f"{ref},name=two,system=Answer."]
        arguments += ["--out", str(Path(folder) / "bench")]
        return ran([sys.executable, "-m", "fusionlab.cli", *arguments], Path(folder)).memory / 1e6
