"""An answer of a llama.cpp server's that is led from outside, token by token.

Its server tells the best tokens of one place, or of several places after one another where its own
best token is taken each time. Of tokens that are named it tells no log-probabilities; but a bias
that lifts exactly those above all others leaves their ratios as they are: what is drawn from then
is they alone, with p(u) / Σ p over them. A token whose log-probability is known makes these exact.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fusionlab.engines.llama_answers import Candidate, Drafted, Sampled
from fusionlab.engines.reading import Hangup
from fusionlab.models.base import Usage
from fusionlab.models.continuing import Said
from fusionlab.models.leading import Score

if TYPE_CHECKING:
    from fusionlab.engines.llama_server import LlamaCppModel

LIFT = 80.0
"""In nats: what a bias adds to the tokens that are asked for. The others keep e⁻⁸⁰ of theirs, and
32 bits hold what is added to 8e-6."""
SURE = 20.0
"""In nats: by how much one token is lifted above the likeliest, so that it is the one drawn. A
server tells no probabilities where that is the end, or no whole character."""
UNHEARD = -700.0
"""Of a token that is too improbable for 32 bits beside the others."""


class LlamaCppContinuation:
    """One answer; what the server has cached of it is not computed again. See `Continuation`.

    It is `Scoring`, `Drafting` and `Elsewhere`.
    """

    def __init__(self, owner: "LlamaCppModel", ids: Sequence[int]) -> None:
        if not ids:
            raise ValueError("a sequence starts with at least one id")
        self.owner = owner
        self._prompt = list(ids)
        self._said = Said(owner)
        self._usage = Usage(tokens_in=len(ids))
        self._known: list[list[Candidate]] = []
        """The best tokens of the next place, and of those after it as far as they were drafted."""
        self._ended = False
        """Whether no more is told of the text that was drafted."""
        self._hangup = Hangup()
        self._closed = False
        self.slot = min(owner.in_slot, key=lambda slot: owner.in_slot[slot])
        owner.in_slot[self.slot] += 1

    @property
    def ids(self) -> list[int]:
        """Prompt and answer, in tokens of the server's."""
        return [*self._prompt, *self._said.ids]

    @property
    def usage(self) -> Usage:
        """So far."""
        return self._usage

    def say(self, text: bytes) -> None:
        """The answer is longer by this text."""
        added = self._said.add(text)
        if not added:
            return
        drafted = bool(self._known) and added == [self._known[0][0].id]
        self._known = self._known[1:] if drafted else []
        self._ended = self._ended and bool(self._known)

    def rewind(self, length: int) -> None:
        """The answer is as if only its first `length` bytes had been said."""
        before = list(self._said.ids)
        self._said.cut(length)
        if self._said.ids != before:
            self._known, self._ended = [], False

    def top(self, n: int) -> Sequence[tuple[bytes, float]]:
        """The n most probable next tokens."""
        n = min(n, self.owner.facts.vocabulary)
        if not self._known or len(self._known[0]) < n:
            asked = self.owner.candidates(self.ids, n, self.slot, self._begun())
            self._known = [asked]
            self._spent(1)
        best = self._known[0][:n]
        self._said.offer((bytes(one.bytes), one.id) for one in best)
        return [(bytes(one.bytes), one.logprob) for one in best]

    @property
    def foreseen(self) -> int:
        """Of how many next places `top` tells without a request."""
        return len(self._known)

    def draft(self, tokens: int, n: int) -> None:
        """So many places are foreseen; see `Drafting`."""
        n = min(n, self.owner.facts.vocabulary)
        if self._known and len(self._known[0]) < n:
            self._known = []
        more = tokens - len(self._known)
        if more < 1 or tokens < 2 or self._ended:
            return
        path = [place[0].id for place in self._known]
        told = self.owner.drafted([*self.ids, *path], more, n, self.slot, self._begun())
        found = _whole(told)
        self._known += found
        self._ended = len(found) < more
        self._spent(len(told.tokens))

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score]:
        """Of each piece as the next token; see `Scoring`."""
        if not pieces:
            return []
        named = [self._said.tokens_of(piece) for piece in pieces]
        if not self._known:
            self.top(1)
        best = self._known[0]
        known = {one.id: one.logprob for one in best}
        asked = {token for tokens, _ in named for token in tokens} - known.keys()
        if asked:
            known |= self._compared(sorted(asked), best)
        return [
            Score(max((known[token] for token in tokens), default=-math.inf), whole)
            for tokens, whole in named
        ]

    def hang_up(self) -> None:
        """What it waits for on another thread ends; see `Elsewhere`."""
        self._hangup()

    def close(self) -> None:
        """The slot is free for others."""
        if not self._closed:
            self._closed = True
            self.owner.in_slot[self.slot] -= 1

    def _compared(self, tokens: Sequence[int], best: Sequence[Candidate]) -> dict[int, float]:
        """The log-probabilities of these tokens, from their ratios to one that is known."""
        drawn, known = next(
            ((one.id, one.logprob) for one in best if _is_drawable(bytes(one.bytes))),
            (self.owner.facts.filler, None),
        )
        if known is None:
            known = self.owner.expected(self.ids, drawn, 1, self.slot, self._begun())[1]
            self._spent(1)
        extra = SURE + max(0.0, best[0].logprob - known)
        others = [token for token in tokens if token != drawn]
        lifted = {drawn: LIFT + extra} | dict.fromkeys(others, LIFT)
        shares = self.owner.shares(self.ids, lifted, self.slot, self._begun())
        self._spent(1)
        level = known + extra - math.log(shares[drawn])
        told = {t: level + math.log(shares[t]) if shares[t] else UNHEARD for t in others}
        return {drawn: known} | told

    def _begun(self) -> Hangup:
        """By which the request that begins now can be ended."""
        self._hangup, self._since = Hangup(), time.perf_counter()
        return self._hangup

    def _spent(self, passes: int) -> None:
        self._usage = replace(
            self._usage,
            forward_passes=self._usage.forward_passes + passes,
            seconds=self._usage.seconds + time.perf_counter() - self._since,
        )


def share_request(ids: Sequence[int], lifted: Mapping[int, float], slot: int) -> dict[str, Any]:
    """Asks for the probabilities of these tokens among themselves, each lifted by so many nats."""
    return {
        "prompt": ids,
        "id_slot": slot,
        "n_predict": 1,
        "n_probs": len(lifted),
        "cache_prompt": True,
        "samplers": ["temperature"],
        "temperature": 1.0,
        "logit_bias": [[token, bias] for token, bias in lifted.items()],
        "post_sampling_probs": True,
        "seed": 0,
    }


def shares_of(sampled: Sampled, lifted: Mapping[int, float]) -> dict[int, float] | None:
    """The probability of each of these tokens among themselves; None where others are told.

    That of the first, which is drawn, is not 0.
    """
    told = {one.id: one.prob for one in sampled.completion_probabilities[0].top_probs}
    whole = told.keys() == lifted.keys() and told[next(iter(lifted))] > 0
    return told if whole else None


def _is_drawable(piece: bytes) -> bool:
    """Whether the server tells probabilities where this token is drawn."""
    return piece.decode(errors="ignore").encode() == piece != b""


def _whole(told: Drafted) -> list[list[Candidate]]:
    """The places that are told, up to the first that is not, or is not where its token stands."""
    found = []
    for token, place in zip(told.tokens, told.completion_probabilities, strict=False):
        if place.id != token or place.top_logprobs[0].id != token:
            break
        found.append(place.top_logprobs)
    return found
