"""What members with different vocabularies want, in one vocabulary, and how they follow the choice.

With M the sparse 0/1 matrix of a member's map, p M is its distribution in the joint vocabulary,
scaled to sum to 1 where some of its tokens have no counterpart. `exact` maps tokens with the same
bytes, `mined` those that are nearest too, `gac` all to the union of the vocabularies. `relative` is
`exact` where members are heard, and pools them otherwise: see `fusionlab.tokens.relative`.

`union` is UniTE (https://arxiv.org/abs/2410.03777): the union of the members' best tokens; a member
that lacks one gives it the logit of the first token that it would write it with, spaces not
counted; the softmax is over the union only.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fusionlab.errors import MemberError
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.following import Follower, Reader
from fusionlab.tokens.joint import Joint, Rule, Seat, joint
from fusionlab.tokens.maps import NOWHERE
from fusionlab.tokens.pooling import Pooling, arithmetic, pool
from fusionlab.tokens.relative import Relative

UNITED = 10
"""How many of each member's best tokens are united, as UniTE has it."""

Logits = Float[Tensor, " _"]
"""Of one member, at least one for each of its tokens."""


@dataclass(slots=True)
class Aligned:
    """Members of one run and the vocabulary they meet in."""

    rule: Rule
    joint: Joint
    voices: Sequence["_Voice"]
    relative: Relative | None = None
    """How they are pooled by their embeddings, if they are."""
    _heard: Sequence[Logits] = ()
    """Of the members that were heard last."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What is drawn from."""
        return self.joint.vocabulary

    def logprobs(
        self, logits: Sequence[Logits], members: Sequence[int]
    ) -> Float[Tensor, "heard joint"]:
        """The logits of these members as log-probabilities of the joint tokens.

        A member that waits for a character to become whole, and cannot go on with it, wants what
        the others want on average. Raises MemberError where all of them do.
        """
        voices = [self.voices[at] for at in members]
        self._heard = logits
        if self.rule == "union" and not any(voice.follower.pending for voice in voices):
            return self._united(logits, voices)
        rows = [voice.joint(each) for voice, each in zip(voices, logits, strict=True)]
        given = [row for row in rows if row is not None]
        if not given:
            voice = voices[0]
            text = repr(voice.follower.pending)
            raise MemberError("text-not-spelled", name=voice.follower.reader.name, text=text)
        if len(given) < len(rows):
            even = torch.full((len(given),), 1 / len(given))
            mean = arithmetic(torch.stack(given).log_softmax(dim=-1), even)
            rows = [mean if row is None else row for row in rows]
        return torch.stack([row for row in rows if row is not None]).log_softmax(dim=-1)

    def pooled(
        self,
        wanted: Float[Tensor, "member joint"],
        weights: Float[Tensor, " member"],
        pooling: Pooling,
    ) -> Float[Tensor, " joint"]:
        """Log of the pool of what all members, who were heard last, want."""
        if self.relative is None:
            return pool(wanted, weights, pooling)
        heard = zip(self.voices, self._heard, strict=True)
        own = [voice.own(logits) for voice, logits in heard]
        return self.relative.pooled(own, wanted, weights, pooling)

    def follow(self, token: int) -> list[tuple[int, list[int]]]:
        """Of each member: how many ids of its answer stay, and which follow."""
        piece = self.vocabulary.said(token)
        return [voice.follower.follow(token, piece) for voice in self.voices]

    def _united(
        self, logits: Sequence[Logits], voices: Sequence["_Voice"]
    ) -> Float[Tensor, "heard joint"]:
        best = [voice.best(each) for voice, each in zip(voices, logits, strict=True)]
        columns = sorted({token for tokens in best for token in tokens})
        rows = [voice.scores(each, columns) for voice, each in zip(voices, logits, strict=True)]
        scores = torch.stack(rows).log_softmax(dim=-1)
        whole = scores.new_full((len(rows), len(self.vocabulary.pieces)), -torch.inf)
        whole[:, columns] = scores
        return whole


def aligned(members: Sequence[tuple[str, Vocabulary]], rule: Rule) -> Aligned:
    """Members, given with their names, in one vocabulary.

    Raises VocabularyMismatch where a tokenizer's bytes are not known, or nothing is common.
    """
    whole = joint(members, rule)
    voices = [
        _Voice(whole, seat, Follower(Reader(name, vocabulary), seat.back, seat.known))
        for (name, vocabulary), seat in zip(members, whole.seats, strict=True)
    ]
    return Aligned(rule, whole, voices)


