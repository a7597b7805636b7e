"""`fusionlab compare`: its table, its JSON, its file, and what it refuses."""

import json
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from fusionlab.cli import main
from fusionlab.cli.compare import tell_comparison
from fusionlab.comparison.compared import Compared, Way
from fusionlab.comparison.recipe import Comparison
from fusionlab.engines.memory import Pool
from fusionlab.errors import RecipeError
from fusionlab.events import RunFailed
from fusionlab.recipe import Recipe
from fusionlab.words import VARIABLE

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module", autouse=True)
def _pool() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, closing(Pool(10**10)) as pool:
        patch.setattr(import_module("fusionlab.run"), "default_pool", lambda: pool)
        yield


@pytest.fixture
def asked(tiny: Path, tiny_twin: Path) -> list[str]:
    members = [f"path:{tiny},name=ann", f"path:{tiny_twin},name=bob"]
    pairs = [part for member in members for part in ("--member", member)]
    return ["compare", *pairs, "--prompt", "the capital of France is", "--max-tokens", "3"]


def test_a_table_and_a_file_that_is_replayed_and_gone_on_with(
    asked: list[str], tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "c.jsonl"
    command = [*asked, "--method", "solo", "ensemble", "judge", "--truth", "x", "--out", str(file)]
    assert main(command) == 0
    table, progress = capsys.readouterr()
    assert "1 of 3: solo · ann" in progress
    assert "does not suit: judge needs at least 3 members, not 2" in table
    assert main(["replay", str(file)]) == 0
    assert capsys.readouterr().out == table
    assert main(command) == 0
    again, progress = capsys.readouterr()
    assert again == table
    assert "3 ways" in progress
    assert "1 of 3" not in progress
    assert main([*command, "--seed", "5"]) == 2
    assert "holds another comparison" in capsys.readouterr().err


def test_json_has_every_way(asked: list[str], capsys: Capture) -> None:
    given = ["--method", "ensemble", "--set", "ensemble.pooling=geometric", "--json"]
    assert main([*asked, *given]) == 0
    data = json.loads(capsys.readouterr().out)
    (way,) = data["ways"]
    assert way["settings"] == [{"name": "pooling", "value": "geometric"}]
    assert data["comparison"]["methods"][0]["settings"] == {"pooling": "geometric"}
    assert way["standing"] == "finished"


def test_a_link_is_told_without_running(asked: list[str], capsys: Capture) -> None:
    assert main([*asked, "--method", "solo", "--share"]) == 0
    link = capsys.readouterr().out
    assert link.startswith("/?tab=compare&prompt=the+capital")
    assert "method=solo" in link


def test_a_file_says_it_and_options_change_it(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "c.toml"
    file.write_text('prompt = "a"\ntruth = 3\n[[members]]\nref = "zoo/adder"\n')
    assert main(["compare", str(file), "--truth", "4", "--method", "solo", "--share"]) == 0
    assert "truth=4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--method", "sol"], "did you mean 'solo'"),
        (["--method", "judge"], "judge needs at least 3 members"),
        (["--method", "solo", "--set", "pooling=x"], "write it as METHOD.key=value"),
        (["--method", "solo", "--set", "ensemble.pooling=x"], "method in this comparison"),
        (["--prompt", " "], "prompt is empty"),
    ],
)
def test_what_cannot_be_run_is_refused(
    asked: list[str], options: list[str], said: str, capsys: Capture
) -> None:
    assert main([*asked, *options]) == 2
    assert said in capsys.readouterr().err


def test_without_members_there_is_nothing_to_compare(capsys: Capture) -> None:
    assert main(["compare", "--prompt", "a"]) == 2
    assert "no members" in capsys.readouterr().err


def test_why_a_way_did_not_run_is_said_in_the_reader_s_language(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    why = RecipeError("members-too-few", method="judge", least=3, count=1)
    way = Way(Recipe("judge", "x"), unsuited=RunFailed.of(why))
    tell_comparison(Compared(Comparison("x"), (way,)), as_json=False)
    assert "不适合：judge 至少需要 3 个成员" in capsys.readouterr().out
