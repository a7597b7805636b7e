"""A run file of version 1, written by hand, is read for ever and written back as it was.

Fields that later versions add may appear beside the old ones, with their defaults; nothing that
stands in the file may change or go. Never edit v1.jsonl to please this test.
"""

import json
from pathlib import Path
from typing import Any, get_args

from fusionlab.events import (
    Candidate,
    Event,
    Measured,
    MemberStep,
    RunFailed,
    TextDelta,
    TokenChosen,
    Unknown,
    Voted,
)
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.runfiles import read_run, run_text

GOLDEN = Path(__file__).with_name("v1.jsonl")
LINES = GOLDEN.read_text(encoding="utf-8").split("\n")


def contains(new: Any, old: Any) -> bool:
    """Whether `new` says all that `old` says; objects may say more."""
    match new, old:
        case dict(), dict():
            return all(key in new and contains(new[key], old[key]) for key in old)
        case list(), list():
            return len(new) == len(old) and all(map(contains, new, old))
        case _:
            return bool(new == old) and type(new) is type(old)


def test_every_kind_stands_in_a_golden_file() -> None:
    files = GOLDEN.parent.glob("*.jsonl")
    kinds = {type(record.event) for file in files for record in read_run(file).records}
    assert kinds == set(get_args(Event))


def test_the_recipe_is_what_it_was() -> None:
    assert read_run(GOLDEN).recipe == Recipe(
        method="ensemble",
        prompt='Say "hi",weight=2\n<script>alert(1)</script> 你好 👨‍👩‍👧',
        members=(
            MemberRecipe("smollm2-135m", 'ann, the "first"', 3.0, "Be brief,name nobody\\"),
            MemberRecipe("path:/models/a,b=c", "b̷ob", 0.0),
        ),
        settings={"pooling": "geometric", "n_top": 2},
        sampling=Sampling(16, 0.7, 40, 0.95, 2**63 - 1),
    )


def test_the_fold_is_what_it_was() -> None:
    trace = read_run(GOLDEN)
    fox = Candidate("\\xf0\\x9f", 0.75, 172)
    ann = MemberStep((fox, Candidate("\n", 0.125, 198)), 0.7356, 0.125, 0.75, (0.75, 0.125))
    bob = MemberStep((Candidate('"', 1.0),), 0.0, 0.0, 0.0, (0.0, 0.0))
    pool = (fox, Candidate("\n", 0.125, 198))
    members = {'ann, the "first"': ann, "b̷ob": bob}
    assert trace.tokens == [TokenChosen(0, fox.token, 172, 0.75, pool, 0.7356, 0.0625, members)]
    assert trace.texts == {
        ("fusion", 0): '🦊\0\x07 \\ud800 "quoted", 世界',
        ("b̷ob", 1): " and so on",
    }
    assert trace.vote == Voted(
        1,
        "rouge_l",
        {"rouge_l": (0.25, 0.5), "char_lcs": (0.0, 1.0)},
        {"rouge_l": ((1.0, 0.25), (0.5, 1.0))},
        (1, 0),
    )
    ann_cost = (31, 16, 16, 0.4375, 269030016, "smollm2-135m", "transformers", 2)
    assert trace.costs == {'ann, the "first"': Measured('ann, the "first"', *ann_cost)}
    assert trace.records[5].event == TextDelta("b̷ob", " and so on", 1)
    assert trace.end == RunFailed(
        "the server went away: <b>500</b>", "start it again", "MemberError"
    )
    assert (trace.status, trace.seconds) == ("failed", 2.5)
    assert trace.env["packages"]["torch"] == "2.13.0"


def test_it_is_written_back_with_nothing_lost() -> None:
    written = run_text(read_run(GOLDEN)).split("\n")
    assert len(written) == len(LINES)
    for new, old in zip(written[:-1], LINES[:-1], strict=True):
        assert contains(json.loads(new), json.loads(old)), old


def test_an_unknown_kind_is_written_back_to_the_letter() -> None:
    (at,) = [
        number
        for number, record in enumerate(read_run(GOLDEN).records, start=1)
        if isinstance(record.event, Unknown)
    ]
    assert run_text(read_run(GOLDEN)).split("\n")[at] == LINES[at]


def test_written_twice_it_is_the_same(tmp_path: Path) -> None:
    again = tmp_path / "again.jsonl"
    again.write_text(run_text(read_run(GOLDEN)), encoding="utf-8")
    assert read_run(again) == read_run(GOLDEN)
    assert run_text(read_run(again)) == again.read_text(encoding="utf-8")
