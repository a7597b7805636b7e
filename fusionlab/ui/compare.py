"""A tab's second half: the same question in other ways, side by side with the last run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.errors import FusionError, RecipeError
from fusionlab.limits import Limits, limits
from fusionlab.recipe import Recipe, recipe_from_json, recipe_to_json
from fusionlab.registry import Comparison, Method, get_method
from fusionlab.text.equal_compute import at_equal_compute
from fusionlab.trace import Trace
from fusionlab.ui.formdata import asks_the_same, recipe_from_form
from fusionlab.ui.live import COMPUTE, LiveRuns, Visitor, traces, visitor_of
from fusionlab.ui.stage import QUIET, TOLD_EACH, told, view
from fusionlab.views.compared import compared_row, compared_view
from fusionlab.views.influence import kind_of_answers, truth_of
from fusionlab.views.letters import Letters, letters_of
from fusionlab.views.refused import refused_view

Ways = Sequence[tuple[str, Recipe]]
_runs = count(1)
"""Numbers comparisons, so that a page knows a new one."""
EQUAL = "equal"
"""The way of the baseline at equal compute; the others are named by their setting."""


def build_comparison(
    slug: str,
    methods: Sequence[Method],
    form: gr.HTML,
    asked: gr.State,
    last: gr.State,
    runs: LiveRuns,
) -> None:
    """Buttons for what these methods say is worth comparing, and the table of what was run.

    Where they say nothing, there is none of it.
    """
    sides = {each.setting: (method, each) for method in methods for each in method.comparisons}
    baseline = any(method.baseline for method in methods)
    if not sides and not baseline:
        return
    ways = view("ways", f"{slug}-ways", offers_for(recipe_from_json(asked.value).method))
    table = view("compared", f"{slug}-compared")
    compared = gr.State(None)
    """Whose ways the table shows, as JSON."""

    def run_way(
        request: gr.Request, event: gr.EventData, recipe: dict[str, Any], trace: Trace | None
    ) -> Iterator[list[Any]]:
        way, visitor, run = told(event).get("way"), visitor_of(request), next(_runs)
        if way == EQUAL and baseline:
            mine = recipe_to_json(trace.recipe) if trace else None
            for shown in _at_equal(runs, visitor, trace):
                yield [shown | {"run": run}, mine, gr.skip()]
        elif isinstance(way, str) and way in sides:
            method, side = sides[way]
            under = ways_under(recipe_from_json(recipe), method, side)
            letters = _letters_for(under, trace)
            for shown in _run([], under, visitor, runs, letters):
                yield [shown | {"run": run}, recipe, gr.skip()]
        yield [gr.skip(), gr.skip(), {"running": False, "run": run}]

    def refit(now: Recipe, of: dict[str, Any] | None) -> list[Any]:
        stale = of is not None and not asks_the_same(recipe_from_json(of), now)
        return [offers_for(now.method), {"stale": stale} if of else gr.skip()]

    def shown(recipe: dict[str, Any], of: dict[str, Any] | None) -> list[Any]:
        return refit(recipe_from_json(recipe), of)

    def typed(event: gr.EventData, of: dict[str, Any] | None) -> list[Any]:
        try:
            return refit(recipe_from_form(told(event).get("recipe")), of)
        except FusionError:  # half typed; Run says what is wrong
            return [gr.skip(), gr.skip()]

    def stopped(request: gr.Request) -> None:
        runs.stop(visitor_of(request).session)

    ways.select(run_way, [asked, last], [table, compared, ways], **QUIET, **COMPUTE)
    quick = {"queue": False, "trigger_mode": "always_last", **QUIET}
    form.change(shown, [asked, compared], [ways, table], **quick)
    form.input(typed, compared, [ways, table], **TOLD_EACH)
    ways.stop(stopped, None, None, queue=False, **QUIET)


def offers_for(name: str) -> dict[str, Any]:
    """What is worth comparing a run of this method with, as JSON."""
    method = get_method(name)
    offers = [{"way": each.setting, "name": each.offer} for each in method.comparisons]
    return {"offers": offers + ([{"way": EQUAL, "name": EQUAL}] if method.baseline else [])}


def _at_equal(runs: LiveRuns, visitor: Visitor, trace: Trace | None) -> Iterator[dict[str, Any]]:
    """Runs the baseline that the last run's tokens would have paid for."""
    baseline = at_equal_compute(trace) if trace else None
    if trace is None or baseline is None:
        yield {"refused": refused_view(RecipeError("app-nothing-to-compare"))}
        return
    title = f"{baseline.method}, {baseline.samples} × {baseline.member}"
    letters = letters_of(trace)
    first = compared_row(way_of(trace.recipe), trace, letters=letters)
    ways = [(title, baseline.recipe)]
    truth, offered = truth_of(trace), limits().for_equal()
    yield from _run([first], ways, visitor, runs, letters, truth=truth, offered=offered)


def _letters_for(ways: Ways, last: Trace | None) -> Letters:
    """The letters that the last run's pictures show, if it is one of these ways; new ones else."""
    if last and any(recipe == last.recipe for _, recipe in ways):
        return letters_of(last)
    return Letters(kind_of_answers(Trace(ways[0][1])))


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
    letters: Letters,
    *,
    truth: str = "",
    offered: Limits | None = None,
) -> Iterator[dict[str, Any]]:
    """Pictures of all ways as they run, one after the other, until the visitor stops them."""
    name, used = runs.begin(visitor), 0.0
    for at, (title, recipe) in enumerate(ways):
        waiting = len(ways) - at - 1
        trace = Trace(recipe)
        for trace in traces(recipe, runs, name, offered, used):
            yield compared_view([*rows, compared_row(title, trace, truth, letters)], waiting)
        rows = [*rows, compared_row(title, trace, truth, letters)]
        if trace.status == "stopped":
            break
        used += trace.seconds
        name = runs.begin(visitor)
    runs.end(name)
    yield compared_view(rows)
