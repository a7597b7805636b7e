"""Links, options, recipes and suites say what is to be run, or are refused with what is wrong."""

import json
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.bench.plan import method_from_text
from fusionlab.bench.suites import draw, get_suite, suite_to_json
from fusionlab.cli.files import messages_in, setting_of
from fusionlab.conversation import Message, check_messages
from fusionlab.limits import Limits
from fusionlab.recipe import (
    MemberRecipe,
    Recipe,
    member_from_text,
    member_to_text,
    recipe_from_query,
    recipe_from_toml,
    recipe_to_json,
    recipe_to_query,
    recipe_to_toml,
)
from fusionlab.run import check
from fusionlab.runfiles import header_line
from tests.fuzz.bounds import fuzzed, refused_at_most
from tests.fuzz.mutations import spoiled

MEMBERS = (MemberRecipe("zoo/adder", "ann", 2.0, "Be brief."), MemberRecipe("smollm2-135m"))
TALK = (Message("user", "2+2?"), Message("assistant", "4"), Message("user", "And 3+3?"))
RECIPES = (
    Recipe("ensemble", "2+2?", MEMBERS, {"pooling": "arithmetic"}),
    Recipe("vote", "2+2?", MEMBERS, {"samples": 2, "rule": "borda", "candidates": ["4", "5"]}),
    Recipe("debate", "2+2?", MEMBERS, {"topology": "relay", "max_rounds": 2}),
    Recipe("solo", "2+2?", MEMBERS[:1]),
    Recipe("debate", members=MEMBERS, messages=TALK),
)
LINKS = [recipe_to_query(recipe) for recipe in RECIPES]
TOML = [recipe_to_toml(recipe) for recipe in RECIPES]
OPTIONS = ("samples=2", 'candidates=["a", "b"]', "mixture=rouge_l=1, cosine=2", "candidates=@x.txt")
MEMBER = ('smollm2-135m,system="Be brief,name nobody"', "zoo/adder,name=a,weight=2", "hub:a/b@c")
METHODS = ("vote,samples=2,rule=borda", "debate,temperature=0.5", "ensemble,pooling=geometric")
DATA = '{"question": "2+2?", "answer": "4"}\n' * 3
SUITES = (
    'title = "T"\ntemplate = "{question}"\nitems = 3\nseed = 1\nmax_tokens = 8\n\n[data]\n'
    'kind = "file"\nsource = "data.jsonl"\nquestion = "question"\nanswer = "answer"\n\n'
    '[answer]\nchecker = "number"\nphrase = "the answer is"\n',
    'title = "T"\nitems = 3\n\n[data]\nkind = "zoo"\ntasks = ["add", "weekday"]\n',
    'title = "T"\n[data]\nkind = "file"\nsource = "."\ntasks = ["data"]\n[answer]\n'
    'checker = "truth"\n',
)
LIMITS = Limits(max_tokens=64, max_members=4, text_bytes=4_000, settings={"samples": 4})


def ran(recipe: Recipe) -> None:
    """All that is done with a recipe before anything is loaded."""
    LIMITS.check(recipe)
    checked = check(recipe)
    header_line(checked, {}).encode()
    assert recipe_from_query(recipe_to_query(recipe)) == recipe
    assert recipe_to_json(recipe_from_toml(recipe_to_toml(recipe))) == recipe_to_json(recipe)


@fuzzed(300)
@given(spoiled(*LINKS) | st.text(max_size=40))
@example(f"method=vote&set={quote('candidates=' + '[' * 100_000)}")
@example("method=vote&member=zoo/adder&seed=" + "9" * 5_000)
@example("method=vote" + "&member=zoo/adder" * 20_000)
def test_a_link_is_a_set_up_or_refused(link: str) -> None:
    with refused_at_most():
        ran(recipe_from_query(link))


@fuzzed(300)
@given(spoiled(*TOML))
@example("method = " + "[" * 100_000)
@example("a." * 50_000 + "a = 1")
@example("method = 'solo'\nprompt = 0x" + "f" * 100_000)
def test_a_recipe_is_run_or_refused(text: str) -> None:
    with refused_at_most():
        ran(recipe_from_toml(text))


@fuzzed(200)
@given(spoiled(json.dumps([asdict(turn) for turn in TALK])))
@example("[" * 100_000)
@example('[{"role": "user", "content": "a"}' + ", {}" * 100_000 + "]")
def test_a_conversation_in_a_file_is_asked_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "turns.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with refused_at_most():
        messages = messages_in(str(file))
        check_messages(messages)
        ran(Recipe("solo", members=MEMBERS[:1], messages=messages))


@fuzzed(300)
@given(spoiled(*OPTIONS), spoiled(*MEMBER), spoiled(*METHODS))
@example("samples=" + "9" * 5_000, "a", "vote")
@example("samples=" + "[" * 100_000, "a", "vote")
def test_options_say_what_to_run_or_are_refused(option: str, member: str, method: str) -> None:
    with refused_at_most():
        one = member_from_text(member)
        assert repr(member_from_text(member_to_text(one))) == repr(one)  # nan is not itself
        ran(Recipe("solo", "2+2?", (one,)))
    with refused_at_most():
        ran(Recipe("vote", "2+2?", MEMBERS, dict([setting_of(option)])))
    with refused_at_most():
        asked = method_from_text(method)
        ran(Recipe(asked.method, "2+2?", MEMBERS, asked.given))


@fuzzed(150)
@given(spoiled(*SUITES))
@example(SUITES[0].replace("items = 3", "items = 1" + "0" * 18))
@example(SUITES[0].replace("data.jsonl", "a" * 300))
@example(SUITES[0].replace("data.jsonl", "~nobody/x"))
@example(SUITES[2].replace("data", "(a+)+" * 50))
def test_a_suite_is_drawn_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = _folder(tmp_path_factory)
    file = folder / "suite.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with refused_at_most():
        suite = get_suite(str(file))
        suite_to_json(suite)
        if suite.items <= 1_000 or suite.data.kind == "file":
            items = draw(suite, skip_broken=True).items
            assert len({item.id for item in items}) == len(items)


def _folder(factory: pytest.TempPathFactory) -> Path:
    folder = factory.getbasetemp() / "fuzz-suites"
    if not folder.exists():
        folder.mkdir()
        (folder / "data.jsonl").write_text(DATA)
    return folder
