"""Experts as data for the eye: which of them read every token, and how evenly they are used.

A message holds the tokens from `start` on, as that of `tokens` does, and the load of all tokens
so far; `plain` says that the second text is the same prompt without steering. With f the shares of
a layer's choices that fell on each of its E experts, and P the mean of the router's probabilities,
a layer's load is told by

    entropy −Σ f log f     CV σ(f)/μ(f)     peak max f/μ(f)     balance E Σ f P

which are log E, 0, 1 and 1 where all experts are used alike; the last is the auxiliary loss of the
Switch Transformer (https://arxiv.org/abs/2101.03961), without its coefficient. Two texts differ in
a layer by ½ Σ |f − f′|, the share of choices that fell on other experts.
"""

import math
from collections.abc import Sequence
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import ExpertsRouted, LayerRouting, LayerSteered
from fusionlab.recipe import named
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name

DIGITS = 6
FIRST, SECOND = 0, 1
"""Samples: the prompt, and the one that it is compared with."""


def expert_view(trace: Trace, start: int = 0, run: str = "") -> dict[str, Any]:
    """The tokens from `start` on and the load so far, as JSON; `run` is the caller's name."""
    facts = trace.routed
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
                "experts": len(each.probs),
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
        "steps": [_step(fact) for fact in facts[start:]],
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
    """How evenly one layer's experts were used for these tokens, at least one."""
    n_experts = len(decisions[0].probs)
    counts = [0] * n_experts
    for each in decisions:
        for expert in each.experts:
            counts[expert] += 1
    choices = sum(counts)
    shares = [count / choices for count in counts]
    means = [
        sum(column) / len(decisions) for column in zip(*(d.probs for d in decisions), strict=True)
    ]
    variance = sum((share - 1 / n_experts) ** 2 for share in shares) / n_experts
    return {
        "layer": decisions[0].layer,
        "tokens": len(decisions),
        "counts": counts,
        "shares": [round(share, DIGITS) for share in shares],
        "entropy": round(-sum(share * math.log(share) for share in shares if share), DIGITS),
        "cv": round(math.sqrt(variance) * n_experts, DIGITS),
        "peak": round(max(shares) * n_experts, DIGITS),
        "balance": round(
            n_experts * sum(f * p for f, p in zip(shares, means, strict=True)), DIGITS
        ),
    }


def _of(facts: Sequence[ExpertsRouted], sample: int) -> list[ExpertsRouted]:
    return [fact for fact in facts if fact.sample == sample]


def _loads(facts: Sequence[ExpertsRouted]) -> list[dict[str, Any]]:
    """The load of every layer; nothing before the first token."""
    return [load_of(layer) for layer in zip(*(fact.layers for fact in facts), strict=True)]


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    return round(sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 2, DIGITS)


def _step(fact: ExpertsRouted) -> dict[str, Any]:
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
                "p": [round(each.probs[expert], DIGITS) for expert in each.experts],
            }
            for each in fact.layers
        ],
    }
