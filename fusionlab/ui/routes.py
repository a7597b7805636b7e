"""What leads to which tab: the address, the first page's cards, a file that is opened."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from fusionlab.comparison.branching import Tree, is_tree, parse_tree
from fusionlab.comparison.files import is_comparison, read_comparison
from fusionlab.errors import FusionError, RunFileError, UnknownName
from fusionlab.recipe import Recipe, recipe_from_query, recipe_to_json
from fusionlab.registry import get_method
from fusionlab.runfiles import read_run, text_in
from fusionlab.spaces import presets
from fusionlab.trace import Trace
from fusionlab.ui.bench_page import BenchPage, run_file
from fusionlab.ui.branching import kept_under, opened_tree, with_tree
from fusionlab.ui.build_page import BUILD, BuildPage
from fusionlab.ui.building import Asked, asked_from_query
from fusionlab.ui.compare_page import COMPARE, ComparePage
from fusionlab.ui.formdata import asks_the_same, check_shown_run, unusual
from fusionlab.ui.kept import Kept, kept_in
from fusionlab.ui.lab_page import check_study
from fusionlab.ui.page import Page
from fusionlab.ui.stage import QUIET, told
from fusionlab.validity import MOST_MEMBERS
from fusionlab.views.refused import refused_view

START, MEASURE = "start", "measure"
"""Tabs that no family of methods has; a tab's id is what its address says: `/?tab=start`."""
REMEMBERED = "() => [FusionLab.kept.all()]"
TAB_TO_ADDRESS = "() => { FusionLab.frame.moved(); return []; }"


@dataclass(frozen=True, slots=True)
class Routes:
    """The tabs and the head, and how one comes to each."""

    frame: gr.HTML
    tabs: gr.Tabs
    pages: Sequence[Page]
    compare: ComparePage
    build: BuildPage
    bench: BenchPage

    @property
    def outputs(self) -> list[Any]:
        """The head, the tabs, and all that pages show."""
        widgets = [widget for page in self.pages for widget in page.widgets]
        return [self.frame, self.tabs, *widgets, *self.compare.outputs]

    def to(
        self, tab: str, shown: list[Any] | None = None, notice: dict[str, Any] | None = None
    ) -> list[Any]:
        """New values for `outputs`: this tab, where it has something new with that, and a notice.

        Without a tab the visitor stays where they are.
        """
        return self.to_all(tab, {tab: shown} if shown else {}, notice)

    def to_all(
        self, tab: str, shown: Mapping[str, list[Any]], notice: dict[str, Any] | None = None
    ) -> list[Any]:
        """The same, where several tabs have something new."""
        head = gr.skip() if notice is None else {"notice": notice}
        tabs = gr.Tabs(selected=tab) if tab else gr.skip()
        rooms = {page.family: page.widgets for page in self.pages} | {COMPARE: self.compare.outputs}
        updates = [shown.get(name) or [gr.skip()] * len(room) for name, room in rooms.items()]
        return [head, tabs, *chain.from_iterable(updates)]

    def page_of(self, method: str) -> Page:
        """The page that shows this method; raises UnknownName where there is no such method."""
        family = get_method(method).family
        return next(page for page in self.pages if page.family == family)

    def of_address(self, query: str, kept: dict[str, Kept], visitor: str) -> list[Any]:
        """New values for `outputs`: what the address asks for; other parameters are not ours.

        What tabs showed before the page was loaded again, they show now, unless the address asks
        this tab for something else.
        """
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        shown = self._kept(kept, visitor)
        try:
            check_study(query)
            if "method" in parameters and parameters.get("tab", "") != COMPARE:
                asked = recipe_from_query(query)
                page = self.page_of(asked.method)
                if not _remembered(asked, kept.get(page.family)):
                    shown[page.family] = page.linked(unusual(asked))
                return self.to_all(page.family, shown)
            tab = parameters.get("tab", START)
            known = (START, *(page.family for page in self.pages), BUILD, COMPARE, MEASURE)
            if tab not in known:
                raise UnknownName("kind-tab", tab, known)
            if tab == COMPARE and not self.compare.remembers(query, kept.get(tab)):
                shown[tab] = self.compare.linked(query)
            # Start is open already, unless the visitor has gone on
            return self.to_all("" if tab == START else tab, shown)
        except FusionError as error:
            return self.to("", notice={"what": "link", **refused_view(error)})

    def _kept(self, kept: dict[str, Kept], visitor: str) -> dict[str, list[Any]]:
        """By tab what it showed before the page was loaded again."""
        found: dict[str, list[Any]] = {}
        for page in self.pages:
            if mine := kept.get(page.family):
                with suppress(FusionError):  # then the tab begins anew
                    asked = recipe_from_query(mine.query)
                    if self.page_of(asked.method) is page:
                        found[page.family] = page.again(unusual(asked), mine, visitor)
                        tree = kept.get(kept_under(page), Kept()).name
                        found[page.family] = with_tree(page, found[page.family], tree)
        if mine := kept.get(COMPARE):
            with suppress(FusionError):
                found[COMPARE] = self.compare.again(mine, visitor)
        return found

    def of_card(self, wish: dict[str, Any], visitor: str) -> list[Any]:
        """New values for `outputs`: a card's tab, or an example's recorded run."""
        preset = next((each for each in presets() if each.id == wish.get("preset")), None)
        if preset:
            page = self.page_of(preset.recipe.method)
            return self.to(page.family, page.started(preset, visitor))
        known = (*(page.family for page in self.pages), BUILD, COMPARE, MEASURE)
        return self.to(next((tab for tab in known if tab == wish.get("tab")), ""))

    def of_file(self, path: str, visitor: str) -> list[Any]:
        """New values for `outputs`: the recorded run or comparison in this file."""
        try:
            if path and is_comparison(text_in(Path(path))):
                compared = read_comparison(Path(path))
                return self.to(COMPARE, self.compare.recalled(compared, visitor))
            if path and is_tree(text := text_in(Path(path))):
                return self._of_tree(parse_tree(text, Path(path).name), visitor)
            trace = opened(path)
            page = self.page_of(trace.recipe.method)
            return self.to(page.family, page.recalled(trace, visitor))
        except FusionError as error:
            return self.to("", notice={"what": "file", **refused_view(error)})

    def _of_tree(self, tree: Tree, visitor: str) -> list[Any]:
        """New values for `outputs`: the first run of these branches, and all of them."""
        for branch in tree.branches:
            check_shown_run(branch.trace)
        page = self.page_of(tree.branches[0].trace.recipe.method)
        if page.branches is None:
            raise RunFileError("branches-file-none", name=page.family)
        return self.to(page.family, opened_tree(page, tree, visitor))

    def wire(self, demo: gr.Blocks, start: gr.HTML, upload: gr.UploadButton) -> None:
        """All ways lead where they should."""

        def of_address(request: gr.Request, told: Any) -> list[Any]:
            visitor = str(request.session_hash)
            return self.of_address(str(request.url.query), kept_in(told), visitor)

        def of_bench_before(request: gr.Request, told: Any) -> list[Any]:
            mine, visitor = kept_in(told).get(MEASURE), str(request.session_hash)
            if members := members_asked(str(request.url.query)):
                return self.bench.linked(members)
            return self.bench.at_first(mine.asked if mine else None, visitor)

        def of_build_before(request: gr.Request, told: Any) -> list[Any]:
            asked = _built_by(str(request.url.query))
            return self.build.at_first(asked, kept_in(told).get(BUILD))

        def of_built(request: gr.Request, event: gr.EventData) -> list[Any]:
            query = str(told(event).get("query", ""))
            members = members_asked(query)
            bench = self.bench.linked(members) if members else [gr.skip()] * 4
            return [*self.of_address(query, {}, str(request.session_hash)), *bench]

        def of_card(request: gr.Request, event: gr.EventData) -> list[Any]:
            return self.of_card(told(event), str(request.session_hash))

        def of_file(request: gr.Request, path: str) -> list[Any]:
            return self.of_file(path, str(request.session_hash))

        def of_bench(request: gr.Request, folder: str, choice: str) -> list[Any]:
            try:
                path = str(run_file(folder, choice))
            except FusionError as error:
                return self.to("", notice={"what": "file", **refused_view(error)})
            return self.of_file(path, str(request.session_hash))

        remembered = gr.JSON(visible=False)
        demo.load(of_address, remembered, self.outputs, js=REMEMBERED, **QUIET)
        demo.load(of_bench_before, remembered, self.bench.outputs, js=REMEMBERED, **QUIET)
        demo.load(of_build_before, remembered, self.build.outputs, js=REMEMBERED, **QUIET)
        both = [*self.outputs, *self.bench.outputs]
        self.build.result.select(of_built, None, both, queue=False, **QUIET)
        upload.upload(of_file, upload, self.outputs, **QUIET)
        chosen = [self.bench.folder, self.bench.chosen]
        self.bench.open_run.click(of_bench, chosen, self.outputs, **QUIET)
        start.select(of_card, None, self.outputs, queue=False, **QUIET)
        self.tabs.select(fn=None, js=TAB_TO_ADDRESS, **QUIET)
        for tab in self.tabs.children:
            for page in self.pages:
                if isinstance(tab, gr.Tab) and tab.id == page.family:
                    seen = gr.State(value=False)
                    look = [seen, *page.widgets]
                    shown = [page.last, page.asked, seen]
                    tab.select(_first_look(page), shown, look, queue=False, **QUIET)
            if isinstance(tab, gr.Tab) and tab.id == COMPARE:
                seen = gr.State(value=False)
                last, file = [self.compare.last, seen], [seen, self.compare.download]
                tab.select(self.compare.first_look, last, file, queue=False, **QUIET)


