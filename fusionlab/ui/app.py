"""The app: a first page, one tab for each family of methods, and the benchmark."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr

from fusionlab.assets import asset
from fusionlab.errors import FusionError, RunFileError, UnknownName
from fusionlab.limits import limits
from fusionlab.recipe import Recipe, recipe_from_query, recipe_to_json
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.spaces import presets
from fusionlab.trace import Trace, read_run, replayed
from fusionlab.ui.bench_page import BenchPage, build_bench, run_file
from fusionlab.ui.downloads import Downloads, sweeping
from fusionlab.ui.formdata import unusual
from fusionlab.ui.gallery import recording
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.page import Page, build_page
from fusionlab.ui.stage import told, view
from fusionlab.ui.theme import theme
from fusionlab.ui.toast import refusals
from fusionlab.ui.turns import MOST_WAITING
from fusionlab.validity import MOST_MEMBERS, check_together
from fusionlab.views.assets import component_head
from fusionlab.views.refused import refused_view
from fusionlab.views.start import start_view

TITLE = "FusionLab"
START, MEASURE = "start", "measure"
"""Tabs that no family of methods has; a tab's id is what its address says: `/?tab=start`."""
MOVING = "geographer-and-poet"
"""The preset whose recorded run moves on the first page."""
TRIES = {"words": MOVING, "votes": "most-common-answer", "experts": "experts-top-1"}
"""The examples of the first page, and the presets behind them."""
TAB_TO_ADDRESS = "() => { FusionLab.frame.moved(); return []; }"
LARGEST_RUN_FILE = "50mb"
LARGEST_ON_A_SPACE = "5mb"
SESSIONS = 100
"""Visitors whose last run is remembered; of more the one who was idle longest is forgotten."""
PORT = "GRADIO_SERVER_PORT"
TICK = 0.2
"""Seconds between two looks at whether the app is asked to stop."""
GRACE = 2.0
"""Seconds that a run has to end when it is."""
THREADS = 2 * MOST_WAITING
"""For those who wait for the models, and as many again for pages and files."""


def serve(**options: Any) -> bool:
    """The app is served until Ctrl-C or SIGTERM; whether all that computed has ended by then.

    Raises FusionError where its port is taken or none.
    """
    runs, asked_to_stop = LiveRuns(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    launch(runs, prevent_thread_lock=True, **options)
    sweeping(asked_to_stop)
    while not asked_to_stop.wait(TICK):  # without an end the wait would hold signals up on Windows
        pass
    ended = runs.close(GRACE)
    gr.close_all(verbose=False)
    return ended


def build(runs: LiveRuns) -> gr.Blocks:
    """The whole app, ready to launch."""
    downloads = Downloads()
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as demo:
        frame = view("frame", "frame", {"ready": True})
        upload = gr.UploadButton(file_types=[".jsonl"], visible="hidden", elem_id="open-run")
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            with _tab(START):
                start = view("start", "start", _first_page())
            pages = []
            for family, methods in families().items():
                with _tab(family):
                    pages.append(build_page(family, methods, presets(), runs, downloads))
            with _tab(MEASURE):
                bench = build_bench(runs, downloads)
        _wire(demo, frame, tabs, start, upload, pages, bench, runs, downloads)
    return demo


def _tab(name: str) -> gr.Tab:
    """A tab of this id; assets/app.js names it in the reader's language."""
    return gr.Tab(name.capitalize(), id=name, elem_id=f"tab-{name}")


def _first_page() -> dict[str, Any]:
    """The first page: a recorded run that moves, the ideas, and three examples."""
    by_id = {preset.id: preset for preset in presets()}
    trace = recording(by_id[MOVING])
    if trace is None:
        return {}
    tries = {name: preset for name, preset in TRIES.items() if preset in by_id}
    return start_view(trace, list(families()), [MEASURE], tries)


def launch(runs: LiveRuns | None = None, **options: Any) -> Any:
    """Builds and serves the app; `options` go to gradio's launch.

    Raises FusionError where its port is taken or none.
    """
    _check_port()
    demo = build(runs or LiveRuns())
    demo.queue(max_size=None)  # who computes waits in the line of `LiveRuns`
    style, script = (asset(name).read_text(encoding="utf-8") for name in ("app.css", "app.js"))
    try:
        return demo.launch(
            theme=theme(),
            css=style,
            head=f"{component_head()}<script>{script}</script>",
            run_history=False,
            max_threads=THREADS,
            enable_monitoring=False,
            state_session_capacity=SESSIONS,
            max_file_size=LARGEST_ON_A_SPACE if limits().models else LARGEST_RUN_FILE,
            **options,
        )
    except OSError as cause:
        raise FusionError("app-not-served", said=str(cause), variable=PORT) from cause


def _check_port() -> None:
    """GRADIO_SERVER_PORT, where it is set, is a port; raises FusionError where it is none."""
    given = os.environ.get(PORT, "1")
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 2**16):
        raise FusionError("app-not-a-port", variable=PORT, given=repr(given))


def families() -> dict[str, list[Method]]:
    """The methods by family, in their order."""
    result: dict[str, list[Method]] = {}
    for method in all_methods():
        result.setdefault(method.family, []).append(method)
    return result


