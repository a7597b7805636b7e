"""The app: a first page, one tab for each family of methods, and the benchmark."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr
from starlette.middleware import Middleware

from fusionlab.assets import asset
from fusionlab.errors import FusionError
from fusionlab.importing import in_any_thread
from fusionlab.limits import limits
from fusionlab.registry import Method, all_methods, all_studies
from fusionlab.spaces import presets
from fusionlab.ui.anatomy_page import build_anatomy, wire_anatomy
from fusionlab.ui.bench_page import build_bench
from fusionlab.ui.branching import wire_branches
from fusionlab.ui.brought import sweep_brought
from fusionlab.ui.build_page import BUILD, build_build, wire_build
from fusionlab.ui.compare_page import COMPARE, build_compare
from fusionlab.ui.downloads import Downloads, sweeping
from fusionlab.ui.early import Early
from fusionlab.ui.exporting import wire_export
from fusionlab.ui.gallery import recording
from fusionlab.ui.lab_page import INSIDE, build_lab, wire_lab
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.page import build_page
from fusionlab.ui.routes import MEASURE, START, Routes
from fusionlab.ui.stage import view
from fusionlab.ui.theme import theme
from fusionlab.ui.turns import MOST_WAITING
from fusionlab.views.assets import component_head
from fusionlab.views.start import start_view

TITLE = "FusionLab"
MOVING = "geographer-and-poet"
"""The preset whose recorded run moves on the first page."""
TRIES = {"words": MOVING, "votes": "most-common-answer", "experts": "experts-top-1"}
"""The examples of the first page, and the presets behind them."""
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
    sweeping(asked_to_stop, sweep_brought)
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
                    with gr.Column(elem_classes="fl-page"):  # its form sticks no longer than that
                        pages.append(build_page(family, methods, presets(), runs, downloads))
                    wire_branches(pages[-1], runs)
                    if family == INSIDE:
                        wire_anatomy(build_anatomy(), runs)
                    if family == INSIDE and all_studies():
                        wire_lab(demo, build_lab(), runs)
            with _tab(BUILD):
                building = build_build()
                wire_build(building, runs)
                wire_export(building.status, building.result, downloads)
            with _tab(COMPARE):
                compare = build_compare(runs, downloads)
            with _tab(MEASURE):
                bench = build_bench(runs, downloads)
        Routes(frame, tabs, pages, compare, building, bench).wire(demo, start, upload)
        demo.unload(_left(demo, runs, downloads))
    return demo


def _left(demo: gr.Blocks, runs: LiveRuns, downloads: Downloads) -> Callable[[gr.Request], None]:
    """Forgets a visitor who has left."""

    def left(request: gr.Request) -> None:
        session = str(request.session_hash)
        runs.stop(session)
        downloads.forget(session)
        demo.state_holder.session_data.pop(session, None)  # gradio keeps what it showed for ever

    return left


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
    return start_view(trace, [*families(), BUILD], [COMPARE, MEASURE], tries)


def launch(runs: LiveRuns | None = None, **options: Any) -> Any:
    """Builds and serves the app; `options` go to gradio's launch.

    Raises FusionError where its port is taken or none.
    """
    _check_port()
    in_any_thread("transformers")  # visitors come in threads of their own
    demo = build(runs or LiveRuns())
    demo.queue(max_size=None)  # who computes waits in the line of `LiveRuns`
    style, script = (asset(name).read_text(encoding="utf-8") for name in ("app.css", "app.js"))
    try:
        return demo.launch(
            theme=theme(),
            css=style,
            head=f"{component_head()}<script>{script}</script>",
            app_kwargs={"middleware": [Middleware(Early)]},
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
