"""A benchmark's folder: what was planned, and every answer as soon as it was given.

```
bench.json            what is asked, and who answers
answers/KEY.jsonl     of each contender: a header, then one line an item, appended as they come
runs/KEY/ITEM.jsonl   the first runs with all their events, to be opened in the app
bench-KEY.json        what was planned here before and asked something else; its answers are kept
```

A line that was cut off, or lacks what figures need, is dropped, and its item is answered again; so
is one that failed.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from fusionlab.bench.forms import Line, Planned, line_from_json, planned_from_json
from fusionlab.bench.plan import VERSION, Contender, Plan
from fusionlab.bench.suites import suite_to_json
from fusionlab.encoding import well_formed
from fusionlab.errors import BenchError
from fusionlab.reading import check_name, read_json, read_plain, reason
from fusionlab.recipe import recipe_to_json
from fusionlab.run import environment
from fusionlab.writing import putting

FORMAT = "fusionlab-bench"
PLAN = "bench.json"
MOST_ANSWERS = 2_000_000_000
"""Bytes of one contender's."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else benchmarks in this folder meanwhile; raises BenchError where somebody does."""
    try:
        check_name(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # A generator may be closed on another thread than it was begun on.
        lock = FileLock(folder / ".lock", timeout=0, thread_local=False)
        lock.acquire()
    except Timeout:
        raise BenchError("bench-at-work", folder=str(folder)) from None
    except OSError as cause:
        raise BenchError(
            "bench-unwritable", folder=str(folder), said=cause.strerror or str(cause)
        ) from None
    try:
        yield
    finally:
        lock.release()


def write_plan(folder: Path, plan: Plan, baselines: Sequence[Contender]) -> None:
    """bench.json says what is asked and who answers now.

    What was planned before and asks something else keeps a file of its own.
    """
    path = folder / PLAN
    before = read_plan(folder).key if path.exists() else plan.key
    if before != plan.key:
        path.replace(folder / f"bench-{before}.json")
    data = {
        "format": FORMAT,
        "version": VERSION,
        "key": plan.key,
        "suite": suite_to_json(plan.suite),
        "items": [item.id for item in plan.items],
        "broken": list(plan.broken),
        "contenders": [contender_to_json(one) for one in (*plan.contenders, *baselines)],
        "environment": environment(),
    }
    put_text(path, json.dumps(data, ensure_ascii=False, indent=1))


def read_plan(folder: Path) -> Planned:
    """What bench.json says; raises BenchError where there is none that can be read."""
    path = folder / PLAN
    try:
        data = read_json(read_plain(path), finite=True)
    except FileNotFoundError:
        raise BenchError("bench-missing", folder=str(folder)) from None
    except (OSError, ValueError) as cause:
        raise BenchError("plan-unreadable", file=str(path), said=reason(cause)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or "key" not in data:
        raise BenchError("plan-of-another-form", file=str(path))
    if data.get("version") != VERSION:
        raise BenchError(
            "plan-of-another-version",
            file=str(path),
            version=str(data.get("version")),
            known=str(VERSION),
        )
    try:
        return planned_from_json(well_formed(data))
    except ValueError as cause:
        raise BenchError("plan-invalid", file=str(path), said=reason(cause)) from None


def contender_to_json(one: Contender) -> dict[str, Any]:
    """The contender as plain JSON data."""
    return {**asdict(one), "recipe": recipe_to_json(one.recipe)}


def read_answers(folder: Path, key: str) -> dict[str, Line]:
    """The contender's answers so far, by item; of several to one item the last."""
    path = _answers_path(folder, key)
    try:
        lines = read_plain(path, MOST_ANSWERS).split(b"\n")
    except FileNotFoundError:
        return {}
    except OSError as cause:
        raise BenchError("answers-unreadable", file=str(path), said=reason(cause)) from None
    if len(lines) == 1:  # the disk was full before the header was written
        return {}
    header = _parsed(lines[0])
    if header is None or header.get("key") != key or header.get("version") != VERSION:
        raise BenchError("answers-of-another", file=str(path), contender=key)
    found = {}
    for line in lines[1:]:
        if (answer := line_from_json(_parsed(line))) is not None:
            found[answer.item] = answer
    return found


@contextmanager
def answers_file(folder: Path, one: Contender) -> Iterator["Answers"]:
    """Where the contender's answers are appended; a line that was cut off is taken away first."""
    path = _answers_path(folder, one.key)
    with writing(folder):
        path.parent.mkdir(exist_ok=True)
        stream = path.open("ab+", buffering=0)  # nothing is left to be written when it is closed
    with stream:
        stream.seek(0)
        text = stream.read()
        whole = text.rfind(b"\n") + 1
        stream.truncate(whole)
        stream.seek(0, os.SEEK_END)
        answers = Answers(stream, folder)
        if not whole:
            answers.begin(one)
        yield answers


class Answers:
    """Lines that are on disk as soon as they are appended."""

    def __init__(self, stream: Any, folder: Path) -> None:
        self._stream = stream
        self._folder = folder

    def begin(self, one: Contender) -> None:
        """The header, which says whose answers these are; raises as `append` does."""
        self._put({"format": FORMAT, "version": VERSION, **contender_to_json(one)})

    def append(self, line: Line) -> None:
        """One more line; raises BenchError where there is no room for it."""
        self._put(asdict(line))

    def _put(self, data: dict[str, Any]) -> None:
        text = json.dumps(well_formed(data), ensure_ascii=False, allow_nan=False)
        rest = memoryview(text.encode() + b"\n")
        with writing(self._folder):
            while rest:  # a disk that fills up takes a part
                rest = rest[self._stream.write(rest) :]


def keep_run(folder: Path, key: str, item: str, text: str) -> None:
    """The run file of one item holds the text."""
    path = run_path(folder, key, item)
    with writing(folder):
        path.parent.mkdir(parents=True, exist_ok=True)
    put_text(path, text)


def run_path(folder: Path, key: str, item: str) -> Path:
    """Where the run file of one item is, if it was kept."""
    return folder / "runs" / key / f"{item}.jsonl"


def _answers_path(folder: Path, key: str) -> Path:
    return folder / "answers" / f"{key}.jsonl"


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        data = well_formed(read_json(line, finite=True))
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def put_text(path: Path, text: str) -> None:
    """The file holds the text; before, it holds what it held. Raises BenchError."""
    with writing(path.parent), putting(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What cannot be written in the folder meanwhile is a BenchError."""
    try:
        yield
    except OSError as cause:
        raise BenchError(
            "bench-cut-short", folder=str(folder), said=cause.strerror or str(cause)
        ) from None
