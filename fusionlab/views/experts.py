"""Experts as data for the eye: which of them read every token, and how evenly they are used.

A message holds the tokens from `start` on, as that of `tokens` does, and the load of all tokens
so far, whose figures `experts.load` explains; the last one also what each expert likes. `plain`
says that the second text is the same prompt without steering. Two texts differ in a layer by
½ Σ |f − f′|, the share of choices that fell on other experts.

Of a run that is too large for a page, all tokens are shown and counted, but the experts of fewer
and fewer of them are sent; see `is_sent`.
"""

from collections.abc import Sequence
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import ExpertsRouted, LayerRouting, LayerSteered
from fusionlab.experts import load
from fusionlab.recipe import named
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name
from fusionlab.views.leanings import leanings

DIGITS = 6
MOST = 100_000
"""Choices of experts up to which every token's are sent: two megabytes of JSON, about."""
FIRST, SECOND = 0, 1
"""Samples: the prompt, and the one that it is compared with."""


def expert_view(trace: Trace, start: int = 0, run: str = "") -> dict[str, Any]:
    """The tokens from `start` on and the load so far, as JSON; `run` is the caller's name."""
    facts = trace.routed
    choices = sum(len(each.experts) for fact in facts[:1] for each in fact.layers)
    prompts = (trace.recipe.request.question, str(trace.recipe.settings.get("compare", "")))
    plain = not prompts[SECOND].strip() and any(fact.sample == SECOND for fact in facts)
    prompts = (prompts[FIRST], prompts[FIRST]) if plain else prompts
    texts: list[dict[str, Any]] = [
        {"sample": sample, "prompt": prompts[sample], "load": _loads(_of(facts, sample))}
        for sample in (FIRST, SECOND)
        if sample == FIRST or prompts[sample].strip()
    ]
    view = {
        "run": run or run_name(trace),
        "start": start,
        "member": next((member.name for member in named(trace.recipe.members)), ""),
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
        "plain": plain,
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
        "sent": sum(is_sent(place, choices) for place in range(len(facts))),
        "leanings": leanings(_of(facts, FIRST)) if trace.status != "running" else [],
        "status": trace.status,
        "done": trace.status != "running",
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _asked(steered: LayerSteered) -> dict[str, Any]:
    return {
        "banned": list(steered.banned),
        "forced": list(steered.forced),
        "swapped": [list(pair) for pair in steered.swapped],
        "top_k": steered.top_k,
    }


def load_of(decisions: Sequence[LayerRouting]) -> dict[str, Any]:
    """How evenly one layer's experts were used for these tokens, at least one.

    None stands for figures that need the number of experts, or probabilities, which are not known.
    """
    n_experts, counted = decisions[0].n_experts, bool(decisions[0].probs)
    counts = [0] * n_experts
    for each in decisions:
        for expert in each.experts:
            counts[expert] += 1
    means = [
        sum(column) / len(decisions) for column in zip(*(d.probs for d in decisions), strict=True)
    ]
    return {
        "layer": decisions[0].layer,
        "tokens": len(decisions),
        "counts": counts,
        "shares": [round(share, DIGITS) for share in load.shares(counts)],
        "entropy": round(load.entropy(counts), DIGITS),
        "cv": round(load.variation(counts), DIGITS) if counted else None,
        "peak": round(load.peak(counts), DIGITS) if counted else None,
        "balance": round(load.balance(counts, means), DIGITS) if counted else None,
    }


def is_sent(place: int, choices: int) -> bool:
    """Whether the experts of the fact at this place of all are sent, of `choices` experts a token.

    All of the first `MOST` choices are, then those of every second token, and of every fourth from
    twice as many on, and so forth: what is sent grows with the logarithm, and nothing sent before
    is taken back.
    """
    whole = max(1, MOST // max(1, choices))
    return place < whole or place % 2 ** (place // whole).bit_length() == 0


def _of(facts: Sequence[ExpertsRouted], sample: int) -> list[ExpertsRouted]:
    return [fact for fact in facts if fact.sample == sample]


def _loads(facts: Sequence[ExpertsRouted]) -> list[dict[str, Any]]:
    """The load of every layer; nothing before the first token."""
    return [load_of(layer) for layer in zip(*(fact.layers for fact in facts), strict=True)]


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    return round(sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 2, DIGITS)


def _step(fact: ExpertsRouted, *, sent: bool) -> dict[str, Any]:
    return {
        "sample": fact.sample,
        "position": fact.position,
        "token": fact.token,
        "text": fact.text,
        "prompt": fact.prompt,
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
