"""Branches of the run that a tab shows: begun at a candidate, drawn as a tree, saved and opened."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.begun import Begun
from fusionlab.comparison.branching import (
    MOST,
    Branch,
    Tree,
    branch_of,
    parse_tree,
    told_weights,
    tree_text,
)
from fusionlab.errors import FusionError, RecipeError
from fusionlab.limits import limits
from fusionlab.recipe import Recipe, named, recipe_from_json
from fusionlab.run import check
from fusionlab.trace import Trace
from fusionlab.ui.formdata import check_shown_run, unusual
from fusionlab.ui.live import COMPUTE, LiveRuns, visitor_of
from fusionlab.ui.page import Page, streamed_run
from fusionlab.ui.stage import QUIET, told
from fusionlab.views.branches import LOST, branches_view
from fusionlab.views.refused import refused_view

LARGEST = 16 * 2**20
"""Bytes of a tree that is kept for a page that is loaded again; a larger one can be saved."""
_saved = count(1)


def wire_branches(page: Page, runs: LiveRuns) -> None:
    """A candidate begins a branch; a row of the tree shows its run. Some tabs have none of it."""
    if page.branches is None or page.tree is None:
        return
    view, tree = page.branches, page.tree
    name, parent, kept = gr.State(""), gr.State(-1), gr.State("")
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

    def grow(run: str, last: Trace | None, known: Tree | None, of: int, kept: str) -> list[Any]:
        if not run or last is None or known is None:
            return [gr.skip()] * 3
        if last.given is None:  # it broke off before it began
            return [branches_view(known, -1), known, kept]
        grown = known.grown(last, of)
        note = _kept(page, grown, kept)
        return [branches_view(grown, len(grown.branches) - 1, kept=note), grown, note["name"]]

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
    streamed.success(grow, [name, page.last, tree, parent, kept], [view, tree, kept], **quick)
    view.select(chosen, tree, widgets, **quick)


def opened_tree(page: Page, tree: Tree, visitor: str) -> list[Any]:
    """New values for the page's widgets: the first run of a tree that was saved, and the tree."""
    drawn, *rest = _shown(page, tree, 0, visitor)
    at = page.widgets.index(page.branches)
    return [*rest[:at], drawn | {"kept": _kept(page, tree)}, *rest[at:]]


def kept_under(page: Page) -> str:
    """What the browser calls the page's branches, beside what the page itself shows."""
    return f"{page.family}-branches"


def with_tree(page: Page, shown: list[Any], name: str) -> list[Any]:
    """New values for the page's widgets: those given, with the tree that is kept by this name.

    The run that is shown is one of the tree; where it broke off, none of the tree's is seen. Raises
    FusionError where what is kept is no tree that a page can show.
    """
    if page.branches is None or not name:
        return shown
    text = page.downloads.kept(name)
    drawn, tree = LOST, None
    if text is not None:
        tree = parse_tree(text)
        for branch in tree.branches:
            check_shown_run(branch.trace)
        last, asked = (shown[page.widgets.index(each)] for each in (page.last, page.asked))
        number = tree.find(last.recipe) if last else _of_one(tree, recipe_from_json(asked))
        if number is None:  # it is of another run
            return shown
        drawn = branches_view(tree, number, kept={"tab": kept_under(page), "name": name})
    at, held = page.widgets.index(page.branches), page.widgets.index(page.tree)
    return [drawn if i == at else tree if i == held else each for i, each in enumerate(shown)]


def _of_one(tree: Tree, recipe: Recipe) -> int | None:
    """-1, for none of the tree, where the recipe is that of a branch; None where it is another."""

    def asked(each: Recipe) -> Recipe:
        members = tuple(replace(member, weight=1.0) for member in named(each.members))
        return replace(unusual(each), begin=Begun(), members=members)

    return -1 if asked(recipe) == asked(tree.branches[0].trace.recipe) else None


def _kept(page: Page, tree: Tree, name: str = "") -> dict[str, str]:
    """The tree is there when the page is loaded again, as the browser is to note it; by the same
    name as before, where it has one.
    """
    text = tree_text(tree)
    small = len(text.encode()) <= LARGEST
    return {"tab": kept_under(page), "name": page.downloads.keep(text, name) if small else ""}


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
