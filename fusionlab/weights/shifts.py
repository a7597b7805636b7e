"""How far a model's weights are from those of its parents, and how these agree with one another.

One pass over the tensors, each in runs of rows, so that no more of a model is in memory than a
piece. Distances are relative, ‖θ − θₖ‖ / ‖θₖ‖. Task vectors δₖ = θₖ − θ₀ need the common ancestor
θ₀ (https://arxiv.org/abs/2212.04089); their signs disagree where one parent went up and another
down (https://arxiv.org/abs/2306.01708).
"""

import math
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.events import Progress
from fusionlab.weights.checkpoint import is_finite, row_runs
from fusionlab.weights.opened import Opened
from fusionlab.weights.pairs import Pairing, Place

PIECE = 8 << 20
"""Bytes of one tensor that are read at once: as many again of each parent, and twice that in
fp32."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the tensors of one kind in one layer are from those of a parent."""

    layer: int | None
    """None outside of the layers."""
    kind: str
    source_layer: int | None
    """In the parent."""
    relative: float | None
    """‖θ − θₖ‖ / ‖θₖ‖; None where the parent's are all zero, or some are no numbers."""
    elements: int


@dataclass(frozen=True, slots=True)
class Accord:
    """How the task vectors of the parents agree, in one layer or altogether."""

    parents: tuple[int, ...]
    """Which of the parents these are: all but the ancestor, where it is one itself."""
    cosines: tuple[tuple[float | None, ...], ...]
    """Of each parent with each; None where one did not move at all."""
    conflicts: float
    """Share of the elements that two parents or more moved in which not all signs are equal."""
    moved: int
    """How many these elements are."""
    pairs: tuple[tuple[float | None, ...], ...] = ()
    """Of each parent with each: the share of the elements that both moved whose signs differ; None
    where there are none."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """What the pass found."""

    not_finite: tuple[str, ...]
    """Tensors of the model that hold NaN or Inf."""
    parents: tuple[tuple[Shift, ...], ...]
    """For each parent, by layer and kind."""
    accord: Accord | None
    """None without a common ancestor or with less than two parents; as the next."""
    accords: tuple[tuple[int, Accord], ...]
    """By layer."""


@dataclass(slots=True)
class _Sum:
    apart: float = 0.0
    """‖θ − θₖ‖²."""
    size: float = 0.0
    """‖θₖ‖²."""
    elements: int = 0
    source_layer: int | None = None


@dataclass(slots=True)
class _Tally:
    """Inner products of the task vectors, and signs that disagree."""

    products: Tensor
    signs: Tensor
    """Of each parent with each: elements whose signs are equal, less those where they are not."""
    both: Tensor
    """Elements that both moved."""
    conflicts: int = 0
    moved: int = 0

    def add(self, other: "_Tally") -> None:
        self.products += other.products
        self.signs += other.signs
        self.both += other.both
        self.conflicts += other.conflicts
        self.moved += other.moved


@dataclass(slots=True)
class _Pass:
    sums: list[dict[Place, _Sum]]
    """Of each parent."""
    movers: tuple[int, ...]
    """Parents that have task vectors; none where there is nothing to compare."""
    broken: list[str] = field(default_factory=list)
    tallies: dict[int | None, _Tally] = field(default_factory=dict)


def shifts(
    model: Opened,
    parents: Sequence[Opened],
    pairing: Pairing,
    base: Opened | None,
    what: str,
) -> Generator[Progress, None, Shifts]:
    """How the model's weights lie to those of its parents, and these to one another.

    With a base, its tensors of the same names and shapes are what the parents moved from. `what`
    is told as what goes on.
    """
    found = _Pass([defaultdict(_Sum) for _ in parents], _movers(parents, base))
    total = sum(header.bytes for header in model.weights.tensors.values())
    done = 0
    for name, header in model.weights.tensors.items():
        yield Progress(what, done, total, "bytes")
        _look(found, name, model, parents, pairing, base)
        done += header.bytes
    yield Progress(what, done, total, "bytes")
    whole = _whole(found.tallies, len(found.movers))
    return Shifts(
        tuple(found.broken),
        tuple(_rows(sums) for sums in found.sums),
        None if whole is None else _accord(whole, found.movers),
        tuple(
            (at, _accord(t, found.movers))
            for at, t in sorted(_layered(found.tallies), key=itemgetter(0))
        ),
    )


def _movers(parents: Sequence[Opened], base: Opened | None) -> tuple[int, ...]:
    """The parents that moved from the base, where there are several."""
    if base is None:
        return ()
    found = tuple(at for at, parent in enumerate(parents) if parent.ref != base.ref)
    return found if len(found) > 1 else ()


def _look(
    found: _Pass,
    name: str,
    model: Opened,
    parents: Sequence[Opened],
    pairing: Pairing,
    base: Opened | None,
) -> None:
    """What the tensor of this name adds to the sums."""
    header, place = model.weights.tensors[name], pairing.places[name]
    theirs = [each.get(name) for each in pairing.parents]
    based = None if base is None else base.weights.tensors.get(name)
    compares = based is not None and based.shape == header.shape
    whole = True
    for first, last in row_runs(header, PIECE):
        own = model.weights.read(name, first, last)
        whole = whole and is_finite(own)
        if not own.dtype.is_floating_point:
            continue
        read = [
            None if each is None else parent.weights.read(each.name, first, last).float()
            for parent, each in zip(parents, theirs, strict=True)
        ]
        for sums, each, values in zip(found.sums, theirs, read, strict=True):
            if each is not None and values is not None:
                _measure(sums[place], own.float(), values, each.layer)
        moved = [values for at in found.movers if (values := read[at]) is not None]
        if base is not None and compares and moved and len(moved) == len(found.movers):
            origin = base.weights.read(name, first, last).float()
            known = found.tallies.setdefault(place.layer, _nothing(len(moved)))
            known.add(_tally([values - origin for values in moved]))
    if not whole:
        found.broken.append(name)


def _measure(
    into: _Sum, own: Float[Tensor, "*shape"], values: Float[Tensor, "*shape"], layer: int | None
) -> None:
    into.apart += _square(own - values)
    into.size += _square(values)
    into.elements += values.numel()
    into.source_layer = layer


def _square(values: Float[Tensor, "*shape"]) -> float:
    return float(values.square().sum(dtype=torch.float64))


def _tally(deltas: Sequence[Float[Tensor, "*shape"]]) -> _Tally:
    flat = torch.stack([delta.flatten() for delta in deltas])
    up, down = (flat > 0).sum(dim=0), (flat < 0).sum(dim=0)
    wide, signs = flat.double(), flat.sign()
    return _Tally(
        wide @ wide.T,
        (signs @ signs.T).double(),  # exact: a piece has fewer elements than fp32 counts
        (signs.abs() @ signs.abs().T).double(),
        int(((up > 0) & (down > 0)).sum()),
        int((up + down > 1).sum()),
    )


def _nothing(count: int) -> _Tally:
    zeros = torch.zeros(3, count, count, dtype=torch.float64)
    return _Tally(zeros[0], zeros[1], zeros[2])


def _whole(tallies: dict[int | None, _Tally], count: int) -> _Tally | None:
    if not tallies:
        return None
    whole = _nothing(count)
    for tally in tallies.values():
        whole.add(tally)
    return whole


def _layered(tallies: dict[int | None, _Tally]) -> list[tuple[int, _Tally]]:
    return [(layer, tally) for layer, tally in tallies.items() if layer is not None]


def _accord(tally: _Tally, parents: tuple[int, ...]) -> Accord:
    lengths = tally.products.diagonal().sqrt()
    rows = tuple(
        tuple(_cosine(float(p), float(a), float(b)) for p, b in zip(row, lengths, strict=True))
        for row, a in zip(tally.products, lengths, strict=True)
    )
    share = tally.conflicts / tally.moved if tally.moved else 0.0
    return Accord(parents, rows, share, tally.moved, _pairs(tally))


def _pairs(tally: _Tally) -> tuple[tuple[float | None, ...], ...]:
    return tuple(
        tuple((n - same) / (2 * n) if n else None for same, n in zip(*row, strict=True))
        for row in zip(tally.signs.tolist(), tally.both.tolist(), strict=True)
    )


def _cosine(product: float, a: float, b: float) -> float | None:
    if not (a and b and math.isfinite(product)):
        return None
    return max(-1.0, min(1.0, product / (a * b)))


def _rows(sums: dict[Place, _Sum]) -> tuple[Shift, ...]:
    return tuple(
        Shift(place.layer, place.kind, each.source_layer, _relative(each), each.elements)
        for place, each in sums.items()
    )


def _relative(each: _Sum) -> float | None:
    if not each.apart:
        return 0.0
    found = math.sqrt(each.apart / each.size) if each.size else math.inf
    return found if math.isfinite(found) else None
