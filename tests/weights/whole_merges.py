"""Tiny models, and files of mergekit's that merge them: what it made of them is written down.

python -m venv mk && mk/bin/pip install mergekit==0.1.5
PYTHONPATH=. mk/bin/python -m tests.weights.whole_merges tests/weights/whole_merges.json
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from safetensors.torch import load_file, save_file

from tests.tiny import tiny_tokenizer

LAYERS, HIDDEN, INNER, TOKENS = 3, 8, 12, 320
NEW_TOKEN = "<|new|>"  # noqa: S105  it is a word, not a secret


def layer_shapes(prefix: str) -> dict[str, tuple[int, ...]]:
    """A Llama layer's tensors: two heads, one for keys and values."""
    return {
        f"{prefix}.input_layernorm.weight": (HIDDEN,),
        f"{prefix}.post_attention_layernorm.weight": (HIDDEN,),
        f"{prefix}.self_attn.q_proj.weight": (HIDDEN, HIDDEN),
        f"{prefix}.self_attn.k_proj.weight": (HIDDEN // 2, HIDDEN),
        f"{prefix}.self_attn.v_proj.weight": (HIDDEN // 2, HIDDEN),
        f"{prefix}.self_attn.o_proj.weight": (HIDDEN, HIDDEN),
        f"{prefix}.mlp.gate_proj.weight": (INNER, HIDDEN),
        f"{prefix}.mlp.up_proj.weight": (INNER, HIDDEN),
        f"{prefix}.mlp.down_proj.weight": (HIDDEN, INNER),
    }


def write_model(folder: Path, base: int, own: int, *, more: int = 0, tied: bool = False) -> Path:
    """The folder has a Llama of numbers drawn from `base`, and a third as large ones from `own`.

    Models of one base share what they have of it; `more` tokens are added to the vocabulary.
    """
    shapes = {"model.embed_tokens.weight": (TOKENS + more, HIDDEN), "model.norm.weight": (HIDDEN,)}
    shapes |= {} if tied else {"lm_head.weight": (TOKENS + more, HIDDEN)}
    for number in range(LAYERS):
        shapes |= layer_shapes(f"model.layers.{number}")
    weights = {}
    for place, (name, shape) in enumerate(sorted(shapes.items())):
        common = np.random.RandomState(1000 * base + place)
        theirs = np.random.RandomState(1000 * own + place)
        values = common.standard_normal(
            (TOKENS, HIDDEN) if len(shape) > 1 and shape[0] >= TOKENS else shape
        )
        if len(values) < shape[0]:
            values = np.concatenate([values, common.standard_normal((more, HIDDEN))])
        if own:
            values = values + theirs.standard_normal(shape) / 3
        weights[name] = torch.tensor(values, dtype=torch.float32) * 0.3
    folder.mkdir(parents=True)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens([NEW_TOKEN] if more else [])
    tokenizer.save_pretrained(folder)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 64,
        "vocab_size": TOKENS + more,
        "tie_word_embeddings": tied,
        "bos_token_id": None,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "torch_dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def write_models(folder: Path) -> None:
    """Under the folder stand the models that the files below speak of."""
    write_model(folder / "base", 1, 0)
    for number, name in enumerate(("one", "two", "three"), start=2):
        write_model(folder / name, 1, number)
    write_model(folder / "more", 1, 7, more=1)
    write_model(folder / "tied", 1, 8, tied=True)
    write_model(folder / "tied-too", 1, 9, tied=True)


ONE, TWO, THREE = ({"model": name} for name in ("one", "two", "three"))
CURVE = [{"filter": "self_attn", "value": [0, 0.5, 1]}, {"filter": "mlp", "value": [1, 0]}]


def weighted(*values: Any, **more: Any) -> list[dict[str, Any]]:
    """The models one, two and three with these weights."""
    names = ("one", "two", "three")
    return [
        {"model": name, "parameters": {"weight": value, **more}}
        for name, value in zip(names, values, strict=False)
    ]


def based(method: str, models: list[dict[str, Any]], **parameters: Any) -> dict[str, Any]:
    """A merge of models with a base."""
    merge = {"merge_method": method, "base_model": "base", "models": models, "dtype": "float32"}
    return {**merge, **({"parameters": parameters} if parameters else {})}


def cut(first: int, last: int, *models: str, **parameters: Any) -> dict[str, Any]:
    """A slice of the same layers of several models."""
    sources = [{"model": model, "layer_range": [first, last]} for model in models]
    return {"sources": sources, **({"parameters": parameters} if parameters else {})}


LAMBDA: dict[str, Any] = {"lambda": 0.7, "int8_mask": True}
WITHOUT_OUTPUT = [{"filter": "o_proj", "value": 0.0}, {"value": 1.0}]
MORE = {"model": "more", "parameters": {"weight": 2}}
MORE_HALF = {"model": "more", "parameters": {"weight": 0.5}}
FILES: Mapping[str, dict[str, Any]] = {
    "linear": {"merge_method": "linear", "models": weighted(1, 0.5, 2), "dtype": "float32"},
    "linear by filter": {
        "merge_method": "linear",
        "models": weighted([{"filter": "mlp", "value": 0.2}, {"value": 1}], [0.1, 0.9, 0.3]),
    },
    "linear of tied": {
        "merge_method": "linear",
        "models": [{"model": "tied"}, {"model": "tied-too"}],
        "parameters": {"weight": 1},
    },
    "slerp": {
        "merge_method": "slerp",
        "base_model": "one",
        "models": [ONE, TWO],
        "parameters": {"t": [*CURVE, {"value": 0.3}]},
        "dtype": "float32",
    },
    "slerp of slices": {
        "merge_method": "slerp",
        "base_model": "two",
        "slices": [cut(0, 3, "one", "two")],
        "parameters": {"t": [0.1, 0.8]},
    },
    "ties": based("ties", weighted(1, 0.5, 2, density=0.5), normalize=True),
    "ties with lambda": based("ties", weighted([0, 1], 1, density="5e-1"), **LAMBDA),
    "dare_ties": based("dare_ties", weighted(0.6, 0.4, density=1.0)),
    "della": based("della", weighted(0.6, 0.4, 1, density=1.0)),
    "breadcrumbs": based("breadcrumbs_ties", weighted(1, 0.5, density=0.5, gamma=0.1)),
    "task_arithmetic": based(
        "task_arithmetic", [{"model": "base"}, *weighted([*CURVE, {"value": 0.5}], 1)]
    ),
    "rescaled": based("breadcrumbs", weighted(1, 0.5, density=0.6, gamma=0.05), rescale=True),
    "sce": based("sce", [ONE, TWO, THREE], select_topk=0.4),
    "model_stock": based("model_stock", [ONE, TWO]),
    "nuslerp": {
        "merge_method": "nuslerp",
        "models": weighted(1, 3),
        "parameters": {"nuslerp_flatten": False},
    },
    "multislerp": based("multislerp", weighted(1, 0.5, 2)),
    "karcher": {"merge_method": "karcher", "models": [ONE, TWO, THREE]},
    "nearswap": based("nearswap", [ONE], t=0.01),
    "ramplus": based("ramplus_tl", [ONE, TWO, THREE], epsilon=0.05, alpha=0.5),
    "arcee_fusion": based("arcee_fusion", [ONE]),
    "stacked": {
        "merge_method": "passthrough",
        "slices": [cut(0, 2, "one"), cut(1, 3, "two", scale=WITHOUT_OUTPUT)],
        "dtype": "float32",
    },
    "stacked and merged": {
        "merge_method": "linear",
        "slices": [cut(0, 2, "one", "two", weight=1.0), cut(1, 3, "two", "three", weight=[0.5, 2])],
    },
    "union of tokens": {
        **based("linear", [{"model": "base", "parameters": {"weight": 1}}, *weighted(1), MORE]),
        "tokenizer_source": "union",
    },
    "tokens of the base": {
        **based("ties", [*weighted(1), MORE], density=0.8),
        "tokenizer_source": "base",
    },
    "padded": {
        **based("task_arithmetic", [*weighted(1), MORE_HALF]),
        "tokenizer": {"source": "union", "pad_to_multiple_of": 16},
    },
    "in bfloat16": {
        "merge_method": "linear",
        "models": weighted(1, 0.5),
        "dtype": "float32",
        "out_dtype": "bfloat16",
    },
}


def told(folder: Path) -> dict[str, list[Any]]:
    """Of each tensor in the folder: its kind, its shape, sums, and some of its numbers."""
    found = {}
    for file in sorted(folder.glob("*.safetensors")):
        for name, tensor in load_file(file).items():
            flat = tensor.double().reshape(-1)
            at = torch.linspace(0, len(flat) - 1, 6).long()
            numbers = [flat.sum(), flat.abs().sum(), flat.square().sum(), *flat[at]]
            rounded = [float(f"{float(number):.8g}") for number in numbers]
            found[name] = [str(tensor.dtype), list(tensor.shape), rounded]
    return dict(sorted(found.items()))


def main(place: Path) -> None:
    """The file has what mergekit makes of the models by each file."""
    from mergekit.config import MergeConfiguration  # type: ignore[import-not-found]
    from mergekit.merge import run_merge  # type: ignore[import-not-found]
    from mergekit.options import MergeOptions  # type: ignore[import-not-found]

    frozen = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_models(folder)
        os.chdir(folder)
        for name, file in FILES.items():
            out = folder / "out" / name
            merge = MergeConfiguration.model_validate(yaml.safe_load(yaml.safe_dump(file)))
            run_merge(merge, str(out), MergeOptions(quiet=True, write_model_card=False))
            config = json.loads((out / "config.json").read_text())
            keys = ("num_hidden_layers", "vocab_size", "tie_word_embeddings")
            frozen[name] = {"config": {k: config[k] for k in keys}, "tensors": told(out)}
    lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in frozen.items()]
    place.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
