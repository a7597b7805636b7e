"""Token-by-token ensemble: before every token the members' next-token distributions are pooled.

With weights wᵢ that sum to 1, the arithmetic pool is Σ wᵢ pᵢ and the geometric pool is
softmax(Σ wᵢ log pᵢ); `fusionlab.tokens.pooling` has them all. The chosen token is fed to every
member. `fusionlab.tokens.deciding` says how much each counts, and when.

A token drawn from one member, who is drawn by weight, has the arithmetic pool's distribution, and
costs one forward pass however many members there are (https://arxiv.org/abs/2605.00419). That is
exact at temperature 1 with nothing cut off; else it is the mixture of what each would draw.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.models.sampling import seeded, spread
from fusionlab.registry import Group, Opens, Request, SideBySide, Where, fusion_method
from fusionlab.tokens.deciding import (
    Act,
    Deciding,
    Weighting,
    by_prompt,
    is_disputed,
    is_sure,
    prompt_loss,
    unsupported,
    weighed,
    without,
)
from fusionlab.tokens.joint import Alignment
from fusionlab.tokens.packing import optimised
from fusionlab.tokens.pooling import Pooling
from fusionlab.tokens.relative import RATE
from fusionlab.tokens.together import Together, prepared, together

GATE = 0
"""The member that is asked first where the others are asked only if it is unsure."""


@fusion_method(
    "ensemble",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://doi.org/10.1214/ss/1177013825",
    weighted=True,
    begins=True,
)
def ensemble(
    members: Sequence[Member],
    request: Request,
    *,
    pooling: Annotated[
        Literal[Pooling, "drawn"],
        Field(
            description="arithmetic: mean of probabilities, one member's wish is enough; "
            "geometric: product of experts, members must agree; maximum, minimum: of the "
            "probabilities; majority: mean of those whose first choice has most weight behind it; "
            "drawn: one member, drawn by weight, gives the token"
        ),
        SideBySide("Under every pooling"),
    ] = "arithmetic",
    alignment: Annotated[
        Alignment,
        Field(
            title="Different vocabularies",
            description="auto: shared where vocabularies are the same, else union; shared: refused "
            "where they differ; exact: in the first member's tokens, by the same bytes; mined: by "
            "the nearest ones too; union: the members' ten best tokens (UniTE); gac: all tokens of "
            "all; relative: in the first member's tokens, by a search from its own wishes for what "
            "all want by their embeddings (DeePEn); bytes: byte by byte, exact and slow, and "
            "limits count bytes",
        ),
        Opens(Level.INTERNALS, ("relative",)),
    ] = "auto",
    search_rate: Annotated[
        float,
        Group("expert"),
        Where("alignment", ("relative",)),
        Field(
            ge=0,
            le=3,
            description="how far a step of the search moves the first member's logits, in nats",
        ),
    ] = RATE,
    act: Annotated[
        Act,
        Field(
            title="When to pool",
            description="always; unsure: only where the first member gives no token `threshold` "
            "or more; disputed: nor where the pool would choose its token anyway; supported: "
            "without members whose first choice nobody else has near the top",
        ),
    ] = "always",
    threshold: Annotated[
        float,
        Where("act", ("unsure", "disputed")),
        Field(
            ge=0,
            le=1,
            description="probability from which the first member writes alone",
        ),
    ] = 0.5,
    support_top_k: Annotated[
        int,
        Group("expert"),
        Where("act", ("supported",)),
        Field(
            ge=1,
            le=1000,
            title="Near the top",
            description="among how many of another member's best a first choice has to be",
        ),
    ] = 10,
    weighting: Annotated[
        Weighting,
        Field(
            description="fixed: the members' weights; times, scaled to 1, prompt: exp(−loss on "
            "the prompt/τ) in nats per byte; optimised: those under which the pool predicts the "
            "prompt best; entropy: exp(−entropy of the step/τ); confidence: largest probability of "
            "the step"
        ),
    ] = "fixed",
    tau: Annotated[
        float,
        Group("expert"),
        Where("weighting", ("prompt", "entropy")),
        Field(ge=0.01, le=100, title="τ", description="Smaller favours the better member more"),
    ] = 1.0,
    n_top: Annotated[
        int,
        Group("expert"),
        Field(ge=1, le=50, title="Candidates shown", description="of each member, at every step"),
    ] = 8,
) -> Iterator[Event]:
    """Pool the members' next-token probabilities before every token; all follow the chosen one."""
    always = act == "always" and weighting == "fixed"
    by: Pooling = pooling if pooling != "drawn" else "arithmetic"  # of whoever alone counts
    plain = by if pooling != "drawn" and always else None
    apart = pooling == "drawn" or act in _GATED
    yield from prepared(members, alignment)
    with together(members, request, apart=apart, alignment=alignment, rate=search_rate) as writing:
        yield from writing.notices
        rules = _Rules(writing, pooling, act, threshold, support_top_k, weighting, tau)
        rules.skip(writing.growing.given)
        if weighting in _BEFORE and weighting != "fixed":
            yield from rules.read(request)
        for _ in writing.steps():
            if plain is not None:
                wanted = writing.hear()
                fused, deciding = writing.pooled(wanted, writing.shares, plain), None
            else:
                fused, wanted, deciding = rules.decide()
            traced = None if writing.searched else by
            yield from writing.say(fused, wanted, n_top, deciding=deciding, pooling=traced)
        yield from writing.finish()


