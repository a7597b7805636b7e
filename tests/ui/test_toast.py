"""Messages over the page show what came from outside letter by letter."""

import html

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.errors import RecipeError, UnknownName
from fusionlab.ui.toast import LONGEST, as_text, refusals

OVERLAY = '<div style="position:fixed;inset:0;background:red"><img src=//host/x><a href=//host>'


@given(st.text())
def test_a_message_holds_no_markup_and_says_the_same(message: str) -> None:
    shown = as_text(message)
    assert not set('<>"') & set(shown)
    assert html.unescape(shown) == (message[:LONGEST] + "…" * (len(message) > LONGEST))


def test_a_long_message_does_not_cover_the_page() -> None:
    assert len(html.unescape(as_text("x" * 100_000))) == LONGEST + 1


def test_an_error_is_shown_escaped_and_without_a_traceback() -> None:
    with pytest.raises(gr.Error) as caught, refusals():
        raise UnknownName("kind-method", OVERLAY, ["vote"])
    assert "&lt;div" in caught.value.message
    assert "<" not in caught.value.message
    assert not caught.value.print_exception


def test_what_is_no_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="bug"), refusals():
        raise ValueError("bug")
    with refusals():
        assert issubclass(RecipeError, Exception)
