"""What to notice about experts: who does most, who nothing, where two were nearly level."""

import math
from collections.abc import Iterator, Sequence
from itertools import takewhile

from fusionlab.events import ExpertsRouted, LayerRouting
from fusionlab.figures import percent, rounded
from fusionlab.trace import Trace
from fusionlab.views.experts import FIRST, SECOND, expert_view, load_view
from fusionlab.views.mixtures import has_two_mixtures, mixtures_view
from fusionlab.views.noted import Noted, noted
from fusionlab.views.spoken import quoted

UNEVEN = 1.5
"""Times its even share from which an expert stands out."""
MOST_NATS = 30.0
"""Mean negative log-probability from which a perplexity is no larger: of ten million million."""
NARROW = 0.05
"""Difference of two probabilities below which a choice is a close one."""


def expert_notes(trace: Trace) -> Iterator[Noted]:
    """What is to be noticed about the routes of this run, the most telling first."""
    if has_two_mixtures(trace):
        yield from _mixtures(trace)
        return
    depth = len(trace.routed[0].layers) if trace.routed else 0
    if not depth or any(len(fact.layers) != depth for fact in trace.routed):
        return
    facts = [fact for fact in trace.routed if fact.sample == FIRST]
    if not facts:
        return
    yield from _steered(trace)
    if not all(layer.probs for layer in facts[0].layers):
        yield from _apart(trace)
        return
    loads = [load_view(each) for each in trace.loads[FIRST]]
    most = max(loads, key=lambda load: load["peak"])
    expert = most["counts"].index(max(most["counts"]))
    key = "notice-experts-most" if most["peak"] >= UNEVEN else "notice-experts-even"
    yield noted(
        key,
        layer=most["layer"],
        expert=expert,
        n=most["counts"][expert],
        of=most["tokens"],
        times=most["peak"],
    )
    idle = [(load["layer"], load["counts"].count(0)) for load in loads]
    never = sum(count for _, count in idle)
    experts = sum(len(load["counts"]) for load in loads)
    if never:
        layer, count = max(idle, key=lambda pair: pair[1])
        yield noted("notice-experts-never", n=never, of=experts, layer=layer, most=count)
    else:
        yield noted("notice-experts-all", of=experts)
    yield from _closest(trace.routed)
    yield from _apart(trace)


def _steered(trace: Trace) -> Iterator[Noted]:
    """What steering changed: in the text, and in how probable texts are."""
    told = {scored.what: scored for scored in trace.scored}
    answer = told.get("answer")
    if answer is None or not answer.tokens:
        return
    if other := told.get("plain"):
        pairs = zip(answer.tokens, other.tokens, strict=False)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if answer.tokens == other.tokens:
            yield noted("notice-steer-same", n=alike)
        else:
            yield noted("notice-steer-parted", n=alike)
    yield noted("notice-steer-answer", steered=_mean(answer.logprobs), plain=_mean(answer.plain))
    for what in ("plain", "given"):
        if (text := told.get(what)) and text.tokens:
            yield noted(
                f"notice-steer-{what}",
                steered=_perplexity(text.logprobs),
                plain=_perplexity(text.plain),
            )


def _mean(logprobs: Sequence[float]) -> str:
    return rounded(sum(logprobs) / len(logprobs), 2)


def _perplexity(logprobs: Sequence[float]) -> float:
    """exp of the mean negative log-probability; the largest number there is beyond."""
    mean = -sum(logprobs) / len(logprobs)
    return float(f"{math.exp(min(mean, MOST_NATS)):.3g}")


def _mixtures(trace: Trace) -> Iterator[Noted]:
    """Which of two mixtures uses its experts more evenly, where both layers' sizes are known."""
    view = mixtures_view(trace, start=len(trace.routed))
    known = [
        [each["even"] for each in layers if each["even"] is not None] for layers in view["even"]
    ]
    if len(known) < 2 or not all(known):
        return
    means = [sum(layers) / len(layers) for layers in known]
    pairs = sorted(zip(means, (each["member"] for each in view["models"]), strict=True))
    (low, less), (high, more) = pairs
    yield noted("notice-mixtures-even", more=more, high=percent(high), less=less, low=percent(low))


def _closest(facts: Sequence[ExpertsRouted]) -> Iterator[Noted]:
    """The choice between the last expert taken and the first left out that was the closest.

    Its step is its place among all facts, those of a second prompt included.
    """
    choices = [
        (margin, place, layer)
        for place, fact in enumerate(facts)
        if fact.sample == FIRST
        for layer in fact.layers
        if (margin := _margin(layer)) is not None
    ]
    if not choices:
        return
    margin, place, layer = min(choices, key=lambda choice: choice[0])
    if margin <= NARROW:
        taken, left = _rivals(layer)
        yield noted(
            "notice-experts-close",
            place,
            token=quoted(facts[place].token),
            layer=layer.layer,
            expert=taken,
            p=layer.probs[taken],
            other=left,
            q=layer.probs[left],
        )


def _rivals(layer: LayerRouting) -> tuple[int, int]:
    """The least probable expert that was taken, and the most probable one that was not."""
    others = [at for at in range(len(layer.probs)) if at not in layer.experts]
    taken = min(layer.experts, key=lambda at: layer.probs[at])
    return taken, max(others, key=lambda at: layer.probs[at])


def _margin(layer: LayerRouting) -> float | None:
    """How much more probable; None where all are taken, or the model went by something else."""
    if not layer.experts or len(set(layer.experts)) >= len(layer.probs):
        return None
    taken, left = _rivals(layer)
    margin = layer.probs[taken] - layer.probs[left]
    return margin if margin >= 0 else None


def _apart(trace: Trace) -> Iterator[Noted]:
    """In which layer two prompts went by the most different routes."""
    if not any(fact.sample == SECOND for fact in trace.routed):
        return
    view = expert_view(trace, start=len(trace.routed))
    if view["apart"]:
        place = view["apart"].index(max(view["apart"]))
        layer = view["layers"][place]["layer"]
        yield noted("notice-experts-apart", layer=layer, share=view["apart"][place])
