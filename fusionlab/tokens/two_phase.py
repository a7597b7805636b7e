"""One text by members of whom only the best next tokens are told, such as models on servers.

Before every token: first everyone's `top_k`, then everyone's exact scores of the union of these,
where the engine tells them (UniTE, https://arxiv.org/abs/2410.03777, which takes them from logits).
The pool is computed on the union; `fusionlab.tokens.bounds` says whether the token that was chosen
is certainly the pool's best, whatever was not told. Members share no vocabulary: pieces are bytes,
and each follows what was chosen in tokens of its own.

Round trips are hidden by reading ahead: each member that can tells several places at once, as if
its own best token were chosen each time. While that is what the fusion chooses, nobody is asked
anything; who is contradicted reads ahead anew. What is chosen is the same as without.
"""

import math
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import MemberError
from fusionlab.events import (
    Event,
    Measured,
    RunFinished,
    TextDelta,
    TokenChosen,
    Warned,
)
from fusionlab.models.base import Continuation, Member, Usage
from fusionlab.models.leading import Drafting, Elsewhere, Score, Scoring, Untold, led
from fusionlab.models.sampling import draw, seeded
from fusionlab.models.vocabulary import TextStream
from fusionlab.recipe import Request, Sampling
from fusionlab.tokens import bounds
from fusionlab.tokens.asking import Party
from fusionlab.tokens.bounds import Heard, Pooled
from fusionlab.tokens.drafting import Reach
from fusionlab.tokens.telling import Speaking, token_chosen
from fusionlab.trace import FUSED

T = TypeVar("T")
Best = Mapping[int, Sequence[tuple[bytes, float]]]
"""Of each member that was heard the most probable next tokens, best first."""
Scores = Literal["always", "needed", "never"]

MEASURE_EVERY = 16
"""Tokens between two measurements."""
EXACT = 1e-2
"""By how much a list's probabilities may sum to more than 1."""
SEVERAL = 3
WHOLE = 0.99
"""Mass from which a list that is shorter than asked for is all there is."""
DEEPER, DEEPEST = 4, 64
"""Once scores were needed, a server tells so many times `top_k` tokens, up to so many: what others
tell is mostly among these, and costs no request of its own."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How members are asked, and what is made of it."""

    pooling: Pooled
    top_k: int
    scores: Scores
    """Whether exact scores are asked for: at every step; where the choice is not certain; not."""
    ahead: int
    """Places that a member tells at once, at most."""
    floor: float
    """Of the geometric pool: the probability that stands for one that is not known."""
    patience: float
    """Seconds."""
    stops: bool
    """Whether the run ends where a member fails; else it goes on without it."""
    rejoin: int
    """Tokens after which a member that failed is asked again, twice as many each time; 0: never."""
    n_top: int


@contextmanager
def two_phase(members: Sequence[Member], request: Request, rules: Rules) -> Iterator["TwoPhase"]:
    """The members, who are ready to be asked; their continuations are closed at the end.

    Raises PromptTooLong, LevelTooLow, or MemberError where a member cannot begin.
    """
    with ExitStack() as stack:
        opened = list[Continuation]()
        for member in members:
            prompt = member.prompt(request)
            answer = led(member.model, prompt, request.sampling.max_tokens)
            opened.append(stack.enter_context(closing(answer)))
        party = stack.enter_context(closing(Party(members, opened, rules.patience)))
        yield TwoPhase(members, party, rules, request.sampling)


@dataclass(slots=True)
class _State:
    """Where one member stands."""

    reach: Reach
    depth: int
    """How many of its best tokens it tells, of the places that it foresees."""
    pending: bytearray = field(default_factory=bytearray)
    """What was chosen and is not said to it yet."""
    tells: bool = True
    """Whether its engine tells exact scores, as far as is known."""
    told_some: bool = False
    """Whether it has."""
    agreed: bool = False
    """Whether what was chosen last is what it found most probable."""
    out_until: float = -1
    """The step at which it is asked again."""
    failures: int = 0
    spoken: int = 0
    """Tokens at which it was heard."""
    warned: bool = False
    told: Usage = field(default_factory=Usage)
    """What was measured of it before."""


