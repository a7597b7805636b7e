"""Everybody can read and reach everything: rules, sizes, contrasts, headings, names, keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.component_fakes import VIEWS
from tests.browser.drawing import draw
from tests.browser.keyboard import walk
from tests.browser.legible import faults
from tests.browser.test_app import app, chips, prompt  # noqa: F401  app is a fixture
from tests.browser.test_pictures import EMPTY

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
FAMILIES = ("tokens", "answers", "conversation", "inside")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_against_any_page(
    app: str,  # noqa: F811
    visitor: Visitor,
    language: str,
) -> None:
    page = visitor(f"{app}?lang={language}&tab=nowhere")
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator("#start h1")).to_be_visible()
    expect(page.locator(".fl-frame-notice .fl-message")).to_be_visible()
    found = faults(page, "start, by a link to nowhere")
    page.locator(".fl-frame-notice button").click()
    for tab in (*FAMILIES, "build", "compare", "measure"):
        page.locator(f"#tab-{tab}-button").click()
        expect(shown(page, tab)).not_to_be_empty()
        found += faults(page, tab, f"#tab-{tab}")
    page.locator("#tab-tokens-button").click()
    for opener in ("recipe .fl-seat-chip", "recipe .fl-recipe-seats > .fl-plain:last-child"):
        page.locator(f"#tokens-{opener}").first.click()
        found += faults(page, opener, "#tokens-recipe dialog[open]")
        page.keyboard.press("Escape")
    page.locator("#tokens-headline .fl-term").first.click()
    found += faults(page, "a term", ".fl-term-card")
    page.keyboard.press("Escape")
    prompt(page, "tokens").fill("")
    prompt(page, "tokens").press("Shift+Enter")
    expect(page.locator("#tokens-status [role=alert]")).to_be_visible()
    found += faults(page, "a run that could not start", "#tokens-status")
    assert not found, "\n".join(found)


def shown(page: Page, tab: str) -> Locator:
    """What stands on this tab once its recording is shown."""
    if tab in FAMILIES:
        return page.locator(f"#{tab}-headline .fl-headline-answer")
    places = {"build": ".fl-built-name", "compare": ".fl-comparing-notice"}
    return page.locator(places.get(tab, ".fl-verdict-first"))


def test_nothing_is_against_any_component(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    found = []
    for name, (component, data) in VIEWS.items():
        page.evaluate(EMPTY)
        draw(page, component, data())
        found += faults(page, name, ".fl", colours=False)
    assert not found, "\n".join(found)


def test_keys_reach_everything_and_the_focus_is_seen(app: str, visitor: Visitor) -> None:  # noqa: F811
    page = visitor(f"{app}?tab=tokens", height=900)
    page.emulate_media(reduced_motion="reduce")
    expect(shown(page, "tokens")).not_to_be_empty()
    met = walk(page, "Tab") + walk(page, "Shift+Tab")
    settings = page.locator("#tokens-recipe .fl-recipe-seats > .fl-plain:last-child")
    for opener in (chips(page, "tokens").first, settings):
        opener.focus()
        page.keyboard.press("Enter")
        opened = page.locator("#tokens-recipe dialog[open]")
        expect(opened).to_be_visible()
        met += walk(page, "Tab", "#tokens-recipe dialog[open]")
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
        expect(opener).to_be_focused()
    term = page.locator("#tokens-stage .fl-term:visible").first
    term.focus()
    page.keyboard.press("Enter")
    card = page.locator(".fl-term-card")
    expect(card.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(term).to_be_focused()
    assert not met, "\n".join(met)
