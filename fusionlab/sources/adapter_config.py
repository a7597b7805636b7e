"""What peft's adapter_config.json asks for: only low-rank deltas beside a base that stays as it is.

Some initialisations (PiSSA, OLoRA, CorDA, LoftQ, LoRA-GA) take what an adapter begins with off the
base's weights. Such an adapter belongs to that other base: over the plain one its logits are off by
1 to 13, and nothing in its weights tells.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.reading import read_json, read_plain, reason

CONFIG = "adapter_config.json"
BASE_STAYS = ("true", "false", "gaussian", "orthogonal", "eva", "mica")
"""Values of `init_lora_weights` that leave the base's weights as they are."""
CONVERTED = ("pissa", "olora", "corda", "lora_ga")
"""Those after which peft can save an adapter as one that was begun plainly."""
NEUTRAL = frozenset(
    (
        *("auto_mapping", "base_model_name_or_path", "revision", "task_type"),
        *("peft_version", "inference_mode", "lora_dropout", "r"),
        *("lora_alpha", "init_lora_weights", "target_modules", "exclude_modules"),
        *("layers_to_transform", "layers_pattern", "eva_config", "corda_config"),
        *("lora_ga_config", "loftq_config", "runtime_config", "megatron_core"),
        "qalora_group_size",
    )
)
"""Settings that change nothing in how saved weights are computed with, or are checked apart."""
USUAL: Mapping[str, Any] = {"peft_type": "LORA", "bias": "none"}
"""Settings that are on, as they must be; every other must be off."""


def read_config(folder: Path) -> dict[str, Any]:
    """What the config says; raises SourceError where it cannot be read."""
    file = folder / CONFIG
    try:
        config = read_json(read_plain(file))
    except (OSError, ValueError) as cause:
        raise SourceError(
            "adapter-config-unreadable", file=str(file), said=reason(cause)
        ) from cause
    if not isinstance(config, dict):
        raise SourceError("adapter-config-of-another-form", file=str(file))
    return config


def plain_config(folder: Path) -> dict[str, Any]:
    """The config; raises SourceError where it asks for more than low-rank deltas.

    A setting that is not known here and not off is refused too: what it does cannot be told.
    """
    config = read_config(folder)
    kind = str(config.get("init_lora_weights", True)).lower()
    if kind not in BASE_STAYS:
        raise _other_base(folder, kind)
    for key, value in config.items():
        if key not in NEUTRAL and value and value != USUAL.get(key):
            raise SourceError(
                "adapter-setting-unsupported",
                folder=str(folder),
                setting=key,
                value=repr(value),
                usual=repr(USUAL.get(key, False)),
            )
    return config


def scale_of(folder: Path, config: dict[str, Any]) -> tuple[int, float]:
    """The rank of the adapter, and by what B(Ax) is multiplied."""
    rank: Any = config.get("r")
    alpha: Any = config.get("lora_alpha")
    numbers = isinstance(rank, int) and rank > 0 and isinstance(alpha, int | float)
    if numbers and math.isfinite(scale := alpha / rank):
        return rank, scale
    raise SourceError("adapter-rank", file=str(folder / CONFIG), rank=repr(rank), alpha=repr(alpha))


def _other_base(folder: Path, kind: str) -> SourceError:
    values = {"folder": str(folder), "begun": repr(kind), "plain": ", ".join(BASE_STAYS)}
    if kind.startswith(CONVERTED):
        return SourceError("adapter-of-a-changed-base-convertible", **values)
    return SourceError("adapter-of-a-changed-base", **values)
