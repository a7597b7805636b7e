"""Branching in the browser: from a candidate by mouse and by keys, the tree, and its file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from fusionlab.comparison.branching import parse_tree
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_to_query
from tests.browser.legible import faults
from tests.browser.served import served

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    """The address of the app, served by this process."""
    with served() as url:
        yield url


@pytest.fixture
def recipe(tiny: Path, tiny_twin: Path) -> Recipe:
    members = (MemberRecipe(f"path:{tiny}", "ann"), MemberRecipe(f"path:{tiny_twin}", "bob"))
    return Recipe("ensemble", "one two three", members, sampling=Sampling(max_tokens=10))


def tab(page: Page) -> Locator:
    return page.locator(".fl-result").filter(has=page.locator("#tokens-stage"))


def tree(page: Page) -> Locator:
    return page.locator("#tokens-branches")


def rows(page: Page) -> Locator:
    return tree(page).get_by_role("treeitem")


def run_here(visitor: Visitor, app: str, recipe: Recipe, **options: object) -> Page:
    language = options.pop("language", "en")
    page = visitor(f"{app}?{recipe_to_query(recipe)}&lang={language}", **options)
    page.locator("#tokens-recipe .fl-run:not(.fl-stop)").click()
    finished(page)
    return page


def finished(page: Page) -> None:
    expect(page.locator("#tokens-actions button").first).to_be_enabled()
    expect(page.locator("#tokens-recipe .fl-stop")).to_be_hidden()


def go_to_step(page: Page, step: int) -> None:
    page.locator("#tokens-stage .fl-token").nth(step).click()


def test_a_candidate_begins_a_branch_and_the_tree_shows_both(
    app: str, visitor: Visitor, recipe: Recipe, shot: Shot, tmp_path: Path
) -> None:
    page = run_here(visitor, app, recipe)
    expect(tree(page)).to_be_hidden()
    first = page.locator("#tokens-headline .fl-headline-answer").inner_text()
    go_to_step(page, 3)
    other = page.locator("#tokens-stage .fl-bars .fl-branch-at").first
    other.click()
    expect(rows(page)).to_have_count(2)
    finished(page)
    expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#tokens-stage .fl-strip-given > span")).to_have_count(4)
    expect(page.locator("#tokens-recipe .fl-begun")).to_be_visible()
    second = page.locator("#tokens-headline .fl-headline-answer").inner_text()
    assert first != second
    expect(tree(page).locator(".fl-apart-here")).to_have_count(2)
    shot(page, "branches-1440")
    found = faults(page, "branches", "#tokens-branches")
    assert not found, "\n".join(found)

    # by keys: a branch of the branch, from what a member wanted
    page.locator("#tokens-stage .fl-token").nth(2).focus()
    page.keyboard.press("Enter")
    wish = page.locator("#tokens-stage .fl-wants .fl-branch-at").first
    wish.focus()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(3)
    finished(page)
    expect(rows(page).last).to_have_attribute("aria-level", "3")
    shot(page, "branches-of-branches-1440")

    # the tree by keys: to the first run and back
    rows(page).nth(2).focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(rows(page).first).to_have_attribute("aria-selected", "true")
    expect(page.locator("#tokens-headline .fl-headline-answer")).to_have_text(first)
    expect(page.locator("#tokens-recipe .fl-begun")).to_be_hidden()

    # the page loaded again still has it, and it grows on from there
    page.reload()
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_have_attribute("aria-selected", "true")
    expect(page.locator("#tokens-headline .fl-headline-answer")).to_have_text(first)
    rows(page).nth(1).click()
    expect(page.locator("#tokens-headline .fl-headline-answer")).to_have_text(second)
    page.reload()
    expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    rows(page).first.click()
    expect(page.locator("#tokens-headline .fl-headline-answer")).to_have_text(first)

    # one file of all, which can be opened again
    with page.expect_download() as caught:
        tree(page).get_by_role("button", name="Save").click()
    file = tmp_path / "branches.jsonl"
    caught.value.save_as(file)
    saved = parse_tree(file.read_text(encoding="utf-8"))
    assert [each.parent for each in saved.branches] == [-1, 0, 1]
    again = visitor(app)
    again.locator("#open-run").locator("xpath=..").locator("input[type=file]").set_input_files(file)
    expect(rows(again)).to_have_count(3)
    expect(again.locator("#tokens-headline .fl-headline-answer")).to_have_text(first)
    rows(again).nth(1).click()
    expect(again.locator("#tokens-headline .fl-headline-answer")).to_have_text(second)


def test_a_branch_run_before_is_shown_and_a_new_run_leaves_the_tree(
    app: str, visitor: Visitor, recipe: Recipe
) -> None:
    page = run_here(visitor, app, recipe)
    for _ in range(2):
        go_to_step(page, 1)
        page.locator("#tokens-stage .fl-bars .fl-branch-at").first.click()
        expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
        finished(page)
        expect(rows(page)).to_have_count(2)
        rows(page).first.click()
        expect(rows(page).first).to_have_attribute("aria-selected", "true")
    page.locator("#tokens-recipe .fl-run:not(.fl-stop)").click()
    expect(tree(page)).to_be_hidden()
    finished(page)
    page.reload()
    expect(page.locator("#tokens-headline .fl-headline-answer")).not_to_be_empty()
    expect(tree(page)).to_be_hidden()


@pytest.mark.parametrize(("language", "dark"), [("zh", False), ("en", True)])
def test_a_phone_shows_it_in_its_width(
    app: str, visitor: Visitor, recipe: Recipe, shot: Shot, language: str, dark: bool
) -> None:
    page = run_here(visitor, app, recipe, language=language, width=390, height=844, dark=dark)
    go_to_step(page, 2)
    page.locator("#tokens-stage .fl-bars .fl-branch-at").first.click()
    expect(rows(page)).to_have_count(2)
    finished(page)
    panel = page.locator("#tokens-orand")
    panel.locator("summary").first.click()
    expect(panel.locator(".fl-orand-choice button")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = faults(page, "branches", "#tokens-branches")
    found += faults(page, "or and and", "#tokens-orand", colours=False)
    assert not found, "\n".join(found)
    shot(page, f"branches-390-{language}{'-dark' if dark else ''}")


def test_or_and_and_are_three_prompts_where_they_part(
    app: str, visitor: Visitor, shot: Shot
) -> None:
    page = visitor(f"{app}?tab=tokens")
    panel = page.locator("#tokens-orand")
    panel.locator("summary").first.focus()
    page.keyboard.press("Enter")
    prompts = panel.locator(".fl-orand-choice button")
    expect(prompts).to_have_count(3)
    for at in range(3):
        prompts.nth(at).focus()
        page.keyboard.press("Enter")
        expect(prompts.nth(at)).to_have_attribute("aria-pressed", "true")
        written = panel.locator(".fl-orand-bar.fl-chosen")
        expect(written).to_have_count(2)
        cards = panel.locator(".fl-orand-card:has(.fl-chosen)")
        expect(cards).to_have_count(2)  # each pool wrote another token
        here = panel.locator(".fl-apart-here").all_inner_texts()
        assert len(set(here)) == 2
    prompts.first.click()
    shot(page, "orand-1440")
    found = faults(page, "or and and", "#tokens-orand")
    assert not found, "\n".join(found)
    panel.get_by_role("button", name="Open this run").last.click()
    expect(page.locator("#tokens-headline .fl-headline-answer")).to_contain_text("food-loving")


def test_one_button_runs_the_prompt_under_every_pooling(
    app: str, visitor: Visitor, recipe: Recipe, shot: Shot
) -> None:
    page = run_here(visitor, app, recipe)
    page.locator("#tokens-ways button", has_text="Compare poolings").click()
    sides = page.locator("#tokens-compared .fl-apart-side")
    expect(sides).to_have_count(6)
    expect(page.locator("#tokens-ways button", has_text="Compare poolings")).to_be_enabled()
    shot(page, "poolings-1440")
