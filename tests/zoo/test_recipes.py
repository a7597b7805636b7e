"""The recipes that ship can be read, and what is no recipe says why."""

from dataclasses import replace

import pytest

from fusionlab.errors import FusionError, RecipeError
from fusionlab.zoo.recipes import (
    checked,
    fingerprint,
    lineage,
    recipe_names,
    zoo_recipe,
    zoo_recipe_from_toml,
    zoo_recipe_to_toml,
)

GOOD = """
title = "A"
tasks = ["add"]
batch = 4
[shape]
hidden = 32
feed_forward = 64
layers = 2
heads = 2
context = 64
[training]
steps = 3
learning_rate = 0.001
"""


@pytest.mark.parametrize("name", recipe_names())
def test_a_shipped_recipe_survives_toml(name: str) -> None:
    recipe = zoo_recipe(name)
    assert recipe.name == name
    assert zoo_recipe_from_toml(name, zoo_recipe_to_toml(recipe)) == recipe


def test_parents_come_before_their_children_and_share_a_vocabulary() -> None:
    names = recipe_names()
    for name in names:
        if parent := zoo_recipe(name).parent:
            assert names.index(parent) < names.index(name)
            assert zoo_recipe(parent).vocabulary == zoo_recipe(name).vocabulary


def test_specialists_have_one_ancestor_and_no_circle_is_followed() -> None:
    specialists = ("adder", "adder-2", "subtracter", "editor", "comparer", "calendar")
    assert {lineage(zoo_recipe(name)) for name in specialists} == {("base",)}
    assert lineage(zoo_recipe("generalist")) == ()


def test_a_circle_of_parents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    snake = replace(zoo_recipe("adder"), name="snake", parent="snake")
    monkeypatch.setattr("fusionlab.zoo.recipes.zoo_recipe", lambda name: snake)
    with pytest.raises(RecipeError, match="its own ancestor"):
        lineage(snake)


def test_a_second_seed_differs_in_nothing_else() -> None:
    first, second = zoo_recipe("adder"), zoo_recipe("adder-2")
    same = replace(second.training, seed=first.training.seed)
    assert replace(second, name=first.name, title=first.title, training=same) == first
    assert fingerprint(first, None) != fingerprint(second, None)
    assert fingerprint(replace(first, title="Another"), None) == fingerprint(first, None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[shape]", "[shape", "is not TOML"),
        ('tasks = ["add"]', 'tasks = ["ad"]', "unknown task 'ad'.*did you mean 'add'"),
        ('tasks = ["add"]', "tasks = []", "names no task"),
        ("batch = 4", "batch = 0", "batch: it should be greater"),
        ("batch = 4", 'batch = 4\nparent = "base"', "either a shape or a parent"),
        ("heads = 2", "heads = 3", "cannot be shared evenly by 3 heads"),
        ("layers = 2", "layers = 2\ndepth = 1", "shape.depth"),
        ("steps = 3", "steps = -3", "training.steps"),
        ("learning_rate = 0.001", "learning_rate = nan", "training.learning_rate"),
        ('title = "A"', 'title = "A"\nvocabulary = "words"', "vocabulary"),
    ],
)
def test_what_is_no_recipe_says_why(old: str, new: str, says: str) -> None:
    assert checked(zoo_recipe_from_toml("a", GOOD)).title == "A"
    with pytest.raises(FusionError, match=says):
        zoo_recipe_from_toml("a", GOOD.replace(old, new))


MIXTURE = GOOD.replace(
    "context = 64", 'context = 64\narchitecture = "mixtral"\nexperts = 4\nactive = 2'
)


def test_a_mixture_has_experts() -> None:
    shape = zoo_recipe_from_toml("a", MIXTURE).shape
    assert shape is not None
    assert (shape.experts, shape.active) == (4, 2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("experts = 4", "experts = 0", "cannot have 0 experts"),
        ("active = 2", "active = 5", "4 experts, 5 of them active"),
        ("active = 2", "active = 2\nshared = 8", "cannot have 8 shared units"),
        ('"mixtral"', '"llama"', "llama cannot have 4 experts"),
        ('"mixtral"', '"mistral"', "shape.architecture"),
    ],
)
def test_a_shape_that_no_model_has_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        zoo_recipe_from_toml("a", MIXTURE.replace(old, new))


def test_shares_are_of_the_recipe_s_tasks() -> None:
    with pytest.raises(FusionError, match="subtract"):
        zoo_recipe_from_toml("a", GOOD + "[shares]\nsubtract = 2\n")


def test_what_is_at_its_default_is_not_in_the_fingerprint() -> None:
    recipe = zoo_recipe_from_toml("a", GOOD)
    assert fingerprint(replace(recipe, balance=0.0), None) == fingerprint(recipe, None)
    assert fingerprint(replace(recipe, balance=0.1), None) != fingerprint(recipe, None)
    assert fingerprint(replace(recipe, shares={"add": 2.0}), None) != fingerprint(recipe, None)
