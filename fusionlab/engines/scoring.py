"""What a model expects of a text that is given: log-probabilities, token by token."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.lora import adding, mixed
from fusionlab.engines.onnx import OnnxModel
from fusionlab.engines.passes import passing
from fusionlab.engines.transformers import TransformersModel
from fusionlab.models.base import Message, no_number

TOGETHER = 256
"""Tokens that are read in one pass, so that the logits of a large vocabulary fit in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A text as a model read it."""

    ids: tuple[int, ...]
    """Its tokens, as far as they fit the model's context and follow some other."""
    logprobs: Float[Tensor, "token vocab"]
    """Of every token of the vocabulary in the place of each, in fp32."""
    bytes: int
    """Of the text that these tokens are."""

    @property
    def nats(self) -> float:
        """The negative log-probability of the text; NaN where the model gave no numbers."""
        picked = self.logprobs[range(len(self.ids)), list(self.ids)]
        return -float(picked.double().sum())

    @property
    def chance(self) -> float:
        """The same of whoever takes all tokens to be equally probable."""
        return len(self.ids) * math.log(self.logprobs.shape[-1])


def scored(model: TransformersModel, asked: Sequence[tuple[str, str]]) -> Iterator[Scored]:
    """How the model reads each text, given as the prompt before it, which may be empty, and itself.

    Without a prompt the token that begins or ends documents comes before the text; a model that has
    neither is given the text's first token. Raises MemberError where a pass fails.
    """
    rows = [_row(model, *each) for each in asked]
    for batch in _batches(rows):
        width = max(len(row.before) + len(row.ids) for row in batch)
        # What a causal model says of a token does not depend on what fills the row up behind it.
        ids = [[*row.before, *row.ids] for row in batch]
        logits = _logits(model, [row + row[-1:] * (width - len(row)) for row in ids])
        for row, said in zip(batch, logits, strict=True):
            first = len(row.before) - 1
            own = said[first : first + len(row.ids)].float().cpu()
            yield Scored(row.ids, torch.log_softmax(own, dim=-1), row.bytes)


LEAST = -1_000.0
"""Told of a token that a model forbids, whose log-probability is no number."""


def token_logprobs(
    model: TransformersModel | OnnxModel, before: Sequence[int], ids: Sequence[int]
) -> list[float]:
    """The log-probability of each of these tokens, in nats, after all before it, at least one.

    Raises MemberError where the pass fails or gives no numbers.
    """
    own = next_logprobs(model, before, ids)
    picked = own[range(len(ids)), list(ids)].clamp(min=LEAST)
    found: list[float] = picked.tolist()
    return found


def next_logprobs(
    model: TransformersModel | OnnxModel, before: Sequence[int], ids: Sequence[int]
) -> Float[Tensor, "token vocab"]:
    """Log-probabilities, in nats, in the place of each of these tokens, after all before it.

    `before` has at least one token. Raises MemberError where the pass fails or gives no numbers.
    """
    text = [*before, *ids]
    read = (
        torch.cat([*model.each(text)])
        if isinstance(model, OnnxModel)
        else _logits(model, [text])[0]
    )
    logits = read[len(before) - 1 : -1]
    if logits.isnan().any():
        raise no_number(model.spec.id)
    return torch.log_softmax(logits.float(), dim=-1).cpu()


def text_ids(model: TransformersModel, text: str) -> tuple[Sequence[int], Sequence[int]]:
    """What comes before a text by itself, and its tokens, as far as they fit the context."""
    row = _row(model, "", text)
    return row.before, row.ids


@dataclass(frozen=True, slots=True)
class _Row:
    before: tuple[int, ...]
    ids: tuple[int, ...]
    bytes: int


def _row(model: TransformersModel, asked: str, text: str) -> _Row:
    tokenizer = model.tokenizer
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, ends = list(encoded["input_ids"]), [end for _, end in encoded["offset_mapping"]]
    before = model.encode([Message("user", asked)]) if asked else _beginning(tokenizer)
    start = 0
    if not before:
        before, ids, start, ends = ids[:1], ids[1:], ends[0], ends[1:]
    ids = ids[: max(0, model.context - len(before))]
    spoken = text[start : ends[len(ids) - 1]] if ids else ""
    return _Row(tuple(before), tuple(ids), len(spoken.encode()))


def _batches(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """The rows in their order, as many together as make up `TOGETHER` tokens."""
    batch: list[_Row] = []
    width = 0
    for row in rows:
        width = max(width, len(row.before) + len(row.ids))
        if batch and width * (len(batch) + 1) > TOGETHER:
            yield batch
            batch, width = [], len(row.before) + len(row.ids)
        batch.append(row)
    if batch:
        yield batch


def kl(
    p: Float[Tensor, "token vocab"], q: Float[Tensor, "token vocab_q"]
) -> Float[Tensor, " token"]:
    """The divergence KL(p ‖ q) in nats at each token; of padded vocabularies what both have.

    It is no number where p or q is none.
    """
    width = min(p.shape[-1], q.shape[-1])
    p, q = (torch.log_softmax(each[:, :width].double(), dim=-1) for each in (p, q))
    summed = torch.where(p.isneginf(), torch.zeros_like(p), p.exp() * (p - q)).sum(dim=-1)
    return summed.clamp(min=0)


def _beginning(tokenizer: Any) -> list[int]:
    """The token that stands before a document, where there is one."""
    known = (tokenizer.bos_token_id, tokenizer.eos_token_id)
    return [each for each in known if each is not None][:1]


@torch.inference_mode()
def _logits(
    model: TransformersModel, rows: Sequence[Sequence[int]]
) -> Float[Tensor, "row token vocab"]:
    own = None if model.adapter is None else mixed([model.adapter])
    with passing(model.model, len(rows), len(rows[0])), adding(own):
        ids = model.network().tensor(rows)
        logits: Tensor = model.model(input_ids=ids, use_cache=False).logits
    return logits
