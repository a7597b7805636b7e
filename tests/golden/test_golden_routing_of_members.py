"""The kind that choosing members added to version 1: read for ever, written back as it was.

Never edit v1-routing-of-members.jsonl to please this test.
"""

import json
from pathlib import Path

from fusionlab.events import MemberChosen, RunFinished
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-routing-of-members.jsonl")


def test_the_facts_are_what_they_were() -> None:
    trace = read_run(GOLDEN)
    assert [record.event for record in trace.records] == [
        MemberChosen("<b>B</b>", "likeness", {"甲": 0.25, "<b>B</b>": 0.875}),
        MemberChosen("甲", "verdict", {}),
        RunFinished("335"),
    ]
    assert [fact.member for fact in trace.chosen] == ["<b>B</b>", "甲"]


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
