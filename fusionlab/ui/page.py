"""One tab: the recipe on top; below it what its runs come to, how they went and what they cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.errors import FusionError
from fusionlab.limits import limits
from fusionlab.recipe import Recipe, recipe_from_json, recipe_to_json, recipe_to_query
from fusionlab.registry import Method
from fusionlab.runfiles import parse_run, run_text
from fusionlab.spaces import Preset
from fusionlab.trace import Trace
from fusionlab.ui.compare import build_comparison
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.formdata import asks_the_same, form_data, preset_of, recipe_from_form, unusual
from fusionlab.ui.gallery import recording
from fusionlab.ui.kept import PRESET, How, Kept, noted
from fusionlab.ui.live import COMPUTE, LiveRuns, traces, visitor_of
from fusionlab.ui.or_and import build_or_and
from fusionlab.ui.stage import QUIET, TOLD_EACH, packed, told, view
from fusionlab.views.branches import NOTHING
from fusionlab.views.headline import headline_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.notice import notice_view
from fusionlab.views.page import run_page
from fusionlab.views.refused import refused_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import (
    linked_view,
    stale_view,
    status_view,
    unkept_view,
    waiting_view,
)

KEPT = 3600.0
"""Seconds for which a visitor's last run is remembered."""

_shown = count(1)
"""Numbers what the forms are given: one with another number replaces what stands in a form."""


@dataclass(frozen=True, slots=True)
class Page:
    """The widgets of one family's tab."""

    family: str
    methods: Sequence[Method]
    presets: Sequence[Preset]
    form: gr.HTML
    status: gr.HTML
    headline: gr.HTML
    picture: gr.HTML
    notice: gr.HTML
    ledger: gr.HTML
    actions: gr.HTML
    download: gr.DownloadButton
    asked: gr.State
    """What the form says, as JSON."""
    last: gr.State
    """The trace of the last run that is over."""
    downloads: Downloads
    branches: gr.HTML | None = None
    """Its runs' branches; None where no method goes on from an answer that is begun."""
    tree: gr.State | None = None
    """The runs of the tree that `branches` shows."""

    @property
    def views(self) -> list[Any]:
        """What shows a run while it goes on."""
        return [self.status, self.headline, self.picture, self.notice, self.ledger]

    @property
    def outputs(self) -> list[Any]:
        """What `show` gives new values to."""
        return [*self.views, self.actions, self.download, self.last]

    @property
    def widgets(self) -> list[Any]:
        """All that a recipe or a recorded run gives new values to."""
        return [self.form, self.asked, *self.branching, *self.outputs]

    @property
    def branching(self) -> list[Any]:
        """What shows branches; nothing where there are none."""
        return [self.branches, self.tree] if self.branches else []

    def show(
        self,
        trace: Trace,
        *,
        how: How = "run",
        run: str = "",
        visitor: str = "",
        kept: str | None = "",
        before: Trace | None = None,
    ) -> list[Any]:
        """New values for `outputs`: the whole trace of the run with this name.

        The visitor can download it, and its page can be loaded again; where nobody is named, it is
        no download. `kept` is the name by which it is kept already; None where it need not be.
        `before` is the visitor's run before this one.
        """
        headline = headline_view(trace)
        name, file = f"fusionlab-{trace.recipe.method}.jsonl", None
        again = bool(kept)
        if visitor:
            text = run_text(trace)
            file = self.downloads.put_text(visitor, self.family, name, text)
            kept = self.downloads.keep(text) if kept == "" else kept
        headline = headline_view(trace)
        return [
            status_view(trace, recorded=how == "recorded", reloaded=again and how == "run"),
            headline,
            stage_for(trace).drawn(trace, run),
            notice_view(trace, before),
            ledger_view(trace),
            _actions(
                self.family,
                trace.recipe,
                answer=headline["answer"],
                file=bool(file),
                over=trace.status != "running",
                kept=noted(how, kept) if kept else None,
            ),
            gr.DownloadButton(value=file),
            trace,
        ]

    def begun(self, recipe: Recipe, run: str, how: How = "run") -> list[Any]:
        """New values for `outputs`: nothing yet of the run with this name."""
        _, headline, picture, notice, ledger, *_ = self.show(Trace(recipe), run=run)
        actions = _actions(self.family, recipe, kept=noted(how))
        drawn = [headline, picture, notice, ledger, actions]
        return [waiting_view(), *drawn, gr.DownloadButton(value=None), None]

    def says(self, recipe: Recipe) -> list[Any]:
        """New values for the form and for what it says; there are no branches."""
        data = form_data(self.methods, recipe, self.presets) | {"shown": next(_shown)}
        return [data, recipe_to_json(recipe), *([NOTHING, None] if self.branches else [])]

    def linked(self, recipe: Recipe) -> list[Any]:
        """New values for `widgets`: this set-up, not yet run."""
        _, *rest = self.begun(recipe, run="", how="linked")
        return [*self.says(recipe), linked_view(), *rest]

    def recalled(self, trace: Trace, visitor: str, kept: str | None = "") -> list[Any]:
        """New values for `widgets`: a recorded run and its set-up; a download for the visitor."""
        shown = self.show(trace, how="recorded", visitor=visitor, kept=kept)
        return [*self.says(trace.recipe), *shown]

    def started(self, preset: Preset, visitor: str, *, kept: bool = True) -> list[Any]:
        """New values for `widgets`: the preset's recorded run, or its set-up where it has none."""
        trace = recording(preset)
        if trace is None:
            return self.linked(preset.recipe)
        return self.recalled(trace, visitor, PRESET + preset.id if kept else None)

    def again(self, recipe: Recipe, kept: Kept, visitor: str) -> list[Any]:
        """New values for `widgets`: what the visitor saw before the page was loaded again.

        Raises FusionError where what they remember cannot be shown.
        """
        if kept.how == "linked":
            return self.linked(recipe)
        if kept.name.startswith(PRESET):
            return self.started(preset_of(kept.name.removeprefix(PRESET), self.presets), visitor)
        text = self.downloads.kept(kept.name)
        if text is None:
            _, *rest = self.begun(recipe, run="")
            return [*self.says(recipe), unkept_view(), *rest]
        trace = parse_run(text)
        shown = self.show(trace, how=kept.how, visitor=visitor, kept=kept.name)
        return [*self.says(trace.recipe), *shown]


