"""What a run cost, member by member; weights that two members share are counted once."""

from collections import Counter
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import Measured
from fusionlab.text.equal_compute import EqualCompute, at_equal_compute
from fusionlab.trace import Trace
from fusionlab.views.members import index_of, members_of
from fusionlab.views.spoken import saying

COUNTS = ("tokens_in", "tokens_out", "forward_passes", "seconds", "tokens_reused")


def ledger_view(trace: Trace) -> dict[str, Any]:
    """The cost of each member and of all together, as JSON; `elapsed` is the run's wall time.

    `baseline` is what the same tokens would have paid for instead, for an exchange that is over.
    """
    members = members_of(trace)
    costs = list(trace.costs.values())
    users = Counter(_weights(cost) for cost in costs if cost.model)
    view = {
        "members": [
            _cost(cost)
            | {
                "name": cost.member,
                "index": index_of(members, cost.member),
                "model": cost.model,
                "engine": cost.engine,
                "divergence": cost.divergence,
                "shared": users[_weights(cost)] > 1,
            }
            for cost in costs
        ],
        "total": {name: sum(getattr(cost, name) for cost in costs) for name in COUNTS}
        | {"bytes": _bytes_once(costs)},
        "baseline": _baseline(at_equal_compute(trace)),
        "elapsed": trace.seconds,
        "status": trace.status,
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _baseline(equal: EqualCompute | None) -> dict[str, Any] | None:
    if equal is None:
        return None
    return {
        "method": equal.method,
        "said": saying(f"method-{equal.recipe.method.replace('_', '-')}"),
        "member": equal.member,
        "samples": equal.samples,
        "tokens": equal.tokens,
    }


def _cost(cost: Measured) -> dict[str, Any]:
    return {name: getattr(cost, name) for name in (*COUNTS, "bytes")}


def _bytes_once(costs: list[Measured]) -> int:
    """Bytes of all weights held, of bases too; a cost without a model has weights of its own."""
    held: dict[tuple[str, str], int] = {}
    for cost in costs:
        weights = _weights(cost) if cost.model else ("\0", cost.member)
        held[weights] = max(held.get(weights, 0), cost.bytes)
        if cost.base:
            held[cost.base, ""] = max(held.get((cost.base, ""), 0), cost.base_bytes)
    return sum(held.values())


def _weights(cost: Measured) -> tuple[str, str]:
    """Which weights were computed with: the model's own, or those that an engine made of them."""
    return cost.model, "" if cost.divergence is None else cost.engine
