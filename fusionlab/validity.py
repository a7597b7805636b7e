"""Checks that an event read from a file is possible: its numbers in range, its lists consistent.

A method's own events are right by construction; a file from outside can hold anything, and views
rely on these checks. Types are checked where events are read.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

from fusionlab.errors import RunFileError
from fusionlab.events import (
    AnswerExtracted,
    CandidateGiven,
    Event,
    ExpertsRouted,
    LayerRouting,
    ModelBuilt,
    TokenChosen,
    Unknown,
    Voted,
)
from fusionlab.reading import is_id

LARGEST_WHOLE = 2**63
"""Whole numbers from here on cannot be written as JSON."""
LARGEST = 2**53
"""Beyond it whole numbers are not exact in JavaScript, which draws them."""
MOST_LAYERS = 10_000
MOST_TEXTS = 1_000
MOST_MEMBERS = 100
"""The most members of one token, and the most candidates of each."""
PROBABILITIES = (
    "p",
    "p_chosen",
    "rest",
    "confidence",
    "p_fused",
    "probs",
    "jury",
    "weight",
    "threshold",
)
SLACK = 1e-3
"""How far a rounded probability may lie outside its range."""
SIGNED = ("id", "loss", "divergence", "entropy", "report", "scores", "similarity", "weights")
"""Numbers that may be negative, such as similarities by cosine, or an id that is not known."""


def check(event: Event) -> None:
    """Raises RunFileError if the event is impossible.

    Numbers must be finite, counts not negative, probabilities from 0 to 1; a vote must be on the
    candidates that it scores, a layer must choose from its own experts, and a model must
    have an id.
    """
    if isinstance(event, Unknown):  # of a later version, whose fields are not known here
        return
    for name, value in _numbers(event):
        _check_number(event.kind, name, value)
    match event:
        case Voted():
            _check_vote(event)
        case ExpertsRouted():
            _check_layers(event.layers)
        case ModelBuilt():
            _need(is_id(event.id), f"model_built: {event.id[:80]!r} is not the id of a model")


def check_time(t: Any) -> float:
    """The time of an event; raises RunFileError if it is not a number of seconds, 0 or more."""
    is_number = isinstance(t, int | float) and not isinstance(t, bool)
    _need(is_number and 0 <= t < LARGEST, f"{str(t)[:40]!r} is not the time of an event")
    return float(t)


def check_together(events: Iterable[Event]) -> None:
    """Raises RunFileError if events contradict one another, or are too many to be drawn.

    All tokens must pass the same layers, with equally many experts; only given candidates can be
    voted on; and answers, and the members and candidates of a token, are limited in number.
    """
    shape: list[tuple[int, int]] | None = None
    given = answers = 0
    for event in events:
        match event:
            case AnswerExtracted():
                answers += 1
                _need(answers <= MOST_TEXTS, f"it has more than {MOST_TEXTS:,} answers")
            case TokenChosen():
                _need(len(event.members) <= MOST_MEMBERS, "token_chosen: too many members")
                most = max(map(len, (event.fused, *(m.top for m in event.members.values()))))
                _need(most <= MOST_MEMBERS, f"token_chosen: {most} candidates are too many")
            case CandidateGiven(index):
                _need(index == given, f"candidate_given: number {index} comes after {given - 1}")
                given += 1
                _need(given <= MOST_TEXTS, f"it has more than {MOST_TEXTS:,} candidates")
            case Voted():
                n = len(event.scores[event.metric])
                _need(n <= given, f"voted: {n} candidates are scored and {given} were given")
            case ExpertsRouted():
                now = [(layer.layer, len(layer.probs)) for layer in event.layers]
                _need(bool(now), "experts_routed: a token passes no layer")
                _need(shape in (None, now), "experts_routed: tokens pass different layers")
                shape = now


def check_numbers(recipe: Any) -> None:
    """Raises RunFileError if a number of the recipe, in plain data, cannot be written as JSON."""
    for _, value in _numbers(recipe):
        whole = isinstance(value, int)
        in_range = -LARGEST_WHOLE <= value < LARGEST_WHOLE if whole else math.isfinite(value)
        _need(in_range, "its recipe has a number that is out of range")


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """All numbers in the event, each with the name of the field that holds it."""
    if isinstance(value, bool | str) or value is None:
        return
    if isinstance(value, int | float):
        yield name, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _numbers(getattr(value, each.name), each.name)
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(_numbers(each, name) for each in value.values())
    elif isinstance(value, Iterable):
        yield from chain.from_iterable(_numbers(each, name) for each in value)


def _check_number(kind: str, name: str, value: float) -> None:
    where = f"{kind}.{name}"
    _need(math.isfinite(value) and abs(value) < LARGEST, f"{where} is out of range: {value:g}")
    if name in PROBABILITIES:
        _need(-SLACK <= value <= 1 + SLACK, f"{where} is not a probability: {value:g}")
    elif name not in SIGNED:
        _need(value >= 0, f"{where} is negative: {value:g}")


def _check_vote(vote: Voted) -> None:
    n = len(vote.scores.get(vote.metric, ()))
    _need(n > 0, f"voted: it has no scores by {vote.metric}")
    rows = [*vote.scores.values(), vote.votes, vote.without, vote.jury, vote.clusters, vote.answers]
    _need(all(len(row) in (0, n) for row in rows), "voted: its lists are not of one length")
    for table in vote.similarity.values():
        _need(
            len(table) in (0, n) and all(len(row) == n for row in table),
            "voted: a table of similarities is not square",
        )
    named = [vote.ranking, *vote.rules.values(), (vote.winner,), vote.without, vote.tied]
    _need(all(each < n for row in named for each in row), f"voted: there are {n} candidates only")
    rankings = [vote.ranking, *vote.rules.values()]
    _need(
        all(len(row) in (0, n) and len(set(row)) == len(row) for row in rankings),
        "voted: a ranking does not name every candidate once",
    )


def _check_layers(layers: Sequence[LayerRouting]) -> None:
    _need(len(layers) <= MOST_LAYERS, f"experts_routed: it has {len(layers)} layers")
    for layer in layers:
        n = len(layer.probs)
        _need(layer.layer < MOST_LAYERS, f"experts_routed: there is no layer {layer.layer}")
        _need(
            0 < len(layer.experts) == len(layer.weights) and all(e < n for e in layer.experts),
            f"experts_routed: layer {layer.layer} chooses experts that it does not have",
        )


def _need(holds: bool, complaint: str) -> None:  # noqa: FBT001  it is the condition
    if not holds:
        raise RunFileError(complaint)
