"""In which numbers a training computes, and how a model reads in between as it does in training."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch

Precision = Literal["auto", "float32", "bfloat16"]


def computed_in(precision: Precision) -> torch.dtype:
    """The numbers that are computed with here: bfloat16 on its own where the processor has it."""
    if precision == "auto":
        return torch.bfloat16 if _has_bfloat16() else torch.float32
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


@contextmanager
def reading(model: Any, precision: Precision) -> Iterator[None]:
    """The model reads as it computes in training, with nothing dropped out."""
    learning = model.training
    model.eval()
    low = computed_in(precision) == torch.bfloat16
    with torch.autocast(model.device.type, torch.bfloat16, enabled=low):
        yield
    model.train(learning)


def _has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by itself: emulated it is slower than fp32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    supported: bool = torch.cpu._is_avx512_bf16_supported()  # torch has no other
    return supported
