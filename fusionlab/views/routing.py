"""A route as data for the eye: one prompt, every member's score, and the one that answers."""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import MemberChosen, RunFinished
from fusionlab.recipe import named
from fusionlab.text.ties import NEAR
from fusionlab.trace import Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of
from fusionlab.views.rounds import right_of


def is_routed(trace: Trace) -> bool:
    """Whether a member was given the word before anybody had written."""
    return bool(trace.chosen) and all(one.what == "chosen" for one in trace.rounds)


def routing_view(trace: Trace) -> dict[str, Any]:
    """The prompt and where it went, as JSON.

    `score` of a member is None where it was not weighed; `strength` is what it was weighed by,
    empty where the recipe does not tell. `tied` says that another member had the same score.
    """
    chosen = trace.chosen[-1] if trace.chosen else MemberChosen("", "")
    members = named(trace.recipe.members)
    strengths = trace.recipe.settings.get("strengths", ())
    said = strengths if isinstance(strengths, list | tuple) else ()
    best = chosen.scores.get(chosen.member, 0.0)
    level = [name for name, score in chosen.scores.items() if abs(score - best) <= NEAR]
    answers = [each for each in trace.extracted if each.author == chosen.member]
    answer = answers[-1].answer if answers else None
    view = {
        "status": trace.status,
        "prompt": trace.recipe.request.question,
        "by": chosen.by,
        "members": [
            {
                "name": member.name,
                "index": place,
                "score": chosen.scores.get(member.name),
                "chosen": member.name == chosen.member,
                "strength": (str(said[place]) if place < len(said) else "") or member.system or "",
            }
            for place, member in enumerate(members)
        ],
        "tied": len(level) > 1,
        "blind": bool(chosen.scores) and not any(chosen.scores.values()),
        "text": trace.texts.get((chosen.member, 0), "").strip(),
        "answer": answer,
        "right": right_of(trace)
        if answer is None
        else is_right(answer, truth_of(trace), kind_of_answers(trace)),
        "finished": isinstance(trace.end, RunFinished),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked
