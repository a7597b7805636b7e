"""Files for visitors: each has its own, and none is left when they have gone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fusionlab.ui import downloads
from fusionlab.ui.downloads import Downloads, sweep


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def files(cache: Path) -> list[str]:
    return sorted(path.read_text() for path in cache.rglob("*") if path.is_file())


def test_a_new_file_takes_the_place_of_the_one_before(cache: Path) -> None:
    kept = Downloads(cache)
    first = Path(kept.put_text("ann", "Vote", "run.jsonl", "one"))
    assert (first.name, first.read_text()) == ("run.jsonl", "one")
    kept.put_text("ann", "Vote", "run.jsonl", "two")
    kept.put_text("ann", "Solo", "run.jsonl", "three")
    kept.put_text("ben", "Vote", "run.jsonl", "four")
    assert files(cache) == ["four", "three", "two"]
    assert len(list(cache.iterdir())) == 3


def test_what_a_visitor_had_leaves_with_them(cache: Path) -> None:
    kept = Downloads(cache)
    for visitor in ("ann", "ben"):
        kept.put_text(visitor, "Vote", "run.jsonl", visitor)
    kept.forget("ann")
    kept.forget("nobody")
    assert files(cache) == ["ben"]
    kept.clear()
    assert list(cache.iterdir()) == []


def test_a_result_is_kept_by_a_name_that_nobody_can_guess(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Downloads(cache)
    name, other = kept.keep("one"), kept.keep("two")
    assert name != other
    assert len(name) == 22
    assert (kept.kept(name), kept.kept(other)) == ("one", "two")
    assert kept.keep("three", name) == name
    assert kept.kept(name) == "three"
    kept.forget("anybody")  # a page that is loaded again has left
    assert kept.kept(name) == "three"
    (cache / "secret").write_text("secret")
    for strange in ("", ".", "../secret", f"../{downloads.RESULTS}/{name}", "x" * 22, "é" * 22):
        assert kept.kept(strange) is None

    monkeypatch.setattr(downloads, "MOST_RESULTS", 2)
    os.utime(cache / downloads.RESULTS / other, (1, 1))
    kept.keep("four")
    assert (kept.kept(other), kept.kept(name)) == (None, "three")
    old = time.time() - downloads.RESULTS_KEPT - 1
    os.utime(cache / downloads.RESULTS / name, (old, old))
    sweep(cache)
    assert kept.kept(name) is None


def test_what_is_old_or_too_much_is_swept_away(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Downloads(cache)
    for at, visitor in enumerate(("ann", "ben", "eve")):
        path = Path(kept.put_text(visitor, "Vote", "run.jsonl", visitor))
        os.utime(path, (time.time() - 100 + at,) * 2)
    (cache / "left of an upload").write_text("dan")
    sweep(cache)
    assert files(cache) == ["ann", "ben", "dan", "eve"]
    monkeypatch.setattr(downloads, "MOST_BYTES", 8)
    sweep(cache)
    assert files(cache) == ["dan", "eve"]
    monkeypatch.setattr(downloads, "KEPT", 50.0)
    sweep(cache)
    assert files(cache) == ["dan"]
    kept.put_text("ann", "Vote", "run.jsonl", "again")
    kept.forget("ann")
    assert files(cache) == ["dan"]


def test_copies_are_the_visitors_own(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("hi")
    (copy,) = Downloads(cache).put_copies("ann", "bench", [tmp_path / "report.html"])
    assert Path(copy).parent.parent == cache
    assert files(cache) == ["hi"]


def test_a_file_that_was_brought_goes_sooner_than_one_to_take_away(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Downloads(cache).put_text("ann", "Vote", "run.jsonl", "ann")
    (cache / "by its hash").mkdir()
    (cache / "by its hash" / "run.jsonl").write_text("brought")
    sweep(cache)
    assert files(cache) == ["ann", "brought"]
    monkeypatch.setattr(downloads, "BROUGHT", -1.0)
    sweep(cache)
    assert files(cache) == ["ann"]


def test_what_a_process_keeps_is_its_own_and_goes_with_it(tmp_path: Path) -> None:
    code = (
        "from fusionlab.ui.downloads import Downloads, own_cache\n"
        "Downloads().put_text('ann', 'Vote', 'run.jsonl', 'one')\n"
        f"assert own_cache().parent.samefile({str(tmp_path)!r}) and any(own_cache().iterdir())\n"
        "import gradio.utils\n"
        "assert gradio.utils.get_upload_folder() == str(own_cache())"
    )
    environment = {**os.environ, "GRADIO_TEMP_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
