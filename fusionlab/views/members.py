"""The members of a run in one fixed order, so that each has the same colour in every view."""

from typing import Any

from fusionlab.events import MemberStep, TokenChosen
from fusionlab.recipe import named
from fusionlab.trace import Trace


def members_of(trace: Trace) -> list[dict[str, Any]]:
    """Name, index and normalised weight of every member: the recipe's first, then others seen."""
    weights = {member.name: member.weight for member in named(trace.recipe.members)}
    for token in trace.tokens[:1]:
        weights |= {name: 1.0 for name in token.members if name not in weights}
    weights |= {name: 1.0 for name in trace.costs if name not in weights}
    total = sum(weights.values())
    return [
        {"name": name, "index": index, "weight": weight / total if total > 0 else 1 / len(weights)}
        for index, (name, weight) in enumerate(weights.items())
    ]


def wanted(own: MemberStep, chosen: TokenChosen) -> str:
    """The token that this member would have written; of several equally likely the chosen one."""
    top = own.top[0]
    return chosen.token if own.p_chosen >= top.p else top.token


def is_pasted(trace: Trace, author: str) -> bool:
    """Whether the author of a candidate is no member: the answer was written elsewhere."""
    return all(author != member.name for member in named(trace.recipe.members))


def index_of(members: list[dict[str, Any]], name: str) -> int:
    """Where `name` stands among the members; -1 for an author that is none, such as the fusion."""
    return next((member["index"] for member in members if member["name"] == name), -1)
