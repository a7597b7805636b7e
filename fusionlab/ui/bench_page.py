"""The Measure tab: a suite, methods and members; a report that grows, stops and goes on."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import gradio as gr

from fusionlab.bench.folder import alone, put_text, read_plan, run_path
from fusionlab.bench.plan import Plan
from fusionlab.bench.report import REPORT, write_report
from fusionlab.bench.results import results, write_csv
from fusionlab.bench.rows import Result, result_to_json
from fusionlab.bench.runner import Answered, bench
from fusionlab.errors import BenchError, FusionError
from fusionlab.events import Progress, Warned
from fusionlab.limits import limits
from fusionlab.sources import store
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.live import COMPUTE, LiveRuns, out_of_time, visitor_of
from fusionlab.ui.measuring import (
    Asked,
    asked_of,
    example,
    first_asked,
    form_view,
    planned,
)
from fusionlab.ui.stage import QUIET, told, view
from fusionlab.views.bench import bench_view
from fusionlab.views.refused import refused_view
from fusionlab.views.spoken import in_words, saying
from fusionlab.views.status import waiting_view

TITLE = "Benchmark"
DOING = "benchmark"
"""What those who wait are told."""
REFRESH = 2.5
"""Seconds between two reports while it runs: each is computed from all answers."""
TOLD = 0.5
"""Seconds between two words on how far it has come."""
KEPT_ON_A_SPACE = 20
"""Benchmarks whose folders stay; each has about 5 MB."""

Drawn = dict[str, Any]
_filled = count(2)
NOTHING: Drawn = {"contenders": [], "items": []}
"""A report that has yet to begin."""


@dataclass(frozen=True, slots=True)
class OpenRun:
    """The reader's wish to see a whole run of one question in its own tab."""

    report: gr.HTML
    chosen: gr.State

    def click(self, opened: Callable[..., Any], inputs: Any, outputs: Any, **options: Any) -> None:
        """`opened` is called with what is chosen, whenever a run is."""
        wished = self.report.select(_chosen, None, self.chosen, queue=False, **QUIET)
        wished.then(opened, inputs, outputs, **options)


@dataclass(frozen=True, slots=True)
class BenchPage:
    """The components of the tab."""

    form: gr.HTML
    status: gr.HTML
    report: gr.HTML
    folder: gr.State
    chosen: gr.State
    open_run: OpenRun
    downloads: Downloads

    @property
    def outputs(self) -> list[Any]:
        """What a benchmark gives new values to."""
        return [self.form, self.status, self.report, self.folder]

    def at_first(self, said: Any, visitor: str) -> list[Any]:
        """New values for `outputs`: what this set-up of the form had come to before the page was
        loaded again; where it is none, or came to nothing, the example that came with the app.
        """
        try:
            asked = asked_of(said)
            folder = _folder(planned(asked))
            result = results(folder)
        except FusionError:
            return [form_view(first_asked()), _status("finished", recorded=True), _example(), ""]
        return self.ended(asked, folder, result, visitor, done=result.complete)

    def linked(self, members: Sequence[str]) -> list[Any]:
        """New values for `outputs`: a set-up with these members, not yet run."""
        asked = replace(first_asked(), members=list(members))
        ready = {"status": "ready", "said": saying("status-linked")}
        return [form_view(asked, filled=next(_filled)), ready, NOTHING, ""]

    def ended(
        self, asked: Asked, folder: Path, result: Result, visitor: str, *, done: bool, **how: Any
    ) -> list[Any]:
        """New values for `outputs`: a benchmark that is over, or stopped, and its files."""
        files = taken_away(self.downloads.put_copies(visitor, TITLE, _written(folder, result)))
        status = _status("finished" if done else "stopped", **how)
        report = bench_view(result, opens=True, files=files)
        return [form_view(asked, stopped=not done), status, report, str(folder)]


def build_bench(runs: LiveRuns, downloads: Downloads) -> BenchPage:
    """The tab's components and their events."""
    form = view("measure", "bench-form")
    status = view("status", "bench-status")
    with gr.Column(elem_classes="fl-result"):
        report = view("bench", "bench-report")
        view("actions", "bench-actions", {"picture": "benchmark", "of": ["bench"]})
    folder, chosen = gr.State(""), gr.State("")
    page = BenchPage(form, status, report, folder, chosen, OpenRun(report, chosen), downloads)
    _wire(page, runs)
    return page


def run_file(folder: str, choice: str) -> Path:
    """The run file that was chosen, as `contender/item`; raises BenchError where there is none."""
    key, _, item = str(choice or "").rpartition("/")
    if not folder or not _is_kept(Path(folder), key, item):
        raise BenchError("app-run-not-kept")
    return run_path(Path(folder), key, item)


def taken_away(paths: Sequence[str]) -> list[dict[str, str]]:
    """Files to take away, each with its kind, by which it is named."""
    return [
        {"kind": Path(path).stem, "name": Path(path).name, "path": path}
        for path in sorted(paths, key=lambda path: Path(path).name != REPORT)
    ]


def progress_view(event: Progress | Answered | None) -> Drawn | None:
    """How far it has come, as the component `status` draws it."""
    match event:
        case Answered(contender, _, _, done, total, left):
            said = saying("measure-answers", contender=contender, left=_spoken(left))
            return {"what": contender, "said": said, "done": done, "total": total, "unit": "items"}
        case Progress(what, done, total, unit):
            return {"what": what, "done": done, "total": total, "unit": unit}
        case _:
            return None


