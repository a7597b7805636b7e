"""A whole run as one JSON object, and its cost in one line."""

from dataclasses import asdict
from typing import Any

from fusionlab.encoding import event_to_json
from fusionlab.events import RunFailed, RunFinished
from fusionlab.trace import Trace
from fusionlab.words import Sentence


def summary(trace: Trace) -> dict[str, Any]:
    """Answer, members, cost and the method's own figures; what was not yielded is left out."""
    recipe = trace.recipe
    data: dict[str, Any] = {
        "method": recipe.method,
        "status": trace.status,
        "answer": trace.answer,
        "reason": trace.end.reason if isinstance(trace.end, RunFinished) else "",
        "members": [asdict(member) for member in recipe.members],
        "settings": recipe.settings,
        "sampling": asdict(recipe.sampling),
        "cost": {
            "members": {name: _cost(cost) for name, cost in trace.costs.items()},
            "tokens_in": sum(cost.tokens_in for cost in trace.costs.values()),
            "tokens_out": sum(cost.tokens_out for cost in trace.costs.values()),
            "forward_passes": sum(cost.forward_passes for cost in trace.costs.values()),
            "seconds": trace.seconds,
        },
        "warnings": [{"message": w.message, "hint": w.hint} for w in trace.warnings],
    }
    if isinstance(trace.end, RunFailed):
        data["error"] = {"message": trace.end.message, "hint": trace.end.hint}
    if trace.tokens:
        data["tokens"] = [_without_kind(token) for token in trace.tokens]
    if trace.candidates:
        data["candidates"] = [_without_kind(candidate) for candidate in trace.candidates]
    if trace.vote:
        data["vote"] = _without_kind(trace.vote)
    return data


def cost_line(trace: Trace) -> Sentence:
    """What the run cost, in one line."""
    costs = trace.costs.values()
    return Sentence(
        "cli-cost",
        {
            "method": trace.recipe.method,
            "members": len(trace.recipe.members),
            "tokens_in": str(sum(cost.tokens_in for cost in costs)),
            "tokens_out": str(sum(cost.tokens_out for cost in costs)),
            "passes": str(sum(cost.forward_passes for cost in costs)),
            "computing": f"{sum(cost.seconds for cost in costs):.1f}",
            "all": f"{trace.seconds:.1f}",
        },
    )


def _cost(cost: Any) -> dict[str, Any]:
    data = _without_kind(cost)
    del data["member"]
    return data


def _without_kind(event: Any) -> dict[str, Any]:
    data = event_to_json(event)
    del data["kind"]
    return data
