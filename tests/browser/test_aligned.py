"""How sources are put together, as a person sees it and moves through it."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.distil.picture import RECORD
from fusionlab.reading import read_json
from fusionlab.ui.align_page import first_view
from fusionlab.views.aligned import aligned_view
from tests.browser.legible import faults
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

BODY = '<div class="fl fl-aligner"></div>'
DRAW = """(value) => window.FusionLab.aligner(
    document.querySelector('.fl-aligner'), value,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
WIDEST = "document.documentElement.scrollWidth"


def hostile() -> dict[str, Any]:
    """The example under other tokens, a third source and a target that was trained, mixed."""
    found: dict[str, Any] = copy.deepcopy(read_json(asset(RECORD).read_bytes()))
    found |= {"sources": [*found["sources"], "zoo/adder"], "rule": "avgce", "trained": "built:a"}
    for block in found["blocks"]:
        block["sources"].append({**block["sources"][0], "share": 0.5})
        for source in block["sources"][:2]:
            source["share"] = 0.25
        for at, token in enumerate(block["tokens"]):
            token["text"] = HOSTILE[at % len(HOSTILE)]
        for at, expected in enumerate(block["positions"], block["start"] + 1):
            expected["sources"].append(expected["sources"][0])
            expected["trained"] = expected["own"]
            expected["next"] = block["tokens"][at]["text"]
    return aligned_view(found)


def shown(page: Page, **more: Any) -> None:
    page.evaluate(DRAW, {**first_view(), **more})
    page.evaluate("document.querySelector('.fl-aligner-part').open = true")
    expect(page.locator(".fl-aligned-links").first).to_be_visible()


def test_positions_are_walked_and_their_distributions_seen(
    blank: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = blank(width=1280, body=BODY)
    page.evaluate(DRAW, first_view())
    expect(page.locator(".fl-aligned-stage")).to_be_hidden()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('fusionlab-sources',"
        " { detail: { refs: [], builder: 'distil' } }))"
    )
    study = page.get_by_role("link", name="See how several tokenizers cut any text")
    expect(study).to_have_attribute("href", "?tab=inside&study=tokenizers&lang=en")
    places = page.locator(".fl-aligned-place")
    expect(places).to_have_count(12)
    # A ribbon for every token that stands at another: a 'subtract' over eight letters is eight.
    expect(page.locator(".fl-aligned-link-copied, .fl-aligned-link-other")).to_have_count(
        2 * (17 + 22 + 25)
    )
    detail, cards = page.locator(".fl-aligned-detail"), page.locator(".fl-aligned-detail .fl-want")
    expect(detail).to_contain_text("After =: what comes next? Right is 6.")
    expect(cards.first).to_contain_text("✓6")
    expect(cards.nth(3)).to_contain_text("its distribution is taken.Its ii counts as i.")
    expect(cards.nth(4)).to_contain_text("It has no share in this passage.")
    places.first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    chosen = page.locator('.fl-aligned-place[aria-pressed="true"]')
    expect(chosen).to_be_focused()
    expect(chosen).to_have_accessible_name(
        "t, position 10 of 12: the next token is expected for certain"
    )
    expect(cards.nth(4)).to_contain_text("One of its tokens stands here, but not this one: tue.")
    detail.locator("summary").click()
    late = page.locator(".fl-aligned-pair")
    expect(late).to_contain_text("✓u1.00")
    expect(late.locator(".fl-want").last).to_contain_text("t1.00✓u0.00")
    places.nth(4).hover()
    expect(detail).to_contain_text("Right is 3.")
    expect(chosen).to_have_accessible_name(re.compile("^t, position 10 of 12"))
    page.get_by_role("button", name="There MinED counts").click()
    expect(chosen).to_have_accessible_name(re.compile("^=, position 9 of 12"))
    expect(detail).to_contain_text("Its tue counts as e.")
    page.get_by_text("All positions as a table").click()
    rows = page.get_by_role("region", name="Positions of passage 3").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(2)).to_contain_text("certain")
    shot(page, "aligned")

    page.get_by_text("Text and models").click()
    page.get_by_label("Text", exact=True).fill("add 1+1=|||2")
    expect(page.get_by_role("status")).to_contain_text("something else by now")
    page.get_by_role("button", name="Add a source").press("Enter")
    expect(page.locator(".fl-aligner-source summary").nth(2)).to_be_focused()  # of the new one
    page.get_by_role("button", name="Show it").click()
    kind, asked = page.evaluate("window.said.at(-1)")
    assert (kind, asked["asked"]["text"]) == ("submit", "add 1+1=|||2")
    assert asked["asked"]["sources"] == [
        *first_view()["found"]["sources"],
        "zoo/pieces-subtracter",
    ]
    page.get_by_role("button", name="Stop").click()
    assert page.evaluate("window.said.at(-1)") == ["stop", {}]
    page.evaluate(DRAW, {"running": False, "stopped": True})
    expect(page.get_by_role("status")).to_contain_text("Stopped.")


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh")])
def test_it_fits_and_nothing_is_against_it(
    blank: Callable[..., Page], shot: Callable[[Page, str], None], width: int, language: str
) -> None:
    page = blank(width=width, language=language, calm=True, body=BODY)
    shown(page)
    found = []
    if width < 400:  # in the app the whole tab is looked at, colours and all
        found += faults(page, f"aligned {language}", ".fl-aligner", colours=False)
    page.evaluate(DRAW, {"found": hostile()})
    expect(page.locator(".fl-aligned-place")).to_have_count(12)
    expect(page.locator(".fl-aligned-band")).to_have_count(6)
    assert page.evaluate(WIDEST) == width
    shot(page, f"aligned-hostile-{width}-{language}")
    found += page.evaluate(
        """() => [...document.querySelectorAll('.fl-aligned-cards .fl-want')].filter(
            (card) => card.scrollWidth > card.clientWidth + 1).map((card) => card.textContent)"""
    )
    assert not found, "\n".join(found)


def test_on_a_phone_all_passages_are_on_the_page_and_in_no_window_of_it(
    blank: Callable[..., Page],
) -> None:
    page = blank(width=390, body=BODY)
    page.evaluate(DRAW, first_view())
    page.evaluate("document.querySelector('.fl-aligner-part').open = true")
    lines = page.locator(".fl-aligned-lines")
    tall = lines.evaluate("of => [of.clientHeight, of.scrollHeight]")
    assert tall[0] == tall[1] > 300
    assert page.evaluate("document.documentElement.scrollWidth") == 390
