"""What routers decided, as facts: layers alike and many tokens at a time, from lists of numbers."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from fusionlab.events import LayerRouting
from fusionlab.experts.routing import Routing

DIGITS = 6
"""Decimals of reported numbers."""


def layer_routings(layers: Sequence[Routing], tokens: slice) -> list[tuple[LayerRouting, ...]]:
    """The decision of every layer for each of these tokens of the pass, experts by weight."""
    alike: dict[Any, list[int]] = {}
    for at, layer in enumerate(layers):
        alike.setdefault(_form(layer), []).append(at)
    reported: dict[int, list[LayerRouting]] = {}
    for places in alike.values():
        reported |= zip(places, _reported([layers[at] for at in places], tokens), strict=True)
    return list(zip(*(reported[at] for at in range(len(layers))), strict=True))


def _form(layer: Routing) -> tuple[Any, ...]:
    """What layers have in common that can be read together."""
    logits, own = layer.logits, layer.own
    of_own = None if own is None else own.shape
    return logits.shape, layer.chosen.shape, of_own, logits.dtype, logits.device


def _reported(layers: Sequence[Routing], tokens: slice) -> Iterator[list[LayerRouting]]:
    """The decisions of layers alike, read together and from lists: single numbers are slow."""
    logits = _stacked([layer.logits for layer in layers], tokens)
    probs = logits.softmax(dim=-1, dtype=torch.float64).round(decimals=DIGITS).tolist()
    shares = _stacked([layer.weights for layer in layers], tokens)
    weights = shares.double().round(decimals=DIGITS).tolist()
    chosen = _stacked([layer.chosen for layer in layers], tokens).tolist()
    owns = [layer.own for layer in layers if layer.own is not None]
    own = _stacked(owns, tokens).tolist() if owns else chosen
    for layer, *said in zip(layers, probs, weights, chosen, own, strict=True):
        yield [_of_token(layer, *each) for each in zip(*said, strict=True)]


def _stacked(parts: Sequence[Tensor], tokens: slice) -> Tensor:
    """Of the tokens, those in question, layer by layer."""
    stacked = torch.stack(list(parts))
    whole = tokens.indices(stacked.shape[1]) == (0, stacked.shape[1], 1)
    return stacked if whole else stacked[:, tokens]


def _of_token(
    layer: Routing,
    probs: list[float],
    weights: list[float],
    chosen: list[int],
    own: Sequence[int],
) -> LayerRouting:
    if sorted(weights, reverse=True) != weights:
        best = sorted(zip(weights, chosen, strict=True), key=itemgetter(0), reverse=True)
        weights, chosen = [weight for weight, _ in best], [expert for _, expert in best]
    return LayerRouting(
        layer.layer,
        tuple(chosen),
        tuple(weights),
        tuple(probs),
        tuple(own) if own != chosen and sorted(own) != sorted(chosen) else (),
        layer.steered,
        layer.shared,
    )
