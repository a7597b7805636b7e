"""KV caches of single rows: taken out of a batch, cut, and put together as a batch again.

Only caches whose layers hold the keys and values of every id, and nothing else, can be taken apart:
those of sliding windows, states and blocks are read anew.
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import Module

from fusionlab.engines.lora import is_added

Layer = tuple[Float[Tensor, "row head id key"], Float[Tensor, "row head id value"]]
KV = tuple[Layer, ...]
"""The keys and values of one row, layer by layer."""


def can_be_taken_apart(cache: Any) -> bool:
    """Whether the cache is the keys and values of its ids and nothing else."""
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    return type(cache) is DynamicCache and all(
        type(layer) is DynamicLayer and layer.is_initialized for layer in cache.layers
    )


def taken(cache: Any, row: int, start: int, end: int) -> KV:
    """Columns `start` to `end` of one row, copied."""
    return tuple(
        (
            layer.keys[row : row + 1, :, start:end].clone(),
            layer.values[row : row + 1, :, start:end].clone(),
        )
        for layer in cache.layers
    )


def size(kv: KV) -> int:
    """Bytes."""
    return sum(part.numel() * part.element_size() for layer in kv for part in layer)


def begun(kv: KV, length: int) -> Any:
    """A cache that has read the first `length` ids; what was kept stays as it is."""
    return _cache([(keys[:, :, :length], values[:, :, :length]) for keys, values in kv])


def joined(caches: Sequence[Any]) -> Any:
    """One cache of several rows, padded with zeros on the left."""
    layers = zip(*[cache.layers for cache in caches], strict=True)
    return _cache(
        [
            (_padded([layer.keys for layer in each]), _padded([layer.values for layer in each]))
            for each in layers
        ]
    )


def is_watched(model: Module) -> bool:
    """Whether somebody sees or changes what the model computes, beside its adapters.

    Who watches wants to see every id read, and what was computed under other rules is of no use.
    """
    return any(
        module._forward_pre_hooks
        or any(not is_added(hook) for hook in module._forward_hooks.values())
        or any(
            callable(part) and hasattr(type(module), name) for name, part in vars(module).items()
        )
        for module in model.modules()
    )


def _cache(layers: Sequence[Layer]) -> Any:
    from transformers import DynamicCache

    return DynamicCache(layers)


def _padded(rows: Sequence[Float[Tensor, "1 head id width"]]) -> Float[Tensor, "row head id width"]:
    width = max(int(row.shape[2]) for row in rows)
    pad = torch.nn.functional.pad
    return torch.cat([pad(row, (0, 0, width - int(row.shape[2]), 0)) for row in rows])
