"""Members with different vocabularies meet in what their embeddings have in common: DeePEn.

Models do not share an embedding space, but how near a token is to others is much the same in all.
With anchors that every member has, a token's relative representation is

    R = softmax(100 c),  c its cosines with the anchors,

and p R tells in anchors what a member with distribution p wants. These are pooled. The pool t goes
back into the first member's vocabulary by a search from its own logits z, in which a few steps of
Adam lower KL(t ‖ softmax(z) R): the rate of these steps is how far it lets itself be moved.
Huang et al. 2024, https://arxiv.org/abs/2404.12715; rate, steps and schedule are those of their
code. Three things are otherwise. Theirs has all common tokens as anchors; here these are some of
them, evenly spread, and those among a step's likeliest, and only the likeliest tokens' rows of R
are computed. Theirs scales c to length 1 first, which in small embeddings levels all rows. And it
decays the logits, which would flatten what the search does not move.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import hardshrink, normalize

from fusionlab.engines.gathered import bare
from fusionlab.errors import MemberError
from fusionlab.models.base import EmbeddedModel, LogitModel
from fusionlab.tokens.joint import Joint, Seat
from fusionlab.tokens.maps import NOWHERE
from fusionlab.tokens.pooling import Pooling, pool

SHARPNESS = 100.0
ANCHORS = 1024
"""Common tokens that are anchors at every step, at most."""
LIKELIEST = 128
"""How many of a member's tokens are told in anchors; the mass of the others is left out."""
RATE = 0.15
STEPS = 5
TURN = 10
"""Steps in which the rate would fall along a cosine to `LOWEST` of itself."""
LOWEST = 0.25
MOMENTS = (0.9, 0.999)
EPSILON = 2e-4
"""Adam's 1e-8 of a loss that is the mean over 20,000 anchors: see `inverse`."""
ROUNDED = 1e-4
"""An anchor that lacks less than this share of its probability lacks nothing: what rounding leaves
would be carried off, since Adam's first steps are as long for a small gradient as for a large one.
"""
TINY = 1e-12
"""A probability of an anchor below this is this much where it divides."""

Logits = Float[Tensor, " _"]
"""Of one member, for each of its own tokens."""
Ids = Int64[Tensor, " _"]
"""Some of one member's own tokens."""


def representations(
    embedding: Float[Tensor, "token hidden"], anchors: Float[Tensor, "anchor hidden"]
) -> Float[Tensor, "token anchor"]:
    """R: of each token how near it is to the anchors, scaled to sum to 1.

    Rotating the space, or scaling any vector in it, changes nothing.
    """
    return _near(normalize(embedding, dim=-1), normalize(anchors, dim=-1))


def _near(
    tokens: Float[Tensor, "token hidden"], anchors: Float[Tensor, "anchor hidden"]
) -> Float[Tensor, "token anchor"]:
    """The same of vectors of length 1."""
    return (SHARPNESS * tokens @ anchors.T).softmax(dim=-1)


def inverse(
    start: Float[Tensor, " token"],
    target: Float[Tensor, " anchor"],
    rows: Float[Tensor, "token anchor"],
    *,
    rate: float = RATE,
    steps: int = STEPS,
) -> Float[Tensor, " token"]:
    """Logits near `start` whose distribution p is nearer to p R = `target`; `rows` are R.

    The loss is Σ t log(t / pR) over the anchors. The published code takes their mean, which changes
    what Adam does only by ε: tokens whose gradient is below it hardly move. Here ε is what it comes
    to there, however many anchors there are.
    """
    scores = start.clone()
    mean, square = torch.zeros_like(scores), torch.zeros_like(scores)
    for step in range(1, steps + 1):
        probs = scores.softmax(dim=0)
        relative = probs @ rows
        lacking = hardshrink((target - relative) / relative.clamp(min=TINY), ROUNDED)
        gradient = -probs * (rows @ lacking)
        mean = MOMENTS[0] * mean + (1 - MOMENTS[0]) * gradient
        square = MOMENTS[1] * square + (1 - MOMENTS[1]) * gradient**2
        spread = (square / (1 - MOMENTS[1] ** step)).sqrt() + EPSILON
        scores = scores - _rate(rate, step - 1) * mean / (1 - MOMENTS[0] ** step) / spread
    return scores


