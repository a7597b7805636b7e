"""The sweep of the Build tab: how good the models between its sources are, point by point."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gradio as gr
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from fusionlab.bench.fitting import lacks_data, solvers
from fusionlab.bench.suites import get_suite, suite_names
from fusionlab.bench.sweeping import asking
from fusionlab.errors import FusionError
from fusionlab.limits import limits
from fusionlab.proof.sweeping import known_sweep, sweep, sweep_to_json
from fusionlab.ui.asked import checked
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.stage import TOLD_EACH, told, view
from fusionlab.ui.streamed import Shows, watched, wire_streamed
from fusionlab.views.refused import refused_view
from fusionlab.weights.sweeping import Point, grid

Drawn = dict[str, Any]
MOST_POINTS = 21
"""Of a side, on the page."""
MOST_ITEMS = 500
TOLD = 0.3
"""Seconds between two pictures."""


class Wanted(BaseModel):
    """What the page asks for; others may have written it."""

    model_config = ConfigDict(extra="forbid")
    refs: list[str] = Field(min_length=2, max_length=3)
    points: int = Field(ge=2, le=MOST_POINTS)
    suite: str = ""
    items: int = Field(default=50, ge=1, le=MOST_ITEMS)


_WANTED = TypeAdapter(Wanted)


def build_sweep() -> gr.HTML:
    """The component, without its events."""
    return view("sweep", "build-sweep", {"ready": True})


def wire_sweep(page: gr.HTML, runs: LiveRuns) -> None:
    """Its events."""

    def looked(event: gr.EventData) -> Drawn:
        return about(told(event).get("refs"))

    def asked(said: Drawn) -> Shows:
        limits().check_builds()
        wanted = _wanted(said)
        return lambda run: _stream(run, runs, wanted)

    page.input(looked, None, page, **TOLD_EACH)
    wire_streamed(page, runs, asked, lambda _: "sweep")


def about(refs: Any) -> Drawn:
    """What is known of these sources: the record of a sweep between them, suites that fit them."""
    if not isinstance(refs, list) or not all(isinstance(ref, str) for ref in refs):
        return {"of": []}
    record = known_sweep(refs)
    known = [get_suite(name) for name in suite_names()]
    return {
        "of": refs,
        "record": record,
        "suites": [
            each.name for each in known if not lacks_data(each) and set(solvers(each)) & set(refs)
        ],
        "sweeps": limits().builds,
    }


def _wanted(said: Any) -> Wanted:
    return checked(_WANTED, said)


def _stream(run: str, runs: LiveRuns, wanted: Wanted) -> Iterator[Drawn]:
    """The points so far, and at the end the record."""
    refs, side = wanted.refs, wanted.points
    total = len(grid(len(refs), side))
    rows: list[Point] = []

    def shown(*, running: bool, **how: Any) -> Drawn:
        record = sweep_to_json(refs, side, "", rows)
        return {"running": running, "of": refs, "record": record, "total": total, **how}

    yield shown(running=True)
    told_at = time.monotonic()
    ask = asking([wanted.suite] if wanted.suite else [], wanted.items)
    try:
        with closing(watched(run, runs, sweep(refs, side, ask), "sweep")) as events:
            for event in events:
                if isinstance(event, Point):
                    rows.append(event)
                    if time.monotonic() - told_at >= TOLD:
                        told_at = time.monotonic()
                        yield shown(running=True)
    except FusionError as error:
        yield shown(running=False, refused=refused_view(error))
        return
    ended = len(rows) == total
    yield shown(running=False, stopped=not ended)
