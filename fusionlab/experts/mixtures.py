"""Tells from a model's configuration whether it is a mixture of experts; loads nothing."""

from collections.abc import Mapping
from typing import Any

from fusionlab.reading import read_json, read_plain
from fusionlab.sources.schemes.zoo import PREFIX as ZOO
from fusionlab.sources.schemes.zoo import zoo_folder, zoo_names

EXPERT_COUNTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
"""Names of the number of experts in a layer, in configurations."""


def has_experts(config: Mapping[str, Any]) -> bool:
    """Whether a configuration, or its text part, gives a number of experts."""
    counts = [config.get(key) for key in EXPERT_COUNTS]
    text = config.get("text_config")
    return any(isinstance(count, int) and count > 0 for count in counts) or (
        isinstance(text, Mapping) and has_experts(text)
    )


def known_mixtures() -> tuple[str, ...]:
    """References of the zoo's mixtures that are on this machine."""
    return tuple(ZOO + name for name in zoo_names() if has_experts(_config(name)))


def _config(name: str) -> dict[str, Any]:
    """The zoo model's configuration; empty if it cannot be read."""
    try:
        config = read_json(read_plain(zoo_folder(name) / "config.json"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}
