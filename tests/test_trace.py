"""A run file is the run: it folds as the live run did, and breaks off cleanly at any byte."""

import json
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from fusionlab.errors import RunFileError
from fusionlab.events import (
    Candidate,
    CandidateGiven,
    Event,
    Measured,
    MemberStep,
    Progress,
    Record,
    RunFailed,
    RunFinished,
    TextDelta,
    TokenChosen,
    Unknown,
    Voted,
    Warned,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.runfiles import header_line, parse_run, read_run, record_line, recorded, run_text
from fusionlab.trace import FUSED, Trace, fold, replayed
from fusionlab.views.ballots import ballot_view
from fusionlab.views.rounds import round_view
from fusionlab.views.texts import text_view
from tests import strategies
from tests.full_disk import files_up_to

RECIPE = Recipe("ensemble", "Say 你好\n", (MemberRecipe("a", "ann"),))
RECORDS = [
    Record(0.0, Progress("loading", 1, 2, "bytes")),
    Record(0.25, TextDelta(FUSED, "世界 ")),
    Record(0.5, TextDelta("ann", "\u2028, she said", 1)),
    Record(0.75, Measured("ann", 7, 2, 3, 0.5, 1000, "a", "scripted", 2)),
    Record(1.0, Measured("ann", 1, 1, 1, 0.25, 1000, "a", "scripted", 2)),
    Record(1.25, Warned("é")),
    Record(1.5, RunFinished("世界 👨‍👩‍👧")),
]
TEXT = run_text(fold(RECIPE, RECORDS))


def live(records: Iterable[Record], stopped: bool) -> Trace:
    """The trace as it grows in the app."""
    trace = Trace(RECIPE)
    for record in records:
        trace.add(record)
    trace.stopped = stopped
    return trace


def closing_log(records: Iterable[Record], log: list[str]) -> Generator[Record, None, None]:
    try:
        yield from records
    finally:
        log.append("closed")


@given(strategies.recipes, strategies.records)
def test_a_replayed_run_folds_as_the_live_one_at_every_step(
    recipe: Recipe, records: list[Record]
) -> None:
    text = header_line(recipe, {})
    for length in range(len(records) + 1):
        replay = parse_run(text)
        assert replay == fold(recipe, records[:length])
        assert run_text(replay) == text
        text += "".join(map(record_line, records[length : length + 1]))


@given(strategies.records)
def test_events_come_back_in_order(records: list[Record]) -> None:
    assert list(replayed(fold(RECIPE, records))) == [record.event for record in records]


def test_the_live_fold_and_fold_are_one() -> None:
    for length in range(len(RECORDS) + 1):
        prefix = RECORDS[:length]
        assert live(prefix, stopped=length < len(RECORDS)) == fold(RECIPE, prefix)


def test_texts_add_up_by_author_and_sample() -> None:
    deltas = [TextDelta("a", "x"), TextDelta("a", "y", 1), TextDelta("b", "z"), TextDelta("a", "x")]
    trace = fold(RECIPE, [Record(0, delta) for delta in deltas])
    assert trace.texts == {("a", 0): "xx", ("a", 1): "y", ("b", 0): "z"}


def test_costs_add_up_and_keep_what_does_not() -> None:
    trace = fold(RECIPE, RECORDS)
    assert trace.costs == {"ann": Measured("ann", 8, 3, 4, 0.75, 1000, "a", "scripted", 2)}


def test_everything_that_happened_is_found() -> None:
    token = TokenChosen(
        0, "x", 1, 0.5, (Candidate("x", 0.5, 1),), 0.1, 0, {"a": MemberStep((), 0, 1)}
    )
    candidate = CandidateGiven(0, "a", "x")
    vote = Voted(0, "rouge_l", {"rouge_l": (1.0,)}, {"rouge_l": ((1.0,),)}, (0,))
    events: list[Event] = [token, candidate, vote, Warned("w"), RunFailed("f")]
    trace = fold(RECIPE, [Record(float(t), event) for t, event in enumerate(events)])
    assert (trace.tokens, trace.candidates, trace.vote) == ([token], [candidate], vote)
    assert (trace.warnings, trace.end, trace.seconds) == ([Warned("w")], RunFailed("f"), 4.0)


@pytest.mark.parametrize(
    ("records", "status", "answer"),
    [
        ([], "stopped", ""),
        (RECORDS[:2], "stopped", "世界 "),
        (RECORDS, "finished", "世界 👨‍👩‍👧"),
        ([Record(0, TextDelta("ann", "hm")), Record(1, RunFailed("broke"))], "failed", "hm"),
        ([Record(0, TextDelta("a", "x")), Record(0, TextDelta(FUSED, "y"))], "stopped", "y"),
    ],
)
def test_status_and_answer(records: list[Record], status: str, answer: str) -> None:
    trace = fold(RECIPE, records)
    assert (trace.status, trace.answer) == (status, answer)


def test_a_run_without_an_end_is_running_until_it_is_stopped() -> None:
    assert live(RECORDS[:3], stopped=False).status == "running"


def test_a_file_cut_at_any_byte_of_its_last_line_is_a_stopped_run(tmp_path: Path) -> None:
    data = TEXT.encode()
    last = len(data) - len(data.splitlines(keepends=True)[-1])
    path = tmp_path / "run.jsonl"
    for end in range(last, len(data) - 1):
        path.write_bytes(data[:end])
        trace = read_run(path)
        assert (trace.status, trace.records) == ("stopped", RECORDS[:-1]), data[last:end]
    path.write_bytes(data[:-1])
    assert read_run(path).records == RECORDS


def test_a_file_cut_at_any_byte_is_readable_or_says_that_it_is_no_run(tmp_path: Path) -> None:
    data = TEXT.encode()
    header = len(data.splitlines()[0])
    path = tmp_path / "run.jsonl"
    for end in range(len(data)):
        path.write_bytes(data[:end])
        if end < header:
            with pytest.raises(RunFileError, match=r"run\.jsonl is not a run file"):
                read_run(path)
        else:
            records = read_run(path).records
            assert records == RECORDS[: len(records)]
            assert len(records) in (data[header:end].count(b"\n"), data[:end].count(b"\n") - 1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('[0, {"kind": "text_delta"', "line 3"),
        ('[0, {"kind": "text_delta", "author": "a"}]', "line 3: text_delta.text"),
        ('[0, {"kind": "progress", "what": "", "done": NaN}]', "line 3: NaN"),
        ('[0, {"kind": "progress", "what": "", "done": -Infinity}]', "line 3: -Infinity"),
        ('[1e999, {"kind": "warned", "message": ""}]', "line 3: 1e999"),
        ('[0, {"kind": "later", "p": [1e999]}]', "line 3: 1e999"),
        ('["soon", {"kind": "warned", "message": ""}]', "line 3"),
        ('[0, {"kind": "warned", "message": ""}, 1]', "line 3"),
        ("[0, []]", "line 3: not an event"),
        ("7", "line 3"),
        ("[" * 100_000, "line 3"),
        (f"[{'1' * 400}, {{}}]", "line 3"),
    ],
)
def test_a_malformed_line_is_named_by_its_number(line: str, says: str) -> None:
    text = header_line(RECIPE, {}) + f'[0, {{"kind": "warned", "message": ""}}]\n{line}\n'
    for rest in ("", record_line(RECORDS[0])):
        with pytest.raises(RunFileError) as caught:
            parse_run(text + rest, name="my.jsonl")
        assert f"my.jsonl, {says}" in caught.value.message


