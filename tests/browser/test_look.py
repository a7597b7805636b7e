"""How every page looks: its typeface, the light of the reader's system, and on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.legible import COLOURS, against
from tests.browser.test_accessibility import shown
from tests.browser.test_app import app  # noqa: F401  a fixture

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
TABS = ("start", "tokens", "answers", "conversation", "inside", "build", "compare", "measure")
FACES = {
    "#tokens-notice li": "IBMPlexSans",
    "#tokens-headline .fl-headline-answer": "IBMPlexSans-Bold",
    "#tokens-stage .fl-title": "IBMPlexSans-Bold",
    "#tab-answers-button": "IBMPlexSans",
    "#tokens-stage .fl-top-row:not(.fl-chosen) .fl-chip": "IBMPlexMono",
    "#tokens-stage .fl-top-row.fl-chosen .fl-chip": "IBMPlexMono-Bold",
}
"""What is set in which face: in all of it, so that none is made bold by the browser."""
SMALL = """(least) => {
    const marks = 'svg, .fl-swatch, .fl-number, .fl-letter, .fl-cell, .fl-end, .fl-unseen';
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || node.closest(`${marks}, option, script, style`))
            continue;
        const { width, height } = node.getBoundingClientRect();
        if (!width || !height || !node.checkVisibility({ visibilityProperty: true })) continue;
        const points = 0.75 * parseFloat(getComputedStyle(node).fontSize) * node.currentCSSZoom;
        if (points < least) found.add(`${points} pt in ${node.className}: ${node.textContent}`);
    }
    return [...found];
}"""
A4 = {"width": 726, "height": 1054}
"""Its pixels within the margins."""
FRAME = """() => new Promise((done) => requestAnimationFrame(() =>
    requestAnimationFrame(() => setTimeout(done))))"""
"""Until the page has taken in what changed around it."""
COLOUR = """() => {
    const nodes = [...document.querySelectorAll('body, gradio-app, .fl, .fl p, button')];
    return nodes.map((node) => {
        const { backgroundColor, color } = getComputedStyle(node);
        return `${node.localName} ${backgroundColor} ${color}`;
    });
}"""


def faces(page: Page) -> dict[str, list[str]]:
    """The faces that the browser took for each of these texts."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    found = {}
    for selector in FACES:
        query = {"nodeId": root, "selector": selector}
        node = {"nodeId": devtools.send("DOM.querySelector", query)["nodeId"]}
        fonts = devtools.send("CSS.getPlatformFontsForNode", node)["fonts"]
        found[selector] = [font["postScriptName"] for font in fonts if font["isCustomFont"]]
        assert len(fonts) == len(found[selector]), f"{selector}: {fonts}"
    devtools.detach()
    return found


def test_the_typeface_is_the_bundled_one_and_a_dark_system_is_the_dark_switch(
    app: str,  # noqa: F811
    visitor: Visitor,
) -> None:
    page = visitor(f"{app}?tab=tokens", dark=True)
    page.emulate_media(reduced_motion="reduce")
    expect(shown(page, "tokens")).not_to_be_empty()
    page.evaluate("document.fonts.ready")
    assert faces(page) == {selector: [face] for selector, face in FACES.items()}

    switch = page.get_by_role("button", name="Dark", exact=True)
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert against(page, COLOURS) == []
    system = page.evaluate(COLOUR)
    page.emulate_media(color_scheme="light")
    expect(switch).to_have_attribute("aria-pressed", "false")
    light = page.evaluate(COLOUR)
    switch.click()
    assert page.evaluate(COLOUR) == system != light
    for scheme in ("dark", "light"):  # what was chosen stays
        page.emulate_media(color_scheme=scheme)
        page.evaluate(FRAME)
        expect(switch).to_have_attribute("aria-pressed", "true")
        assert page.evaluate(COLOUR) == system


def test_every_page_is_printed_on_one_sheet_in_legible_type(
    app: str,  # noqa: F811
    visitor: Visitor,
) -> None:
    page = visitor(f"{app}?lang=en")
    sheets, small, wide = {}, [], []
    for tab in TABS:
        page.locator(f"#tab-{tab}-button").click()
        expect(page.locator("#start h1") if tab == "start" else shown(page, tab)).not_to_be_empty()
        if tab in ("tokens", "answers", "conversation", "inside"):
            expect(page.locator(f"#{tab}-notice li").first).to_be_visible()
        page.evaluate("document.fonts.ready")
        paper = page.pdf(format="A4", print_background=True)
        sheets[tab] = len(re.findall(rb"/Type\s*/Page\b", paper))
        page.emulate_media(media="print")
        page.set_viewport_size(A4)  # type: ignore[arg-type]
        small += page.evaluate(SMALL, 9)
        wide += [tab] if page.evaluate("document.documentElement.scrollWidth") > 726 else []
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.emulate_media(media="null")
    assert small == []
    assert wide == []  # or else the browser would make the sheet smaller
    assert sheets == dict.fromkeys(TABS, 1)
