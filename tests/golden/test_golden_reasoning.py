"""The kind that servers which tell their reasoning added to version 1: read for ever."""

import json
from pathlib import Path

from fusionlab.events import Reasoned, RunFinished, TextDelta
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-reasoning.jsonl")


def test_the_reasoning_is_no_part_of_the_answer() -> None:
    trace = read_run(GOLDEN)
    assert [record.event for record in trace.records] == [
        TextDelta("m", "42", 1),
        Reasoned("m", "6 × 7 = 42, 好", 1),
        RunFinished("42"),
    ]
    assert trace.texts == {("m", 1): "42"}


def test_it_is_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
