"""How tests draw a component on a blank page, and what they look at there."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

Shot = Callable[[Page, str], None]
DRAW = """([component, data]) => window.FusionLab[component](
    document.querySelector('.fl'), data,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
UNFOLD = "document.querySelectorAll('details').forEach(one => (one.open = true))"
WIDEST = "document.documentElement.scrollWidth"


def draw(page: Page, component: str, data: dict[str, Any]) -> None:
    page.evaluate(DRAW, [component, data])


def tokens_of(page: Page) -> Locator:
    return page.locator(".fl-token")


def expect_selected(page: Page, index: int) -> None:
    """Only this token is selected, now or soon: a picture that streams is drawn in beats."""
    expect(tokens_of(page).nth(index)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".fl-token[aria-selected=true]")).to_have_count(1)


def most_divergent(view: dict[str, Any]) -> int:
    """The index of the step at which members disagreed most."""
    steps = view["steps"]
    return max(range(len(steps)), key=lambda i: steps[i]["divergence"])


def events_of(page: Page) -> list[Any]:
    """What the component told its caller."""
    events: list[Any] = page.evaluate("window.said || []")
    return events
