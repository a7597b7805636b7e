"""The app: one tab for each family of methods, grown from the registry."""

import os
import signal
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr

from fusionlab.assets import asset
from fusionlab.errors import FusionError, RunFileError
from fusionlab.limits import limits
from fusionlab.recipe import Recipe, recipe_from_query
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.spaces import presets
from fusionlab.trace import Trace, read_run, replayed
from fusionlab.ui.bench_page import TITLE as BENCHMARK
from fusionlab.ui.bench_page import BenchPage, build_bench, run_file
from fusionlab.ui.downloads import Downloads, sweeping
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.page import Page, build_page
from fusionlab.ui.theme import theme
from fusionlab.ui.toast import refusals, warn
from fusionlab.ui.turns import MOST_WAITING
from fusionlab.validity import MOST_MEMBERS, check_together
from fusionlab.views.assets import component_head

TITLE = "FusionLab"
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
        with gr.Row(elem_classes="fl-head"):
            with gr.Column(scale=3, min_width=280):
                gr.HTML(
                    f"<h1>{TITLE}</h1><p>See, measure and teach how language models are fused.</p>",
                    apply_default_css=False,
                    padding=False,
                )
            upload = gr.UploadButton(
                "Open a recorded run",
                file_types=[".jsonl"],
                size="sm",
                scale=0,
                min_width=190,
                elem_id="open-run",
            )
        with gr.Tabs(elem_id="families") as tabs:
            pages = [
                _tab(family, methods, runs, downloads) for family, methods in families().items()
            ]
            with gr.Tab(BENCHMARK, id=BENCHMARK):
                bench = build_bench(runs, downloads)
        _wire(demo, tabs, upload, pages, bench, runs, downloads)
    return demo


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


def _tab(family: str, methods: Sequence[Method], runs: LiveRuns, downloads: Downloads) -> Page:
    with gr.Tab(family, id=family):
        return build_page(family, methods, presets(), runs, downloads)


def _wire(
    demo: gr.Blocks,
    tabs: gr.Tabs,
    upload: gr.UploadButton,
    pages: Sequence[Page],
    bench: BenchPage,
    runs: LiveRuns,
    downloads: Downloads,
) -> None:
    pages_by_family = {page.family: page for page in pages}

    def first_sight(request: gr.Request) -> list[Any]:
        """The set-up that the address names, and a recorded run of every other family."""
        try:
            asked = _recipe_in(dict(request.query_params), str(request.url.query))
            family = get_method(asked.method).family if asked else None
            if asked:
                pages_by_family[str(family)].form.check(asked)
        except FusionError as error:
            warn(f"This link names no set-up that can be shown: {error}")
            asked = family = None
        updates: list[Any] = [gr.Tabs(selected=family) if family else gr.skip()]
        for page in pages:
            if asked and page.family == family:
                updates += page.asked(asked)
            else:
                updates += _remembered(page)
        return [*updates, *bench.first_sight()]

    def opened_of_bench(request: gr.Request, folder: str, choice: str) -> list[Any]:
        with refusals():
            path = run_file(folder, choice)
        return opened(request, str(path))

    def opened(request: gr.Request, path: str) -> list[Any]:
        with refusals():
            if not path:
                raise RunFileError("app-no-file")
            trace = read_run(Path(path))
            if len(trace.recipe.members) > MOST_MEMBERS:
                raise RunFileError("app-file-of-too-many", most=MOST_MEMBERS)
            check_together(replayed(trace))
            family = get_method(trace.recipe.method).family
            updates: list[Any] = [gr.Tabs(selected=family)]
            for page in pages:
                mine = page.family == family
                visitor = str(request.session_hash)
                updates += page.recalled(trace, visitor) if mine else _unchanged(page)
        return updates

    def left(request: gr.Request) -> None:
        session = str(request.session_hash)
        runs.stop(session)
        downloads.forget(session)
        demo.state_holder.session_data.pop(session, None)  # gradio keeps what it showed for ever

    outputs = [tabs, *(widget for page in pages for widget in page.widgets)]
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    upload.upload(opened, upload, outputs, **quiet)
    bench.open_run.click(opened_of_bench, [bench.folder, bench.chosen], outputs, **quiet)
    demo.load(first_sight, None, [*outputs, *bench.outputs], **quiet)
    demo.unload(left)


def gallery(methods: Sequence[Method]) -> Path | None:
    """The recorded run that a tab shows before one has run anything: the first by these methods."""
    names = {method.name for method in methods}
    recorded = sorted(asset("runs").glob("*.jsonl"))
    return next((path for path in recorded if _of_gallery(path).recipe.method in names), None)


def _remembered(page: Page) -> list[Any]:
    """New values for the page's widgets: its recorded run; none where that is not to be had."""
    try:
        recorded = gallery(page.form.methods)
        return page.recalled(_of_gallery(recorded)) if recorded else _unchanged(page)
    except FusionError as error:
        warn(f"The recorded run of {page.family} cannot be shown: {error}")
        return _unchanged(page)


@cache
def _of_gallery(recorded: Path) -> Trace:
    """One trace for all visitors, who only look at it."""
    return read_run(recorded)


def _unchanged(page: Page) -> list[Any]:
    return [gr.skip()] * len(page.widgets)


def _recipe_in(parameters: dict[str, str], query: str) -> Recipe | None:
    """The recipe that the address names; other parameters of the address are not ours."""
    return recipe_from_query(query) if "method" in parameters else None
