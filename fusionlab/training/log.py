"""The log of a training: one JSON line for each of about 200 of its steps."""

import json
from collections.abc import Generator, Iterable
from json import JSONDecodeError
from pathlib import Path

from fusionlab.encoding import event_from_json, event_to_json
from fusionlab.events import Progress, StepTrained
from fusionlab.reading import read_json
from fusionlab.writing import putting

LOGGED = 200
"""About how many steps the log keeps."""
LOG = "training.jsonl"


def logged(
    steps: Iterable[StepTrained], file: Path, total: int, name: str
) -> Generator[Progress | StepTrained, None, None]:
    """The steps, written to the log as they pass; lines from an earlier attempt are replaced."""
    kept = max(1, total // LOGGED)
    first = True
    for event in steps:
        if first:
            _cut(file, event.step)
            first = False
        told = event.held_out is not None or event.samples or event.solved or event.loads
        kept_anyway = event.step in (1, total) or bool(told)
        if event.step % kept == 0 or kept_anyway:
            with file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(event_to_json(event)) + "\n")
            yield Progress(f"training {name}", event.step, total, "items")
        yield event


def steps_in(file: Path) -> list[StepTrained]:
    """The steps that the log holds."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    events = [event_from_json(read_json(line)) for line in lines]
    return [event for event in events if isinstance(event, StepTrained)]


def _cut(file: Path, step: int) -> None:
    """The log keeps only whole lines of steps before this one."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    whole = [line for line in text.splitlines(keepends=True) if 0 < _step_of(line) < step]
    with putting(file) as part:
        part.write_text("".join(whole), encoding="utf-8")


def _step_of(line: str) -> int:
    """The step that a line of the log is about; 0 for a line that is not whole."""
    try:
        data = read_json(line) if line.endswith("\n") else None
    except JSONDecodeError:
        return 0
    step = data.get("step") if isinstance(data, dict) else None
    return step if isinstance(step, int) else 0
