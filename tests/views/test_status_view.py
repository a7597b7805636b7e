import json

import pytest

from fusionlab.events import Progress, Record, RunFailed, RunFinished, TextDelta, Warned
from fusionlab.trace import Trace
from fusionlab.views.status import linked_view, stale_view, status_view, waiting_view
from fusionlab.words import LANGUAGES, Sentence
from tests.views.fakes import HOSTILE, recipe, status_traces


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("loading", "running", ""),
        ("endless", "running", ""),
        ("failed", "failed", ""),
        ("finished", "finished", "length"),
        ("stopped", "stopped", ""),
    ],
)
def test_every_run_says_how_it_stands(name: str, status: str, reason: str) -> None:
    trace = status_traces()[name]
    view = status_view(trace)
    assert (view["status"], view["reason"]) == (status, reason)
    assert view["elapsed"] == trace.seconds
    assert (view["progress"] is not None) == (status == "running")
    assert (view["error"] is not None) == (status == "failed")
    assert not view["recorded"]
    assert status_view(trace, recorded=True) == {**view, "recorded": True}


def test_progress_is_what_is_happening_now() -> None:
    trace = Trace(recipe())
    trace.add(Record(1.0, Progress("fetching", 1.0, 4.0, "bytes")))
    assert status_view(trace)["progress"] == {
        "what": "fetching",
        "said": None,
        "done": 1.0,
        "total": 4.0,
        "unit": "bytes",
    }
    trace.add(Record(2.0, TextDelta("a", "b")))
    assert status_view(trace)["progress"] is None


def test_a_run_that_was_stopped_makes_no_progress() -> None:
    trace = status_traces()["loading"]
    trace.stopped = True
    assert status_view(trace)["progress"] is None


def test_error_and_warnings_say_what_to_do() -> None:
    view = status_view(status_traces()["failed"])
    assert view["error"] == {
        "message": "qwen 0.5b needs 1.9 GB; 1.2 GB are free.",
        "hint": "remove a member",
        "error": "FusionError",
    }
    assert [set(warning) for warning in view["warnings"]] == [{"message", "hint"}]


def test_hostile_text_is_json_in_utf_8() -> None:
    for text in HOSTILE:
        for end in (RunFailed(text, text, text), RunFinished(text)):
            trace = Trace(recipe())
            trace.add(Record(0.0, Warned(text, text)))
            trace.add(Record(0.0, end))
            view = status_view(trace)
            assert json.loads(json.dumps(view, ensure_ascii=False).encode("utf-8")) == view


def test_what_was_warned_of_twice_is_said_once() -> None:
    trace = Trace(recipe())
    for at, message in enumerate(("cut off", "cut off", "blank")):
        trace.add(Record(float(at), Warned(message)))
    assert [each["message"] for each in status_view(trace)["warnings"]] == ["cut off", "blank"]


def said(trace: Trace) -> str:
    found: dict[str, str] = status_view(trace)["said"]
    return found["key"]


def ended(*events: Warned | RunFinished) -> Trace:
    trace = Trace(recipe())
    for at, event in enumerate(events):
        trace.add(Record(float(at), event))
    return trace


def test_how_it_ended_fits_what_was_cut_off() -> None:
    cut = Warned.of("texts-cut-off", cut=1, texts=1, tokens=64)
    assert said(ended(RunFinished("2"))) == "status-end"
    assert said(ended(cut, RunFinished("2"))) == "status-end-with-cut"
    assert said(ended(RunFinished("2", "length"))) == "status-length"
    assert said(ended(RunFinished("2", "elected"))) == "status-elected"
    assert said(ended(cut, RunFinished("2", "elected"))) == "status-elected-of-cut"


def test_a_run_that_has_written_something_is_not_starting() -> None:
    trace = Trace(recipe())
    assert said(trace) == "status-starting"
    trace.add(Record(0.1, TextDelta("a", "b")))
    assert said(trace) == "status-writing"


def test_errors_and_warnings_speak_every_language_they_can() -> None:
    (new,) = status_view(ended(Warned.of("texts-cut-off", cut=1, texts=1, tokens=64)))["warnings"]
    (old,) = status_view(ended(Warned("cut off", "raise it")))["warnings"]
    assert set(new["message"]) == set(new["hint"]) == set(LANGUAGES)
    assert old == {"message": "cut off", "hint": "raise it"}


def test_what_a_file_of_another_version_says_otherwise_is_said_in_its_own_words() -> None:
    for strange in (Sentence("no such key"), Sentence("texts-cut-off", {"other": 1})):
        (warning,) = status_view(ended(Warned("so", "then", strange)))["warnings"]
        assert warning == {"message": "so", "hint": "then"}


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("loading zoo/adder", "status-loading"),
        ("waiting for model", "status-waiting-for"),
        ("loading the sentence embedder", "status-loading-embedder"),
        ("counting ballots", "status-counting-ballots"),
    ],
)
def test_what_goes_on_is_told_by_key(what: str, key: str) -> None:
    trace = Trace(recipe())
    trace.add(Record(0.0, Progress(what)))
    assert status_view(trace)["progress"]["said"]["key"] == key


def test_a_run_that_waits_is_not_said_to_run() -> None:
    assert waiting_view(2, "any")["status"] == "queued"
    assert stale_view()["status"] == "stale"
    assert linked_view()["said"]["key"] == "status-linked"