def test_blank_lines_are_no_records() -> None:
    assert parse_run(TEXT.replace("\n", "\n\n")) == parse_run(TEXT)
    assert parse_run(TEXT.replace("\n", "\r\n")) == parse_run(TEXT)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"format": "fusionlab-run", "version": 2, "recipe": {"method": "m"}}, "has version 2"),
        ({"format": "fusionlab-run", "version": "1", "recipe": {"method": "m"}}, "has version 1"),
        ({"format": "fusionlab-run", "recipe": {"method": "m"}}, "has version None"),
        ({"format": "some-run", "version": 1, "recipe": {"method": "m"}}, "is not a run file"),
        ({"version": 1, "recipe": {"method": "m"}}, "is not a run file"),
        ([], "is not a run file"),
        ({"format": "fusionlab-run", "version": 1}, "broken header"),
        ({"format": "fusionlab-run", "version": 1, "recipe": {}}, "broken header: method"),
        ({"format": "fusionlab-run", "version": 1, "recipe": {"method": "m"}, "env": 1}, "broken"),
    ],
)
def test_a_foreign_or_later_header_is_refused(header: Any, says: str) -> None:
    with pytest.raises(RunFileError) as caught:
        parse_run(json.dumps(header) + "\n", name="my.jsonl")
    assert says in caught.value.message
    assert caught.value.hint or "broken" in says


