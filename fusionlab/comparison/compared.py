"""What is known of a comparison: its ways, and a trace for each, the same live and replayed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from fusionlab.comparison.recipe import Comparison
from fusionlab.events import Record, RunFailed
from fusionlab.recipe import Recipe
from fusionlab.trace import Trace

Standing = Literal["waiting", "running", "finished", "failed", "stopped", "unsuited"]
Step = tuple[int, Record]
"""A record, and the number of the way that it is of."""
MOST_WAYS = 200
"""Of one comparison: forty methods of one member each for five."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer: a recipe that can be run, unless it does not suit the members."""

    recipe: Recipe
    given: dict[str, Any] = field(default_factory=dict)
    """The settings that were asked for; the recipe has all."""
    unsuited: RunFailed | None = None


@dataclass(slots=True)
class Compared:
    """All that is known of a comparison so far: a trace for each of its ways."""

    comparison: Comparison
    ways: tuple[Way, ...]
    env: dict[str, Any] = field(default_factory=dict)
    traces: list[Trace] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.traces = self.traces or [Trace(way.recipe, self.env) for way in self.ways]

    def add(self, number: int, record: Record) -> None:
        """The way of this number has one more record."""
        self.traces[number].add(record)

    def standing(self, number: int) -> Standing:
        """How a way stands."""
        trace = self.traces[number]
        if self.ways[number].unsuited:
            return "unsuited"
        if not trace.records and not trace.stopped:
            return "waiting"
        return trace.status

    @property
    def done(self) -> frozenset[int]:
        """The ways that need not be run again: they finished, or do not suit."""
        return frozenset(
            number
            for number in range(len(self.ways))
            if self.standing(number) in ("finished", "unsuited")
        )

    @property
    def over(self) -> bool:
        """Whether every way that suits has come to an end of its own."""
        ended = ("finished", "failed", "unsuited")
        return all(self.standing(number) in ended for number in range(len(self.ways)))

    @property
    def suiting(self) -> int:
        """How many ways suit the members."""
        return sum(not way.unsuited for way in self.ways)

    @property
    def seconds(self) -> float:
        """What all ways took together."""
        return sum(trace.seconds for trace in self.traces)

    def stop(self) -> None:
        """Nothing runs any more; what was begun and has no end is stopped."""
        for trace in self.traces:
            trace.stopped = bool(trace.records) and trace.end is None

    def again(self) -> "Compared":
        """The same comparison to go on with: what is done is kept, all else is yet to run."""
        kept = [
            trace if number in self.done else Trace(trace.recipe, self.env)
            for number, trace in enumerate(self.traces)
        ]
        return Compared(self.comparison, self.ways, self.env, kept)

    def steps(self) -> Iterable[Step]:
        """All records, way by way."""
        return (
            (number, record) for number, trace in enumerate(self.traces) for record in trace.records
        )
