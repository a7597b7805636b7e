"""What stands beside merged weights: the donor's files, with a new vocabulary and template."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.checkups import TEMPLATE, template_in
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import put_beside
from fusionlab.weights.vocabularies import Alignment, write_tokenizer

TORCH_NAMES: Mapping[str, str] = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def put_merged_beside(
    blueprint: Blueprint,
    sources: Sequence[Opened],
    alignment: Alignment | None,
    config: Mapping[str, Any],
    folder: Path,
) -> None:
    """The folder has this config, and the tokenizer and chat template that the blueprint wants."""
    named = blueprint.tokenizer not in ("", "base", "union")
    donor = sources[int(blueprint.tokenizer) if named else blueprint.donor]
    put_beside(donor.folder, _of_dtype(config, blueprint.dtype), folder)
    if alignment is not None:
        write_tokenizer(alignment, folder, sources)
    if template := _template(blueprint, sources):
        (folder / TEMPLATE).write_text(template, encoding="utf-8")


def _of_dtype(config: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The config says what its numbers are; both names are in use for that."""
    if not dtype:
        return dict(config)
    keys = [key for key in ("dtype", "torch_dtype") if key in config] or ["dtype"]
    return {**config, **dict.fromkeys(keys, TORCH_NAMES[dtype])}


def _template(blueprint: Blueprint, sources: Sequence[Opened]) -> str:
    """The chat template instead of the donor's; with `auto` the one that most models have."""
    if blueprint.chat_template != "auto":
        return blueprint.chat_template
    found = Counter(filter(None, (template_in(source.folder) for source in sources)))
    return found.most_common(1)[0][0] if found else ""
