"""A merge that is killed or has no room: nothing under the id, and the same weights later."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fusionlab.builders import merge
from fusionlab.errors import RecipeError, SourceError
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights.writing import written
from tests.drained import drained
from tests.faults.damage import contents
from tests.faults.test_kills import killed_when
from tests.full_disk import files_up_to
from tests.weights.families import tiny_family

MERGING = """
import sys, time
from functools import partial
from fusionlab.builders import merge
from fusionlab.registry import Source, get_builder
merge.written = partial(merge.written, most=20_000)
builder = get_builder("merge")
sources = [Source(each, {"density": 0.5}) for each in sys.argv[2:]]
plan = builder.plan(sources, {"method": "dare_ties", "base": sys.argv[1]}, "new")
for event in builder.execute(plan, None):
    time.sleep(0.05)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(merge, "written", partial(written, most=20_000))
    return tmp_path / "home"


@pytest.fixture
def refs(tmp_path: Path) -> list[str]:
    return [f"path:{tiny_family(tmp_path / name, seed=n)}" for n, name in enumerate("abc")]


def planned(refs: list[str], **settings: Any) -> Plan[Any]:
    sources = [Source(ref, {"density": 0.5}) for ref in refs[1:]]
    return get_builder("merge").plan(
        sources, {"method": "dare_ties", "base": refs[0], **settings}, "new"
    )


def built(plan: Plan[Any]) -> Path:
    _, folder = drained(get_builder("merge").execute(plan, None))
    return folder


def test_a_killed_one_goes_on_to_the_same_weights(
    refs: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = home / "models"
    begun = lambda: len(list(shelf.glob(".new-*/model-*"))) >= 2  # noqa: E731
    killed_when(begun, ["-c", MERGING, *refs], home)
    assert not (shelf / "new").exists()
    (work,) = shelf.glob(".new-*.building")
    kept = {file.name: file.stat().st_mtime_ns for file in work.glob("model-*")}
    time.sleep(0.01)
    resumed = built(planned(refs))
    for name, before in kept.items():
        assert (resumed / name).stat().st_mtime_ns == before  # it was not written again
    assert [file.name for file in shelf.iterdir()] == ["new"]
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "other"))
    assert contents(built(planned(refs))) == contents(resumed)


def test_a_full_disk_leaves_nothing_under_the_id(refs: list[str], home: Path) -> None:
    with files_up_to(9_000), pytest.raises(SourceError, match="File too large"):
        built(planned(refs))
    assert not (home / "models" / "new").exists()
    assert not list(home.rglob("*.part"))
    assert built(planned(refs)) == home / "models" / "new"


def test_a_disk_or_memory_without_room_is_told_before(
    refs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000, "available": 10})
    monkeypatch.setattr("fusionlab.weights.room.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr("fusionlab.weights.room.psutil.virtual_memory", lambda: usage)
    found = {each.sentence.key: each.severity for each in planned(refs).findings}
    assert (found["no-room"], found["merge-memory"]) == ("refused", "warning")


def test_an_id_that_exists_stays_what_it_is(refs: list[str]) -> None:
    before = contents(folder := built(planned(refs)))
    assert built(planned(refs)) == folder  # the same recipe: it stands there already
    with pytest.raises(RecipeError, match="another recipe has made"):
        built(planned(refs, seed=1))
    assert contents(folder) == before
