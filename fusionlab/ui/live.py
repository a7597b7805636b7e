"""Runs in progress: each has a name, and ends when its visitor stops it or leaves."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

from fusionlab.errors import FusionError
from fusionlab.events import Record, RunFailed, Warned
from fusionlab.limits import HOME, Limits, limits
from fusionlab.recipe import Recipe
from fusionlab.run import check, environment, run
from fusionlab.trace import Trace

COMPUTE = {"concurrency_id": "compute", "concurrency_limit": 1}
"""Models run one at a time: two at once would only slow each other down."""
REFRESH = 0.08
"""Seconds between two pictures, at least."""


class LiveRuns:
    """Which runs are wanted; a run that is not wanted any more ends at its next event."""

    def __init__(self) -> None:
        self._visitor_of: dict[str, str] = {}
        self._lock = threading.Condition()
        self._at_work = 0
        self._closed = False

    def begin(self, visitor: str) -> str:
        """A new run's name; the visitor's earlier runs end."""
        name = uuid.uuid4().hex
        with self._lock:
            self._forget(visitor)
            if not self._closed:
                self._visitor_of[name] = visitor
        return name

    def stop(self, visitor: str) -> None:
        """The visitor wants no run any more."""
        with self._lock:
            self._forget(visitor)

    def wanted(self, name: str) -> bool:
        """Whether somebody still waits for this run."""
        return name in self._visitor_of

    def end(self, name: str) -> None:
        """The run is over."""
        with self._lock:
            self._visitor_of.pop(name, None)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Something computes meanwhile, for which `close` waits."""
        with self._lock:
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1
                self._lock.notify_all()

    def close(self, seconds: float) -> bool:
        """No run is wanted, now or later; whether all have ended within so many seconds."""
        with self._lock:
            self._closed = True
            self._visitor_of.clear()
            return self._lock.wait_for(lambda: self._at_work == 0, seconds)

    def _forget(self, visitor: str) -> None:
        for name in [name for name, owner in self._visitor_of.items() if owner == visitor]:
            del self._visitor_of[name]


def traces(
    recipe: Recipe, runs: LiveRuns, name: str, offered: Limits | None = None
) -> Iterator[Trace]:
    """One growing trace, given again whenever it is time for a new picture, and at the end.

    A recipe that asks for more than is `offered`, by default to everybody, is a run that failed;
    one that takes longer is stopped. The run's sessions are free when this iterator is done or
    closed.
    """
    trace = Trace(recipe)
    offered = offered or limits()
    try:
        offered.check(recipe)
        trace = Trace(check(recipe), environment())
        began = time.monotonic()
        with runs.at_work(), closing(run(recipe)) as records:
            shown = 0.0
            for record in records:
                trace.add(record)
                if not runs.wanted(name):
                    break
                if offered.seconds and time.monotonic() - began > offered.seconds:
                    trace.add(Record(record.t, out_of_time(offered.seconds)))
                    break
                if time.monotonic() - shown >= REFRESH:
                    yield trace
                    shown = time.monotonic()
    except FusionError as error:
        if trace.end is None:
            failed = RunFailed(error.message, error.hint, type(error).__name__)
            trace.add(Record(trace.seconds, failed))
    finally:
        runs.end(name)
    trace.stopped = trace.end is None
    yield trace


def out_of_time(seconds: float) -> Warned:
    """What is said of a run that was stopped because it took longer than is given here."""
    return Warned(f"this demo stops after {seconds:g} s", hint=HOME)
