"""Why something was refused and what to do about it, in every language."""

from typing import Any

from fusionlab.errors import FusionError
from fusionlab.words import Sentence, hint_in_all, in_all


def refused_view(error: FusionError) -> dict[str, Any]:
    """The error as JSON for the component in which it happened."""
    return reason_view(error.sentence)


def reason_view(why: Sentence) -> dict[str, Any]:
    """The reason as JSON for a component, with what can be done about it."""
    return {"message": in_all(why), "hint": hint_in_all(why)}
