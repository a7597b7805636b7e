"""What a browser remembers of its last results, so that its page can be loaded again.

The browser has only what was asked and the name under which `Downloads.keep` has the result; it is
its word, so all of it is checked.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

PRESET = "preset:"
"""How the name of a recorded run begins that came with the app."""

How = Literal["linked", "run", "recorded"]
"""How what is shown came: by a link and not yet run, by a run, or from a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The last that a tab showed."""

    query: str = ""
    """The set-up, as an address has it."""
    how: How = "run"
    name: str = ""
    """What its result is called; nothing where it has none yet."""
    asked: Any = None
    """What the form of a benchmark said."""


_KEPT = TypeAdapter(dict[str, Kept])


def kept_in(told: Any) -> dict[str, Kept]:
    """By tab what the browser told; nothing where that is not of its form."""
    try:
        return _KEPT.validate_python(told or {})
    except ValidationError:
        return {}


def noted(how: How, name: str = "") -> dict[str, Any]:
    """What the browser is to remember beside the set-up."""
    return {"how": how, "name": name}
