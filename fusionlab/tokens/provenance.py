"""Where a token comes from: each member's share of it, and who was pivotal.

A pool that is a weighted sum of probabilities gives member i the share wᵢpᵢ / Σ wⱼpⱼ of a token.
A product, a maximum or a minimum has no such parts, unless one member alone is heard.

A member is pivotal where the first choice of the pool would be another without it: the pool of the
others, their weights of the step scaled to sum to 1, which is what leaves out whom. Scaling moves
no first choice, so unscaled sums are compared, each member's in one pass over the vocabulary.
"""

from dataclasses import dataclass
from itertools import accumulate

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fusionlab.tokens.pooling import Pooling, pool

IMPOSSIBLE = -1e30
"""A score below this is one of −∞, with which sums are not made."""


@dataclass(frozen=True, slots=True, eq=False)
class Provenance:
    """Where one token comes from, for each member that was heard."""

    shares: tuple[float | None, ...]
    """Of the fused probability of the chosen token, summing to 1; None where it has no parts."""
    firsts: tuple[int | None, ...]
    """The pool's first choice without this member; None where nobody would be left, or no token."""
    first: int
    """The pool's first choice."""

    def pivotal(self, member: int) -> bool | None:
        """Whether the first choice would be another without this member."""
        without = self.firsts[member]
        return None if without is None else without != self.first


def provenance(
    logprobs: Float[Tensor, "member vocab"],
    weights: Float[Tensor, " member"],
    pooling: Pooling,
    fused: Float[Tensor, " vocab"],
    token: int,
    *,
    greedy: bool = False,
) -> Provenance:
    """Where `token` comes from, drawn from `fused`, the pool of `logprobs` under `weights`.

    Drawn greedily, it is the pool's first choice. A member of weight 0 has no share and is never
    pivotal.
    """
    first = token if greedy else int(fused.argmax())
    present = (weights > 0).tolist()
    firsts: list[int | None] = [first] * len(present)
    if sum(present) < 2:
        firsts = [None if here else first for here in present]
    else:
        heard = [at for at, here in enumerate(present) if here]
        others = _firsts_without(logprobs, weights, heard, pooling)
        for at, found in zip(heard, others, strict=True):
            firsts[at] = found
    return Provenance(_shares(logprobs, weights, pooling, token), tuple(firsts), first)


def _shares(
    logprobs: Float[Tensor, "member vocab"],
    weights: Float[Tensor, " member"],
    pooling: Pooling,
    token: int,
) -> tuple[float | None, ...]:
    alone = int((weights > 0).sum()) < 2
    if not alone and pooling not in ("arithmetic", "majority"):
        return (None,) * len(weights)
    if pooling == "majority":
        wished = logprobs.argmax(dim=-1)
        few = _different(wished)
        weights = weights * (wished == few[pool(logprobs[:, few], weights, pooling).argmax()])
    parts = (logprobs[:, token] + weights.log()).softmax(dim=0)  # loses none to underflow
    return (None,) * len(weights) if bool(parts.isnan().any()) else tuple(parts.tolist())


def _firsts_without(
    logprobs: Float[Tensor, "member vocab"],
    weights: Float[Tensor, " member"],
    heard: list[int],
    pooling: Pooling,
) -> list[int | None]:
    """The first choice of the pool without each of those heard, of whom there are two or more."""
    if len(heard) < len(weights):
        logprobs, weights = logprobs[heard], weights[heard]
    if len(heard) == 2:  # the other's own
        return list(reversed(_ids(logprobs.argmax(dim=-1))))
    match pooling:
        case "arithmetic":
            return list(_ids((_others(weights) @ logprobs.exp()).argmax(dim=-1)))
        case "geometric":
            finite = logprobs.clamp(min=torch.finfo(logprobs.dtype).min)  # 0 · −∞ is nan
            best = (_others(weights) @ finite).max(dim=-1)
            possible = (best.values > IMPOSSIBLE).tolist()
            pairs = zip(_ids(best.indices), possible, strict=True)
            return [first if some else None for first, some in pairs]
        case "minimum":
            return _without_least(logprobs)
        case "maximum" | "majority":
            return _among_wishes(logprobs, weights, pooling)


def _others(weights: Float[Tensor, " member"]) -> Float[Tensor, "member member"]:
    """In row i the weights of all but i."""
    return weights.expand(len(weights), -1).masked_fill(torch.eye(len(weights)).bool(), 0)


def _without_least(logprobs: Float[Tensor, "member vocab"]) -> list[int | None]:
    """Where the least of the others' probabilities is largest: of those before and those behind."""
    before = list(accumulate(logprobs[:-1], torch.minimum))
    behind = list(accumulate(logprobs.flip(0)[:-1], torch.minimum))[::-1]
    pairs = zip(before, behind[1:], strict=False)
    rest = [behind[0], *(torch.minimum(*pair) for pair in pairs), before[-1]]
    firsts = [int(each.argmax()) for each in rest]
    found = zip(firsts, rest, strict=True)
    return [first if each[first] > -torch.inf else None for first, each in found]


def _among_wishes(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"], pooling: Pooling
) -> list[int | None]:
    """Under poolings whose first choice is always some member's: only those need to be pooled."""
    wished = _different(logprobs.argmax(dim=-1))
    few = logprobs[:, wished]
    found: list[int | None] = []
    for at in range(len(weights)):
        others = [other for other in range(len(weights)) if other != at]
        left = weights[others] / weights[others].sum()
        found.append(int(wished[pool(few[others], left, pooling).argmax()]))
    return found


def _different(wished: Int[Tensor, " member"]) -> Int[Tensor, " token"]:
    """Each token once, sorted, so that of equally likely ones the first still wins."""
    return torch.tensor(sorted(set(_ids(wished))))


def _ids(found: Int[Tensor, " member"]) -> list[int]:
    ids: list[int] = found.tolist()
    return ids
