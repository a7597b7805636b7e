"""The tab Compare: one prompt and one set of members under many methods, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.assets import asset, has_asset
from fusionlab.comparison.compared import Compared
from fusionlab.comparison.files import comparison_text, parse_comparison, read_comparison
from fusionlab.comparison.recipe import (
    Comparison,
    comparison_from_json,
    comparison_from_query,
    comparison_to_json,
    comparison_to_query,
)
from fusionlab.comparison.ways import suitable, ways_of
from fusionlab.errors import FusionError, RecipeError, RunFileError
from fusionlab.limits import limits
from fusionlab.recipe import Request
from fusionlab.registry import all_methods
from fusionlab.run import environment
from fusionlab.spaces import first_comparison
from fusionlab.trace import replayed
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.formdata import check_shown, comparing_data, unusual
from fusionlab.ui.kept import How, Kept, noted
from fusionlab.ui.ladder_page import build_ladder
from fusionlab.ui.live import COMPUTE, LiveRuns, Visitor, traces, visitor_of
from fusionlab.ui.stage import QUIET, TOLD_EACH, told, view
from fusionlab.validity import MOST_MEMBERS as MOST_IN_A_FILE
from fusionlab.validity import check_together
from fusionlab.views.comparing import MOST_PINNED, comparing_view, pinned_view
from fusionlab.views.refused import reason_view, refused_view
from fusionlab.views.spoken import saying

COMPARE = "compare"
"""The tab's id, its part of an address, and the slot of its downloads."""
FILE = "fusionlab-comparison.jsonl"
KEPT = 3600.0
"""Seconds for which a visitor's last comparison is remembered."""
RECORDED = "comparisons/first.jsonl"
"""What `first_comparison` came to; shown before anything has run."""
_shown = count(1)
"""Numbers what the form is given: one with another number replaces what stands in it."""


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The widgets of the tab."""

    form: gr.HTML
    table: gr.HTML
    pinned: gr.HTML
    download: gr.DownloadButton
    last: gr.State
    """The last comparison that was run or opened, as far as it has come."""
    downloads: Downloads

    @property
    def outputs(self) -> list[Any]:
        """What a comparison gives new values to, once it is over."""
        return [self.form, self.table, self.pinned, self.download, self.last]

    def linked(self, query: str) -> list[Any]:
        """New values for `outputs`: what this address asks for, not yet run.

        Raises what `comparison_from_query` raises. An address without a prompt and members leaves
        the tab as it is.
        """
        comparison = comparison_from_query(query)
        if not (comparison.members or comparison.question):
            return [gr.skip()] * len(self.outputs)
        return self._unrun(comparison, "linked")

    def remembers(self, query: str, kept: Kept | None) -> bool:
        """Whether the browser remembers what this address asks for, or it asks for nothing.

        Raises what `comparison_from_query` raises for the address.
        """
        asked = comparison_from_query(query)
        if kept is None:
            return False
        try:
            nothing = not (asked.members or asked.question)
            return nothing or comparison_from_query(kept.query) == asked
        except FusionError:
            return False

    def again(self, kept: Kept, visitor: str) -> list[Any]:
        """New values for `outputs`: what the visitor saw before the page was loaded again.

        Raises FusionError where what they remember cannot be shown.
        """
        text = self.downloads.kept(kept.name)
        if kept.how == "linked" or text is None:
            lost = "" if kept.how == "linked" else "status-unkept"
            return self._unrun(comparison_from_query(kept.query), kept.how, lost)
        compared = parse_comparison(text)
        check_opened(compared)
        form = says(compared.comparison) | {"goes_on": not compared.over}
        return self._shown(form, compared, visitor, kept.how, kept.name, again=True)

    def recalled(self, compared: Compared, visitor: str) -> list[Any]:
        """New values for `outputs`: a recorded comparison and its set-up.

        Raises RunFileError, UnknownName or SettingError where the tab cannot show it.
        """
        check_opened(compared)
        return self._shown(says(compared.comparison), compared, visitor, "recorded")

    def first_look(self, request: gr.Request, last: Compared | None, seen: Any) -> list[Any]:
        """New values for whether the tab was seen, and the download of what it shows."""
        if seen or last is None:
            return [True, gr.skip()]
        text, visitor = comparison_text(last), str(request.session_hash)
        file = self.downloads.put_text(visitor, COMPARE, FILE, text)
        return [True, gr.DownloadButton(value=file)]

    def ended(self, compared: Compared, visitor: str, kept: str = "") -> list[Any]:
        """New values for `outputs`: the comparison as far as it came, kept by this name."""
        form = {"running": False, "goes_on": not compared.over}
        return self._shown(form, compared, visitor, kept=kept)

    def _unrun(self, comparison: Comparison, how: How, said: str = "") -> list[Any]:
        form = says(comparison) | {"kept": noted(how)}
        table: dict[str, Any] = {"rows": [], "said": saying(said) if said else None}
        return [form, table, {"runs": []}, gr.DownloadButton(value=None), None]

    def _shown(
        self,
        form: dict[str, Any],
        compared: Compared,
        visitor: str,
        how: How = "run",
        kept: str = "",
        *,
        again: bool = False,
    ) -> list[Any]:
        """`form` and the comparison; the visitor can download it and load its page again."""
        text = comparison_text(compared)
        file = self.downloads.put_text(visitor, COMPARE, FILE, text)
        form = form | {"file": True, "kept": noted(how, self.downloads.keep(text, kept))}
        table = comparing_view(compared, recorded=how == "recorded")
        table["reloaded"] = again and how == "run"
        return [form, table, gr.skip(), gr.DownloadButton(value=file), compared]


def check_opened(compared: Compared) -> None:
    """Raises what `recalled` raises: whoever brought the file may have written it by hand."""
    for way, trace in zip(compared.ways, compared.traces, strict=True):
        if len(way.recipe.members) > MOST_IN_A_FILE:
            raise RunFileError("app-file-of-too-many", most=MOST_IN_A_FILE)
        unusual(way.recipe)
        check_together(replayed(trace))


@cache
def recorded_first() -> Compared | None:
    """What came with the app of `first_comparison`; None where nothing did."""
    return read_comparison(asset(RECORDED)) if has_asset(RECORDED) else None


def says(comparison: Comparison) -> dict[str, Any]:
    """The form, saying this comparison."""
    data = comparing_data(all_methods())
    said = {"comparison": comparison_to_json(comparison), "shown": next(_shown)}
    return data | said | about(comparison) | {"goes_on": False, "file": False}


def about(comparison: Comparison) -> dict[str, Any]:
    """Which methods do not suit the members, and why; and the link to all of it."""
    query = f"tab={COMPARE}&{comparison_to_query(comparison)}"
    try:
        limits().check_members(comparison.members)
        found = suitable(comparison.members)
    except FusionError:  # Run says what is wrong
        return {"suits": {}, "query": query}
    reasons = {each.method.name: each.reason for each in found if each.reason}
    return {"suits": {name: reason_view(why) for name, why in reasons.items()}, "query": query}


def build_compare(runs: LiveRuns, downloads: Downloads) -> ComparePage:
    """The tab's layout and its events."""
    first = recorded_first()
    said = says(first_comparison()) | {"file": first is not None}
    with gr.Column(elem_classes="fl-page"):  # its form sticks no longer than that
        form = view("comparer", "compare-form", said)
        with gr.Column(elem_classes="fl-result"):
            drawn = comparing_view(first, recorded=True) if first else {"rows": []}
            table = view("comparing", "compare-table", drawn)
            pinned = view("pinned", "compare-pinned", {"runs": []})
            view("actions", "compare-actions", {"picture": COMPARE, "of": ["comparing", "pinned"]})
            download = gr.DownloadButton(visible="hidden", elem_id="compare-download")
    last = gr.State(first, time_to_live=KEPT)
    page = ComparePage(form, table, pinned, download, last, downloads)
    _wire_run(page, runs)
    _wire_rest(page, runs)
    build_ladder(runs, downloads)
    return page


