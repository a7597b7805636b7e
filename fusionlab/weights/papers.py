"""What stands beside the weights of a model made of others: config, tokenizer, recipe, card."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fusionlab.builds import BuildRecipe, build_to_toml
from fusionlab.plans import Plan, Source
from fusionlab.sources.references import base_of
from fusionlab.sources.schemes import parse

BESIDE = (
    *("tokenizer*.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt"),
    *("merges.txt", "*.model", "*.tiktoken", "chat_template.jinja", "chat_template.json"),
    *("additional_chat_templates/*.jinja", "generation_config.json"),
)
"""Files of a source that the new model takes over as they are."""
LONGEST_ID = 40
"""Characters of a source's name in a new id."""


def put_beside(source: Path, config: Mapping[str, Any], folder: Path) -> None:
    """The folder has this config, and the tokenizer, templates and habits of the source."""
    text = json.dumps(config, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")
    for pattern in BESIDE:
        for file in source.glob(pattern):
            target = folder / file.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, target)


def recipe_text(
    builder: str, plan: Plan[Any], sources: Sequence[Source], settings: Mapping[str, Any]
) -> str:
    """As TOML, what the model was made of and how: it can be given to `fusionlab build` again."""
    return build_to_toml(BuildRecipe(builder, tuple(sources), dict(settings), plan.id))


def card_text(
    plan: Plan[Any], tags: Sequence[str], sections: Sequence[str], library: str = "transformers"
) -> str:
    """The model's card as Markdown, with the header that the hub reads."""
    bases = list(dict.fromkeys(name for ref in plan.lineage if (name := _hub_name(ref))))
    header = [
        "---",
        f"license: {plan.licence.lower() if ' ' not in plan.licence else 'other'}"
        if plan.licence
        else "license: unknown",
        f"library_name: {library}",
        "pipeline_tag: text-generation",
        f"tags: [{', '.join(('fusionlab', *tags))}]",
        *(["base_model:", *(f"- {name}" for name in bases)] if bases else []),
        f"model_name: {plan.id}",
        "---",
    ]
    return "\n\n".join(("\n".join(header), f"# {plan.id}", *sections)) + "\n"


def lineage_section(plan: Plan[Any], licences: Mapping[str, str]) -> str:
    """As Markdown, the models that it was made of, with their licences."""
    rows = [f"- `{short(ref)}`: {licences.get(ref) or 'licence unknown'}" for ref in licences]
    kept = f"licence {plan.licence}" if plan.licence else "no licence that is known"
    return "\n".join(("Made of:", "", *rows, "", f"The new model stands under {kept}."))


def joint_licence(licences: Sequence[str]) -> str:
    """The licence of a model made of these: all of theirs, or none where one is unknown."""
    if not all(licences):
        return ""
    return " AND ".join(dict.fromkeys(licences))


def short(ref: str) -> str:
    """The reference as strangers may read it: of a folder its name only."""
    parts = parse(ref)
    if parts.scheme not in ("path", "gguf"):
        return ref
    named = f"{parts.scheme}:{Path(parts.place).name}"
    return f"{named}+{Path(parts.adapter).name}" if parts.adapter else named


def slug(ref: str) -> str:
    """What of a reference can stand in an id."""
    name = short(ref).rpartition(":")[2].rpartition("/")[2].lower()
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:LONGEST_ID].strip("-") or "model"


def _hub_name(ref: str) -> str:
    """The name of the model on the hub; empty where it has none."""
    parts = parse(ref)
    if parts.scheme not in ("catalog", "hub"):
        return ""
    return base_of(ref).name
