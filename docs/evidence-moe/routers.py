"""Routers of a mixture, watched and changed while it computes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fusionlab.experts.gating import checked_factor, next_bias, queued
from fusionlab.experts.routing import Capture, capture, routers_of


@dataclass(slots=True)
class Biases:
    """Loss-free balancing (2408.15664): the choice goes by probability + bias, weights do not."""

    rate: float
    of: dict[int, Float[Tensor, " expert"]] = field(default_factory=dict)

    @contextmanager
    def applied(self, model: Any) -> Iterator[None]:
        """Meanwhile the model's routers choose so."""
        with ExitStack() as stack:
            for router in routers_of(model, "mixture"):
                experts = len(router.module.get_parameter("weight"))
                self.of.setdefault(router.layer, torch.zeros(experts))
                hook = partial(self._chosen, router.layer)
                stack.callback(router.module.register_forward_hook(hook).remove)
            yield

    def _chosen(self, layer: int, _module: Any, _inputs: Any, output: Any) -> Any:
        logits, _, own = output
        probs = logits.softmax(-1)
        chosen = (probs + self.of[layer]).topk(own.shape[-1]).indices
        return logits, probs.gather(-1, chosen), chosen

    def move(self, loads: dict[int, Tensor]) -> None:
        """After a step in which so many tokens were read by each expert."""
        for layer, counts in loads.items():
            self.of[layer] = next_bias(self.of[layer], counts, self.rate)


@dataclass(slots=True)
class Capacity:
    """Every expert reads `factor` times its even share of the choices in a batch, and no more.

    All first choices queue before all second ones, in the order of the tokens, as in GShard
    (2006.16668); one that finds no room counts nothing, and the residual carries the token on.
    Weights are not made up for it. `real` are the tokens that are no padding.
    """

    factor: float
    real: Bool[Tensor, " token"] = field(default_factory=lambda: torch.ones(0, dtype=torch.bool))
    choices: int = 0
    dropped: int = 0
    tokens: int = 0
    unread: int = 0
    """Tokens that no expert of the layer read, shared ones aside."""

    @contextmanager
    def applied(self, model: Any) -> Iterator[None]:
        """Meanwhile the model's experts have no more room than that."""
        with ExitStack() as stack:
            for router in routers_of(model, "mixture"):
                stack.callback(router.module.register_forward_hook(self._within).remove)
            yield

    def _within(self, _module: Any, _inputs: Any, output: Any) -> Any:
        logits, weights, chosen = output
        queue = chosen[self.real].T.flatten()
        experts = logits.shape[-1]
        room = max(1, int(len(queue) * checked_factor(self.factor) / experts))
        fits = (queued(queue, experts) < room).view(chosen.shape[1], -1).T
        self.choices += fits.numel()
        self.dropped += int((~fits).sum())
        self.tokens += len(fits)
        self.unread += int((~fits).all(1).sum())
        kept = weights.clone()
        kept[self.real] = kept[self.real] * fits
        return logits, kept, chosen


@contextmanager
def watched(model: Any) -> Iterator[Capture | None]:
    """Its routers' decisions; nothing of a dense model."""
    if not getattr(model.config, "num_experts_per_tok", 0):
        yield None
        return
    with capture(model, "mixture") as seen:
        yield seen