@dataclass(slots=True)
class _Rules:
    """How a step is decided where it is not all members by their shares."""

    writing: Together
    pooling: Literal[Pooling, "drawn"]
    act: Act
    threshold: float
    support_top_k: int
    weighting: Weighting
    tau: float
    shares: Float[Tensor, " member"] = field(init=False)
    """The weights of a step before it is heard."""
    _generator: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.shares = self.writing.shares
        self._generator = seeded(spread(self.writing.growing.sampling.seed, len(self.shares)))

    def read(self, request: Request) -> Iterator[Event]:
        """The members' weights go by how well each predicts the prompt, or by how well together."""
        if self.weighting == "optimised":
            geometric = self.pooling == "geometric"
            self.shares = yield from optimised(
                self.writing.members, request, self.shares, geometric=geometric
            )
            return
        losses = []
        for member in self.writing.members:
            loss, usage = prompt_loss(member, request)
            losses.append(loss)
            yield member.measured(usage)
        self.shares = by_prompt(torch.tensor(losses), self.shares, self.tau)

    def skip(self, steps: int) -> None:
        """Members are drawn as if they had been drawn for so many steps before.

        Not where only an unsure first member lets them be drawn: how often that was, nobody knows.
        """
        if self.pooling == "drawn" and self.act not in _GATED:
            for _ in range(steps):
                self._drawn(self.shares)

    def decide(self) -> tuple[Float[Tensor, " vocab"], Float[Tensor, "heard vocab"], Deciding]:
        """The fused distribution of this step, what was wanted, and who decides."""
        acted: bool | None = None
        if self.act in _GATED:
            wanted = self.writing.hear([GATE])
            if is_sure(wanted[0], self.threshold):
                return wanted[0], wanted, self._alone(GATE, acted=False)
            acted = True
        blind = self.act in ("always", "unsure") and self.weighting in _BEFORE
        if self.pooling == "drawn" and blind:
            drawn = self._drawn(self.shares)
            wanted = self.writing.hear([drawn])
            return wanted[0], wanted, self._alone(drawn, acted=acted)
        wanted = self.writing.hear()
        weights = weighed(wanted, self.shares, self.weighting, self.tau)
        mean = self.pooling in ("arithmetic", "drawn")
        if self.act == "disputed" and not is_disputed(wanted, weights, GATE, mean=mean):
            return wanted[GATE], wanted, replace(self._alone(GATE, acted=False), heard=None)
        left_out: tuple[int, ...] = ()
        if self.act == "supported":
            left_out = unsupported(wanted, weights, self.support_top_k)
            weights = without(weights, left_out)
            acted = int(weights.count_nonzero()) > 1
        if self.pooling == "drawn":
            drawn = self._drawn(weights)
            only = replace(self._alone(drawn, acted=acted), heard=None, left_out=left_out)
            return wanted[drawn], wanted, only
        fused = self.writing.pooled(wanted, weights, self.pooling)
        return fused, wanted, Deciding(weights, None, acted, left_out)

    def _drawn(self, weights: Float[Tensor, " member"]) -> int:
        return int(torch.multinomial(weights, 1, generator=self._generator))

    def _alone(self, member: int, *, acted: bool | None) -> Deciding:
        place = torch.tensor(member)
        weights = torch.nn.functional.one_hot(place, len(self.shares)).float()
        return Deciding(weights, (member,), acted)


_GATED: tuple[Act, ...] = ("unsure", "disputed")
"""Rules by which the first member is asked before the others."""
_BEFORE: tuple[Weighting, ...] = ("fixed", "prompt", "optimised")
"""Weightings that are known before the members are heard."""
