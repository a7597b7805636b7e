"""The Benchmark tab: a suite, methods and members; a report that grows, stops and goes on."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from pydantic import Field, TypeAdapter, ValidationError

from fusionlab.assets import asset
from fusionlab.bench.folder import alone, put_text, read_plan, run_path
from fusionlab.bench.plan import SOLO, Plan, method_from_text, plan
from fusionlab.bench.report import write_report
from fusionlab.bench.results import results, write_csv
from fusionlab.bench.rows import Result, result_from_json, result_to_json
from fusionlab.bench.runner import Answered, bench
from fusionlab.bench.suites import Suite, changed, get_suite, suite_names, with_source
from fusionlab.errors import BenchError, FusionError, UnknownName
from fusionlab.events import Progress, Warned
from fusionlab.limits import limits
from fusionlab.models.base import Level
from fusionlab.recipe import member_from_text
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.sources import store
from fusionlab.text.equal_compute import BASELINE, spoken
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.formdata import language_models
from fusionlab.ui.live import COMPUTE, LiveRuns, out_of_time, visitor_of
from fusionlab.ui.stage import view
from fusionlab.ui.toast import refusals
from fusionlab.views.bench import bench_view
from fusionlab.views.pareto import cost_figure
from fusionlab.views.status import waiting_view

TITLE = "Benchmark"
REFRESH = 2.5
"""Seconds between two reports while it runs: each is computed from all answers."""
TOLD = 0.5
"""Seconds between two words on how far it has come."""
EXAMPLE = "bench/zoo-mixed.json"
"""Results that the tab shows before anything has run."""
SUITE = "zoo-mixed"
MEMBERS = ("zoo/adder", "zoo/subtracter", "zoo/editor", "zoo/comparer", "zoo/calendar")
MOST_ITEMS = 500
KEPT_ON_A_SPACE = 20
"""Benchmarks whose folders stay; each has about 5 MB."""

NOTHING: dict[str, Any] = {"contenders": [], "items": []}
"""A report that has yet to begin."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the widgets say, in their order."""

    suite: str
    data: str | None
    members: list[str] | None
    methods: list[str] | None
    items: Annotated[int, Field(ge=1)]
    baseline: bool
    more: str | None


_ASKED = TypeAdapter(Asked)


@dataclass(frozen=True, slots=True)
class BenchPage:
    """The widgets of the tab."""

    inputs: Sequence[Any]
    status: gr.HTML
    report: gr.HTML
    chart: gr.Plot
    files: gr.Files
    folder: gr.State
    chosen: gr.Dropdown
    open_run: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """What a benchmark gives new values to."""
        return [self.status, self.report, self.chart, self.files, self.folder, self.chosen]

    def first_sight(self) -> list[Any]:
        """New values for `outputs`: the example that came with the app."""
        return [_status("finished", recorded=True), *_example(), None, "", _no_runs()]


def build_bench(runs: LiveRuns, downloads: Downloads) -> BenchPage:
    """The tab's layout and its events."""
    with gr.Row(elem_classes="fl-page"):
        with gr.Column(scale=4, min_width=320, elem_classes="fl-recipe"):
            suites = [(get_suite(name).title, name) for name in suite_names()]
            suite = gr.Dropdown(
                suites, value=SUITE, label="Suite", info="What is asked", elem_id="bench-suite"
            )
            data = gr.Textbox(
                label="Data",
                info="A file, a folder or a data set of the hub",
                visible=False,
                elem_id="bench-data",
            )
            members = gr.Dropdown(
                language_models(),
                value=list(MEMBERS),
                label="Members",
                info="Each also answers alone",
                multiselect=True,
                allow_custom_value=True,
                elem_id="bench-members",
            )
            methods = gr.CheckboxGroup(
                [each.name for each in all_methods() if _compares(each)],
                value=started_with(),
                label="Methods",
                elem_id="bench-methods",
            )
            items = gr.Slider(
                10,
                _offered(MOST_ITEMS),
                value=_offered(get_suite(SUITE).items),
                step=10,
                label="Items",
                elem_id="bench-items",
            )
            baseline = gr.Checkbox(
                value=True,
                label="Equal-compute baseline",
                info=f"The best member alone, given as many tokens: {spoken(BASELINE)}",
            )
            with gr.Accordion("Settings of the methods", open=False):
                more = gr.Textbox(
                    label="One method a line",
                    info="As on the command line; a method may come several times",
                    placeholder="\n".join(map(_as_line, started_with())),
                    lines=2,
                    elem_id="bench-more",
                )
            with gr.Row(elem_classes="fl-run-row"):
                start = gr.Button("Run", variant="primary", elem_id="bench-run", min_width=90)
                stop = gr.Button("Stop", elem_id="bench-stop", min_width=90)
            gr.HTML(
                "<p>A stopped benchmark goes on where it was when it is run again.</p>",
                elem_classes="fl-hint",
                padding=False,
            )
        with gr.Column(scale=9, min_width=340, elem_classes="fl-stage"):
            status = view("status", "bench-status")
            report = view("bench", "bench-report")
            with gr.Row(elem_classes="fl-after"):
                chosen = gr.Dropdown(
                    [], label="Whole runs of the chosen item", visible=False, elem_id="bench-runs"
                )
                open_run = gr.Button("Open this run", size="sm", visible=False, scale=0)
            chart = gr.Plot(show_label=False, elem_classes="fl-chart", elem_id="bench-chart")
            files = gr.Files(label="Report, tables and data", visible=False, elem_id="bench-files")
            folder = gr.State("")
    inputs = [suite, data, members, methods, items, baseline, more]
    page = BenchPage(inputs, status, report, chart, files, folder, chosen, open_run)
    suite.input(_asked_of, suite, [data, items], api_visibility="private", queue=False)
    report.select(_runs_of_item, folder, [chosen, open_run], api_visibility="private", queue=False)
    _wire(page, start, stop, runs, downloads)
    return page


