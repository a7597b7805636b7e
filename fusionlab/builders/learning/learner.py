"""A model that is to learn further: what it reads, what learning takes, how large an adapter is."""

from importlib.util import find_spec

from fusionlab.builders.learning.trained import base_ref
from fusionlab.errors import SourceError
from fusionlab.plans import Finding
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.sources.references import base_of
from fusionlab.weights.checkpoint import headers_in
from fusionlab.weights.opened import Opened

RATES = {"continue": 1e-4, "instruct": 5e-5, "prefer": 5e-6}
"""The learning rate by default; of an adapter or of routers `LORA_RATE` times that."""
LORA_RATE = 10
NUMBERS = 4
"""Of 4 bytes each, for every number that is trained: itself, its gradient, Adam's two means."""
CHECKPOINTED = 3
"""Of these, what a checkpoint holds."""
RANKS = 256
"""The largest rank of an adapter."""
ADAPTED = tuple(range(1, RANKS + 1))
"""Ranks of adapters, where there is one."""
USUAL_LENGTH = 512


def context_of(source: Opened) -> int:
    """The tokens that the model reads; 0 where its config does not say."""
    told = source.config.get("max_position_embeddings")
    return told if isinstance(told, int) else 0


def without_adapters(source: Opened) -> list[Finding]:
    """What keeps an adapter from being trained."""
    if find_spec("peft") is None:
        return [Finding.of("refused", "train-needs-peft")]
    try:
        base_of(base_ref(source))
    except SourceError as error:
        return [Finding("refused", error.sentence)]
    return []


def adapter_size(source: Opened, rank: int) -> int:
    """The numbers in the source's adapter, or in one of this rank on every matrix of the layers."""
    if source.adapter is not None:
        return sum(each.elements for each in headers_in(source.adapter / WEIGHTS))
    headers = source.weights.tensors
    shapes = [headers[name].shape for layer in source.layers for name in layer.values()]
    return sum(rank * sum(shape) for shape in shapes if len(shape) == 2)
