"""Why something was refused and what to do about it, in every language."""

from typing import Any

from fusionlab.errors import FusionError, RecipeError
from fusionlab.words import Sentence, hint_in_all, in_all

FIELDS = ("setting", "option", "source", "value")
"""Values of a sentence that name a field of a form, or say what stands in it."""


def refused_view(error: FusionError) -> dict[str, Any]:
    """The error as JSON for the component in which it happened.

    Where it is about one setting, or an option of a source, `field` names that, so that a form can
    mark it.
    """
    view, values = reason_view(error.sentence), error.sentence.values
    of = {name: str(values[name]) for name in FIELDS if name in values}
    if isinstance(several := values.get("settings"), tuple) and several:
        of["setting"] = str(several[0])
    named = isinstance(error, RecipeError) and ("setting" in of or "option" in of)
    return view | ({"field": of} if named else {})


def reason_view(why: Sentence) -> dict[str, Any]:
    """The reason as JSON for a component, with what can be done about it."""
    return {"message": in_all(why), "hint": hint_in_all(why)}
