"""`fusionlab builders`, `build` and `built`, and that what was built is a member everywhere."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from fusionlab.cli import main
from fusionlab.engines.memory import Pool
from fusionlab.errors import RecipeError, SourceError, UnknownName
from fusionlab.models.base import Level
from fusionlab.plans import Source, source_from_text
from fusionlab.recipe import Recipe
from fusionlab.registry import all_builders, get_builder, get_method
from fusionlab.ui.formdata import form_data
from fusionlab.weights.shelf import exported, gguf_refusal, known_built, removed
from tests.drained import drained
from tests.weights.families import opened, tiny_family

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    with closing(Pool(10**10)) as pool:
        monkeypatch.setattr(import_module("fusionlab.run"), "default_pool", lambda: pool)
        yield pool


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_family(tmp_path / "a")


@pytest.fixture
def build(source: Path) -> list[str]:
    return [
        "build",
        "graft",
        "--no-proof",
        "--source",
        f"path:{source}",
        "--set",
        "drop=1",
        "--id",
        "deep",
    ]


def printed(capsys: Capture) -> Any:
    return json.loads(capsys.readouterr().out)


def test_builders_lists_them_all(capsys: Capture) -> None:
    assert main(["builders"]) == 0
    out = capsys.readouterr().out
    assert all(builder.name in out for builder in all_builders())
    assert "--set drop=null  layers m left out" in out
    assert main(["builders", "--json"]) == 0
    rows = printed(capsys)["builders"]
    assert [row["name"] for row in rows] == [builder.name for builder in all_builders()]
    (row,) = (row for row in rows if row["name"] == "graft")
    assert row["paper"] == "https://arxiv.org/abs/2312.15166"
    assert set(row["settings"]["properties"]) == {"drop", "layers"}


def test_a_plan_says_what_would_be_and_makes_nothing(
    build: list[str], home: Path, capsys: Capture
) -> None:
    assert main([*build, "--plan", "--json"]) == 0
    plan = printed(capsys)
    assert plan["reference"] == "built:deep"
    assert plan["details"]["ranges"] == "0-3, 1-4"
    assert plan["details"]["layers"][3] == {"source": 0, "index": 1}
    assert not plan["refused"]
    assert {"severity", "key", "message", "hint"} == set(plan["findings"][0])
    assert plan["bytes"] == 4 * plan["parameters"]
    assert not (home / "models").exists()
    assert main([*build, "--plan"]) == 0
    out = capsys.readouterr().out
    assert "built:deep would be made of" in out
    assert "! right after grafting, the model is worse" in out


def test_a_refused_plan_is_status_1(tmp_path: Path, build: list[str], capsys: Capture) -> None:
    wide = tiny_family(tmp_path / "wide", hidden_size=32)
    build += ["--source", f"path:{wide}"]
    assert main([*build, "--plan", "--json"]) == 1
    plan = printed(capsys)
    assert plan["refused"]
    assert plan["findings"][0]["message"] == "hidden_size is 16 in path:a and 32 in path:wide"
    assert main(build) == 2
    assert "hidden_size is 16" in capsys.readouterr().err


def test_what_is_built_answers_and_is_listed_everywhere(
    build: list[str], home: Path, capsys: Capture
) -> None:
    assert main([*build, "--json"]) == 0
    built = printed(capsys)
    assert set(built) == {
        *("id", "reference", "folder", "parameters", "bytes", "lineage", "report"),
    }
    assert (built["id"], built["reference"]) == ("deep", "built:deep")
    assert built["folder"] == str(home / "models" / "deep")
    assert built["report"]["layers"] == 6
    run = ["run", "solo", "--member", "built:deep", "--prompt", "one two", "--max-tokens", "3"]
    assert main([*run, "--json"]) == 0
    assert printed(capsys)["status"] == "finished"
    assert main(["models", "--json"]) == 0
    (row,) = (row for row in printed(capsys)["models"] if row["id"] == "built:deep")
    assert row["cached"]
    form = form_data([get_method("vote")], Recipe("vote"), ())
    assert "built:deep" in form["methods"][0]["models"]
    assert main(["built", "list", "--json"]) == 0
    (row,) = printed(capsys)["built"]
    assert (row["id"], row["builder"], row["lineage"]) == ("deep", "graft", built["lineage"])
    assert row["parameters"] == built["parameters"]
    assert main(build) == 0  # it stands there already
    assert "built:deep is built" in capsys.readouterr().out


def test_an_id_of_another_recipe_is_refused(build: list[str], capsys: Capture) -> None:
    assert main(build) == 0
    assert main([*build[:-4], "--id", "deep", "--set", "drop=0"]) == 2
    assert "another recipe has made" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--id", "../evil"], "cannot have the id"),
        (["--set", "dorp=1"], "did you mean 'drop'"),
        (["--source", "built:gone"], "unknown built model 'gone'"),
        (["--source", "zoo/base,weight=1"], "unknown option of a source of graft 'weight'"),
        (["--source", ",weight=1"], "names no model"),
    ],
)
def test_what_cannot_be_built_as_it_stands_is_status_2(
    arguments: list[str], said: str, build: list[str], home: Path, capsys: Capture
) -> None:
    assert main([*build, *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (home / "models").exists()


def test_a_builder_that_names_its_model_takes_no_id() -> None:
    with pytest.raises(RecipeError, match="names its model after the recipe"):
        get_builder("zoo").plan((), {"recipe": "base"}, "mine")


def test_a_source_may_have_options() -> None:
    assert source_from_text(" zoo/adder , weight=0.5, density=[0.1, 0.9],kind=ties") == Source(
        "zoo/adder", {"weight": 0.5, "density": [0.1, 0.9], "kind": "ties"}
    )
    assert source_from_text("hub:a/b@main") == Source("hub:a/b@main")
    with pytest.raises(RecipeError, match="has weight twice"):
        source_from_text("zoo/adder,weight=1,weight=2")


def test_a_loaded_model_can_be_removed(build: list[str], pool: Pool, capsys: Capture) -> None:
    assert main(build) == 0
    with pool.borrow() as loan:
        drained(loan.load("built:deep", Level.TEXT))
        assert main(["built", "remove", "deep", "--yes", "--json"]) == 0
        assert known_built() == []
        capsys.readouterr()
    assert main(["run", "solo", "--member", "built:deep", "--prompt", "one"]) == 2
    assert "unknown built model 'deep'" in capsys.readouterr().err


def test_removing_asks_first(
    build: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert main(build) == 0
    assert main(["built", "remove", "deep"]) == 2
    assert "add --yes" in capsys.readouterr().err
    for answer, left in (("\n", 1), ("", 1), ("n\n", 1), ("yes\n", 0)):
        terminal = StringIO(answer)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        assert main(["built", "remove", "deep"]) == left
        assert len(known_built()) == left


def test_heirs_are_named_before_a_model_is_removed(build: list[str], capsys: Capture) -> None:
    assert main(build) == 0
    heir = [
        "build",
        "graft",
        "--no-proof",
        "--source",
        "built:deep",
        "--set",
        "layers=0-2",
        "--id",
        "heir",
    ]
    assert main(heir) == 0
    assert main(["built", "remove", "deep", "--yes"]) == 0
    assert "made of deep were heir" in capsys.readouterr().err


def test_what_was_begun_is_removed_too(build: list[str], source: Path, home: Path) -> None:
    builder = get_builder("graft")
    steps = builder.execute(builder.plan([Source(f"path:{source}")], {}, "deep"), None)
    next(steps)
    steps.close()
    assert list((home / "models").iterdir())
    drained(removed("deep"))
    assert not list((home / "models").iterdir())


@pytest.mark.parametrize("name", ["", "..", "../a", "/etc", "a/b", "gone", ".deep"])
def test_only_ids_of_built_models_are_removed_or_exported(name: str, tmp_path: Path) -> None:
    for steps in (removed(name), exported(name, tmp_path / "out")):
        with pytest.raises(UnknownName):
            drained(steps)


def test_an_export_is_a_folder_for_anybody(
    build: list[str], tmp_path: Path, capsys: Capture
) -> None:
    assert main(build) == 0
    place = tmp_path / "out" / "deep"
    place.parent.mkdir()
    assert main(["built", "export", "deep", str(place)]) == 0
    assert len(opened(place).model.layers) == 6
    assert main(["built", "export", "deep", str(place)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_zip_is_written_straight_from_the_shelf_where_the_disk_has_room_for_one_copy(
    build: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(build) == 0
    place, source = tmp_path / "out" / "deep.zip", home / "models" / "deep"
    files = {each.relative_to(source.parent): each for each in source.rglob("*") if each.is_file()}
    size = sum(each.stat().st_size for each in files.values())
    steps = exported("deep", place)
    lie_beside = 0
    for _ in steps:  # nothing but the file that is written lies there meanwhile
        beside = [each for each in place.parent.rglob("*") if each.is_file()]
        lie_beside = max(lie_beside, len(beside))
    assert lie_beside == 1
    with ZipFile(place) as pack:
        assert set(map(Path, pack.namelist())) == set(files)
        assert all(
            pack.read(str(name)) == files[Path(name)].read_bytes() for name in pack.namelist()
        )
    place.unlink()
    free = shutil.disk_usage(tmp_path)._replace(free=size - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(SourceError, match="free"):
        drained(exported("deep", place))
    assert not list(place.parent.iterdir())


def test_whether_gguf_can_hold_a_model_is_known_before_it_is_written(
    build: list[str], tmp_path: Path
) -> None:
    assert main(build) == 0
    assert gguf_refusal("deep") is None
    other = tiny_family(tmp_path / "b", "olmo3")
    assert main(["build", "graft", "--no-proof", "--source", f"path:{other}", "--id", "odd"]) == 0
    with pytest.raises(SourceError, match="olmo3") as refused:
        drained(exported("odd", tmp_path / "odd.gguf"))
    beforehand = gguf_refusal("odd")
    assert beforehand is not None
    assert beforehand.sentence == refused.value.sentence
    with pytest.raises(UnknownName):
        gguf_refusal("../deep")


def test_a_damaged_model_is_not_exported(build: list[str], home: Path, tmp_path: Path) -> None:
    assert main(build) == 0
    weights = home / "models" / "deep" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(SourceError, match="cannot be used"):
        drained(exported("deep", tmp_path / "out"))
    assert not (tmp_path / "out").exists()