def _is_kept(folder: Path, key: str, item: str) -> bool:
    known = read_plan(folder)
    keys = {one.key for one in known.contenders}
    return item in known.items and key in keys and run_path(folder, key, item).is_file()


def _chosen(event: gr.EventData) -> str:
    """The run that a button of the report stands for."""
    wish = told(event)
    return f"{wish.get('contender', '')}/{wish.get('item', '')}"


def _home() -> Path:
    return (store.home() / "bench").resolve()


def _wire(page: BenchPage, runs: LiveRuns) -> None:
    name, asked = gr.State(""), gr.State(None)

    def begin(request: gr.Request, event: gr.EventData) -> list[Any]:
        return [runs.begin(visitor_of(request)), told(event), waiting_view(), NOTHING]

    def stream(request: gr.Request, run: str, said: Any) -> Iterator[list[Any]]:
        visitor = str(request.session_hash)
        asked = first_asked()
        try:
            asked = asked_of(said)
            made = planned(asked)
            waiting: list[Any] = []
            for pictures in runs.in_turn(
                run, lambda: _stream(page, run, runs, asked, made, visitor), waiting, DOING
            ):
                told = waiting_view(runs.before(run), runs.now(run))
                yield pictures or [gr.skip(), told, *_unchanged(2)]
        except FusionError as error:
            refused = form_view(asked, refused=refused_view(error))
            yield [refused, _status("failed"), *_unchanged(2)]
        finally:
            runs.end(run)

    def stopped(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    begun = page.form.submit(
        begin,
        None,
        [name, asked, page.status, page.report],
        queue=False,
        **QUIET,
    )
    begun.then(
        stream,
        [name, asked],
        page.outputs,
        **QUIET,
        **COMPUTE,
    )
    page.form.stop(stopped, None, None, queue=False, **QUIET)


def _stream(
    page: BenchPage, run: str, runs: LiveRuns, asked: Asked, made: Plan, visitor: str
) -> Iterator[list[Any]]:
    """How far it has come, and the report every now and then; at the end the files as well."""
    folder = _folder(made)
    if not runs.wanted(run):  # it was stopped, or its visitor left, while it waited
        yield [form_view(asked, stopped=True), _status("stopped"), *_unchanged(2)]
        return
    _forget_old()
    began = time.monotonic()
    offered = limits().bench
    warnings: list[Warned] = []
    spoken = reported = 0.0
    with runs.at_work(), closing(bench(made, folder)) as news:
        for event in news:
            now = time.monotonic()
            if not runs.wanted(run):
                break
            if offered and now - began > offered.seconds:
                warnings.append(out_of_time(offered.seconds))
                break
            if isinstance(event, Warned):
                warnings.append(event)
                continue
            if now - spoken < TOLD:
                continue
            spoken = now
            status = _status("running", event=event, warnings=warnings, elapsed=now - began)
            if now - reported < REFRESH or not isinstance(event, Answered):
                yield [gr.skip(), status, *_unchanged(2)]
                continue
            yield [gr.skip(), status, bench_view(results(folder), opens=True), str(folder)]
            reported = time.monotonic()
    result = results(folder)
    done = result.complete and runs.wanted(run)
    how = {"warnings": warnings, "elapsed": time.monotonic() - began}
    yield page.ended(asked, folder, result, visitor, done=done, **how)


@cache
def _example() -> Drawn:
    """What came with the app, drawn once for all visitors."""
    return bench_view(example())


def _written(folder: Path, result: Result) -> list[Path]:
    """The report as one HTML file, tables, and the data of it all."""
    made = folder / "results.json"
    put_text(made, json.dumps(result_to_json(result), ensure_ascii=False))
    return [write_report(folder, result), *write_csv(folder, result), made]


def _folder(made: Plan) -> Path:
    """The same for the same benchmark, so that it goes on where it was."""
    keys = [made.key, *(one.key for one in made.contenders), str(made.baseline)]
    digest = hashlib.blake2s(" ".join(keys).encode(), digest_size=6).hexdigest()
    return _home() / f"{Path(made.suite.name).stem}-{digest}"


def _forget_old() -> None:
    """On a Space only the last benchmarks are kept, but for those that are at work."""
    if limits().bench is None:
        return
    folders = [path for path in _home().glob("*") if path.is_dir()]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in folders[KEPT_ON_A_SPACE:]:
        with suppress(BenchError), alone(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _unchanged(count: int) -> list[Any]:
    return [gr.skip()] * count


SAID = {"finished": "measure-finished", "stopped": "measure-resume"}


def _status(
    status: str,
    *,
    event: Progress | Answered | None = None,
    warnings: Sequence[Warned] = (),
    elapsed: float = 0.0,
    recorded: bool = False,
) -> Drawn:
    """How the benchmark stands, as the component `status` draws it."""
    key = "measure-example" if recorded else SAID.get(status)
    return {
        "status": status,
        "said": saying(key) if key else None,
        "recorded": recorded,
        "elapsed": elapsed,
        "progress": progress_view(event),
        "warnings": [in_words(each) for each in warnings],
        "error": None,
    }


def _spoken(seconds: float) -> Drawn:
    """About how long that is."""
    if seconds < 90:
        return saying("measure-seconds", n=round(seconds))
    return saying("measure-minutes", n=round(seconds / 60))
