"""The turns of a conversation before the question, for the page."""

from dataclasses import asdict
from typing import Any

from fusionlab.events import well_formed
from fusionlab.recipe import Recipe


def turns_view(recipe: Recipe) -> dict[str, Any]:
    """The earlier turns of the recipe's conversation as JSON."""
    view: dict[str, Any] = well_formed({"turns": [asdict(turn) for turn in recipe.request.earlier]})
    return view
