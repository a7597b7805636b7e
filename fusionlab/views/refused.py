"""Why something was refused and what to do about it, in every language."""

from typing import Any

from fusionlab.errors import FusionError
from fusionlab.words import hint_in_all, in_all


def refused_view(error: FusionError) -> dict[str, Any]:
    """The error as JSON for the component in which it happened."""
    return {"message": in_all(error.sentence), "hint": hint_in_all(error.sentence)}
