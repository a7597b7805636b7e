"""Whether an event that was read from a file can be one: its numbers in range, its lists of a kind.

What a method yields is right by construction; a file from outside can hold anything, and a view
that draws it counts on this. Types are checked where events are read.
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
    TokenChosen,
    Unknown,
    Voted,
)

LARGEST_WHOLE = 2**63
"""What JSON is written with counts no further."""
LARGEST = 2**53
"""Beyond it JavaScript, which draws these numbers, does not count exactly."""
MOST_LAYERS = 10_000
MOST_TEXTS = 1_000
MOST_MEMBERS = 100
"""Of one token; as many candidates of each."""
PROBABILITIES = ("p", "p_chosen", "rest", "confidence", "p_fused", "probs", "jury", "weight")
SLACK = 1e-3
"""By which a rounded probability may miss its range."""
SIGNED = ("id", "loss", "divergence", "entropy", "scores", "similarity", "weights")
"""Numbers that may lie below zero: similarities by cosine, an id that is not known."""


def check(event: Event) -> None:
    """Raises RunFileError where the event cannot have happened.

    Numbers are finite, counts not negative, probabilities from 0 to 1; a vote is about the
    candidates that it scores, and a layer chooses experts that it has.
    """
    if isinstance(event, Unknown):  # of a later version, which knows what it holds
        return
    for name, value in _numbers(event):
        _check_number(event.kind, name, value)
    match event:
        case Voted():
            _check_vote(event)
        case ExpertsRouted():
            _check_layers(event.layers)


def check_time(t: Any) -> float:
    """The time of an event; raises RunFileError where it is no number of seconds from 0 up."""
    is_number = isinstance(t, int | float) and not isinstance(t, bool)
    _need(is_number and 0 <= t < LARGEST, f"{str(t)[:40]!r} is no time of an event")
    return float(t)


def check_together(events: Iterable[Event]) -> None:
    """Raises RunFileError where events contradict one another, so that no picture can be drawn.

    All tokens pass the same layers, of as many experts each; who is voted on has been given; and
    there are no more answers, members and candidates of a token than can be told apart in pairs.
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
    """Raises RunFileError where a number of the recipe, in plain data, is none that JSON has."""
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
        _need(-SLACK <= value <= 1 + SLACK, f"{where} is no probability: {value:g}")
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