def _compares(method: Method) -> bool:
    """Whether it is a fusion of any members; one that watches a mixture needs that."""
    return method.name != SOLO and method.needs < Level.INTERNALS


def started_with() -> list[str]:
    """The methods that are ticked at first: those of the example."""
    data = json.loads(asset(EXAMPLE).read_text(encoding="utf-8"))
    fused = [row["method"] for row in data["contenders"] if row["role"] == "fusion"]
    return list(dict.fromkeys(fused))


def _as_line(name: str) -> str:
    """The method with its first setting, as it is written on one line."""
    setting, default = next(iter(get_method(name).check({}).items()))
    return f"{name},{setting}={default}"


def run_file(folder: str, choice: str) -> Path:
    """The run file that was chosen; raises BenchError where there is none."""
    key, _, item = str(choice or "").rpartition("/")
    if not folder or choice not in [value for _, value in _kept_runs(Path(folder), item)]:
        raise BenchError("app-run-not-kept")
    return run_path(Path(folder), key, item)


def _home() -> Path:
    return (store.home() / "bench").resolve()


def _asked_of(name: str) -> list[Any]:
    """The data field is there for suites that read some; items as the suite has it."""
    with refusals():
        suite = _shipped(name)
    reads = suite.data.kind == "file"
    source = suite.data.source if suite.data.kind == "file" else ""
    return [gr.Textbox(source, visible=reads), gr.Slider(value=_offered(suite.items))]


