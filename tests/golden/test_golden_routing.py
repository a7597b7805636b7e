"""The kinds that routing and answers added to version 1: read for ever, written back as they were.

Never edit v1-routing.jsonl to please this test.
"""

import json
from pathlib import Path

from fusionlab.events import AnswerExtracted, ExpertsRouted, LayerRouting, RunFinished
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-routing.jsonl")
NAME = "two of eight"


def test_the_facts_are_what_they_were() -> None:
    first = LayerRouting(1, (3, 0), (0.75, 0.25), (0.25, 0.0, 0.125, 0.625))
    second = LayerRouting(3, (2, 1), (2.0, 0.5), (0.0, 0.25, 0.5, 0.25))
    alone = LayerRouting(1, (0,), (1.0,), (1.0,))
    assert [record.event for record in read_run(GOLDEN).records] == [
        ExpertsRouted(NAME, 0, "<bos>", 1, True, (first, second), 0, ""),
        ExpertsRouted(NAME, 1, "\\xf0\\x9f", 172, False, (alone,), 1, None),
        ExpertsRouted(NAME, 2, "\n", 5, False, (), 0, None),
        AnswerExtracted(NAME, "akmqt", 1),
        AnswerExtracted(NAME, "", 0),
        RunFinished("akmqt"),
    ]


def test_the_fold_is_what_it_was() -> None:
    trace = read_run(GOLDEN)
    assert [fact.position for fact in trace.routed] == [0, 1, 2]
    assert [fact.answer for fact in trace.extracted] == ["akmqt", ""]
    assert trace.recipe.settings == {"compare": "<b>add</b> 384+77="}


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
