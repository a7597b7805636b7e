"""What a model expects after each token of a sequence, in one reading of it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.lora import adding, mixed
from fusionlab.engines.passes import passing
from fusionlab.engines.transformers import TransformersModel
from fusionlab.models.base import LogitModel, no_number

AT_ONCE = 1 << 26
"""Logits that are in memory together: in fp32 a quarter of a gigabyte."""


def prefilled(model: LogitModel, ids: Sequence[int]) -> Iterator[Float[Tensor, "token vocab"]]:
    """Logits after each of the ids in fp32, as many tokens at once as fit `AT_ONCE`.

    Every token is read once: in one pass, or where the vocabulary is large, in a few over one KV
    cache; engines that give the last position only take one pass a token. Raises MemberError.
    """
    if isinstance(model, TransformersModel):
        parts = _in_passes(model, ids)
    else:
        parts = _one_by_one(model, ids)
    for part in parts:
        # The largest is no finite number where any is NaN or +∞; −∞ alone forbids a token.
        if not part.amax(dim=-1).isfinite().all():
            raise no_number(model.spec.id)
        yield part


def _in_passes(
    model: TransformersModel, ids: Sequence[int]
) -> Iterator[Float[Tensor, "token vocab"]]:
    network = model.network()
    width = max(1, AT_ONCE // len(model.vocabulary.pieces)) if network.continues else len(ids)
    if len(ids) <= width:
        yield _read(model, ids, None)[1]
        return
    cache = None
    for start in range(0, len(ids), width):
        cache, logits = _read(model, ids[start : start + width], cache, keep=True)
        yield logits


@torch.inference_mode()
def _read(
    model: TransformersModel, ids: Sequence[int], cache: Any, *, keep: bool = False
) -> tuple[Any, Float[Tensor, "token vocab"]]:
    own = None if model.adapter is None else mixed([model.adapter])
    with passing(model.model, 1, len(ids)), adding(own):
        row = model.network().tensor([ids])
        out = model.model(input_ids=row, cache=cache, use_cache=keep)
    return out.get("cache"), out.logits[0].float()


def _one_by_one(model: LogitModel, ids: Sequence[int]) -> Iterator[Float[Tensor, "token vocab"]]:
    with closing(model.open([ids[:1]])) as rows:
        yield rows.logits()
        for token in ids[1:]:
            rows.feed([[token]])
            yield rows.logits()
