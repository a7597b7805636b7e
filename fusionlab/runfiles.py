"""Run files: a run is written line by line while it goes on, and read back as its trace.

A run file is JSON Lines: a header `{"format": "fusionlab-run", "version": 1, "recipe": …,
"env": …}`, then one `[t, event]` a line. It grows under a name ending in `.part` and gets its own
name when the run ends, however it ends. A file without an end is a stopped run, and still readable.
"""

import codecs
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from fusionlab.encoding import event_from_json, event_to_json, well_formed
from fusionlab.errors import FusionError, RunFileError
from fusionlab.events import Record
from fusionlab.reading import check_name, read_json, read_plain, reason
from fusionlab.recipe import Recipe, recipe_from_json, recipe_to_json
from fusionlab.trace import Trace
from fusionlab.validity import check, check_numbers, check_time
from fusionlab.words import Value

FORMAT = "fusionlab-run"
VERSION = 1


def recorded(
    records: Generator[Record, None, None],
    path: Path,
    recipe: Recipe,
    env: dict[str, Any] | None = None,
) -> Generator[Record, None, None]:
    """The same records, written to the run file `path` on their way.

    Closing this iterator closes the inner one; the file gets its name then as well. Raises
    RunFileError before the first record when there can be no such file, and later where the disk is
    full: what stood under the name before is still there then.
    """
    with closing(records), closing(LineWriter(path)) as file:
        file.write(header_line(recipe, env or {}))
        for record in records:
            file.write(record_line(record))
            yield record


class LineWriter:
    """A file of lines that grows under another name and gets its own when it is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._file = _opened(self._part, path)
        self._broken = False

    def write(self, line: str) -> None:
        """The line is on disk; raises RunFileError where it cannot be."""
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as cause:
            self._broken = True
            raise self._unwritten(cause) from None

    def close(self) -> None:
        """The file has its name, unless it lacks a line; raises RunFileError as `write` does."""
        try:
            self._file.close()
            if not self._broken:
                self._part.replace(self._path)
        except OSError as cause:
            if not self._broken:  # else that has been said
                raise self._unwritten(cause) from None

    def _unwritten(self, cause: OSError) -> RunFileError:
        return RunFileError(
            "run-file-broken-off",
            file=str(self._path),
            said=cause.strerror or str(cause),
            part=str(self._part),
        )


def header_line(recipe: Recipe, env: dict[str, Any]) -> str:
    """First line of a run file."""
    header = {"format": FORMAT, "version": VERSION, "recipe": recipe_to_json(recipe), "env": env}
    return json.dumps(header, ensure_ascii=False, allow_nan=False) + "\n"


def record_line(record: Record) -> str:
    """One further line of a run file."""
    line = [round(record.t, 4), event_to_json(record.event)]
    return json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"


def run_text(trace: Trace) -> str:
    """The trace as the text of a run file."""
    return header_line(trace.recipe, trace.env) + "".join(map(record_line, trace.records))


def read_run(path: Path) -> Trace:
    """The trace in the run file at `path`; raises RunFileError when it is none."""
    return parse_run(text_in(path), name=path.name)


def text_in(path: Path) -> str:
    """The text of a file of lines, of which the last may be cut off; raises RunFileError."""
    try:
        # Not final: the last character may have been cut off, and then it is left out.
        return codecs.utf_8_decode(read_plain(path))[0]
    except FileNotFoundError:
        raise RunFileError("run-file-missing", name=repr(path.name)) from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RunFileError("run-file-unreadable", name=path.name, said=reason(cause)) from None


def parse_run(text: str, name: str = "run file") -> Trace:
    """The trace in the text of a run file.

    A last line that breaks off is left out: the run was stopped while it was being written.
    """
    head, *lines = text.split("\n")
    trace = _parse_header(head, name)

    def add(data: Any) -> None:
        t, event = data
        trace.add(record_from_json(t, event))

    read_lines(lines, add, name)
    trace.stopped = trace.end is None
    return trace


def read_lines(lines: Sequence[str], add: Callable[[Any], None], name: str) -> None:
    """Every line after the header has been read as JSON and given to `add`.

    A last line that breaks off is left out. Raises RunFileError for any other line that is not
    JSON, or that `add` does not take.
    """
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            add(read_json(line, finite=True))
        except (ValueError, TypeError, OverflowError, RunFileError) as cause:
            if number == len(lines) + 1 and not isinstance(cause, RunFileError):
                break
            raise RunFileError(
                "run-file-line", name=name, line=str(number), cause=said(cause)
            ) from None


def record_from_json(t: Any, event: Any) -> Record:
    """The event and its time; raises RunFileError where they are none, or impossible."""
    record = Record(check_time(t), event_from_json(event))
    check(record.event)
    return record


def _opened(part: Path, path: Path) -> TextIO:
    try:
        check_name(path)
        if path.is_dir():
            raise RunFileError("run-file-is-a-folder", file=str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        return part.open("w", encoding="utf-8")
    except OSError as cause:
        raise RunFileError(
            "run-file-unwritable", file=str(path), said=cause.strerror or str(cause)
        ) from None


def _parse_header(line: str, name: str) -> Trace:
    try:
        header = read_json(line, finite=True)
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunFileError("run-file-none", name=name)
    version = header.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise RunFileError("run-file-too-new", name=name, version=str(version), newest=str(VERSION))
    try:
        env = well_formed(dict(header.get("env", {})))
        recipe = recipe_from_json(header["recipe"])
        check_numbers([asdict(recipe), env])
        return Trace(recipe, env)
    except (FusionError, KeyError, TypeError, ValueError) as cause:
        raise RunFileError("run-file-header", name=name, cause=said(cause)) from None


def said(cause: Exception) -> Value:
    """What went wrong, to be quoted in another sentence."""
    return cause.sentence if isinstance(cause, FusionError) else reason(cause)
