"""Files for visitors: each has its own, and none is left when they have gone."""

from pathlib import Path

import pytest

from fusionlab.ui import downloads
from fusionlab.ui.downloads import Downloads


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(downloads, "get_upload_folder", lambda: str(tmp_path / "cache"))
    return tmp_path / "cache"


def files(cache: Path) -> list[str]:
    return sorted(path.read_text() for path in cache.rglob("*") if path.is_file())


def test_a_new_file_takes_the_place_of_the_one_before(cache: Path) -> None:
    kept = Downloads()
    first = Path(kept.put_text("ann", "Vote", "run.jsonl", "one"))
    assert (first.name, first.read_text()) == ("run.jsonl", "one")
    kept.put_text("ann", "Vote", "run.jsonl", "two")
    kept.put_text("ann", "Solo", "run.jsonl", "three")
    kept.put_text("ben", "Vote", "run.jsonl", "four")
    assert files(cache) == ["four", "three", "two"]
    assert len(list(cache.iterdir())) == 3


def test_what_a_visitor_had_leaves_with_them(cache: Path) -> None:
    kept = Downloads()
    for visitor in ("ann", "ben"):
        kept.put_text(visitor, "Vote", "run.jsonl", visitor)
    kept.forget("ann")
    kept.forget("nobody")
    assert files(cache) == ["ben"]
    kept.clear()
    assert list(cache.iterdir()) == []


def test_what_a_visitor_had_who_never_said_goodbye_is_swept_away(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Downloads()
    kept.put_text("ann", "Vote", "run.jsonl", "ann")
    monkeypatch.setattr(downloads, "KEPT", -1.0)
    kept.put_text("ben", "Vote", "run.jsonl", "ben")
    assert files(cache) == ["ben"]


def test_copies_are_the_visitors_own(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("hi")
    (copy,) = Downloads().put_copies("ann", "bench", [tmp_path / "report.html"])
    assert Path(copy).parent.parent == cache
    assert files(cache) == ["hi"]


def test_a_file_that_was_brought_goes_with_its_visitor_or_with_the_next(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    for file in (first, second):
        file.write_text("a run")
    kept = Downloads()
    kept.adopt("ann", "upload", first)
    kept.adopt("ann", "upload", first)  # the same once more is the same
    assert first.exists()
    kept.adopt("ann", "upload", second)
    assert (first.exists(), second.exists()) == (False, True)
    kept.forget("ann")
    assert not second.exists()


def test_what_gradio_left_of_an_upload_is_swept_away(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir()
    for name in ("tmp1", "keep"):
        (cache / name).write_text("a run")
    Downloads().adopt("ann", "upload", cache / "elsewhere")
    assert (cache / "tmp1").exists()
    monkeypatch.setattr(downloads, "LEFT_BEHIND", -1.0)
    Downloads().adopt("ann", "upload", cache / "elsewhere")
    assert [path.name for path in cache.iterdir()] == ["keep"]
