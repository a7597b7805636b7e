"""Where one can go on with a model that was built: links to other tabs, set up for it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fusionlab.comparison.recipe import Choice, Comparison, comparison_to_query
from fusionlab.recipe import MemberRecipe, Recipe, recipe_to_query
from fusionlab.sources.schemes import parse
from fusionlab.spaces import Way, first_comparison, presets, ways_on

MOST = 5
"""Members that a link brings."""


def links_for(ref: str, parents: Sequence[str]) -> list[dict[str, Any]]:
    """Links by what they are for: what spaces.yaml offers, and to measure it with its parents."""
    if not ref:
        return []
    refs = tuple(dict.fromkeys([ref, *parents]))[:MOST]
    prompt, settings = _habits(parents)
    measured = [("tab", "measure"), *(("member", each) for each in refs)]
    queries = {
        **{way.name: _query(way, refs, prompt, settings) for way in ways_on()},
        "measure": urlencode(measured),
    }
    return [{"name": name, "query": query} for name, query in queries.items()]


def _query(
    way: Way, refs: Sequence[str], prompt: str, settings: Mapping[str, Mapping[str, Any]]
) -> str:
    """The set-up of the new model, alone or with its parents, as an address has it."""
    members = tuple(MemberRecipe(each) for each in (refs[:1] if way.alone else refs))
    if way.compared:
        choices = tuple(map(Choice, way.methods))
        return f"tab=compare&{comparison_to_query(Comparison(prompt, members, choices))}"
    (method,) = way.methods
    return recipe_to_query(Recipe(method, prompt, members, dict(settings.get(method, {}))))


def _habits(parents: Sequence[str]) -> tuple[str, Mapping[str, Mapping[str, Any]]]:
    """A prompt that models like these can answer, and how they are set up, by method.

    Models of a few letters know only what they were trained on, so that their prompt is that of the
    comparison which came with the app.
    """
    first = first_comparison()
    schemes = {parse(each.ref).scheme for each in first.members}
    if schemes & {parse(each).scheme for each in parents}:
        return first.prompt, {one.method: one.settings for one in reversed(first.methods)}
    return presets()[0].recipe.prompt, {}
