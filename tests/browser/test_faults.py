"""Faults that visitors met, each with a test of its name where no other test is its home."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.errors import FusionError
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_to_query
from fusionlab.runfiles import run_text
from fusionlab.spaces import presets
from fusionlab.ui.gallery import recording
from fusionlab.views.refused import refused_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from tests.browser.drawing import draw
from tests.browser.test_app import (
    app,  # noqa: F401  a fixture
    come_to,
    come_with,
    ensemble,
    open_run,
    press_run,
    recorded,
    run,
    tabs_of,
    to_tab,
    words,
)
from tests.browser.test_measure import contrast
from tests.browser.test_recipe import button, data_of, form, prompt  # noqa: F401  form is a fixture

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
Open = Callable[..., Page]
PHONE = {"width": 390, "height": 844}
SCREENS = "document.documentElement.scrollHeight / window.innerHeight"
CLIPBOARD = """Object.defineProperty(navigator, 'clipboard',
    {value: {writeText: async (text) => { window.copied = text; }}})"""
ENDED = "The model ended its answer."


def short(page: Page, screens: float = 5) -> None:
    """The page is no longer than this, once it is laid out."""
    page.wait_for_function(f"{SCREENS} <= {screens}")


def test_a_phone_hides_no_tab_and_no_page_is_long(
    app: str,  # noqa: F811
    visitor: Visitor,
) -> None:
    page = visitor(app, **PHONE)
    tabs = tabs_of(page)
    expect(tabs).to_have_count(8)
    for label in tabs.all():
        box = label.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    short(page)
    for tab in ("tokens", "answers", "conversation", "inside"):
        to_tab(page, tab)
        recorded(page, tab)
        expect(page.locator(f"#{tab}-notice li").first).to_be_visible()
        short(page)
    page.locator("#tab-measure-button").click()
    expect(page.locator(".fl-verdict-first")).to_be_visible()
    short(page)
    page.locator("#tab-build-button").click()
    expect(page.locator(".fl-build")).to_be_visible()
    short(page)
    page.locator("#tab-compare-button").click()
    rows = page.locator(".fl-comparing-row")
    expect(rows.first).to_be_visible()
    short(page)
    for row in (0, 1):  # the longest pair: two runs token by token
        rows.nth(row).get_by_role("checkbox").check()
        expect(page.locator(".fl-pinned-side")).to_have_count(row + 1)
    expect(page.locator(".fl-pinned-stage")).to_be_in_viewport()
    expect(rows.nth(2)).to_be_hidden()
    short(page, 5.1)
    page.get_by_role("button", name=words("comparing-show-all")).click()
    expect(rows.nth(2)).to_be_visible()
    assert page.locator("input[role=combobox]").count() == 0  # lists are the browser's own


def test_run_on_a_phone_goes_to_the_result(
    app: str,  # noqa: F811
    visitor: Visitor,
    tiny: Path,
) -> None:
    page = visitor(f"{app}?{recipe_to_query(ensemble(f'path:{tiny}'))}", **PHONE)
    expect(page.locator("#tokens-status")).to_contain_text(words("status-linked"))
    page.evaluate("window.scrollTo(0, 0)")
    press_run(page, "tokens")
    expect(page.locator("#tokens-status")).to_contain_text(words("status-finished"), timeout=60_000)
    expect(page.locator("#tokens-status")).to_be_in_viewport()
    expect(page.locator("#tokens-recipe .fl-run:not(.fl-stop)")).to_be_in_viewport()


def test_characters_that_a_model_does_not_know_are_warned_of(
    app: str,  # noqa: F811
    visitor: Visitor,
) -> None:
    adder = (MemberRecipe("zoo/adder", name="adder"),)
    recipe = Recipe("solo", "法国的首都", adder, sampling=Sampling(max_tokens=8))
    page = come_with(visitor, app, recipe)
    run(page, "tokens")
    expect(page.locator("#tokens-status .fl-warning")).to_contain_text("法 国 的 首 都")
    expect(page.locator("#tokens-headline")).not_to_be_empty()


def test_a_truncated_run_says_that_it_is_not_whole(
    app: str,  # noqa: F811
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    trace = recording(presets()[0])
    assert trace
    whole = run_text(trace).splitlines(keepends=True)
    (tmp_path / "half.jsonl").write_text("".join(whole[: len(whole) // 2]), encoding="utf-8")
    page = come_to(visitor, app, "tokens")
    open_run(page, tmp_path / "half.jsonl")
    status = page.locator("#tokens-status")
    expect(status).to_contain_text(words("status-stopped"))
    expect(status).to_contain_text(words("status-stopped-words"))


def test_no_text_ended_by_itself_where_one_was_cut_off(blank: Open) -> None:
    page = blank()
    preset = next(each for each in presets() if each.recipe.method == "self_consistency")
    trace = recording(preset)
    assert trace
    draw(page, "status", status_view(trace))
    shown = page.locator(".fl")
    if "cut off" in shown.inner_text():
        expect(shown).not_to_contain_text(ENDED)


def test_five_samples_are_five(blank: Open) -> None:
    page = blank(once=True)
    preset = next(each for each in presets() if each.id == "most-common-answer")
    trace = recording(preset)
    assert trace
    draw(page, "ballots", stage_for(trace).drawn(trace, "run")["data"])
    expect(page.locator(".fl-cards > .fl-card")).to_have_count(5)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".fl-cards > .fl-card:visible")).to_have_count(3)
    page.get_by_role("button", name="Show 2 more answers").click()
    expect(page.locator(".fl-cards > .fl-card:visible")).to_have_count(5)


def test_tokens_of_experts_stand_in_lines(blank: Open) -> None:
    page = blank()
    preset = next(each for each in presets() if each.recipe.method == "moe")
    trace = recording(preset)
    assert trace
    draw(page, "experts", stage_for(trace).drawn(trace, "run")["data"])
    boxes = [box for each in page.locator(".fl-given").all()[1:4] if (box := each.bounding_box())]
    assert len({box["y"] for box in boxes}) == 1
    assert max(box["width"] for box in boxes) < 80


@pytest.mark.parametrize("dark", [False, True])
def test_lists_fields_and_run_can_be_read_and_seen(form: Open, dark: bool) -> None:  # noqa: F811
    page = form(data_of("tokens"), dark=dark)
    room: dict[str, Any] = page.locator(".fl-select").first.evaluate(
        """node => { const style = getComputedStyle(node); return {
            list: node.tagName, padding: parseFloat(style.paddingRight),
            arrow: parseFloat(style.backgroundSize), cut: style.textOverflow }; }"""
    )
    assert room["list"] == "SELECT"  # closed: nothing can be typed, and no list is left open
    assert room["padding"] > room["arrow"] + 12
    assert room["cut"] == "ellipsis"
    ink, paper = (
        button(page, "Run").evaluate("(node, name) => getComputedStyle(node)[name]", name)
        for name in ("color", "backgroundColor")
    )
    assert contrast(ink, paper) >= 4.5
    prompt(page).focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    outline = prompt(page).evaluate("node => parseFloat(getComputedStyle(node).outlineWidth)")
    assert outline >= 2


def test_a_copy_button_says_that_it_has_copied(blank: Open) -> None:
    page = blank(once=True)
    page.evaluate(CLIPBOARD)
    draw(page, "actions", {"page": "tokens", "query": "method=solo", "answer": "42"})
    for name in ("actions-link", "actions-answer"):
        page.get_by_role("button", name=words(name)).click()
        expect(page.get_by_role("button", name=words("actions-copied"))).to_be_visible()
        expect(page.get_by_role("button", name=words(name))).to_be_visible()
    assert page.evaluate("window.copied") == "42"


def test_a_remedy_on_a_page_names_no_option_of_the_command_line(form: Open) -> None:  # noqa: F811
    values: dict[str, Any] = {"method": "debate", "least": 2, "count": 1, "name": "Anna"}
    page = form(data_of("tokens"))
    for key in ("members-too-few", "bench-without-members", "strength-none"):
        button(page, "Run").click()
        page.evaluate(
            "(refused) => window.FusionLab.recipe(document.querySelector('.fl'), {refused})",
            refused_view(FusionError(key, **values)),
        )
        hint = page.locator(".fl-recipe-refusal .fl-hint")
        expect(hint).not_to_be_empty()
        expect(hint).not_to_have_text(re.compile(r"(^|\s|\")--\w"))
