"""Speeds as ratios against a named alternative, both measured in one run on one machine.

Absolute times drift with the machine; the ratio of two things timed in turn does not. `parts` holds
what was timed, in the unit that its name ends in.
"""

import statistics
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fusionlab.words import ENGLISH, Sentence

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SpeedResult:
    """One ratio, the bar it is held to, and what it was made of."""

    name: str
    ratio: float
    bar: float
    better: Literal["lower", "higher"]
    parts: dict[str, float]
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the ratio is on the right side of the bar."""
        return self.ratio <= self.bar if self.better == "lower" else self.ratio >= self.bar

    def as_json(self) -> dict[str, Any]:
        """As `fusionlab speed --json` prints it."""
        return {
            "name": self.name,
            "ratio": self.ratio,
            "bar": self.bar,
            "better": self.better,
            "met": self.met,
            "parts": self.parts,
            "note": self.note,
        }

    def as_text(self, language: str = ENGLISH) -> str:
        """For a person: ratio, bar, then the parts; these are named in English, as in JSON."""
        first = Sentence(
            "speed-ratio",
            {
                "name": self.name,
                "ratio": f"{self.ratio:.3g}",
                "better": self.better,
                "bar": f"{self.bar:g}",
                "met": "yes" if self.met else "no",
            },
        )
        lines = [first.said(language)]
        lines += [f"    {part}: {value:.4g}" for part, value in self.parts.items()]
        lines += [f"    {self.note}"] if self.note else []
        return "\n".join(lines)


def seconds(function: Callable[[], Any]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turn(*functions: Callable[[], Any], rounds: int = 5) -> list[float]:
    """Median seconds of each function, called in turn in every round, after a warm-up."""
    for function in functions:
        function()
    times = [[seconds(function) for function in functions] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def finished(steps: Generator[Any, None, T]) -> T:
    """What the generator returns; what it yields on the way is let go."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value
