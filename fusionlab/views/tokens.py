"""Tokens as data for the eye: every step of a token-by-token fusion, sent as it grows.

A message holds the steps from `start` on, so that a long run is not sent again with every token;
the component appends what it has not got, and asks for nothing. `decided` is the member whose
share wᵢpᵢ / Σ wⱼpⱼ of the chosen token is the largest, or -1 where the two largest lie within
`CLOSE` of one another. Where members told only their best tokens (`partial`), `certain` is whether
no other could have been chosen, and `coverage` the share of their mass that was told. `acted` is
None where members always are pooled, `left` are the places of those that were left out.
"""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import Candidate, MemberStep, TokenChosen
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name
from fusionlab.views.members import members_of

CLOSE = 0.1
DIGITS = 6


def token_view(trace: Trace, start: int = 0, run: str = "") -> dict[str, Any]:
    """The steps from `start` on, as JSON; `run` is the caller's name for the run, if any."""
    members = members_of(trace)
    pooling = trace.recipe.settings.get("pooling")
    turns = pooling is None and any(
        own.weight is not None for token in trace.tokens[:1] for own in token.members.values()
    )
    if turns:  # a member's weight is the step's, and over the text all have the same
        members = [{**member, "weight": 1 / len(members)} for member in members]
    view = {
        "run": run or run_name(trace),
        "start": start,
        "members": members,
        "pooling": "none" if turns else str(pooling or "arithmetic"),
        "act": str(trace.recipe.settings.get("act", "always")),
        "steps": [_step(token, members) for token in trace.tokens[start:]],
        "partial": any(token.coverage is not None for token in trace.tokens[:1]),
        "status": trace.status,
        "done": trace.status != "running",
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _step(token: TokenChosen, members: list[dict[str, Any]]) -> dict[str, Any]:
    present = [token.members.get(member["name"]) for member in members]
    return {
        "step": token.step,
        "token": token.token,
        "text": token.text,
        "p": round(token.p, DIGITS),
        "entropy": round(token.entropy, DIGITS),
        "divergence": round(token.divergence, DIGITS),
        "decided": _decided(present, [member["weight"] for member in members]),
        "fused": [
            _candidate(candidate) | {"parts": [_part(own, rank) for own in present]}
            for rank, candidate in enumerate(token.fused)
        ],
        "acted": token.acted,
        "certain": token.certified,
        "coverage": None if token.coverage is None else round(token.coverage, DIGITS),
        "left": [member["index"] for member in members if member["name"] in token.left_out],
        "members": {name: _member(own) for name, own in token.members.items()},
    }


def _decided(present: list[MemberStep | None], weights: list[float]) -> int:
    shares = [
        (weight if own.weight is None else own.weight) * own.p_chosen if own else 0.0
        for weight, own in zip(weights, present, strict=True)
    ]
    total = sum(shares)
    if total <= 0:
        return -1
    first, *others = sorted((share / total for share in shares), reverse=True)
    if others and first - others[0] < CLOSE:
        return -1
    return shares.index(max(shares))


def _part(own: MemberStep | None, rank: int) -> float | None:
    """The member's own probability of the pool's candidate of this rank; None where not known."""
    if own is None or rank >= len(own.p_fused):
        return None
    return round(own.p_fused[rank], DIGITS)


def _member(own: MemberStep) -> dict[str, Any]:
    return {
        "top": [_candidate(candidate) for candidate in own.top],
        "entropy": round(own.entropy, DIGITS),
        "rest": round(own.rest, DIGITS),
        "p_chosen": round(own.p_chosen, DIGITS),
        "weight": None if own.weight is None else round(own.weight, DIGITS),
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"token": candidate.token, "p": round(candidate.p, DIGITS)}
