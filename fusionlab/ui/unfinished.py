"""A training that was broken off, as the Build tab tells of it when its page is loaded again.

Whoever leaves the page stops what it trains. What was learned by then is written as a model, or,
where the app itself was ended, stands in a work folder up to its last checkpoint.
"""

import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any, TypeVar

from fusionlab.errors import FusionError
from fusionlab.events import Event, ModelBuilt
from fusionlab.limits import limits
from fusionlab.making import shelf_of
from fusionlab.sources import store
from fusionlab.sources.schemes.built import built_names
from fusionlab.training.loop import Stop
from fusionlab.ui.building import Asked, drawn_plan
from fusionlab.ui.standing import Attempt, attempt_at, attempted, left_at
from fusionlab.views.learning import NOTHING
from fusionlab.views.spoken import saying
from fusionlab.weights.shelf import begun

T = TypeVar("T")
Drawn = dict[str, Any]
PATIENCE = 3.0
"""Seconds for which a page that is loaded again waits for what it was training to be written."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A training that was broken off."""

    id: str
    step: int = 0
    steps: int = 0
    """Planned; 0 where that is not known."""
    stands: bool = False
    """Whether there is a model of what was learned; else it goes on from its checkpoint."""
    at_work: bool = False
    """Whether somebody trains it now."""

    @property
    def place(self) -> Drawn | None:
        """Where it goes on, as the form has it; None where it cannot now."""
        return None if self.at_work else {"step": self.step, "steps": self.steps}

    @property
    def status(self) -> Drawn:
        """How it stands, as the component `status` draws it."""
        key = "build-at-work" if self.at_work else "build-broken-off"
        values = {} if self.at_work else {"step": self.step, "steps": self.steps}
        return {"status": "stopped", "build": True, "said": saying(key, id=self.id, **values)}

    @property
    def course(self) -> Drawn:
        """Its curve, as far as its log has it."""
        for folder in begun(self.id):
            if (view := attempted(self.id, Attempt(folder, self.step, self.steps)))["id"]:
                return view
        return NOTHING


def unfinished(plan: Drawn, patience: float = PATIENCE) -> Unfinished | None:
    """The broken-off training of what this plan makes; None where there is none, or another recipe
    has made what stands under its name.
    """
    name = plan.get("id", "")
    if not limits().builds or not name or plan.get("other"):
        return None
    at_work = _at_work(name, patience)
    if name in built_names() and not at_work:
        left = left_at(name)
        return Unfinished(name, left["step"], left["steps"], stands=True) if left else None
    if found := attempt_at(name):
        return Unfinished(name, found.step, found.steps, at_work=at_work)
    return Unfinished(name, at_work=True) if at_work else None


def stopped_once(steps: Generator[Event, None, T]) -> Generator[Event, None, T]:
    """The steps, to which one Stop is told and no second: whoever presses Stop and leaves the page
    would break off the writing of what was learned.
    """
    go_on, told = partial(next, steps), False
    with closing(steps):
        while True:
            try:
                event = go_on()
            except StopIteration as end:
                value: T = end.value
                return value
            go_on = partial(next, steps)
            try:
                yield event
            except Stop as stop:
                go_on, told = go_on if told else partial(steps.throw, stop), True


def kept_at_last(steps: Generator[Event, None, Any]) -> None:
    """A training that nobody looks at any more is stopped, and what it has learned is a model."""
    try:
        with suppress(StopIteration, Stop, FusionError):
            event = steps.throw(Stop())
            while not isinstance(event, ModelBuilt):
                event = next(steps)
    finally:
        steps.close()


def another(asked: Asked) -> Asked:
    """The same set-up under a name that nothing has."""
    given = drawn_plan(asked).get("id") or asked.id
    free = next(f"{given[:60]}-{n}" for n in count(2) if _is_free(f"{given[:60]}-{n}"))
    return replace(asked, id=free, preset="")


def _is_free(name: str) -> bool:
    return name not in built_names() and not any(begun(name))


def _at_work(name: str, patience: float) -> bool:
    """Whether somebody makes this model still, when that much time has passed."""
    until = time.monotonic() + patience
    while any(begun(name)):
        waiting = store.alone(shelf_of("models") / name)
        try:
            next(waiting)
        except StopIteration as end:
            end.value.release()
            return False
        finally:
            waiting.close()
        if time.monotonic() >= until:
            return True
    return False
