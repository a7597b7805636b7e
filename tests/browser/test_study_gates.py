"""The study of gates as a person uses it: a token and a router are chosen, a layer is walked."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.views.laboratory import recorded_study
from tests.browser.legible import faults
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

BODY = '<div class="fl fl-stage-here"></div>'
DRAW = """(value) => window.FusionLab.studies.gates(
    document.querySelector('.fl-stage-here'), value)"""
WIDEST = "document.documentElement.scrollWidth"


def recorded() -> dict[str, Any]:
    found = recorded_study("gates")
    assert found is not None
    return copy.deepcopy(found)


def started(found: dict[str, Any]) -> dict[str, Any]:
    """The picture before anything was learned."""
    first = [{**run, "curve": run["curve"][:1]} for run in found["runs"]]
    return {**found, "step": 0, "runs": first, "routers": found["routers"][:1]}


def test_routers_learn_in_place_and_tokens_and_routers_are_chosen(
    blank: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, started(found))
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(page.locator(".fl-gates-gate")).to_have_count(9)
    panel = page.locator(".fl-gates-gate").first.element_handle()
    page.get_by_role("option").first.focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(DRAW, found)
    assert panel.evaluate("(node) => node.isConnected")
    expect(page.get_by_role("option", selected=True)).to_have_text(found["text"][1])
    expect(page.get_by_role("radio", name="No balancing")).to_be_checked()
    runs = {run["rule"]: run["curve"][-1] for run in found["runs"]}
    silent = page.locator(".fl-gates-run").first.locator(".fl-gates-figures")
    expect(silent).to_contain_text(f"{runs['none']['silent']} of 8 silent")
    switch = page.locator(".fl-gates-gate", has_text="The best one only").locator("svg")
    for router, name in ((1, "No balancing"), (2, "Auxiliary loss")):
        page.get_by_role("radio", name=name).check()
        gate = next(g for g in found["routers"][router]["gates"] if g["gate"] == "switch")
        assert f"{len(gate['full'])} dropped" in (switch.get_attribute("aria-label") or "")
        assert page.locator(".fl-gates-gate").nth(3).locator(".fl-gates-full").count() == len(
            gate["full"]
        )
    page.keyboard.press("Tab")
    page.evaluate(DRAW, found)
    expect(page.get_by_role("radio", name="Auxiliary loss")).to_be_checked()  # it was chosen
    switch.click(position={"x": 1, "y": 5})
    expect(page.get_by_role("option", selected=True)).to_have_text(found["text"][0])
    page.get_by_role("button", name="Capacity").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("an even share times a factor")
    page.keyboard.press("Escape")
    shot(page, "study-gates")


def test_no_weight_of_a_reader_is_rounded_to_nothing(blank: Callable[..., Page]) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, found)
    page.get_by_role("radio", name="No balancing").check()
    router = next(each for each in found["routers"] if each["of"] == "none")
    (gate,) = (each for each in router["gates"] if each["gate"] == "top-k")
    at = next(at for at, _, weight in gate["pairs"] if weight == 0)
    page.get_by_role("option").nth(at).click()
    read = page.locator(".fl-gates-read")
    expect(read.first).to_contain_text("(<0.001)")
    expect(read.first).to_contain_text("(>0.999)")
    assert not any("(0.00)" in each for each in read.all_inner_texts())
    lot = page.locator(".fl-gates-gate", has_text="by lot").locator(".fl-gates-read")
    expect(lot).to_contain_text("(1.00)")


def test_the_layer_is_walked_by_buttons_and_keys(blank: Callable[..., Page]) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, found)
    walk = page.locator(".fl-gates-walk")
    expect(walk).to_contain_text("Step 1 of 6: the gate")
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(walk).to_contain_text("Step 2 of 6: the dispatch mask")
    mask = walk.get_by_role("img", name="Dispatch mask, S × E × C = 8 × 4 × 4")
    expect(mask.locator("rect")).to_have_count(8 * 4 * 4)
    page.keyboard.press("ArrowRight")
    expect(walk).to_contain_text("SEC, SM → ECM")
    expect(walk).to_contain_text("Summed over S.")
    page.evaluate(DRAW, found)
    expect(walk).to_contain_text("Step 3 of 6")  # it stays where it is
    walk.focus()
    page.keyboard.press("End")
    expect(walk).to_contain_text("Step 6 of 6: combine")
    expect(walk).to_contain_text("Summed over E and C.")
    page.keyboard.press("ArrowLeft")
    expect(walk).to_contain_text("Step 5 of 6")
    page.get_by_text("The numbers of this step").click()
    rows = page.get_by_role("region", name="Experts’ outputs").get_by_role("row")
    expect(rows).to_have_count(1 + 4 * 4)


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
    against = faults(page, f"gates {language}", ".fl-stage-here", colours=False)
    assert page.evaluate(WIDEST) == width
    shot(page, f"study-gates-{width}-{language}")
    found["text"] = [HOSTILE[at % len(HOSTILE)] for at in range(len(found["text"]))]
    page.evaluate(DRAW, found)
    expect(page.get_by_role("option")).to_have_count(len(found["text"]))
    assert page.evaluate(WIDEST) == width
    assert not against, "\n".join(against)


def test_what_the_curves_leave_out_is_said(blank: Callable[..., Page]) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, found)
    said = page.get_by_text("Not drawn: what lies above")
    expect(said).to_be_visible()
    high, step = map(float, re.findall(r"[\d.]*\d", said.inner_text()))
    curves = [run["curve"] for run in found["runs"]]
    assert any(at["nats"] > high for curve in curves for at in curve)
    assert all(at["nats"] <= high for curve in curves for at in curve if at["step"] >= step)
    page.evaluate(DRAW, started(found))
    expect(said).to_be_hidden()
