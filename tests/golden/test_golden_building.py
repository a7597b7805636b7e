"""The kind that builders added to version 1: read for ever, written back as it was."""

import json
from pathlib import Path

from pydantic import JsonValue

from fusionlab.events import ModelBuilt, Progress, RunFinished
from fusionlab.runfiles import read_run, run_text
from tests.golden.test_golden import contains

GOLDEN = Path(__file__).with_name("v1-building.jsonl")
SCORE: dict[str, JsonValue] = {"task": "add", "right": 297, "total": 300, "case": ""}


def test_the_models_are_what_they_were() -> None:
    trace = read_run(GOLDEN)
    assert [record.event for record in trace.records] == [
        Progress("building twin", 3, 4, "items"),
        ModelBuilt(
            "twin-2.b_c",
            "built:twin-2.b_c",
            134515008,
            269030016,
            12.5,
            ("smollm2-135m", "zoo/base"),
            {"scores": [SCORE], "kl": -0.5, "note": None},
        ),
        ModelBuilt("x", "", 0, 0),
        RunFinished(""),
    ]
    assert (trace.status, trace.progress, trace.seconds) == ("finished", None, 0.5)


def test_they_are_written_back_with_nothing_lost() -> None:
    old = GOLDEN.read_text(encoding="utf-8").splitlines()
    new = run_text(read_run(GOLDEN)).splitlines()
    assert len(new) == len(old)
    for written, line in zip(new, old, strict=True):
        assert contains(json.loads(written), json.loads(line)), line
