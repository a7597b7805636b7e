"""A tab's second half: the same question in other ways, side by side with the last run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from fusionlab.errors import RecipeError
from fusionlab.limits import Limits, limits
from fusionlab.recipe import Recipe
from fusionlab.registry import Comparison, Method, get_method
from fusionlab.text.equal_compute import at_equal_compute, spoken
from fusionlab.trace import Trace
from fusionlab.ui.form import RecipeForm
from fusionlab.ui.live import COMPUTE, LiveRuns, Visitor, traces, visitor_of
from fusionlab.ui.stage import view
from fusionlab.ui.toast import refusals
from fusionlab.views.compared import compared_row, compared_view
from fusionlab.views.influence import truth_of

Ways = Sequence[tuple[str, Recipe]]


def build_comparison(
    slug: str, methods: Sequence[Method], form: RecipeForm, last: gr.State, runs: LiveRuns
) -> None:
    """Buttons for what these methods say is worth comparing, and the table of what was run.

    Where they say nothing, there is none of it.
    """
    offers = [(method, each) for method in methods for each in method.comparisons]
    baselines = list(dict.fromkeys(method.baseline for method in methods if method.baseline))
    if not offers and not baselines:
        return
    gr.HTML(
        "<h3>The same question in other ways</h3>",
        apply_default_css=False,
        padding=False,
        elem_classes="fl-more",
    )
    with gr.Row(elem_classes="fl-after"):
        sides = [_button(each.offer, f"{slug}-under-{each.setting}") for _, each in offers]
        equals = [_button(_for_as_many(name), f"{slug}-equal") for name in baselines]
        stop = gr.Button("Stop", size="sm", elem_id=f"{slug}-compare-stop", scale=0, min_width=80)
    table = view("compared", f"{slug}-compared")
    quiet = {"api_visibility": "private", "show_progress": "hidden", **COMPUTE}
    for side, (method, each) in zip(sides, offers, strict=True):
        side.click(_side_by_side(form, runs, method, each), form.inputs, table, **quiet)
    for equal in equals:
        equal.click(_at_equal(runs), last, table, **quiet)

    def stopped(request: gr.Request) -> None:
        runs.stop(visitor_of(request).session)

    stop.click(stopped, None, None, api_visibility="private", queue=False)


def _button(label: str, elem_id: str) -> gr.Button:
    return gr.Button(label, size="sm", elem_id=elem_id, min_width=150)


def _for_as_many(baseline: str) -> str:
    return f"{spoken(baseline).capitalize()} for as many tokens"


def _side_by_side(
    form: RecipeForm, runs: LiveRuns, method: Method, compared: Comparison
) -> Callable[..., Iterator[dict[str, Any]]]:
    """Runs what the form says under every value of the setting."""

    def under_all(request: gr.Request, *values: Any) -> Iterator[dict[str, Any]]:
        with refusals():
            recipe = form.read(values)
        ways = ways_under(recipe, method, compared)
        yield from _run([], ways, visitor_of(request), runs, truth="")

    return under_all


def _at_equal(runs: LiveRuns) -> Callable[..., Iterator[dict[str, Any]]]:
    """Runs the baseline that the last run's tokens would have paid for."""

    def at_equal(request: gr.Request, trace: Trace | None) -> Iterator[dict[str, Any]]:
        baseline = at_equal_compute(trace) if trace else None
        if trace is None or baseline is None:
            with refusals():
                raise RecipeError("app-nothing-to-compare")
        title = f"{baseline.method}, {baseline.samples} × {baseline.member}"
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

    return at_equal


def ways_under(recipe: Recipe, method: Method, compared: Comparison) -> Ways:
    """The method under each value of the setting; of another's recipe, the settings both have."""
    known = method.settings.model_fields
    settings = {key: value for key, value in recipe.settings.items() if key in known}
    return [
        (
            str(value),
            replace(recipe, method=method.name, settings={**settings, compared.setting: value}),
        )
        for value in compared.values
    ]


def way_of(recipe: Recipe) -> str:
    """What a run is called beside others: its method, and its settings that are often compared."""
    compared = [each.setting for each in get_method(recipe.method).comparisons]
    values = [str(recipe.settings[name]) for name in compared if name in recipe.settings]
    return ", ".join([recipe.method, *values])


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
