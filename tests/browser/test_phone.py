"""What a phone shows: a tap brings what it changed into sight, and Run lies over its page alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fusionlab.views.tokens import token_view
from tests.browser.test_explained import DRAW
from tests.views.fakes import token_trace

pytestmark = pytest.mark.browser

PAGE = """<div class="fl-page"><div class="fl fl-recipe"></div>
    <div style="height: 1500px">the result</div></div>
    <div id="below" style="height: 1500px">what has a Run of its own</div>"""
FORM = """() => window.FusionLab.recipe(document.querySelector('.fl-recipe'),
    { family: 'x', shown: 1, recipe: { method: 'm', members: [] }, presets: [], models: [],
      methods: [{ name: 'm', models: [], settings: [], most: 1, least: 1 }] }, () => {})"""


@pytest.mark.parametrize(("width", "high"), [(390, 844), (1280, 844)])
def test_a_tap_on_a_token_brings_its_step_into_sight(
    blank: Callable[..., Page], width: int, high: int
) -> None:
    page = blank(width, high, calm=True)
    page.evaluate(DRAW, token_view(token_trace(n_steps=150)))
    step, controls = page.locator(".fl-tokens > section").first, page.locator(".fl-steps")
    tops = "(nodes) => nodes.map((node) => node.getBoundingClientRect().top)"
    before = step.evaluate_all(tops)[0]
    page.locator(".fl-token").nth(7).click()
    if width > 640:  # the step stands above the text there, and nothing moves
        assert step.evaluate_all(tops)[0] == before
        return
    assert before > 0.6 * high
    expect(controls).to_be_in_viewport()
    assert 0 <= controls.evaluate_all(tops)[0] < step.evaluate_all(tops)[0] < 0.6 * high
    down = page.evaluate("scrollY")
    page.get_by_role("button", name="Next").first.click()
    assert page.evaluate("scrollY") == down  # it is in sight already


def test_run_does_not_lie_over_what_is_no_part_of_its_page(blank: Callable[..., Page]) -> None:
    page = blank(390, 844, body=PAGE, once=True)
    page.evaluate(FORM)
    run = page.get_by_role("button", name="Run")
    expect(run).to_be_in_viewport()
    page.evaluate("scrollTo(0, 600)")  # over the result
    expect(run).to_be_in_viewport()
    page.locator("#below").evaluate("(node) => node.scrollIntoView()")
    expect(page.locator(".fl-recipe-buttons")).not_to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    expect(run).to_be_visible()
    expect(run).to_be_in_viewport()
