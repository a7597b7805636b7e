"""Forward passes of an exported model in onnxruntime, over a key-value cache that is ours.

The cache is torch tensors to which the session is bound by address: it writes the keys and values
of new ids behind those of each row, where attention finds them at the next pass; nothing is copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.onnx_session import session_of
from fusionlab.errors import FusionError, MemberError, SourceError
from fusionlab.models.base import no_number
from fusionlab.reading import read_json, read_plain

MODEL = "model.onnx"
CONFIG = "genai_config.json"
WANTED = "wanted"
"""The input that says after which of the new ids logits are asked for."""
_PAST, _PRESENT = "past_key_values.{layer}.{part}", "present.{layer}.{part}"
_PARTS = ("key", "value")
STRIDE = 64
"""Columns by which the cache grows at least."""
_TYPES = {torch.float32: np.float32, torch.int64: np.int64}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model that its cache and its logits have."""

    layers: int
    heads: int
    """Of keys and values."""
    width: int
    """Of one head."""
    vocabulary: int


RowCache = Sequence[Float[Tensor, "head column width"]]
"""Keys and values of one row, layer by layer."""


class Cache:
    """Keys and values of the rows: per layer and part a tensor [row, head, column, width]."""

    def __init__(self, shape: Shape, rows: int) -> None:
        self._shape = shape
        self._rows = rows
        self.columns = 0
        self.parts: list[Tensor] = []
        self.binding: tuple[Any, slice] | None = None
        """A session's binding to some of the rows as they lie now."""

    def reserve(self, columns: int) -> None:
        """Each row has room for so many ids."""
        if columns <= self.columns:
            return
        grown = max(columns, self.columns * 3 // 2)
        grown += -grown % STRIDE
        shape = self._rows, self._shape.heads, grown, self._shape.width
        new = [torch.zeros(shape) for _ in range(2 * self._shape.layers)]
        for old, part in zip(self.parts, new, strict=False):
            part[:, :, : self.columns] = old
        self.parts, self.columns, self.binding = new, grown, None

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows are left, in this order."""
        first = list(rows) == list(range(len(rows)))
        index = torch.tensor(rows, dtype=torch.int64)
        self.parts = [part[: len(rows)] if first else part[index] for part in self.parts]
        self._rows, self.binding = len(rows), None

    def copy(self, source: int, target: int, length: int) -> None:
        """Row `target` begins with the first `length` ids of row `source`."""
        for part in self.parts:
            part[target, :, :length] = part[source, :, :length]

    def of_row(self, row: int, length: int) -> RowCache:
        """What is known of the first `length` ids of a row, copied."""
        return [part[row, :, :length].clone() for part in self.parts]

    def begin(self, row: int, known: RowCache, length: int) -> None:
        """The row begins with the first `length` ids of what is known of another."""
        for part, other in zip(self.parts, known, strict=True):
            part[row, :, :length] = other[:, :length]


@dataclass(frozen=True, slots=True)
class OnnxNetwork:
    """An exported model, open in a session of onnxruntime."""

    session: Any
    name: str
    shape: Shape
    takes_positions: bool = field(default=False)

    def step(
        self,
        ids: Sequence[Sequence[int]],
        cache: Cache,
        some: slice,
        known: Sequence[int],
        *,
        every: bool = False,
    ) -> Float[Tensor, "row wanted vocab"]:
        """Logits after the last of each row's ids, or with `every` after each, in fp32.

        The rows lie in the cache at `some`, which holds `known[i]` ids of row i; more than one id
        at once can be read of one row only, or where nothing is known. Raises MemberError.
        """
        rows, new = len(ids), len(ids[0])
        ends = [length + new for length in known]
        columns = torch.arange(max(ends))
        inputs = {
            "input_ids": torch.tensor(ids),
            "attention_mask": (columns < torch.tensor(ends)[:, None]).long(),
            WANTED: torch.arange(new) if every else torch.tensor([new - 1]),
        }
        if self.takes_positions:
            inputs["position_ids"] = torch.tensor(known)[:, None] + torch.arange(new)
        wanted = new if every else 1
        logits = torch.empty(rows, wanted, self.shape.vocabulary)
        try:
            binding = self._bound(cache, some)
            for name, tensor in inputs.items():
                binding.bind_input(*_place(name, tensor))
            binding.bind_output(*_place("logits", logits))
            self.session.run_with_iobinding(binding)
        except Exception as cause:  # onnxruntime has no error class of its own
            said = str(cause)
            raise MemberError(
                "pass-failed", architecture=self.name, tokens=new, rows=rows, said=said
            ) from cause
        # The largest is no finite number where any is NaN or +∞; −∞ alone forbids a token.
        if not logits.amax(dim=-1).isfinite().all():
            raise no_number(self.name)
        return logits

    def _bound(self, cache: Cache, some: slice) -> Any:
        """A binding to these rows of the cache, which are read and written in place."""
        if cache.binding is None or cache.binding[1] != some:
            binding = self.session.io_binding()
            for at, part in enumerate(cache.parts):
                names = {"layer": at // 2, "part": _PARTS[at % 2]}
                binding.bind_input(*_place(_PAST.format(**names), part[some]))
                binding.bind_output(*_place(_PRESENT.format(**names), part[some]))
            cache.binding = binding, some
        return cache.binding[0]


def open_network(folder: Path, name: str) -> OnnxNetwork:
    """The export in the folder, open with as many threads as torch has; raises SourceError."""
    try:
        session = session_of(folder / MODEL, torch.get_num_threads())
        config = read_json(read_plain(folder / CONFIG))["model"]
        decoder = config["decoder"]
        shape = Shape(
            int(decoder["num_hidden_layers"]),
            int(decoder["num_key_value_heads"]),
            int(decoder["head_size"]),
            int(config["vocab_size"]),
        )
    except FusionError:
        raise
    except Exception as cause:  # onnxruntime has no error class of its own
        raise SourceError("onnx-unloadable", name=name, said=str(cause)) from cause
    given = {each.name: each.type for each in session.get_inputs()}
    check_inputs(given, shape, name)
    return OnnxNetwork(session, name, shape, "position_ids" in given)


def check_inputs(given: dict[str, str], shape: Shape, name: str) -> None:
    """The model reads ids over keys and values in fp32, and keeps no other state."""
    cached = {
        _PAST.format(layer=layer, part=part) for layer in range(shape.layers) for part in _PARTS
    }
    ids = {"input_ids", "attention_mask", WANTED}
    others = given.keys() - cached - ids - {"position_ids"}
    whole = cached | ids <= given.keys() and all(given[each] == "tensor(float)" for each in cached)
    if others or not whole:
        raise SourceError("onnx-other-inputs", name=name, inputs=sorted(others or given))


def _place(name: str, tensor: Tensor) -> tuple[Any, ...]:
    """What a binding is told of a tensor; it has to live, and stay where it is, while bound."""
    return name, "cpu", 0, _TYPES[tensor.dtype], tuple(tensor.shape), tensor.data_ptr()
