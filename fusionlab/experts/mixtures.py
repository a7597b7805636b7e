"""Tells from a model's configuration whether it is a mixture of experts; loads nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusionlab.reading import read_json, read_plain
from fusionlab.sources.schemes import built, zoo

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
    """References of the mixtures on this machine, of the zoo and built."""
    small = {zoo.PREFIX + name: zoo.zoo_folder(name) for name in zoo.zoo_names()}
    made = {built.PREFIX + name: built.built_folder(name) for name in built.built_names()}
    return tuple(ref for ref, folder in (small | made).items() if has_experts(_config(folder)))


def _config(folder: Path) -> dict[str, Any]:
    """What the configuration says; nothing where it cannot be read."""
    try:
        config = read_json(read_plain(folder / "config.json"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}