def _rate(rate: float, done: int) -> float:
    return rate * (LOWEST + (1 - LOWEST) * (1 + math.cos(math.pi * done / TURN)) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Relative:
    """How members who meet in the first one's vocabulary are pooled by their embeddings."""

    embeddings: Sequence[Float[Tensor, "_ _"]]
    """Of each member every id's, and those of padding behind them: the models' own, no copies."""
    seats: Sequence[Seat]
    anchors: Int64[Tensor, " anchor"]
    """Tokens of the first member that all have: those that are anchors at every step."""
    units: Sequence[Float[Tensor, "anchor _"]]
    """Of each member those of the anchors, scaled to length 1."""
    rate: float = RATE

    def pooled(
        self,
        own: Sequence[Logits | None],
        wanted: Float[Tensor, "member vocab"],
        weights: Float[Tensor, " member"],
        pooling: Pooling,
    ) -> Float[Tensor, " vocab"]:
        """Log-probabilities of the first member's tokens.

        `own` are the members' logits by their own ids, `wanted` what that is in the first one's
        tokens as far as they have the same ones. The latter is told of a member for which `own` is
        None: it waits for a character to become whole, and its next token is no token of the text.
        """
        best = [likeliest(wanted[0])]
        for logits, row in zip(own[1:], wanted[1:], strict=True):
            best.append(likeliest(row if logits is None else logits))
        tokens = self._candidates(own, best, wanted[0])
        more = self._common(tokens)
        rows, start = self._rows(0, tokens, more), wanted[0, tokens]
        told = [start.softmax(dim=0) @ rows]
        for at in range(1, len(own)):
            logits, ids = own[at], best[at]
            whose, heard = (0, wanted[at]) if logits is None else (at, logits)
            told.append(heard[ids].softmax(dim=0) @ self._rows(whose, ids, more))
        target = pool(torch.stack(told).log(), weights, pooling).exp()
        fused = wanted[0].clone()
        fused[tokens] = inverse(start, target, rows, rate=self.rate)
        return fused.log_softmax(dim=-1)

    def _rows(
        self, member: int, ids: Int64[Tensor, " token"], more: Int64[Tensor, " more"]
    ) -> Float[Tensor, "token anchor"]:
        """R of this member's tokens, with these anchors besides.

        One that counts as an anchor, such as a second end of the text, is as near as that itself.
        """
        embedding, seat = self.embeddings[member], self.seats[member]
        named = seat.here[ids]
        ids = torch.where(named == NOWHERE, ids, seat.back[named])
        besides = _units(embedding, seat.back[more])
        return _near(_units(embedding, ids), torch.cat([self.units[member], besides]))

    def _candidates(
        self,
        own: Sequence[Logits | None],
        best: Sequence[Ids],
        main: Float[Tensor, " vocab"],
    ) -> Int64[Tensor, " token"]:
        """The first member's tokens that are its likeliest, or another's."""
        found = [best[0]]
        for seat, logits, ids in zip(self.seats[1:], own[1:], best[1:], strict=True):
            found.append(ids if logits is None else seat.here[ids])
        tokens = torch.tensor(sorted(set(torch.cat(found).tolist())), dtype=torch.long)
        tokens = tokens[tokens != NOWHERE]
        return tokens[main[tokens] > -torch.inf]

    def _common(self, tokens: Int64[Tensor, " token"]) -> Int64[Tensor, " common"]:
        """Those that every member has, and that are no anchors yet."""
        backs = torch.stack([seat.back[tokens] for seat in self.seats])
        new = ~torch.isin(tokens, self.anchors)
        return tokens[new & (backs != NOWHERE).all(dim=0)]


def related(members: Sequence[tuple[str, LogitModel]], whole: Joint, rate: float) -> Relative:
    """The embeddings of members, given with their names, who meet in the first one's vocabulary.

    Raises MemberError where a model does not show its embedding.
    """
    chosen, embeddings, units = anchors(whole), [], []
    for (name, model), seat in zip(members, whole.seats, strict=True):
        shown = bare(model)
        if not isinstance(shown, EmbeddedModel):
            raise MemberError("embedding-not-shown", name=name, engine=model.spec.engine)
        embeddings.append(shown.embedding)
        units.append(_units(shown.embedding, seat.back[chosen]))
    return Relative(embeddings, whole.seats, chosen, units, rate)


def anchors(whole: Joint, most: int = ANCHORS) -> Int64[Tensor, " anchor"]:
    """At most so many tokens that every member has, evenly spread over the first one's ids.

    Those that end a text are among them: so whoever wants to end it is heard.
    """
    everyone = torch.stack([seat.back != NOWHERE for seat in whole.seats]).all(dim=0)
    everyone &= torch.tensor([bool(piece) for piece in whole.vocabulary.pieces])
    ends = [token for token in sorted(whole.vocabulary.ends) if everyone[token]]
    everyone[ends] = False
    others = everyone.nonzero().flatten()
    kept = torch.linspace(0, len(others) - 1, min(most, len(others))).round().long()
    return torch.cat([torch.tensor(ends, dtype=torch.long), others[kept]])


def likeliest(logits: Float[Tensor, " id"]) -> Int64[Tensor, " few"]:
    """The `LIKELIEST` tokens that are possible, or all of them."""
    best = logits.topk(min(LIKELIEST, len(logits)))
    return best.indices[best.values > -torch.inf]


def _units(
    embedding: Float[Tensor, "id hidden"], tokens: Int64[Tensor, " token"]
) -> Float[Tensor, "token hidden"]:
    return normalize(embedding[tokens.to(embedding.device)].cpu().float(), dim=-1)
