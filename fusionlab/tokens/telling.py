"""A token that was chosen from what members told of the next one, as an event."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fusionlab.events import Candidate, MemberStep, TokenChosen
from fusionlab.models.vocabulary import shown
from fusionlab.tokens import bounds
from fusionlab.tokens.bounds import Heard, Pooled

END = "<end>"
"""How a token that ends the answer is shown; members spell theirs differently."""
NO_ID = -1
"""Members may number their tokens differently."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """One member, as it was heard."""

    name: str
    top: Sequence[tuple[bytes, float]]
    """Its most probable next tokens with log-probabilities, best first."""
    heard: Heard
    weight: float


def token_chosen(
    members: Sequence[Speaking],
    pieces: Sequence[bytes],
    values: Sequence[float],
    chosen: bytes,
    pooling: Pooled,
    n_top: int,
) -> TokenChosen:
    """The event of step 0, with the n_top candidates of everyone.

    `values` are the fused probabilities of the pieces.
    """
    heard, weights = [each.heard for each in members], [each.weight for each in members]
    ranked = sorted(range(len(pieces)), key=lambda at: -values[at])[:n_top]
    best = [pieces[at] for at in ranked]
    return TokenChosen(
        step=0,
        token=_shown(chosen),
        id=NO_ID,
        p=values[pieces.index(chosen)],
        fused=tuple(Candidate(_shown(pieces[at]), values[at]) for at in ranked),
        entropy=bounds.pooled_entropy(values),
        divergence=bounds.divergence(heard, weights, pieces),
        members={each.name: _step(each, chosen, best, n_top) for each in members},
        certified=bounds.certain(heard, weights, pieces, chosen, pooling),
        coverage=bounds.coverage(heard, weights),
    )


def _step(member: Speaking, chosen: bytes, best: Sequence[bytes], n_top: int) -> MemberStep:
    listed = [(piece, math.exp(logprob)) for piece, logprob in member.top[:n_top]]
    heard = member.heard
    return MemberStep(
        top=tuple(Candidate(_shown(piece), p) for piece, p in listed),
        entropy=bounds.entropy(heard),
        rest=max(0.0, 1 - math.fsum(p for _, p in listed)),
        p_chosen=heard.probability(chosen) or 0.0,
        p_fused=tuple(heard.probability(piece) or 0.0 for piece in best),
        weight=member.weight,
    )


def _shown(piece: bytes) -> str:
    return shown(piece) if piece else END
