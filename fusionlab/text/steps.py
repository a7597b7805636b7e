"""Work that reports its progress, and can be abandoned between two steps."""

import time
from collections.abc import Generator
from typing import TypeVar

from fusionlab.events import Progress

T = TypeVar("T")
Steps = Generator[float, None, T]
"""Work that yields the share done so far, in [0, 1], and returns its result."""
SOON = 0.5
"""Seconds between two reports."""


def finished(steps: Generator[object, None, T]) -> T:
    """The result of the work, after all its steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def told(steps: Steps[T], what: str) -> Generator[Progress, None, T]:
    """The result of the work; every step is reported as progress."""
    yield Progress(what, 0.0, 1.0)
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        yield Progress(what, done, 1.0)


def told_if_slow(steps: Steps[T], what: str) -> Generator[Progress, None, T]:
    """The result of the work; progress is reported every `SOON` seconds."""
    last = time.monotonic()
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if time.monotonic() - last > SOON:
            last = time.monotonic()
            yield Progress(what, done, 1.0)
