"""A recipe reads back as it was written, in every form, whatever its text holds."""

import json
import tomllib
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.recipe import (
    MemberRecipe,
    Recipe,
    Sampling,
    member_from_text,
    member_to_text,
    named,
    recipe_from_json,
    recipe_from_query,
    recipe_from_toml,
    recipe_to_json,
    recipe_to_query,
    recipe_to_toml,
    setting_from_text,
)
from tests import strategies

PLAIN = Recipe("ensemble", "Hi", (MemberRecipe("smollm2-135m"),))


@given(strategies.recipes)
def test_json_reads_back(recipe: Recipe) -> None:
    text = json.dumps(recipe_to_json(recipe), allow_nan=False)
    assert recipe_from_json(json.loads(text)) == recipe


@given(strategies.recipes)
@example(Recipe("solo", "a\r\nb", settings={"candidates": ["\r", "\n", '"""\n']}))
def test_toml_reads_back(recipe: Recipe) -> None:
    assert recipe_from_toml(recipe_to_toml(recipe)) == recipe


@given(strategies.recipes)
@example(Recipe("solo", sampling=Sampling(temperature=0.123456789, top_p=1 / 3)))
def test_a_link_reads_back(recipe: Recipe) -> None:
    query = recipe_to_query(recipe)
    assert query.isascii()
    assert recipe_from_query("?" + query) == recipe


@given(strategies.members)
@example(MemberRecipe("path:/a,b=c", name='"', weight=0.0, system="Be brief,name nobody"))
@example(MemberRecipe('path:/"a"', system="x,weight=3"))
def test_a_member_reads_back(member: MemberRecipe) -> None:
    assert member_from_text(member_to_text(member)) == member


@given(strategies.keys, strategies.json_values)
def test_a_setting_reads_back(key: str, value: Any) -> None:
    assert setting_from_text(f"{key}={json.dumps(value)}") == (key, value)


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("smollm2-135m", MemberRecipe("smollm2-135m")),
        ("  zoo/adder ", MemberRecipe("zoo/adder")),
        ("a,weight=2.5,name=Ann", MemberRecipe("a", "Ann", 2.5)),
        (
            "a, name=Ann, system=Yes, no, and maybe",
            MemberRecipe("a", "Ann", 1, "Yes, no, and maybe"),
        ),
        ("a,system=x = 1, y=2", MemberRecipe("a", system="x = 1, y=2")),
        (
            'a,system="Be brief,name nobody",name=n',
            MemberRecipe("a", "n", 1, "Be brief,name nobody"),
        ),
        ('"a,b=c",weight=0', MemberRecipe("a,b=c", weight=0)),
        ("a,\n  name=Ann", MemberRecipe("a", "Ann")),
        ("hub:o/n@main,weight=1e3", MemberRecipe("hub:o/n@main", weight=1000)),
    ],
)
def test_a_member_as_people_write_it(text: str, member: MemberRecipe) -> None:
    assert member_from_text(text) == member


def test_a_plain_member_is_written_plainly() -> None:
    member = MemberRecipe("smollm2-135m", "Ann", 2.0, "Be brief, kind, and don't lie.")
    assert (
        member_to_text(member)
        == "smollm2-135m,name=Ann,weight=2.0,system=Be brief, kind, and don't lie."
    )


def test_a_link_leaves_defaults_out() -> None:
    assert recipe_to_query(PLAIN) == "method=ensemble&prompt=Hi&member=smollm2-135m"


def test_toml_keeps_a_long_prompt_readable() -> None:
    written = recipe_to_toml(replace(PLAIN, prompt="one\ntwo"))
    assert '"""\none\ntwo"""' in written
    assert tomllib.loads(written)["prompt"] == "one\ntwo"


def test_lone_surrogates_are_escaped_in_every_form() -> None:
    recipe = Recipe("solo", "\ud800", (MemberRecipe("a", system="\udfff"),), {"k": ["\ud83d"]})
    escaped = Recipe("solo", "\\ud800", (MemberRecipe("a", system="\\udfff"),), {"k": ["\\ud83d"]})
    assert recipe_from_json(json.loads(json.dumps(recipe_to_json(recipe)))) == escaped
    assert recipe_from_toml(recipe_to_toml(recipe).encode().decode()) == escaped
    assert recipe_from_query(recipe_to_query(recipe)) == escaped
    assert member_from_text("a,system=\udfff") == escaped.members[0]


@pytest.mark.parametrize(
    "foreign",
    [
        "__theme=dark",
        "__sign=x",
        "utm_source=mail&utm_term=a",
        "logs=container",
        "fbclid=1",
        "ref=",
        "tab=x",
    ],
)
def test_fields_of_others_leave_a_good_link_as_it_is(foreign: str) -> None:
    query = recipe_to_query(PLAIN)
    assert recipe_from_query(f"{foreign}&{query}") == PLAIN
    assert recipe_from_query(f"?{query}&{foreign}") == PLAIN


