"""The scores of tasks learned in sequence, as a person sees them and walks through them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.figures import percent
from fusionlab.views.laboratory import recorded_study
from tests.browser.legible import faults
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

BODY = '<div class="fl fl-stage-here"></div>'
DRAW = """(value) => window.FusionLab.studies.lifelong(
    document.querySelector('.fl-stage-here'), value)"""
WIDEST = "document.documentElement.scrollWidth"


def recorded() -> dict[str, Any]:
    found = recorded_study("lifelong")
    assert found is not None
    return copy.deepcopy(found)


def test_rows_grow_in_place_and_scores_are_walked(
    blank: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, {**found, "ways": [], "parts": {}})
    expect(page.get_by_role("status")).to_have_text("0 of 3 repetitions")
    expect(page.get_by_role("table")).to_have_count(0)
    first = {"way": "plain", "seeds": 0, "before": found["ways"][0]["before"]}
    row = found["ways"][0]["matrix"][:1]
    page.evaluate(DRAW, {**found, "ways": [{**first, "matrix": row, "curve": []}], "parts": {}})
    learned = f"Plain fine-tuning, after month: {percent(row[0][0], 0)} of 100 right"
    expect(page.get_by_label(learned)).to_be_visible()
    expect(page.locator(".fl-lifelong-way td[aria-label]")).to_have_count(6)
    page.evaluate(DRAW, found)
    expect(page.get_by_role("status")).to_have_text("3 of 3 repetitions")
    expect(page.locator(".fl-lifelong-way td[aria-label]")).to_have_count(6 * 12)
    groups = page.get_by_role("region", name="PanGu-Σ groups")
    groups.locator("td.fl-cell").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    last = next(each for each in found["ways"] if each["way"] == "groups")["matrix"][0][-1]
    said = f"after month: {percent(last, 0)} of 100 right"
    expect(groups.locator(".fl-readout")).to_contain_text(said)
    held = page.get_by_role("region", name="Six properties of lifelong learning")
    expect(held.get_by_role("row", name="PanGu-Σ groups").get_by_role("cell").first).to_have_text(
        "✓ yes"
    )
    apart = page.get_by_role("region", name="One domain taken out, one added")
    expect(apart.get_by_role("row", name="month alone")).to_contain_text("✓ all 164,900 logits")
    axis = page.locator(".fl-lifelong-curve").first.locator("text[text-anchor='end']")
    expect(axis).to_have_text(["0%", "50%", "100%"])
    page.get_by_text("The curves as a table").click()
    rows = page.get_by_role("region", name="How scores went, step by step").get_by_role("row")
    expect(rows).to_have_count(1 + 6 * 12)
    shot(page, "lifelong")


@pytest.mark.parametrize(("width", "language", "dark"), [(1280, "en", True), (390, "zh", False)])
def test_it_fits_and_nothing_is_against_it(
    blank: Callable[..., Page],
    shot: Callable[[Page, str], None],
    width: int,
    language: str,
    dark: bool,
) -> None:
    page, found = blank(width=width, language=language, dark=dark, calm=True, body=BODY), recorded()
    page.evaluate(DRAW, found)
    against = faults(page, f"lifelong {language}", ".fl-stage-here", colours=False)
    assert page.evaluate(WIDEST) == width
    shot(page, f"lifelong-{width}-{language}")
    found["tasks"] = [HOSTILE[at % len(HOSTILE)] for at in range(3)]
    page.evaluate(DRAW, found)
    expect(page.locator(".fl-lifelong-way")).to_have_count(6)
    assert page.evaluate(WIDEST) == width
    assert not against, "\n".join(against)
