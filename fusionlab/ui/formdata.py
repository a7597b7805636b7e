"""A recipe as the form in the browser has it: what can be chosen, and what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fusionlab.engines.table import offered
from fusionlab.errors import FusionError, RecipeError, RunFileError, UnknownName
from fusionlab.experts.mixtures import known_mixtures
from fusionlab.limits import Limits, limits
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, Recipe, Request, named, recipe_from_json, recipe_to_json
from fusionlab.registry import Group, Method, all_methods, get_method
from fusionlab.sources.known import known_models
from fusionlab.sources.schemes import parse
from fusionlab.sources.schemes.built import PREFIX, is_rung
from fusionlab.spaces import Preset
from fusionlab.trace import Trace, replayed
from fusionlab.validity import MOST_MEMBERS as MOST_IN_A_FILE
from fusionlab.validity import check_together
from fusionlab.views.settings import when_of
from fusionlab.words import Sentence

MOST_MEMBERS = 6
"""That a page shows; the palette has as many colours."""
MOST_TOKENS = 1024
"""That the form offers for an answer, where no demo's limit is lower; more can be typed."""
LONGEST_TEXT = 1_000_000
"""Characters of a prompt or conversation and all instructions: more than any model here reads."""
_KINDS = {"boolean": "switch", "array": "list", "integer": "integer", "number": "number"}
_GROUPS = {
    "choice": "rule",
    "integer": "rule",
    "number": "rule",
    "list": "basic",
    "switch": "expert",
    "text": "expert",
}
"""Where a setting of each kind stands, unless it is marked with a group of its own."""


def form_data(
    methods: Sequence[Method],
    recipe: Recipe,
    presets: Sequence[Preset],
    *,
    locked: bool = False,
) -> dict[str, Any]:
    """All that the form needs, as JSON: what can be chosen, and the recipe that it says.

    A locked form can be read, but neither changed nor run.
    """
    rules = limits()
    models = [row for row in _models() if rules.offers(row["ref"])]
    names = {method.name for method in methods}
    mine = [preset for preset in presets if preset.recipe.method in names]
    said = recipe_to_json(recipe)
    chosen = next((each for each in mine if asks_the_same(each.recipe, recipe)), None)
    return {
        "family": methods[0].family,
        "methods": [_method(method, models, rules) for method in methods],
        "models": models,
        "presets": [
            {"id": each.id, "title": dict(each.title), "method": each.recipe.method}
            for each in mine
        ],
        "preset": chosen.id if chosen else "",
        "recipe": said,
        "most_tokens": min(rules.max_tokens or MOST_TOKENS, MOST_TOKENS),
        "longest_text": LONGEST_TEXT,
        "locked": locked,
    }


def comparing_data(methods: Sequence[Method]) -> dict[str, Any]:
    """All methods, with the family of each, and all models, as JSON: what can be compared."""
    rules = limits()
    models = [row for row in _models() if rules.offers(row["ref"])]
    return {
        "methods": [
            _method(method, models, rules) | {"family": method.family} for method in methods
        ],
        "models": models,
        "most_members": min(rules.max_members or MOST_MEMBERS, MOST_MEMBERS),
        "most_tokens": min(rules.max_tokens or MOST_TOKENS, MOST_TOKENS),
        "longest_text": LONGEST_TEXT,
    }


def recipe_from_form(data: Any) -> Recipe:
    """The recipe that the form sent; settings at their defaults are left out, as in a link.

    Raises RecipeError or UnknownName for anything else: whoever sends it may have written it by
    hand.
    """
    try:
        recipe = recipe_from_json(data)
    except RecursionError:
        table = Sentence("not-a-table")
        raise RecipeError("recipe-field-wrong", field="recipe", fault=table, value="…") from None
    check_shown(recipe.request, recipe.members)
    return unusual(recipe)


def check_shown(request: Request, members: Sequence[MemberRecipe]) -> None:
    """Raises RecipeError for more members or text than a page shows."""
    if len(members) > MOST_MEMBERS:
        raise RecipeError("app-members", most=MOST_MEMBERS, count=len(members))
    texts = [turn.content for turn in request.conversation]
    texts += [text for member in members for text in (member.name, member.ref, member.system)]
    written = sum(map(len, texts))
    if written > LONGEST_TEXT:
        raise RecipeError("app-text-too-long", most=LONGEST_TEXT, written=written)


def check_shown_run(trace: Trace) -> None:
    """Raises FusionError where a page cannot show this run, which came from a file."""
    if len(trace.recipe.members) > MOST_IN_A_FILE:
        raise RunFileError("app-file-of-too-many", most=MOST_IN_A_FILE)
    unusual(trace.recipe)  # raises for a method or settings that cannot be
    check_together(replayed(trace))


