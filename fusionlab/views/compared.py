"""The same question put in several ways, side by side: what each came to, and what it spent."""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import RunFinished
from fusionlab.recipe import named
from fusionlab.trace import Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of
from fusionlab.views.letters import Letters, letters_of
from fusionlab.views.texts import token_rows


def compared_row(
    title: str, trace: Trace, truth: str = "", letters: Letters | None = None
) -> dict[str, Any]:
    """One run as JSON: every answer by round and agent, messages and tokens by round.

    Equal answers have the same `group`, the number of their letter; no answer has none (-1). Runs
    given the same `letters` share them. `truth` stands in where the recipe names no right answer.
    """
    kind = kind_of_answers(trace)
    right = truth_of(trace) or truth
    answer = trace.end.answer if isinstance(trace.end, RunFinished) else None
    found = trace.extracted
    shared = letters or letters_of(trace)
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
                "group": shared.of(each.answer),
                "right": is_right(each.answer, right, kind),
            }
            for each in found
        ],
        "rounds": _spent(trace),
        "messages": sum(len(one.messages) for one in trace.rounds),
        "tokens": sum(cost.tokens_in + cost.tokens_out for cost in trace.costs.values()),
        "reused": sum(cost.tokens_reused for cost in trace.costs.values()),
        "seconds": trace.seconds,
        "texts": token_rows(trace) if trace.tokens else [],
    }
    checked: dict[str, Any] = well_formed(row)
    return checked


def compared_view(rows: list[dict[str, Any]], waiting: int = 0) -> dict[str, Any]:
    """The runs side by side, and how many are still to come."""
    return {"runs": rows, "waiting": waiting}


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
