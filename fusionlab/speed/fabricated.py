"""Models of some size whose numbers mean nothing: as much to read and to merge as real ones."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from fusionlab.speed.ratio import finished
from fusionlab.weights.checkpoint import DTYPES, Header
from fusionlab.weights.writing import header_bytes, written


@dataclass(frozen=True, slots=True)
class Shape:
    """A Llama."""

    layers: int
    hidden: int
    inner: int
    tokens: int
    dtype: str
    shard: int
    """Bytes of one file at most."""
    tied: bool = True


SMOLLM2 = Shape(30, 576, 1536, 49_152, "F32", 4_000_000_000)
LARGE = Shape(24, 1024, 4096, 64_000, "F32", 500_000_000)
"""Two gigabytes in several files."""
LLAMA_7B = Shape(32, 4096, 11_008, 32_000, "BF16", 5_000_000_000, tied=False)


def fabricated(folder: Path, shape: Shape, seed: int, *, hollow: bool = False) -> None:
    """The folder has a model of this shape; a hollow one has only its headers on the disk."""
    folder.mkdir()
    headers = list(_headers(shape))
    if hollow:
        with (folder / "model.safetensors").open("wb") as stream:
            start = stream.write(header_bytes(headers))
            stream.truncate(start + sum(each.bytes for each in headers))
    else:
        finished(written(folder, headers, _Numbers(headers, seed), "fabricating", shape.shard))
    (folder / "config.json").write_text(json.dumps(_config(shape)), encoding="utf-8")


class _Numbers:
    """Small random numbers for each tensor by its name."""

    def __init__(self, headers: list[Header], seed: int) -> None:
        self._headers = {each.name: each for each in headers}
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, name: str) -> list[torch.Tensor]:
        header = self._headers[name]
        drawn = torch.randn(math.prod(header.shape), generator=self._generator)
        return [drawn.mul_(0.02).to(DTYPES[header.dtype]).reshape(header.shape)]


def _headers(shape: Shape) -> Iterator[Header]:
    wide, inner = shape.hidden, shape.inner
    yield Header("model.embed_tokens.weight", shape.dtype, (shape.tokens, wide))
    for number in range(shape.layers):
        sizes = {
            **{f"self_attn.{name}_proj": (wide, wide) for name in "qkvo"},
            **{f"mlp.{name}_proj": (inner, wide) for name in ("gate", "up")},
            "mlp.down_proj": (wide, inner),
            **{f"{name}_layernorm": (wide,) for name in ("input", "post_attention")},
        }
        for name, size in sizes.items():
            yield Header(f"model.layers.{number}.{name}.weight", shape.dtype, size)
    yield Header("model.norm.weight", shape.dtype, (wide,))
    if not shape.tied:
        yield Header("lm_head.weight", shape.dtype, (shape.tokens, wide))


def _config(shape: Shape) -> dict[str, object]:
    heads = max(1, shape.hidden // 64)
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": shape.hidden,
        "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": heads,
        "num_key_value_heads": heads,
        "vocab_size": shape.tokens,
        "tie_word_embeddings": shape.tied,
    }
