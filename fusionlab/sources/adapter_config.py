"""What peft's adapter_config.json asks for: only low-rank deltas beside a base that stays as it is.

Some initialisations (PiSSA, OLoRA, CorDA, LoftQ, LoRA-GA) take what an adapter begins with off the
base's weights. Such an adapter belongs to that other base: over the plain one its logits are off by
1 to 13, and nothing in its weights tells.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fusionlab.errors import SourceError
from fusionlab.reading import read_json, read_plain, reason

N = TypeVar("N", int, float)
CONFIG = "adapter_config.json"
BASE_STAYS = ("true", "false", "gaussian", "orthogonal", "eva", "mica")
"""Values of `init_lora_weights` that leave the base's weights as they are."""
CONVERTED = ("pissa", "olora", "corda", "lora_ga")
"""Those after which peft can save an adapter as one that was begun plainly."""
NEUTRAL = frozenset(
    (
        *("auto_mapping", "base_model_name_or_path", "revision", "task_type"),
        *("peft_version", "inference_mode", "lora_dropout", "r"),
        *("lora_alpha", "rank_pattern", "alpha_pattern", "use_rslora"),
        *("init_lora_weights", "target_modules", "exclude_modules"),
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


@dataclass(frozen=True, slots=True)
class Scales:
    """By what B(Ax) is multiplied in each projection: α ÷ r, or α ÷ √r as rsLoRA has it.

    Rank-stabilised LoRA: https://arxiv.org/abs/2312.03732.
    """

    rank: int
    alpha: float
    ranks: Mapping[str, int]
    """Of projections that have another, by patterns; so are the next."""
    alphas: Mapping[str, float]
    stabilised: bool

    def rank_of(self, module: str) -> int:
        """The rank of the projection of this name in the base."""
        return _of_pattern(self.ranks, module, self.rank)

    def of(self, module: str) -> float:
        """By what the projection of this name multiplies."""
        rank = self.rank_of(module)
        return _of_pattern(self.alphas, module, self.alpha) / (
            math.sqrt(rank) if self.stabilised else rank
        )


def scales_of(folder: Path, config: Mapping[str, Any]) -> Scales:
    """The ranks of the adapter and its scales; raises SourceError where they are no numbers."""
    rank: Any = config.get("r")
    alpha: Any = config.get("lora_alpha")
    ranks: Any = config.get("rank_pattern") or {}
    alphas: Any = config.get("alpha_pattern") or {}
    if (
        (_are_patterns(ranks) and _are_patterns(alphas))
        and all(map(_is_rank, (rank, *ranks.values())))
        and all(map(_is_number, (alpha, *alphas.values())))
    ):
        return Scales(rank, alpha, ranks, alphas, bool(config.get("use_rslora")))
    told = {"rank": _told(rank, ranks), "alpha": _told(alpha, alphas)}
    raise SourceError("adapter-rank", file=str(folder / CONFIG), **told)


def _of_pattern(patterns: Mapping[str, N], module: str, usual: N) -> N:
    """The value of the first pattern that the end of the module's name fits, as peft takes it."""
    for pattern, value in patterns.items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            return value
    return usual


def _are_patterns(values: Any) -> bool:
    try:
        return isinstance(values, Mapping) and all(re.compile(each) for each in values)
    except re.error:
        return False


def _is_rank(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_number(value: Any) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value)


def _told(value: Any, pattern: Any) -> str:
    return f"{value!r}, {pattern!r}" if pattern else repr(value)


def _other_base(folder: Path, kind: str) -> SourceError:
    values = {"folder": str(folder), "begun": repr(kind), "plain": ", ".join(BASE_STAYS)}
    if kind.startswith(CONVERTED):
        return SourceError("adapter-of-a-changed-base-convertible", **values)
    return SourceError("adapter-of-a-changed-base", **values)
