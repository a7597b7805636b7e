"""Nothing that comes from outside commands the terminal."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.cli import main
from fusionlab.cli.console import Stream, as_json, inert, say, tell
from fusionlab.events import MemberChosen, Record, RunFinished, TextDelta, Warned
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.runfiles import header_line, record_line
from fusionlab.trace import FUSED, Trace

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\rover\x08\x7f\u202eabc\u2066d\u2069\0"
COMMANDS = re.compile("[^\t\n -~\xa0-\u2029\u202f-\u2065\u206a-\U0010ffff]")
Capture = pytest.CaptureFixture[str]


@given(st.text() | st.text(alphabet=st.sampled_from(EVIL + "a\t\n\\é")))
def test_no_control_character_is_left_and_all_else_is_as_it_was(text: str) -> None:
    shown = inert(text)
    assert not COMMANDS.search(shown)
    if not COMMANDS.search(text):
        assert shown == text


@given(st.recursive(st.text(alphabet=st.sampled_from(EVIL + 'a\t\n\\"é')), st.lists))
def test_json_without_control_characters_says_the_same(data: Any) -> None:
    text = as_json(data)
    assert not COMMANDS.search(text)
    assert json.loads(text) == data


def test_line_breaks_and_tabs_do_what_they_do() -> None:
    assert inert("a\r\nb\n\tc") == "a\nb\n\tc"
    assert inert("a\rb\x1b[0m\u202e") == r"a\rb\x1b[0m\u202e"


def test_what_a_run_says_is_inert(capsys: Capture) -> None:
    show = Stream(Trace(Recipe("solo", members=(MemberRecipe("x", name="a"),))))
    for event in (TextDelta("a", EVIL), Warned(EVIL, EVIL), MemberChosen(EVIL, EVIL, {})):
        show(event)
    say(EVIL)
    tell(EVIL)
    out, err = capsys.readouterr()
    assert not COMMANDS.search(out + err)
    assert r"\x1b]0;owned\x07" in out
    assert r"\u202eabc" in err


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_replayed_run_is_inert(options: tuple[str, ...], tmp_path: Path, capsys: Capture) -> None:
    recipe = Recipe("solo", EVIL, (MemberRecipe("zoo/adder", EVIL),))
    events = (TextDelta(FUSED, EVIL), Warned(EVIL, EVIL), RunFinished(EVIL, "end"))
    text = header_line(recipe, {}) + "".join(record_line(Record(0.0, event)) for event in events)
    (tmp_path / "run.jsonl").write_text(text, encoding="utf-8")
    assert main(["replay", str(tmp_path / "run.jsonl"), *options]) == 0
    out, err = capsys.readouterr()
    assert not COMMANDS.search(out + err)
    assert "owned" in out


def test_a_table_and_an_error_are_inert(tmp_path: Path, capsys: Capture) -> None:
    table = tmp_path / "table.jsonl"
    table.write_text(json.dumps({"question": EVIL, "a": EVIL, "b": EVIL + "b", EVIL: EVIL}))
    assert main(["vote", str(table)]) == 0
    assert main(["vote", str(table), "--question", EVIL + "?"]) == 2
    assert main(["run", "solo", "--prompt", "x", "--member", f"path:{EVIL[:-1]}"]) == 1
    out, err = capsys.readouterr()
    assert not COMMANDS.search(out + err)
