"""The laboratory as a person uses it: a study is chosen, set, run, stopped, and read."""

import copy
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from fusionlab.views.laboratory import recorded_study, studies_view
from tests.browser.legible import faults

pytestmark = pytest.mark.browser

STUDY = "local-experts"
BODY = '<div class="fl fl-laboratory"></div>'
DRAW = """(value) => window.FusionLab.laboratory(
    document.querySelector('.fl-laboratory'), value,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""


def seen(**more: Any) -> dict[str, Any]:
    found = {"study": STUDY, "found": recorded_study(STUDY), "running": False, "recorded": True}
    return found | more


def stage(page: Page) -> None:
    page.evaluate(DRAW, {"studies": studies_view(), "models": [], "study": STUDY})
    page.evaluate("document.querySelector('.fl-lab-part').open = true")


def test_a_study_is_asked_for_when_it_is_seen_then_set_run_and_stopped(
    blank: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = blank(width=1280, body=BODY)
    stage(page)
    page.wait_for_function("window.said?.length")
    assert page.evaluate("window.said") == [["select", {"study": STUDY}]]
    page.evaluate(DRAW, seen())
    expect(page.locator(".fl-local-panel")).to_have_count(3)
    expect(page.locator(".fl-badge-recorded")).to_be_visible()
    expect(page.get_by_text("each has learned to mend what the others leave")).to_be_visible()
    shot(page, "laboratory")

    page.get_by_text("Settings", exact=True).click()
    page.get_by_label("Two classes in four clusters").check()
    expect(page.get_by_role("status")).to_contain_text("The settings have changed")
    page.get_by_role("button", name="Run").click()
    asked = {"study": STUDY, "settings": {"problem": "clusters"}}
    assert page.evaluate("window.said.at(-1)") == ["submit", asked]
    expect(page.get_by_role("status")).to_contain_text("Waiting for its turn")
    cell = page.locator(".fl-local-ground rect").first.element_handle()
    moved = copy.deepcopy(recorded_study(STUDY)) or {}
    moved["step"] = 5
    page.evaluate(DRAW, {"study": STUDY, "running": True, "recorded": False, "found": moved})
    expect(page.get_by_text("Step 5 of 3,000")).to_be_visible()
    assert cell.evaluate("(node) => node.isConnected")  # it moves in place
    page.evaluate(DRAW, {"study": "another", "running": True, "found": {"runs": []}})
    expect(page.locator(".fl-local-panel")).to_have_count(3)
    page.get_by_role("button", name="Stop").click()
    assert page.evaluate("window.said.at(-1)") == ["stop", {}]
    page.evaluate(DRAW, seen(recorded=False, stopped=True))
    expect(page.get_by_role("status")).to_contain_text("Stopped.")
    expect(page.locator(".fl-badge-recorded")).to_be_hidden()
    refused = {"message": {"en": "No."}, "hint": {"en": "Ask less."}}
    page.evaluate(DRAW, {"running": False, "refused": refused})
    expect(page.get_by_role("alert")).to_contain_text("Ask less.")
    page.get_by_role("button", name="As recorded").click()
    expect(page.get_by_label("A zigzag on a line")).to_be_checked()


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh")])
def test_it_fits_and_nothing_is_against_it(
    blank: Callable[..., Page], shot: Callable[[Page, str], None], width: int, language: str
) -> None:
    page = blank(width=width, language=language, calm=True, body=BODY)
    stage(page)
    page.evaluate(DRAW, seen())
    expect(page.locator(".fl-local-panel")).to_have_count(3)
    found = faults(page, f"laboratory {language}", ".fl-laboratory")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    shot(page, f"laboratory-{width}-{language}")
    assert not found, "\n".join(found)


def test_a_table_shows_by_a_shade_that_it_goes_on(blank: Callable[..., Page]) -> None:
    page = blank(width=600, body=BODY)
    page.evaluate("""() => document.querySelector('.fl-laboratory').append(
        window.FusionLab.core.table('Many', ['Row'], Array.from({ length: 40 }, (_, i) => [i])))""")
    table = page.get_by_role("region", name="Many")
    resting = edges(page, table)
    assert resting[0] > resting[1]  # above it begins, below it goes on
    table.evaluate("(node) => node.scrollTo(0, node.scrollHeight)")
    ended = edges(page, table)
    assert ended[1] > ended[0]


def edges(page: Page, table: Locator) -> list[float]:
    """How light it is right inside the upper and the lower edge, where nothing stands."""
    box = table.bounding_box()
    assert box
    x = box["x"] + box["width"] / 2
    lights = []
    for y in (box["y"], box["y"] + box["height"] - 3):
        shot = page.screenshot(clip={"x": x, "y": y, "width": 3, "height": 3})
        lights.append(sum(Image.open(BytesIO(shot)).convert("L").tobytes()) / 9)
    return lights
