"""Everybody can read and reach everything: rules, sizes, contrasts, headings, names, keys."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.legible import faults, unfolded
from tests.browser.test_app import app, chips, prompt, recorded, to_tab  # noqa: F401  app is a fixture
from tests.browser.test_components import VIEWS, blank, draw  # noqa: F401  blank is a fixture
from tests.browser.test_pictures import EMPTY

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
FAMILIES = ("tokens", "answers", "conversation", "inside")

# Where the focus is: which of the controls that can be reached, whether a ring is drawn, and
# whether it is in sight, under nothing that sticks to an edge of the window.
MARK = """(within) => {
    const all = 'a[href], button, input, select, textarea, summary, [tabindex]';
    let n = 0;
    for (const node of document.querySelector(within).querySelectorAll(all)) {
        const group = node.type === 'radio' && document.querySelector(`input:checked[name="${node.name}"]`);
        if (node.disabled || node.tabIndex < 0 || (group && group !== node)) continue;
        if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        node.dataset.stop = n++;
    }
    return n;
}"""
STOP = """() => {
    const node = document.activeElement;
    if (!node || node === document.body) return null;
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return {
        stop: node.dataset.stop ?? '',
        name: `${node.localName}.${node.className?.baseVal ?? node.className} “` +
            `${(node.getAttribute('aria-label') || node.textContent).trim().slice(0, 40)}”`,
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        seen: Boolean(above) && (node.contains(above) || above.contains(node)),
    };
}"""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_against_any_page(
    app: str,  # noqa: F811
    visitor: Visitor,
    language: str,
    dark: bool,
) -> None:
    page = visitor(f"{app}?lang={language}&tab=nowhere", dark=dark)
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator("#start h1")).to_be_visible()
    expect(page.locator(".fl-frame-notice .fl-message")).to_be_visible()
    found = faults(page, "start, of a link to nowhere")
    page.locator(".fl-frame-notice button").click()
    for tab in (*FAMILIES, "compare", "measure"):
        page.locator(f"#tab-{tab}-button").click()
        expect(shown(page, tab)).not_to_be_empty()
        found += faults(page, tab)
        if not dark:
            found += unfolded(page, f"{tab}, unfolded")
    assert found == []


def shown(page: Page, tab: str) -> Locator:
    """What stands on this tab once its recording is shown."""
    if tab in FAMILIES:
        return page.locator(f"#{tab}-headline .fl-headline-answer")
    return page.locator(".fl-comparing-notice" if tab == "compare" else ".fl-verdict-first")
