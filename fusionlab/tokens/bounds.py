"""Pooling of next-token distributions of which only the best tokens are known, and what is certain.

Member i told the probabilities of some tokens, as bytes. Let kᵢ be the smallest of its list and tᵢ
the mass that it did not tell: any other token of its has a probability between 0 and min(kᵢ, tᵢ).
So the arithmetic pool Σ wᵢ pᵢ and the geometric one Π pᵢ^wᵢ have a lower and an upper bound at
every token, those that nobody told included; a token is certainly the most probable where its
lower bound is above every other's upper one. The lower bound of the geometric pool is 0 wherever a
member did not tell the token, so there only exact scores make it certain.

A piece that is no token of a member has the probability of the first token with which the member
spells it (UniTE, https://arxiv.org/abs/2410.03777), which may be far above min(kᵢ, tᵢ); what is
certain is said of probabilities of whole tokens alone, where it has none.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from fusionlab.models.leading import Score

Pooled = Literal["arithmetic", "geometric"]

MARGIN = 1e-5
"""By how much probabilities of different requests may be off, as a share of themselves."""


@dataclass(frozen=True)
class Heard:
    """What one member told of the next token."""

    known: Mapping[bytes, float]
    """Probabilities of pieces that are tokens of its, from 0 to 1."""
    least: float
    """The smallest that its list of the best has."""
    parts: Mapping[bytes, float] = field(default_factory=dict)
    """Of pieces that are no tokens of its, the probabilities of the first tokens of each."""

    @cached_property
    def seen(self) -> float:
        """The mass of all that is known."""
        return min(1.0, math.fsum(self.known.values()))

    @cached_property
    def most(self) -> float:
        """No other token of its is more probable."""
        return max(0.0, min(self.least, 1 - self.seen))

    def probability(self, piece: bytes) -> float | None:
        """With which the piece is pooled; None where it is not known."""
        return self.known.get(piece, self.parts.get(piece))

    def low(self, piece: bytes) -> float:
        """As a whole token it is at least so probable."""
        return self.known.get(piece, 0.0)

    def high(self, piece: bytes, most: float) -> float:
        """As a whole token it is at most so probable, `most` being that of what is not known."""
        return 0.0 if piece in self.parts else self.known.get(piece, most)

    def reach(self, piece: bytes, floor: float) -> float:
        """With no more than this is the piece pooled, whatever its score may turn out to be.

        It may turn out to be that of a token with which the piece begins.
        """
        told = self.probability(piece)
        if told is not None:
            return told
        begun = (self.known.get(piece[:length], 0.0) for length in range(1, len(piece)))
        return max(floor, self.most, *begun)


def heard(top: Sequence[tuple[bytes, float]]) -> Heard:
    """What a list of log-probabilities, best first, tells; of equal pieces the most probable."""
    known: dict[bytes, float] = {}
    for piece, logprob in top:
        known.setdefault(piece, math.exp(logprob))
    return Heard(known, math.exp(top[-1][1]))


def scored(told: Heard, pieces: Sequence[bytes], scores: Sequence[Score | None]) -> Heard:
    """What was told, and the scores of these pieces as far as there are any."""
    pairs = zip(pieces, scores, strict=True)
    each = [(piece, score) for piece, score in pairs if score is not None]
    known = {piece: math.exp(score.logprob) for piece, score in each if score.whole}
    parts = {piece: math.exp(score.logprob) for piece, score in each if not score.whole}
    return Heard({**told.known, **known}, told.least, {**told.parts, **parts})


def union(heard: Sequence[Heard]) -> list[bytes]:
    """All pieces that somebody told, in the members' order and each member's own."""
    return list(dict.fromkeys(piece for each in heard for piece in each.known))


def pooled(
    heard: Sequence[Heard],
    weights: Sequence[float],
    pieces: Sequence[bytes],
    pooling: Pooled,
    floor: float = 0.0,
) -> list[float]:
    """The fused probability of each piece; the weights sum to 1.

    Arithmetic: Σ wᵢ pᵢ, of which what is not known is 0; scaled to 1 where it is more, which pieces
    that share a first token can make it. Geometric: Π pᵢ^wᵢ, scaled to sum to 1 over the pieces;
    what is not known is `floor`.
    """
    if pooling == "arithmetic":
        found = [
            math.fsum(w * (each.probability(piece) or 0.0) for each, w in _asked(heard, weights))
            for piece in pieces
        ]
        total = max(1.0, math.fsum(found))
        return [p / total for p in found]
    logs = [_log_product(heard, weights, piece, floor) for piece in pieces]
    best = max(logs)
    if best == -math.inf:
        return [0.0] * len(pieces)
    shares = [math.exp(each - best) for each in logs]
    total = math.fsum(shares)
    return [share / total for share in shares]


def certain(
    heard: Sequence[Heard],
    weights: Sequence[float],
    pieces: Sequence[bytes],
    chosen: bytes,
    pooling: Pooled,
) -> bool:
    """Whether no token can have a larger pooled probability than `chosen`, whatever was not told.

    `pieces` are those that it was chosen from.
    """
    asked = [(each, w, each.most) for each, w in _asked(heard, weights)]
    low = _pool([(each.low(chosen), w) for each, w, _ in asked], pooling)
    unseen = _pool([(most, w) for _, w, most in asked], pooling)
    rivals = (
        _pool([(each.high(piece, most), w) for each, w, most in asked], pooling)
        for piece in {*pieces, *union(heard)}
        if piece != chosen
    )
    return _is_above(low, max(unseen, *rivals, 0.0))


def settled(
    heard: Sequence[Heard],
    weights: Sequence[float],
    pieces: Sequence[bytes],
    chosen: bytes,
    pooling: Pooled,
    floor: float = 0.0,
) -> bool:
    """Whether `chosen` stays the best of these pieces, whatever scores of them turn out to be."""
    asked = _asked(heard, weights)
    low = _pool([(each.probability(chosen) or 0.0, w) for each, w in asked], pooling)
    rivals = (
        _pool([(each.reach(piece, floor), w) for each, w in asked], pooling)
        for piece in pieces
        if piece != chosen
    )
    return _is_above(low, max(rivals, default=0.0))


def beaten(
    heard: Sequence[Heard],
    weights: Sequence[float],
    pieces: Sequence[bytes],
    piece: bytes,
    pooling: Pooled,
    floor: float = 0.0,
) -> bool:
    """Whether some other of these has a larger pooled probability, whatever was not told."""
    asked = _asked(heard, weights)
    high = _pool([(each.high(piece, each.most), w) for each, w in asked], pooling)
    reach = _pool([(each.reach(piece, floor), w) for each, w in asked], pooling)
    return any(
        _is_above(_pool([(each.low(other), w) for each, w in asked], pooling), high)
        and _is_above(
            _pool([(each.probability(other) or 0.0, w) for each, w in asked], pooling), reach
        )
        for other in pieces
        if other != piece
    )


def coverage(heard: Sequence[Heard], weights: Sequence[float]) -> float:
    """The share of the members' mass that was told, under their weights."""
    return min(1.0, math.fsum(each.seen * w for each, w in zip(heard, weights, strict=True)))


