"""Two mixtures side by side on the page: both pictures, the bars, and where a notice leads."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fusionlab.views.mixtures import mixtures_view
from fusionlab.views.stages import stage_for
from tests.browser.legible import faults
from tests.views.fakes import two_mixtures

Blank = Callable[..., Page]
BODY = '<div class="fl fl-picture"></div>'
DRAW = "(v) => window.FusionLab.picture(document.querySelector('.fl-picture'), v)"
SHOW = """(step) => window.FusionLab.picture.show(
    document.querySelector('.fl-picture'), {step, round: null})"""


def test_both_grow_one_after_the_other_and_are_compared(blank: Blank) -> None:
    page = blank(body=BODY)
    half = two_mixtures(finished=False)
    first = type(half)(half.recipe)
    for record in half.records[:7]:
        first.add(record)
    page.evaluate(DRAW, stage_for(first).drawn(first, "r"))
    expect(page.locator(".fl-mixture:visible")).to_have_count(1)
    expect(page.locator(".fl-evenness")).to_be_hidden()
    whole = two_mixtures()
    page.evaluate(DRAW, stage_for(whole).drawn(whole, "r", 7))
    rooms = page.locator(".fl-mixture:visible")
    expect(rooms).to_have_count(2)
    for at in (0, 1):
        expect(rooms.nth(at).locator(".fl-token")).to_have_count(12)
    bars = page.locator(".fl-even-row:not(.fl-even-names) .fl-even-bar")
    expect(bars).to_have_count(4 + 3)
    even = [each["even"] for layers in mixtures_view(whole)["even"] for each in layers]
    assert len(even) == 7
    expect(page.locator(".fl-evenness .fl-sentence")).to_contain_text("the same 6 tokens")
    page.evaluate(SHOW, 15)
    chosen = rooms.nth(1).locator(".fl-token[aria-selected=true]")
    assert (
        chosen.evaluate("each => [...each.parentNode.querySelectorAll('.fl-token')].indexOf(each)")
        == 3
    )
    assert page.evaluate("window.hacked") is None


def test_other_tokens_are_said(blank: Blank) -> None:
    page = blank(body=BODY)
    trace = two_mixtures(alike=False)
    page.evaluate(DRAW, stage_for(trace).drawn(trace, "r"))
    expect(page.locator(".fl-evenness .fl-sentence")).to_contain_text("tokenizers differ")


@pytest.mark.parametrize(("width", "language", "dark"), [(1440, "en", False), (390, "zh", True)])
def test_nothing_is_against_the_pair(
    blank: Blank, shot: Callable[[Page, str], None], width: int, language: str, *, dark: bool
) -> None:
    page = blank(width=width, language=language, dark=dark, calm=True, body=BODY)
    trace = two_mixtures()
    page.evaluate(DRAW, stage_for(trace).drawn(trace, "r"))
    shot(page, f"mixtures-{language}-{width}")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.wait_for_function(
        "[...document.querySelectorAll('.fl-mixture [role=region]')].every(each =>"
        " /^[AB]: /.test(each.ariaLabel))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults(page, f"mixtures {language}", ".fl-picture", colours=False) == []
