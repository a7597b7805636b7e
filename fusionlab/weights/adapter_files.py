"""An adapter's files as peft has them: adapter_config.json, and factors by their modules.

The scale is in the factors: α is r in every projection. Where ranks differ, `rank_pattern` and
`alpha_pattern` say so, by whole names of projections; https://huggingface.co/docs/peft.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from fusionlab.sources.adapter_config import CONFIG
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.weights.folding import PREFIX, LowRank


def write_adapter(
    folder: Path, parts: Iterable[LowRank], base: str, every: Iterable[str], dtype: torch.dtype
) -> None:
    """The folder holds the adapter for peft; `every` are the names of all of the base's tensors."""
    tensors: dict[str, Tensor] = {}
    ranks = {}
    for part in parts:
        tensors[f"{PREFIX}{part.module}.lora_A.weight"] = part.a.to(dtype).contiguous()
        tensors[f"{PREFIX}{part.module}.lora_B.weight"] = part.b.to(dtype).contiguous()
        ranks[part.module] = len(part.a)
    text = json.dumps(peft_config(ranks, base, every), indent=2, sort_keys=True)
    (folder / CONFIG).write_text(text + "\n", encoding="utf-8")
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def peft_config(ranks: Mapping[str, int], base: str, every: Iterable[str]) -> dict[str, Any]:
    """What adapter_config.json says of an adapter of these ranks, by projection."""
    ((usual, _),) = Counter(ranks.values()).most_common(1)
    others = {re.escape(name): rank for name, rank in ranks.items() if rank != usual}
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "inference_mode": True,
        "r": usual,
        "lora_alpha": usual,
        "rank_pattern": others,
        "alpha_pattern": others,
        "target_modules": _targets(ranks, every),
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "init_lora_weights": True,
        "modules_to_save": None,
        "use_dora": False,
        "use_rslora": False,
    }


def _targets(modules: Iterable[str], every: Iterable[str]) -> list[str]:
    """The projections by the last part of their names, if that means no others; else by all of it.

    peft takes every module whose name ends so.
    """
    named = set(modules)
    kinds = {_kind(name) for name in named}
    alike = Counter(_kind(name.removesuffix(".weight")) for name in every)
    if sum(alike[kind] for kind in kinds) == len(named):
        return sorted(kinds)
    return sorted(named)


def _kind(name: str) -> str:
    return name.rpartition(".")[2]
