"""A recipe reads back as it was written, in every form, whatever its text holds."""

import json
import re
import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.conversation import MOST_TURNS, Message
from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.recipe import (
    MemberRecipe,
    Recipe,
    Request,
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
TALK = (Message("user", "Hi"), Message("assistant", "Hello: you?"), Message("user", "Who?"))
TURNS: list[dict[str, Any]] = [{"role": turn.role, "content": turn.content} for turn in TALK]


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
        (recipe_from_query, "method=m&messages=user:a", "messages", "message"),
        (recipe_from_json, {"method": "m", "message": []}, "message", "messages"),
        (
            recipe_from_json,
            {"method": "m", "messages": [{"role": "user", "contents": "a"}]},
            "contents",
            "content",
        ),
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
        (recipe_from_json, {}, "method is missing"),
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
        (recipe_from_query, "method=m&set=samples", "'samples' is not a setting"),
        (recipe_from_query, "method=m&max_tokens=many", "sampling.max_tokens"),
        (recipe_from_query, "method=m&message=hi", "write it as user:TEXT"),
        (recipe_from_query, "method=m&message=tool:hi", "has the role 'tool'"),
        (recipe_from_query, "method=m&prompt=a&message=user:b", "both a prompt and messages"),
        (member_from_text, "a,weight=heavy", "weight"),
        (member_from_text, 'a,system="unclosed', "quotes"),
    ],
)
def test_a_broken_recipe_says_which_value(read: Any, given: Any, says: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read(given)
    assert says in str(caught.value)


def test_what_the_docs_show_is_read() -> None:
    page = (Path(__file__).parents[1] / "docs" / "recipes.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (link,) = re.findall(r"`\?(method=.*?)`", page)
    assert recipe_from_query(link) == recipe_from_toml(first)
    assert len(recipe_from_toml(f'method = "solo"\n{second}').messages) == 3


def test_a_plain_prompt_is_written_without_messages() -> None:
    assert list(recipe_to_json(PLAIN)) == ["method", "prompt", "members", "settings", "sampling"]
    assert "message" not in recipe_to_toml(PLAIN)
    assert "message" not in recipe_to_query(PLAIN)


def test_a_conversation_stands_in_place_of_the_prompt_in_every_form() -> None:
    recipe = Recipe("solo", messages=TALK)
    data = recipe_to_json(recipe)
    assert list(data) == ["method", "messages", "members", "settings", "sampling"]
    assert data["messages"] == TURNS
    assert tomllib.loads(recipe_to_toml(recipe))["messages"] == TURNS
    assert "prompt" not in recipe_to_toml(recipe)
    assert recipe_to_query(recipe) == (
        "method=solo&message=user%3AHi&message=assistant%3AHello%3A+you%3F&message=user%3AWho%3F"
    )


def test_a_prompt_is_the_short_form_of_one_turn() -> None:
    assert Request("Who?").conversation == TALK[2:] == Request(messages=TALK[2:]).conversation
    request = Recipe("solo", messages=TALK).request
    assert (request.question, request.earlier) == ("Who?", TALK[:2])
    assert (Request("Who?").question, Request("Who?").earlier) == ("Who?", ())


def test_another_question_leaves_the_earlier_turns_as_they_are() -> None:
    assert PLAIN.asking("Bye") == replace(PLAIN, prompt="Bye")
    asked = Recipe("solo", messages=TALK).asking("Why?")
    assert asked.messages == (*TALK[:2], Message("user", "Why?"))


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        ("Hi", "messages is not a list of turns: 'Hi'"),
        ({"role": "user"}, "is not a list of turns"),
        (["Hi"], "turn 1 of messages is not a turn: 'Hi'"),
        ([{"role": "user"}], "turn 1 of messages has no text"),
        ([{"role": "user", "content": [{"type": "text"}]}], "turn 1 of messages has no text"),
        ([{"role": ["user"], "content": "a"}], "has the role \"['user']\""),
        ([{"content": "a"}], "has the role 'None'"),
        ([{"role": "system", "content": "Be brief."}, *TURNS], "give the members its text"),
        (TURNS[1:], "turn 1 of the conversation is the assistant's"),
        ([*TURNS, TURNS[2]], "turn 4 of the conversation is the user's"),
        (TURNS[:2], "ends with a turn of the assistant"),
        ([TURNS[0], {"role": "assistant", "content": " "}, TURNS[2]], "turn 2"),
        ([*TURNS[:2] * MOST_TURNS, TURNS[2]], "has 2,001 turns; it may have up to 1,000"),
    ],
)
def test_what_is_not_a_conversation_is_refused_in_words(messages: Any, says: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe_from_json({"method": "solo", "messages": messages})
    assert says in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("build", [Request, Recipe])
def test_a_prompt_and_messages_are_one_too_many(build: Any) -> None:
    with pytest.raises(RecipeError, match="leave one of them out"):
        build("solo", messages=TALK) if build is Request else build("solo", "Hi", messages=TALK)
    with pytest.raises(RecipeError, match="the user begins"):
        build("", messages=TALK[1:])


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
