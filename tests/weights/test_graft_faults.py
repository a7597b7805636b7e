"""Killed, out of room or not allowed to write: nothing under the id, and the same weights later."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fusionlab.builders import graft
from fusionlab.errors import RecipeError, SourceError
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights.writing import written
from tests.drained import drained
from tests.faults.damage import contents
from tests.faults.test_kills import killed_when
from tests.full_disk import files_up_to
from tests.weights.families import tiny_family

GRAFTING = """
import sys, time
from functools import partial
from fusionlab.builders import graft
from fusionlab.registry import Source, get_builder
graft.written = partial(graft.written, most=20_000)
builder = get_builder("graft")
for event in builder.execute(builder.plan([Source(sys.argv[1])], {"drop": 1}, "new"), None):
    time.sleep(0.05)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(graft, "written", partial(written, most=20_000))
    return tmp_path / "home"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_family(tmp_path / "a")


def planned(source: Path, **settings: Any) -> Plan[Any]:
    return get_builder("graft").plan([Source(f"path:{source}")], settings or {"drop": 1}, "new")


def built(plan: Plan[Any]) -> Path:
    _, folder = drained(get_builder("graft").execute(plan, None))
    return folder


def test_a_killed_one_goes_on_to_the_same_weights(
    source: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = home / "models"
    killed_when(
        lambda: len(list(shelf.glob(".new-*/model-*"))) >= 2,
        ["-c", GRAFTING, f"path:{source}"],
        home,
    )
    assert not (shelf / "new").exists()
    (work,) = shelf.glob(".new-*.building")
    kept = {file.name: file.stat().st_mtime_ns for file in work.glob("model-*")}
    time.sleep(0.01)
    resumed = built(planned(source))
    for name, before in kept.items():
        assert (resumed / name).stat().st_mtime_ns == before  # it was not written again
    assert [file.name for file in shelf.iterdir()] == ["new"]
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "other"))
    assert contents(built(planned(source))) == contents(resumed)


def test_a_full_disk_leaves_nothing_under_the_id(source: Path, home: Path) -> None:
    with files_up_to(9_000), pytest.raises(SourceError, match="File too large"):
        built(planned(source))
    assert not (home / "models" / "new").exists()
    assert not list(home.rglob("*.part"))
    assert built(planned(source)) == home / "models" / "new"


def test_a_disk_without_room_is_told_before(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("fusionlab.weights.room.shutil.disk_usage", lambda _: usage)
    refused = planned(source).refused
    assert refused is not None
    assert refused.sentence.key == "no-room"
    assert "FUSIONLAB_HOME" in refused.sentence.hint()


def test_a_home_that_cannot_be_written(source: Path, home: Path) -> None:
    plan = planned(source)
    home.write_text("no folder")  # root may write into any folder, but not into a file
    with pytest.raises(SourceError, match="cannot be read or written"):
        built(plan)


def test_an_id_that_exists_stays_what_it_is(source: Path) -> None:
    before = contents(folder := built(planned(source)))
    with pytest.raises(RecipeError, match="another recipe has made"):
        built(planned(source, drop=0))
    assert contents(folder) == before