@dataclass(slots=True)
class _Voice:
    """One member's logits, and how they are told in the joint vocabulary."""

    whole: Joint
    seat: Seat
    follower: Follower
    _more: Int64[Tensor, " more"] = field(init=False)
    """Own tokens that count as a joint one that has a namesake, or a nearer one, besides."""
    _counts_as: Int64[Tensor, " target"] = field(init=False)
    """The distinct joint tokens that those count as."""
    _which: Int64[Tensor, " more"] = field(init=False)
    _same: bool = field(init=False)
    """Whether the joint vocabulary is its own."""
    _stands_for: dict[int, int] = field(default_factory=dict)
    """The own token whose logit a joint one takes, unless several count as it."""
    _sorted: list[tuple[bytes, int]] | None = None

    def __post_init__(self) -> None:
        here, back = self.seat.here, self.seat.back
        own = torch.arange(len(here))
        counted = here != NOWHERE
        self._more = own[counted][back[here[counted]] != own[counted]]
        self._counts_as, self._which = torch.unique(here[self._more], return_inverse=True)
        self._same = len(here) == len(back) and bool((back == own).all())

    def joint(self, logits: Logits) -> Float[Tensor, " joint"] | None:
        """The logits of the joint vocabulary's tokens, −∞ for those it does not have.

        None where it waits for a character to become whole and has no token that goes on with it.
        """
        own = logits[: len(self.seat.here)]
        if self.follower.pending:
            return self._inside(own)
        return self._summed(own)

    def own(self, logits: Logits) -> Float[Tensor, " token"] | None:
        """The logits of its own tokens; None where its next one is none of the text's."""
        return None if self.follower.pending else logits[: len(self.seat.here)]

    def _summed(self, own: Logits) -> Float[Tensor, " joint"]:
        """Of each joint token the logit of all own ones that count as it, −∞ where none does."""
        if self._same:
            return own
        row = torch.cat([own, own.new_full((1,), -torch.inf)])[self.seat.back]
        if len(self._more):
            top = own.max()
            sums = (row[self._counts_as] - top).exp()
            sums.index_add_(0, self._which, (own[self._more] - top).exp())
            row[self._counts_as] = sums.log() + top
        return row

    def best(self, logits: Logits) -> list[int]:
        """The joint tokens that its best ones are."""
        own = logits[: len(self.seat.here)]
        best = own.topk(min(UNITED, len(own))).indices
        return [token for token in self.seat.here[best].tolist() if token != NOWHERE]

    def scores(self, logits: Logits, columns: Sequence[int]) -> Float[Tensor, " column"]:
        """The logits of these joint tokens, where it lacks one that of its first token."""
        own = logits[: len(self.seat.here)]
        stand = [self._stand(token) for token in columns]
        alone = torch.cat([own, own.new_full((1,), -torch.inf)])[stand]
        if not len(self._more):
            return alone
        at = torch.tensor(columns)
        return torch.where(self.seat.back[at] == NOWHERE, alone, self._summed(own)[at])

    def _stand(self, token: int) -> int:
        found = self._stands_for.get(token)
        if found is None:
            found = int(self.seat.back[token])
            if found == NOWHERE:
                found = self._first(token)
            self._stands_for[token] = found
        return found

    def _first(self, token: int) -> int:
        reader = self.follower.reader
        try:
            first = reader.first(self.whole.vocabulary.said(token))
        except MemberError:  # it cannot be written: this member gives it no chance
            return NOWHERE
        return NOWHERE if first is None or first == reader.vocabulary.unknown else first

    def _inside(self, own: Logits) -> Float[Tensor, " joint"] | None:
        """Of its tokens that go on with the pending bytes; what they say beyond those is told."""
        if self._sorted is None:
            vocabulary = self.follower.reader.vocabulary
            said = [(vocabulary.said(token), token) for token in range(len(vocabulary.pieces))]
            self._sorted = sorted(each for each in said if each[0])
        pending = self.follower.pending
        row = own.new_full((len(self.seat.back),), -torch.inf)
        for piece, token in self._sorted[bisect_left(self._sorted, (pending, -1)) :]:
            if not piece.startswith(pending):
                break
            place = self.whole.places.get(piece[len(pending) :], NOWHERE)
            if place != NOWHERE:
                row[place] = torch.logaddexp(row[place], own[token])
        return row if bool((row > -torch.inf).any()) else None
