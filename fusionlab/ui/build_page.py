"""The Build tab: a builder, sources and settings; a plan drawn as one edits; the new model."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.background import stepped
from fusionlab.errors import FusionError
from fusionlab.events import Event, ModelBuilt, Progress, Warned
from fusionlab.limits import limits
from fusionlab.ui.align_page import build_align, wire_align
from fusionlab.ui.building import (
    Asked,
    asked_by,
    asked_of,
    counting,
    drawn_plan,
    first_asked,
    form_view,
    made,
    preset_named,
    recorded,
    recorded_path,
)
from fusionlab.ui.formdata import offered_models
from fusionlab.ui.going_on import links_for
from fusionlab.ui.kept import Kept
from fusionlab.ui.live import COMPUTE, LiveRuns, visitor_of
from fusionlab.ui.stage import QUIET, TOLD_EACH, told, view
from fusionlab.ui.sweep_page import build_sweep, wire_sweep
from fusionlab.views.build import built_view
from fusionlab.views.refused import refused_view
from fusionlab.views.spoken import in_words, saying
from fusionlab.views.status import doing, waiting_view
from fusionlab.weights.shelf import known_built, made_of, removed

BUILD = "build"
TOLD = 0.2
"""Seconds between two words on how far it has come."""

Drawn = dict[str, Any]
_filled = count(1)


@dataclass(frozen=True, slots=True)
class BuildPage:
    """The components of the tab."""

    form: gr.HTML
    sweep: gr.HTML
    align: gr.HTML
    status: gr.HTML
    result: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """What a set-up or a build gives new values to."""
        return [self.form, self.status, self.result]

    def at_first(self, asked: Asked | None, kept: Kept | None) -> list[Any]:
        """New values for `outputs`: this set-up, or what the tab showed before the page was loaded
        again, or the first preset.
        """
        with suppress(FusionError):
            if kept is not None and kept.asked is not None:
                before = asked_of(kept.asked)
                if asked is None or replace(before, preset="") == asked:
                    return self._shown(before, kept.name)
        return self._shown(asked, "") if asked else self.started(first_asked())

    def started(self, asked: Asked) -> list[Any]:
        """New values for `outputs`: a preset's set-up, and what it has come to."""
        preset = preset_named(asked.preset)
        plan, built = recorded(preset) if preset else ({}, {})
        result = {"built": built or None, "path": recorded_path(preset), **_shelf()}
        status = _status("finished", recorded=True) if built else {"status": ""}
        return [_filled_form(asked, plan=plan or drawn_plan(asked)), status, result]

    def _shown(self, asked: Asked, name: str) -> list[Any]:
        """This set-up, and the model of this id that was built before, if it is there still."""
        preset = preset_named(asked.preset)
        if preset and not name:
            return self.started(asked_by(preset))
        asked, left_out = counting(asked)
        row = next((row for row in known_built() if row["id"] == name), None)
        result = {"built": _of_row(row) if row else None, **_shelf()}
        status = _status("finished") if row else {"status": ""}
        told = {"plan": drawn_plan(asked), "built": name, "left_out": left_out}
        return [_filled_form(asked, **told), status, result]


def build_build() -> BuildPage:
    """The tab's components, without their events."""
    form = view("build", "build-form")
    status = view("status", "build-status")
    sweep = build_sweep()
    with gr.Column(elem_classes="fl-result"):
        result = view("built", "build-result")
        view("actions", "build-actions", {"picture": "model", "of": ["built"]})
    align = build_align()
    return BuildPage(form, sweep, align, status, result)


