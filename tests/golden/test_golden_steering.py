"""What steering added to version 1: read for ever, written back as it was.

Never edit v1-steering.jsonl to please this test.
"""

import json
from pathlib import Path

from fusionlab.events import ExpertsRouted, LayerRouting, LayerSteered, RunFinished, TextScored
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-steering.jsonl")


def test_the_facts_are_what_they_were() -> None:
    asked = LayerSteered((3,), (), ((0, 2),), 1)
    layer = LayerRouting(1, (2,), (1.0,), (0.25, 0.0, 0.125, 0.625), (3, 1), asked, 2)
    assert [record.event for record in read_run(GOLDEN).records] == [
        ExpertsRouted("eight", 0, "2", 5, True, (layer,), 0, "2"),
        TextScored("eight", "answer", ("4", "<eos>"), (-0.5, -0.25), (-1.5, -0.25)),
        TextScored("eight", "given", ("a",), (-2.0,), (-1000.0,)),
        RunFinished("4"),
    ]
    assert [text.what for text in read_run(GOLDEN).scored] == ["answer", "given"]


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
