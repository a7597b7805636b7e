"""Token-by-token ensemble: before every token the members' next-token distributions are pooled.

With weights wᵢ that sum to 1, the arithmetic pool is Σ wᵢ pᵢ and the geometric pool is
softmax(Σ wᵢ log pᵢ); the chosen token is fed to every member. Members over one trunk, a model or
the base of several adapters, are rows of one batched forward pass.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Annotated, Literal, cast

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.events import (
    Candidate,
    Event,
    Measured,
    MemberStep,
    RunFinished,
    TextDelta,
    TokenChosen,
)
from fusionlab.models.base import Level, LogitModel, Member, Rows, Usage, check_fits
from fusionlab.models.lora import Adapter
from fusionlab.models.sampling import draw, seeded
from fusionlab.models.vocabulary import TextStream, Vocabulary
from fusionlab.registry import Request, fusion_method
from fusionlab.tokens.pooling import Pooling, arithmetic, divergence, entropy, pool
from fusionlab.tokens.vocab import check_shared
from fusionlab.trace import FUSED

MEASURE_EVERY = 16
"""Tokens between two measurements, so that a stopped run knows its cost."""


@fusion_method(
    "ensemble",
    needs=Level.LOGITS,
    family="Ensemble",
    paper="https://doi.org/10.1214/ss/1177013825",
)
def ensemble(
    members: Sequence[Member],
    request: Request,
    *,
    pooling: Annotated[
        Literal["arithmetic", "geometric"],
        Field(
            description="arithmetic: mean of probabilities, one member's wish is enough; "
            "geometric: product of experts, members must agree"
        ),
    ] = "arithmetic",
    n_top: Annotated[
        int,
        Field(ge=1, le=50, title="Candidates shown", description="of each member, at every step"),
    ] = 8,
) -> Iterator[Event]:
    """Pool the members' next-token probabilities before every token; all follow the chosen one."""
    models = [cast(LogitModel, member.model) for member in members]
    check_shared([(m.name, model) for m, model in zip(members, models, strict=True)])
    weights = _shares(members)
    generator = seeded(request.sampling.seed)
    vocabulary = _common(models)
    stream, said, reason = TextStream(), [], "length"

    with ExitStack() as stack:
        lockstep = _open(stack, members, models, request)
        step = 0
        for step in range(request.sampling.max_tokens):
            logprobs = lockstep.logprobs(len(vocabulary.pieces))
            fused = pool(logprobs, weights, pooling)
            token = draw(fused, request.sampling, generator)
            text = stream.push(vocabulary.said(token))
            chosen = _chosen(
                step, token, fused, logprobs, weights, pooling, members, vocabulary, n_top
            )
            yield replace(chosen, text=text)
            if token in vocabulary.ends:
                reason = "end"
                break
            if text:
                said.append(text)
                yield TextDelta(FUSED, text)
            if (step + 1) % MEASURE_EVERY == 0:
                yield from lockstep.measured(step + 1)
            if step + 1 < request.sampling.max_tokens:
                lockstep.feed(token)
        yield from lockstep.measured(step + 1)
    if rest := stream.flush():
        said.append(rest)
        yield TextDelta(FUSED, rest)
    yield RunFinished("".join(said).strip(), "end" if reason == "end" else "length")


def _shares(members: Sequence[Member]) -> Float[Tensor, " member"]:
    """The members' weights, summing to 1."""
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


@dataclass(slots=True)
class _Lockstep:
    """All members' sequences: one batch of rows for each trunk, in the order of the members."""

    members: Sequence[Member]
    batches: Sequence[Rows]
    places: Sequence[tuple[int, int]]
    """Batch and row of each member."""
    tokens_in: Sequence[int]
    told: list[Usage]
    """What was measured of each member before."""

    def logprobs(self, vocab: int) -> Float[Tensor, "member vocab"]:
        """What each member wants next; logits beyond the vocabulary are padding and cut off."""
        logits = [batch.logits() for batch in self.batches]
        return torch.stack([logits[b][row, :vocab].cpu() for b, row in self.places]).log_softmax(-1)

    def feed(self, token: int) -> None:
        for number, batch in enumerate(self.batches):
            batch.feed([token] * sum(b == number for b, _ in self.places))

    def measured(self, tokens_out: int) -> Iterator[Measured]:
        """What each member spent since it was asked last."""
        for at, (member, (b, _), tokens_in) in enumerate(
            zip(self.members, self.places, self.tokens_in, strict=True)
        ):
            usage = self.batches[b].usage
            now = replace(usage, tokens_in=tokens_in, tokens_out=tokens_out)
            yield member.measured(now.since(self.told[at]))
            self.told[at] = now


def _open(
    stack: ExitStack, members: Sequence[Member], models: Sequence[LogitModel], request: Request
) -> _Lockstep:
    trunks = list({id(model.trunk): model.trunk for model in models}.values())
    rows: list[list[tuple[list[int], Adapter | None]]] = [[] for _ in trunks]
    places, tokens_in = [], []
    for member, model in zip(members, models, strict=True):
        ids = model.encode(member.prompt(request.prompt))
        check_fits(model, ids, request.sampling.max_tokens)
        number = next(n for n, trunk in enumerate(trunks) if trunk is model.trunk)
        places.append((number, len(rows[number])))
        rows[number].append((ids, model.adapter))
        tokens_in.append(len(ids))
    batches = [
        stack.enter_context(closing(trunk.open_rows(*zip(*batch, strict=True))))
        for trunk, batch in zip(trunks, rows, strict=True)
    ]
    return _Lockstep(members, batches, places, tokens_in, [Usage()] * len(members))


def _chosen(
    step: int,
    token: int,
    fused: Float[Tensor, " vocab"],
    logprobs: Float[Tensor, "member vocab"],
    weights: Float[Tensor, " member"],
    pooling: Pooling,
    members: Sequence[Member],
    vocabulary: Vocabulary,
    n_top: int,
) -> TokenChosen:
    everyone = torch.cat([fused[None], logprobs])
    best = everyone.topk(min(n_top, everyone.shape[-1]))
    probs, ids = best.values.exp().tolist(), best.indices.tolist()
    entropies = entropy(everyone)
    mixed = entropies[0] if pooling == "arithmetic" else entropy(arithmetic(logprobs, weights))
    p_chosen = everyone[:, token].exp().tolist()
    p_fused = everyone[:, best.indices[0]].exp().tolist()
    tops = [
        tuple(Candidate(vocabulary.text(i), p, i) for i, p in zip(*row, strict=True))
        for row in zip(ids, probs, strict=True)
    ]
    return TokenChosen(
        step=step,
        token=vocabulary.text(token),
        id=token,
        p=p_chosen[0],
        fused=tops[0],
        entropy=float(entropies[0]),
        divergence=float(divergence(mixed, entropies[1:], weights)),
        members={
            member.name: MemberStep(
                top=tops[row],
                entropy=float(entropies[row]),
                rest=max(0.0, 1 - sum(probs[row])),
                p_chosen=p_chosen[row],
                p_fused=tuple(p_fused[row]),
            )
            for row, member in enumerate(members, start=1)
        },
    )
