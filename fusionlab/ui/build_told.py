"""How a build stands, as the Build tab tells of it: its line of status, and how it learns."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from fusionlab.errors import FusionError
from fusionlab.events import Event, ModelBuilt, Progress, StepTrained, Warned
from fusionlab.making import report_in
from fusionlab.plans import Plan
from fusionlab.sources.schemes.built import built_folder, built_names
from fusionlab.ui.standing import attempt_at, left_at, logged_in
from fusionlab.views.learning import NOTHING, Course
from fusionlab.views.refused import refused_view
from fusionlab.views.spoken import in_words, saying
from fusionlab.views.status import doing

Drawn = dict[str, Any]
TOLD = 0.2
"""Seconds between two words on how far it has come."""


class Shown:
    """A build as it is shown: how far it has come, what was warned of, how it learns."""

    def __init__(self, run: str) -> None:
        self.built: ModelBuilt | None = None
        self._warnings: list[Warned] = []
        self._progress: Progress | None = None
        self._course = Course(run)
        self._began = self._told = time.monotonic()
        self._learns: float | None = None

    def begin(self, plan: Plan[Any]) -> None:
        """What is built is known; of a training that was stopped there is a curve already."""
        self._course.of = plan.id
        if plan.id in built_names():
            self._course.go_on(report_in(built_folder(plan.id)))
        left, attempt = left_at(plan.id), attempt_at(plan.id)
        if attempt and (left is None or left["kept"]):
            self._course.go_on_from(logged_in(attempt.folder))

    def take(self, event: Event) -> bool:
        """Whether it is time to show how it stands, after this event."""
        now = time.monotonic()
        match event:
            case Warned():
                self._warnings.append(event)
            case ModelBuilt():
                self.built = event
            case Progress():
                self._progress = event
            case StepTrained():
                self._learn(event, now)
        due = now - self._told >= TOLD
        self._told = now if due else self._told
        return due

    def _learn(self, event: StepTrained, now: float) -> None:
        if self._learns is None:
            self._learns = now
        if self._progress is not None and self._progress.unit == "items":
            self._course.total = int(self._progress.total)
            self._progress = replace(self._progress, done=event.step)
        self._course.add(event, now - self._learns)

    def fresh(self, ended: str = "", reached: int = 0) -> Any:
        """What is new of how it learns; a step that was taken as it stopped is only `reached`."""
        view = self._course.fresh(ended)
        return (view and {**view, "reached": reached}) or (NOTHING if ended else gr.skip())

    def failed(self) -> Any:
        """How it learned up to the fault; the curve of another model under its name is none."""
        return NOTHING if self._learns is None else self.fresh("stopped")

    def status(self, status: str, error: FusionError | None = None) -> Drawn:
        """How it stands."""
        progress = self._progress if status == "running" else None
        return status_view(status, event=progress, error=error, **self.how())

    def how(self) -> Drawn:
        """What was warned of, and the time it took."""
        return {"warnings": self._warnings, "elapsed": time.monotonic() - self._began}


def status_view(
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
        "build": True,
        "said": saying(key) if key else None,
        "recorded": recorded,
        "elapsed": elapsed,
        "progress": _progress(event) if isinstance(event, Progress) else None,
        "warnings": [in_words(each) for each in warnings],
        "error": refused_view(error) if error else None,
    }


def ended_view(left: Drawn | None, **how: Any) -> Drawn:
    """How a build ended that has left a model; `left` says where its training was stopped."""
    if not left:
        return status_view("finished", **how)
    return {**status_view("stopped", **how), "said": saying("build-stopped-at", **left)}


_SAID = {"finished": "build-finished", "stopped": "build-stopped"}


def _progress(event: Progress) -> Drawn:
    return {
        "what": event.what,
        "said": doing(event.what),
        "done": event.done,
        "total": event.total,
        "unit": event.unit,
    }
