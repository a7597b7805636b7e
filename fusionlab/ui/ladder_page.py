"""The ladder of fusion on the Compare tab: the same members on one suite, fused on every level."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from pydantic import Field, TypeAdapter

from fusionlab.assets import asset
from fusionlab.background import stepped
from fusionlab.bench.climbed import Climbed, climbed_from_json
from fusionlab.bench.fitting import lacks_data
from fusionlab.bench.folder import PLAN
from fusionlab.bench.ladder import Order, climb, ladder
from fusionlab.bench.ladderfile import climbed
from fusionlab.bench.ladderreport import write_ladder
from fusionlab.bench.runner import Answered
from fusionlab.bench.suites import changed, get_suite, suite_names
from fusionlab.errors import BenchError, FusionError, UnknownName
from fusionlab.events import Progress, StepTrained, Warned
from fusionlab.figures import rounded
from fusionlab.limits import limits
from fusionlab.recipe import member_from_text
from fusionlab.sources import store
from fusionlab.ui.asked import checked
from fusionlab.ui.bench_page import progress_view, taken_away
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.formdata import language_models
from fusionlab.ui.live import COMPUTE, LiveRuns, visitor_of
from fusionlab.ui.measuring import MOST_ITEMS, SUITE
from fusionlab.ui.stage import QUIET, told, view
from fusionlab.views.ladder import ladder_view
from fusionlab.views.measure import suite_view
from fusionlab.views.refused import refused_view
from fusionlab.views.spoken import in_words, saying
from fusionlab.views.status import doing, waiting_view

RECORDED = "ladders/zoo-mixed.json"
"""A ladder that came with the app; shown before anything has run."""
TITLE = "Ladder"
DOING = "benchmark"
"""What those who wait are told: it is one, of many contenders."""
REFRESH, TOLD = 2.5, 0.5
"""Seconds between two pictures, and between two words on how far it has come."""

Drawn = dict[str, Any]
Told = Answered | Progress | StepTrained
"""News that say how far it has come."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says."""

    suite: str
    items: Annotated[int, Field(ge=1, le=MOST_ITEMS)]
    members: Annotated[list[str], Field(max_length=64)] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LadderPage:
    """The components, below the comparison."""

    form: gr.HTML
    status: gr.HTML
    picture: gr.HTML
    downloads: Downloads


_WANTED = TypeAdapter(Wanted)


def build_ladder(runs: LiveRuns, downloads: Downloads) -> None:
    """The ladder's components and their events."""
    with gr.Column(elem_classes="fl-result"):
        picture = view("ladder", "ladder-picture", ladder_view(recorded()))
        status = view("status", "ladder-status", _status("finished", recorded=True))
        form = view("climbing", "ladder-form", form_view())
    _wire(LadderPage(form, status, picture, downloads), runs)


@cache
def recorded() -> Climbed:
    """The ladder that came with the app."""
    return climbed_from_json(json.loads(asset(RECORDED).read_text(encoding="utf-8")))


def form_view() -> Drawn:
    """The form with the set-up of the recorded ladder, and the suites with whom they bring."""
    models = language_models()
    known = [get_suite(name) for name in suite_names()]
    suites = [
        suite_view(each, models, most_items=MOST_ITEMS)
        for each in known
        if not lacks_data(each) and each.answer.checker != "rouge"
    ]
    suites.sort(key=lambda each: each["name"] != SUITE)
    first = recorded()
    chosen = Wanted(SUITE, first.result.planned, list(first.ladder.members))
    runs = limits().bench is None
    return {"suites": suites, "chosen": asdict(chosen), "most": MOST_ITEMS, "runs": runs}


def ordered(said: Any) -> Order:
    """The ladder that the form asked for; raises BenchError, UnknownName and what `ladder` does."""
    if limits().bench is not None:
        raise BenchError("ladder-not-offered")
    wanted = checked(_WANTED, said, BenchError)
    if wanted.suite not in suite_names():
        raise UnknownName("kind-suite", wanted.suite, suite_names())
    suite = changed(get_suite(wanted.suite), items=wanted.items)
    return ladder(suite, [member_from_text(ref) for ref in wanted.members])


