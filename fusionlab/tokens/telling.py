"""A token that was chosen from what members told of the next one, as an event."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fusionlab.events import Candidate, MemberStep, TokenChosen
from fusionlab.models.vocabulary import shown
from fusionlab.tokens import bounds
from fusionlab.tokens.bounds import Heard, Pooled
from fusionlab.tokens.pivotal import Without, without_each

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
    floor: float = 0.0,
) -> TokenChosen:
    """The event of step 0, with the n_top candidates of everyone.

    `values` are the fused probabilities of the pieces, of which `floor` stands for what was not
    told where the pool is a product.
    """
    heard, weights = [each.heard for each in members], [each.weight for each in members]
    ranked = sorted(range(len(pieces)), key=lambda at: -values[at])[:n_top]
    best = [pieces[at] for at in ranked]
    without = without_each(heard, weights, best[0], pooling, floor)
    p = dict(zip(pieces, values, strict=True))

    def instead(first: bytes | None) -> Candidate | None:
        """The other first choice, with its probability now: that of the mean is known of any."""
        if first is None or (first not in p and pooling != "arithmetic"):
            return None
        (own,) = bounds.pooled(heard, weights, [first], pooling) if first not in p else [p[first]]
        return Candidate(_shown(first), own)

    return TokenChosen(
        step=0,
        token=_shown(chosen),
        id=NO_ID,
        p=values[pieces.index(chosen)],
        fused=tuple(Candidate(_shown(pieces[at]), values[at]) for at in ranked),
        entropy=bounds.pooled_entropy(values),
        divergence=bounds.divergence(heard, weights, pieces),
        members={
            each.name: _step(each, chosen, best, n_top, left, instead(left.first))
            for each, left in zip(members, without, strict=True)
        },
        certified=bounds.certain(heard, weights, pieces, chosen, pooling),
        coverage=bounds.coverage(heard, weights),
    )


def _step(
    member: Speaking,
    chosen: bytes,
    best: Sequence[bytes],
    n_top: int,
    left: Without,
    instead: Candidate | None,
) -> MemberStep:
    listed = [(piece, math.exp(logprob)) for piece, logprob in member.top[:n_top]]
    heard = member.heard
    return MemberStep(
        top=tuple(Candidate(_shown(piece), p) for piece, p in listed),
        entropy=bounds.entropy(heard),
        rest=max(0.0, 1 - math.fsum(p for _, p in listed)),
        p_chosen=heard.probability(chosen) or 0.0,
        p_fused=tuple(heard.probability(piece) or 0.0 for piece in best),
        weight=member.weight,
        pivotal=left.pivotal,
        instead=instead,
    )


def _shown(piece: bytes) -> str:
    return shown(piece) if piece else END
