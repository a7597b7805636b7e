"""Tokens of which not all is known: where members told only their best, or a search chose.

The picture says what is certain and what is not, and claims nothing else.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.events import Record, RunFinished
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace
from fusionlab.views.tokens import token_view
from tests.browser.test_token_pictures import DRAW
from tests.views.fakes import recipe, token_trace

pytestmark = pytest.mark.browser


def told(*certain: bool) -> Trace:
    """A run whose choices were certain or not."""
    whole = token_trace(n_steps=len(certain), n_members=2)
    trace = Trace(recipe(2, pooling="arithmetic"))
    for at, (token, sure) in enumerate(zip(whole.tokens, certain, strict=True)):
        (name, one), (other, two) = token.members.items()
        members = {name: one, other: replace(two, p_chosen=0.0)}
        shown = replace(token, members=members, certified=sure, coverage=0.75)
        trace.add(Record(float(at), shown))
    trace.add(Record(float(len(certain)), RunFinished("done")))
    return trace


@pytest.mark.parametrize(
    ("lang", "sure", "unsure", "share"),
    [
        ("en", "certain, whatever was not told", "not certain: too little was told", "told: 75%"),
        ("zh", "已确定，与未给出的概率无关", "不能确定：给出的概率太少", "已给出 75% 的概率"),
    ],
)
def test_a_step_says_whether_it_is_certain(
    blank: Callable[..., Page], lang: str, sure: str, unsure: str, share: str
) -> None:
    page = blank(390, language=lang)
    page.evaluate(DRAW, ["tokens", token_view(told(True, False, True))])
    marked = page.locator(".fl-strip .fl-token")
    classes = [str(node.get_attribute("class")).split() for node in marked.all()]
    assert ["fl-uncertain" in each for each in classes] == [False, True, False]
    expect(page.locator(".fl-key-uncertain")).to_be_visible()
    for at, words in ((0, sure), (1, unsure)):
        marked.nth(at).click()
        expect(page.locator(".fl-facts")).to_contain_text(words)
        expect(page.locator(".fl-facts")).to_contain_text(share)
    second = page.locator(".fl-want").nth(1).inner_text()
    assert "–" in second  # what was not told is no 0
    expect(page.locator(".fl-whatif")).to_be_hidden()
    assert unsure in str(marked.nth(1).get_attribute("title"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_whole_distributions_say_nothing_of_it(blank: Callable[..., Page]) -> None:
    page = blank()
    page.evaluate(DRAW, ["tokens", token_view(token_trace(n_steps=3, n_members=2))])
    expect(page.locator(".fl-strip .fl-token")).to_have_count(3)
    expect(page.locator(".fl-key-uncertain")).to_have_count(0)
    expect(page.locator(".fl-uncertain")).to_have_count(0)


@pytest.mark.parametrize(
    ("lang", "said", "unknown"),
    [("en", "where the search ended", "not known:"), ("zh", "搜索结束时", "无法判断：")],
)
def test_what_a_search_found_has_no_shares_and_cannot_be_pooled_anew(
    blank: Callable[..., Page], lang: str, said: str, unknown: str
) -> None:
    page = blank(390, language=lang)
    run = read_run(Path(str(asset("runs/related-tokens.jsonl"))))
    page.evaluate(DRAW, ["tokens", token_view(run)])
    page.locator(".fl-strip .fl-token").first.click()
    expect(page.get_by_text(said)).to_be_visible()
    for claimed in (".fl-shares", ".fl-key-pivotal", ".fl-key-line"):
        expect(page.locator(claimed)).to_have_count(0)
    expect(page.locator(".fl-pivot")).to_contain_text(unknown)
    expect(page.locator(".fl-whatif")).to_be_hidden()
    expect(page.locator(".fl-weight").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
