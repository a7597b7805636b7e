"""Generators that yield events and return a result, run to their end."""

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")


def drained(generator: Generator[Any, None, T]) -> tuple[list[Any], T]:
    """The events and the result."""
    events = []
    while True:
        try:
            events.append(next(generator))
        except StopIteration as end:
            return events, end.value
