"""A sweep between models that can be merged: what is checked before, which text they read, and the
record that is kept of it.
"""

import hashlib
import json
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from fusionlab.assets import asset
from fusionlab.builders.merge import merge
from fusionlab.events import Event, Warned
from fusionlab.intervals import wilson
from fusionlab.proof.examining import samples_for
from fusionlab.reading import read_json, read_plain, reason
from fusionlab.registry import Source
from fusionlab.sources import store
from fusionlab.weights.opened import Opened, fetched
from fusionlab.weights.papers import short
from fusionlab.weights.postflight import Subject
from fusionlab.weights.sweeping import Answers, Ask, Point, grid, swept
from fusionlab.writing import putting

FORMAT = 1
"""Of a record; fields are only added."""
SWEEPS = "sweeps"
"""The folder of records, in FusionLab's home and among what came with it."""


def sweep(
    refs: Sequence[str], points: int, ask: Ask | None = None
) -> Generator[Event | Point, None, dict[str, Any]]:
    """The points of the sweep, each as soon as it is known, and at last all of it as plain data,
    which is kept as a record.

    Raises RecipeError where the models cannot be merged, and what opening them raises.
    """
    weights = grid(len(refs), points)
    sources: list[Opened] = []
    for ref in refs:
        sources += [(yield from fetched(ref))]
    merge([Source(ref) for ref in refs]).check()
    text, samples = samples_for(Subject(refs[0], tuple(refs)))
    rows: list[Point] = []
    for each in swept(sources, weights, samples, ask):
        if isinstance(each, Point):
            rows.append(each)
        yield each
    found = sweep_to_json(refs, points, text, rows)
    try:
        _keep(found)
    except OSError as cause:
        yield Warned.of("sweep-not-kept", said=reason(cause))
    return found


def sweep_to_json(
    refs: Sequence[str], points: int, text: str, rows: Sequence[Point]
) -> dict[str, Any]:
    """The points so far as plain data, and which of them is best in each suite."""
    return {
        "format": FORMAT,
        "refs": list(refs),
        "models": [short(ref) for ref in refs],
        "side": points,
        "text": text,
        "points": [
            {
                "weights": list(each.weights),
                "nats_per_byte": each.read.nats_per_byte,
                "interval": each.read.interval and list(each.read.interval),
                "topics": dict(each.read.topics),
                "suites": [_answers_to_json(one) for one in each.answers],
            }
            for each in rows
        ],
        "best": _best(rows),
    }


def known_sweep(refs: Sequence[str]) -> dict[str, Any] | None:
    """The newest record of a sweep between these models in this order; None where there is none."""
    return next((each for each in _records() if each.get("refs") == list(refs)), None)


def _best(rows: Sequence[Point]) -> dict[str, int]:
    """By suite the point with most right answers where points are chosen; of equals the first."""
    suites = [one.suite for one in rows[0].answers] if rows else []
    return {
        suite: max(range(len(rows)), key=lambda at: rows[at].answers[number].choosing[0])
        for number, suite in enumerate(suites)
    }


def _answers_to_json(answers: Answers) -> dict[str, Any]:
    def half(right: int, total: int) -> dict[str, Any]:
        low, high = wilson(right, total) if total else (0.0, 1.0)
        return {"right": right, "total": total, "low": low, "high": high}

    return {
        "suite": answers.suite,
        "choosing": half(*answers.choosing),
        "testing": half(*answers.testing),
    }


def _records() -> Iterator[dict[str, Any]]:
    """Those that were made here, the newest first, then those that came with FusionLab."""
    own = sorted(
        (store.home() / SWEEPS).glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True
    )
    for file in [*own, *sorted(asset(SWEEPS).glob("*.json"))]:
        try:
            found = read_json(read_plain(file), finite=True)
        except (OSError, ValueError):
            continue
        if isinstance(found, dict) and found.get("format") == FORMAT:
            yield found


def _keep(found: dict[str, Any]) -> None:
    suites = [[one["suite"], one["testing"]["total"]] for one in found["points"][0]["suites"]]
    asked = json.dumps([found["refs"], found["side"], suites])
    name = hashlib.sha256(asked.encode()).hexdigest()[:16]
    write_sweep(found, store.home() / SWEEPS / f"{name}.json")


def write_sweep(found: dict[str, Any], file: Path) -> None:
    """The record stands in this file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with putting(file) as part:
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
        part.write_text(text + "\n", encoding="utf-8")
