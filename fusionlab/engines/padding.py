"""Which models see padding: their rows of different length cannot be one batch.

Most architectures do not see padding on the left: positions are given, and attention is masked.
Some do: they count positions by column, or compress or index what they have read by blocks of
columns (DeepSeek-V4, DeepSeek-V3.2).
"""

import inspect
from typing import Any

POSITIONS_OF_THE_MASK = ("bloom", "mpt")
"""Architectures that take no positions and reckon with the mask all the same."""
LAYERS = (
    *("DynamicLayer", "DynamicSlidingWindowLayer", "DummyLayer", "LinearAttentionLayer"),
    *("LinearAttentionAndFullAttentionLayer", "LinearAttentionAndSlidingWindowAttentionLayer"),
)
"""Layers of a KV cache that hide what the mask hides."""


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
