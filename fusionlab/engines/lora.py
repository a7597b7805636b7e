"""Low-rank adapters over weights that others use too: many specialists, one base in memory.

LoRA, https://arxiv.org/abs/2106.09685: y = Wx + s·B(Ax). Rows of one pass may have different
adapters or none: with all A's stacked, h = [A₁; A₂; …]x holds every adapter's part side by side; a
row keeps its own adapter's part, and y += [B₁ B₂ …]h.

The hooks that add this stay on the base for good and do nothing but in a pass that asks for it. A
pass asks by a context variable, so one on another thread, of the base or of other adapters, is not
touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakSet

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import Linear, Module
from torch.nn.functional import linear

from fusionlab.errors import MemberError, SourceError
from fusionlab.sources.adapter_config import plain_config, scales_of
from fusionlab.sources.adapters import WEIGHTS

PREFIX = "base_model.model."
"""What peft puts before the name of a base's module."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What is added to one projection; `b` has the scale in it."""

    a: Float[Tensor, "rank inward"]
    b: Float[Tensor, "rank outward"]


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """The deltas of one adapter, by the module of the base that each is for."""

    deltas: Mapping[Module, Delta]

    @property
    def bytes(self) -> int:
        """Memory of the deltas."""
        return sum(each.a.nbytes + each.b.nbytes for each in self.deltas.values())


@dataclass(frozen=True, slots=True)
class Mix:
    """The adapters of the rows of one batch."""

    deltas: Mapping[Module, Delta]
    """Of all adapters together, stacked along the rank."""
    own: Float[Tensor, "row 1 rank"] | None
    """1 where a rank belongs to the row's adapter; None where there is one adapter for all rows."""

    def keep(self, rows: Tensor) -> "Mix":
        """Of these rows only."""
        return self if self.own is None else replace(self, own=self.own[rows])


_adding: ContextVar[Mix | None] = ContextVar("low-rank deltas of this pass", default=None)
_hooked: WeakSet[Module] = WeakSet()


def load_adapter(folder: Path, base: Module) -> Adapter:
    """The adapter that peft wrote to `folder`, for this base, which is ready to be mixed with it.

    Raises SourceError where it does not fit the base, or does more than to add low-rank deltas.
    """
    scales = scales_of(folder, plain_config(folder))
    modules = dict(base.named_modules())
    weights = _read(folder)
    deltas: dict[Module, Delta] = {}
    for name in sorted(weights):
        path, is_a, _ = name.removeprefix(PREFIX).partition(".lora_A.weight")
        b = weights.get(name.replace("lora_A", "lora_B"))
        if is_a and b is not None:
            a = weights[name]
            rank, scale = scales.rank_of(path), scales.of(path)
            like = _checked(folder, path, modules.get(path), a, b, rank).weight
            deltas[modules[path]] = Delta(a.to(like), (b.float() * scale).T.contiguous().to(like))
    if 2 * len(deltas) != len(weights) or not deltas:
        raise SourceError("adapter-beyond-projections", folder=str(folder))
    for module in deltas:
        if module not in _hooked:
            module.register_forward_hook(_add)
            _hooked.add(module)
    return Adapter(deltas)


def mixed(adapters: Sequence[Adapter | None]) -> Mix | None:
    """What is added to rows with these adapters; None where no row has one."""
    distinct = list(dict.fromkeys(adapter for adapter in adapters if adapter is not None))
    if not distinct:
        return None
    if len(distinct) == 1 and None not in adapters:
        return Mix(distinct[0].deltas, None)
    modules = dict.fromkeys(module for adapter in distinct for module in adapter.deltas)
    ranks = [max(len(delta.a) for delta in adapter.deltas.values()) for adapter in distinct]
    deltas = {module: _stacked(module, distinct, ranks) for module in modules}
    like = next(iter(deltas.values())).a
    own = torch.zeros(len(adapters), len(distinct), device=like.device, dtype=like.dtype)
    for row, adapter in enumerate(adapters):
        if adapter is not None:
            own[row, distinct.index(adapter)] = 1
    return Mix(deltas, own.repeat_interleave(torch.tensor(ranks), dim=1)[:, None])


@contextmanager
def adding(mix: Mix | None) -> Iterator[None]:
    """Passes of the base on this thread add the deltas of `mix`."""
    token = _adding.set(mix)
    try:
        yield
    finally:
        _adding.reset(token)


def is_added(hook: object) -> bool:
    """Whether this is the hook by which adapters are added, which does nothing of itself."""
    return hook is _add


def _add(
    module: Module, inputs: tuple[Float[Tensor, "*token inward"]], output: Tensor
) -> Float[Tensor, "*token outward"] | None:
    mix = _adding.get()
    delta = mix.deltas.get(module) if mix else None
    if mix is None or delta is None:
        return None
    (hidden,) = inputs
    part = linear(hidden, delta.a)
    if mix.own is not None:
        if hidden.dim() != 3:  # its rows have become tokens, and whose they are is not known here
            raise MemberError("adapters-rows-mixed")
        part = part * mix.own
    output.flatten(0, -2).addmm_(part.flatten(0, -2), delta.b)
    return output


def _stacked(module: Module, adapters: Sequence[Adapter], ranks: Sequence[int]) -> Delta:
    """All adapters' deltas of one module; zeros for one that has none, or has a lower rank."""
    some = next(adapter.deltas[module] for adapter in adapters if module in adapter.deltas)
    a = some.a.new_zeros(sum(ranks), some.a.shape[1])
    b = some.b.new_zeros(sum(ranks), some.b.shape[1])
    start = 0
    for adapter, rank in zip(adapters, ranks, strict=True):
        if delta := adapter.deltas.get(module):
            a[start : start + len(delta.a)] = delta.a
            b[start : start + len(delta.b)] = delta.b
        start += rank
    return Delta(a, b)


def _read(folder: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(folder / WEIGHTS)
    except (OSError, SafetensorError) as cause:
        file = str(folder / WEIGHTS)
        raise SourceError("adapter-weights-unreadable", file=file, said=str(cause)) from cause


def _checked(
    folder: Path, path: str, module: Module | None, a: Tensor, b: Tensor, rank: int
) -> Linear:
    """The module, if it is a projection that these deltas fit."""
    if not isinstance(module, Linear):
        raise SourceError("adapter-no-projection", folder=str(folder), projection=path)
    there, here = (*b.shape[:1], *a.shape[1:]), tuple(module.weight.shape)
    if there != here:
        raise SourceError(
            "adapter-of-another-shape",
            folder=str(folder),
            projection=path,
            there=str(there),
            here=str(here),
        )
    if a.dim() != 2 or b.dim() != 2 or not len(a) == b.shape[1] == rank:
        raise SourceError(
            "adapter-of-another-rank",
            folder=str(folder),
            a=str(tuple(a.shape)),
            b=str(tuple(b.shape)),
            projection=path,
            rank=rank,
        )
    return module