def wire_build(page: BuildPage, runs: LiveRuns) -> None:
    """The tab's events, but for those that lead to other tabs."""
    quiet = {**QUIET, "queue": False}
    name, asked = gr.State(""), gr.State(None)
    wire_sweep(page.sweep, runs)
    wire_align(page.align, runs)

    def edited(event: gr.EventData) -> Drawn:
        said = told(event)
        try:
            plan = drawn_plan(asked_of(said.get("asked")))
        except FusionError as error:
            plan = {"error": refused_view(error)}
        return {"plan": plan, "of": said.get("serial")}

    def start_from(event: gr.EventData) -> list[Any]:
        preset = preset_named(told(event).get("preset"))
        return page.started(asked_by(preset)) if preset else _unchanged(3)

    def begin(request: gr.Request, event: gr.EventData) -> list[Any]:
        return [runs.begin(visitor_of(request)), told(event).get("asked"), waiting_view()]

    def stream(run: str, said: Any) -> Iterator[list[Any]]:
        try:
            wanted = asked_of(said)
            limits().check_builds()
            waiting: list[Any] = []
            for shown in runs.in_turn(
                run, lambda: _stream(run, runs, wanted), waiting, wanted.builder
            ):
                line = waiting_view(runs.before(run), runs.now(run))
                yield shown or [gr.skip(), line, gr.skip()]
        except FusionError as error:
            yield [_form(refused=refused_view(error)), _status("failed"), gr.skip()]
        finally:
            runs.end(run)

    def stopped(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    page.form.input(edited, None, page.form, **TOLD_EACH)
    page.form.select(start_from, None, page.outputs, **TOLD_EACH)
    begun = page.form.submit(begin, None, [name, asked, page.status], **quiet)
    begun.then(stream, [name, asked], page.outputs, **QUIET, **COMPUTE)
    page.form.stop(stopped, None, None, **quiet)
    page.result.submit(_remove, page.result, page.result, **quiet)


def _stream(run: str, runs: LiveRuns, asked: Asked) -> Iterator[list[Any]]:
    """How far it has come, and at the end the new model."""
    began = told_at = time.monotonic()
    warnings: list[Warned] = []
    built: ModelBuilt | None = None
    how: Drawn = {"warnings": warnings}
    try:
        with runs.at_work(), closing(stepped(made(asked), "build")) as events:
            for event in events:
                if not runs.wanted(run):
                    break
                if event is None:  # nothing new
                    continue
                match event:
                    case Warned():
                        warnings.append(event)
                    case ModelBuilt():
                        built = event
                now = time.monotonic()
                if now - told_at >= TOLD:
                    told_at = now
                    status = _status("running", event=event, elapsed=now - began, **how)
                    yield [gr.skip(), status, gr.skip()]
    except FusionError as error:
        status = _status("failed", error=error, elapsed=time.monotonic() - began, **how)
        yield [_form(), status, gr.skip()]
        return
    how["elapsed"] = time.monotonic() - began
    if built is None:
        yield [_form(stopped=True), _status("stopped", **how), gr.skip()]
        return
    row = next(row for row in known_built() if row["id"] == built.id)
    shown = {"built": _of_row(row, built), **_shelf()}
    yield [_form(built=built.id), _status("finished", **how), shown]


def _remove(event: gr.EventData, shown: Drawn) -> Drawn:
    """The result without the model that was removed, or with why it was not."""
    name = str(told(event).get("remove", ""))
    try:
        limits().check_builds()
        for _ in removed(name):
            pass
    except FusionError as error:
        return {**shown, **_shelf(), "refused": refused_view(error)}
    built = shown.get("built")
    gone = isinstance(built, dict) and built.get("id") == name and not built.get("recorded")
    return {**_shelf(), "built": None if gone else built, "removed": name, "refused": None}


def _shelf() -> Drawn:
    """The models that were built here; on a demo they are nobody's to see."""
    if not limits().builds:
        return {"models": []}
    rows = [
        {
            **{key: row[key] for key in ("id", "reference", "builder", "bytes", "lineage")},
            "heirs": made_of(row["id"]),
        }
        for row in known_built()
    ]
    return {"models": rows, "offered": offered_models()}


def _of_row(row: Drawn, built: ModelBuilt | None = None) -> Drawn:
    """A model on the shelf, made now or before."""
    event = built or ModelBuilt(
        row["id"], row["reference"], row["parameters"], row["bytes"], lineage=tuple(row["lineage"])
    )
    links = links_for(event.reference, event.lineage)
    return built_view(event, row["licence"], row["builder"], links)


def _form(**how: Any) -> Drawn:
    return {"running": False, **how}


def _filled_form(asked: Asked, **how: Any) -> Drawn:
    return form_view(asked, filled=next(_filled), **how)


def _status(
    status: str,
    *,
    event: Event | None = None,
    warnings: Sequence[Warned] = (),
    elapsed: float = 0.0,
    error: FusionError | None = None,
    recorded: bool = False,
) -> Drawn:
    """How the build stands, as the component `status` draws it."""
    key = "build-recorded" if recorded else _SAID.get(status)
    return {
        "status": status,
        "said": saying(key) if key else None,
        "recorded": recorded,
        "elapsed": elapsed,
        "progress": _progress(event) if isinstance(event, Progress) else None,
        "warnings": [in_words(each) for each in warnings],
        "error": refused_view(error) if error else None,
    }


_SAID = {"finished": "build-finished", "stopped": "build-stopped"}


def _progress(event: Progress) -> Drawn:
    return {
        "what": event.what,
        "said": doing(event.what),
        "done": event.done,
        "total": event.total,
        "unit": event.unit,
    }


def _unchanged(number: int) -> list[Any]:
    return [gr.skip()] * number
