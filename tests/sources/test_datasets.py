"""Data sets of the hub: which files are meant, fetched once, checked, and never a script."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fusionlab.errors import SourceError
from fusionlab.sources import hub
from fusionlab.sources.datasets import DataSet, Rows, data_set_named, fetched_rows, files_of
from fusionlab.words import Sentence
from tests.drained import drained
from tests.fake_hub import COMMIT, FakeHub, serving

REPO = "org/sums"
ROWS = [{"question": f"{n} + {n}?", "answer": str(2 * n)} for n in range(6)]
LINES = "\n".join(map(json.dumps, ROWS)) + "\n"


@pytest.fixture
def fake_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    files = {
        "README.md": b"---\n---",
        "sums.py": b"import os",
        "data/train-0.jsonl": LINES.encode(),
        "data/test.csv": b"question,answer\n1+1?,2\n",
        "hard/train.json": json.dumps(ROWS[:2]).encode(),
        "data/old/train.jsonl": b"{",
    }
    configs = [
        {"config_name": "easy", "default": True, "data_files": _of("data/train-*", "data/*.csv")},
        {"config_name": "hard", "data_files": "hard/*"},
    ]
    fake = FakeHub(REPO, files, kind="datasets", card={"configs": configs})
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_TOKEN", "")
    with serving(fake):
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", fake.address)
        yield fake


def _of(train: str, test: str) -> list[dict[str, str]]:
    return [{"split": "train", "path": train}, {"split": "test", "path": test}]


def rows_of(reference: str) -> list[Any]:
    return list(drained(fetched_rows(data_set_named(reference)))[1])


def test_rows_come_once_without_a_script_and_are_checked_ever_after(
    fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, rows = drained(fetched_rows(data_set_named(f"hub:{REPO}")))
    assert list(rows) == list(enumerate(ROWS, start=1))
    assert rows.commit == COMMIT
    assert [path for path in fake_hub.asked if "/resolve/" in path and "GET" in path] == [
        f"GET /datasets/{REPO}/resolve/{COMMIT}/data/train-0.jsonl"
    ]
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert rows_of(f"hub:{REPO}[2:4]") == [(3, ROWS[2]), (4, ROWS[3])]
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE is set"):
        rows_of(f"hub:{REPO}:test")
    (rows.folder / "data" / "train-0.jsonl").write_text("{}\n")  # damaged: it has to come again
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE is set"):
        rows_of(f"hub:{REPO}")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    for reference, said in ((f"{REPO}:spring", "no split spring"), ("org/x", "no data set org/x")):
        with pytest.raises(SourceError, match=said):
            rows_of(f"hub:{reference}")


LISTED = hub.Listing(COMMIT, dict.fromkeys(["a/train.csv", "a/dev.csv", "b.jsonl", "x.py"], 1), {})
BARE = hub.Listing(COMMIT, dict.fromkeys(["one.jsonl", "two.jsonl", "all.csv"], 1), {})
CARD = hub.Listing(
    COMMIT,
    dict.fromkeys(["en/train/0.parquet", "en/train/1.parquet", "zh/x.jsonl", "t.jsonl"], 1),
    {},
    {
        "configs": [
            {"config_name": "en", "data_files": {"train": "en/**/*.parquet"}},
            {"config_name": "zh", "data_dir": "zh"},
        ]
    },
)
CHOICES = [
    (LISTED, DataSet(REPO), ["a/train.csv"]),
    (LISTED, DataSet(REPO, either="validation"), ["a/dev.csv"]),
    (LISTED, DataSet(REPO, either="a"), ["a/train.csv"]),
    (BARE, DataSet(REPO), ["one.jsonl", "two.jsonl"]),
    (CARD, DataSet(REPO, either="en"), ["en/train/0.parquet", "en/train/1.parquet"]),
    (CARD, DataSet(REPO, config="zh", split="train"), ["zh/x.jsonl"]),
    (CARD, DataSet(REPO), "several configurations: en, zh"),
    (CARD, DataSet(REPO, either="fr"), "several configurations"),
    (CARD, DataSet(REPO, config="fr"), "no configuration fr, but en, zh"),
    (LISTED, DataSet(REPO, split="test"), "no split test, but train, validation"),
    (hub.Listing(COMMIT, {"x.py": 1}, {}), DataSet(REPO), "no files that can be read"),
    (hub.Listing(COMMIT, {"x.csv": 10**9}, {}), DataSet(REPO), "more than 256 MB"),
]


@pytest.mark.parametrize(("listing", "wanted", "found"), CHOICES)
def test_files_are_those_of_the_configuration_and_the_split(
    listing: hub.Listing, wanted: DataSet, found: list[str] | str
) -> None:
    if isinstance(found, list):
        assert files_of(wanted, listing) == found
        return
    with pytest.raises(SourceError, match=found) as caught:
        files_of(wanted, listing)
    assert caught.value.hint


def test_a_reference_names_rows() -> None:
    assert data_set_named("hub:org/x:main:test[5:]@v1") == DataSet(
        "org/x", "main", "test", "v1", first=5
    )
    assert data_set_named("hub:x:train[:5]").name == "hub:x:train[:5]"
    for wrong in ("hub:", "hub:a/../b", "hub:a/b/c", "hub:a/b@", "hub:a/b:c:d:e"):
        with pytest.raises(SourceError, match="names no data set"):
            data_set_named(wrong)


def rows_in(folder: Path, **files: str | bytes) -> list[Any]:
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("_", ".")).write_bytes(data)
    names = dict.fromkeys((name.replace("_", ".") for name in files), "")
    return [row for _, row in Rows(DataSet(REPO), folder, names, COMMIT)]


def test_every_form_gives_the_same_rows(tmp_path: Path) -> None:
    for form, content in (("jsonl", LINES), ("json", json.dumps(ROWS)), ("json", LINES)):
        assert rows_in(tmp_path, **{f"a_{form}": content}) == ROWS
    assert rows_in(tmp_path, a_csv="question,answer\n0 + 0?,0\n") == ROWS[:1]
    good, bad = rows_in(tmp_path, a_jsonl='{"question": 1}\n\n{\n')
    assert good == {"question": 1}
    assert isinstance(bad, Sentence)
    for broken in ({"a_jsonl": b"\xff"}, {"a_json": "[1"}, {"a_csv": ""}):
        with pytest.raises(SourceError, match="cannot be read"):
            rows_in(tmp_path, **broken)


def test_parquet_is_read_where_pyarrow_is(tmp_path: Path) -> None:
    if find_spec("pyarrow") is None:
        with pytest.raises(SourceError, match=r"a\.parquet is read with the package pyarrow"):
            rows_in(tmp_path, a_parquet=b"PAR1")
        return
    from pyarrow import Table, parquet

    parquet.write_table(Table.from_pylist(ROWS), tmp_path / "x.parquet")
    assert rows_in(tmp_path, a_parquet=(tmp_path / "x.parquet").read_bytes()) == ROWS
    with pytest.raises(SourceError, match="cannot be read"):
        rows_in(tmp_path, a_parquet=b"PAR1")
