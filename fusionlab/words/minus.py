"""Numbers below 0 in sentences: their sign is a minus, where locales write a hyphen.

What is shown as 0 has no sign.
"""

from typing import Any

from fluent.runtime.types import FluentType, fluent_number

MINUS = "\N{MINUS SIGN}"


class Negative(FluentType):
    """A number below 0. Sentences choose no form by it but that for any other."""

    def __init__(self, value: int | float) -> None:
        self._number: Any = fluent_number(value)  # Fluent would wrap one of its own kinds anew

    def format(self, locale: Any) -> str:
        """As its language writes it."""
        shown = str(self._number.format(locale))
        return shown.replace("-", MINUS if shown.strip("-0.") else "", 1)
