"""All members' sequences in lockstep: rows of each trunk, or texts that are led byte by byte."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Protocol, cast, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.events import Measured
from fusionlab.models.base import LogitModel, Member, Sequences, Usage, check_fits
from fusionlab.models.cores import AtOnce, at_once, in_turn
from fusionlab.recipe import Request
from fusionlab.tokens.aligned import Aligned
from fusionlab.tokens.bytewise import ByteLockstep, Bytewise
from fusionlab.tokens.following import Reader


@runtime_checkable
class Lockstep(Protocol):
    """How members go on together."""

    full: bool
    """Whether what was written is more than some member has room for."""

    def logprobs(
        self, vocab: int, heard: Sequence[int] | None = None
    ) -> Float[Tensor, "heard vocab"]:
        """What these members want next, or all; `vocab` is how many tokens can be chosen."""
        ...

    def feed(self, ids: Sequence[int]) -> None:
        """Every member's text is longer by these tokens."""
        ...

    def begin(self, ids: Sequence[int]) -> None:
        """The text begins with these, which each member reads in tokens of its own."""
        ...

    def measured(self, tokens_out: int) -> Iterator[Measured]:
        """What each member spent since it was asked last."""
        ...


@dataclass(slots=True)
class RowsLockstep:
    """All members' sequences: one batch of rows for each trunk, in the order of the members."""

    members: Sequence[Member]
    batches: Sequence[Sequences]
    compute: AtOnce
    """How several batches make their passes."""
    places: Sequence[tuple[int, int]]
    """Batch and row of each member."""
    tokens_in: Sequence[int]
    told: list[Usage]
    """What was measured of each member before."""
    contexts: Sequence[int]
    aligned: Aligned | None = None
    """How members with different vocabularies understand one another."""
    full: bool = False
    given: Sequence[int] = ()
    """How many tokens of its own each member was given after the prompt, if any."""

    def logprobs(
        self, vocab: int, heard: Sequence[int] | None = None
    ) -> Float[Tensor, "heard vocab"]:
        """What each member wants next; logits beyond the vocabulary are padding and cut off."""
        places = self.places if heard is None else [self.places[at] for at in heard]
        asked = list(dict.fromkeys(b for b, _ in places))
        every = self.compute([self.batches[b].logits for b in asked])
        logits = dict(zip(asked, every, strict=True))
        if self.aligned is not None:
            who = range(len(self.members)) if heard is None else heard
            return self.aligned.logprobs([logits[b][row].cpu() for b, row in places], who)
        return torch.stack([logits[b][row, :vocab].cpu() for b, row in places]).log_softmax(-1)

    def feed(self, ids: Sequence[int]) -> None:
        """Every member's text is longer by these tokens."""
        if self.aligned is not None:
            for token in ids:
                self._follow(self.aligned.follow(token))
            return
        for number, batch in enumerate(self.batches):
            batch.feed([ids] * sum(b == number for b, _ in self.places))

    def begin(self, ids: Sequence[int]) -> None:
        """The text begins with these tokens, which each member has read in tokens of its own."""
        self.feed(ids)
        rows = [self.batches[b].ids[row] for b, row in self.places]
        self.given = [len(ids) - read for ids, read in zip(rows, self.tokens_in, strict=True)]

    def _follow(self, steps: Sequence[tuple[int, list[int]]]) -> None:
        """Of each member's answer so many ids stay, and these follow."""
        for number, batch in enumerate(self.batches):
            mine = [at for at, (b, _) in enumerate(self.places) if b == number]
            batch.rewind([self.tokens_in[at] + steps[at][0] for at in mine])
            batch.feed([steps[at][1] for at in mine])
        lengths = (
            read + kept + len(new) for read, (kept, new) in zip(self.tokens_in, steps, strict=True)
        )
        self.full = any(length > most for length, most in zip(lengths, self.contexts, strict=True))

    def measured(self, tokens_out: int) -> Iterator[Measured]:
        """What each member spent since it was asked last."""
        given = self.given or [0] * len(self.members)
        for at, (member, (b, row)) in enumerate(zip(self.members, self.places, strict=True)):
            usage = self.batches[b].usage[row]
            if not usage.forward_passes:  # it has not been heard, and has read nothing
                continue
            tokens_in = self.tokens_in[at] + given[at]
            now = replace(usage, tokens_in=tokens_in, tokens_out=tokens_out)
            yield member.measured(now.since(self.told[at]))
            self.told[at] = now


def open_rows(
    stack: ExitStack,
    members: Sequence[Member],
    request: Request,
    *,
    apart: bool,
    aligned: Aligned | None = None,
) -> RowsLockstep:
    """Members on one trunk are rows of one batch, or each has its own if they are kept `apart`."""
    models = [cast(LogitModel, member.model) for member in members]
    trunks = [model.trunk for model in models]
    if not apart:
        trunks = list({id(trunk): trunk for trunk in trunks}.values())
    rows: list[list[tuple[list[int], LogitModel]]] = [[] for _ in trunks]
    places = []
    prompts = _prompts(members, models, request)
    for at, (ids, model) in enumerate(zip(prompts, models, strict=True)):
        number = at if apart else next(n for n, trunk in enumerate(trunks) if trunk is model.trunk)
        places.append((number, len(rows[number])))
        rows[number].append((ids, model))
    batches = [
        stack.enter_context(closing(trunk.open(*zip(*batch, strict=True))))
        for trunk, batch in zip(trunks, rows, strict=True)
    ]
    lengths = [len(ids) for ids in prompts]
    contexts = [model.context for model in models]
    told = [Usage()] * len(members)
    beside = len(set(map(id, trunks))) == len(trunks) and all(batch.beside for batch in batches)
    compute = stack.enter_context(at_once(len(batches))) if beside else in_turn
    return RowsLockstep(members, batches, compute, places, lengths, told, contexts, aligned)


def open_bytes(stack: ExitStack, members: Sequence[Member], request: Request) -> ByteLockstep:
    """Every member has rows of its own, one for each way in which it may have written the text."""
    models = [cast(LogitModel, member.model) for member in members]
    prompts = _prompts(members, models, request)
    writers = [
        stack.enter_context(
            closing(
                Bytewise(Reader(member.name, model.vocabulary), model.trunk.open([ids], [model]))
            )
        )
        for member, model, ids in zip(members, models, prompts, strict=True)
    ]
    return ByteLockstep(members, writers, [len(ids) for ids in prompts], [Usage()] * len(members))


def _prompts(
    members: Sequence[Member], models: Sequence[LogitModel], request: Request
) -> list[list[int]]:
    """What each member reads; raises PromptTooLong where one has no room for it and an answer."""
    prompts = []
    for member, model in zip(members, models, strict=True):
        ids = model.encode(member.prompt(request))
        check_fits(model, ids, request.sampling.max_tokens)
        prompts.append(ids)
    return prompts