def comparison_from_form(data: Any) -> Comparison:
    """The comparison that the form sent; raises RecipeError or UnknownName for anything else."""
    comparison = comparison_from_json(data)
    request = Request(comparison.prompt, comparison.sampling, comparison.messages)
    check_shown(request, comparison.members)
    limits().check_members(comparison.members)
    return comparison


def _wire_run(page: ComparePage, runs: LiveRuns) -> None:
    run_name = gr.State("")

    def begin(request: gr.Request, event: gr.EventData, last: Compared | None) -> list[Any]:
        try:
            comparison = comparison_from_form(told(event).get("comparison"))
            if not comparison.methods:
                raise RecipeError("compare-without-methods")
            ways = ways_of(comparison)
        except FusionError as error:
            refused = {"refused": refused_view(error)}
            return ["", refused, *[gr.skip()] * 3]
        goes_on = last is not None and last.comparison == comparison and not last.over
        fresh = Compared(comparison, ways, environment())
        begun = last.again() if last is not None and goes_on else fresh
        name = runs.begin(visitor_of(request))
        table = comparing_view(begun, live=True) | {"fresh": not goes_on}
        form = {"running": True, "kept": noted("run")} | about(comparison)
        return [name, form, table, {"runs": []}, begun]

    def stream(request: gr.Request, name: str, begun: Compared | None) -> Iterator[list[Any]]:
        if name and begun is not None:
            yield from _stream(page, begun, runs, name, visitor_of(request))

    begun = page.form.submit(
        begin,
        page.last,
        [run_name, page.form, page.table, page.pinned, page.last],
        queue=False,
        **QUIET,
    )
    begun.success(stream, [run_name, page.last], page.outputs, **QUIET, **COMPUTE)