def entropy(heard: Heard) -> float:
    """In nats, the least that the member's whole distribution can have."""
    rest, most = 1 - heard.seen, heard.most
    tail = -rest * math.log(most) if rest > 0 and most > 0 else 0.0
    return tail + _entropy(heard.known.values())


def divergence(heard: Sequence[Heard], weights: Sequence[float], pieces: Sequence[bytes]) -> float:
    """Jensen–Shannon divergence in nats of what was told, all that was not being one token."""
    rows = [_lumped(each, pieces) for each in heard]
    columns = zip(*rows, strict=True)
    mixed = [sum(w * p for w, p in zip(weights, column, strict=True)) for column in columns]
    own = math.fsum(w * _entropy(row) for w, row in zip(weights, rows, strict=True))
    return max(0.0, _entropy(mixed) - own)


def pooled_entropy(values: Sequence[float]) -> float:
    """In nats, of the fused distribution, all that is not among these being one token."""
    return _entropy([*values, max(0.0, 1 - math.fsum(values))])


def _asked(heard: Sequence[Heard], weights: Sequence[float]) -> list[tuple[Heard, float]]:
    """The members that count: one of weight 0 forbids nothing."""
    return [(each, w) for each, w in zip(heard, weights, strict=True) if w > 0]


def _is_above(low: float, high: float) -> bool:
    """Whether it is, by more than probabilities of different requests may be off."""
    return low > high * (1 + MARGIN) + MARGIN * MARGIN


def _pool(terms: Sequence[tuple[float, float]], pooling: Pooled) -> float:
    if pooling == "arithmetic":
        return math.fsum(w * p for p, w in terms)
    return math.prod([math.pow(p, w) for p, w in terms])


def _log_product(
    heard: Sequence[Heard], weights: Sequence[float], piece: bytes, floor: float
) -> float:
    total = 0.0
    for each, w in _asked(heard, weights):
        told = each.probability(piece)
        p = floor if told is None else told
        if p <= 0:
            return -math.inf
        total += w * math.log(p)
    return total


def _lumped(heard: Heard, pieces: Sequence[bytes]) -> list[float]:
    told = [heard.low(piece) for piece in pieces]
    return [*told, max(0.0, 1 - math.fsum(told))]


def _entropy(probs: Iterable[float]) -> float:
    return -math.fsum(p * math.log(p) for p in probs if p > 0)
