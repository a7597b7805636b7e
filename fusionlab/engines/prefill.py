"""What a model expects after each token of a sequence, in one reading of it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.lora import adding, mixed
from fusionlab.engines.onnx import OnnxModel
from fusionlab.engines.passes import passing
from fusionlab.engines.transformers import TransformersModel
from fusionlab.models.base import LogitModel, no_number

AT_ONCE = 1 << 26
"""Logits that are in memory together: in fp32 a quarter of a gigabyte."""
ROWS = 32
"""That are read in one pass, at most."""


def prefilled(model: LogitModel, ids: Sequence[int]) -> Iterator[Float[Tensor, "token vocab"]]:
    """Logits after each of the ids in fp32, as many tokens at once as fit `AT_ONCE`.

    Every token is read once: in one pass, or where the vocabulary is large, in a few over one KV
    cache; engines that give the last position only take one pass a token. Raises MemberError.
    """
    if isinstance(model, TransformersModel):
        parts = _in_passes(model, ids)
    elif isinstance(model, OnnxModel):
        parts = model.each(ids)
    else:
        parts = _one_by_one(model, ids)
    for part in parts:
        _check_numbers(model, part)
        yield part


def prefilled_rows(
    model: LogitModel, rows: Sequence[Sequence[int]]
) -> Iterator[Iterator[Float[Tensor, "token vocab"]]]:
    """The same of each row in turn; rows that follow one another share a pass where they fit one.

    Raises MemberError.
    """
    if not (isinstance(model, TransformersModel) and model.takes_padding):
        yield from (prefilled(model, ids) for ids in rows)
        return
    for some in _groups(rows, max(1, AT_ONCE // len(model.vocabulary.pieces))):
        if len(some) == 1:
            yield prefilled(model, some[0])
            continue
        width = max(map(len, some))
        pad = model.tokenizer.pad_token_id or 0
        # Padding is on the right and attention is causal: no token of a row sees any of it.
        logits = _logits(model, [[*ids, *[pad] * (width - len(ids))] for ids in some])
        for ids, own in zip(some, logits, strict=True):
            _check_numbers(model, own[: len(ids)])
            yield iter([own[: len(ids)]])


def _groups(rows: Sequence[Sequence[int]], most: int) -> Iterator[list[Sequence[int]]]:
    """Rows that follow one another, together at most so many tokens with their padding."""
    some: list[Sequence[int]] = []
    for ids in rows:
        width = max(len(ids), *map(len, some)) if some else len(ids)
        if some and ((len(some) + 1) * width > most or len(some) == ROWS):
            yield some
            some = []
        some.append(ids)
    if some:
        yield some


def _check_numbers(model: LogitModel, logits: Float[Tensor, "token vocab"]) -> None:
    """Raises MemberError where one is no number."""
    # The largest is no finite number where any is NaN or +∞; −∞ alone forbids a token.
    if not logits.amax(dim=-1).isfinite().all():
        raise no_number(model.spec.id)


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


@torch.inference_mode()
def _logits(
    model: TransformersModel, rows: Sequence[Sequence[int]]
) -> Float[Tensor, "row token vocab"]:
    own = None if model.adapter is None else mixed([model.adapter] * len(rows))
    with passing(model.model, len(rows), len(rows[0])), adding(own):
        ids = model.network().tensor(rows)
        logits: Tensor = model.model(input_ids=ids, use_cache=False).logits
    return logits.float()


def _one_by_one(model: LogitModel, ids: Sequence[int]) -> Iterator[Float[Tensor, "token vocab"]]:
    with closing(model.open([ids[:1]])) as rows:
        yield rows.logits()
        for token in ids[1:]:
            rows.feed([[token]])
            yield rows.logits()
