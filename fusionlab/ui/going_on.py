"""Where one can go on with a model that was built: links to other tabs, set up for it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fusionlab.comparison.recipe import Choice, Comparison, comparison_to_query
from fusionlab.recipe import MemberRecipe, Recipe, recipe_to_query
from fusionlab.sources.schemes import parse
from fusionlab.spaces import first_comparison, presets

MOST = 5
"""Members that a link brings."""


def links_for(ref: str, parents: Sequence[str]) -> list[dict[str, Any]]:
    """Links by what they are for: to talk with the model, to compare it with its parents, to let
    it debate with them, to measure it.
    """
    if not ref:
        return []
    prompt, settings = _habits(parents)
    members = _members([ref, *parents])
    solo = Recipe("solo", prompt, members=_members([ref]))
    debate = Recipe("debate", prompt, settings=settings, members=members)
    compared = Comparison(prompt, members=members, methods=(Choice("solo"), Choice("ensemble")))
    measured = [("tab", "measure"), *(("member", each.ref) for each in members)]
    queries = {
        "chat": recipe_to_query(solo),
        "compare": f"tab=compare&{comparison_to_query(compared)}",
        "debate": recipe_to_query(debate),
        "measure": urlencode(measured),
    }
    return [{"name": name, "query": query} for name, query in queries.items()]


def _members(refs: Sequence[str]) -> tuple[MemberRecipe, ...]:
    return tuple(MemberRecipe(ref) for ref in dict.fromkeys(refs))[:MOST]


def _habits(parents: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A prompt that models like these can answer, and how they debate.

    Models of a few letters know only what they were trained on, so that their prompt is that of the
    comparison which came with the app.
    """
    first = first_comparison()
    if {parse(each).scheme for each in parents} & {
        parse(each.ref).scheme for each in first.members
    }:
        debates = next((one for one in first.methods if one.method == "debate"), None)
        return first.prompt, dict(debates.settings) if debates else {}
    return presets()[0].recipe.prompt, {}