def _wire_rest(page: ComparePage, runs: LiveRuns) -> None:
    quiet = {**QUIET, "queue": False}

    def stop_runs(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    def changed(event: gr.EventData) -> Any:
        try:
            return about(comparison_from_form(told(event).get("comparison")))
        except FusionError:  # half typed; Run says what is wrong
            return gr.skip()

    def pin(event: gr.EventData, last: Compared | None) -> Any:
        if last is None:
            return gr.skip()
        said = told(event)
        return pinned_view(last, chosen(said.get("pinned"), last)) | {"wish": said.get("wish")}

    page.form.stop(stop_runs, None, None, **quiet)
    page.form.input(changed, None, page.form, **TOLD_EACH)
    page.table.select(pin, page.last, page.pinned, **TOLD_EACH)


def chosen(given: Any, compared: Compared) -> list[int]:
    """The runs that were pinned, as far as there are such."""
    numbers = given if isinstance(given, list) else []
    there = range(len(compared.ways))
    return [each for each in numbers if type(each) is int and each in there][:MOST_PINNED]


def _stream(
    page: ComparePage, compared: Compared, runs: LiveRuns, name: str, visitor: Visitor
) -> Iterator[list[Any]]:
    """Pictures of all ways as they run, one after the other, until the visitor stops them.

    Each way waits for its turn, so that a long comparison lets others in between; each that is done
    is kept, should the page be loaded again.
    """
    used, left, kept = 0.0, _to_run(compared), ""
    for number in left:
        for trace in traces(compared.ways[number].recipe, runs, name, limits(), used):
            compared.traces[number] = trace
            if trace.status == "running":
                ahead = {"before": runs.before(name), "now": runs.now(name)}
                table = comparing_view(compared, live=True) | ahead
                yield [gr.skip(), table, *[gr.skip()] * 3]
        if compared.traces[number].status == "stopped":
            break
        used += compared.traces[number].seconds
        kept = page.downloads.keep(comparison_text(compared), kept)
        if number != left[-1]:
            name = runs.begin(visitor)
            form = {"kept": noted("run", kept)}
            yield [form, comparing_view(compared, live=True), *[gr.skip()] * 3]
    runs.end(name)
    compared.stop()
    yield page.ended(compared, visitor.session, kept)


def _to_run(compared: Compared) -> Sequence[int]:
    """The ways that are yet to run."""
    return [number for number in range(len(compared.ways)) if number not in compared.done]
