"""A sweep between models that can be merged: what is checked before, and which text they read."""

from collections.abc import Generator, Sequence
from typing import Any

from fusionlab.builders.merge import merge
from fusionlab.events import Event
from fusionlab.proof.examining import samples_for
from fusionlab.registry import Source
from fusionlab.weights.opened import Opened, fetched
from fusionlab.weights.papers import short
from fusionlab.weights.postflight import Subject
from fusionlab.weights.sweeping import Point, grid, swept


def sweep(refs: Sequence[str], points: int) -> Generator[Event | Point, None, dict[str, Any]]:
    """The points of the sweep, each as soon as it is known, and at last all of it as plain data.

    Raises RecipeError where the models cannot be merged, and what opening them raises.
    """
    weights = grid(len(refs), points)
    sources: list[Opened] = []
    for ref in refs:
        sources += [(yield from fetched(ref))]
    merge([Source(ref) for ref in refs]).check()
    text, samples = samples_for(Subject(refs[0], tuple(refs)))
    rows = []
    for each in swept(sources, weights, samples):
        if isinstance(each, Point):
            rows.append(each)
        yield each
    return {
        "models": [short(ref) for ref in refs],
        "text": text,
        "points": [
            {
                "weights": list(each.weights),
                "nats_per_byte": each.read.nats_per_byte,
                "topics": dict(each.read.topics),
            }
            for each in rows
        ],
    }
