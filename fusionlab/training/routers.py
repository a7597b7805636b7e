"""The routers of a mixture learn, alone or with attention, while its experts stay what they are.

What is learned of a text is joined by `balance` times Switch's auxiliary loss, E·Σ f·P, of each
layer (https://arxiv.org/abs/2101.03961), the mean over layers; f are the shares of the choices that
fell on its experts and P the router's mean probabilities, over the tokens of a pass that are no
padding. The choices are read from the routers themselves as they make them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from fusionlab.events import LayerLoad
from fusionlab.experts.parameters import is_of_attention
from fusionlab.experts.routing import Capture, Routing, capture, routers_of
from fusionlab.training.losses import Batch, switch_balance
from fusionlab.training.packing import Course
from fusionlab.training.tuning import Teaching

Learning = Literal["all", "routers", "routers_and_attention"]
"""The weights that learn."""
TOLD = 50
"""Steps whose loads are told, about."""
NUMBERS = 50_000
"""Of all these loads, at most: a large mixture tells fewer steps."""
DIGITS = 6


class Passing(Protocol):
    """A loss that says of each pass which of its tokens are no padding."""

    def __call__(
        self, model: Any, batch: Batch, *, passed: Callable[[Bool[Tensor, " token"]], None]
    ) -> Float[Tensor, ""]:
        """The loss, while the routers' last decisions are still those of the pass."""
        ...


def learning_names(model: Any, learning: Learning, name: str) -> tuple[str, ...]:
    """The names of the parameters that learn, in the model's order; `name` is for errors.

    Raises NoRouting for a model that has no routers, or none that are known.
    """
    named = dict(model.named_parameters())
    if learning == "all":
        return tuple(named)
    routing = {
        id(each) for router in routers_of(model, name) for each in router.module.parameters()
    }
    attention = learning == "routers_and_attention"
    return tuple(
        path
        for path, each in named.items()
        if id(each) in routing or (attention and is_of_attention(path))
    )


def freeze(model: Any, learning: Learning, name: str) -> None:
    """Only the routers' parameters, or these and attention's, ask for gradients from now on."""
    learn = set(learning_names(model, learning, name))
    for path, each in model.named_parameters():
        each.requires_grad_(path in learn)


@dataclass(slots=True)
class Loads:
    """How the routers shared out the tokens of the step that was taken last."""

    experts: Capture
    said: Passing
    balance: float
    steps: int
    """Of the whole training."""
    _step: int = 0
    _counts: dict[int, Int[Tensor, " expert"]] = field(default_factory=dict)
    _balances: dict[int, list[Tensor]] = field(default_factory=dict)

    def draw(self, course: Course, generator: torch.Generator, step: int) -> Batch:
        """The batch of the step, with which counting begins anew."""
        self._step = step
        self._counts.clear()
        self._balances.clear()
        return course.draw(generator, step)

    def loss(self, model: Any, batch: Batch) -> Float[Tensor, ""]:
        """What a part of the step loses, and its auxiliary loss, a mean over passes and layers."""
        uneven: list[Tensor] = []

        def passed(real: Bool[Tensor, " token"]) -> None:
            uneven.extend(self._counted(each, real) for each in self.experts.last)

        said = self.said(model, batch, passed=passed)
        return said + self.balance * torch.stack(uneven).mean() if self.balance else said

    def told(self) -> tuple[LayerLoad, ...]:
        """The load of each layer in the last step; nothing where it is not its turn to be told."""
        numbers = sum(each.numel() for each in self._counts.values())
        times = max(1, min(TOLD, NUMBERS // max(1, numbers)))
        every = max(1, self.steps // times)
        if self._step % every and self._step not in (1, self.steps):
            return ()
        return tuple(
            LayerLoad(layer, tuple(counts.tolist()), round(self._mean(layer), DIGITS))
            for layer, counts in self._counts.items()
        )

    def _counted(self, routing: Routing, real: Bool[Tensor, " token"]) -> Tensor:
        """The layer's balance loss in this pass, whose choices now count."""
        logits, chosen = routing.logits[real], routing.chosen[real]
        count = torch.bincount(chosen.flatten().cpu(), minlength=logits.shape[-1])
        found = switch_balance(logits, chosen)
        before = self._counts.get(routing.layer)
        self._counts[routing.layer] = count if before is None else before + count
        self._balances.setdefault(routing.layer, []).append(found.detach().cpu())
        return found

    def _mean(self, layer: int) -> float:
        return float(torch.stack(self._balances[layer]).mean())


@contextmanager
def routers_taught(
    model: Any, name: str, said: Passing, *, balance: float, steps: int
) -> Iterator[Teaching]:
    """What the routers are taught, while all that they decide is read; raises NoRouting."""
    with capture(model, name) as experts:
        loads = Loads(experts, said, balance, steps)
        yield Teaching(loads.draw, loads.loss, loads.told)
