"""The same question put in several ways, side by side: what each came to, and what it spent."""

from collections import Counter
from typing import Any

from fusionlab.events import RunFinished, well_formed
from fusionlab.recipe import named
from fusionlab.text.answers import Kind, meaning
from fusionlab.trace import Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of


def compared_row(title: str, trace: Trace, truth: str = "") -> dict[str, Any]:
    """One run as JSON: every answer by round and agent, messages and tokens by round.

    Equal answers have the same `group`, numbered by how frequent they are in the run; no answer has
    none (-1). `truth` stands in where the run's own recipe names no right answer.
    """
    kind = kind_of_answers(trace)
    right = truth_of(trace) or truth
    answer = trace.end.answer if isinstance(trace.end, RunFinished) else None
    found = trace.extracted
    groups = _groups([each.answer for each in found], kind)
    agents = [member.name for member in named(trace.recipe.members)]
    row = {
        "title": title,
        "status": trace.status,
        "problem": getattr(trace.end, "message", ""),
        "answer": answer,
        "right": None if answer is None else is_right(answer, right, kind),
        "agents": agents,
        "one_by_one": len(agents) == 1,
        "answers": [
            {
                "round": each.sample,
                "agent": agents.index(each.author) if each.author in agents else -1,
                "answer": each.answer,
                "group": group,
                "right": is_right(each.answer, right, kind),
            }
            for each, group in zip(found, groups, strict=True)
        ],
        "rounds": _spent(trace),
        "messages": sum(len(one.messages) for one in trace.rounds),
        "tokens": sum(cost.tokens_in + cost.tokens_out for cost in trace.costs.values()),
        "reused": sum(cost.tokens_reused for cost in trace.costs.values()),
        "seconds": trace.seconds,
    }
    checked: dict[str, Any] = well_formed(row)
    return checked


def compared_view(rows: list[dict[str, Any]], waiting: int = 0) -> dict[str, Any]:
    """The runs side by side, and how many are still to come."""
    return {"runs": rows, "waiting": waiting}


def _groups(answers: list[str], kind: Kind) -> list[int]:
    """For each answer the number of its group, the most frequent first; -1 for a blank."""
    first: dict[Any, int] = {}
    places = []
    for number, answer in enumerate(answers):
        means = meaning(answer, kind) if answer else None
        key = ("alone", number) if means is None else means
        places.append(first.setdefault(key, len(first)) if answer else -1)
    frequent = [place for place, _ in Counter(p for p in places if p >= 0).most_common()]
    order = {place: rank for rank, place in enumerate(frequent)}
    return [order.get(place, -1) for place in places]


def _spent(trace: Trace) -> list[dict[str, int]]:
    """Messages and tokens of each round; what is written at the same time is one."""
    return [
        {
            "round": phase[0].number,
            "messages": sum(len(one.messages) for one in phase),
            "tokens": sum(one.tokens for one in phase),
        }
        for phase in trace.phases
    ]
