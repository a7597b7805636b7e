"""Layouts that are kept: the same as those found anew, and never those of another config."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fusionlab.errors import SourceError
from fusionlab.weights import layouts
from fusionlab.weights.checkpoint import config_in
from fusionlab.weights.layers import layout_of
from fusionlab.weights.layouts import opened_layout
from fusionlab.weights.opened import fetched
from tests.drained import drained
from tests.weights.families import FAMILIES, tiny_family

MERGE = [sys.executable, "-X", "importtime", "-m", "fusionlab.cli", "build", "merge", "--no-proof"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(layouts, "_FOUND", {})
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def kept(home: Path) -> list[Path]:
    return sorted((home / "layouts").glob("*"))


def unasked(*_: object) -> None:
    raise AssertionError("it is found anew")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_layout_that_is_kept_is_the_one_that_is_found(
    family: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_family(tmp_path / family, family)
    config, layout = opened_layout(folder, keep=True)
    assert len(kept(home)) == 1
    assert layout == layout_of(config_in(folder), folder)
    monkeypatch.setattr(layouts, "layout_of", unasked)
    monkeypatch.setattr(layouts, "check_settings", unasked)
    again = opened_layout(folder, keep=True)
    assert again == (config, layout)
    assert repr(again[1].kinds) == repr(layout.kinds)  # true is not 1, nor 1 1.0


def test_a_process_finds_the_layout_of_a_config_once(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = tiny_family(tmp_path / "one"), tiny_family(tmp_path / "two", layers=3)
    first = opened_layout(folder)
    monkeypatch.setattr(layouts, "layout_of", unasked)
    assert opened_layout(folder) == first
    assert not kept(home)
    with pytest.raises(AssertionError, match="anew"):
        opened_layout(other)


def test_it_is_of_one_config_and_found_anew_where_it_is_broken(tmp_path: Path, home: Path) -> None:
    folder = tiny_family(tmp_path / "one")
    _, layout = opened_layout(folder, keep=True)
    (file,) = kept(home)
    told = json.loads(file.read_text())
    for broken in ("{", "[]", json.dumps({**told, "layers": [9]}), "[" * 5_000, "NaN"):
        file.write_text(broken)
        assert opened_layout(folder, keep=True)[1] == layout
        assert json.loads(file.read_text()) == told
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    assert len(opened_layout(folder, keep=True)[1].kinds) == 3
    assert len(kept(home)) == 2


def test_of_many_configs_a_process_knows_the_last_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "REMEMBERED", 2)
    for number in (1, 2, 3):
        folder = tiny_family(tmp_path / str(number), layers=number)
        opened_layout(folder)
    assert [len(each.kinds) for each in layouts._FOUND.values()] == [2, 3]


def test_what_cannot_be_opened_is_refused_each_time(tmp_path: Path, home: Path) -> None:
    folder = tiny_family(tmp_path / "one")
    whole = (folder / "config.json").read_text()
    opened_layout(folder, keep=True)
    for broken in ("{", "[]", whole.replace('"llama"', '"lama"')):
        (folder / "config.json").write_text(broken)
        for _ in range(2):
            with pytest.raises(SourceError):
                opened_layout(folder, keep=True)
    (folder / "config.json").write_text(whole)
    (folder / "generation_config.json").write_text("{")
    with pytest.raises(SourceError, match="generation_config"):
        opened_layout(folder, keep=True)
    assert len(kept(home)) == 1


def test_a_home_that_cannot_be_written_keeps_nothing_and_is_no_hindrance(
    tmp_path: Path, home: Path
) -> None:
    folder = tiny_family(tmp_path / "one")
    home.rmdir()
    home.write_text("a file where a folder should be")
    assert opened_layout(folder, keep=True) == opened_layout(folder, keep=True)


def test_a_second_merge_of_one_config_does_without_model_classes(tmp_path: Path) -> None:
    for seed, name in enumerate(("one", "two")):
        folder = tiny_family(tmp_path / name, seed=seed)
    drained(fetched(f"path:{folder}"))  # as a build opens what it reads
    told = [part for name in ("one", "two") for part in ("--source", f"path:{tmp_path / name}")]
    ended = subprocess.run(
        [*MERGE, *told, "--id", "new"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert {"torch", "fusionlab.weights.merging"} <= imported
    assert "transformers.modeling_utils" not in imported
