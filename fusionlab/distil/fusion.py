"""What several sources expect of a block, in the target's vocabulary, put together.

FuseLLM, https://arxiv.org/abs/2401.10491. A source's distribution is copied to a position of the
target where exactly one of the source's positions stands, and its token there is the target's; else
the next token is expected for certain. (The published code expects the token that stands there
already, which is one step late; `published` shows it.)

MinCE takes the source with the lowest cross-entropy per byte, AvgCE all of them with weights
softmax(1/exp(CE)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from fusionlab.distil.observed import Observed

EMPTY = -1
"""The id of an entry that holds nothing; its probability is 0."""

FusionRule = Literal["mince", "avgce"]


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Distributions over the next token, each over few tokens of the target's vocabulary.

    The probabilities of a position sum to one, or to zero where nothing is expected.
    """

    ids: Int64[Tensor, "*batch token entry"]
    probs: Float[Tensor, "*batch token entry"]


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A source's reading of a block, beside the target's tokens."""

    seen: Observed
    alone: Int64[Tensor, " token"]
    """At each of the target's positions the source's, where there is exactly one; else −1."""
    mapping: Int64[Tensor, " source"]
    """The target's token for each of the source's; see `vocabulary.token_map`."""
    nats_per_byte: float


def fused(
    tokens: Int64[Tensor, " token"],
    sources: Sequence[Beside],
    own: Observed | None = None,
    rule: FusionRule = "mince",
    *,
    published: bool = False,
) -> Expected:
    """What the sources expect together after each of the target's tokens.

    Where a source expects nothing that the target has a token for, it expects what the target
    itself does, if its `own` reading is given. The target may be a source, too.
    """
    spare = None if own is None else Expected(own.ids, own.probs)
    shares = weights([each.nats_per_byte for each in sources], rule)
    chosen = [(each, share) for each, share in zip(sources, shares.tolist(), strict=True) if share]
    moved = [transferred(each, tokens, published=published) for each, _ in chosen]
    moved = moved if spare is None else [filled(each, spare) for each in moved]
    return mixed(moved, torch.tensor([share for _, share in chosen]))


def weights(
    nats_per_byte: Sequence[float] | Float[Tensor, "source ..."], rule: FusionRule
) -> Float[Tensor, "source ..."]:
    """The share of each source in the mixture of a block; they sum to one.

    A source without a figure counts as if it had expected nothing of what came.
    """
    told = torch.as_tensor(nats_per_byte, dtype=torch.float64)
    entropies = told.nan_to_num(nan=torch.inf, posinf=torch.inf)
    if rule == "avgce":
        return (-entropies).exp().softmax(dim=0).float()
    best = torch.nn.functional.one_hot(entropies.argmin(dim=0), len(entropies))
    return best.movedim(-1, 0).float()


def copied(beside: Beside, tokens: Int64[Tensor, " token"]) -> Bool[Tensor, " token"]:
    """At which of the target's positions the source's distribution is taken."""
    token = beside.mapping[beside.seen.tokens[beside.alone.clamp(min=0)]]
    return (beside.alone >= 0) & (token == tokens)


def transferred(
    beside: Beside, tokens: Int64[Tensor, " token"], *, published: bool = False
) -> Expected:
    """What the source expects, in the target's vocabulary.

    Tokens without a counterpart are left out; of several with one counterpart the first counts.
    What is left is a softmax over the stored log-probabilities.
    """
    place = beside.alone.clamp(min=0)
    ids = beside.mapping[beside.seen.ids[place]]
    same = ids[:, :, None] == ids[:, None, :]
    before = torch.ones(same.shape[1:], dtype=torch.bool).tril(-1)
    keep = (ids >= 0) & ~(same & before).any(dim=-1)
    logprobs = beside.seen.logprobs[place].masked_fill(~keep, -torch.inf)
    probs = logprobs.softmax(dim=-1).nan_to_num(0)  # softmax of nothing at all
    moved = Expected(torch.where(keep, ids, EMPTY), probs)
    certain = _certain(tokens, ids.shape[1], published=published)
    return _where(copied(beside, tokens), moved, certain)


def filled(expected: Expected, own: Expected) -> Expected:
    """The same, with the target's own distribution where nothing is expected."""
    some = (expected.ids >= 0).any(dim=-1)
    width = max(expected.ids.shape[-1], own.ids.shape[-1])
    return _where(some, _widened(expected, width), _widened(own, width))


def mixed(sources: Sequence[Expected], shares: Float[Tensor, "source ..."]) -> Expected:
    """The weighted mean of the distributions, most probable token first.

    Shares are of each token, or the same for all.
    """
    pairs = list(zip(sources, shares.unbind(), strict=True))
    ids = torch.cat([each.ids for each, _ in pairs], dim=-1)
    probs = torch.cat([each.probs * share[..., None] for each, share in pairs], dim=-1)
    ids, order = ids.sort(dim=-1, stable=True)
    probs = probs.gather(-1, order)
    new = torch.nn.functional.pad(ids[..., 1:] != ids[..., :-1], (1, 0))
    run = new.cumsum(dim=-1)
    summed = torch.zeros_like(probs).scatter_add(-1, run, probs)
    distinct = torch.full_like(ids, EMPTY).scatter(-1, run, ids)
    summed, order = summed.sort(dim=-1, descending=True, stable=True)
    return Expected(distinct.gather(-1, order), summed)


def stacked(blocks: Sequence[Expected], width: int) -> Expected:
    """One batch of blocks, padded to `width` tokens with positions of which nothing is expected."""
    entries = max(each.ids.shape[-1] for each in blocks)
    ids = torch.full((len(blocks), width, entries), EMPTY)
    probs = torch.zeros(len(blocks), width, entries)
    for row, each in enumerate(blocks):
        tokens, used = each.ids.shape
        ids[row, :tokens, :used], probs[row, :tokens, :used] = each.ids, each.probs
    return Expected(ids, probs)


def _certain(tokens: Int64[Tensor, " token"], entries: int, *, published: bool) -> Expected:
    """At each position the next token, and after the last nothing."""
    ids = torch.full((len(tokens), entries), EMPTY)
    ids[:, 0] = tokens if published else torch.nn.functional.pad(tokens[1:], (0, 1), value=EMPTY)
    return Expected(ids, (ids != EMPTY).float())


def _where(chosen: Bool[Tensor, " token"], one: Expected, other: Expected) -> Expected:
    rows = chosen[:, None]
    return Expected(
        torch.where(rows, one.ids, other.ids), torch.where(rows, one.probs, other.probs)
    )


def _widened(expected: Expected, width: int) -> Expected:
    more = (0, width - expected.ids.shape[-1])
    pad = torch.nn.functional.pad
    return Expected(pad(expected.ids, more, value=EMPTY), pad(expected.probs, more))
