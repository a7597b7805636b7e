"""The first page as data: the opening of a recorded run, step by step, and where one can go on.

A step holds the candidates that the pool ranks highest and the chosen one, and of each what every
member gave it. `shares` are the parts of the fused probability, member by member, where they add
up to it (an arithmetic pool); else there are none. The step shown first is the one in which the
members' favourites differ and their distributions are furthest apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fusionlab.events import MemberStep, TokenChosen, well_formed
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name
from fusionlab.views.members import members_of

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
    view = {
        "run": run_name(trace),
        "prompt": trace.recipe.prompt,
        "members": members,
        "steps": [_step(token, members, _adds_up(trace)) for token in tokens],
        "first": _most_apart(tokens),
        "places": list(places),
        "tools": list(tools),
        "tries": [{"name": name, "preset": preset} for name, preset in (tries or {}).items()],
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _adds_up(trace: Trace) -> bool:
    return trace.recipe.settings.get("pooling", "arithmetic") == "arithmetic"


def _most_apart(tokens: Sequence[TokenChosen]) -> int:
    """The index of the step at which the disagreement is seen best."""
    return max(
        range(len(tokens)),
        key=lambda i: (len(set(_favourites(tokens[i]).values())) > 1, tokens[i].divergence),
        default=0,
    )


def _favourites(token: TokenChosen) -> dict[str, str]:
    """What each member would have written, by its name."""
    return {name: own.top[0].token for name, own in token.members.items() if own.top}


def _step(token: TokenChosen, members: list[dict[str, Any]], adds_up: bool) -> dict[str, Any]:
    present = [token.members.get(member["name"]) for member in members]
    rows = []
    for rank, candidate in enumerate(token.fused):
        chosen = candidate.token == token.token
        if rank < CANDIDATES or chosen:
            parts = [_part(own, rank) for own in present]
            rows.append(_row(candidate.token, candidate.p, parts, members, adds_up, chosen))
    if not any(row["chosen"] for row in rows):
        parts = [own.p_chosen if own else 0.0 for own in present]
        rows.append(_row(token.token, token.p, parts, members, adds_up, True))
    shown = [row for row in rows if row["chosen"]] + [row for row in rows if not row["chosen"]]
    kept = shown[:CANDIDATES]
    return {
        "token": token.token,
        "p": round(token.p, DIGITS),
        "rows": sorted(kept, key=lambda row: (-row["p"], not row["chosen"])),
        "caption": _caption(token),
    }


def _part(own: MemberStep | None, rank: int) -> float:
    return own.p_fused[rank] if own and rank < len(own.p_fused) else 0.0


def _row(
    token: str,
    p: float,
    parts: list[float],
    members: list[dict[str, Any]],
    adds_up: bool,
    chosen: bool,
) -> dict[str, Any]:
    """A candidate: fused probability, each member's own, and the shares that each adds."""
    weighed = zip(members, parts, strict=True)
    return {
        "token": token,
        "p": round(p, DIGITS),
        "parts": [round(part, DIGITS) for part in parts],
        "shares": [round(m["weight"] * part, DIGITS) for m, part in weighed] if adds_up else [],
        "chosen": chosen,
    }


def _caption(token: TokenChosen) -> dict[str, Any]:
    """What one sees at this step, in one sentence."""
    favourites = _favourites(token)
    wanted, chosen = set(favourites.values()), _plain(token.token)
    if wanted == {token.token}:
        values: dict[str, Any] = {"n": len(favourites), "token": chosen}
        return {"key": "start-caption-agreed", "values": values}
    wants = [
        {"key": "start-wants", "values": {"name": name, "token": _plain(favourite)}}
        for name, favourite in favourites.items()
    ]
    key = "start-caption-apart" if len(wanted) > 1 else "start-caption-other"
    return {"key": key, "values": {"wants": wants, "token": chosen}}


def _plain(token: str) -> str:
    """The token without the blanks around it, unless it is nothing else."""
    return token.strip() or token
