"""One tab: the recipe on the left; on the right what its runs look like and what they cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from fusionlab.errors import UnknownName
from fusionlab.recipe import Recipe, recipe_to_query
from fusionlab.registry import Method
from fusionlab.spaces import Preset
from fusionlab.trace import Trace, run_text
from fusionlab.ui.compare import build_comparison
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.form import RecipeForm, recipe_form
from fusionlab.ui.live import COMPUTE, LiveRuns, traces, visitor_of
from fusionlab.ui.stage import view
from fusionlab.ui.toast import refusals
from fusionlab.views.ledger import ledger_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import linked_view, status_view, waiting_view

KEPT = 3600.0
"""Seconds for which a visitor's last run is remembered."""

TO_ADDRESS = "(query) => { history.replaceState(null, '', '?' + query); return []; }"
COPY_TEXT = """async (text) => {
    try { await navigator.clipboard.writeText(text); } catch { prompt('Copy this', text); }
    return [];
}"""
COPY_LINK = COPY_TEXT.replace(
    "(text) => {",
    "(query) => { const text = location.origin + location.pathname + '?' + query;",
)


@dataclass(frozen=True, slots=True)
class Page:
    """The widgets of one family's tab."""

    family: str
    form: RecipeForm
    status: gr.HTML
    picture: gr.HTML
    ledger: gr.HTML
    download: gr.DownloadButton
    query: gr.Textbox
    answer: gr.Textbox
    last: gr.State
    """The trace of the last run that is over."""
    downloads: Downloads

    @property
    def outputs(self) -> list[Any]:
        """What `show` gives new values to."""
        return [
            self.status,
            self.picture,
            self.ledger,
            self.download,
            self.query,
            self.answer,
            self.last,
        ]

    def show(
        self, trace: Trace, *, recorded: bool = False, run: str = "", visitor: str = ""
    ) -> list[Any]:
        """New values for `outputs`: the whole trace of the run with this name.

        The visitor can download it; where nobody is named, it is no download.
        """
        name = f"fusionlab-{trace.recipe.method}.jsonl"
        file = (
            self.downloads.put_text(visitor, self.family, name, run_text(trace))
            if visitor
            else None
        )
        return [
            status_view(trace, recorded=recorded),
            stage_for(trace).drawn(trace, run),
            ledger_view(trace),
            gr.DownloadButton(value=file, interactive=file is not None),
            recipe_to_query(trace.recipe),
            trace.answer,
            trace,
        ]

    def begun(self, recipe: Recipe, run: str) -> list[Any]:
        """New values for `outputs`: nothing yet of the run with this name."""
        trace = Trace(recipe)
        return [
            waiting_view(),
            stage_for(trace).drawn(trace, run),
            ledger_view(trace),
            gr.DownloadButton(value=None, interactive=False),
            recipe_to_query(recipe),
            "",
            None,
        ]

    @property
    def widgets(self) -> list[Any]:
        """All that a recipe or a recorded run gives new values to."""
        return [*self.form.outputs, *self.outputs]

    def asked(self, recipe: Recipe) -> list[Any]:
        """New values for `widgets`: this set-up, not yet run."""
        fresh = self.begun(recipe, run="")
        return [*self.form.show(recipe), linked_view(), *fresh[1:]]

    def recalled(self, trace: Trace, visitor: str = "") -> list[Any]:
        """New values for `widgets`: a recorded run and its set-up; a download for the visitor."""
        shown = self.show(trace, recorded=True, visitor=visitor)
        return [*self.form.show(trace.recipe), *shown]


