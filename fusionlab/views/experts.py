"""Experts as data for the eye: which of them read every token, and how evenly they are used.

A message holds the tokens from `start` on, as that of `tokens` does, and the load of all tokens
so far, whose figures `experts.load` explains: the trace has counted it, so that a message costs
what is new in it. `dense` are the layers without experts, as far as it is known that there are any.
The last message also tells what each expert likes. `plain` says that the second text is the same
prompt without steering. Two texts differ in a layer by ½ Σ |f − f′|, the share of choices that fell
on other experts.

Of a run that is too large for a page, all tokens are shown and counted, but the experts of fewer
and fewer of them are sent; see `is_sent`.
"""

from collections.abc import Sequence
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import ExpertsRouted, LayerSteered
from fusionlab.experts import load
from fusionlab.loads import LayerLoad
from fusionlab.recipe import named
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name
from fusionlab.views.leanings import leanings

DIGITS = 6
MOST = 100_000
"""Choices of experts up to which every token's are sent: two megabytes of JSON, about."""
MOST_LAYERS = 1_000
"""Up to which layers without experts are told of."""
FIRST, SECOND = 0, 1
"""Samples: the prompt, and the one that it is compared with."""


def expert_view(trace: Trace, start: int = 0, run: str = "") -> dict[str, Any]:
    """The tokens from `start` on and the load so far, as JSON; `run` is the caller's name."""
    prompts = (trace.recipe.request.question, str(trace.recipe.settings.get("compare", "")))
    plain = not prompts[SECOND].strip() and SECOND in trace.loads
    prompts = (prompts[FIRST], prompts[FIRST]) if plain else prompts
    samples = [each for each in (FIRST, SECOND) if each == FIRST or prompts[each].strip()]
    texts = [(sample, prompts[sample]) for sample in samples]
    member = next((member.name for member in named(trace.recipe.members)), "")
    view = part_view(trace, trace.routed, start, texts, member)
    view |= {"run": run or run_name(trace), "plain": plain}
    checked: dict[str, Any] = well_formed(view)
    return checked


def part_view(
    trace: Trace,
    facts: Sequence[ExpertsRouted],
    start: int,
    of: Sequence[tuple[int, str]],
    member: str,
) -> dict[str, Any]:
    """The same of these facts, which are one model's, `start` counted among them.

    `of` are its texts, the sample and the prompt of each.
    """
    choices = sum(len(each.experts) for fact in facts[:1] for each in fact.layers)
    texts: list[dict[str, Any]] = [
        {"sample": sample, "prompt": prompt, "load": _loads(trace, sample)} for sample, prompt in of
    ]
    return {
        "start": start,
        "member": member,
        "layers": [
            {
                "layer": each.layer,
                "experts": each.n_experts,
                "weighed": bool(each.weights),
                "active": len(each.experts),
                "shared": each.shared,
                "steered": _asked(each.steered or LayerSteered()),
            }
            for fact in facts[:1]
            for each in fact.layers
        ],
        "dense": _dense(facts[0]) if facts else [],
        "texts": texts,
        "apart": [
            _apart(one["shares"], other["shares"])
            for one, other in zip(texts[0]["load"], texts[-1]["load"], strict=False)
            if len(texts) > 1
        ],
        "steps": [
            _step(fact, sent=is_sent(place, choices))
            for place, fact in enumerate(facts[start:], start)
        ],
        "sent": n_sent(len(facts), choices),
        "leanings": leanings(_of(facts, of[0][0])) if trace.status != "running" else [],
        "status": trace.status,
        "done": trace.status != "running",
    }


def _asked(steered: LayerSteered) -> dict[str, Any]:
    return {
        "banned": list(steered.banned),
        "forced": list(steered.forced),
        "swapped": [list(pair) for pair in steered.swapped],
        "top_k": steered.top_k,
    }


def load_view(counted: LayerLoad) -> dict[str, Any]:
    """How evenly one layer's experts were used for its tokens, at least one.

    None stands for figures that need the number of experts, or probabilities, which are not known.
    """
    counts, known = counted.counts, bool(counted.probs)
    return {
        "layer": counted.layer,
        "tokens": counted.tokens,
        "counts": list(counts),
        "shares": [round(share, DIGITS) for share in load.shares(counts)],
        "entropy": round(load.entropy(counts), DIGITS),
        "cv": round(load.variation(counts), DIGITS) if known else None,
        "peak": round(load.peak(counts), DIGITS) if known else None,
        "balance": round(load.balance(counts, counted.means), DIGITS) if known else None,
    }


def is_sent(place: int, choices: int) -> bool:
    """Whether the experts of the fact at this place of all are sent, of `choices` experts a token.

    All of the first `MOST` choices are, then those of every second token, and of every fourth from
    twice as many on, and so forth: what is sent grows with the logarithm, and nothing sent before
    is taken back.
    """
    whole = max(1, MOST // max(1, choices))
    return place < whole or place % 2 ** (place // whole).bit_length() == 0


def n_sent(places: int, choices: int) -> int:
    """Of how many of the first `places` facts the experts are sent."""
    whole = max(1, MOST // max(1, choices))
    count, low, step = min(places, whole), whole, 2
    while low < places:
        high = min(places, 2 * low)
        count += (high - 1) // step - (low - 1) // step
        low, step = 2 * low, 2 * step
    return count


def _of(facts: Sequence[ExpertsRouted], sample: int) -> list[ExpertsRouted]:
    return [fact for fact in facts if fact.sample == sample]


def _loads(trace: Trace, sample: int) -> list[dict[str, Any]]:
    """The load of every layer; nothing before the first token."""
    return [load_view(layer) for layer in trace.loads.get(sample, [])]


def _dense(fact: ExpertsRouted) -> list[int]:
    """The layers without experts; where the depth is not known, those below the last with some."""
    mixed = {each.layer for each in fact.layers}
    depth = fact.depth or max(mixed, default=-1) + 1
    return [layer for layer in range(min(depth, MOST_LAYERS)) if layer not in mixed]


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    return round(sum(abs(a - b) for a, b in zip(one, other, strict=False)) / 2, DIGITS)


def _step(fact: ExpertsRouted, *, sent: bool) -> dict[str, Any]:
    return {
        "sample": fact.sample,
        "position": fact.position,
        "token": fact.token,
        "text": fact.text,
        "prompt": fact.prompt,
        "given": fact.given,
        "layers": [
            {
                "experts": list(each.experts),
                "weights": [round(weight, DIGITS) for weight in each.weights],
                "p": [round(each.probs[expert], DIGITS) for expert in each.experts if each.probs],
            }
            for each in fact.layers
            if sent
        ],
    }
