"""Killed, out of room or not allowed to write: nothing under the id, and the same weights later."""

import time
from pathlib import Path
from typing import Any

import pytest

from fusionlab.errors import RecipeError, SourceError
from fusionlab.registry import Plan, get_builder
from tests.drained import drained
from tests.faults.damage import contents
from tests.faults.test_kills import killed_when
from tests.full_disk import files_up_to
from tests.weights.families import tiny_family
from tests.weights.faulty import CASES, Case, in_small_files, planned

BUILDING = """
import sys, time
from pathlib import Path
from fusionlab.registry import get_builder
from tests.weights.faulty import CASES, in_small_files, planned
case = CASES[sys.argv[1]]
in_small_files(case, setattr)
for event in get_builder(case.builder).execute(planned(case, Path(sys.argv[2])), None):
    time.sleep(0.05)
"""


def built(plan: Plan[Any], case: Case) -> Path:
    _, folder = drained(get_builder(case.builder).execute(plan, None))
    return folder


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Case:
    found = CASES[request.param]
    in_small_files(found, monkeypatch.setattr)
    return found


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def models(case: Case, tmp_path: Path) -> Path:
    for seed, name in enumerate("abc"):
        if name in case.sources or len(case.sources) > 1:
            tiny_family(tmp_path / name, seed=seed)
    return tmp_path


def test_a_killed_one_goes_on_to_the_same_weights(
    case: Case, models: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = home / "models"
    killed_when(
        lambda: len(list(shelf.glob(".new-*/model-*"))) >= 2,
        ["-c", BUILDING, case.builder, str(models)],
        home,
    )
    assert not (shelf / "new").exists()
    (work,) = shelf.glob(".new-*.building")
    kept = {file.name: file.stat().st_mtime_ns for file in work.glob("model-*")}
    time.sleep(0.01)
    resumed = built(planned(case, models), case)
    for name, before in kept.items():
        assert (resumed / name).stat().st_mtime_ns == before  # it was not written again
    assert [file.name for file in shelf.iterdir()] == ["new"]
    monkeypatch.setenv("FUSIONLAB_HOME", str(models / "other"))
    assert contents(built(planned(case, models), case)) == contents(resumed)


def test_a_full_disk_leaves_nothing_under_the_id(case: Case, models: Path, home: Path) -> None:
    with files_up_to(9_000), pytest.raises(SourceError, match="File too large"):
        built(planned(case, models), case)
    assert not (home / "models" / "new").exists()
    assert not list(home.rglob("*.part"))
    assert built(planned(case, models), case) == home / "models" / "new"


def test_a_disk_or_memory_without_room_is_told_before(
    case: Case, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000, "available": 10})
    monkeypatch.setattr("fusionlab.weights.room.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr("fusionlab.weights.room.psutil.virtual_memory", lambda: usage)
    findings = planned(case, models).findings
    found = {each.sentence.key: each.severity for each in findings}
    assert {key: found.get(key) for key in case.roomless} == case.roomless
    (room,) = (each.sentence for each in findings if each.sentence.key == "no-room")
    assert "FUSIONLAB_HOME" in room.hint()


def test_a_home_that_cannot_be_written(case: Case, models: Path, home: Path) -> None:
    plan = planned(case, models)
    home.write_text("no folder")  # root may write into any folder, but not into a file
    with pytest.raises(SourceError, match="cannot be read or written"):
        built(plan, case)


def test_an_id_that_exists_stays_what_it_is(case: Case, models: Path) -> None:
    before = contents(folder := built(planned(case, models), case))
    assert built(planned(case, models), case) == folder  # the same recipe: it stands there already
    with pytest.raises(RecipeError, match="another recipe has made"):
        built(planned(case, models, **case.others), case)
    assert contents(folder) == before