def members_asked(query: str) -> list[str]:
    """The members that an address asks to measure; none where it asks for something else."""
    pairs = parse_qsl(query)
    if dict(pairs).get("tab") != MEASURE:
        return []
    return [member for name, member in pairs if name == "member"][:MOST_MEMBERS]


def _built_by(query: str) -> Asked | None:
    """The model that an address asks to build; None where it asks for none that can be read."""
    with suppress(FusionError):
        return asked_from_query(query)
    return None


def _first_look(page: Page) -> Callable[[gr.Request, Trace | None, Any, Any], list[Any]]:
    """Fills a tab when it is first opened: with the first preset's recorded run.

    A set-up that came with a link stays, and so does what the visitor is about to change.
    """

    def look(request: gr.Request, last: Trace | None, asked: Any, seen: Any) -> list[Any]:
        first = page.presets[0].recipe if page.presets else None
        linked = first is None or asked != recipe_to_json(first)
        if seen or last is not None or linked:
            return [True, *[gr.skip()] * len(page.widgets)]
        visitor = str(request.session_hash)
        form, *rest = page.started(page.presets[0], visitor, kept=False)
        return [True, form | {"first": True}, *rest]

    return look


def _remembered(asked: Recipe, kept: Kept | None) -> bool:
    """Whether the browser remembers this very set-up; any other is asked for by a link."""
    try:
        return kept is not None and asks_the_same(recipe_from_query(kept.query), asked)
    except FusionError:
        return False


def opened(path: str) -> Trace:
    """The recorded run in this file, which a page can show; raises FusionError where none can."""
    if not path:
        raise RunFileError("app-no-file")
    trace = read_run(Path(path))
    check_shown_run(trace)
    return trace
