"""The tiny model under a tokenizer that numbers its tokens otherwise."""

import random
from dataclasses import replace
from pathlib import Path

import torch

from fusionlab.models.base import Prompt
from tests.counted import Counted, counted


class Relabelled(Counted):
    """`order[new]` is the id that a token has in the folder."""

    order: list[int]

    def encode(self, prompt: Prompt) -> list[int]:
        return [self.order.index(token) for token in super().encode(prompt)]


def relabelled(folder: Path, name: str, seed: int = 0) -> Relabelled:
    """The model in the folder, its ids shuffled; it expects the same texts."""
    plain = counted(folder, name)
    model = Relabelled(plain.spec, plain.model, plain.tokenizer)
    known = model.vocabulary
    order = list(range(len(known.pieces)))
    random.Random(seed).shuffle(order)
    model.order = order
    tokenised = known.tokenised
    assert tokenised is not None
    model.vocabulary = replace(
        known,
        pieces=tuple(known.pieces[token] for token in order),
        ends=frozenset(order.index(token) for token in known.ends),
        special=frozenset(order.index(token) for token in known.special),
        tokenised=lambda text: [order.index(token) for token in tokenised(text)],
    )
    with torch.no_grad():
        for embedding in (model.model.model.embed_tokens, model.model.lm_head):
            embedding.weight.copy_(embedding.weight[order].clone())
    return model
