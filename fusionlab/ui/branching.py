"""Branches of the run that a tab shows: begun at a candidate, drawn as a tree, saved and opened."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.comparison.branching import (
    MOST,
    Branch,
    Tree,
    branch_of,
    told_weights,
    tree_text,
)
from fusionlab.errors import FusionError, RecipeError
from fusionlab.limits import limits
from fusionlab.recipe import recipe_from_json
from fusionlab.run import check
from fusionlab.trace import Trace
from fusionlab.ui.live import COMPUTE, LiveRuns, visitor_of
from fusionlab.ui.page import Page, streamed_run
from fusionlab.ui.stage import QUIET, told
from fusionlab.views.branches import branches_view
from fusionlab.views.refused import refused_view

_saved = count(1)


def wire_branches(page: Page, runs: LiveRuns) -> None:
    """A candidate begins a branch; a row of the tree shows its run. Some tabs have none of it."""
    if page.branches is None or page.tree is None:
        return
    view, tree = page.branches, page.tree
    name, parent = gr.State(""), gr.State(-1)
    quick: dict[str, Any] = {**QUIET, "queue": False}

    def begin(
        request: gr.Request, event: gr.EventData, last: Trace | None, known: Tree | None
    ) -> list[Any]:
        try:
            return _begin(page, runs, request, told(event), last, known)
        except FusionError as error:
            refused = {"refused": refused_view(error)}
            return ["", -1, refused, *[gr.skip()] * (len(page.widgets) - 1)]

    def stream(
        request: gr.Request, run: str, said: dict[str, Any], known: Tree | None, of: int
    ) -> Iterator[list[Any]]:
        if run and known:
            visitor, before = str(request.session_hash), known.branches[of].trace
            recipe = recipe_from_json(said)
            yield from streamed_run(page, recipe, runs, run, visitor, before)

    def grow(run: str, last: Trace | None, known: Tree | None, of: int) -> list[Any]:
        if not run or last is None or known is None:
            return [gr.skip(), gr.skip()]
        if last.given is None:  # it broke off before it began
            return [branches_view(known, -1), known]
        grown = known.grown(last, of)
        return [branches_view(grown, len(grown.branches) - 1), grown]

    def chosen(request: gr.Request, event: gr.EventData, known: Tree | None) -> list[Any]:
        wish, number = told(event).get("wish"), told(event).get("run")
        if known is None:
            return [gr.skip()] * len(page.widgets)
        if wish == "save":
            saved = {"number": next(_saved), "name": "fusionlab-branches.jsonl"}
            drawn = {"saved": {**saved, "text": tree_text(known)}}
            return [drawn, *[gr.skip()] * (len(page.widgets) - 1)]
        if isinstance(number, int) and 0 <= number < len(known.branches):
            return _shown(page, known, number, str(request.session_hash))
        return [gr.skip()] * len(page.widgets)

    widgets = [view, *(each for each in page.widgets if each is not view)]
    begun = view.submit(begin, [page.last, tree], [name, parent, *widgets], **quick)
    streamed = begun.success(
        stream, [name, page.asked, tree, parent], [page.form, *page.outputs], **QUIET, **COMPUTE
    )
    streamed.success(grow, [name, page.last, tree, parent], [view, tree], **quick)
    view.select(chosen, tree, widgets, **quick)


def opened_tree(page: Page, tree: Tree, visitor: str) -> list[Any]:
    """New values for the page's widgets: the first run of a tree that was saved, and the tree."""
    drawn, *rest = _shown(page, tree, 0, visitor)
    at = page.widgets.index(page.branches)
    return [*rest[:at], drawn, *rest[at:]]


def _begin(
    page: Page,
    runs: LiveRuns,
    request: gr.Request,
    asked: dict[str, Any],
    last: Trace | None,
    known: Tree | None,
) -> list[Any]:
    """The branch begins, or is shown where it has been run before."""
    step, token = asked.get("step"), asked.get("id")
    if last is None or not isinstance(step, int) or not isinstance(token, int):
        raise RecipeError("branch-no-step", step=1)
    recipe = check(branch_of(last, step, token, told_weights(asked.get("weights"))))
    limits().check(recipe)
    of = known.find(last.recipe) if known else None
    tree = known if known and of is not None else Tree((Branch(last),))
    of = of or 0
    if (at := tree.find(recipe)) is not None:
        return ["", -1, *_shown(page, tree, at, str(request.session_hash))]
    if len(tree.branches) >= MOST:
        raise RecipeError("branches-too-many", most=MOST)
    name = runs.begin(visitor_of(request))
    running = {"at": step, "token": _token(last, step, token)}
    form, said, *_ = page.says(recipe)
    shown = [form | {"running": True}, said, tree, *page.begun(recipe, name)]
    return [name, of, branches_view(tree, -1, running), *shown]


def _shown(page: Page, tree: Tree, number: int, visitor: str) -> list[Any]:
    """The tree, and this run of it in the page's other widgets."""
    trace = tree.branches[number].trace
    form, said, *_ = page.says(trace.recipe)
    shown = page.show(trace, visitor=visitor)
    return [branches_view(tree, number), form, said, tree, *shown]


def _token(trace: Trace, step: int, token: int) -> str:
    """The candidate as it is shown."""
    chosen = next(each for each in trace.tokens if each.step == step)
    tops = [chosen.fused, *(own.top for own in chosen.members.values())]
    offered = (each.token for top in tops for each in top if each.id == token)
    return next(offered, chosen.token)
