"""Which models a model was made of, as far as its reference and its folder tell.

An adapter's ancestor is its base; a built model's are its sources, of an adapter the base first; a
model of the zoo has a recipe with its parent; a model of the hub may name its base in its card.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from fusionlab.errors import FusionError
from fusionlab.reading import read_text, read_toml
from fusionlab.sources.references import base_of, folder_here, spec_of
from fusionlab.sources.schemes import parse

FARTHEST = 32
"""Generations that are looked at."""


def parents_of(ref: str) -> tuple[str, ...] | None:
    """References of what the model was made of: none where it was trained from nothing.

    None where that is not known. Nothing is fetched for it.
    """
    try:
        if lineage := spec_of(ref).lineage:
            return lineage
        folder = folder_here(ref)
    except FusionError:
        return None
    if parse(ref).scheme == "zoo":
        return _recipe_parents(folder)
    return _card_parents(folder)


def ancestors_of(ref: str) -> list[str]:
    """The model itself, then its ancestors, the nearest first."""
    found = [ref.strip()]
    for each in found:  # it grows as it is walked
        if len(found) < FARTHEST:
            found += [parent for parent in parents_of(each) or () if parent not in found]
    return found


def roots_of(ref: str) -> set[str] | None:
    """The oldest ancestors; None where those of some model are not known."""
    roots = set()
    for each in ancestors_of(ref):
        parents = parents_of(each)
        if parents is None:
            return None
        if not parents:
            roots.add(each)
    return roots


def common_ancestor(refs: Sequence[str]) -> str | None:
    """The nearest model that all of these were made of, one of them perhaps; None if unknown."""
    lines = [ancestors_of(ref) for ref in refs]
    shared = [each for each in lines[0] if all(_holds(line, each) for line in lines[1:])]
    return shared[0] if shared else None


def are_related(first: str, second: str) -> bool | None:
    """Whether the two have an ancestor in common; None where that is not known."""
    if common_ancestor([first, second]):
        return True
    mine, theirs = roots_of(first), roots_of(second)
    return None if mine is None or theirs is None else not mine.isdisjoint(theirs)


def _holds(line: Sequence[str], ref: str) -> bool:
    names = set(_names(ref))
    return any(not names.isdisjoint(_names(each)) for each in line)


def _names(ref: str) -> Iterator[str]:
    """What a model may be called: its reference, and its name on the hub."""
    yield ref
    with suppress(FusionError):
        parts = parse(ref)
        if parts.scheme in ("catalog", "hub") and not parts.adapter:
            yield f"hub:{base_of(ref).name}"


def _recipe_parents(folder: Path) -> tuple[str, ...] | None:
    try:
        recipe = read_toml(read_text(folder / "recipe.toml"))
    except (OSError, ValueError):
        return None
    parent = recipe.get("parent")
    return (f"zoo/{parent}",) if parent else ()


def _card_parents(folder: Path) -> tuple[str, ...] | None:
    """The base that the card's header names; None where it names none, which tells nothing."""
    try:
        text = read_text(folder / "README.md")
        header: Any = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else None
    except (OSError, ValueError, IndexError, yaml.YAMLError):
        return None
    named = header.get("base_model") if isinstance(header, dict) else None
    names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return tuple(f"hub:{name}" for name in names if isinstance(name, str)) or None
