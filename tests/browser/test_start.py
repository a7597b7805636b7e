"""The first page and the glossary alone on a page without a server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.runfiles import read_run
from fusionlab.views.start import start_view
from tests.views.fakes import HOSTILE, token_trace

pytestmark = pytest.mark.browser

PLACES = ["tokens", "answers", "conversation", "inside"]
TRIES = {"words": "pair", "votes": "crowd", "experts": "letters"}
DRAW = """data => window.FusionLab.start(document.querySelector('.fl'), data,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
TERM = """key => {
    const button = document.createElement('button');
    button.id = 'word'; button.textContent = key;
    button.onclick = () => window.FusionLab.terms.open(button, key);
    document.body.prepend(button);
}"""


def recorded() -> dict[str, Any]:
    """The first page as the app shows it."""
    trace = read_run(Path(asset("runs/geographer-and-poet.jsonl")))
    return start_view(trace, PLACES, ["compare", "measure"], TRIES)


def test_promise_picture_and_four_places_are_above_the_fold(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    page.evaluate(DRAW, recorded())
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(page.locator(".fl-start-stage")).to_be_in_viewport()
    cards = page.locator(".fl-start-places .fl-start-card")
    expect(cards).to_have_count(4)
    for i in range(4):
        expect(cards.nth(i)).to_be_in_viewport(ratio=1)


def test_the_keys_take_steps_and_the_caption_follows(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    page.evaluate(DRAW, recorded())
    caption = page.locator(".fl-start-caption")
    expect(caption).to_contain_text("the geographer wanted “Love”, the poet wanted “Light”")
    expect(page.locator(".fl-start-last")).to_have_text("Love")
    stage = page.locator(".fl-start-stage")
    stage.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".fl-start-last")).to_have_text("of")
    expect(caption).to_contain_text("both wanted “of”")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fl-start-step")).to_have_text("Step 6 of 14")
    expect(stage).to_be_focused()


def test_it_is_still_where_less_motion_is_asked_for(blank: Callable[..., Page]) -> None:
    page = blank(calm=True, once=True)
    page.clock.install()
    page.evaluate(DRAW, recorded())
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.clock.run_for(30_000)
    expect(page.locator(".fl-start-step")).to_have_text("Step 6 of 14")


def test_it_moves_by_itself_until_it_is_paused(blank: Callable[..., Page]) -> None:
    page = blank(once=True)
    page.clock.install()
    page.evaluate(DRAW, recorded())
    place = page.locator(".fl-start-step")
    page.clock.run_for(4_300)
    expect(place).to_have_text("Step 7 of 14")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(30_000)
    expect(place).to_have_text("Step 7 of 14")


def test_it_rests_while_it_is_out_of_view(blank: Callable[..., Page]) -> None:
    page = blank(1440, 400, once=True)
    page.clock.install()
    page.evaluate(DRAW, recorded())
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_timeout(300)
    before = page.locator(".fl-start-step").text_content()
    page.clock.run_for(30_000)
    assert page.locator(".fl-start-step").text_content() == before
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.clock.run_for(30_000)
    assert page.locator(".fl-start-step").text_content() != before


def test_cards_lead_to_tabs_and_examples_to_presets(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    page.evaluate(DRAW, recorded())
    page.get_by_role("button", name="In conversation").click()
    page.get_by_role("button", name="One sum, worked out").click()
    page.get_by_role("button", name="Run it yourself").click()
    page.get_by_role("button", name="Measure").click()
    assert page.evaluate("window.said") == [
        ["select", {"tab": "conversation"}],
        ["select", {"preset": "crowd"}],
        ["select", {"preset": "pair"}],
        ["select", {"tab": "measure"}],
    ]


def test_a_tab_without_words_has_its_card_all_the_same(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    page.evaluate(DRAW, recorded() | {"places": [*PLACES, "later"]})
    expect(page.get_by_role("heading", name="Five places")).to_be_visible()
    expect(page.get_by_role("button", name="later")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_is_wider_than_the_page_and_a_phone_needs_few_screens(
    blank: Callable[..., Page], width: int
) -> None:
    page = blank(width, 844, calm=True, dark=width == 1024)
    page.evaluate(DRAW, recorded())
    size = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight / 844]")
    assert size[0] <= width
    assert size[1] < 5


def test_what_models_write_stays_text(blank: Callable[..., Page]) -> None:
    page = blank(390, calm=True)
    view = start_view(token_trace(HOSTILE, len(HOSTILE)), [*HOSTILE[:3]], [], {HOSTILE[2]: "x"})
    page.evaluate(DRAW, view | {"prompt": HOSTILE[3]})
    page.locator(".fl-start-stage").focus()
    for _ in view["steps"]:
        page.keyboard.press("ArrowRight")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.body.scrollWidth") <= 390


def test_a_term_opens_beside_its_word_and_gives_the_focus_back(blank: Callable[..., Page]) -> None:
    page = blank(390, 844, calm=True)
    page.evaluate(TERM, "entropy")
    word, card = page.locator("#word"), page.get_by_role("dialog")
    word.click()
    expect(card).to_be_visible()
    expect(card.get_by_role("heading", name="Entropy")).to_be_focused()
    expect(word).to_have_attribute("aria-expanded", "true")
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    card.get_by_role("button", name="Divergence").click()
    expect(card.get_by_role("heading", name="Divergence")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(word).to_be_focused()
    word.click()
    word.click()
    expect(card).to_be_hidden()
    word.click()
    page.mouse.click(200, 840)
    expect(card).to_be_hidden()


def test_every_term_can_be_told_and_found(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    page.evaluate("window.FusionLab.glossary(document.querySelector('.fl'))")
    page.evaluate("""for (const all of document.querySelectorAll('.fl-glossary details'))
        all.open = true""")
    n = page.evaluate("window.FusionLab.glossed.groups.flatMap(group => group.terms).length")
    expect(page.locator(".fl-glossary .fl-term-text")).to_have_count(n)
    page.get_by_label("Find a word").fill("nucleus")
    expect(page.get_by_role("status")).to_have_text("One word fits.")
    expect(page.locator(".fl-glossary details:visible")).to_have_count(1)