@pytest.mark.parametrize(
    "given", ["[" * 100_000, "1" * 5_000, '{"a":' * 600 + "1" + "}" * 600], ids=len
)
def test_a_setting_that_is_json_beyond_bounds_is_taken_as_text(given: str) -> None:
    assert setting_from_text(f"phrase={given}") == ("phrase", given)


@pytest.mark.parametrize(
    ("read", "given", "wrong", "right"),
    [
        (recipe_from_json, {"methd": "solo"}, "methd", "method"),
        (
            recipe_from_json,
            {"method": "m", "sampling": {"temprature": 1}},
            "temprature",
            "temperature",
        ),
        (
            recipe_from_json,
            {"method": "m", "members": [{"ref": "a", "wieght": 1}]},
            "wieght",
            "weight",
        ),
        (recipe_from_toml, 'method = "m"\npromt = "x"', "promt", "prompt"),
        (recipe_from_toml, "method = 'm'\n[sampling]\nmax_token = 1", "max_token", "max_tokens"),
        (recipe_from_query, "method=m&membr=a", "membr", "member"),
        (recipe_from_query, "method=m&top-k=3", "top-k", "top_k"),
        (recipe_from_query, "method=m&member=a,wight=3", "wight", "weight"),
        (member_from_text, "a,sytem=Be brief", "sytem", "system"),
        (recipe_from_json, {"method": "m", "members": [{"reff": "a"}]}, "reff", "ref"),
    ],
)
def test_an_unknown_field_suggests_the_nearest(
    read: Any, given: Any, wrong: str, right: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        read(given)
    assert repr(wrong) in caught.value.message
    assert caught.value.hint == f"did you mean {right!r}?"


@pytest.mark.parametrize(
    ("read", "given", "says"),
    [
        (recipe_from_json, {}, "method: Field required"),
        (recipe_from_json, [], "not '[]'"),
        (recipe_from_json, {"method": "m", "sampling": {"max_tokens": 0}}, "sampling.max_tokens"),
        (recipe_from_json, {"method": "m", "sampling": {"top_p": 0}}, "sampling.top_p"),
        (recipe_from_json, {"method": "m", "sampling": {"seed": -1}}, "sampling.seed"),
        (recipe_from_json, {"method": "m", "sampling": {"seed": 2**63}}, "sampling.seed"),
        (
            recipe_from_json,
            {"method": "m", "sampling": {"temperature": float("nan")}},
            "temperature",
        ),
        (recipe_from_json, {"method": "m", "members": [{"ref": "a"}, {}]}, "members.1.ref"),
        (recipe_from_json, {"method": "m", "members": [{"ref": "a", "weight": "x"}]}, "not 'x'"),
        (recipe_from_toml, "method = ", "the recipe is not TOML"),
        (recipe_from_query, "method=m&set=samples", "'samples' is no setting"),
        (recipe_from_query, "method=m&max_tokens=many", "sampling.max_tokens"),
        (member_from_text, "a,weight=heavy", "weight"),
        (member_from_text, 'a,system="unclosed', "quotes"),
    ],
)
def test_a_broken_recipe_says_which_value(read: Any, given: Any, says: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read(given)
    assert says in str(caught.value)


def test_toml_has_no_null_and_says_so() -> None:
    with pytest.raises(RecipeError, match="TOML"):
        recipe_to_toml(Recipe("m", settings={"k": None}))


@given(st.text())
def test_any_text_is_a_member_or_a_clear_error(text: str) -> None:
    with suppress(FusionError):
        member = member_from_text(text)
        assert member_from_text(member_to_text(member)) == member


@given(st.text())
def test_any_text_is_a_link_or_a_clear_error(text: str) -> None:
    with suppress(FusionError):
        recipe = recipe_from_query(text)
        assert recipe_from_query(recipe_to_query(recipe)) == recipe


@given(st.lists(st.sampled_from(["", "a", "a 2", "a 2 2", "b"])), st.sampled_from(["a", "a 2"]))
def test_named_members_have_different_names(names: list[str], ref: str) -> None:
    members = tuple(MemberRecipe(ref, name) for name in names)
    result = named(members)
    assert len({member.name for member in result}) == len(members)
    assert all(member.name for member in result)
    assert [replace(member, name="") for member in result] == [MemberRecipe(ref)] * len(names)
    assert named(result) == result


def test_a_member_says_everything_once() -> None:
    with pytest.raises(RecipeError, match="has name twice"):
        member_from_text("smollm2-135m,name=a,name=b")
