"""Runs in progress: each has a name, and ends when its visitor stops it or leaves."""

import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import NamedTuple, TypeVar

import gradio as gr

from fusionlab.errors import FusionError
from fusionlab.events import Record, RunFailed, Warned
from fusionlab.limits import Limits, limits
from fusionlab.recipe import Recipe
from fusionlab.run import check, environment, run
from fusionlab.trace import Trace
from fusionlab.ui.turns import Place, Turns, address_of

T = TypeVar("T")

COMPUTE = {"concurrency_id": "compute", "concurrency_limit": None}
"""What computes waits for its turn in a line of ours, not in gradio's queue."""
REFRESH = 0.2
"""Seconds between two pictures, at least: a page on a busy machine that is sent more of them draws
behind, and answers no click on Stop."""


MOST_WANTED = 10_000
"""Runs that are remembered as wanted; of more the oldest that has no place in the line is not."""


class Visitor(NamedTuple):
    """Who asks: one page that is open, and where it is."""

    session: str
    address: str = ""


def visitor_of(request: gr.Request) -> Visitor:
    """Who makes this request."""
    host = request.client.host if request.client else ""
    return Visitor(
        str(request.session_hash), address_of(host, request.headers.getlist("x-forwarded-for"))
    )


class LiveRuns:
    """Which runs are wanted, and whose turn it is.

    A run that is not wanted any more ends at its next event.
    """

    def __init__(self, turns: Turns | None = None) -> None:
        self._visitor_of: dict[str, Visitor] = {}
        self._places: dict[str, Place] = {}
        self._turns = turns or Turns()
        self._lock = threading.Condition()
        self._at_work = 0
        self._closed = False

    def begin(self, visitor: Visitor) -> str:
        """A new run's name; the visitor's earlier runs end."""
        name = uuid.uuid4().hex
        with self._lock:
            self._forget(visitor.session)
            if not self._closed:
                self._visitor_of[name] = visitor
            if len(self._visitor_of) > MOST_WANTED:
                idle = (each for each in self._visitor_of if each not in self._places)
                self._visitor_of.pop(next(idle), None)
        return name

    def stop(self, session: str) -> None:
        """This visitor wants no run any more."""
        with self._lock:
            self._forget(session)

    def wanted(self, name: str) -> bool:
        """Whether somebody still waits for this run."""
        return name in self._visitor_of

    def end(self, name: str) -> None:
        """The run is over."""
        with self._lock:
            self._visitor_of.pop(name, None)

    def in_turn(
        self, name: str, work: Callable[[], Iterator[T]], waiting: T, doing: str
    ) -> Iterator[T]:
        """What the run's work gives, when its turn has come; until then `waiting` once a second.

        `doing` is the method by which it computes, of which those who wait are told. The work of a
        run that is not wanted any more begins at once, to end at once. Raises FusionError where too
        many wait, or the run waits already.
        """
        visitor = self._visitor_of.get(name)
        if visitor is None:
            yield from work()
            return
        with self._turns.place(visitor.address, doing) as place, self._known_as(name, place):
            yield from self._turns.watched(place, self._waited(name, place, work, waiting))

    def before(self, name: str) -> int:
        """How many runs come before this one."""
        place = self._places.get(name)
        return place.before if place else 0

    def now(self, name: str) -> str:
        """The method of the run that computes while this one waits."""
        place = self._places.get(name)
        return place.now if place else ""

    def _waited(
        self, name: str, place: Place, work: Callable[[], Iterator[T]], waiting: T
    ) -> Generator[T]:
        while self.wanted(name) and not self._turns.comes(place):
            yield waiting
        yield from work()

    @contextmanager
    def _known_as(self, name: str, place: Place) -> Iterator[None]:
        with self._lock:
            if name in self._places:
                raise FusionError("app-run-begun")
            self._places[name] = place
        try:
            yield
        finally:
            with self._lock:
                del self._places[name]

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

    def _forget(self, session: str) -> None:
        for name in [key for key, who in self._visitor_of.items() if who.session == session]:
            del self._visitor_of[name]


def traces(
    recipe: Recipe,
    runs: LiveRuns,
    name: str,
    offered: Limits | None = None,
    used: float = 0.0,
) -> Iterator[Trace]:
    """One growing trace, given again whenever it is time for a new picture, and at the end.

    It is empty until its turn comes. A recipe that asks for more than is `offered`, by default to
    everybody, is a run that failed; one that takes longer is stopped, where `used` seconds are
    gone already. The run's sessions are free when this iterator is done or closed.
    """
    try:
        offered = offered or limits()
        offered.check(recipe)
        asked = Trace(check(recipe), environment())
        work = partial(_computed, asked, runs, name, offered, used)
        yield from runs.in_turn(name, work, asked, recipe.method)
    except FusionError as error:
        yield _failed(Trace(recipe), error)
    finally:
        runs.end(name)


def _computed(
    trace: Trace, runs: LiveRuns, name: str, offered: Limits, used: float
) -> Iterator[Trace]:
    began = time.monotonic() - used
    try:
        with runs.at_work(), closing(run(trace.recipe)) as records:
            shown = 0.0
            while runs.wanted(name) and (record := next(records, None)):
                trace.add(record)
                if offered.seconds and time.monotonic() - began > offered.seconds:
                    trace.add(Record(record.t, out_of_time(offered.seconds)))
                    break
                if time.monotonic() - shown >= REFRESH:
                    yield trace
                    shown = time.monotonic()
    except FusionError as error:
        trace = _failed(trace, error)
    trace.stopped = trace.end is None
    yield trace


def _failed(trace: Trace, error: FusionError) -> Trace:
    """The same, ended by this error where it had not ended yet."""
    if trace.end is None:
        failed = RunFailed.of(error)
        trace.add(Record(trace.seconds, failed))
    return trace


def out_of_time(seconds: float) -> Warned:
    """What is said of a run that was stopped because it took longer than is given here."""
    return Warned.of("limit-seconds", seconds=f"{seconds:g}")