def build_page(
    family: str,
    methods: Sequence[Method],
    presets: Sequence[Preset],
    runs: LiveRuns,
    downloads: Downloads,
) -> Page:
    """The tab's layout and its events."""
    names = {method.name for method in methods}
    mine = [preset for preset in presets if preset.recipe.method in names]
    first = mine[0].recipe if mine else Recipe(methods[0].name)
    slug = family.lower()
    data = form_data(methods, first, mine) | {"shown": next(_shown)}
    form = view("recipe", f"{slug}-recipe", data)
    with gr.Column(elem_classes="fl-result"):
        status = view("status", f"{slug}-status")
        headline = view("headline", f"{slug}-headline")
        picture = view("picture", f"{slug}-stage")
        begins = any(method.begins for method in methods)
        branches = view("branches", f"{slug}-branches", NOTHING) if begins else None
        notice = view("notice", f"{slug}-notice")
        ledger = view("ledger", f"{slug}-ledger")
        actions = view("actions", f"{slug}-actions", _actions(slug, first))
        download = gr.DownloadButton(visible="hidden", elem_id=f"{slug}-download")
        page = Page(
            family,
            methods,
            mine,
            form,
            status,
            headline,
            picture,
            notice,
            ledger,
            actions,
            download,
            gr.State(recipe_to_json(first)),
            gr.State(None, time_to_live=KEPT),
            downloads,
            branches,
            gr.State(None, time_to_live=KEPT) if begins else None,
        )
        build_comparison(slug, methods, page.form, page.asked, page.last, runs)
        build_or_and(slug, mine, page.widgets, page.started)
    _wire_run(page, runs)
    _wire_form(page, runs)
    _wire_actions(page)
    return page


