"""Runs from the command line: what is printed, recorded and replayed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from fusionlab.cli import console, main
from fusionlab.conversation import Message
from fusionlab.errors import SourceError
from fusionlab.events import Progress, RunFinished, TextDelta, Warned
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_to_toml
from fusionlab.run import check, run
from fusionlab.runfiles import header_line, read_run
from fusionlab.trace import FUSED, Trace, fold
from tests.cli.saying import PROMPT, Capture, printed

TALK = (Message("user", "one"), Message("assistant", "two"), Message("user", "three"))


def test_a_run_for_a_person(ensemble: list[str], recipe: Recipe, capsys: Capture) -> None:
    assert main(ensemble) == 0
    trace = fold(check(recipe), run(recipe))
    out, err = capsys.readouterr()
    said, cost = out.rstrip("\n").rsplit("\n", 1)
    assert said == trace.texts[FUSED, 0]
    assert cost.startswith("[ensemble, 2 members: ")
    assert f"{2 * len(trace.tokens)} out, {2 * len(trace.tokens)} forward passes" in cost
    assert "Traceback" not in err


def test_a_run_as_json(ensemble: list[str], recipe: Recipe, capsys: Capture) -> None:
    assert main([*ensemble, "--json"]) == 0
    data = printed(capsys)
    trace = fold(check(recipe), run(recipe))
    assert (data["method"], data["status"]) == ("ensemble", "finished")
    assert data["answer"] == trace.answer
    assert [(m["name"], m["weight"], m["system"]) for m in data["members"]] == [
        ("ann", 2.0, "one, two"),
        ("bob", 1.0, ""),
    ]
    assert data["settings"] == {
        "pooling": "arithmetic",
        "alignment": "auto",
        "search_rate": 0.15,
        "act": "always",
        "threshold": 0.5,
        "support_top_k": 10,
        "weighting": "fixed",
        "tau": 1.0,
        "n_top": 8,
    }
    assert data["sampling"]["max_tokens"] == 6
    assert [token["id"] for token in data["tokens"]] == [token.id for token in trace.tokens]
    assert data["cost"]["tokens_out"] == 2 * len(trace.tokens)
    assert list(data["cost"]["members"]) == ["ann", "bob"]
    assert data["cost"]["members"]["ann"]["engine"] == "transformers"


@pytest.mark.parametrize("method", ["solo", "vote"])
def test_the_other_methods_run_too(
    method: str, tiny: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_embedder() -> Iterator[Progress]:
        yield Progress("looking for it")
        raise SourceError("zoo-untrained", name="embedder")

    monkeypatch.setattr("fusionlab.methods.vote.embedder", no_embedder)
    arguments = ["run", method, "--member", f"path:{tiny}", "--prompt", PROMPT]
    assert main([*arguments, "--max-tokens", "3", "--seed", "5", "--json"]) == 0
    data = printed(capsys)
    assert data["answer"]
    assert data["sampling"]["seed"] == 5
    assert data["sampling"]["temperature"] == (0.7 if method == "vote" else 0)
    assert ("vote" in data) == (method == "vote")


def test_settings_are_read_from_the_command(ensemble: list[str], capsys: Capture) -> None:
    options = ["--set", "pooling=geometric", "--set", "n_top=3", "--json"]
    sampling = ["--temperature", "0.5", "--top-k", "4", "--top-p", "0.9", "--seed", "3"]
    assert main([*ensemble, *options, *sampling]) == 0
    data = printed(capsys)
    assert (data["settings"]["pooling"], data["settings"]["n_top"]) == ("geometric", 3)
    assert len(data["tokens"][0]["fused"]) == 3
    assert data["sampling"] == {
        "max_tokens": 6,
        "temperature": 0.5,
        "top_k": 4,
        "top_p": 0.9,
        "seed": 3,
    }


def test_a_recorded_run_replays_the_same(
    ensemble: list[str], tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "new" / "run.jsonl"
    assert main([*ensemble, "--temperature", "1", "--json", "--out", str(out)]) == 0
    live = printed(capsys)
    assert [file.name for file in out.parent.iterdir()] == ["run.jsonl"]
    assert main(["replay", str(out), "--json"]) == 0
    assert printed(capsys) == live
    assert main(["replay", str(out)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(live["answer"] + "\n[ensemble, 2 members")


def test_every_token_of_a_recorded_run_has_its_line(
    ensemble: list[str], tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "run.jsonl"
    assert main([*ensemble, "--json", "--out", str(out)]) == 0
    tokens = printed(capsys)["tokens"]
    assert main(["replay", str(out), "--tokens"]) == 0
    head, *lines = capsys.readouterr().out.split("\n")[1:-2]
    assert head.split()[:4] == ["step", "token", "p", "entropy"]
    assert len(lines) == len(tokens)
    for at, (line, token) in enumerate(zip(lines, tokens, strict=True), start=1):
        cells = line.split("  ")
        own = list(token["members"].values())
        assert cells[0].strip() == str(at)
        assert [float(cell) for cell in line.split()[-len(own) :]] == pytest.approx(
            [each["share"] for each in own], abs=1e-3
        )
        for each in own:
            if each["pivotal"]:
                assert "(" in line
        if not any(each["pivotal"] for each in own):
            assert "nobody" in line


def test_replay_needs_no_model(recipe: Recipe, tmp_path: Path, capsys: Capture) -> None:
    gone = Recipe("ensemble", "Hi", (MemberRecipe("path:/gone", "ann"),))
    path = tmp_path / "run.jsonl"
    path.write_text(header_line(gone, {}) + '[0.5, {"kind": "run_finished", "answer": "é"}]\n')
    assert main(["replay", str(path), "--json"]) == 0
    data = printed(capsys)
    assert (data["answer"], data["status"], data["cost"]["seconds"]) == ("é", "finished", 0.5)


@pytest.mark.parametrize(
    ("end", "status", "says"),
    [
        ("", "stopped", "this run was stopped"),
        ('[1, {"kind": "run_failed", "message": "broke"}]\n', "failed", "this run failed"),
    ],
)
def test_an_unfinished_run_replays_and_says_so(
    end: str, status: str, says: str, recipe: Recipe, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "run.jsonl"
    middle = '[0, {"kind": "text_delta", "author": "fusion", "text": "so f"}]\n'
    warning = '[0, {"kind": "warned", "message": "odd"}]\n'
    path.write_text(header_line(recipe, {}) + middle + warning + end)
    assert main(["replay", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("so f\n")
    assert says in err
    assert "warning: odd" in err
    assert main(["replay", str(path), "--json"]) == 0
    data = printed(capsys)
    assert (data["answer"], data["status"]) == ("so f", status)
    assert data["warnings"] == [{"message": "odd", "hint": ""}]
    assert ("error" in data) == (status == "failed")


def test_a_recipe_in_a_file_is_the_same_run(
    ensemble: list[str], recipe: Recipe, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(recipe_to_toml(recipe), encoding="utf-8")
    assert main(["run", str(path), "--json"]) == 0
    from_file = printed(capsys)
    assert main([*ensemble, "--json"]) == 0
    from_arguments = printed(capsys)
    assert from_file["tokens"] == from_arguments["tokens"]
    assert from_file["members"] == from_arguments["members"]


def test_a_conversation_is_read_from_a_file_or_standard_input(
    ensemble: list[str], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps([{"role": turn.role, "content": turn.content} for turn in TALK])
    (tmp_path / "talk.json").write_text(text, encoding="utf-8")
    out = tmp_path / "run.jsonl"
    at = ensemble.index("--prompt")
    given = [*ensemble[:at], *ensemble[at + 2 :], "--json", "--messages"]
    assert main([*given, str(tmp_path / "talk.json"), "--out", str(out)]) == 0
    from_file = printed(capsys)
    assert read_run(out).recipe.messages == TALK
    monkeypatch.setattr("sys.stdin", StringIO(text))
    assert main([*given, "-"]) == 0
    assert printed(capsys)["answer"] == from_file["answer"]


def test_a_recipe_with_a_conversation_runs_as_it_is_or_with_another_prompt(
    recipe: Recipe, tmp_path: Path, capsys: Capture
) -> None:
    path, out = tmp_path / "recipe.toml", str(tmp_path / "run.jsonl")
    path.write_text(recipe_to_toml(replace(recipe, prompt="", messages=TALK)), encoding="utf-8")
    assert main(["run", str(path), "--out", out]) == 0
    assert read_run(Path(out)).recipe.messages == TALK
    assert main(["run", str(path), "--prompt", PROMPT, "--out", out]) == 0
    asked = read_run(Path(out)).recipe
    assert (asked.prompt, asked.messages) == (PROMPT, ())
    capsys.readouterr()


def test_warnings_and_progress_go_to_standard_error(capsys: Capture) -> None:
    show = console.Stream(Trace(Recipe("ensemble")))
    show(Warned("odd", "do it otherwise"))
    show(Progress("loading", 5e6, 1e7, "bytes"))
    show(Progress("loading", 6e6, 1e7, "bytes"))  # less than a second later
    show(TextDelta("ann", "not the answer"))
    show(RunFinished("the answer"))
    out, err = capsys.readouterr()
    assert out == "the answer\n"
    assert err == "warning: odd (do it otherwise)\n  loading: 5 of 10 MB\n"


def test_an_answer_that_was_streamed_is_not_said_twice(capsys: Capture) -> None:
    show = console.Stream(Trace(Recipe("solo", members=(MemberRecipe("x", name="ann"),))))
    for event in (TextDelta("ann", "yes"), TextDelta("ann", "!"), RunFinished("yes!")):
        show(event)
    assert capsys.readouterr().out == "yes!\n"


def test_options_change_what_a_recipe_says(tmp_path: Path, tiny: Path, capsys: Capture) -> None:
    path = tmp_path / "recipe.toml"
    recipe = Recipe(
        "ensemble", "one two", (MemberRecipe(f"path:{tiny}"),), sampling=Sampling(max_tokens=9)
    )
    path.write_text(recipe_to_toml(recipe), encoding="utf-8")
    assert main(["run", str(path), "--max-tokens", "3", "--seed", "7", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["sampling"]["max_tokens"] == 3
    assert shown["sampling"]["seed"] == 7
    assert len(shown["tokens"]) <= 3


def test_an_exchange_tells_every_answer_on_standard_error(capsys: Capture) -> None:
    members = [part for _ in range(2) for part in ("--member", "zoo/reader-1")]
    asked = ["--prompt", "add,reverse 328+9=", "--set", "wording=short", "--set", "answer=exact"]
    assert main(["run", "debate", *members, *asked, "--max-tokens", "24"]) == 0
    out, err = capsys.readouterr()
    elected = out.splitlines()[0]
    assert f"zoo/reader-1, 0: {elected}" in err
    assert f"zoo/reader-1 2, 0: {elected}" in err
