"""The first page as data: the opening of a recorded run, step by step, and where one can go on.

A step holds the candidates that the pool ranks highest and the chosen one, and of each what every
member gave it. `shares` are the parts of the fused probability, member by member, where they add
up to it (an arithmetic pool); else there are none. The step shown first is the one in which the
members' favourites differ and their distributions are furthest apart.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import MemberStep, TokenChosen
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name
from fusionlab.views.members import members_of, wanted
from fusionlab.views.tokens import is_searched

STEPS = 14
CANDIDATES = 4
DIGITS = 4


def start_view(
    trace: Trace,
    places: Sequence[str],
    tools: Sequence[str] = (),
    tries: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The first page as JSON; `trace` is a recorded run in tokens.

    `places` are the ids of the tabs in which models are fused, `tools` those of the others, and
    `tries` names the preset behind each example that the page has words for (`start-try-NAME`).
    """
    members = members_of(trace)
    tokens = trace.tokens[:STEPS]
    weights = _weights(trace, members)
    view = {
        "run": run_name(trace),
        "prompt": trace.recipe.prompt,
        "members": members,
        "steps": [_step(token, members, weights) for token in tokens],
        "first": _most_apart(tokens),
        "places": list(places),
        "tools": list(tools),
        "tries": [{"name": name, "preset": preset} for name, preset in (tries or {}).items()],
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _weights(trace: Trace, members: list[dict[str, Any]]) -> list[float]:
    """What each member's probability is multiplied by in the pool; nothing if it is no sum."""
    own = [step for token in trace.tokens[:1] for step in token.members.values()]
    fixed = all(step.weight is None and step.exponent is None for step in own)
    mean = trace.recipe.settings.get("pooling", "arithmetic") == "arithmetic"
    adds_up = fixed and mean and not is_searched(trace)
    return [member["weight"] for member in members] if adds_up else []


def _most_apart(tokens: Sequence[TokenChosen]) -> int:
    """The index of the step at which the disagreement is seen best."""
    return max(
        range(len(tokens)),
        key=lambda i: (len(set(_favourites(tokens[i]).values())) > 1, tokens[i].divergence),
        default=0,
    )


def _favourites(token: TokenChosen) -> dict[str, str]:
    """What each member would have written, by its name."""
    return {name: wanted(own, token) for name, own in token.members.items() if own.top}


def _step(
    token: TokenChosen, members: list[dict[str, Any]], weights: list[float]
) -> dict[str, Any]:
    present = [token.members.get(member["name"]) for member in members]
    ranked = [
        (candidate.token, candidate.p, [_part(own, rank) for own in present])
        for rank, candidate in enumerate(token.fused)
    ]
    tokens = [text for text, _, _ in ranked]
    chosen = tokens.index(token.token) if token.token in tokens else len(ranked)
    if chosen == len(ranked):
        ranked.append((token.token, token.p, [own.p_chosen if own else 0.0 for own in present]))
    others = [rank for rank in range(len(ranked)) if rank != chosen][: CANDIDATES - 1]
    return {
        "token": token.token,
        "p": round(token.p, DIGITS),
        "rows": [
            _row(*ranked[rank], weights) | {"chosen": rank == chosen}
            for rank in sorted([*others, chosen], key=lambda at: (-ranked[at][1], at != chosen))
        ],
        "caption": _caption(token),
    }


def _part(own: MemberStep | None, rank: int) -> float:
    return own.p_fused[rank] if own and rank < len(own.p_fused) else 0.0


def _row(token: str, p: float, parts: list[float], weights: list[float]) -> dict[str, Any]:
    """A candidate: fused probability, each member's own, and the shares that each adds."""
    return {
        "token": token,
        "p": round(p, DIGITS),
        "parts": [round(part, DIGITS) for part in parts],
        "shares": [round(w * part, DIGITS) for w, part in zip(weights, parts, strict=False)],
    }


def _caption(token: TokenChosen) -> dict[str, Any]:
    """What one sees at this step, in one sentence."""
    favourites = _favourites(token)
    wanted, chosen = set(favourites.values()), _plain(token.token)
    if wanted == {token.token}:
        agreed = {"n": len(favourites), "token": chosen}
        return {"key": "start-caption-agreed", "values": agreed}
    wants: list[dict[str, Any]] = [
        {"key": "start-wants", "values": {"name": name, "token": _plain(favourite)}}
        for name, favourite in favourites.items()
    ]
    if not wants:
        return {"key": "start-caption-alone", "values": {"token": chosen}}
    key = "start-caption-apart" if len(wanted) > 1 else "start-caption-other"
    return {"key": key, "values": {"wants": reduce(_and_next, wants), "token": chosen}}


def _and_next(before: dict[str, Any], following: dict[str, Any]) -> dict[str, Any]:
    return {"key": "start-wants-next", "values": {"before": before, "next": following}}


def _plain(token: str) -> str:
    """The token without the blanks around it, unless it is nothing else."""
    return token.strip() or token
