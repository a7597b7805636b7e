"""A model is examined after it was built, and on request; without a proof it stands as well."""

import json
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from fusionlab.cli import main
from fusionlab.engines.memory import Pool
from fusionlab.errors import OutOfBudget
from fusionlab.events import ModelBuilt
from fusionlab.proof.examining import PROOF, built
from fusionlab.registry import Source, get_builder
from fusionlab.views.build import built_view
from tests.weights.families import tiny_family

Capture = pytest.CaptureFixture[str]
GRAFT = ["build", "graft", "--source", "zoo/base", "--set", "layers=0-3, 1-4", "--id", "deep"]
TIES = ["build", "merge", "--source", "zoo/adder", "--source", "zoo/editor", "--set", "method=ties"]

BOTH = """
[[build]]
builder = "merge"
id = "mean"
sources = ["path:{a}", "path:{b}"]
[[build]]
builder = "graft"
id = "deep"
sources = ["built:mean"]
settings = {{ layers = "0-4, 2-4" }}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    with closing(Pool(10**10)) as pool:
        proving = import_module("fusionlab.proof.examining")
        monkeypatch.setattr(proving, "default_pool", lambda: pool)
        yield pool


def printed(capsys: Capture) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_graft_is_told_to_be_worse_before_healing(home: Path, capsys: Capture) -> None:
    assert main([*GRAFT, "--json"]) == 0
    proof = printed(capsys)["report"]["proof"]
    assert proof["verdict"]["kind"] == "unhealed"
    assert proof["verdict"]["layers"] == proof["seams"] == [3]
    (parent,) = proof["parents"]
    assert {shift["relative"] for shift in parent["shifts"]} == {0}
    sources = [shift["source_layer"] for shift in parent["shifts"] if shift["kind"] == "q"]
    assert sources == [0, 1, 2, 1, 2, 3]
    assert json.loads((home / "models" / "deep" / PROOF).read_text(encoding="utf-8")) == proof
    event = ModelBuilt("deep", "built:deep", 1, 1, report={"proof": proof})
    first, where = built_view(event, "", "graft")["sentences"]
    assert first["key"] == "build-proof"
    assert "before healing" in first["values"]["said"]["en"]
    assert where["en"].startswith("Layer 3")
    assert main(GRAFT) == 0  # what is known is not found out again
    told = capsys.readouterr()
    assert "After building: it is worse than zoo/base before healing" in told.out
    assert "Layer 3 follows another one" in told.out
    assert "reading with" not in told.err
    assert main(["built", "check", "deep", "--json"]) == 0
    again = printed(capsys)
    assert again["id"] == "deep"
    assert {**again["proof"], "seconds": 0} == {**proof, "seconds": 0}


def test_all_layers_in_their_order_are_the_same_model(capsys: Capture) -> None:
    assert main([*GRAFT[:4], "--set", "layers=0-2, 2-4", "--json"]) == 0
    proof = printed(capsys)["report"]["proof"]
    assert proof["verdict"]["kind"] == "same"
    assert proof["parents"][0]["kl"] == 0


def test_a_merge_tells_how_its_parents_agree(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([*TIES, "--json"]) == 0
    built = printed(capsys)
    proof = built["report"]["proof"]
    assert proof["base"] == "zoo/base"
    assert {each["ref"] for each in proof["parents"]} == {"zoo/base", "zoo/adder", "zoo/editor"}
    assert set(proof["read"]["topics"]) == {"add", "reverse", "sort", "second", "double"}
    movers = [proof["parents"][at]["ref"] for at in proof["accord"]["parents"]]
    assert movers == ["zoo/adder", "zoo/editor"]
    assert 0 < proof["accord"]["conflicts"] < 1
    assert len(proof["accords"]) == 4
    monkeypatch.setenv("FUSIONLAB_LANG", "zh")
    arguments = ["built", "check", built["id"], "--suite", "zoo-arithmetic", "--items", "4"]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "构建之后" in told
    assert "zoo-arithmetic，4 题" in told


def test_who_stops_an_examination_has_the_model(home: Path) -> None:
    builder = get_builder("graft")
    plan = builder.plan([Source("zoo/base")], {"drop": 1}, "deep")
    events = built(builder, plan)
    event = next(each for each in events if isinstance(each, ModelBuilt))
    assert built_view(event, "", "graft")["sentences"] == []
    next(events)
    events.close()
    assert "proof" not in event.report
    assert (home / "models" / "deep" / "config.json").exists()
    assert [file.name for file in (home / "models").iterdir()] == ["deep"]


def test_no_proof_is_made_where_none_is_wanted(home: Path, capsys: Capture) -> None:
    assert main([*GRAFT, "--no-proof", "--json"]) == 0
    assert "proof" not in printed(capsys)["report"]
    assert not (home / "models" / "deep" / PROOF).exists()


def test_a_model_that_cannot_be_examined_stands(
    home: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def full(_pool: Pool, name: str, needed: int) -> None:
        raise OutOfBudget("opening-no-memory", place=f"{name} {needed}")

    monkeypatch.setattr(Pool, "check_fits", full)
    assert main([*GRAFT, "--json"]) == 0
    proof = printed(capsys)["report"]["proof"]
    assert proof["why"]["key"] == "proof-impossible"
    assert "fusionlab built check deep" in proof["why"]["hint"]["en"]
    assert (home / "models" / "deep" / "config.json").exists()
    assert not (home / "models" / "deep" / PROOF).exists()
    assert main(["built", "check", "deep"]) == 1
    assert "it was not examined" in capsys.readouterr().out


def test_only_built_models_are_checked(capsys: Capture) -> None:
    assert main(["built", "check", "../evil"]) == 1
    assert "evil" in capsys.readouterr().err


@pytest.mark.parametrize("family", ["qwen3", "gemma3_text", "olmo2", "granite"])
def test_families_are_merged_grafted_and_examined(
    family: str, tmp_path: Path, capsys: Capture
) -> None:
    for seed, name in enumerate("ab"):
        tiny_family(tmp_path / name, family, seed=seed)
    recipe = tmp_path / "both.toml"
    recipe.write_text(BOTH.format(a=tmp_path / "a", b=tmp_path / "b"))
    assert main(["build", str(recipe), "--json"]) == 0
    mean, deep = (each["report"] for each in printed(capsys)["builds"])
    assert deep["layers"] == 6
    assert [len(each["proof"]["parents"]) for each in (mean, deep)] == [2, 1]
    for report in (mean, deep):
        proof = report["proof"]
        assert proof["verdict"]["kind"] in {"damaged", "unhealed", "works"}
        assert proof["not_finite"] == proof["ids_beyond"] == []
        assert proof["read"]["nats_per_byte"] > 0
        assert all(parent["read"] and parent["shifts"] for parent in proof["parents"])
    run = ["run", "solo", "--member", "built:deep", "--prompt", "one two", "--max-tokens", "3"]
    assert main([*run, "--json"]) == 0
    assert printed(capsys)["status"] == "finished"
