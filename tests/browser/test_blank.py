"""A sheet that serves test after test shows nothing of the last one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDTH = 611
"""Of a sheet that no other test asks for."""
POINTED = "() => document.querySelectorAll('main:hover, button:hover').length"


def test_a_visitor_points_at_something(blank: Callable[..., Page]) -> None:
    page = blank(WIDTH, body=_body())
    page.locator("button").hover()
    assert page.evaluate(POINTED) == 2


def test_the_pointer_rests_on_nothing_afterwards(blank: Callable[..., Page]) -> None:
    page = blank(WIDTH, body=_body())
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.evaluate(POINTED) == 0


def _body() -> str:
    return '<main style="height: 400px"><button style="width: 100%; height: 100%">A</button></main>'
