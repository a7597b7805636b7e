"""A full disk, and one that cannot be written: a sentence, and what was there is still there."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fusionlab.cli import main
from fusionlab.cli.files import write_table
from fusionlab.errors import FusionError, RecipeError, SourceError
from fusionlab.sources import dequantise, store
from fusionlab.sources.references import folder_for
from fusionlab.text import segment
from fusionlab.writing import putting
from fusionlab.zoo.train import planned, train
from tests.drained import drained
from tests.faults.damage import contents, copying
from tests.full_disk import files_up_to
from tests.tiny_gguf import tiny_gguf
from tests.zoo.test_train import SHORT

TABLE = "question,a,b\nwhich?,one two,one three\n"


def test_a_file_is_put_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    for size in (0, 5):
        with files_up_to(size), pytest.raises(OSError, match="large"), putting(file) as part:
            part.write_text("after, and longer")
        assert contents(tmp_path) == {"file": b"before"}
    stopped = putting(file)
    stopped.__enter__().write_text("half")
    assert not stopped.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert contents(tmp_path) == {"file": b"before"}
    with putting(file) as part:
        part.write_text("after")
    assert contents(tmp_path) == {"file": b"after"}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_table_that_does_not_fit_leaves_the_one_before(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["long " * 100]})
    (tmp_path / name).write_text("before")
    with files_up_to(100), pytest.raises(RecipeError, match="cannot be written") as caught:
        write_table(frame, tmp_path / name)
    assert "--out" in caught.value.hint
    assert contents(tmp_path) == {name: b"before"}


def test_where_nothing_can_be_written_nothing_is_removed_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "table.csv").write_text(TABLE)

    def read_only(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "unlink", read_only)
    monkeypatch.setattr(pd.DataFrame, "to_csv", read_only)
    status = main(["vote", str(tmp_path / "table.csv"), "--out", str(tmp_path / "out.csv")])
    said = capsys.readouterr().err
    assert status == 2
    assert "out.csv cannot be written: Read-only file system" in said


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("size", [0, 100, 8_000, 60_000])
def test_training_on_a_full_disk_says_so_and_goes_on_when_there_is_room(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("fusionlab.zoo.train.CHECKPOINTS_EVERY", 2)
    with files_up_to(size), pytest.raises(SourceError, match="written") as caught:
        drained(train(planned(SHORT, 3), tmp_path / "shelf"))
    assert "free some space" in caught.value.hint
    assert not (tmp_path / "shelf" / "months").exists()
    assert not list((tmp_path / "shelf").rglob("*.part"))
    _, folder = drained(train(planned(SHORT, 3), tmp_path / "shelf"))
    _, whole = drained(train(planned(SHORT, 3), tmp_path / "whole"))
    assert contents(folder) == contents(whole)


def test_converting_on_a_full_disk_leaves_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(dequantise, "in_process", copying(tiny))
    gguf = tiny_gguf(tiny, tmp_path / "tiny.gguf")
    with files_up_to(20_000), pytest.raises(SourceError, match="cannot be read or written"):
        drained(folder_for(f"gguf:{gguf}"))
    assert not [name for name in contents(tmp_path / "home") if not name.startswith("locks")]
    drained(folder_for(f"gguf:{gguf}"))


def test_chinese_is_cut_where_no_cache_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jieba")
    (tmp_path / "home").touch()
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    cut = segment._jieba.__wrapped__()
    assert "机器" in cut("机器很有趣")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("error", [OSError("full"), Exception("full"), RuntimeError("full")])
def test_whatever_a_library_raises_as_it_saves_is_ours(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(FusionError, match="cannot be written: full"), store.saving(tmp_path):
        raise error


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_an_output_that_is_full_is_said(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fusionlab.cli", "vote", "table.csv", "--json"],
            stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, check=False, timeout=60,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