@dataclass(slots=True)
class TwoPhase:
    """One text and those who write it."""

    members: Sequence[Member]
    party: Party
    rules: Rules
    sampling: Sampling
    step: int = 0
    reason: Literal["end", "length"] = "length"
    said: list[str] = field(default_factory=list)
    _depth: int = field(init=False)
    """How many of its best tokens a server is asked for; `top_k` of them are pooled."""
    _states: list[_State] = field(init=False)
    _stream: TextStream = field(default_factory=TextStream)
    _generator: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._depth = self.rules.top_k
        self._states = [_State(Reach(self.rules.ahead), self._depth) for _ in self.members]
        self._generator = seeded(self.sampling.seed)

    def written(self) -> Iterator[Event]:
        """The text, token by token, until it ends; then what it cost.

        Raises MemberError where a member fails and that is to end the run, or where nobody is left.
        """
        while self.reason != "end" and self.step < self.sampling.max_tokens:
            yield from self._token()
            if self.step % MEASURE_EVERY == 0:
                yield from self._measured()
        yield from self._measured()
        if rest := self._stream.flush():
            self.said.append(rest)
            yield TextDelta(FUSED, rest)
        yield RunFinished("".join(self.said).strip(), self.reason)

    def _token(self) -> Iterator[Event]:
        lists, heard = yield from self._heard()
        best = (piece for top in lists.values() for piece, _ in top[: self.rules.top_k])
        pieces = list(dict.fromkeys(best))
        heard = yield from self._scored(heard, pieces, away=False)
        always = self.rules.scores == "always"
        if self.rules.scores != "never" and (always or not self._is_settled(heard, pieces)):
            heard = yield from self._scored(heard, pieces, away=True)
            if not always:
                self._depth = max(self.rules.top_k, min(DEEPER * self.rules.top_k, DEEPEST))
        weights = self._weights(heard)
        values = self._pooled(heard, weights, pieces)
        chosen = pieces[draw(_logs(values), self.sampling, self._generator)]
        text = self._stream.push(chosen)
        yield self._told(lists, heard, pieces, values, chosen, text)
        yield from self._follow(lists, heard, chosen, text)

    # Asking

    def _heard(
        self,
    ) -> Generator[Event, None, tuple[Best, dict[int, Heard]]]:
        """The first phase: everyone's best tokens; of whom can tell none at this place, nothing."""
        due = [at for at, state in enumerate(self._states) if state.out_until <= self.step]
        foreseen = {at: self._foreseen(at) for at in due}
        places = self._places(foreseen)
        known = {at for at, n in foreseen.items() if n and n >= places}
        asked = {at: partial(self._look, at, 0 if at in known else places) for at in due}
        lists = yield from self._without_failed(self.party.ask(asked, known))
        lists = {at: top for at, top in lists.items() if top}
        if not any(self.members[at].weight > 0 for at in lists):
            raise MemberError("nobody-left")
        for at, top in lists.items():
            yield from self._noted(at, top)
        return lists, {at: bounds.heard(top) for at, top in lists.items()}

    def _places(self, foreseen: Mapping[int, int]) -> int:
        """How many places are read ahead now; 0 where nobody has to read.

        While one member reads, all read who foresee less: so they do it at the same time, for
        the same time, and none waits for another.
        """
        reading = [at for at, n in foreseen.items() if not n and self._drafts(at)]
        places = (self._states[at].reach.places for at in reading)
        return min(self.sampling.max_tokens - self.step, *places) if reading else 0

    def _drafts(self, at: int) -> bool:
        return self.rules.ahead > 1 and isinstance(self.party.led[at], Drafting)

    def _foreseen(self, at: int) -> int:
        """How many places the member foresees after what was chosen, which it may not know yet."""
        answer, state = self.party.led[at], self._states[at]
        if not isinstance(answer, Drafting) or self.rules.ahead == 1:
            return 0
        return answer.foreseen if not state.pending else state.agreed * max(0, answer.foreseen - 1)

    def _look(self, at: int, places: int) -> Sequence[tuple[bytes, float]]:
        """Says what the member has not been told, and asks for its best tokens.

        Where there are `places` to read, it reads ahead as well, if it can.
        """
        answer, state = self.party.led[at], self._states[at]
        if state.pending:
            told = bytes(state.pending)
            answer.say(told)
            # More may have been chosen meanwhile.
            del state.pending[: len(told)]
        before = answer.foreseen if isinstance(answer, Drafting) else 0
        # Of who tells no scores a longer list would know more than one that was read ahead before.
        if not before and state.told_some and isinstance(answer, Elsewhere):
            state.depth = self._depth
        start = time.perf_counter()
        if places and isinstance(answer, Drafting):
            answer.draft(places, state.depth)
        top = answer.top(state.depth)
        if state.spoken and isinstance(answer, Drafting):  # before, the prompt was read as well
            state.reach.timed(answer.foreseen - before, time.perf_counter() - start)
        total = math.fsum(math.exp(logprob) for _, logprob in top)
        if total > 1 + EXACT:
            name, sum_ = self.members[at].name, f"{total:.2f}"
            raise MemberError("logprobs-processed", name=name, sum=sum_)
        return top

    def _scored(
        self, heard: dict[int, Heard], pieces: Sequence[bytes], *, away: bool
    ) -> Generator[Event, None, dict[int, Heard]]:
        """The second phase: what members here, or those `away`, think of the others' tokens."""
        missing: dict[int, list[bytes]] = {}
        for at, each in heard.items():
            lacks = [piece for piece in pieces if each.probability(piece) is None]
            if lacks and self._states[at].tells and self._is_away(at) == away:
                missing[at] = lacks
        asked = {at: partial(self._score, at, lacks) for at, lacks in missing.items()}
        scores = yield from self._without_failed(self.party.ask(asked))
        found = {at: each for at, each in heard.items() if at not in asked or at in scores}
        for at, told in scores.items():
            found[at] = bounds.scored(heard[at], missing[at], told)
            # Who tells no score of several tokens, tells none.
            self._states[at].told_some |= any(told)
            self._states[at].tells = len(told) < SEVERAL or any(told)
        if not any(self.members[at].weight > 0 for at in found):
            raise MemberError("nobody-left")
        return found

    def _score(self, at: int, pieces: Sequence[bytes]) -> Sequence[Score | None]:
        answer = self.party.led[at]
        return answer.scores(pieces) if isinstance(answer, Scoring) else [None] * len(pieces)

    def _is_away(self, at: int) -> bool:
        return isinstance(self.party.led[at], Elsewhere)

    def _is_settled(self, heard: dict[int, Heard], pieces: Sequence[bytes]) -> bool:
        """Whether exact scores would change nothing about what is chosen."""
        every = list(heard.values())
        if all(each.probability(piece) is not None for each in every for piece in pieces):
            return True
        if self.sampling.temperature > 0:
            return False
        weights = self._weights(heard)
        values = self._pooled(heard, weights, pieces)
        best = pieces[values.index(max(values))]
        pooling, floor = self.rules.pooling, self.rules.floor
        return bounds.certain(every, weights, pieces, best, pooling) and bounds.settled(
            every, weights, pieces, best, pooling, floor
        )

    # Who fails

    def _without_failed(
        self, answers: Mapping[int, T | MemberError]
    ) -> Generator[Event, None, dict[int, T]]:
        """The answers of those who gave one; the others are left out, or end the run."""
        found: dict[int, T] = {}
        for at, answer in answers.items():
            if isinstance(answer, MemberError):
                yield self._left_out(at, answer)
            else:
                found[at] = answer
        return found

    def _left_out(self, at: int, failure: MemberError) -> Warned:
        if self.rules.stops or len(self.members) == 1 or isinstance(failure, Untold):
            raise failure
        state, name = self._states[at], self.members[at].name
        wait = self.rules.rejoin * 2**state.failures
        state.failures += 1
        state.out_until = self.step + wait if wait else math.inf
        if all(each.out_until > self.step for each in self._states):
            raise failure
        key = "member-dropped-for" if wait else "member-dropped"
        more = {"tokens": wait} if wait else {}
        return Warned.of(key, name=name, step=self.step + 1, cause=failure.sentence, **more)

    def _noted(self, at: int, top: Sequence[tuple[bytes, float]]) -> Iterator[Warned]:
        """What is to be said of a member that was heard."""
        state, name, asked = self._states[at], self.members[at].name, self.rules.top_k
        if state.out_until >= 0:
            state.out_until = -1
            yield Warned.of("member-back", name=name, step=self.step + 1)
        mass = math.fsum(math.exp(logprob) for _, logprob in top)
        if len(top) < asked and mass < WHOLE and not state.warned:
            state.warned = True
            yield Warned.of("alternatives-fewer", name=name, given=len(top), asked=asked)

    # Choosing

    def _weights(self, heard: dict[int, Heard]) -> list[float]:
        """Of those who were heard, summing to 1."""
        most = max(self.members[at].weight for at in heard)
        own = [self.members[at].weight / most for at in heard]
        return [weight / math.fsum(own) for weight in own]

    def _pooled(
        self, heard: dict[int, Heard], weights: Sequence[float], pieces: Sequence[bytes]
    ) -> list[float]:
        values = bounds.pooled(
            list(heard.values()), weights, pieces, self.rules.pooling, self.rules.floor
        )
        if not any(values):
            raise MemberError("pool-left-nothing")
        return values

    def _follow(
        self, lists: Best, heard: dict[int, Heard], chosen: bytes, text: str
    ) -> Iterator[Event]:
        """All go on from the token that was chosen, and what it adds to the text is told."""
        self.step += 1
        for at, state in enumerate(self._states):
            state.pending += chosen
            state.spoken += at in heard
            if at in lists:
                state.agreed = lists[at][0][0] == chosen
                state.reach.note(agreed=state.agreed)
            else:
                state.agreed = False
        if not chosen:
            self.reason = "end"
        elif text:
            self.said.append(text)
            yield TextDelta(FUSED, text)

    def _told(
        self,
        lists: Best,
        heard: dict[int, Heard],
        pieces: Sequence[bytes],
        values: Sequence[float],
        chosen: bytes,
        text: str,
    ) -> TokenChosen:
        """What was chosen, as an event."""
        shifted = len(heard) < len(self.members)
        weights = self._weights(heard)
        speaking = [
            Speaking(self.members[at].name, lists[at][: self.rules.top_k], each, weight)
            for (at, each), weight in zip(heard.items(), weights, strict=True)
        ]
        pooling, n_top, floor = self.rules.pooling, self.rules.n_top, self.rules.floor
        event = token_chosen(speaking, pieces, values, chosen, pooling, n_top, floor)
        if shifted:
            absent = tuple(m.name for at, m in enumerate(self.members) if at not in heard)
            return replace(event, step=self.step, text=text, left_out=absent)
        own = {name: replace(each, weight=None) for name, each in event.members.items()}
        return replace(event, step=self.step, text=text, members=own)

    def _measured(self) -> Iterator[Measured]:
        """What each member spent since it was asked last."""
        for member, state, answer in zip(self.members, self._states, self.party.led, strict=True):
            now = replace(answer.usage, tokens_out=state.spoken)
            if now != state.told:
                yield member.measured(now.since(state.told))
                state.told = now


def _logs(values: Sequence[float]) -> Float[Tensor, " piece"]:
    return torch.tensor(values, dtype=torch.float64).log()
