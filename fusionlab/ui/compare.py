"""The Debate tab's second half: the same question in other ways, side by side with the last run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

import gradio as gr

from fusionlab.errors import RecipeError
from fusionlab.limits import Limits, limits
from fusionlab.recipe import Recipe
from fusionlab.registry import get_method
from fusionlab.text.equal_compute import at_equal_compute
from fusionlab.text.topology import Topology
from fusionlab.trace import Trace
from fusionlab.ui.form import RecipeForm
from fusionlab.ui.live import COMPUTE, LiveRuns, Visitor, traces, visitor_of
from fusionlab.ui.stage import view
from fusionlab.ui.toast import refusals
from fusionlab.views.compared import compared_row, compared_view
from fusionlab.views.influence import truth_of

Ways = Sequence[tuple[str, Recipe]]


def build_comparison(form: RecipeForm, last: gr.State, runs: LiveRuns) -> None:
    """Two buttons, and the table of what they ran."""
    gr.HTML(
        "<h3>The same question in other ways</h3>",
        apply_default_css=False,
        padding=False,
        elem_classes="fl-more",
    )
    with gr.Row(elem_classes="fl-after"):
        topologies = gr.Button(
            "Under all four topologies", size="sm", elem_id="debate-topologies", min_width=150
        )
        equal = gr.Button(
            "Self-consistency for as many tokens", size="sm", elem_id="debate-equal", min_width=150
        )
        stop = gr.Button("Stop", size="sm", elem_id="debate-compare-stop", scale=0, min_width=80)
    table = view("compared", "debate-compared")

    def under_all(request: gr.Request, *values: Any) -> Iterator[dict[str, Any]]:
        with refusals():
            recipe = form.read(values)
        yield from _run([], four_topologies(recipe), visitor_of(request), runs, truth="")

    def at_equal(request: gr.Request, trace: Trace | None) -> Iterator[dict[str, Any]]:
        baseline = at_equal_compute(trace) if trace else None
        if trace is None or baseline is None:
            with refusals():
                raise RecipeError(
                    "there is no finished exchange to compare with",
                    hint="run one, then try again",
                )
        title = f"self-consistency, {baseline.samples} × {baseline.member}"
        first = compared_row(way_of(trace.recipe), trace)
        ways = [(title, baseline.recipe)]
        yield from _run(
            [first],
            ways,
            visitor_of(request),
            runs,
            truth=truth_of(trace),
            offered=limits().for_equal(),
        )

    def stopped(request: gr.Request) -> None:
        runs.stop(visitor_of(request).session)

    quiet = {"api_visibility": "private", "show_progress": "hidden", **COMPUTE}
    topologies.click(under_all, form.inputs, table, **quiet)
    equal.click(at_equal, last, table, **quiet)
    stop.click(stopped, None, None, api_visibility="private", queue=False)


def four_topologies(recipe: Recipe) -> Ways:
    """The same debate under each topology; of another method's recipe, what a debate also has."""
    known = get_method("debate").settings.model_fields
    settings = {key: value for key, value in recipe.settings.items() if key in known}
    return [
        (topology, replace(recipe, method="debate", settings={**settings, "topology": topology}))
        for topology in get_args(Topology)
    ]


def way_of(recipe: Recipe) -> str:
    """What a run is called beside others."""
    topology = recipe.settings.get("topology")
    return f"{recipe.method}, {topology}" if topology else recipe.method


def _run(
    rows: list[dict[str, Any]],
    ways: Ways,
    visitor: Visitor,
    runs: LiveRuns,
    *,
    truth: str,
    offered: Limits | None = None,
) -> Iterator[dict[str, Any]]:
    """Pictures of all ways as they run, one after the other, until the visitor stops them."""
    name, used = runs.begin(visitor), 0.0
    for at, (title, recipe) in enumerate(ways):
        waiting = len(ways) - at - 1
        trace = Trace(recipe)
        for trace in traces(recipe, runs, name, offered, used):
            yield compared_view([*rows, compared_row(title, trace, truth)], waiting)
        rows = [*rows, compared_row(title, trace, truth)]
        if trace.status == "stopped":
            break
        used += trace.seconds
        name = runs.begin(visitor)
    runs.end(name)
    yield compared_view(rows)
