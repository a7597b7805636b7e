"""Data sets call their columns in many ways; the usual ones are read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fusionlab.errors import RecipeError, SourceError
from fusionlab.training.columns import Objective, usual
from fusionlab.training.records import Choice, Record, Talk, read
from tests.fake_hub import FakeHub, serving

ASKED = {"role": "user", "content": "1+1?"}
SAID = {"role": "assistant", "content": "2"}
WRONG = {"role": "assistant", "content": "3"}
FROM = [{"from": "human", "value": "1+1?"}, {"from": "gpt", "value": "2"}]
PAIR = {"prompt": [ASKED], "chosen": "2", "rejected": "3"}
PLAIN = {"chosen": "2", "rejected": "3"}
ROWS: list[tuple[Objective, dict[str, Any], dict[str, Any] | None]] = [
    ("continue", {"id": 1, "content": "x"}, {"text": "x"}),
    ("continue", {"id": 1, "question": "x"}, None),
    ("instruct", {"prompt": "?", "messages": [ASKED, SAID]}, {"messages": [ASKED, SAID]}),
    ("instruct", {"conversations": FROM}, {"messages": [ASKED, SAID]}),
    ("instruct", {"question": "?", "answer": "!"}, {"prompt": "?", "completion": "!"}),
    (
        "instruct",
        {"instruction": "Add.", "input": "1, 1", "output": "2"},
        {"prompt": "Add.\n\n1, 1", "completion": "2"},
    ),
    (
        "instruct",
        {"system": "Be short.", "question": "1+1?", "response": "2"},
        {"prompt": [{"role": "system", "content": "Be short."}, ASKED], "completion": "2"},
    ),
    ("instruct", {"text": "x"}, None),
    ("prefer", {"question": "1+1?", **PLAIN}, {"prompt": "1+1?", **PLAIN}),
    ("prefer", {"chosen": [ASKED, SAID], "rejected": [ASKED, WRONG]}, PAIR),
    (
        "prefer",
        {"prompt": "1+1?", "chosen": [SAID], "rejected": [WRONG]},
        PAIR | {"prompt": "1+1?"},
    ),
    ("prefer", PLAIN, None),
    ("prefer", {"prompt": "1+1?", "chosen": "2"}, None),
]


@pytest.mark.parametrize(("objective", "row", "found"), ROWS)
def test_the_usual_columns_are_read_as_ours(
    objective: Objective, row: dict[str, Any], found: dict[str, Any] | None
) -> None:
    assert usual(row, objective) == found
    if found is not None:
        assert usual(found, objective) == found  # as are ours


@pytest.fixture
def fake_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    rows = (
        '{"id": 1, "question": "1+1?", "answer": "2", "chosen": "2", "rejected": "3"}',
        '{"id": 2, "question": "1+1?", "answer": "", "chosen": "2", "rejected": "2 "}',
        "{",
    )
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    files = {"train.jsonl": "\n".join(rows).encode()}
    with serving(FakeHub("org/sums", files, kind="datasets")) as fake:
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", fake.address)
        yield fake


def test_a_data_set_of_the_hub_is_learned_from(
    fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[Objective, type[Record]] = {"instruct": Talk, "prefer": Choice}
    for objective, kind in found.items():
        records = read("hub:org/sums:train", objective, 0)
        (record,) = records.records
        assert isinstance(record, kind)
        assert (records.name, records.lines) == ("hub:org/sums:train", (1,))
        assert records.left_out is not None
        assert records.left_out.said().startswith("2 of 3 rows of hub:org/sums:train cannot be")
        assert "row 2: " in records.left_out.said("zh") or "第 2 行" in records.left_out.said("zh")
    with pytest.raises(RecipeError, match="columns id, question, answer, chosen, rejected, from"):
        read("hub:org/sums:train", "continue", 0)
    with pytest.raises(RecipeError, match="row 2: an answer is empty"):
        read("hub:org/sums:train[1:2]", "instruct", 0)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE"):
        read("hub:org/sums@v2", "continue", 0)
    assert not any("/resolve/" in path and ".py" in path for path in fake_hub.asked)
