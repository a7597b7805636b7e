"""The strip of tokens alone on a page without a server: steps, keys, parts and tables."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fusionlab.trace import Trace
from fusionlab.views.tokens import token_view
from tests.browser.component_fakes import VIEWS
from tests.browser.drawing import (
    UNFOLD,
    draw,
    events_of,
    expect_selected,
    most_divergent,
    tokens_of,
)
from tests.views.fakes import (
    END,
    HOSTILE,
    recipe,
    token_trace,
)

pytestmark = pytest.mark.browser


def test_increments_keep_the_nodes_that_are_there(blank: Callable[..., Page]) -> None:
    page = blank()
    running, done = token_trace(n_steps=12, finished=False), token_trace(n_steps=12)
    first = token_view(running, run="r")
    first["steps"] = first["steps"][:5]
    draw(page, "tokens", first)
    expect(tokens_of(page)).to_have_count(5)
    page.evaluate("window.kept = [...document.querySelectorAll('.fl-token')]")
    draw(page, "tokens", token_view(running, start=5, run="r"))
    draw(page, "tokens", token_view(running, start=3, run="r"))
    draw(page, "tokens", token_view(done, run="r"))
    expect(tokens_of(page)).to_have_count(12)
    assert page.evaluate(
        "window.kept.every((node, i) => node === document.querySelectorAll('.fl-token')[i])"
    )


def test_a_gap_waits_for_the_whole(blank: Callable[..., Page]) -> None:
    page = blank()
    running = token_trace(n_steps=9, finished=False)
    draw(page, "tokens", token_view(running, start=4, run="r"))
    expect(tokens_of(page)).to_have_count(0)
    expect(page.locator(".fl-empty")).to_be_visible()
    draw(page, "tokens", token_view(token_trace(n_steps=9), run="r"))
    expect(tokens_of(page)).to_have_count(9)
    expect(page.locator(".fl-empty")).to_be_hidden()


def test_another_run_starts_afresh(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "tokens", token_view(token_trace(n_steps=9), run="one"))
    two = token_trace(("other",), n_steps=2, n_members=1, finished=False)
    draw(page, "tokens", token_view(two, run="two"))
    expect(tokens_of(page)).to_have_text(["other", "other"])
    expect(page.locator(".fl-legend-member")).to_have_count(1)
    expect(page.locator(".fl-title").first).to_contain_text("Step 2")
    draw(page, "tokens", token_view(Trace(recipe()), run="three"))
    expect(tokens_of(page)).to_have_count(0)
    expect(page.locator(".fl-step")).to_be_hidden()


def test_click_and_keys_choose_a_step(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "tokens", token_view(token_trace(n_steps=30)))
    tokens_of(page).nth(3).click()
    expect_selected(page, 3)
    for key, index in (
        ("ArrowRight", 4),
        ("ArrowLeft", 3),
        ("PageDown", 13),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("End", 29),
        ("ArrowRight", 29),
    ):
        page.keyboard.press(key)
        expect_selected(page, index)
        expect(tokens_of(page).nth(index)).to_be_focused()
        expect(page.locator(".fl-title").first).to_contain_text(f"Step {index + 1} ")
    assert events_of(page)[:2] == [["select", {"step": 3}], ["select", {"step": 4}]]
    expect(page.locator(".fl-token[tabindex='0']")).to_have_count(1)


def test_the_course_is_a_slider(blank: Callable[..., Page]) -> None:
    page = blank()
    view = token_view(token_trace(n_steps=30))
    draw(page, "tokens", view)
    plot = page.get_by_role("slider")
    plot.focus()
    page.keyboard.press("Home")
    expect(plot).to_have_attribute("aria-valuenow", "1")
    expect(plot).to_be_focused()
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": 60})
    expect(page.locator(".fl-place")).to_have_text(re.compile(r"1[2-9] of 30"))
    steps = view["steps"]
    most = max(range(30), key=lambda i: steps[i]["divergence"])
    page.locator(".fl-course .fl-link").first.click()
    expect_selected(page, most)


def test_a_reader_who_looks_back_is_left_there(blank: Callable[..., Page]) -> None:
    page = blank()
    trace = token_trace(n_steps=20, finished=False)
    first = token_view(trace, run="r")
    rest = token_view(trace, start=10, run="r")
    first["steps"] = first["steps"][:10]
    draw(page, "tokens", first)
    follow = page.get_by_role("button", name="Follow the newest")
    expect(follow).to_be_hidden()
    tokens_of(page).nth(2).click()
    expect(follow).to_be_visible()
    draw(page, "tokens", rest)
    expect_selected(page, 2)
    follow.click()
    expect_selected(page, 19)
    expect(follow).to_be_hidden()
    draw(page, "tokens", token_view(token_trace(n_steps=24, finished=False), run="r"))
    expect_selected(page, 23)
    view = token_view(token_trace(n_steps=25), run="r")
    draw(page, "tokens", view)
    expect_selected(page, most_divergent(view))
    expect(follow).to_be_hidden()


def test_screen_readers_hear_the_chosen_step_and_the_end(blank: Callable[..., Page]) -> None:
    page = blank()
    live = page.locator(".fl-unseen[aria-live=polite]")
    running = token_trace(n_steps=6, finished=False)
    draw(page, "tokens", token_view(running, run="r"))
    expect(live).to_have_text("")
    tokens_of(page).nth(2).click()
    expect(live).to_contain_text("Step 3: “·capital”, p ")
    draw(page, "tokens", token_view(token_trace(n_steps=8), run="r"))
    expect(live).to_have_text("The answer has 8 tokens.")


def test_hostile_names_are_text(blank: Callable[..., Page]) -> None:
    page = blank()
    view = token_view(token_trace(n_steps=3, n_members=2))
    for member, name in zip(view["members"], HOSTILE[2:4], strict=True):
        for step in view["steps"]:
            step["members"][name] = step["members"].pop(member["name"])
        member["name"] = name
    draw(page, "tokens", view)
    expect(page.locator(".fl-legend")).to_contain_text(HOSTILE[2])
    expect(page.locator(".fl-want")).to_have_count(2)
    assert page.locator(".fl :is(img, script)").count() == 0


def test_a_character_of_several_tokens_appears_once_it_is_whole(
    blank: Callable[..., Page],
) -> None:
    page = blank()
    view = token_view(token_trace(("\\xe9", "\\x95", "\\xbf", " wall"), n_steps=4))
    for step, said in zip(view["steps"], ("", "", "长", " wall"), strict=True):
        step["text"] = said
    draw(page, "tokens", view)
    shown = [text.strip("· ") for text in tokens_of(page).all_inner_texts()]
    assert shown == ["◌", "◌", "长", "wall"]
    expect(tokens_of(page).nth(2)).to_have_attribute("title", re.compile(r"\\xbf"))


def test_an_end_is_a_quiet_mark(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "tokens", token_view(token_trace(("Paris", ".", END), n_steps=3)))
    last = tokens_of(page).nth(2)
    expect(last).to_have_text("end")
    assert END in (last.get_attribute("title") or "")
    title = page.locator(".fl-title").first
    expect(title).to_have_text(re.compile("^Step 3 end p"))
    expect(title.get_by_title(END)).to_be_visible()


def test_parts_of_a_bar_add_up_to_it(blank: Callable[..., Page]) -> None:
    page = blank()
    view = token_view(token_trace(n_steps=4))
    draw(page, "tokens", view)
    widths = page.evaluate("""[...document.querySelectorAll('.fl-bar-row')].map(row =>
        [...row.querySelectorAll('.fl-segment')].map(part =>
            Number(part.style.getPropertyValue('--w'))))""")
    shown = view["steps"][most_divergent(view)]
    for parts, candidate in zip(widths, shown["fused"], strict=True):
        assert sum(parts) == pytest.approx(candidate["p"], abs=1e-3)
    assert page.locator(".fl-unlisted").count() == 0


def test_every_picture_of_the_tokens_has_its_table(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "tokens", token_view(token_trace(n_steps=7)))
    tokens_of(page).nth(2).click()
    page.evaluate(UNFOLD)
    expect(page.locator("caption")).to_have_text(
        [
            "Step 3: probability of each candidate",
            "Step 3: what each member wanted",
            "Step 3: the members",
            "Step 3 with these weights",
            "Entropy and divergence, step by step",
        ]
    )
    expect(page.locator(".fl-course tbody tr")).to_have_count(7)
    tokens_of(page).nth(1).click()
    expect(page.locator("caption").first).to_contain_text("Step 2")


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (700, False)])
def test_wide_rooms_set_the_step_side_by_side(
    blank: Callable[..., Page], width: int, beside: bool
) -> None:
    page = blank(width)
    draw(page, "tokens", VIEWS["tokens-two"][1]())
    left, right = (page.locator(name).bounding_box() for name in (".fl-weighed", ".fl-wanted"))
    assert left is not None
    assert right is not None
    assert (left["x"] >= right["x"] + right["width"]) == beside