def build_page(
    family: str,
    methods: Sequence[Method],
    presets: Sequence[Preset],
    runs: LiveRuns,
    downloads: Downloads,
) -> Page:
    """The tab's layout and its events."""
    slug = family.lower()
    mine = [preset for preset in presets if preset.recipe.method in {m.name for m in methods}]
    first = mine[0].recipe if mine else Recipe(methods[0].name)
    with gr.Row(elem_classes="fl-page"):
        with gr.Column(scale=4, min_width=320, elem_classes="fl-recipe"):
            preset = gr.Dropdown(
                [item.title for item in mine],
                value=mine[0].title if mine else None,
                label="Start from",
                visible=len(mine) > 1,
            )
            with gr.Row(elem_classes="fl-run-row", render=False) as buttons:
                start = gr.Button("Run", variant="primary", elem_id=f"{slug}-run", min_width=90)
                stop = gr.Button("Stop", elem_id=f"{slug}-stop", min_width=90)
            form = recipe_form(methods, first, after_prompt=buttons)
        with gr.Column(scale=9, min_width=340, elem_classes="fl-stage"):
            status = view("status", f"{slug}-status")
            picture = view("picture", f"{slug}-stage")
            ledger = view("ledger", f"{slug}-ledger")
            with gr.Row(elem_classes="fl-after"):
                download = gr.DownloadButton(
                    "Download this run", size="sm", interactive=False, elem_id=f"{slug}-download"
                )
                link = gr.Button("Copy link to this set-up", size="sm", elem_id=f"{slug}-link")
                copy = gr.Button("Copy the answer", size="sm", elem_id=f"{slug}-copy")
            query = gr.Textbox(recipe_to_query(first), visible="hidden", elem_id=f"{slug}-query")
            answer = gr.Textbox(visible="hidden", elem_id=f"{slug}-answer")
            last = gr.State(None, time_to_live=KEPT)
            page = Page(
                family,
                form,
                status,
                picture,
                ledger,
                download,
                query,
                answer,
                last,
                downloads,
            )
            build_comparison(slug, methods, page.form, page.last, runs)
    link.click(fn=None, inputs=query, js=COPY_LINK, api_visibility="private")
    copy.click(fn=None, inputs=answer, js=COPY_TEXT, api_visibility="private")
    _wire(page, start, stop, runs)
    recipes = {item.title: item.recipe for item in mine}

    def begin_with(title: str) -> list[Any]:
        with refusals():
            if str(title) not in recipes:
                raise UnknownName("kind-preset", str(title), recipes)
            return form.show(recipes[str(title)])

    preset.input(begin_with, preset, form.outputs, api_visibility="private", queue=False)
    return page


def _wire(page: Page, start: gr.Button, stop: gr.Button, runs: LiveRuns) -> None:
    run_name = gr.State("")

    def begin(request: gr.Request, *values: Any) -> list[Any]:
        with refusals():
            recipe = page.form.read(values)
        name = runs.begin(visitor_of(request))
        return [name, *page.begun(recipe, name)]

    def stop_runs(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    def stream(request: gr.Request, name: str, *values: Any) -> Iterator[list[Any]]:
        yield from _stream(page, page.form.read(values), runs, name, str(request.session_hash))

    begun = gr.on(
        [start.click, page.form.prompt.submit],
        begin,
        page.form.inputs,
        [run_name, *page.outputs],
        api_visibility="private",
        queue=False,
        show_progress="hidden",
    )
    begun.success(fn=None, inputs=page.query, js=TO_ADDRESS, api_visibility="private")
    begun.success(
        stream,
        [run_name, *page.form.inputs],
        page.outputs,
        api_visibility="private",
        show_progress="hidden",
        **COMPUTE,
    )
    stop.click(stop_runs, None, None, api_visibility="private", queue=False)


def _stream(
    page: Page, recipe: Recipe, runs: LiveRuns, name: str, visitor: str
) -> Iterator[list[Any]]:
    """Pictures of the run as it grows; the last one is whole."""
    sent = 0
    for trace in traces(recipe, runs, name):
        if trace.status != "running":
            yield page.show(trace, run=name, visitor=visitor)
            return
        if before := runs.before(name):
            yield [waiting_view(before), *_kept(page.outputs[1:])]
            continue
        stage = stage_for(trace)
        picture = stage.drawn(trace, name, start=sent)
        sent += stage.steps(picture)
        yield [status_view(trace), picture, ledger_view(trace), *_kept(page.outputs[3:])]


def _kept(widgets: Sequence[Any]) -> list[Any]:
    return [gr.skip()] * len(widgets)
