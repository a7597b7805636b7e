"""Two mixtures at the same prompt: the picture of each, and how their layers compare.

The models answer one after the other, so the facts of the second follow those of the first. Their
layers and experts differ, so what is compared is what needs neither: how even a layer's use is, as
the entropy of its choices over its largest, ln E. Whether their tokenizers cut the prompt alike is
seen from the tokens themselves.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from fusionlab.encoding import well_formed
from fusionlab.events import ExpertsRouted
from fusionlab.experts import load
from fusionlab.loads import LayerLoad
from fusionlab.recipe import named
from fusionlab.trace import Trace
from fusionlab.views.experts import DIGITS, part_view
from fusionlab.views.identity import run_name

MOST_MODELS = 2


@dataclass(frozen=True, slots=True)
class Part(Sequence[ExpertsRouted]):
    """Facts that follow one another in a longer list, of which none is copied."""

    facts: Sequence[ExpertsRouted]
    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first

    @overload
    def __getitem__(self, at: int) -> ExpertsRouted: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ExpertsRouted]: ...
    def __getitem__(self, at: int | slice) -> Any:
        places = range(self.first, self.end)[at]
        if isinstance(places, int):
            return self.facts[places]
        return self.facts[places.start : places.stop : places.step]


def has_two_mixtures(trace: Trace) -> bool:
    """Whether several models chose experts for the same prompt."""
    return bool(trace.routed) and len(trace.recipe.members) > 1


def mixtures_view(trace: Trace, start: int = 0, run: str = "") -> dict[str, Any]:
    """Of each model the picture from `start` on, as JSON; `steps` say whose each new token is."""
    names = [member.name for member in named(trace.recipe.members)][:MOST_MODELS]
    name, prompt = run or run_name(trace), trace.recipe.request.question
    parts = list(_parts(trace))
    view = {
        "run": name,
        "start": start,
        "steps": [fact.sample for fact in trace.routed[start:]],
        "models": [
            {
                **part_view(
                    trace, part, min(max(0, start - part.first), len(part)), [(at, prompt)], who
                ),
                "run": f"{name}-{at}",
                "plain": False,
                "first": part.first,
            }
            for at, (part, who) in enumerate(zip(parts, names, strict=False))
        ],
        "even": [[_even(each) for each in trace.loads.get(at, [])] for at in range(len(parts))],
        "tokens": [
            sum(fact.prompt for fact in part) for part in parts if trace.status != "running"
        ],
        "alike": trace.status != "running" and _alike(parts),
        "status": trace.status,
        "done": trace.status != "running",
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _parts(trace: Trace) -> Iterator[Part]:
    """The facts of each model, as far as it has come."""
    first = 0
    for at in range(MOST_MODELS):
        count = max((each.tokens for each in trace.loads.get(at, [])), default=0)
        if count:
            yield Part(trace.routed, first, first + count)
        first += count


def _even(counted: LayerLoad) -> dict[str, Any]:
    """How even a layer's use is, from 0 to 1; None where the number of experts is not known."""
    most = math.log(len(counted.counts))
    known = bool(counted.probs) and most > 0
    shares = load.shares(counted.counts)
    return {
        "layer": counted.layer,
        "experts": len(counted.counts),
        "even": round(load.entropy(counted.counts) / most, DIGITS) if known else None,
        "busiest": shares.index(max(shares)),
        "share": round(max(shares), DIGITS),
        "idle": counted.counts.count(0) if counted.probs else None,
    }


def _alike(parts: Sequence[Part]) -> bool:
    """Whether both read the prompt in the same tokens."""
    read = [[(fact.id, fact.token) for fact in part if fact.prompt] for part in parts]
    return len(read) == MOST_MODELS and bool(read[0]) and read[0] == read[1]
