"""Members that write one text together: before every token each says what it wants next.

Members over one trunk, a model or the base of several adapters, are rows of one batched forward
pass. A method decides, from what all of them want, which distribution the next token is drawn from;
the token that is drawn is fed to every member.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.begun import Begun
from fusionlab.events import (
    Candidate,
    Event,
    Measured,
    MemberStep,
    Progress,
    RunFinished,
    TextDelta,
    TextGiven,
    TokenChosen,
    Warned,
)
from fusionlab.models.base import LogitModel, Member
from fusionlab.models.decoding import Growing
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.registry import Request
from fusionlab.tokens.aligned import Aligned, aligned
from fusionlab.tokens.beginning import check_begun, given_ids
from fusionlab.tokens.bytewise import byte_vocabulary
from fusionlab.tokens.deciding import Deciding
from fusionlab.tokens.joint import Alignment, check_bytes, joint_told
from fusionlab.tokens.lockstep import Lockstep, open_bytes, open_rows
from fusionlab.tokens.pooling import Pooling, divergence, entropy, mixed_entropy, pool
from fusionlab.tokens.provenance import Provenance, provenance
from fusionlab.tokens.relative import RATE, related
from fusionlab.tokens.vocab import check_shared, differing
from fusionlab.trace import FUSED

MEASURE_EVERY = 16
"""Tokens between two measurements, so that a stopped run knows its cost."""


@contextmanager
def together(
    members: Sequence[Member],
    request: Request,
    *,
    author: str = FUSED,
    apart: bool = False,
    alignment: Alignment = "shared",
    rate: float = RATE,
) -> Iterator["Together"]:
    """The members, who have read the prompt; their sequences are closed at the end.

    What they write is told as `author`'s text. Kept `apart`, a member computes only where it is
    heard, then all that was written since at once; else those on one trunk compute together. What
    the request begins with, all have read as well. `rate` is how far a relative alignment moves the
    first member. Raises VocabularyMismatch, PromptTooLong, RecipeError for a begun answer longer
    than the limit, or MemberError where it has no tokens, or no embedding where one is needed.
    """
    models = [cast(LogitModel, member.model) for member in members]
    named = [(m.name, model) for m, model in zip(members, models, strict=True)]
    notices = []
    if alignment == "auto":
        unlike = differing(named)
        alignment = "union" if unlike else "shared"
        if unlike:
            first, second = (name for name, _ in unlike)
            notices.append(Warned.of("vocabularies-united", first=first, second=second))
    spelled = _spelled(members)
    meeting: Aligned | None = None
    with ExitStack() as stack:
        lockstep: Lockstep
        if alignment == "bytes":
            check_bytes(spelled)
            vocabulary = byte_vocabulary(spelled[0][1])
            lockstep = open_bytes(stack, members, request)
        elif alignment == "shared":
            check_shared(named)
            vocabulary = _common(models)
            lockstep = open_rows(stack, members, request, apart=apart)
        else:
            meeting = aligned(spelled, alignment)
            if alignment == "relative":
                meeting.relative = related(named, meeting.joint, rate)
            vocabulary = meeting.vocabulary
            lockstep = open_rows(stack, members, request, apart=apart, aligned=meeting)
        growing = Growing(vocabulary, request.sampling)
        writing = Together(members, _shares(members), growing, lockstep, author, notices, meeting)
        if request.begin:
            writing.begin(request.begin)
        yield writing


def prepared(members: Sequence[Member], alignment: Alignment) -> Iterator[Progress]:
    """`together` does not have to search for anything, which is told where it takes long."""
    if alignment == "mined":
        yield from joint_told(_spelled(members), alignment)


def _spelled(members: Sequence[Member]) -> list[tuple[str, Vocabulary]]:
    return [(each.name, cast(LogitModel, each.model).vocabulary) for each in members]


@dataclass(slots=True)
class Together:
    """One text and those who write it."""

    members: Sequence[Member]
    shares: Float[Tensor, " member"]
    """The members' weights, summing to 1."""
    growing: Growing
    lockstep: Lockstep
    author: str = FUSED
    notices: Sequence[Warned] = ()
    """What is to be told before the first token."""
    meeting: Aligned | None = None
    """Where members with different vocabularies meet in one."""
    said: list[str] = field(default_factory=list)
    _untold: list[Event] = field(default_factory=list)
    """What has happened before the first step and is told with it."""

    def begin(self, begun: Begun) -> None:
        """The text begins so, and all members read it."""
        vocabulary = self.growing.vocabulary
        given, exact = given_ids(begun, vocabulary, self.members[0].name)
        check_begun(len(given), self.growing.sampling.max_tokens)
        if not exact:
            self._untold.append(Warned.of("begin-read-anew"))
        if not given:
            return
        self.lockstep.begin(given)
        text = self.growing.begin(given)
        shown = tuple(map(vocabulary.text, given))
        self._untold.append(TextGiven(self.author, shown, tuple(given)))
        if text:
            self.said.append(text)
            self._untold.append(TextDelta(self.author, text))

    def wants(self) -> Iterator[Float[Tensor, "member vocab"]]:
        """Log-probabilities of each member's next token, before every token until the text ends.

        Between two of them `say` is called once.
        """
        for _ in self.steps():
            yield self.hear()

    def steps(self) -> Iterator[int]:
        """The number of each token, before every one until the text ends; `say` is called once."""
        if self._over():  # all of it was given
            return
        yield self.growing.drawn
        while not self.growing.ended:
            self.lockstep.feed([self.growing.token])
            if self._over():
                return
            yield self.growing.drawn

    def _over(self) -> bool:
        return self.growing.ended or self.lockstep.full

    def hear(self, heard: Sequence[int] | None = None) -> Float[Tensor, "heard vocab"]:
        """Log-probabilities of these members' next token, in this order, or of all."""
        return self.lockstep.logprobs(len(self.growing.vocabulary.pieces), heard)

    @property
    def searched(self) -> bool:
        """Whether `pooled` finds what members give together by a search, and not as their pool."""
        return self.meeting is not None and self.meeting.relative is not None

    def pooled(
        self,
        wanted: Float[Tensor, "member vocab"],
        weights: Float[Tensor, " member"],
        pooling: Pooling,
    ) -> Float[Tensor, " vocab"]:
        """Log of the fused distribution of all members, who were heard last and `wanted` this."""
        if self.meeting is None:
            return pool(wanted, weights, pooling)
        return self.meeting.pooled(wanted, weights, pooling)

    def say(
        self,
        fused: Float[Tensor, " vocab"],
        wanted: Float[Tensor, "member vocab"],
        n_top: int,
        *,
        deciding: Deciding | None = None,
        pooling: Pooling | None = None,
        exponents: Sequence[float] = (),
        firsts: Sequence[int | None] = (),
    ) -> Iterator[Event]:
        """The next token is drawn from exp(fused), and told with the n_top candidates of everyone.

        `deciding` is who decides this step, where it is not all members by their shares; `wanted`
        has a row for each member that was heard. With `pooling`, by which `fused` was made of
        `wanted` under the step's weights, it is told where the token comes from. `exponents` are
        the members', where their probabilities enter the fused one to powers of their own; with
        `firsts`, the first choice without each of them, it is told then who was pivotal.
        """
        yield from self._news()
        step = self.growing.drawn
        text = self.growing.draw(fused)
        told = self._told(step, text, fused, wanted, n_top, deciding, pooling)
        if pooling is not None:
            told = self._traced(told, fused, wanted, deciding, pooling)
        if firsts:
            nobody = (None,) * len(firsts)
            found = Provenance(nobody, tuple(firsts), int(fused.argmax()))
            told = self._explained(told, fused, found)
        yield _raised(told, self.members, exponents) if exponents else told
        if self.growing.reason == "end":
            return
        if text:
            self.said.append(text)
            yield TextDelta(self.author, text)
        if self.growing.drawn % MEASURE_EVERY == 0:
            yield from self._measured()

    def finish(self) -> Iterator[Event]:
        """What it cost, and the whole text."""
        yield from self._news()
        yield from self._measured()
        if rest := self.growing.rest():
            self.said.append(rest)
            yield TextDelta(self.author, rest)
        yield RunFinished("".join(self.said).strip(), self.growing.reason)

    def _news(self) -> Iterator[Event]:
        while self._untold:
            yield self._untold.pop(0)

    def _measured(self) -> Iterator[Measured]:
        """What each member spent since; what was given was read by it, and not written."""
        yield from self.lockstep.measured(self.growing.drawn - self.growing.given)

    def _told(
        self,
        step: int,
        text: str,
        fused: Float[Tensor, " vocab"],
        wanted: Float[Tensor, "member vocab"],
        n_top: int,
        deciding: Deciding | None,
        pooling: Pooling | None,
    ) -> TokenChosen:
        vocabulary, token = self.growing.vocabulary, self.growing.token
        everyone = torch.cat([fused[None], wanted])
        likely = everyone.exp()
        best = everyone.topk(min(n_top, len(fused)))
        possible = int((best.values[0] > -torch.inf).count_nonzero())
        found = best.indices[:, :possible]
        probs, ids = likely.gather(-1, found).tolist(), found.tolist()
        members, shares = self._present(deciding)
        entropies = entropy(everyone, likely)
        # The arithmetic pool of all members by their shares is the fused distribution.
        pooled = pooling == "arithmetic" and deciding is None
        mixed = entropies[0] if pooled else mixed_entropy(likely[1:], shares)
        p_chosen = likely[:, token].tolist()
        able = max(1, sum(p > 0 for p in probs[0]))  # the likeliest first, the impossible last
        p_fused = likely[:, found[0, :able]].tolist()
        tops = [
            tuple(Candidate(vocabulary.text(i), p, i) for i, p in zip(*row, strict=True))
            for row in zip(ids, probs, strict=True)
        ]
        return TokenChosen(
            step=step,
            token=vocabulary.text(token),
            id=token,
            p=p_chosen[0],
            fused=tops[0][:able],
            entropy=float(entropies[0]),
            divergence=float(divergence(mixed, entropies[1:], shares)),
            members={
                member.name: MemberStep(
                    top=tops[row],
                    entropy=float(entropies[row]),
                    rest=max(0.0, 1 - sum(probs[row])),
                    p_chosen=p_chosen[row],
                    p_fused=tuple(p_fused[row]),
                    weight=None if deciding is None else float(deciding.weights[at]),
                )
                for row, (at, member) in enumerate(members, start=1)
            },
            text=text,
            acted=None if deciding is None else deciding.acted,
            left_out=tuple(self.members[at].name for at in deciding.left_out) if deciding else (),
        )

    def _traced(
        self,
        told: TokenChosen,
        fused: Float[Tensor, " vocab"],
        wanted: Float[Tensor, "member vocab"],
        deciding: Deciding | None,
        pooling: Pooling,
    ) -> TokenChosen:
        """The same with every member's share, and who was pivotal."""
        weights = self.shares
        if deciding is not None:
            heard = [at for at, _ in self._present(deciding)[0]]
            weights = deciding.weights[heard]
        greedy = self.growing.sampling.temperature == 0
        found = provenance(wanted, weights, pooling, fused, told.id, greedy=greedy)
        return self._explained(told, fused, found)

    def _explained(
        self, told: TokenChosen, fused: Float[Tensor, " vocab"], found: Provenance
    ) -> TokenChosen:
        """The same with what was found of each member."""
        members = {}
        for row, (name, own) in enumerate(told.members.items()):
            pivotal, first = found.pivotal(row), found.firsts[row]
            instead = None
            if pivotal and first is not None:
                text = self.growing.vocabulary.text(first)
                instead = Candidate(text, float(fused[first].exp()), first)
            share = found.shares[row]
            members[name] = replace(own, share=share, pivotal=pivotal, instead=instead)
        return replace(told, members=members)

    def _present(
        self, deciding: Deciding | None
    ) -> tuple[list[tuple[int, Member]], Float[Tensor, " heard"]]:
        """The members that were heard, with their places, and their shares among themselves."""
        everyone = list(enumerate(self.members))
        if deciding is None or deciding.heard is None:
            return everyone, self.shares
        shares = self.shares[list(deciding.heard)]
        total = shares.sum()
        even = torch.full_like(shares, 1 / len(shares))
        return [everyone[at] for at in deciding.heard], shares / total if total > 0 else even


def _raised(
    told: TokenChosen, members: Sequence[Member], exponents: Sequence[float]
) -> TokenChosen:
    """The same step, with the power to which each member's probability entered it."""
    own = dict(zip((member.name for member in members), exponents, strict=True))
    steps = {name: replace(step, exponent=own[name]) for name, step in told.members.items()}
    return replace(told, members=steps)


def _shares(members: Sequence[Member]) -> Float[Tensor, " member"]:
    weights = torch.tensor([member.weight for member in members], dtype=torch.float64)
    weights = weights / weights.max()  # so that neither huge nor tiny ones leave the range
    return (weights / weights.sum()).float()


def _common(models: Sequence[LogitModel]) -> Vocabulary:
    """The ids that all models have; what ends an answer of one model ends the fusion's."""
    every = [model.vocabulary for model in models]
    return replace(
        min(every, key=lambda vocabulary: len(vocabulary.pieces)),
        ends=frozenset().union(*(vocabulary.ends for vocabulary in every)),
        special=frozenset().union(*(vocabulary.special for vocabulary in every)),
    )