def _actions(
    page: str,
    recipe: Recipe,
    *,
    answer: str = "",
    file: bool = False,
    over: bool = False,
    kept: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What can be done with a run of this recipe, as JSON."""
    return {
        "page": page,
        "method": recipe.method,
        "query": recipe_to_query(unusual(recipe)),
        "answer": answer,
        "file": file,
        "over": over,
        "kept": kept,
    }


def _wire_run(page: Page, runs: LiveRuns) -> None:
    run_name, before = gr.State(""), gr.State(None, time_to_live=KEPT)

    def begin(request: gr.Request, event: gr.EventData, last: Trace | None) -> list[Any]:
        try:
            recipe = recipe_from_form(told(event).get("recipe"))
            limits().check(recipe)
        except FusionError as error:
            unchanged = _kept([before, page.asked, *page.outputs, *page.branching])
            return ["", {"refused": refused_view(error)}, *unchanged]
        name = runs.begin(visitor_of(request))
        said = recipe_to_json(recipe)
        none = [NOTHING, None] if page.branches else []
        return [name, {"running": True}, last, said, *page.begun(recipe, name), *none]

    def stream(
        request: gr.Request, name: str, said: dict[str, Any], last: Trace | None
    ) -> Iterator[list[Any]]:
        if name:
            recipe, visitor = recipe_from_json(said), str(request.session_hash)
            yield from streamed_run(page, recipe, runs, name, visitor, last)

    begun = page.form.submit(
        begin,
        page.last,
        [run_name, page.form, before, page.asked, *page.outputs, *page.branching],
        queue=False,
        **QUIET,
    )
    begun.success(
        stream,
        [run_name, page.asked, before],
        [page.form, *page.outputs],
        **QUIET,
        **COMPUTE,
    )


def _wire_form(page: Page, runs: LiveRuns) -> None:
    """What the visitor changes greys the run that it no longer belongs to."""
    quiet = {**QUIET, "queue": False}

    def stop_runs(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    def changed(event: gr.EventData, trace: Trace | None) -> list[Any]:
        try:
            recipe = recipe_from_form(told(event).get("recipe"))
            stale = trace is not None and not asks_the_same(trace.recipe, recipe)
        except FusionError:  # half typed; Run says what is wrong
            return [gr.skip(), gr.skip()]
        return [recipe_to_json(recipe), stale_view() if stale else gr.skip()]

    def start_from(request: gr.Request, event: gr.EventData) -> list[Any]:
        try:
            preset = preset_of(told(event).get("preset"), page.presets)
            return page.started(preset, str(request.session_hash))
        except FusionError as error:
            return [{"refused": refused_view(error)}, *_kept(page.widgets[1:])]

    page.form.stop(stop_runs, None, None, **quiet)
    page.form.input(changed, page.last, [page.asked, page.status], **TOLD_EACH)
    page.form.select(start_from, None, page.widgets, **TOLD_EACH)


def _wire_actions(page: Page) -> None:
    """The page of the last run is made when somebody asks for it, and given to their browser."""

    def wished(trace: Trace | None, shown: dict[str, Any]) -> Any:
        if trace is None:
            return gr.skip()
        name = f"fusionlab-{trace.recipe.method}.html"
        return shown | {"saved": {"number": next(_shown), "name": name, "text": run_page(trace)}}

    page.actions.select(
        wished,
        [page.last, page.actions],
        page.actions,
        queue=False,
        **QUIET,
    )


def streamed_run(
    page: Page, recipe: Recipe, runs: LiveRuns, name: str, visitor: str, last: Trace | None
) -> Iterator[list[Any]]:
    """Pictures of the run as it grows; the last one is whole."""
    sent = 0
    for trace in traces(recipe, runs, name):
        if trace.status != "running":
            yield [{"running": False}, *page.show(trace, run=name, visitor=visitor, before=last)]
            return
        if before := runs.before(name):
            yield [gr.skip(), waiting_view(before, runs.now(name)), *_kept(page.outputs[1:])]
            continue
        stage = stage_for(trace)
        picture = stage.drawn(trace, name, start=sent)
        sent += stage.steps(picture)
        said = [packed(each) for each in (status_view(trace), headline_view(trace), picture)]
        shown = [*said, gr.skip(), packed(ledger_view(trace))]
        yield [gr.skip(), *shown, *_kept(page.outputs[len(shown) :])]


def _kept(widgets: Sequence[Any]) -> list[Any]:
    return [gr.skip()] * len(widgets)