def folder_of(order: Order) -> Path:
    """The same for the same ladder, so that it goes on where it was."""
    return store.home().resolve() / "bench" / f"ladder-{Path(order.suite.name).stem}-{order.key}"


def _wire(page: LadderPage, runs: LiveRuns) -> None:
    name, asked = gr.State(""), gr.State(None)
    quiet = {**QUIET, "queue": False}
    outputs = [page.form, page.status, page.picture]

    def begin(request: gr.Request, event: gr.EventData) -> list[Any]:
        return [runs.begin(visitor_of(request)), told(event), waiting_view()]

    def stream(request: gr.Request, run: str, said: Any) -> Iterator[list[Any]]:
        visitor = str(request.session_hash)
        try:
            order = ordered(said)
            waiting: list[Any] = []
            for pictures in runs.in_turn(
                run, lambda: _stream(page, run, runs, order, visitor), waiting, DOING
            ):
                ahead = waiting_view(runs.before(run), runs.now(run))
                yield pictures or [gr.skip(), ahead, gr.skip()]
        except FusionError as error:
            refused = {"running": False, "refused": refused_view(error)}
            yield [refused, _status("failed"), gr.skip()]
        finally:
            runs.end(run)

    def stopped(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    page.form.submit(begin, None, [name, asked, page.status], **quiet).then(
        stream, [name, asked], outputs, **QUIET, **COMPUTE
    )
    page.form.stop(stopped, None, None, **quiet)


def _stream(
    page: LadderPage, run: str, runs: LiveRuns, order: Order, visitor: str
) -> Iterator[list[Any]]:
    """How far it has come, and the picture every now and then; at the end the files as well."""
    folder = folder_of(order)
    began = time.monotonic()
    warnings: list[Warned] = []
    spoken = drawn = 0.0
    over = False
    if runs.wanted(run):
        with runs.at_work(), closing(stepped(climb(order, folder), DOING)) as news:
            for event in news:
                now = time.monotonic()
                if not runs.wanted(run):
                    break
                if isinstance(event, Warned):
                    warnings.append(event)
                if now - spoken < TOLD or not isinstance(event, Told):
                    continue
                spoken = now
                status = _status("running", event=event, warnings=warnings, elapsed=now - began)
                if now - drawn < REFRESH or not (folder / PLAN).exists():
                    yield [gr.skip(), status, gr.skip()]
                    continue
                yield [gr.skip(), status, ladder_view(climbed(folder)) | {"live": True}]
                drawn = time.monotonic()
            else:
                over = True
    elapsed = time.monotonic() - began
    status = _status("finished" if over else "stopped", warnings=warnings, elapsed=elapsed)
    form = {"running": False, "goes_on": not over}
    yield [form, status, _drawn(page, folder, visitor)]


def _drawn(page: LadderPage, folder: Path, visitor: str) -> Any:
    """The picture with the files to take away; as it was where nothing was answered yet."""
    if not (folder / PLAN).exists():
        return gr.skip()
    found = climbed(folder)
    files = page.downloads.put_copies(visitor, TITLE, write_ladder(folder, found))
    return ladder_view(found, files=taken_away(files)) | {"live": True}


def _status(
    status: str,
    *,
    event: Told | None = None,
    warnings: list[Warned] | None = None,
    elapsed: float = 0.0,
    recorded: bool = False,
) -> Drawn:
    """How the ladder stands, as the component `status` draws it."""
    key = "ladder-recorded" if recorded else f"ladder-{status}"
    return {
        "status": status,
        "said": saying(key) if status in ("finished", "stopped") else None,
        "recorded": recorded,
        "elapsed": elapsed,
        "progress": _progress(event),
        "warnings": [in_words(each) for each in warnings or ()],
        "error": None,
    }


def _progress(event: Told | None) -> Drawn | None:
    """How far it has come, as the component `status` draws it."""
    match event:
        case Progress(what):
            return {**(progress_view(event) or {}), "said": doing(what)}
        case StepTrained(step, loss):
            said = saying("ladder-training", step=step, loss=rounded(loss, 3))
            return {"what": "", "said": said, "done": step, "total": 0, "unit": "items"}
        case _:
            return progress_view(event)
