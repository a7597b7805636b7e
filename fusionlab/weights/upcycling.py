"""A mixture of experts of dense models: which tensors it has, and what each is made of.

Sparse upcycling (Komatsuzaki et al., https://arxiv.org/abs/2212.05055): experts are copies of the
feed-forward part. Of specialists of one ancestor each becomes an expert, and attention, norms and
embeddings are the ancestor's or the specialists' mean (Branch-Train-MiX, Sukhbaatar et al.,
https://arxiv.org/abs/2403.07816). Copies can be told apart by noise, or by drawing some hidden
units anew (Drop-Upcycling, Nakamura et al., https://arxiv.org/abs/2502.19261).

With a shared expert the output is half of it and half of the chosen ones: its gate of zeros is
σ(0) = ½, and the last matrices of the others are halved, which is exact. So exact copies whose
weights add up to 1 compute what the dense model does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.weights.checkpoint import DTYPES, RUN, Header, row_runs
from fusionlab.weights.grafting import main_dtype
from fusionlab.weights.mixture_forms import INSIDE, MATRICES, SWITCH, Form
from fusionlab.weights.opened import Opened
from fusionlab.weights.rule import seeded

Role = Literal["kept", "shared", "expert", "router", "switch"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A tensor of the mixture."""

    header: Header
    role: Role
    read: tuple[tuple[int, str], ...] = ()
    """What it is the mean of: numbers of models, and the tensors' names there."""
    layer: int = 0
    expert: int = 0
    matrix: str = ""


@dataclass(frozen=True, slots=True)
class Recast:
    """How the mixture is made of its models."""

    form: Form
    models: tuple[Opened, ...]
    of_experts: tuple[int, ...]
    """The number of the model that each expert is of."""
    of_rest: tuple[int, ...]
    """Those that all else is the mean of."""
    shared: bool = False
    noise: float = 0.0
    reinit: float = 0.0
    seed: int = 0
    pieces: Mapping[str, Piece] = field(default_factory=dict)

    @property
    def dtype(self) -> torch.dtype:
        """Of all weights."""
        return DTYPES[main_dtype(self.models[self.of_rest[0]])]


def pieces_of(recast: Recast) -> dict[str, Piece]:
    """All tensors of the mixture by name, in the order in which they are written."""
    first = recast.models[recast.of_rest[0]]
    kind = main_dtype(first)
    outside = [name for name in first.outside if name not in first.layout.tied]
    after = set(first.layout.after)
    found = [_kept(recast, name) for name in outside if name not in after]
    for number in range(len(first.layers)):
        found += _layer(recast, number, kind)
    found += [_kept(recast, name) for name in outside if name in after]
    return {piece.header.name: piece for piece in found}


def _kept(recast: Recast, name: str) -> Piece:
    header = recast.models[recast.of_rest[0]].weights.tensors[name]
    return Piece(
        Header(name, header.dtype, header.shape),
        "kept",
        tuple((model, name) for model in recast.of_rest),
    )


def _layer(recast: Recast, number: int, dtype: str) -> Iterator[Piece]:
    models, form = recast.models, recast.form
    first = models[recast.of_rest[0]]
    base = f"{first.path}.{number}."
    for rest, name in first.layers[number].items():
        if not rest.startswith(INSIDE):
            header = Header(base + rest, *_form(first, name))
            yield Piece(header, "kept", _in_all(recast, number, rest), number)
    width = int(first.layout.config["hidden_size"])
    count = len(recast.of_experts)
    yield Piece(Header(base + form.router, dtype, (count, width)), "router", layer=number)
    for matrix, called in zip(MATRICES, form.matrices, strict=True):
        rest = f"{INSIDE}{matrix}.weight"
        _, shape = _form(first, first.layers[number][rest])
        for expert, model in enumerate(recast.of_experts):
            header = Header(base + form.expert.format(expert=expert, matrix=called), dtype, shape)
            read = ((model, models[model].layers[number][rest]),)
            yield Piece(header, "expert", read, number, expert, matrix)
        if recast.shared:
            header = Header(base + form.shared.format(matrix=matrix), dtype, shape)
            yield Piece(header, "shared", _in_all(recast, number, rest), number)
    if recast.shared:
        yield Piece(Header(base + SWITCH, dtype, (1, width)), "switch", layer=number)


def _form(source: Opened, name: str) -> tuple[str, tuple[int, ...]]:
    header = source.weights.tensors[name]
    return header.dtype, header.shape


def _in_all(recast: Recast, number: int, rest: str) -> tuple[tuple[int, str], ...]:
    return tuple((each, recast.models[each].layers[number][rest]) for each in recast.of_rest)


def made_piece(
    recast: Recast, piece: Piece, routers: Float[Tensor, "layer expert d"]
) -> Iterator[Tensor]:
    """The tensor, in runs of rows."""
    dtype = DTYPES[piece.header.dtype]
    if piece.role == "router":
        yield routers[piece.layer].to(dtype)
    elif piece.role == "switch":
        yield torch.zeros(piece.header.shape, dtype=dtype)
    elif piece.role == "expert" and (recast.noise or recast.reinit):
        (model, name) = piece.read[0]
        whole = recast.models[model].weights.read(name).float()
        yield _halved(recast, piece, _changed(recast, piece, whole)).to(dtype)
    else:
        for first, last in row_runs(piece.header, RUN):
            yield _halved(recast, piece, _mean(recast, piece, first, last)).to(dtype)


def _mean(recast: Recast, piece: Piece, first: int, last: int | None) -> Tensor:
    """Rows of the one tensor as they are, or of the mean of several, taken in fp32."""
    parts = (recast.models[model].weights.read(name, first, last) for model, name in piece.read)
    total = next(parts)
    if len(piece.read) == 1:
        return total
    total = total.float()
    for part in parts:
        total += part.float()
    return total / len(piece.read)


def _halved(recast: Recast, piece: Piece, rows: Tensor) -> Tensor:
    half = recast.shared and piece.role == "expert" and piece.matrix == MATRICES[-1]
    return rows * 0.5 if half else rows


def _changed(recast: Recast, piece: Piece, weight: Tensor) -> Tensor:
    """The expert's matrix with units drawn anew, then with noise."""
    draws = seeded(recast.seed, piece.header.name)
    if recast.reinit:
        across = 1 if piece.matrix == MATRICES[-1] else 0
        units = _units(recast, piece, weight.shape[across])
        chosen = weight.index_select(across, units)
        drawn = torch.randn(chosen.shape, generator=draws) * _deviation(chosen) + chosen.mean()
        weight = weight.index_copy(across, units, drawn)
    if recast.noise:
        noise = torch.randn(weight.shape, generator=draws)
        weight = weight + recast.noise * _deviation(weight) * noise
    return weight


def _units(recast: Recast, piece: Piece, count: int) -> Tensor:
    """The hidden units of this expert that are drawn anew: the same in its three matrices."""
    order = torch.randperm(
        count, generator=seeded(recast.seed, f"units {piece.layer} {piece.expert}")
    )
    return order[: round(recast.reinit * count)].sort().values


def _deviation(weight: Tensor) -> Tensor:
    """Of the numbers from their mean; 0 of a single one or none."""
    return weight.std(correction=0) if weight.numel() else weight.new_zeros(())
