"""What a model did otherwise than asked, told by the run that asked it.

A model is shared by runs and is called deep within methods; what it notes reaches the events of the
run on whose thread, and in whose turn, it was called.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from contextvars import ContextVar
from typing import TypeVar

from fusionlab.events import Warned

T = TypeVar("T")

_notes: ContextVar[list[Warned] | None] = ContextVar("notes of this turn", default=None)


def note(warning: Warned) -> None:
    """The run that is at work tells this, once; outside of runs nobody does."""
    notes = _notes.get()
    if notes is not None:
        notes.append(warning)


def told(events: Iterator[T]) -> Generator[T | Warned, None, None]:
    """The events of a run, and before each what was noted on the way to it, every notice once."""
    seen: set[Warned] = set()
    with closing(events):  # type: ignore[type-var]  # methods are generators
        while True:
            notes: list[Warned] = []
            token = _notes.set(notes)  # for this turn only: between turns others are at work
            try:
                event = next(events, None)
            finally:
                _notes.reset(token)
            new = [each for each in dict.fromkeys(notes) if each not in seen]
            seen.update(new)
            yield from new
            if event is None:
                return
            yield event
