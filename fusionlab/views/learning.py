"""How a model learns, as data for its picture: points of a training, live, recorded or of a report.

A point is `[step, loss, rate, tokens, seconds, held]`: the learning rate, tokens and seconds since
this training began, and what the held-out text lost after the step, each null where it is not told.

What it answers right is `[step, right, asked, low, high]`, with Wilson's 95% interval of the share.

Where routers learn, `loads` are the steps that tell how they shared out their tokens: `{step,
layers}`, each layer `{layer, shares, even, entropy, silent, balance}` with the experts' shares of
all choices, their entropy in nats and as a share of the most that it can be, and the experts that
read nothing. They follow the first `loadsFrom` of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fusionlab.events import LayerLoad, StepTrained
from fusionlab.experts import load
from fusionlab.intervals import wilson

Drawn = dict[str, Any]
Point = list[float | None]
MOST = 1000
"""Points of a training that are shown, about."""
DIGITS = 4
"""Of shares and figures of load."""


@dataclass(slots=True)
class Course:
    """A training as it goes on: what is new of it since it was last shown."""

    id: str
    """Of the training, not of the model."""
    of: str = ""
    total: int = 0
    before: float | None = None
    points: list[Point] = field(default_factory=list)
    solved: list[Point] = field(default_factory=list)
    """What it answered right, by the steps taken before."""
    loads: list[Drawn] = field(default_factory=list)
    _tokens: int = 0
    _shown: int = 0
    _shown_loads: int = 0

    def go_on(self, earlier: Mapping[str, Any]) -> None:
        """It goes on from where the report of a stopped training says that it was."""
        self.points, self.before = _points_in(earlier), _before(earlier)
        self.solved = _solved_in(earlier)
        self.loads = [*_loads_in(earlier)]

    def go_on_from(self, steps: Sequence[StepTrained]) -> None:
        """It goes on from a training that was broken off, by the log of that."""
        self.points, self.solved = _points_of(steps), _solved_of(steps)
        self.loads = _loads_of(steps)

    def add(self, event: StepTrained, seconds: float) -> None:
        """The step was taken, so many seconds after the first."""
        self._tokens += event.tokens
        self._without(event.step)
        if event.loads:
            self.loads.append(_load(event.step, event.loads))
        self.solved = [each for each in self.solved if (each[0] or 0) < event.step]
        self.solved += [_solved(each.step, each.right, each.asked) for each in event.solved]
        every = max(1, self.total // MOST)
        read = event.held_out is not None or event.solved
        if event.step % every == 0 or event.step == self.total or read:
            rate, held = event.learning_rate, event.held_out
            point: Point = [event.step, event.loss, rate, self._tokens, round(seconds, 3), held]
            self.points.append(point)

    def _without(self, step: int) -> None:
        """What was told of a step that is taken again is forgotten; who saw it sees all anew."""
        known = len(self.points), len(self.loads)
        self.points = [each for each in self.points if (each[0] or 0) < step]
        self.loads = [each for each in self.loads if each["step"] < step]
        if known != (len(self.points), len(self.loads)):
            self._shown = self._shown_loads = 0

    def fresh(self, ended: str = "") -> Drawn | None:
        """What is to be sent now; None where nothing is new."""
        if self._shown == len(self.points) and not (ended and self.points):
            return None
        start, self._shown = self._shown, len(self.points)
        loads, self._shown_loads = self._shown_loads, len(self.loads)
        return self._view(start, loads, ended)

    def _view(self, start: int, loads: int, ended: str) -> Drawn:
        return {
            "id": self.id,
            "of": self.of,
            "total": self.total,
            "before": self.before,
            "from": start,
            "points": self.points[start:],
            "loadsFrom": loads,
            "loads": self.loads[loads:],
            "solved": self.solved,
            "ended": ended,
        }


def learned_view(of: str, report: Mapping[str, Any], ended: str) -> Drawn:
    """A training that is over, by the report of its model; empty where the report has no losses."""
    course = Course(f"{ended}:{of}", of, int(_number(report.get("planned")) or 0))
    course.go_on(report)
    view = course.fresh(ended)
    return {**view, "reached": _number(report.get("steps"))} if view else NOTHING


def logged_view(of: str, steps: Sequence[StepTrained]) -> Drawn:
    """A training that is over, by its log; empty where that has no steps."""
    last = steps[-1].step if steps else 0
    points, solved, loads = _points_of(steps), _solved_of(steps), _loads_of(steps)
    course = Course(f"log:{of}", of, last, points=points, solved=solved, loads=loads)
    return course.fresh("recorded") or NOTHING


NOTHING: Drawn = {"id": ""}
"""No training is shown."""


def _before(report: Mapping[str, Any]) -> float | None:
    """What the held-out text lost before the first step."""
    return next((held for step, held in _pairs(report.get("held_out")) if not step), None)


def _points_in(report: Mapping[str, Any]) -> list[Point]:
    """The points that a report tells of, in the order of their steps."""
    rates, held = dict(_pairs(report.get("rates"))), dict(_pairs(report.get("held_out")))
    return [
        [step, loss, rates.get(step), None, None, held.get(step)]
        for step, loss in _pairs(report.get("losses"))
    ]


def _load(step: int, layers: Iterable[LayerLoad]) -> Drawn:
    """How the routers shared out the tokens of a step."""
    return {"step": step, "layers": [_layer(each) for each in layers]}


def _layer(told: LayerLoad) -> Drawn:
    return {
        "layer": told.layer,
        "shares": [round(each, DIGITS) for each in load.shares(told.counts)],
        "even": round(load.evenness(told.counts), DIGITS),
        "entropy": round(load.entropy(told.counts), DIGITS),
        "silent": load.silent(told.counts),
        "balance": round(told.balance, DIGITS),
    }


def _loads_in(told: Mapping[str, Any]) -> Iterator[Drawn]:
    """The loads that a report tells of, as far as they are such."""
    found = told.get("loads")
    for each in found if isinstance(found, list) else []:
        match each:
            case [int(step), list(layers)]:
                yield _load(step, filter(None, map(_layer_in, layers)))


def _layer_in(told: Any) -> LayerLoad | None:
    match told:
        case [int(layer), float() | int() as balance, [_, *_] as counts] if all(
            isinstance(each, int) and each >= 0 for each in counts
        ):
            return LayerLoad(layer, tuple(counts), float(balance))
    return None


def _loads_of(steps: Sequence[StepTrained]) -> list[Drawn]:
    """What the steps of a log say of how routers shared out tokens."""
    return [_load(each.step, each.loads) for each in steps if each.loads]


def _points_of(steps: Sequence[StepTrained]) -> list[Point]:
    """The points of the steps in a log."""
    return [[each.step, each.loss, each.learning_rate, None, None, each.held_out] for each in steps]


def _solved_of(steps: Sequence[StepTrained]) -> list[Point]:
    """What the steps of a log say was answered right."""
    return [_solved(step.step, each.right, each.asked) for step in steps for each in step.solved]


def _solved_in(report: Mapping[str, Any]) -> list[Point]:
    """What a report says was answered right."""
    told = report.get("solved")
    return [
        _solved(step, right, asked)
        for step, right, asked in _triples(told if isinstance(told, list) else [])
        if 0 <= right <= asked > 0
    ]


def _solved(step: int, right: int, asked: int) -> Point:
    return [step, right, asked, *wilson(right, asked)]


def _triples(told: Iterable[Any]) -> Iterable[tuple[int, int, int]]:
    for each in told:
        match each:
            case [int(step), int(right), int(asked)]:
                yield step, right, asked


def _pairs(told: Any) -> Iterable[tuple[int, float]]:
    """Steps with their values, as far as they are such."""
    for each in told if isinstance(told, list) else []:
        match each:
            case [int(step), float() | int() as value]:
                yield step, value


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) else None
