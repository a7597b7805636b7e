"""Rows of a model that sees padding: those of one length are a batch of their own.

Most architectures do not see padding on the left: positions are given, and attention is masked.
Some do: they count positions by column, or compress or index what they have read by blocks of
columns (DeepSeek-V4, DeepSeek-V3.2). In lockstep rows of one length stay of one length.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.lora import Adapter
from fusionlab.models.base import Rows, Usage

POSITIONS_OF_THE_MASK = ("bloom", "mpt")
"""Architectures that take no positions and reckon with the mask all the same."""
LAYERS = (
    *("DynamicLayer", "DynamicSlidingWindowLayer", "DummyLayer", "LinearAttentionLayer"),
    *("LinearAttentionAndFullAttentionLayer", "LinearAttentionAndSlidingWindowAttentionLayer"),
)
"""Layers of a KV cache that hide what the mask hides."""

Open = Callable[[Sequence[Sequence[int]], Sequence[Adapter | None]], Rows]


def takes_padding(model: Any) -> bool:
    """Whether rows of a transformers model are the same beside padding on their left."""
    from transformers import DynamicCache

    if not takes_positions(model):
        return False
    cache = DynamicCache(config=model.config.get_text_config(decoder=True))
    return all(type(layer).__name__ in LAYERS for layer in cache.layers)


def takes_positions(model: Any) -> bool:
    """Whether it can be told, or sees by the mask, where in the sequence its tokens stand.

    The others, such as Mamba, also go on from what they have read by one token a pass only.
    """
    told = "position_ids" in inspect.signature(model.forward).parameters
    return told or model.config.model_type in POSITIONS_OF_THE_MASK


class UnpaddedRows:
    """Sequences that grow in lockstep, in one batch for each length; see `Rows`."""

    def __init__(
        self,
        open_rows: Open,
        prompts: Sequence[Sequence[int]],
        adapters: Sequence[Adapter | None],
    ) -> None:
        groups: dict[int, list[int]] = {}
        for row, prompt in enumerate(prompts):
            groups.setdefault(len(prompt), []).append(row)
        self._batches = [
            open_rows([prompts[row] for row in rows], [adapters[row] for row in rows])
            for rows in groups.values()
        ]
        self._rows = list(groups.values())
        """Of each batch, which of ours its rows are."""

    @property
    def usage(self) -> Usage:
        """Of one row; seconds are the mean over all."""
        spent = [batch.usage for batch in self._batches]
        shares = [len(rows) for rows in self._rows]
        seconds = sum(use.seconds * share for use, share in zip(spent, shares, strict=True))
        return Usage(
            forward_passes=max(use.forward_passes for use in spent),
            seconds=seconds / sum(shares),
            batch=max(use.batch for use in spent),
        )

    def feed(self, ids: Sequence[int]) -> None:
        """Row i is longer by `ids[i]`."""
        for batch, rows in zip(self._batches, self._rows, strict=True):
            batch.feed([ids[row] for row in rows])

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        left = []
        for batch, ours in zip(self._batches, self._rows, strict=True):
            places = {row: place for place, row in enumerate(ours)}
            kept = [new for new, row in enumerate(rows) if row in places]
            if kept:
                batch.keep([places[rows[new]] for new in kept])
                left.append((batch, kept))
            else:
                batch.close()
        self._batches, self._rows = [each for each, _ in left], [kept for _, kept in left]

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, in fp32."""
        order = torch.tensor([row for rows in self._rows for row in rows])
        logits = torch.cat([batch.logits() for batch in self._batches])
        return logits[order.argsort().to(logits.device)]

    def close(self) -> None:
        """The KV caches are free."""
        for batch in self._batches:
            batch.close()
