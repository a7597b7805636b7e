"""The Build tab: a builder, sources and settings; a plan drawn as one edits; the new model."""

from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

import gradio as gr

from fusionlab.background import stepped
from fusionlab.errors import FusionError
from fusionlab.events import Event, ModelBuilt
from fusionlab.limits import limits
from fusionlab.registry import get_builder
from fusionlab.training.loop import Stop
from fusionlab.ui.align_page import build_align, wire_align
from fusionlab.ui.brought import KINDS, brought
from fusionlab.ui.build_told import Shown, ended_view, status_view
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
    recorded_course,
    recorded_path,
)
from fusionlab.ui.exporting import gguf_asked
from fusionlab.ui.kept import Kept
from fusionlab.ui.live import COMPUTE, LiveRuns, visitor_of
from fusionlab.ui.stage import QUIET, TOLD_EACH, told, view
from fusionlab.ui.standing import (
    learned,
    left_at,
    shelf,
    standing,
    stopped_at,
)
from fusionlab.ui.sweep_page import build_sweep, wire_sweep
from fusionlab.ui.taught import taught
from fusionlab.ui.unfinished import another, kept_at_last, stopped_once, unfinished
from fusionlab.views.learning import NOTHING
from fusionlab.views.refused import plan_refused_view
from fusionlab.views.status import waiting_view
from fusionlab.weights.shelf import removed

BUILD = "build"

Drawn = dict[str, Any]
_filled = count(1)


@dataclass(frozen=True, slots=True)
class BuildPage:
    """The components of the tab."""

    form: gr.HTML
    sweep: gr.HTML
    align: gr.HTML
    upload: gr.UploadButton
    status: gr.HTML
    learning: gr.HTML
    result: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """What a set-up or a build gives new values to."""
        return [self.form, self.status, self.learning, self.result]

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
        result = {"built": built or None, "path": recorded_path(preset), **shelf()}
        status = status_view("finished", recorded=True) if built else {"status": ""}
        learning = recorded_course(preset) if preset else NOTHING
        return [_filled_form(asked, plan=plan or drawn_plan(asked)), status, learning, result]

    def _shown(self, asked: Asked, name: str) -> list[Any]:
        """This set-up, and the model of this id that was built before, if it is there still; where
        a training of this set-up was broken off, how far it came.
        """
        preset = preset_named(asked.preset)
        asked, left_out = counting(asked)
        plan = drawn_plan(asked)
        built = standing(name)
        name = name if built else ""
        broken_off = None if built and name != plan.get("id") else unfinished(plan)
        if broken_off and not broken_off.stands:
            form = _filled_form(asked, plan=plan, left_out=left_out, left_at=broken_off.place)
            result = {"built": None, **shelf()}
            return [form, broken_off.status, broken_off.course, result]
        if preset and not name and not broken_off:
            return self.started(asked_by(preset))
        if broken_off:
            name, built = broken_off.id, standing(broken_off.id)
        left = left_at(name) if built else None
        status = ended_view(left) if built else {"status": ""}
        told = {"plan": plan, "built": name, "left_out": left_out, "left_at": left}
        result = {"built": built, **shelf()}
        return [_filled_form(asked, **told), status, learned(name), result]

    def fresh(self, asked: Asked) -> list[Any]:
        """New values for `outputs`: this set-up, of which nothing was begun."""
        form = _filled_form(asked, plan=drawn_plan(asked), left_at=None)
        return [form, {"status": ""}, NOTHING, {"built": None, **shelf()}]