def _wire(
    demo: gr.Blocks,
    frame: gr.HTML,
    tabs: gr.Tabs,
    start: gr.HTML,
    upload: gr.UploadButton,
    pages: Sequence[Page],
    bench: BenchPage,
    runs: LiveRuns,
    downloads: Downloads,
) -> None:
    by_family = {page.family: page for page in pages}
    widgets = [widget for page in pages for widget in page.widgets]

    def only(family: str, updates: list[Any]) -> list[Any]:
        """New values for all pages' widgets: these of one page, the others as they are."""
        return [
            update
            for page in pages
            for update in (updates if page.family == family else [gr.skip()] * len(page.widgets))
        ]

    def first_sight(request: gr.Request) -> list[Any]:
        """What the address asks for: a set-up, a tab, or neither."""
        parameters = dict(request.query_params)
        try:
            if asked := _recipe_in(parameters, str(request.url.query)):
                page = by_family[get_method(asked.method).family]
                shown = only(page.family, page.linked(unusual(asked)))
                return [{"tab": page.family}, gr.Tabs(selected=page.family), *shown]
            tab = parameters.get("tab", START)
            if tab not in (START, MEASURE, *by_family):
                raise UnknownName("kind-tab", tab, (START, *by_family, MEASURE))
        except FusionError as error:
            notice = {"tab": START, "notice": {"what": "link", **refused_view(error)}}
            return [notice, gr.skip(), *only("", [])]
        return [{"tab": tab}, gr.Tabs(selected=tab), *only("", [])]

    def first_look(page: Page) -> Callable[[Trace | None, Any, bool], list[Any]]:
        """Fills a tab when it is first opened: with the first preset's recorded run."""

        def look(last: Trace | None, asked: Any, seen: Any) -> list[Any]:
            taken = last is not None or not page.presets
            if seen or taken or asked != recipe_to_json(page.presets[0].recipe):
                return [True, *[gr.skip()] * len(page.widgets)]
            return [True, *page.started(page.presets[0])]

        return look

    def chosen(event: gr.EventData) -> list[Any]:
        """A card of the first page leads to its tab, an example to its recorded run."""
        data = told(event)
        preset = next((each for each in presets() if each.id == data.get("preset")), None)
        tab = get_method(preset.recipe.method).family if preset else data.get("tab")
        if tab not in (MEASURE, *by_family):
            return [gr.skip(), gr.skip(), *only("", [])]
        shown = only(str(tab), by_family[str(tab)].started(preset)) if preset else only("", [])
        return [{"tab": tab}, gr.Tabs(selected=tab), *shown]

    def opened_of_bench(request: gr.Request, folder: str, choice: str) -> list[Any]:
        with refusals():
            path = run_file(folder, choice)
        return opened(request, str(path))

    def opened(request: gr.Request, path: str) -> list[Any]:
        try:
            trace = _opened(path)
        except FusionError as error:
            notice = {"notice": {"what": "file", **refused_view(error)}}
            return [notice, gr.skip(), *only("", [])]
        page = by_family[get_method(trace.recipe.method).family]
        shown = only(page.family, page.recalled(trace, str(request.session_hash)))
        return [{"tab": page.family}, gr.Tabs(selected=page.family), *shown]

    def left(request: gr.Request) -> None:
        session = str(request.session_hash)
        runs.stop(session)
        downloads.forget(session)
        demo.state_holder.session_data.pop(session, None)  # gradio keeps what it showed for ever

    outputs = [frame, tabs, *widgets]
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    upload.upload(opened, upload, outputs, **quiet)
    bench.open_run.click(opened_of_bench, [bench.folder, bench.chosen], outputs, **quiet)
    start.select(chosen, None, outputs, queue=False, **quiet)
    tabs.select(fn=None, js=TAB_TO_ADDRESS, api_visibility="private")
    demo.load(first_sight, None, outputs, **quiet)
    demo.load(bench.first_sight, None, bench.outputs, **quiet)
    for page, tab in zip(pages, _tabs_of(tabs, by_family), strict=True):
        seen = gr.State(value=False)
        look = [seen, *page.widgets]
        tab.select(first_look(page), [page.last, page.asked, seen], look, queue=False, **quiet)
    demo.unload(left)


def _tabs_of(tabs: gr.Tabs, families: Iterable[str]) -> list[gr.Tab]:
    """The tabs of these families, in their order."""
    found = {tab.id: tab for tab in tabs.children if isinstance(tab, gr.Tab)}
    return [found[family] for family in families]


def _opened(path: str) -> Trace:
    """The recorded run in this file, which a page can show."""
    if not path:
        raise RunFileError("app-no-file")
    trace = read_run(Path(path))
    if len(trace.recipe.members) > MOST_MEMBERS:
        raise RunFileError("app-file-of-too-many", most=MOST_MEMBERS)
    check_together(replayed(trace))
    return trace


def _recipe_in(parameters: dict[str, str], query: str) -> Recipe | None:
    """The recipe that the address names; other parameters of the address are not ours."""
    return recipe_from_query(query) if "method" in parameters else None
