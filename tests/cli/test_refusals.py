"""What the command line refuses, what fails or is stopped, and with which exit status."""

from collections.abc import Callable
from importlib import import_module
from inspect import GEN_CLOSED, getgeneratorstate
from pathlib import Path
from typing import Any

import pytest

from fusionlab.cli import console, main
from fusionlab.errors import SourceError
from fusionlab.events import TextDelta
from fusionlab.models.sampling import draw
from fusionlab.recipe import Recipe
from fusionlab.run import run
from fusionlab.runfiles import read_run
from tests.cli.saying import Capture, refused


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[", "is not JSON"),
        ("[]", "holds no turns\n  → write each turn as"),
        ('{"role": "user"}', "not a list of turns"),
        ('[{"role": "user", "content": "a", "name": "b"}]', "unknown field of a turn 'name'"),
        ('[{"role": "system", "content": "a"}]', "as their instruction"),
        ('[{"role": "user", "content": " "}]', "the prompt is empty"),
    ],
)
def test_a_broken_conversation_is_status_2(
    content: str, says: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "talk.json"
    path.write_text(content, encoding="utf-8")
    solo = ["run", "solo", "--member", "smollm2-135m", "--messages", str(path)]
    status, err = refused(solo, capsys)
    assert (status, says in err) == (2, True), err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "ensembel"], "unknown method 'ensembel'\n  → did you mean 'ensemble'?"),
        (
            ["run", "solo", "--prompt", "Hi", "--member", "smolm2-135m"],
            "did you mean 'smollm2-135m'?",
        ),
        (["run", "solo", "--member", "smollm2-135m,nam=x"], "did you mean 'name'?"),
        (["run", "solo", "--member", "smollm2-135m"], "the prompt is empty"),
        (["run", "solo", "--prompt", "Hi"], "needs at least one member"),
        (["run", "ensemble", "--set", "n_topp=1"], "did you mean 'n_top'?"),
        (["run", "ensemble", "--set", "n_top"], "write it as key=value"),
        (["run", "ensemble", "--set", "n_top=99"], "setting n_top of ensemble"),
        (["run", "ensemble", "--max-tokens", "0"], "max_tokens"),
        (["run", "ensemble", "--temperature", "nan"], "temperature"),
        (
            ["run", "ensemble", "--prompt", "Hi", "--member", "api:http://127.0.0.1:9/v1#m"],
            "ensemble needs logits",
        ),
        (["run", "solo", "--messages", "nowhere.json"], "there is no file 'nowhere.json'"),
        (["run", "nowhere.toml"], "there is no recipe 'nowhere.toml'"),
        (["replay", "nowhere.jsonl"], "no run file 'nowhere.jsonl'"),
        (["speed", "xyz"], "unknown speed 'xyz'\n  → known: adapters, align, answers, bench,"),
        (["speed", "ensembel"], "did you mean 'ensemble'?"),
    ],
)
def test_what_cannot_be_run_as_it_stands_is_status_2(
    arguments: list[str], says: str, capsys: Capture
) -> None:
    status, err = refused(arguments, capsys)
    assert (status, says in err) == (2, True), err
    assert err.startswith("fusionlab: ")


@pytest.mark.parametrize(
    "arguments",
    [[], ["nosuch"], ["run"], ["run", "solo", "--max-tokens", "many"], ["replay"]],
)
def test_a_command_that_is_none_is_status_2(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: fusionlab" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"method = ", "not TOML"), (b"\xff\xfe", "cannot be read"), (b"methd = 'solo'", "'method'")],
)
def test_a_broken_recipe_file_is_status_2(
    content: bytes, says: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(content)
    status, err = refused(["run", str(path)], capsys)
    assert (status, says in err) == (2, True), err


def test_a_broken_run_file_is_status_2(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("no run\n")
    assert refused(["replay", str(path)], capsys)[0] == 2


def test_an_output_that_cannot_be_written_is_refused(
    ensemble: list[str], tmp_path: Path, capsys: Capture
) -> None:
    status, err = refused([*ensemble, "--out", str(tmp_path)], capsys)
    assert (status, "cannot be written" in err) == (2, True)


def failing(error: BaseException, after: int) -> Callable[..., int]:
    """Draws `after` tokens and then breaks."""
    count = iter(range(1000))

    def broken(*arguments: Any) -> int:
        if next(count) >= after:
            raise error
        return draw(*arguments)

    return broken


def test_a_run_that_fails_is_status_1_and_recorded(
    ensemble: list[str], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = SourceError("shard-missing", file="the disk")
    monkeypatch.setattr("fusionlab.models.decoding.draw", failing(error, 2))
    path = tmp_path / "run.jsonl"
    assert main([*ensemble, "--out", str(path)]) == 1
    assert (
        "fusionlab: the disk is missing\n  → copy or fetch the model again\n"
        in capsys.readouterr().err
    )
    trace = read_run(path)
    assert (trace.status, len(trace.tokens)) == ("failed", 2)


def test_ctrl_c_while_a_model_computes(
    ensemble: list[str], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fusionlab.models.decoding.draw", failing(KeyboardInterrupt(), 3))
    path = tmp_path / "run.jsonl"
    assert main([*ensemble, "--out", str(path)]) == 130
    assert capsys.readouterr().err.endswith("stopped\n")
    assert [file.name for file in tmp_path.iterdir()] == ["run.jsonl"]
    trace = read_run(path)
    assert (trace.status, len(trace.tokens)) == ("stopped", 3)


def test_ctrl_c_while_it_is_shown(
    ensemble: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def interrupted(_: Any, event: Any) -> None:
        seen.append(event)
        if isinstance(event, TextDelta):
            raise KeyboardInterrupt

    monkeypatch.setattr(console.Stream, "__call__", interrupted)
    path = tmp_path / "run.jsonl"
    assert main([*ensemble, "--out", str(path)]) == 130
    trace = read_run(path)
    assert [record.event for record in trace.records] == seen
    assert trace.status == "stopped"


def test_ctrl_c_closes_the_run(ensemble: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def watched(recipe: Recipe) -> Any:
        begun.append(run(recipe))
        return begun[-1]

    def interrupted(_: Any, event: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("fusionlab.run"), "run", watched)
    monkeypatch.setattr(console.Stream, "__call__", interrupted)
    assert main(ensemble) == 130
    assert [getgeneratorstate(records) for records in begun] == [GEN_CLOSED]


def test_a_zoo_model_of_another_name_is_refused(capsys: Capture) -> None:
    assert main(["zoo", "train", "ader"]) == 2
    assert "did you mean 'adder'" in capsys.readouterr().err
