"""What a begun answer added to version 1: read for ever, written back as it was.

Never edit v1-begun.jsonl to please this test.
"""

import json
from pathlib import Path

from fusionlab.begun import Begun
from fusionlab.events import RunFinished, TextDelta, TextGiven
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-begun.jsonl")


def test_the_facts_are_what_they_were() -> None:
    trace = read_run(GOLDEN)
    given = TextGiven("ann", ("Par", "\\xe4\\xbd", "\\xa0"), (3, 250, 7))
    assert trace.recipe.begin == Begun("Par你", (3, 250, 7))
    assert [record.event for record in trace.records] == [
        given,
        TextDelta("ann", "Par你"),
        RunFinished("Par你", "length"),
    ]
    assert trace.given == given


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
