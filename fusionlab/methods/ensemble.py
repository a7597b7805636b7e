"""Token-by-token ensemble: before every token the members' next-token distributions are pooled.

With weights wᵢ that sum to 1, the arithmetic pool is Σ wᵢ pᵢ and the geometric pool is
softmax(Σ wᵢ log pᵢ); `fusionlab.tokens.pooling` has them all. The chosen token is fed to every
member. `fusionlab.tokens.deciding` says how much each counts, and when.

A token drawn from one member, who is drawn by weight, has the arithmetic pool's distribution, and
costs one forward pass however many members there are (https://arxiv.org/abs/2605.00419). That is
exact at temperature 1 with nothing cut off; else it is the mixture of what each would draw.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.models.sampling import seeded, spread
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.tokens.deciding import (
    Act,
    Deciding,
    Weighting,
    by_prompt,
    is_sure,
    prompt_loss,
    unsupported,
    weighed,
    without,
)
from fusionlab.tokens.pooling import Pooling, pool
from fusionlab.tokens.together import Together, together

GATE = 0
"""The member that is asked first where the others are asked only if it is unsure."""


@fusion_method(
    "ensemble",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://doi.org/10.1214/ss/1177013825",
    weighted=True,
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
    ] = "arithmetic",
    act: Annotated[
        Act,
        Field(
            title="When to pool",
            description="always; unsure: only where the first member gives no token `threshold` "
            "or more; supported: without members whose first choice nobody else has near the top",
        ),
    ] = "always",
    threshold: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Where act is unsure: probability from which the first member writes alone",
        ),
    ] = 0.5,
    support_top_k: Annotated[
        int,
        Group("expert"),
        Field(
            ge=1,
            le=1000,
            title="Near the top",
            description="Where act is supported: among how many of another member's best a first "
            "choice has to be",
        ),
    ] = 10,
    weighting: Annotated[
        Weighting,
        Field(
            description="fixed: the members' weights; times, scaled to 1, prompt: exp(−loss on "
            "the prompt/τ) in nats per byte; entropy: exp(−entropy of the step/τ); confidence: "
            "largest probability of the step"
        ),
    ] = "fixed",
    tau: Annotated[
        float,
        Group("expert"),
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
    with together(members, request, apart=pooling == "drawn" or act == "unsure") as writing:
        rules = _Rules(writing, pooling, act, threshold, support_top_k, weighting, tau)
        if weighting == "prompt":
            yield from rules.read(request)
        for _ in writing.steps():
            if plain is not None:
                wanted = writing.hear()
                fused, deciding = pool(wanted, writing.shares, plain), None
            else:
                fused, wanted, deciding = rules.decide()
            yield from writing.say(fused, wanted, n_top, deciding=deciding, pooling=by)
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
        """The members' weights go by how well each predicts the prompt."""
        losses = []
        for member in self.writing.members:
            loss, usage = prompt_loss(member, request)
            losses.append(loss)
            yield member.measured(usage)
        self.shares = by_prompt(torch.tensor(losses), self.shares, self.tau)

    def decide(self) -> tuple[Float[Tensor, " vocab"], Float[Tensor, "heard vocab"], Deciding]:
        """The fused distribution of this step, what was wanted, and who decides."""
        acted: bool | None = None
        if self.act == "unsure":
            wanted = self.writing.hear([GATE])
            if is_sure(wanted[0], self.threshold):
                return wanted[0], wanted, self._alone(GATE, acted=False)
            acted = True
        if self.pooling == "drawn" and self.act != "supported" and self.weighting in _BEFORE:
            drawn = self._drawn(self.shares)
            wanted = self.writing.hear([drawn])
            return wanted[0], wanted, self._alone(drawn, acted=acted)
        wanted = self.writing.hear()
        weights = weighed(wanted, self.shares, self.weighting, self.tau)
        left_out: tuple[int, ...] = ()
        if self.act == "supported":
            left_out = unsupported(wanted, weights, self.support_top_k)
            weights = without(weights, left_out)
            acted = int(weights.count_nonzero()) > 1
        if self.pooling == "drawn":
            drawn = self._drawn(weights)
            only = self._alone(drawn, acted=acted)
            return wanted[drawn], wanted, Deciding(only.weights, None, acted, left_out)
        fused = pool(wanted, weights, self.pooling)
        return fused, wanted, Deciding(weights, None, acted, left_out)

    def _drawn(self, weights: Float[Tensor, " member"]) -> int:
        return int(torch.multinomial(weights, 1, generator=self._generator))

    def _alone(self, member: int, *, acted: bool | None) -> Deciding:
        place = torch.tensor(member)
        weights = torch.nn.functional.one_hot(place, len(self.shares)).float()
        return Deciding(weights, (member,), acted)


_BEFORE: tuple[Weighting, ...] = ("fixed", "prompt")
"""Weightings that are known before the members are heard."""