def unusual(recipe: Recipe) -> Recipe:
    """The same recipe, without the settings that are at their default.

    Raises UnknownName or SettingError where the method does not take them.
    """
    method = get_method(recipe.method)
    usual, given = method.check({}), method.check(recipe.settings)
    settings = {name: _plain(given[name]) for name in recipe.settings if given[name] != usual[name]}
    return replace(recipe, settings=settings)


def asks_the_same(one: Recipe, other: Recipe) -> bool:
    """Whether both make the same run: a run's own recipe has names and settings filled in.

    Raises UnknownName or SettingError where a method does not take its settings.
    """
    first, second = (replace(unusual(each), members=named(each.members)) for each in (one, other))
    return first == second


def preset_of(given: Any, presets: Sequence[Preset]) -> Preset:
    """The preset of this id; raises UnknownName with the nearest."""
    found = {preset.id: preset for preset in presets}
    if not isinstance(given, str) or given not in found:
        raise UnknownName("kind-preset", str(given), found)
    return found[given]


def default_ref() -> str:
    """The model that a new member has."""
    return "smollm2-135m"


def language_models() -> list[str]:
    """References of the models that can be members, as far as they are known by name."""
    return [model["ref"] for model in _models()]


def offered_models() -> dict[str, Any]:
    """All models that are offered now, and by method the references of those that suit it."""
    models = [row for row in _models() if limits().offers(row["ref"])]
    return {
        "models": models,
        "suits": {method.name: _suiting(method, models) for method in all_methods()},
    }


def source_models() -> list[dict[str, Any]]:
    """The models whose weights a new one can be made of, those on this machine first."""
    rows = [row for row in _models() if row["level"] == "internals" and limits().offers(row["ref"])]
    return sorted(rows, key=lambda row: not row["here"])


def _models() -> list[dict[str, Any]]:
    return [
        {
            "ref": row["id"],
            "level": row["level"],
            "size": row["bytes"],
            "licence": row["licence"],
            "here": row["cached"],
            "kind": _kind(row["id"]),
            "rung": is_rung(row["id"].removeprefix(PREFIX)),
            "engines": _engines(row["id"]),
        }
        for row in known_models()
        if row["level"] != "embedding"
    ]


def _engines(ref: str) -> dict[str, str]:
    """What can compute the model, and how open each makes it; no more than one is no choice."""
    try:
        found = {engine.name: engine.gives.name.lower() for engine in offered(ref)}
    except FusionError:
        return {}
    return found if len(found) > 1 else {}


def _kind(ref: str) -> str:
    """Where the model comes from; nothing where it was removed since it was listed."""
    try:
        parsed = parse(ref)
    except FusionError:
        return ""
    return "adapter" if parsed.adapter else parsed.scheme


def _method(method: Method, models: Sequence[Mapping[str, Any]], rules: Limits) -> dict[str, Any]:
    most = min(
        each for each in (method.max_members, rules.max_members, MOST_MEMBERS) if each is not None
    )
    properties = method.settings.model_json_schema().get("properties", {})
    usual = method.check({})
    return {
        "name": method.name,
        "summary": method.summary,
        "needs": method.needs.name.lower(),
        "least": method.min_members,
        "most": most,
        "temperature": method.temperature,
        "weighted": method.weighted and most > 1,
        "models": _suiting(method, models),
        "servers": rules.models is None and (method.served or method.needs <= Level.LOGPROBS),
        "settings": [
            _setting(name, schema, _plain(usual[name]), _mark(method, name), rules)
            | {"when": when_of(method.settings, name)}
            for name, schema in properties.items()
        ],
    }


def _suiting(method: Method, models: Sequence[Mapping[str, Any]]) -> list[str]:
    """References of the models that the method can work with."""
    if method.needs == Level.INTERNALS:  # it watches experts at work
        mixtures = known_mixtures()
        return [model["ref"] for model in models if model["ref"] in mixtures]
    return [model["ref"] for model in models if Level[model["level"].upper()] >= method.needs]


def _mark(method: Method, name: str) -> str:
    """The group that the setting is marked with; empty where it is not."""
    marks = method.settings.model_fields[name].metadata
    return next((mark.name for mark in marks if isinstance(mark, Group)), "")


def _setting(
    name: str, schema: Mapping[str, Any], value: Any, mark: str, rules: Limits
) -> dict[str, Any]:
    """One setting, from its JSON schema."""
    kind = "choice" if "enum" in schema else _KINDS.get(schema.get("type", ""), "text")
    most = schema.get("maxItems" if kind == "list" else "maximum")
    allowed = rules.list_items if kind == "list" else rules.settings.get(name)
    return {
        "name": name,
        "kind": kind,
        "group": mark or _GROUPS[kind],
        "label": schema.get("title", name).capitalize(),
        "help": schema.get("description", ""),
        "choices": schema.get("enum", []),
        "least": schema.get("minimum"),
        "most": min((each for each in (most, allowed) if each is not None), default=None),
        "step": 1 if kind == "integer" else 0.05,
        "value": value,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
