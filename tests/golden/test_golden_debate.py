"""The kind that debates added to version 1: read for ever, written back as it was.

Never edit v1-debate.jsonl to please this test.
"""

import json
from pathlib import Path

from fusionlab.events import MessageSent, RunFinished
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-debate.jsonl")


def test_the_facts_are_what_they_were() -> None:
    assert [record.event for record in read_run(GOLDEN).records] == [
        MessageSent(1, "甲", "<b>B</b>", None),
        MessageSent(2, "<b>B</b>", "甲", 0.75),
        RunFinished("42", "elected"),
    ]


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
