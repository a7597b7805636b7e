"""The study of tokenizers as a person uses it: by mouse and keys, and with hostile text."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.views.laboratory import recorded_study, studies_view
from tests.browser.legible import faults
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

BODY = '<div class="fl fl-stage-here"></div>'
DRAW = """(value) => window.FusionLab.studies.tokenizers(
    document.querySelector('.fl-stage-here'), value)"""
LABORATORY = """(value) => window.FusionLab.laboratory(
    document.querySelector('.fl-stage-here'), value,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
WIDEST = "document.documentElement.scrollWidth"
CHOSEN = ".fl-tk-token[aria-pressed='true']"
SMOL = 2
"""The row of SmolLM2's tokenizer in the recording."""


def recorded() -> dict[str, Any]:
    found = recorded_study("tokenizers")
    assert found is not None
    return copy.deepcopy(found)


def beginning(found: dict[str, Any], most: int = 37) -> dict[str, Any]:
    """The recording of a shorter text, as all that is looked at takes its time."""
    found["text"] = found["text"].encode()[:most].decode()
    found["bytes"] = most
    found["common"] = [at for at in found["common"] if at < most]
    for each in found["tokenizers"]:
        each["tokens"] = [token for token in each["tokens"] if token["end"] <= most]
    return found


def place(found: dict[str, Any], row: int, text: str) -> int:
    return next(i for i, t in enumerate(found["tokenizers"][row]["tokens"]) if t["text"] == text)


def test_a_token_is_followed_by_mouse_and_keys(
    blank: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, found)
    detail, chosen = page.locator(".fl-tk-detail"), page.locator(CHOSEN)
    tokens = sum(len(each["tokens"]) for each in found["tokenizers"])
    expect(page.locator("button.fl-tk-token")).to_have_count(tokens)
    expect(chosen).to_have_count(1)
    expect(chosen).to_have_attribute("aria-label", re.compile("Thinking"))
    expect(detail).to_contain_text("token 15 of 40")
    pieces = detail.locator(".fl-tk-card", has_text="zoo/pieces-base")
    expect(pieces).to_contain_text("none says exactly this")
    expect(pieces).to_contain_text("6 edits away")
    expect(pieces).to_contain_text("its first part that is no space")
    expect(pieces).to_contain_text("on exactly these bytes")
    expect(page.locator(".fl-tk-met")).to_have_count(2 * len(" Thinking"))

    page.keyboard.press("Tab")  # the glossary's terms of the legend come first
    chosen.focus()
    page.keyboard.press("ArrowRight")
    expect(chosen).to_have_attribute("aria-label", re.compile("together"))
    expect(detail).to_contain_text("token 16 of 40")
    page.keyboard.press("ArrowUp")
    expect(chosen).to_have_attribute("aria-label", re.compile("zoo/pieces-base, .*bytes 23 to 25"))
    expect(chosen).to_be_focused()
    page.keyboard.press("End")
    last = len(found["tokenizers"][1]["tokens"])
    expect(detail).to_contain_text(f"token {last} of {last}")
    expect(detail).to_contain_text("a part of a character")
    page.keyboard.press("Home")
    expect(detail).to_contain_text("takes no bytes of the text")
    expect(detail).to_contain_text("control tokens only stand for one another")

    unknown = page.get_by_role("button", name=re.compile(r"zoo.base, .*bytes 34 to 37"))
    unknown.click()
    expect(chosen).to_have_attribute("aria-label", re.compile("unk"))
    expect(detail).to_contain_text("the text is lost")
    page.get_by_role("button", name=re.compile(r"smollm2-135m, .*bytes 34 to 36")).hover()
    expect(detail).to_contain_text("e4 bd")
    expect(detail.locator(".fl-tk-card").first).to_contain_text("cut at other bytes")
    page.locator(".fl-tk-number").first.hover()
    page.mouse.move(1, 1)
    expect(detail).to_contain_text("the text is lost")  # the chosen one is shown again
    detail.get_by_role("button", name="MinED").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("smallest edit distance")
    page.keyboard.press("Escape")
    shot(page, "study-tokenizers")


def test_figures_and_tables_say_what_is_drawn(blank: Callable[..., Page]) -> None:
    page, found = blank(width=1280, body=BODY), recorded()
    page.evaluate(DRAW, {**found, "maps": []})
    expect(page.locator(".fl-tk-detail")).to_contain_text("being looked up")
    page.evaluate(DRAW, found)
    expect(page.locator(".fl-tk-detail")).not_to_contain_text("being looked up")
    cuts = [at for at in found["common"] if at < found["bytes"]]
    expect(page.locator(".fl-tk-cut")).to_have_count(len(cuts))
    figures = page.get_by_role("region", name="How each tokenizer cuts the text")
    expect(figures.get_by_role("row").nth(1 + SMOL)).to_contain_text("49,152")
    exact = page.get_by_role("region", name="Share of a vocabulary")
    expect(exact.get_by_role("row").nth(1)).to_contain_text("100%")
    page.get_by_text("All tokens and their counterparts as tables").click()
    rows = page.get_by_role("region", name="Tokens of smollm2-135m").get_by_role("row")
    expect(rows).to_have_count(1 + len(found["tokenizers"][SMOL]["tokens"]))
    row = rows.nth(1 + place(found, SMOL, " Thinking"))
    expect(row).to_contain_text("14–23")
    expect(row).to_contain_text("6 edits away")


@pytest.mark.parametrize(("width", "language", "dark"), [(1280, "en", True), (390, "zh", False)])
def test_it_fits_and_nothing_is_against_it(
    blank: Callable[..., Page],
    shot: Callable[[Page, str], None],
    width: int,
    language: str,
    dark: bool,
) -> None:
    page = blank(width=width, language=language, dark=dark, calm=True, body=BODY)
    found = beginning(recorded())
    page.evaluate(DRAW, found)
    against = faults(page, f"tokenizers {language}", ".fl-stage-here", colours=False)
    assert page.evaluate(WIDEST) == width
    shot(page, f"study-tokenizers-{width}-{language}")
    tokens = found["tokenizers"][0]["tokens"]
    for at, token in enumerate(tokens):
        token["text"] = HOSTILE[at % len(HOSTILE)]
    found["tokenizers"][1]["name"] = HOSTILE[2]
    found["text"] = "".join(HOSTILE)[: found["bytes"] // 4]
    page.evaluate(DRAW, found)
    expect(page.locator("button.fl-tk-token").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.evaluate(WIDEST) == width
    assert not against, "\n".join(against)


def test_the_text_is_written_and_a_tokenizer_left_out(blank: Callable[..., Page]) -> None:
    page = blank(width=1280, body=BODY)
    given = {"studies": studies_view(), "models": [], "study": "tokenizers"}
    page.evaluate(LABORATORY, given)
    page.evaluate("document.querySelector('.fl-lab-part').open = true")
    page.get_by_text("Settings", exact=True).click()
    page.get_by_role("textbox", name="Text", exact=True).fill("two\nlines")
    third = page.get_by_role("group", name="Third tokenizer")
    expect(third.locator(".fl-model-now").first).to_have_text("SmolLM2 135M")
    third.get_by_role("button", name="Leave out").click()
    expect(third.locator(".fl-model-now").first).to_have_text("none")
    expect(third.locator("summary")).to_be_focused()
    out = page.get_by_role("button", name="Leave out")
    expect(out).to_have_count(2)  # two are needed, and of the others none is chosen
    for each in out.all():
        expect(each).to_be_disabled()
    page.get_by_role("button", name="Run").click()
    asked = {"study": "tokenizers", "settings": {"text": "two\nlines", "third": ""}}
    assert page.evaluate("window.said.at(-1)") == ["submit", asked]
