"""The kinds that training added to version 1: read for ever, written back as they were."""

import json
from pathlib import Path

from fusionlab.events import RunFinished, StepTrained
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-training.jsonl")


def test_the_steps_are_what_they_were() -> None:
    assert [record.event for record in read_run(GOLDEN).records] == [
        StepTrained(1, 4.625, 2e-05, 2048),
        StepTrained(2, 0.0, 0.0, 0),
        RunFinished(""),
    ]


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
