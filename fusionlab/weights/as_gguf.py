"""A model's folder as one GGUF file for llama.cpp, tensor by tensor; the numbers stay as they are.

Only what is sure to say the same there is written: see `fusionlab.weights.gguf_models` and
`gguf_tokens`. What else a model has is refused by name.
"""

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.weights.checkpoint import DTYPES, Checkpoint, checkpoint_in, config_in
from fusionlab.weights.gguf_models import ARCHITECTURES, Architecture, add_shape, oddities
from fusionlab.weights.gguf_tokens import Tokens, add_tokens, tokens_of
from fusionlab.weights.layers import Layout, layout_of

FLOATS = ("F32", "F16", "BF16")
EXPERT = re.compile(r"(.*\.experts)\.(\d+)\.(.*)")
EXACT = ("ffn_gate_inp.weight", "ffn_gate_inp_shexp.weight")
"""Ends of names of routers, which choose otherwise where they are rounded."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A tensor of the new file."""

    name: str
    """As llama.cpp has it."""
    parts: tuple[str, ...]
    """The tensor of the folder that it is, or those of the experts that are stacked."""
    dtype: str
    shape: tuple[int, ...]

    @property
    def bytes(self) -> int:
        """Of its numbers."""
        return torch.Size(self.shape).numel() * DTYPES[self.dtype].itemsize


def write_gguf(folder: Path, file: Path, name: str) -> Generator[Progress, None, None]:
    """The file holds the model of the folder; raises SourceError where GGUF cannot hold it."""
    import gguf

    checkpoint = checkpoint_in(folder)
    layout, tokens, told = _readied(folder, checkpoint)
    architecture = ARCHITECTURES[layout.config["model_type"]]
    writer = gguf.GGUFWriter(file, architecture.name)
    try:
        add_shape(writer, name, layout)
        add_tokens(writer, tokens, layout.config["vocab_size"])
        for each in told:
            plain = torch.empty(0, dtype=_carrier(each.dtype)).numpy().dtype
            quant = gguf.GGMLQuantizationType[each.dtype]
            writer.add_tensor_info(each.name, each.shape, plain, each.bytes, quant)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        yield from _write(writer, checkpoint, told, layout, f"exporting {name}")
    finally:
        writer.close()


def check_gguf(folder: Path) -> None:
    """Raises SourceError where GGUF cannot hold the model of the folder; no weights are read."""
    _readied(folder, checkpoint_in(folder))


def _readied(folder: Path, checkpoint: Checkpoint) -> tuple[Layout, Tokens, list[_Told]]:
    """What the file is to say of the model: its shape, its tokenizer, its tensors."""
    layout = layout_of(config_in(folder), folder)
    if odd := list(oddities(layout)):
        raise SourceError("export-not-gguf", folder=folder.name, why=odd)
    architecture = ARCHITECTURES[layout.config["model_type"]]
    tokens = tokens_of(folder, layout.config)
    return layout, tokens, _told(folder, checkpoint, architecture, layout)


def _told(
    folder: Path, checkpoint: Checkpoint, architecture: Architecture, layout: Layout
) -> list[_Told]:
    """The tensors of the new file; raises SourceError with one that llama.cpp does not know."""
    known = names_there(architecture, layout)
    told = []
    for common, parts in _parts(checkpoint, layout).items():
        header = checkpoint.tensors[parts[0]]
        name = known(common)
        alike = {(checkpoint.tensors[part].shape, checkpoint.tensors[part].dtype) for part in parts}
        if name is None or header.dtype not in FLOATS or len(alike) > 1:
            raise SourceError("export-not-gguf", folder=folder.name, why=[parts[0]])
        exact = len(header.shape) == 1 or name.endswith(EXACT)  # norms, as llama.cpp wants them
        shape = (len(parts), *header.shape) if EXPERT.fullmatch(parts[0]) else header.shape
        told.append(_Told(name, tuple(parts), "F32" if exact else header.dtype, shape))
    return told


def names_there(architecture: Architecture, layout: Layout) -> Callable[[str], str | None]:
    """What llama.cpp calls a tensor of the model; None for one that it does not know."""
    import gguf

    kinds = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
    known = gguf.get_tensor_name_map(kinds[architecture.name], len(layout.kinds))
    return partial(known.get_name, try_suffixes=(".weight", ".bias"))


def _parts(checkpoint: Checkpoint, layout: Layout) -> Mapping[str, list[str]]:
    """Names of the folder's tensors, those of one layer's experts together under one name."""
    found: dict[str, dict[int, str]] = {}
    for name in checkpoint.tensors:
        if name not in layout.tied:
            match = EXPERT.fullmatch(name)
            common, number = (f"{match[1]}.{match[3]}", int(match[2])) if match else (name, 0)
            found.setdefault(common, {})[number] = name
    return {common: [each[at] for at in sorted(each)] for common, each in found.items()}


def _write(
    writer: Any, checkpoint: Checkpoint, told: list[_Told], layout: Layout, what: str
) -> Generator[Progress, None, None]:
    total, done = sum(each.bytes for each in told), 0
    for each in told:
        yield Progress(what, done, total, "bytes")
        parts = [_as_there(part, checkpoint.read(part), layout) for part in each.parts]
        tensor = (torch.stack(parts) if len(each.shape) > parts[0].ndim else parts[0]).to(
            DTYPES[each.dtype]
        )
        writer.write_tensor_data(tensor.contiguous().view(_carrier(each.dtype)).numpy())
        done += each.bytes
    yield Progress(what, done, total, "bytes")


def _carrier(dtype: str) -> torch.dtype:
    """Numbers as wide, which numpy knows."""
    return torch.uint16 if dtype == "BF16" else DTYPES[dtype]


def _as_there(name: str, tensor: Tensor, layout: Layout) -> Tensor:
    """The tensor with its rows and numbers as llama.cpp wants them."""
    architecture = ARCHITECTURES[layout.config["model_type"]]
    if architecture.shifted and name.endswith("norm.weight"):
        return tensor.float() + 1
    return interleaved(name, tensor, layout.config) if architecture.interleaved else tensor


def interleaved(name: str, tensor: Tensor, config: Mapping[str, Any]) -> Tensor:
    """Of queries and keys: the two halves of each head, which turn together, row beside row."""
    for part, key in ((".q_proj.", "num_attention_heads"), (".k_proj.", "num_key_value_heads")):
        if part in name:
            halves = tensor.reshape(config[key], 2, -1, *tensor.shape[1:])
            return halves.transpose(1, 2).reshape(tensor.shape)
    return tensor
