"""The command line: what it prints, where, and with which exit status."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from importlib.metadata import requires
from inspect import GEN_CLOSED, getgeneratorstate
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from fusionlab.cli import console, main
from fusionlab.conversation import Message
from fusionlab.engines.memory import Pool
from fusionlab.errors import SourceError
from fusionlab.events import Progress, RunFinished, TextDelta, Warned
from fusionlab.models.catalog import CATALOG
from fusionlab.models.sampling import draw
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_to_toml
from fusionlab.registry import all_methods
from fusionlab.run import check, run
from fusionlab.runfiles import header_line, read_run
from fusionlab.trace import FUSED, Trace, fold

Capture = pytest.CaptureFixture[str]
PROMPT = "the capital of France is"


@pytest.fixture(scope="module", autouse=True)
def _pool() -> Iterator[None]:
    """The process's pool, for these tests only."""
    with pytest.MonkeyPatch.context() as patch, closing(Pool(10**10)) as pool:
        patch.setattr(import_module("fusionlab.run"), "default_pool", lambda: pool)
        yield


@pytest.fixture
def ensemble(tiny: Path, tiny_twin: Path) -> list[str]:
    """The arguments of a short ensemble of two tiny models."""
    members = [f"path:{tiny},name=ann,weight=2,system=one, two", f"path:{tiny_twin},name=bob"]
    pairs = [part for member in members for part in ("--member", member)]
    return ["run", "ensemble", *pairs, "--prompt", PROMPT, "--max-tokens", "6"]


@pytest.fixture
def recipe(tiny: Path, tiny_twin: Path) -> Recipe:
    """The same as a recipe."""
    members = (
        MemberRecipe(f"path:{tiny}", "ann", 2.0, "one, two"),
        MemberRecipe(f"path:{tiny_twin}", "bob"),
    )
    return Recipe("ensemble", PROMPT, members, sampling=Sampling(max_tokens=6))


def printed(capsys: Capture) -> Any:
    """The one JSON object on standard output."""
    return json.loads(capsys.readouterr().out)


def test_methods_lists_them_all(capsys: Capture) -> None:
    assert main(["methods"]) == 0
    out = capsys.readouterr().out
    for method in all_methods():
        assert f"{method.name}" in out
        assert method.summary in out
        assert all(f"--set {name}=" in out for name in method.settings.model_fields)


def test_methods_as_json(capsys: Capture) -> None:
    assert main(["methods", "--json"]) == 0
    data = printed(capsys)
    assert list(data) == ["methods"]
    assert [row["name"] for row in data["methods"]] == [m.name for m in all_methods()]
    for row in data["methods"]:
        assert list(row) == ["name", "needs", "summary", "paper", "settings"]
        assert row["needs"] in ("text", "logprobs", "logits", "internals")
        assert row["settings"]["type"] == "object"
    (ensemble,) = (row for row in data["methods"] if row["name"] == "ensemble")
    assert ensemble["needs"] == "logits"
    assert ensemble["settings"]["properties"]["pooling"]["enum"][:2] == ["arithmetic", "geometric"]


def test_models_lists_them_all(capsys: Capture) -> None:
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in CATALOG)
    assert "hub:org/name@revision" in out


def test_models_as_json(capsys: Capture) -> None:
    assert main(["models", "--json"]) == 0
    data = printed(capsys)
    assert list(data) == ["models"]
    assert set(CATALOG) <= {row["id"] for row in data["models"]}
    for row in data["models"]:
        assert list(row) == ["id", "level", "engine", "source", "bytes", "licence", "cached"]
        assert isinstance(row["cached"], bool)
        assert row["bytes"] > 10**6


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


TALK = (Message("user", "one"), Message("assistant", "two"), Message("user", "three"))


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


def refused(arguments: list[str], capsys: Capture) -> tuple[int, str]:
    """Exit status and what stood on standard error; nothing stood on standard output."""
    status = main(arguments)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return status, err


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


def test_space_makes_a_checkout_ready(tmp_path: Path, capsys: Capture) -> None:
    assert main(["space", str(tmp_path)]) == 2
    assert "has no spaces.yaml" in capsys.readouterr().err
    checkout = Path(__file__).parent.parent
    for name in ("spaces.yaml", "README.md", "pyproject.toml"):
        shutil.copy(checkout / name, tmp_path)
    assert main(["space", str(tmp_path)]) == 0
    assert (
        (tmp_path / "README.md").read_text(encoding="utf-8").startswith("---\ntitle: FusionLab\n")
    )
    requirements = (tmp_path / "requirements.txt").read_text(encoding="utf-8").splitlines()
    declared = filter(needed, requires("fusionlab") or [])
    assert set(map(Requirement, requirements)) == set(map(Requirement, declared))


def needed(requirement: str) -> bool:
    """Not of an extra."""
    return "extra ==" not in requirement


def test_every_command_has_help(capsys: Capture) -> None:
    for command in ("run", "replay", "methods", "models", "fetch", "speed", "space"):
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        assert f"usage: fusionlab {command}" in capsys.readouterr().out


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


def test_the_zoo_is_listed_and_measured(capsys: Capture) -> None:
    assert main(["zoo", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["zoo"]}
    assert rows["adder"]["trained"]
    assert main(["zoo", "list"]) == 0
    assert "adder" in capsys.readouterr().out
    assert main(["zoo", "eval", "adder", "--json"]) == 0
    scores = {row["task"]: row for row in json.loads(capsys.readouterr().out)["scores"]}
    low, high = scores["add"]["interval"]
    assert 0.8 < low < rows["adder"]["scores"]["add"] < high <= 1


def test_a_zoo_model_of_another_name_is_refused(capsys: Capture) -> None:
    assert main(["zoo", "train", "ader"]) == 2
    assert "did you mean 'adder'" in capsys.readouterr().err


def test_an_exchange_tells_every_answer_on_standard_error(capsys: Capture) -> None:
    members = [part for _ in range(2) for part in ("--member", "zoo/reader-1")]
    asked = ["--prompt", "add,reverse 328+9=", "--set", "wording=short", "--set", "answer=exact"]
    assert main(["run", "debate", *members, *asked, "--max-tokens", "24"]) == 0
    out, err = capsys.readouterr()
    elected = out.splitlines()[0]
    assert f"zoo/reader-1, 0: {elected}" in err
    assert f"zoo/reader-1 2, 0: {elected}" in err
