"""Recorded members answer what they were asked, and nothing else."""

from pathlib import Path

import pytest

from fusionlab.engines import replay
from fusionlab.errors import MemberError, RunFileError, UnknownName
from fusionlab.events import Event, Measured, Record, RunFinished, TextDelta, TokenChosen
from fusionlab.models.base import Chunk, Level, Message, ModelSpec, Usage
from fusionlab.recipe import Recipe, Sampling
from fusionlab.runfiles import run_text
from fusionlab.trace import fold

SPEC = ModelSpec("replay:run.jsonl#ann", "replay", Level.TEXT)
EVENTS: tuple[Event, ...] = (
    TextDelta("ann", "Pa"),
    TextDelta("bob", "Rome"),
    TextDelta("ann", "ris 👨‍👩‍👧", sample=0),
    TextDelta("ann", "Lyon", sample=1),
    Measured("ann", tokens_in=20, tokens_out=5, forward_passes=5, seconds=1.0, batch=2),
    Measured("ann", tokens_out=2, forward_passes=2, seconds=1.0, batch=2),
    Measured("bob", tokens_in=10),
)
PROMPT = [Message("system", "Be brief."), Message("user", "Capital of France?")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path, *EVENTS)


def written(folder: Path, *events: Event) -> Path:
    recipe = Recipe("vote", prompt="Capital of France?")
    path = folder / "run.jsonl"
    path.write_text(run_text(fold(recipe, [Record(0.0, e) for e in events])), encoding="utf-8")
    return path


def test_it_says_what_was_said_split_as_it_was(path: Path) -> None:
    model = replay.load(path, "ann", SPEC)
    assert list(model.generate([PROMPT, PROMPT], Sampling())) == [
        Chunk(0, "Pa"),
        Chunk(0, "ris 👨‍👩‍👧", "end", Usage(10, 3, 3, 1.0, 2)),
        Chunk(1, "Lyon", "end", Usage(10, 4, 4, 1.0, 2)),
    ]


def test_a_run_cut_by_length_stays_cut(tmp_path: Path) -> None:
    model = replay.load(written(tmp_path, *EVENTS, RunFinished("Paris", "length")), "bob", SPEC)
    (chunk,) = model.generate([PROMPT], Sampling())
    assert chunk.reason == "length"


def test_another_prompt_is_refused(path: Path) -> None:
    model = replay.load(path, "ann", SPEC)
    other = [Message("user", "Capital of Italy?" + "?" * 100)]
    with pytest.raises(MemberError, match=r"'Capital of France\?', not for 'Capital of Italy.*…'"):
        list(model.generate([PROMPT, other], Sampling()))


def test_a_conversation_is_answered_only_as_a_whole(tmp_path: Path) -> None:
    talk = (Message("user", "France?"), Message("assistant", "Paris."), Message("user", "Italy?"))
    path = tmp_path / "talk.jsonl"
    trace = fold(Recipe("vote", messages=talk), [Record(0.0, event) for event in EVENTS])
    path.write_text(run_text(trace), encoding="utf-8")
    model = replay.load(path, "bob", SPEC)
    (chunk,) = model.generate([[PROMPT[0], *talk]], Sampling())
    assert chunk.text == "Rome"
    with pytest.raises(MemberError, match=r"'Italy\?' after 2 other turns, not for 'Italy\?'"):
        list(model.generate([talk[2:]], Sampling()))


def test_more_samples_than_recorded_are_refused(path: Path) -> None:
    model = replay.load(path, "bob", SPEC)
    with pytest.raises(MemberError, match=r"holds 1 answers of bob; answer 2"):
        list(model.generate([PROMPT, PROMPT], Sampling()))


def test_an_unknown_member_gets_the_nearest(path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'ann'"):
        replay.load(path, "anna", SPEC)


def test_no_run_file_no_member(tmp_path: Path) -> None:
    with pytest.raises(RunFileError):
        replay.load(tmp_path / "run.jsonl", "ann", SPEC)


def test_token_events_alone_are_no_text(tmp_path: Path) -> None:
    token = TokenChosen(0, "a", 1, 1.0, (), 0.0, 0.0, {})
    with pytest.raises(UnknownName, match="member with recorded text"):
        replay.load(written(tmp_path, token), "ann", SPEC)
