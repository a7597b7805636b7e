"""The Debate tab as a person meets it: rounds, changed minds, other ways, other methods."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from tests.browser.test_app import app, come_to, come_with, prompt, run, words  # noqa: F401  app is a fixture

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
Shot = Callable[[Page, str], None]
READERS = Recipe(
    "debate",
    "add,reverse 328+9=",
    tuple(MemberRecipe("zoo/reader-1", name=name) for name in ("Anna", "Ben", "Carla")),
    {"wording": "short", "answer": "exact", "truth": "733", "max_rounds": 2},
    Sampling(max_tokens=24, temperature=0.9),
)


def way(page: Page, key: str) -> Locator:
    return page.locator("#conversation-ways").get_by_role("button", name=words(key))


def test_three_readers_debate_and_the_tab_says_who_changed_their_mind(
    app: str,  # noqa: F811
    visitor: Visitor,
    shot: Shot,
) -> None:
    page = come_with(visitor, app, READERS)
    run(page, "conversation")
    stage = page.locator("#conversation-stage")
    expect(stage.get_by_role("group", name=words("rounds-steps"))).to_be_visible()
    expect(stage.locator(".fl-influence")).to_contain_text("733")
    expect(page.locator("#conversation-headline")).to_contain_text("733")
    page.get_by_role("button", name=words("rounds-play")).click()
    shot(page, "debate-run")


def test_the_baseline_is_one_click_away_also_from_a_recorded_run(
    app: str,  # noqa: F811
    visitor: Visitor,
    shot: Shot,
) -> None:
    page = come_to(visitor, app, "conversation")
    expect(way(page, "ways-stop")).to_be_hidden()
    way(page, "ways-equal").click()
    ways = page.locator("#conversation-compared .fl-way")
    expect(ways).to_have_count(2)
    expect(ways.nth(1)).to_contain_text("Self-consistency, 18")
    expect(page.locator("#conversation-compared .fl-table caption").last).to_contain_text("spent")
    expect(page.locator("#conversation-compared")).not_to_contain_text("runs …", timeout=60_000)
    expect(way(page, "ways-equal")).to_be_enabled()
    expect(way(page, "ways-stop")).to_be_hidden()
    shot(page, "debate-equal")
    stale = page.locator("#conversation-compared").get_by_text(words("compared-stale"))
    expect(stale).to_be_hidden()
    prompt(page, "conversation").fill("add,reverse 1+2=")
    expect(stale).to_be_visible()


def test_the_four_topologies_stand_side_by_side(
    app: str,  # noqa: F811
    visitor: Visitor,
    shot: Shot,
) -> None:
    page = come_with(visitor, app, READERS)
    way(page, "ways-topology").click()
    expect(way(page, "ways-stop")).to_be_visible()
    expect(way(page, "ways-equal")).to_be_disabled()
    ways = page.locator("#conversation-compared .fl-way")
    expect(ways).to_have_count(4, timeout=60_000)
    expect(page.locator("#conversation-compared")).not_to_contain_text("runs …", timeout=60_000)
    for at, topology in enumerate(("memory", "report", "relay", "debate")):
        expect(ways.nth(at).get_by_role("heading")).to_have_text(
            words(f"rounds-topology-{topology}")
        )
    expect(page.locator("#conversation-compared table").last).to_contain_text("tokens by round")
    shot(page, "debate-topologies")
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    shot(page, "debate-topologies-narrow")


def test_there_is_nothing_to_compare_before_a_run(
    app: str,  # noqa: F811
    visitor: Visitor,
) -> None:
    page = come_with(visitor, app, READERS)
    way(page, "ways-equal").click()
    expect(page.locator("#conversation-compared")).to_contain_text(words("app-nothing-to-compare"))


def test_a_method_brings_its_own_settings(
    app: str,  # noqa: F811
    visitor: Visitor,
) -> None:
    page = come_to(visitor, app, "conversation")
    expect(way(page, "ways-topology")).to_have_count(1)
    form = page.locator("#conversation-recipe")
    settings = form.get_by_role("button", name=words("recipe-settings"))
    settings.click()
    topology = page.get_by_role("dialog").locator("code", has_text="topology")
    expect(topology.first).to_be_attached()
    page.keyboard.press("Escape")
    form.get_by_label(words("recipe-method"), exact=True).select_option("self_refine")
    expect(page.locator("#conversation-status")).to_contain_text(words("status-stale"))
    expect(way(page, "ways-topology")).to_have_count(0)
    settings.click()
    expect(topology).to_have_count(0)
    iterations = page.get_by_role("dialog").locator("code", has_text="iterations")
    expect(iterations.first).to_be_attached()
