"""The tab Compare alone, served to a real browser."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.comparison.recipe import Choice, Comparison, comparison_to_query
from fusionlab.recipe import MemberRecipe, Sampling
from fusionlab.ui.compare_page import COMPARE, build_compare
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.stage import view
from fusionlab.views.assets import component_head
from tests.browser.served import leftovers_of_gradio

pytestmark = pytest.mark.browser

WIDER = """(room) => {
    const [frame, ...parts] = [...document.querySelectorAll(`${room}, ${room} td`)]
        .filter((node) => node.checkVisibility())
        .map((node) => node.getBoundingClientRect().right);
    return Math.max(...parts) - frame;
}"""
"""By how much a cell stands out of this room, in pixels."""
TWO_AT_ONCE = """() => {
    const asked = window.fetch;
    const later = (done) => setTimeout(done, 300);
    window.fetch = async (...what) => {
        await new Promise(later);
        return asked(...what);
    };
    const [one, two] = document.querySelectorAll(".fl-comparing-pin input");
    one.click();
    setTimeout(() => two.click(), 100);
}"""
"""Another run is pinned while the first pin is on its way."""
ASKED = Comparison(
    "subtract 412-77=",
    members=(MemberRecipe("zoo/adder"), MemberRecipe("zoo/subtracter")),
    methods=(Choice("ensemble"), Choice("alternate"), Choice("solo")),
    sampling=Sampling(max_tokens=6),
    truth="335",
)


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    """A page with the tab; its address says what is compared."""
    with gr.Blocks() as demo:
        view("frame", "frame", {"ready": True})
        with gr.Tabs(elem_id="tabs"), gr.Tab("Compare", id=COMPARE):
            page = build_compare(LiveRuns(), Downloads())

        def linked(request: gr.Request) -> list[object]:
            return page.linked(str(request.url.query))

        demo.load(linked, None, page.outputs)
    css = asset("app.css").read_text(encoding="utf-8")
    page_of = {"css": css, "head": component_head(), "server_name": "127.0.0.1"}
    with leftovers_of_gradio():
        _, url, _ = demo.launch(**page_of, prevent_thread_lock=True, quiet=True)
    yield url
    with leftovers_of_gradio():
        demo.close()


def test_a_recording_is_there_before_anything_has_run(
    app: str, visitor: Callable[..., Page]
) -> None:
    page = visitor(f"{app}?lang=en")
    expect(page.locator(".fl-comparing-row").first).to_contain_text("335")
    expect(page.locator(".fl-comparing-status .fl-badge")).to_have_text("recorded")
    expect(page.locator(".fl-col-times").nth(6)).to_have_text("13×")
    expect(page.locator(".fl-comparing-notice")).to_contain_text("are right")
    expect(page.locator(".fl-scatter-dot")).not_to_have_count(0)
    routed = page.locator(".fl-comparing-row").filter(has_text="Strengths")
    expect(routed).to_contain_text("Strengths: 3 entries")
    page.evaluate(TWO_AT_ONCE)
    expect(page.locator(".fl-pinned-side")).to_have_count(2)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the picture").click()
    assert saved.value.suggested_filename == "fusionlab-compare.png"
    vote = page.locator(".fl-ladder-rung summary", has_text="70.7%")
    expect(vote).to_contain_text("✓ helped")
    vote.press("Enter")
    opened = page.locator(".fl-ladder-rung[open]")
    expect(opened).to_contain_text("At equal compute: ✓ +20.4 points")
    page.locator("#ladder-picture summary", has_text="The ladder as a table").click()
    table = page.get_by_role("region", name="The ladder as a table")
    expect(table.get_by_role("row", name="Routing")).to_contain_text("66.4%")
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(WIDER, ".fl-comparing-stage") <= 0, width


def test_a_linked_comparison_runs_and_two_runs_share_a_cursor(
    app: str, visitor: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = visitor(f"{app}?lang=en&tab=compare&{comparison_to_query(ASKED)}")
    expect(page.locator(".fl-comparer textarea").first).to_have_value("subtract 412-77=")
    expect(page.locator(".fl-comparer-methods summary")).to_contain_text("3 chosen")
    page.get_by_role("button", name="Run", exact=True).click()
    rows = page.locator(".fl-comparing-row")
    expect(rows).to_have_count(4)
    expect(page.get_by_role("status").filter(has_text="4 of 4 ways")).to_be_visible(timeout=90_000)
    expect(page.locator(".fl-comparing-status .fl-badge")).to_have_count(0)
    expect(rows.nth(3)).to_contain_text("✓ right")
    assert "tab=compare" in page.url
    for number in (0, 1, 2):
        rows.nth(number).get_by_role("checkbox").click()
    expect(rows.nth(0).get_by_role("checkbox")).not_to_be_checked()
    expect(page.locator(".fl-pinned-side")).to_have_count(2)
    shot(page, "compare")
    rows.nth(0).get_by_role("checkbox").click()
    expect(page.locator(".fl-pinned-side").nth(1)).to_contain_text("Token ensemble")
    page.locator(".fl-pinned-cursor .fl-slider").press("Home")
    expect(page.locator(".fl-pinned-place")).to_contain_text("Step 1 of")
    for side in range(2):
        chosen = page.locator(".fl-pinned-side").nth(side).locator(".fl-token").first
        expect(chosen).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Next", exact=True).first.click()
    expect(page.locator(".fl-pinned-place")).to_contain_text("Step 2 of")


def test_a_method_that_does_not_suit_says_why_and_comes_back(
    app: str, visitor: Callable[..., Page]
) -> None:
    page = visitor(f"{app}?lang=en&tab=compare&{comparison_to_query(ASKED)}")
    page.locator(".fl-comparer-methods summary").click()
    judge = page.locator("li", has_text="“Judge” needs at least 3 members")
    expect(judge.get_by_role("checkbox")).to_be_disabled()
    page.get_by_role("button", name="Add member").click()
    page.keyboard.press("Escape")
    expect(page.locator("li", has_text="“Judge” needs")).to_have_count(0)


def test_nothing_chosen_is_refused_where_it_happens(app: str, visitor: Callable[..., Page]) -> None:
    page = visitor(f"{app}?lang=zh&tab=compare&{comparison_to_query(ASKED)}")
    expect(page.get_by_role("list", name="成员").locator("button")).to_have_count(2)
    page.locator(".fl-comparer-methods summary").click()
    page.get_by_role("button", name="全不选").click()
    page.get_by_role("button", name="运行", exact=True).click()
    expect(page.locator("#compare-form").get_by_role("alert")).to_contain_text("没有选择方法")
    form = page.locator("#ladder-form")
    form.locator("summary").click()
    form.get_by_role("button", name="使用上方表单里的成员").click()
    expect(form.get_by_label("成员")).to_have_value("zoo/adder\nzoo/subtracter")
    form.get_by_label("成员").fill("zoo/adder\nzoo/editr")
    form.get_by_role("button", name="开始攀登").click()
    expect(form.get_by_role("alert")).to_contain_text("editor")
    expect(form.get_by_role("button", name="开始攀登")).to_be_enabled()


@pytest.mark.parametrize("width", [390, 1024])
def test_nothing_is_wider_than_the_page(
    app: str, visitor: Callable[..., Page], shot: Callable[[Page, str], None], width: int
) -> None:
    page = visitor(f"{app}?lang=zh", width=width, height=844, dark=width == 390)
    expect(page.locator(".fl-comparing-row").first).to_contain_text("335")
    page.locator(".fl-comparing-row").nth(0).get_by_role("checkbox").check()
    page.locator(".fl-comparing-row").nth(1).get_by_role("checkbox").check()
    expect(page.locator(".fl-pinned-side")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"compare-{width}")


def test_a_stopped_comparison_goes_on_where_it_was(app: str, visitor: Callable[..., Page]) -> None:
    many = [Choice("self_consistency", {"samples": 64 - less}) for less in range(7)]
    chosen = (Choice("solo"), *many)  # so many that Stop comes before the end on any machine
    long = replace(ASKED, methods=chosen, sampling=Sampling(max_tokens=200, temperature=5.0))
    page = visitor(f"{app}?lang=en&tab=compare&{comparison_to_query(long)}")
    expect(page.locator(".fl-comparer-methods summary")).to_contain_text("8 chosen")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".fl-is-finished").nth(1)).to_be_visible(timeout=60_000)  # or more by then
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Stopped after")).to_be_visible()
    first = page.locator(".fl-comparing-row").nth(0).inner_text()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.locator(".fl-is-running")).to_have_count(1)
    assert page.locator(".fl-comparing-row").nth(0).inner_text() == first
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
