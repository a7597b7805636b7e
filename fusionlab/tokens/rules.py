"""The rules of a step: who is heard, how much each counts, and what the next token is drawn from.

`fusionlab.tokens.deciding` has the arithmetic and the papers; here it is put in order, so that
nobody is heard in vain: a gate that is sure writes alone, and where one member is drawn by weights
that are known beforehand, only that one computes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.events import Event
from fusionlab.models.sampling import seeded, spread
from fusionlab.recipe import Request
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
from fusionlab.tokens.packing import optimised
from fusionlab.tokens.pooling import Pooling
from fusionlab.tokens.together import Together

GATE = 0
"""The member that is asked first where the others are asked only if it is unsure."""
GATED: tuple[Act, ...] = ("unsure", "disputed")
"""Rules by which the first member is asked before the others."""
_BEFORE: tuple[Weighting, ...] = ("fixed", "prompt", "optimised")
"""Weightings that are known before the members are heard."""


@dataclass(slots=True)
class DecisionRules:
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
        """Where the prompt sets the weights: by each member's loss on it, or by the pool's."""
        if self.weighting not in ("prompt", "optimised"):
            return
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
        if self.pooling == "drawn" and self.act not in GATED:
            for _ in range(steps):
                self._drawn(self.shares)

    def decide(self) -> tuple[Float[Tensor, " vocab"], Float[Tensor, "heard vocab"], Deciding]:
        """The fused distribution of this step, what was wanted, and who decides."""
        acted: bool | None = None
        if self.act in GATED:
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
        if self.act == "disputed" and not self._is_disputed(wanted, weights):
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

    def _is_disputed(
        self, wanted: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
    ) -> bool:
        """Whether another token than the first member's own may be what all choose together."""
        if self.writing.searched and self.pooling != "drawn":
            together = self.writing.pooled(wanted, weights, self.pooling)
            return bool(together.argmax() != wanted[GATE].argmax())
        mean = self.pooling in ("arithmetic", "drawn")
        return is_disputed(wanted, weights, GATE, mean=mean)

    def _drawn(self, weights: Float[Tensor, " member"]) -> int:
        return int(torch.multinomial(weights, 1, generator=self._generator))

    def _alone(self, member: int, *, acted: bool | None) -> Deciding:
        place = torch.tensor(member)
        weights = torch.nn.functional.one_hot(place, len(self.shares)).float()
        return Deciding(weights, (member,), acted)
