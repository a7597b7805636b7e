"""Tokens as data for the eye: every step of a token-by-token fusion, sent as it grows.

A message holds the steps from `start` on, so that a long run is not sent again with every token;
the component appends what it has not got, and asks for nothing. `decided` is the member whose
share wᵢpᵢ / Σ wⱼpⱼ of the chosen token is the largest, or -1 where the two largest lie within
`CLOSE` of one another, or where members count by powers of their probabilities (`pooling` is then
`signed`), below 0 against a token, or where no pool but a search gave what was drawn from (then
it is `searched`). `acted` is None where members always are pooled, `left` are the
places of those that were left out. `agree` is how many members' first choice was chosen, `apart`
whether first choices differ. `share` and `pivotal` are as the run has them; of a run that was
recorded before it told them, shares are worked out where the pool is a mean, and who was pivotal is
not known here. `open` is whether it is not known, though somebody else counts for a token, so that
there is a first choice without the member. `anew` is what a link needs that asks the same under
other weights. Where members told only their best tokens (`partial`), `certain` is whether no other
could have been chosen, and `coverage` the share of their mass that was told.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fusionlab.comparison.branching import said_by
from fusionlab.encoding import well_formed
from fusionlab.events import Candidate, MemberStep, TokenChosen
from fusionlab.recipe import member_to_text, named, recipe_to_query
from fusionlab.trace import Trace
from fusionlab.views.identity import run_name
from fusionlab.views.members import members_of, wanted

CLOSE = 0.1
DIGITS = 6
EXACT = 7
"""Significant digits of probabilities, of which products are made."""


def token_view(trace: Trace, start: int = 0, run: str = "") -> dict[str, Any]:
    """The steps from `start` on, as JSON; `run` is the caller's name for the run, if any."""
    members = members_of(trace)
    pooling = trace.recipe.settings.get("pooling")
    turns = pooling is None and any(
        own.weight is not None for token in trace.tokens[:1] for own in token.members.values()
    )
    if turns:  # a member's weight is the step's, and over the text all have the same
        members = [{**member, "weight": 1 / len(members)} for member in members]
    ways = {
        "none": turns,
        "signed": is_signed(trace),
        "searched": is_searched(trace),
        str(pooling or "arithmetic"): True,
    }
    way = next(way for way, so in ways.items() if so)
    if way == "signed":  # over the text all have the same
        members = [member | {"power": _power(trace, member["name"])} for member in members]
    view = {
        "run": run or run_name(trace),
        "start": start,
        "given": said_by(trace.given.tokens) if trace.given else [],
        "members": members,
        "pooling": way,
        "act": str(trace.recipe.settings.get("act", "always")),
        "weighting": str(trace.recipe.settings.get("weighting", "fixed")),
        "sampled": trace.recipe.sampling.temperature > 0,
        "anew": None if trace.status == "running" else _anew(trace),
        "steps": [_step(token, members, way) for token in trace.tokens[start:]],
        "partial": any(token.coverage is not None for token in trace.tokens[:1]),
        "status": trace.status,
        "done": trace.status != "running",
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def is_signed(trace: Trace) -> bool:
    """Whether members' probabilities are raised to powers, so that nobody has a share in the pool.

    Powers may be below 0.
    """
    return any(
        own.exponent is not None for token in trace.tokens[:1] for own in token.members.values()
    )


def _power(trace: Trace, name: str) -> float | None:
    own = trace.tokens[0].members.get(name)
    return None if own is None or own.exponent is None else round(own.exponent, DIGITS)


def is_searched(trace: Trace) -> bool:
    """Whether a search gave what was drawn from, so that it has no parts, and nobody was pivotal.

    Not where one member alone gives each token.
    """
    settings = trace.recipe.settings
    return settings.get("alignment") == "relative" and settings.get("pooling") != "drawn"


def shares_of(token: TokenChosen, weights: Mapping[str, float], *, mean: bool) -> dict[str, float]:
    """Each member's share of the chosen token's fused probability; nothing where it has no parts.

    Where the run does not tell them: of a `mean`, and of whoever alone counts. `weights` are the
    members', where the step has no others. A probability of 0 may be one that nobody told.
    """
    own = token.members
    if all(each.share is not None for each in own.values()):
        return {name: each.share for name, each in own.items() if each.share is not None}
    parts = {
        name: (weights.get(name, 0.0) if each.weight is None else each.weight) * each.p_chosen
        for name, each in own.items()
    }
    total = sum(parts.values())
    mean = mean and all(each.p_chosen > 0 or each.weight == 0 for each in own.values())
    mean = mean and math.isclose(total, token.p, rel_tol=1e-3, abs_tol=1e-6)
    alone = sum(each.weight != 0 for each in own.values()) == 1
    return {name: part / total for name, part in parts.items()} if total and (mean or alone) else {}


def _anew(trace: Trace) -> dict[str, Any]:
    """The query of the recipe without members and pooling, the members, and their weights' sum."""
    recipe = trace.recipe
    settings = {key: value for key, value in recipe.settings.items() if key != "pooling"}
    return {
        "query": recipe_to_query(replace(recipe, members=(), settings=settings)),
        "members": [member_to_text(replace(member, weight=1.0)) for member in recipe.members],
        "names": [member.name for member in named(recipe.members)],
        "total": sum(member.weight for member in recipe.members),
    }


def _step(token: TokenChosen, members: list[dict[str, Any]], way: str) -> dict[str, Any]:
    present = [token.members.get(member["name"]) for member in members]
    weights = {member["name"]: member["weight"] for member in members}
    has_parts = way != "searched" or len(token.members) < 2
    shares = shares_of(token, weights, mean=way == "arithmetic") if has_parts else {}
    unknown = set() if way == "none" else _unknown(token, weights)
    wishes = [wanted(own, token) for own in token.members.values() if own.top]
    partial = token.coverage is not None
    return {
        "step": token.step,
        "token": token.token,
        "id": token.id,
        "text": token.text,
        "p": _exact(token.p),
        "entropy": round(token.entropy, DIGITS),
        "divergence": round(token.divergence, DIGITS),
        "decided": _decided(present, list(weights.values())) if has_parts else -1,
        "fused": [
            _candidate(candidate)
            | {"parts": [_part(own, rank, partial=partial) for own in present]}
            for rank, candidate in enumerate(token.fused)
        ],
        "acted": token.acted,
        "certain": token.certified,
        "coverage": None if token.coverage is None else round(token.coverage, DIGITS),
        "left": [member["index"] for member in members if member["name"] in token.left_out],
        "agree": wishes.count(token.token),
        "apart": len(set(wishes)) > 1,
        "members": {
            name: _member(own, shares.get(name), partial=partial) | {"open": name in unknown}
            for name, own in token.members.items()
        },
    }


def _unknown(token: TokenChosen, weights: Mapping[str, float]) -> set[str]:
    """Of whom the run does not tell whether they were pivotal, though others count for a token."""

    def counts(name: str, own: MemberStep) -> bool:
        set_ = weights.get(name, 0.0) if own.weight is None else own.weight
        return (set_ if own.exponent is None else own.exponent) > 0

    speaking = {name for name, own in token.members.items() if counts(name, own)}
    return {
        name for name, own in token.members.items() if own.pivotal is None and speaking - {name}
    }


def _decided(present: list[MemberStep | None], weights: list[float]) -> int:
    if any(own and own.exponent is not None for own in present):
        return -1
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


def _part(own: MemberStep | None, rank: int, *, partial: bool) -> float | None:
    """The member's own probability of the pool's candidate of this rank; None where not known."""
    if own is None or rank >= len(own.p_fused):
        return None
    return _told(own.p_fused[rank], partial=partial)


def _told(p: float, *, partial: bool) -> float | None:
    """None for what a member did not tell: where that is only its best tokens, it stands as 0."""
    return None if partial and not p else _exact(p)


def _member(own: MemberStep, share: float | None, *, partial: bool) -> dict[str, Any]:
    instead = own.instead
    return {
        "top": [_candidate(candidate) for candidate in own.top],
        "entropy": round(own.entropy, DIGITS),
        "rest": round(own.rest, DIGITS),
        "p_chosen": _told(own.p_chosen, partial=partial),
        "weight": None if own.weight is None else round(own.weight, DIGITS),
        "share": None if share is None else round(share, DIGITS),
        "pivotal": own.pivotal,
        "instead": None if instead is None else _candidate(instead),
        "exponent": None if own.exponent is None else round(own.exponent, DIGITS),
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"token": candidate.token, "id": candidate.id, "p": _exact(candidate.p)}


def _exact(p: float) -> float:
    return float(f"{p:.{EXACT}g}")
