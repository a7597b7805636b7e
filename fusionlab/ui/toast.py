"""Short messages over the page. gradio shows them as HTML, so all that is said is escaped."""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from fusionlab.errors import FusionError

LONGEST = 600
"""Characters of a message: a longer one would cover the page."""


@contextmanager
def refusals() -> Iterator[None]:
    """An error of ours is shown to the visitor, and its traceback to nobody."""
    try:
        yield
    except FusionError as error:
        raise gr.Error(as_text(str(error)), duration=None, print_exception=False) from None


def warn(message: str) -> None:
    """The visitor is shown this warning."""
    gr.Warning(as_text(message), duration=None)


def as_text(message: str) -> str:
    """The message as HTML that shows it letter by letter."""
    shown = message if len(message) <= LONGEST else message[:LONGEST] + "…"
    return html.escape(shown)
