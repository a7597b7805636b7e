"""The form in the browser gets all that a recipe can say, and what it sends back is checked."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, named, recipe_to_json
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.spaces import Preset, presets
from fusionlab.ui.formdata import (
    MOST_MEMBERS,
    asks_the_same,
    default_ref,
    form_data,
    preset_of,
    recipe_from_form,
    unusual,
)

each_method = pytest.mark.parametrize("method", all_methods(), ids=lambda method: method.name)
each_preset = pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
PLAIN = recipe_to_json(Recipe("debate", "Why?", members=(MemberRecipe(default_ref()),) * 2))


def sent(recipe: Recipe) -> Any:
    """What the form sends that was given this recipe and never touched."""
    return json.loads(json.dumps(form_data(all_methods(), recipe, presets())["recipe"]))


def complete(method: Method) -> dict[str, Any]:
    """All settings as the form has them, at their defaults."""
    (data,) = form_data([method], Recipe(method.name), ())["methods"]
    return {setting["name"]: setting["value"] for setting in data["settings"]}


@each_preset
def test_a_preset_comes_back_from_the_form(preset: Preset) -> None:
    assert recipe_from_form(sent(preset.recipe)) == unusual(preset.recipe)


@each_method
def test_settings_at_their_defaults_are_left_out(method: Method) -> None:
    recipe = Recipe(method.name, "Why?", members=(MemberRecipe(default_ref(), "a", 2.5, "b"),))
    full = {**sent(recipe), "settings": complete(method)}
    assert recipe_from_form(full) == recipe


@each_method
def test_a_run_asks_the_same_as_the_form_that_began_it(method: Method) -> None:
    asked = Recipe(method.name, "Why?", members=(MemberRecipe(default_ref()),) * 2)
    filled = replace(asked, members=named(asked.members), settings=complete(method))
    assert asks_the_same(filled, asked)
    assert not asks_the_same(filled, replace(asked, prompt="How?"))
    assert not asks_the_same(filled, replace(asked, members=asked.members[1:]))


@each_method
def test_every_setting_that_differs_comes_back(method: Method) -> None:
    recipe = Recipe(method.name, "Why?", sampling=Sampling(9, 0.3, 4, 0.5, 6))
    (data,) = form_data([method], recipe, ())["methods"]
    for setting in data["settings"]:
        match setting:
            case {"kind": "choice", "choices": [_, *_, other]}:
                value: Any = other
            case {"kind": "switch"}:
                value = not setting["value"]
            case {"kind": "list"}:
                value = ["one", "two\nlines"]
            case {"kind": "integer" | "number"}:
                value = setting["least"]
            case _:
                value = "rouge_l=1" if setting["value"] else "text"
        if value != setting["value"]:
            given = replace(recipe, settings={setting["name"]: value})
            assert recipe_from_form(sent(given)) == given


def test_a_conversation_comes_back() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    said = {**PLAIN, "messages": [*turns, {"role": "user", "content": "c"}]}
    del said["prompt"]
    recipe = recipe_from_form(said)
    assert [turn.content for turn in recipe.request.earlier] == ["a", "b"]
    assert recipe_from_form(sent(recipe)) == recipe


@each_method
def test_the_form_is_json_and_offers_models_that_suit(method: Method) -> None:
    data = form_data([method], Recipe(method.name), presets())
    (row,) = json.loads(json.dumps(data, allow_nan=False))["methods"]
    refs = {model["ref"] for model in data["models"]}
    assert row["models"]
    assert set(row["models"]) <= refs
    assert default_ref() in refs
    assert (default_ref() in row["models"]) == (method.needs != Level.INTERNALS)
    assert row["least"] <= row["most"] <= MOST_MEMBERS
    assert all(setting["group"] in ("basic", "rule", "expert") for setting in row["settings"])
    assert {preset["method"] for preset in data["presets"]} == {method.name}


def test_a_model_says_what_can_compute_it_where_that_is_a_choice() -> None:
    rows = form_data(all_methods(), Recipe("ensemble"), presets())["models"]
    models = {row["ref"]: row["engines"] for row in rows}
    given = {"llamacpp": "logprobs", "transformers": "internals", "onnx": "logits"}
    assert models[default_ref()] == given
    assert models["zoo/adder"] == {}  # its heads are too narrow for onnxruntime
    assert all(not engines for ref, engines in models.items() if "+" in ref)


def test_the_engine_of_a_member_comes_back() -> None:
    members = (MemberRecipe("smollm2-135m", "a", engine="onnx"), MemberRecipe("zoo/adder", "b"))
    recipe = Recipe("ensemble", "one two", members=members)
    assert recipe_from_form(sent(recipe)).members == members


def test_weights_are_offered_where_they_count() -> None:
    data = form_data(all_methods(), Recipe("debate"), ())
    weighted = {row["name"] for row in data["methods"] if row["weighted"]}
    assert weighted == {method.name for method in all_methods() if method.weighted}


def test_the_form_knows_where_a_setting_counts() -> None:
    method = get_method("ensemble")
    data = form_data([method], Recipe("ensemble", "", (MemberRecipe("zoo/adder"),)), [])
    settings = {each["name"]: each["when"] for each in data["methods"][0]["settings"]}
    assert settings["threshold"] == [{"setting": "act", "values": ["unsure", "disputed"]}]
    assert settings["pooling"] == []
    for when in settings.values():
        for each in when:
            (named,) = [
                of for of in data["methods"][0]["settings"] if of["name"] == each["setting"]
            ]
            assert set(each["values"]) < set(named["choices"])


@each_preset
def test_a_preset_is_found_by_its_id(preset: Preset) -> None:
    assert preset_of(preset.id, presets()) == preset
    assert form_data(all_methods(), preset.recipe, presets())["preset"] == preset.id


@pytest.mark.parametrize("given", ["no such preset", "", None, 7, ["a"], {"id": "a"}])
def test_another_preset_is_refused(given: Any) -> None:
    with pytest.raises(UnknownName):
        preset_of(given, presets())


def deep() -> Any:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    return nested


HOSTILE: dict[str, Any] = {
    "nothing": None,
    "a list": [],
    "a text": "debate",
    "a number": 7,
    "an empty table": {},
    "a method of another type": {**PLAIN, "method": ["debate"]},
    "members of another type": {**PLAIN, "members": "all"},
    "a member of another type": {**PLAIN, "members": [["ref"]]},
    "a weight that is a text": {**PLAIN, "members": [{"ref": "a", "weight": "heavy"}]},
    "too many members": {**PLAIN, "members": [{"ref": "a"}] * (MOST_MEMBERS + 1)},
    "settings of another type": {**PLAIN, "settings": [1]},
    "a setting out of bounds": {**PLAIN, "settings": {"max_rounds": 1e9}},
    "a setting of another type": {**PLAIN, "settings": {"max_rounds": {"a": 1}}},
    "a choice that is none": {**PLAIN, "settings": {"topology": "star"}},
    "sampling out of bounds": {**PLAIN, "sampling": {"max_tokens": 0}},
    "prompt and messages": {**PLAIN, "messages": [{"role": "user", "content": "a"}]},
    "a turn of the system": {"method": "debate", "messages": [{"role": "system", "content": "a"}]},
    "a deep nest": deep(),
    "a deep nest within": {**PLAIN, "settings": {"truth": deep()}},
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_anything_else_is_refused(data: Any) -> None:
    with pytest.raises(RecipeError):
        recipe_from_form(data)


@pytest.mark.parametrize(
    "data",
    [
        {**PLAIN, "method": "magic"},
        {**PLAIN, "more": 1},
        {**PLAIN, "settings": {"magic": 1}},
        {**PLAIN, "members": [{"ref": "a", "__proto__": 1}]},
    ],
)
def test_unknown_names_are_refused(data: Any) -> None:
    with pytest.raises(UnknownName):
        recipe_from_form(data)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from([*PLAIN, "messages"]), values)
def test_whatever_is_sent_is_a_recipe_or_is_refused(field: str, value: Any) -> None:
    try:
        recipe = recipe_from_form({**PLAIN, field: value})
    except FusionError:
        return
    assert isinstance(recipe, Recipe)
