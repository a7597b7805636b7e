"""A base with its adapter folded in: W + s·BA, row by row as it is read, nothing written between.

LoRA, https://arxiv.org/abs/2106.09685. The sum is taken in fp32 and rounded to the base's numbers;
an engine that adds s·B(Ax) instead rounds elsewhere, so that logits agree but for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import SourceError
from fusionlab.sources.adapter_config import plain_config, scales_of
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.weights.checkpoint import Checkpoint, Header, Tensors, headers_in

PREFIX = "base_model.model."
"""What peft puts before the name of a base's module."""


@dataclass(frozen=True, slots=True)
class LowRank:
    """What an adapter adds to one tensor; `b` has the scale in it."""

    a: Float[Tensor, "rank inward"]
    b: Float[Tensor, "outward rank"]
    module: str = ""
    """The projection that it is added to, as the adapter calls it."""

    def rows(self, first: int, last: int | None) -> Float[Tensor, "row inward"]:
        """Rows [first, last) of s·BA, in fp32."""
        return self.b[first:last] @ self.a


@dataclass(frozen=True, slots=True)
class Folded:
    """The tensors of a base, in which those that the adapter changes are read with its changes."""

    base: Tensors
    deltas: Mapping[str, LowRank]
    """By the names of the base's tensors."""

    @property
    def tensors(self) -> Mapping[str, Header]:
        """Those of the base."""
        return self.base.tensors

    def read(
        self, name: str, first: int = 0, last: int | None = None, into: Tensor | None = None
    ) -> Tensor:
        """The tensor, or its rows [first, last) along the first axis, in memory of its own.

        That memory may be of `into`, bytes that are no longer needed.
        """
        rows = self.base.read(name, first, last, into)
        delta = self.deltas.get(name)
        return rows if delta is None else (rows.float() + delta.rows(first, last)).to(rows.dtype)


def deltas_in(folder: Path, base: Mapping[str, Header]) -> dict[str, LowRank]:
    """What the adapter that peft wrote to `folder` adds to tensors of this base, by their names.

    Raises SourceError where it does not fit the base, or does more than to add low-rank deltas.
    """
    scales = scales_of(folder, plain_config(folder))
    try:
        stored = {each.name: each for each in headers_in(folder / WEIGHTS)}
    except (OSError, ValueError, KeyError) as cause:
        file = str(folder / WEIGHTS)
        raise SourceError("adapter-weights-unreadable", file=file, said=str(cause)) from cause
    own = Checkpoint(folder, stored)
    found = {}
    for name in sorted(stored):
        path, is_a, _ = name.removeprefix(PREFIX).partition(".lora_A.weight")
        other = name.replace("lora_A", "lora_B")
        if is_a and other in stored:
            target = _target(folder, path, base)
            _check(folder, path, stored[name], stored[other], base[target])
            b = own.read(other).float() * scales.of(path)
            found[target] = LowRank(own.read(name).float(), b, path)
    if 2 * len(found) != len(stored) or not found:
        raise SourceError("adapter-beyond-projections", folder=str(folder))
    return found


def _target(folder: Path, path: str, base: Mapping[str, Header]) -> str:
    """The base's tensor of this module; files may leave out how the inner model is called."""
    for name in (f"{path}.weight", f"{path.partition('.')[2]}.weight"):
        if name in base:
            return name
    raise SourceError("adapter-no-projection", folder=str(folder), projection=path)


def _check(folder: Path, path: str, a: Header, b: Header, base: Header) -> None:
    """The two fit each other and the base."""
    flat = len(a.shape) == len(b.shape) == 2
    there, here = (*b.shape[:1], *a.shape[1:]), base.shape
    if not flat or there != here or a.shape[0] != b.shape[1]:
        raise SourceError(
            "adapter-of-another-shape",
            folder=str(folder),
            projection=path,
            there=str(there),
            here=str(here),
        )
