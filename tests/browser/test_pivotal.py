"""Who was pivotal where that has no answer, or is not known: never shown as if nobody was."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.events import Candidate, MemberStep, Record, RunFinished, TokenChosen
from fusionlab.trace import Trace
from fusionlab.views.tokens import token_view
from tests.browser.legible import faults
from tests.browser.test_explained import DRAW
from tests.views.fakes import NAMES, recipe

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
Told = tuple[bool | None, ...]
END = "<eos>"


@pytest.fixture
def opened(blank: Callable[..., Page]) -> Opened:
    def open_page(view: dict[str, Any], width: int = 1280, **look: Any) -> Page:
        page = blank(width, calm=True, **look)
        page.evaluate(DRAW, view)
        return page

    return open_page


def run_of(told: list[Told], powers: tuple[float, ...] = (), **more: Any) -> dict[str, Any]:
    """A run whose members, at each step, were pivotal or not, or who tells nothing of it."""
    trace = Trace(recipe(len(told[0]), pooling="arithmetic"))
    top = (Candidate(" Paris", 0.5, 1), Candidate(" Lyon", 0.25, 2))
    for at, each in enumerate(told):
        members = {
            name: MemberStep(
                top,
                1.0,
                0.25,
                0.5,
                (0.5, 0.25),
                pivotal=pivotal,
                instead=Candidate(" Lyon", 0.25, 2) if pivotal else None,
                exponent=powers[i] if powers else None,
            )
            for i, (name, pivotal) in enumerate(zip(NAMES, each, strict=False))
        }
        token = TokenChosen(at, " Paris", 1, 0.9996, top, 1.0, 0.1, members)
        trace.add(Record(float(at), replace(token, **more)))
    trace.add(Record(9.0, RunFinished("x")))
    return token_view(trace)


def pivotal_cells(page: Page, step: int) -> tuple[str, list[str]]:
    """What the course says of a step, and what the table of that step says of each member."""
    page.locator(".fl-token").nth(step).click()
    rows = page.locator(".fl-step table").last.locator("tbody tr")
    each = [row.locator("td").last.inner_text() for row in rows.all()]
    course = page.locator(".fl-course table tbody tr").nth(step)
    return course.locator("td").last.inner_text(), each


def unfolded(page: Page) -> Page:
    page.locator(".fl-token").first.click()
    page.locator(".fl-step summary").click()
    page.locator(".fl-course summary", has_text="table").click()
    return page


def test_without_whom_nobody_speaks_for_a_token_has_no_answer(opened: Opened) -> None:
    page = unfolded(opened(run_of([(None, True), (None, False)], (1.0, -2.0))))
    strip = page.locator(".fl-strip .fl-token")
    assert strip.evaluate_all(
        "nodes => nodes.map((n) => [n.matches('.fl-pivotal'), n.matches('.fl-pivotal-open')])"
    ) == [[True, False], [False, False]]
    expect(page.locator(".fl-key-pivotal")).to_be_visible()
    expect(page.locator(".fl-key-of-open")).to_be_hidden()
    expect(page.get_by_role("button", name="Pivotal · 1")).to_be_visible()
    expect(page.locator(".fl-legend-member .fl-weight")).to_have_text(["+1", "−2"])
    assert pivotal_cells(page, 0) == (NAMES[1], ["–", "yes"])
    expect(page.locator(".fl-facts")).to_contain_text("without it")
    each = f"{NAMES[0]}: no choice without it; {NAMES[1]}: no"
    assert pivotal_cells(page, 1) == (each, ["–", "no"])
    expect(page.locator(".fl-facts")).to_contain_text(f"pivotal {each}")
    expect(page.locator(".fl-title-p").first).to_have_text("p > 0.999")
    assert "p > 0.999" in (strip.first.get_attribute("title") or "")


def test_what_lists_of_the_best_leave_open_is_not_known(opened: Opened) -> None:
    told: list[Told] = [(False, False, False), (None, False, False), (True, None, None)]
    page = unfolded(opened(run_of(told, coverage=0.9, certified=True)))
    strip = page.locator(".fl-strip .fl-token")
    assert strip.evaluate_all(
        "nodes => nodes.map((n) => [n.matches('.fl-pivotal'), n.matches('.fl-pivotal-open')])"
    ) == [[False, False], [False, True], [True, False]]
    expect(page.locator(".fl-key-of-open")).to_contain_text("hollow diamond")
    assert pivotal_cells(page, 0) == ("nobody", ["no", "no", "no"])
    open_ = f"not known: {NAMES[0]}"
    assert pivotal_cells(page, 1) == (open_, ["not known", "no", "no"])
    expect(page.locator(".fl-facts")).to_contain_text(open_)
    assert "not known whether pivotal" in (strip.nth(1).get_attribute("title") or "")
    course, each = pivotal_cells(page, 2)
    assert course == f"{NAMES[0]} · not known: {NAMES[1]} and {NAMES[2]}"
    assert each == ["yes", "not known", "not known"]
    jump = page.get_by_role("button", name="Pivotal · 1")
    assert "At 2 tokens it is not known" in (jump.get_attribute("title") or "")
    page.locator(".fl-token").first.click()
    page.keyboard.press("p")
    expect(page.locator(".fl-place")).to_have_text("Step 3 of 3")


def test_of_none_known_to_be_pivotal_it_is_not_known_how_many_are(opened: Opened) -> None:
    told: list[Told] = [(False, False, False), (None, False, False)]
    page = opened(run_of(told, coverage=0.9, certified=True))
    expect(page.get_by_role("button", name="Pivotal · not known")).to_be_disabled()
    page = opened(run_of([(False, False, False)] * 2))
    expect(page.get_by_role("button", name="Pivotal · 0")).to_be_disabled()


def test_a_step_that_ends_the_text_is_called_as_in_the_strip(opened: Opened) -> None:
    page = opened(run_of([(False, False)] * 2, token=END, text=""))
    page.locator(".fl-token").first.click()
    title = page.locator(".fl-step .fl-title-p").locator("..")
    expect(title).to_contain_text("end")
    expect(title).not_to_contain_text(END)


@pytest.mark.parametrize(("width", "language", "dark"), [(1440, "en", False), (390, "zh", True)])
def test_it_can_be_read(
    opened: Opened, shot: Callable[[Page, str], None], width: int, language: str, dark: bool
) -> None:
    told: list[Told] = [(None, False, False), (True, None, None)] * 6
    view = run_of(told, coverage=0.9, certified=False)
    page = opened(view, width, language=language, dark=dark)
    page.locator(".fl-token").nth(1).click()
    page.locator(".fl-step summary").click()
    assert faults(page, f"pivotal {language}", ".fl") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"pivotal-{width}-{language}")