def build_build() -> BuildPage:
    """The tab's components, without their events."""
    form = view("build", "build-form")
    status = view("status", "build-status")
    sweep = build_sweep()
    upload = gr.UploadButton(file_types=[*KINDS], visible="hidden", elem_id="build-data")
    with gr.Column(elem_classes="fl-result"):
        learning = view("learning", "build-learning")
        result = view("built", "build-result")
        view("actions", "build-actions", {"picture": "model", "of": ["learning", "built"]})
    align = build_align()
    return BuildPage(form, sweep, align, upload, status, learning, result)


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
            plan = {"error": plan_refused_view(error)}
        return {"plan": plan, "of": said.get("serial")}

    def start_from(event: gr.EventData) -> list[Any]:
        if "aside" in told(event):
            return aside(told(event)["aside"])
        preset = preset_named(told(event).get("preset"))
        return page.started(asked_by(preset)) if preset else _unchanged(4)

    def aside(said: Any) -> list[Any]:
        try:
            asked = another(asked_of(said))
        except FusionError as error:
            return [_form(refused=plan_refused_view(error)), *_unchanged(3)]
        return page.fresh(asked)

    def data_brought(path: str) -> Drawn:
        try:
            limits().check_builds()
            return {"brought": brought(path)}
        except FusionError as error:
            return {"refused": plan_refused_view(error)}

    def opened(event: gr.EventData, shown: Drawn) -> list[Any]:
        if "taught" in told(event):
            return [gr.skip(), gr.skip(), {**shown, "taught": taught(str(told(event)["taught"]))}]
        if "gguf" in told(event):
            return [gr.skip(), gr.skip(), {**shown, "gguf": gguf_asked(str(told(event)["gguf"]))}]
        name = str(told(event).get("open", ""))
        # the path was that of an example
        fresh = {"path": None, "removed": "", "refused": None, "taught": None, "exported": None}
        result = {**shown, **shelf(), "built": standing(name), **fresh}
        return [{"status": ""}, learned(name), result]

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
                yield shown or [gr.skip(), line, gr.skip(), gr.skip()]
        except FusionError as error:
            refusal = _form(refused=plan_refused_view(error))
            yield [refusal, status_view("failed"), gr.skip(), gr.skip()]
        finally:
            runs.end(run)

    def stopped(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    page.form.input(edited, None, page.form, **TOLD_EACH)
    page.form.select(start_from, None, page.outputs, **TOLD_EACH)
    begun = page.form.submit(begin, None, [name, asked, page.status], **quiet)
    begun.then(stream, [name, asked], page.outputs, **QUIET, **COMPUTE)
    page.form.stop(stopped, None, None, **quiet)
    page.upload.upload(data_brought, page.upload, page.form, **quiet)
    page.result.input(opened, page.result, [page.status, page.learning, page.result], **quiet)
    told_of = [page.status, page.learning, page.result]
    page.result.submit(_remove, page.result, told_of, **quiet)


def _stream(run: str, runs: LiveRuns, asked: Asked) -> Iterator[list[Any]]:
    """How far it has come and how it learns, and at the end the new model."""
    shown = Shown(run)
    events = _events(run, runs, asked, shown)
    try:
        with runs.at_work(), closing(events):
            for event in events:
                if event is not None and shown.take(event):
                    yield [gr.skip(), shown.status("running"), shown.fresh(), gr.skip()]
    except FusionError as error:
        yield [_form(), shown.status("failed", error=error), shown.failed(), gr.skip()]
        return
    built = shown.built
    if built is None:
        status = shown.status("stopped")
        yield [_form(stopped=True), status, shown.fresh("stopped"), gr.skip()]
        return
    left = stopped_at(built.report)
    ended = "stopped" if left else "finished"
    result = {"built": standing(built.id, built), **shelf()}
    form = _form(built=built.id, left_at=left)
    learning = shown.fresh(ended, left["step"] if left else 0)
    yield [form, ended_view(left, **shown.how()), learning, result]


def _events(
    run: str, runs: LiveRuns, asked: Asked, shown: Shown
) -> Generator[Event | None, None, None]:
    """The events of the build. Where it is not wanted any more, those of keeping what there is, if
    its builder can; where the page is gone, it is kept all the same.
    """
    keeps, stopping = get_builder(asked.builder).keeps, False
    steps = stopped_once(made(asked, shown.begin))
    ending = partial(kept_at_last, steps) if keeps else None
    with closing(stepped(steps, "build", ending)) as events:
        while True:
            try:
                if stopping or runs.wanted(run):
                    event = next(events)
                elif keeps:
                    stopping = True
                    event = events.throw(Stop())
                else:
                    return
            except (StopIteration, Stop):  # it is over, or nothing was being trained
                return
            yield event
            if stopping and isinstance(event, ModelBuilt):
                return


def _remove(event: gr.EventData, shown: Drawn) -> list[Any]:
    """Status, curve and result without the model that was removed, or with why it was not."""
    name = str(told(event).get("remove", ""))
    if not name:
        return _unchanged(3)
    try:
        limits().check_builds()
        for _ in removed(name):
            pass
    except FusionError as error:
        refused = {**shown, **shelf(), "refused": plan_refused_view(error), "taught": None}
        return [*_unchanged(2), refused]
    built = shown.get("built")
    gone = isinstance(built, dict) and built.get("id") == name and not built.get("recorded")
    result = {**shelf(), "built": None if gone else built, "removed": name, "refused": None}
    return [*([{"status": ""}, NOTHING] if gone else _unchanged(2)), result]


def _form(**how: Any) -> Drawn:
    return {"running": False, **how}


def _filled_form(asked: Asked, **how: Any) -> Drawn:
    return form_view(asked, filled=next(_filled), **how)


def _unchanged(number: int) -> list[Any]:
    return [gr.skip()] * number
