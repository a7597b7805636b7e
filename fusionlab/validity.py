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
    LayerSteered,
    ModelBuilt,
    TextGiven,
    TextScored,
    TokenChosen,
    Unknown,
    Voted,
)
from fusionlab.reading import is_id
from fusionlab.words import Sentence

LARGEST_WHOLE = 2**63
"""Whole numbers from here on cannot be written as JSON."""
LARGEST = 2**53
"""Beyond it whole numbers are not exact in JavaScript, which draws them."""
MOST_LAYERS = 10_000
MOST_EXPERTS = 100_000
"""Of all layers, where only their numbers are known: a file is not as long as they are many."""
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
SIGNED = (
    *("id", "loss", "divergence", "entropy", "report", "scores", "similarity", "weights"),
    *("logprobs", "plain", "exponent"),
)
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
        case TextScored(tokens=tokens):
            lengths = {len(tokens), len(event.logprobs), len(event.plain)}
            _need(len(lengths) == 1 and bool(tokens), Sentence("text-scored-unevenly"))
        case TextGiven(tokens=tokens, ids=ids):
            _need(len(tokens) == len(ids), Sentence("text-given-unevenly"))
        case ModelBuilt():
            _need(is_id(event.id), Sentence("event-no-id", {"id": repr(event.id[:80])}))


def check_time(t: Any) -> float:
    """The time of an event; raises RunFileError if it is not a number of seconds, 0 or more."""
    is_number = isinstance(t, int | float) and not isinstance(t, bool)
    _need(is_number and 0 <= t < LARGEST, Sentence("event-no-time", {"time": repr(str(t)[:40])}))
    return float(t)


def check_together(events: Iterable[Event]) -> None:
    """Raises RunFileError if events contradict one another, or are too many to be drawn.

    All tokens of a text must pass the same layers, with equally many experts; only given candidates
    can be voted on; and answers, and the members and candidates of a token, are limited in number.
    """
    shapes: dict[int, list[tuple[int, int]]] = {}
    given = answers = 0
    for event in events:
        match event:
            case AnswerExtracted():
                answers += 1
                _need(
                    answers <= MOST_TEXTS, Sentence("events-too-many-answers", {"most": MOST_TEXTS})
                )
            case TokenChosen():
                _need(
                    len(event.members) <= MOST_MEMBERS,
                    Sentence("event-too-many-members", {"most": MOST_MEMBERS}),
                )
                most = max(map(len, (event.fused, *(m.top for m in event.members.values()))))
                _need(most <= MOST_MEMBERS, Sentence("event-too-many-tokens", {"count": most}))
            case CandidateGiven(index):
                _need(
                    index == given,
                    Sentence("event-out-of-order", {"index": index, "last": given - 1}),
                )
                given += 1
                _need(
                    given <= MOST_TEXTS,
                    Sentence("events-too-many-candidates", {"most": MOST_TEXTS}),
                )
            case Voted():
                n = len(event.scores[event.metric])
                _need(
                    n <= given,
                    Sentence("vote-on-candidates-not-given", {"scored": n, "given": given}),
                )
            case ExpertsRouted():
                now = [(layer.layer, layer.n_experts) for layer in event.layers]
                _need(bool(now), Sentence("routes-through-no-layer"))
                known = shapes.setdefault(event.sample, now)
                _need(known == now, Sentence("routes-through-other-layers"))


def check_numbers(recipe: Any) -> None:
    """Raises RunFileError if a number of the recipe, in plain data, cannot be written as JSON."""
    for _, value in _numbers(recipe):
        whole = isinstance(value, int)
        in_range = -LARGEST_WHOLE <= value < LARGEST_WHOLE if whole else math.isfinite(value)
        _need(in_range, Sentence("recipe-number-out-of-range"))


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
    at = {"field": f"{kind}.{name}", "value": f"{value:g}"}
    in_range = math.isfinite(value) and abs(value) < LARGEST
    _need(in_range, Sentence("number-out-of-range", at))
    if name in PROBABILITIES:
        _need(-SLACK <= value <= 1 + SLACK, Sentence("number-no-probability", at))
    elif name not in SIGNED:
        _need(value >= 0, Sentence("number-negative", at))


def _check_vote(vote: Voted) -> None:
    n = len(vote.scores.get(vote.metric, ()))
    _need(n > 0, Sentence("vote-without-scores", {"metric": vote.metric}))
    rows = [*vote.scores.values(), vote.votes, vote.without, vote.jury, vote.clusters, vote.answers]
    _need(all(len(row) in (0, n) for row in rows), Sentence("vote-lists-uneven"))
    for table in vote.similarity.values():
        _need(
            len(table) in (0, n) and all(len(row) == n for row in table),
            Sentence("vote-table-not-square"),
        )
    named = [vote.ranking, *vote.rules.values(), (vote.winner,), vote.without, vote.tied]
    _need(
        all(each < n for row in named for each in row),
        Sentence("vote-candidates-only", {"count": n}),
    )
    rankings = [vote.ranking, *vote.rules.values()]
    _need(
        all(len(row) in (0, n) and len(set(row)) == len(row) for row in rankings),
        Sentence("vote-ranking-incomplete"),
    )


def _check_layers(layers: Sequence[LayerRouting]) -> None:
    _need(
        len(layers) <= MOST_LAYERS,
        Sentence("routes-too-many-layers", {"layers": len(layers), "most": MOST_LAYERS}),
    )
    _need(
        sum(layer.size for layer in layers) <= MOST_EXPERTS,
        Sentence("routes-too-many-experts", {"most": MOST_EXPERTS}),
    )
    for layer in layers:
        n = layer.n_experts
        _need(layer.layer < MOST_LAYERS, Sentence("routes-no-layer", {"layer": str(layer.layer)}))
        _need(
            bool(layer.experts)
            and (len(layer.experts) == len(layer.weights) or _is_untold(layer))
            and all(e < n for e in layer.experts),
            Sentence("routes-to-no-expert", {"layer": str(layer.layer)}),
        )
        steered = layer.steered or LayerSteered()
        named = (*layer.own, *steered.banned, *steered.forced, *chain(*steered.swapped))
        _need(
            all(e < n for e in named), Sentence("routes-to-no-expert", {"layer": str(layer.layer)})
        )


def _is_untold(layer: LayerRouting) -> bool:
    """Whether only the choice is known, as servers tell it."""
    return not layer.weights and not layer.probs


def _need(holds: bool, complaint: Sentence) -> None:  # noqa: FBT001  it is the condition
    if not holds:
        raise RunFileError(complaint.key, **complaint.values)