def test_a_later_version_says_what_to_do() -> None:
    header = {"format": "fusionlab-run", "version": 99}
    with pytest.raises(RunFileError, match="upgrade FusionLab"):
        parse_run(json.dumps(header))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\x80abc", b"PK\x03\x04", b"[" * 10**5])
def test_what_is_no_text_is_no_run_file(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_bytes(data)
    with pytest.raises(RunFileError, match=r"run\.jsonl"):
        read_run(tmp_path / "run.jsonl")


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match=r"no run file 'none\.jsonl'"):
        read_run(tmp_path / "none.jsonl")
    with pytest.raises(RunFileError, match="cannot be read"):
        read_run(tmp_path)


def test_an_unknown_kind_is_kept_and_written_back() -> None:
    line = '[0.5, {"kind": "dreamt", "of": ["sheep", null, {"p": 0.5}]}]\n'
    text = header_line(RECIPE, {}) + line
    trace = parse_run(text)
    assert trace.records == [
        Record(0.5, Unknown({"kind": "dreamt", "of": ["sheep", None, {"p": 0.5}]}))
    ]
    assert run_text(trace) == text


def test_lone_surrogates_in_a_file_can_be_written_again(tmp_path: Path) -> None:
    header = {"format": "fusionlab-run", "version": 1, "recipe": {"method": "\ud800"}}
    lines = [{**header, "env": {"os": "\ud800"}}, [0, {"kind": "later", "text": "\udfff"}]]
    trace = parse_run("\n".join(json.dumps(line) for line in lines))
    again = run_text(trace)
    assert again.encode().decode() == again
    assert parse_run(again) == trace


def test_while_it_is_written_a_run_has_another_name(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.jsonl"
    part = tmp_path / "new" / "run.jsonl.part"
    with closing(recorded((r for r in RECORDS), path, RECIPE, {"python": "3"})) as records:
        for length, record in enumerate(records, start=1):
            assert record == RECORDS[length - 1]
            assert not path.exists()
            so_far = read_run(part)
            assert (so_far.records, so_far.status) == (
                RECORDS[:length],
                "finished" if length == len(RECORDS) else "stopped",
            )
    assert not part.exists()
    assert read_run(path).records == RECORDS
    assert read_run(path).env == {"python": "3"}


@pytest.mark.parametrize("length", range(1, len(RECORDS)))
def test_a_closed_recording_has_its_name_and_closed_its_run(length: int, tmp_path: Path) -> None:
    path, log = tmp_path / "run.jsonl", list[str]()
    inner = closing_log(RECORDS, log)
    records = recorded(inner, path, RECIPE)
    for _ in range(length):
        next(records)
    records.close()
    assert log == ["closed"]
    assert [file.name for file in tmp_path.iterdir()] == ["run.jsonl"]
    assert (read_run(path).records, read_run(path).status) == (RECORDS[:length], "stopped")


def test_a_failed_recording_has_its_name(tmp_path: Path) -> None:
    def failing() -> Generator[Record, None, None]:
        yield from RECORDS[:2]
        yield Record(1, RunFailed("the power went"))
        raise OSError("the power went")

    path = tmp_path / "run.jsonl"
    with pytest.raises(OSError, match="power"):
        list(recorded(failing(), path, RECIPE))
    assert [file.name for file in tmp_path.iterdir()] == ["run.jsonl"]
    assert read_run(path).status == "failed"


def test_an_older_recording_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(TEXT, encoding="utf-8")
    with closing(recorded((r for r in RECORDS[:2]), path, RECIPE)) as records:
        next(records)
        assert path.read_text(encoding="utf-8") == TEXT
    assert read_run(path).records == RECORDS[:1]


@pytest.mark.parametrize("name", ["", "file/run.jsonl"])
def test_a_place_that_cannot_be_written_is_refused_before_the_run(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    log = list[str]()
    with pytest.raises(RunFileError, match="cannot be written"):
        next(recorded(closing_log(RECORDS, log), tmp_path / name, RECIPE))
    assert log == []
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("size", [0, 100, 400])
def test_on_a_full_disk_the_recording_before_is_still_there(tmp_path: Path, size: int) -> None:
    path = tmp_path / "good.jsonl"
    list(recorded((r for r in RECORDS), path, RECIPE))
    good = path.read_bytes()
    assert len(good) > 400
    with files_up_to(size), pytest.raises(RunFileError, match="cannot be written") as caught:
        list(recorded((r for r in RECORDS), path, RECIPE))
    assert path.read_bytes() == good
    assert "good.jsonl.part" in caught.value.hint


def test_on_a_full_disk_the_run_is_closed(tmp_path: Path) -> None:
    log: list[str] = []
    with files_up_to(0), pytest.raises(RunFileError):
        list(recorded(closing_log(RECORDS, log), tmp_path / "a.jsonl", RECIPE))
    assert not (tmp_path / "a.jsonl").exists()


def test_a_text_in_many_pieces_is_joined_once() -> None:
    trace = Trace(RECIPE)
    for at in range(50_000):
        trace.add(Record(float(at), TextDelta("a", "ab")))
    (pieces,) = trace._pieces.values()
    assert len(pieces) == 50_000  # nothing was joined on the way
    assert trace.texts == {("a", 0): "ab" * 50_000}
    assert len(pieces) == 1
    trace.add(Record(0.0, TextDelta("a", "c")))
    assert trace.answer == "ab" * 50_000 + "c"


def test_folding_and_drawing_text_takes_time_by_its_length() -> None:
    """Four times as many pieces take about four times as long; by their square it were sixteen."""

    def seconds(pieces: int) -> float:
        records = [Record(0.0, TextDelta("a", "word ")) for _ in range(pieces)]
        start = time.process_time()
        trace = fold(Recipe("debate", "x", (MemberRecipe("a"),)), records)
        for view in (round_view, text_view, ballot_view):
            view(trace)
        assert len(trace.answer) == 5 * pieces
        return time.process_time() - start

    few, many = (min(seconds(n) for _ in range(3)) for n in (50_000, 200_000))
    assert many < 10 * few


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("members", [{"ref": "zoo/adder", "weight": "nan"}]),
        ("members", [{"ref": "zoo/adder", "weight": "1e400"}]),
        ("sampling", {"top_k": 10**30}),
        ("settings", {"samples": 2**63}),
        ("settings", {"deep": [{"er": -(2**64)}]}),
    ],
)
def test_a_header_with_numbers_that_json_has_not_is_broken(
    tmp_path: Path, part: str, value: object
) -> None:
    header = {"format": "fusionlab-run", "version": 1, "recipe": {"method": "vote", part: value}}
    (tmp_path / "run.jsonl").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(RunFileError, match="broken header"):
        read_run(tmp_path / "run.jsonl")