def _wire(
    page: BenchPage, start: gr.Button, stop: gr.Button, runs: LiveRuns, downloads: Downloads
) -> None:
    name = gr.State("")

    def begin(request: gr.Request) -> list[Any]:
        name = runs.begin(visitor_of(request))
        return [name, waiting_view(), NOTHING, None]

    def stream(request: gr.Request, run: str, *values: Any) -> Iterator[list[Any]]:
        visitor = str(request.session_hash)

        def files(folder: Path, result: Result) -> gr.Files:
            return gr.Files(
                downloads.put_copies(visitor, TITLE, _written(folder, result)), visible=True
            )

        try:
            made = _plan(_asked(values))
            waiting: list[Any] = []
            for pictures in runs.in_turn(run, lambda: _stream(run, runs, made, files), waiting):
                yield pictures or [waiting_view(runs.before(run)), *_kept(page, but=1)]
        except FusionError as error:
            yield [_status("failed", error=error), *_kept(page, but=1)]
        finally:
            runs.end(run)

    def stopped(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    begun = start.click(
        begin,
        None,
        [name, page.status, page.report, page.chart],
        api_visibility="private",
        queue=False,
    )
    begun.then(
        stream,
        [name, *page.inputs],
        page.outputs,
        api_visibility="private",
        show_progress="hidden",
        **COMPUTE,
    )
    stop.click(stopped, None, None, api_visibility="private", queue=False)


def _asked(values: Sequence[Any]) -> Asked:
    """What the widgets say; raises BenchError on a value of a wrong type."""
    names = [each.name for each in fields(Asked)]
    try:
        return _ASKED.validate_python(dict(zip(names, values, strict=True)))
    except ValidationError as cause:
        first = cause.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BenchError(
            "app-field", field=where, said=first["msg"], given=repr(str(first["input"])[:60])
        ) from None


def _plan(asked: Asked) -> Plan:
    """The benchmark that was asked for; its limits are checked before anything is read."""
    suite = changed(_shipped(asked.suite), items=asked.items)
    members = [member_from_text(ref) for ref in asked.members or ()]
    lines = [line for line in (asked.more or "").splitlines() if line.strip()]
    detailed = [method_from_text(line) for line in lines]
    spoken = {each.method for each in detailed}
    plain = [method_from_text(method) for method in asked.methods or () if method not in spoken]
    wanted, reads = plain + detailed, suite.data.kind == "file"
    limits().check_bench(asked.items, len(wanted), members, reads=reads)
    given = (asked.data or "").strip()
    if suite.data.kind == "file" and given != suite.data.source:
        suite = with_source(suite, given)
    made = plan(suite, wanted, members, baseline=asked.baseline)
    for one in made.contenders:
        limits().check(one.recipe)
    return made


def _offered(items: int) -> int:
    """So many items, or as many as may be asked here."""
    bench = limits().bench
    return min(items, bench.items) if bench else items


def _shipped(name: str) -> Suite:
    """The suite of this name; no file of the server's is one."""
    if name not in suite_names():
        raise UnknownName("kind-suite", str(name), suite_names())
    return get_suite(name)


def _stream(
    run: str, runs: LiveRuns, made: Plan, files: Callable[[Path, Result], gr.Files]
) -> Iterator[list[Any]]:
    """How far it has come, and the report every now and then; at the end the files as well."""
    folder = _folder(made)
    if not runs.wanted(run):  # it was stopped, or its visitor left, while it waited
        yield [_status("stopped"), *_unchanged(5)]
        return
    _forget_old()
    began = time.monotonic()
    offered = limits().bench
    warnings: list[Warned] = []
    told = reported = 0.0
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
            if now - told < TOLD:
                continue
            told = now
            status = _status("running", event=event, warnings=warnings, elapsed=now - began)
            if now - reported < REFRESH or not isinstance(event, Answered):
                yield [status, *_unchanged(5)]
                continue
            report = bench_view(results(folder))
            yield [status, report, *_unchanged(2), str(folder), gr.skip()]
            reported = time.monotonic()
    result = results(folder)
    done = "finished" if result.complete and runs.wanted(run) else "stopped"
    status = _status(done, warnings=warnings, elapsed=time.monotonic() - began)
    yield [status, *_drawn(result), files(folder, result), str(folder), _no_runs()]


@cache
def _example() -> list[Any]:
    """What came with the app, drawn once for all visitors."""
    return _drawn(result_from_json(json.loads(asset(EXAMPLE).read_text(encoding="utf-8"))))


def _drawn(result: Result) -> list[Any]:
    """The report and its chart."""
    return [bench_view(result), cost_figure(result.contenders)]


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


def _runs_of_item(folder: str, event: gr.EventData) -> list[Any]:
    """The kept runs of the item that was chosen."""
    told = getattr(event, "_data", None)
    item = str(told.get("item", "")) if isinstance(told, dict) else ""
    kept = _kept_runs(Path(folder), item) if folder else []
    first = kept[0][1] if kept else None
    shown = bool(kept)
    return [gr.Dropdown(kept, value=first, visible=shown), gr.Button(visible=shown)]


def _kept_runs(folder: Path, item: str) -> list[tuple[str, str]]:
    """Each contender's name, and what its run of this item is chosen by; fusions come first."""
    planned = read_plan(folder)
    if item not in planned.items:
        return []
    fusions_first = sorted(planned.contenders, key=lambda one: one.role != "fusion")
    return [
        (one.name, f"{one.key}/{item}")
        for one in fusions_first
        if run_path(folder, one.key, item).is_file()
    ]


def _no_runs() -> gr.Dropdown:
    return gr.Dropdown([], value=None, visible=False)


def _kept(page: BenchPage, but: int) -> list[Any]:
    return _unchanged(len(page.outputs) - but)


def _unchanged(count: int) -> list[Any]:
    return [gr.skip()] * count


def _status(
    status: str,
    *,
    reason: str = "",
    event: Progress | Answered | None = None,
    warnings: Sequence[Warned] = (),
    elapsed: float = 0.0,
    error: FusionError | None = None,
    recorded: bool = False,
) -> dict[str, Any]:
    """How the benchmark stands, as the component `status` draws it."""
    return {
        "status": status,
        "reason": reason,
        "recorded": recorded,
        "elapsed": elapsed,
        "progress": _progress(event),
        "warnings": [{"message": w.message, "hint": w.hint} for w in warnings],
        "error": error and {"message": error.message, "hint": error.hint},
    }


def _progress(event: Progress | Answered | None) -> dict[str, Any] | None:
    match event:
        case Answered(contender, _, _, done, total, left):
            what = f"{contender} answers, about {_spoken(left)} left for this one"
            return {"what": what, "done": done, "total": total, "unit": "items"}
        case Progress(what, done, total, unit):
            return {"what": what, "done": done, "total": total, "unit": unit}
        case _:
            return None


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
