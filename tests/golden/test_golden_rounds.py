"""The kind that says what is written in a round was added to version 1: read for ever."""

import json
from pathlib import Path

from fusionlab.events import RoundBegan, RunFinished
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-rounds.jsonl")


def test_the_facts_are_what_they_were() -> None:
    trace = read_run(GOLDEN)
    assert [record.event for record in trace.records] == [
        RoundBegan(0, "answers", 1),
        RoundBegan(2, "verdict", 2),
        RunFinished("42", "elected"),
    ]
    assert [one.count for one in trace.rounds] == [1, 2]


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
