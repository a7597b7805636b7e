"""Adapters of random weights for tiny models, written by peft itself."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

ALL = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def tiny_lora(
    base: Path,
    folder: Path,
    *,
    seed: int = 0,
    rank: int = 4,
    targets: tuple[str, ...] = ALL,
    name: str = "tiny",
    **config: Any,
) -> Path:
    """The folder of an adapter for the model in `base`, which it calls `name`."""
    model = peft_model(base, seed=seed, rank=rank, targets=targets, name=name, **config)
    model.save_pretrained(folder, save_embedding_layers=False)  # else peft asks the hub
    return folder


def peft_model(
    base: Path, *, seed: int, rank: int, targets: tuple[str, ...], name: str, **config: Any
) -> Any:
    """Base and adapter in peft; the deltas are as large as to change what is said."""
    lora = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(targets), **config)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), lora)
        for parameter in model.parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.2)
    lora.base_model_name_or_path = name
    return model.eval()
