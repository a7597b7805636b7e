"""Several adapters on one base at once, by coefficients whose gradients can be had.

    y = W x + Σₖ cₖ Bₖ Aₖ x

No weight is changed and none has a gradient: a step costs what the model's own pass costs forth and
back, however many adapters there are. Rounding of folded weights to the base's numbers is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from fusionlab.engines.transformers import TransformersModel
from fusionlab.weights.folding import Folded, LowRank
from fusionlab.weights.gathering import Place
from fusionlab.weights.opened import Opened


@dataclass(frozen=True, slots=True)
class Moved:
    """A tensor that the merged model has from task vectors."""

    name: str
    """In the files of the base."""
    places: tuple[Place, ...]
    """In the files of each model."""
    begun: tuple[float, ...]
    """λ wₖ of each model."""
    group: int
    """Of tensors with one coefficient a model: a layer, or all."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A projection of the model, and what each adapter adds to it; None where it adds nothing."""

    projection: nn.Linear
    moved: Moved
    deltas: tuple[LowRank | None, ...]


def low_rank(
    base: Opened, sources: Sequence[Opened], moved: Sequence[Moved], model: TransformersModel
) -> list[Beside] | None:
    """Every moved tensor with what adapters add to it; None where not all sources are adapters on
    the base, or move more than its projections.
    """
    if isinstance(base.weights, Folded) or any(each.folder != base.folder for each in sources):
        return None
    own = {name: parameter for parameter, name in base.stored.items()}
    found = []
    for each in moved:
        path, _, last = own.get(each.name, "").rpartition(".")
        projection = model.module.get_submodule(path)
        if last != "weight" or not isinstance(projection, nn.Linear):
            return None
        deltas = tuple(_delta(sources[place.source], place.name) for place in each.places)
        found.append(Beside(projection, each, deltas))
    return found


def _delta(source: Opened, name: str) -> LowRank | None:
    return source.weights.deltas.get(name) if isinstance(source.weights, Folded) else None


class Blended:
    """The base with all adapters beside it, each by its coefficient."""

    def __init__(self, low: Sequence[Beside], model: TransformersModel) -> None:
        self._shifts = torch.zeros(0)
        for parameter in model.module.parameters():
            parameter.requires_grad_(False)  # noqa: FBT003  it has no name
        for each in filter(lambda beside: any(beside.deltas), low):
            each.projection.register_forward_hook(self._adding(each))

    def set(self, shifts: Float[Tensor, "model group"]) -> None:
        """The coefficients are those of θ(s)."""
        self._shifts = shifts.detach().float().requires_grad_()

    def gradient(self, shifts: Float[Tensor, "model group"]) -> Float[Tensor, "model group"]:
        """∂H/∂s of what was read since the coefficients were set."""
        found = self._shifts.grad
        return torch.zeros_like(shifts) if found is None else found.to(shifts.dtype)

    def _adding(self, beside: Beside) -> Callable[..., Tensor]:
        """A hook that adds what the adapters say of the projection's input."""
        there = [(n, delta) for n, delta in enumerate(beside.deltas) if delta is not None]
        device = beside.projection.weight.device
        a = torch.cat([delta.a for _, delta in there]).to(device)
        b = torch.cat([delta.b for _, delta in there], dim=1).to(device)
        models = torch.tensor([n for n, delta in there for _ in delta.a])
        begun = torch.tensor(beside.moved.begun)[models]

        def add(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
            shares = (begun + self._shifts[models, beside.moved.group]).to(device)
            said: Tensor = output + (inputs[0] @ a.T * shares) @ b.T
            return said

        return add
