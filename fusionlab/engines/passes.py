"""Forward passes of a transformers model, and what there is to do with its KV cache.

Rows of different length are padded on the left, so that all of them end in the same column.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fusionlab.errors import FusionError, MemberError
from fusionlab.models.base import no_number


@dataclass(frozen=True, slots=True)
class Network:
    """A transformers model, and what its passes need to know of it."""

    model: Any
    name: str
    padding: int
    """The id that fills rows up."""
    takes_padding: bool
    continues: bool
    """Whether it goes on from what it has read by several columns in one pass."""
    beside: bool = False
    """Whether a pass gains from running beside another model's."""

    def tensor(self, rows: Sequence[Sequence[int]]) -> Int[Tensor, "row column"]:
        """The ids where the model computes."""
        return torch.tensor(rows, device=self.model.device)


@contextmanager
def passing(model: Any, rows: int, tokens: int) -> Iterator[None]:
    """Whatever a pass over so many rows of so many tokens raises is a MemberError."""
    try:
        yield
    except FusionError:
        raise
    except Exception as cause:  # architectures are many, and memory ends where it ends
        raise MemberError(
            "pass-failed",
            architecture=type(model).__name__,
            tokens=tokens,
            rows=rows,
            said=str(cause),
        ) from cause


def select(cache: Any, rows: Tensor) -> None:
    """The cache holds these rows only.

    Layers of a state know reordering alone; a cache class that keeps states beside its layers says
    itself how they are selected.
    """
    from transformers import Cache

    if type(cache).batch_select_indices is Cache.batch_select_indices:
        cache.reorder_cache(rows)
    else:
        cache.batch_select_indices(rows)


def read(
    network: Network, ids: Int[Tensor, "row column"], cache: Any, mask: Tensor | None
) -> tuple[Any, Float[Tensor, "row vocab"]]:
    """The longer cache and the last column's logits: in one pass, or one a column where need be.

    Raises MemberError where they are no numbers.
    """
    if cache is None or ids.shape[1] == 1 or network.continues:
        cache, logits = _step(network.model, ids, cache, mask, _positions(ids, mask))
    else:
        for column in ids.unbind(dim=1):
            cache, logits = _step(network.model, column[:, None], cache, None, None)
    # The largest is no finite number where any is NaN or +∞; −∞ alone forbids a token.
    if not logits.amax(dim=-1).isfinite().all():
        raise no_number(network.name)
    return cache, logits


@torch.inference_mode()
def _step(
    model: Any, ids: Tensor, cache: Any, mask: Tensor | None, positions: Tensor | None
) -> tuple[Any, Float[Tensor, "row vocab"]]:
    """One forward pass; returns the longer cache and the last column's logits."""
    with passing(model, len(ids), int(ids.shape[1])):
        out = model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
        )
    if out.get("cache") is None:
        raise MemberError("pass-not-kept", architecture=type(model).__name__)
    return out.cache, out.logits[:, -1].float()


def left_padded(
    network: Network, prompts: Sequence[Sequence[int]]
) -> tuple[Int[Tensor, "row column"], Int[Tensor, "row column"] | None]:
    """Ids [row, column], and the mask of what is no padding, or None where nothing is padded."""
    width = max(map(len, prompts))
    fill = network.padding
    ids = network.tensor([[fill] * (width - len(row)) + list(row) for row in prompts])
    return ids, left_padding(network, prompts)


def left_padding(
    network: Network, prompts: Sequence[Sequence[int]]
) -> Int[Tensor, "row column"] | None:
    """1 where a column is no padding; None where nothing is padded."""
    width = max(map(len, prompts))
    if all(len(row) == width for row in prompts):
        return None
    return network.tensor([[0] * (width - len(row)) + [1] * len(row) for row in prompts])


def can_be_cut(cache: Any) -> bool:
    """Whether the cache can forget its last columns, and is then as if it had not read them."""
    from transformers import DynamicCache

    croppable = isinstance(cache, DynamicCache) and cache.is_croppable
    return croppable and not any(cache.is_sliding) and not any(cache.is_linear)


def _positions(ids: Tensor, mask: Tensor | None) -> Tensor | None:
    return None if mask is None else (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
