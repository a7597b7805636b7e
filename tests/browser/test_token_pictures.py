"""The pictures of tokens and experts: what is shown first, how it moves, what nobody may miss."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.events import Candidate, Record, RunFinished, TokenChosen
from fusionlab.trace import Trace
from fusionlab.views.experts import expert_view
from fusionlab.views.tokens import token_view
from tests.browser.drawing import UNFOLD
from tests.views.fakes import END, PIECES, recipe, routed_trace, token_trace

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
DRAW = """([component, data]) =>
    window.FusionLab[component](document.querySelector('.fl'), data, () => {})"""
LEVELS = "[...document.querySelectorAll('h2, h3, h4')].map(n => Number(n.tagName[1]))"
UNNAMED = """[...document.querySelectorAll('.fl [aria-label]')].filter(node =>
    ['option', 'gridcell', 'button'].includes(node.role || node.tagName.toLowerCase())
    && !node.ariaLabel.includes(node.innerText.trim())
).map(node => [node.innerText, node.ariaLabel])"""
VIEWS: dict[str, Callable[[], dict[str, Any]]] = {
    "tokens": lambda: token_view(token_trace((*PIECES[:60], END), n_steps=61)),
    "experts": lambda: expert_view(routed_trace(compare="")),
}


@pytest.fixture
def opened(blank: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page with one component in this language, which shows this data."""

    def open_page(
        component: str,
        data: dict[str, Any],
        width: int = 1280,
        *,
        lang: str = "en",
        calm: bool = True,
    ) -> Page:
        page = blank(width, language=lang, calm=calm)
        page.evaluate(DRAW, [component, data])
        return page

    return open_page


def test_the_strip_marks_pooled_steps_and_names_who_was_left_out(opened: Opened) -> None:
    trace = token_trace(n_steps=3, n_members=2)
    first, second, third = trace.tokens
    names = list(first.members)
    alone = {names[0]: replace(first.members[names[0]], weight=1.0)}
    weighed = {
        name: replace(own, weight=weight)
        for (name, own), weight in zip(second.members.items(), (0.9, 0.1), strict=True)
    }
    changed = (
        replace(first, acted=False, members=alone),
        replace(second, acted=True, members=weighed),
        replace(third, acted=True, left_out=(names[1],)),
    )
    gated = Trace(recipe(2, pooling="arithmetic", act="unsure"))
    for at, token in enumerate(changed):
        gated.add(Record(float(at), token))
    gated.add(Record(3.0, RunFinished("done")))
    page = opened("tokens", token_view(gated))
    marked = page.locator(".fl-strip .fl-token")
    assert [
        [name in node.get_attribute("class").split() for name in ("fl-acted", "fl-missed")]  # type: ignore[union-attr]
        for node in marked.all()
    ] == [[False, False], [True, False], [True, True]]
    expect(page.locator(".fl-key-unsure")).to_be_visible()
    marked.nth(0).click()
    expect(page.locator(".fl-step")).to_contain_text("Nobody else was asked.")
    expect(page.locator(".fl-want").nth(1)).to_contain_text("Not asked at this step.")
    marked.nth(1).click()
    expect(page.locator(".fl-facts")).to_contain_text("members pooled")
    weights = page.locator(".fl-want .fl-weight").all_inner_texts()
    assert [weight.strip() for weight in weights] == ["90%", "10%"]
    marked.nth(2).click()
    expect(page.locator(".fl-facts")).to_contain_text(f"left out: {names[1]}")


def shown_step(page: Page) -> int:
    """The number in the title of the step that is shown."""
    return int((page.locator(".fl-step .fl-title").inner_text()).split()[1])


def largest(view: dict[str, Any], key: str) -> int:
    """The number, from 1, of the step with the largest value."""
    steps = view["steps"]
    return 1 + max(range(len(steps)), key=lambda i: float(steps[i][key]))


def unsure(p: float) -> Trace:
    """One step whose most probable candidate has this probability."""
    whole = token_trace(n_steps=1, n_members=2)
    step = whole.tokens[0]
    trace = Trace(recipe(2))
    top = (Candidate(step.token, p), *(Candidate(f" {i}", p / 2) for i in range(3)))
    members = {
        name: replace(own, top=top, p_chosen=p, p_fused=tuple(c.p for c in top))
        for name, own in step.members.items()
    }
    told: TokenChosen = replace(step, p=p, fused=top, members=members)
    trace.add(Record(0.1, told))
    trace.add(Record(0.2, RunFinished("x")))
    return trace


def test_the_step_shown_first_is_the_most_telling_one(opened: Opened) -> None:
    view = token_view(token_trace(n_steps=30))
    assert shown_step(opened("tokens", view)) == largest(view, "divergence")
    alone = token_view(token_trace(n_steps=30, n_members=1))
    assert shown_step(opened("tokens", alone)) == largest(alone, "entropy")
    running = opened("tokens", token_view(token_trace(n_steps=30, finished=False), run="r"))
    assert shown_step(running) == 30
    running.evaluate(DRAW, ["tokens", token_view(token_trace(n_steps=30), start=30, run="r")])
    assert shown_step(running) == largest(view, "divergence")


def test_nothing_counts_from_0(opened: Opened) -> None:
    page = opened("tokens", VIEWS["tokens"]())
    page.locator(".fl-token").first.click()
    page.evaluate(UNFOLD)
    page.evaluate("new Promise(requestAnimationFrame)")  # what opens is filled
    text = page.locator(".fl").inner_text()
    assert "Step 1 of 61" in text
    assert "Step 0" not in text
    assert page.locator(".fl-course tbody th").first.inner_text() == "1"


@pytest.mark.parametrize(("p", "top"), [(0.19, 0.2), (0.04, 0.05), (0.23, 0.25), (0.9, 1)])
def test_bars_have_a_scale_that_is_said(opened: Opened, p: float, top: float) -> None:
    page = opened("tokens", token_view(unsure(p)))
    expect(page.locator(".fl-weighed")).to_contain_text(f"A full bar is p = {top}.")
    share = page.evaluate("""(() => {
        const row = document.querySelector('.fl-bar-row');
        const width = n => n.getBoundingClientRect().width;
        const parts = [...row.querySelectorAll('.fl-segment')].map(width);
        return parts.reduce((a, b) => a + b, 0) / width(row.querySelector('.fl-track'));
    })()""")
    assert share == pytest.approx(p / top, abs=0.03)


def test_keys_step_and_play(opened: Opened) -> None:
    page = opened("tokens", token_view(token_trace(n_steps=30)))
    page.locator(".fl-token").nth(3).click()
    page.get_by_role("button", name="Next").click()
    assert shown_step(page) == 5
    page.keyboard.press("ArrowRight")
    assert shown_step(page) == 6
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Back").click()
    assert shown_step(page) == 4
    page.locator(".fl-token").nth(3).focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".fl-step .fl-title")).to_contain_text("Step 6", timeout=9_000)
    assert page.locator(".fl-later").count() > 0
    page.get_by_role("button", name="Pause").press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".fl-later")).to_have_count(0)


def test_bars_fly_and_leave_nothing_behind(opened: Opened) -> None:
    page = opened("tokens", token_view(token_trace(n_steps=30)), calm=False)
    ghosts = page.locator(".fl-sky .fl-ghost")
    expect(ghosts).to_have_count(0)
    page.get_by_role("button", name="Next").click()
    assert ghosts.count() > 3
    expect(ghosts).to_have_count(0)
    calm = opened("tokens", token_view(token_trace(n_steps=30)))
    calm.get_by_role("button", name="Next").click()
    assert calm.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize(("width", "experts"), [(1280, 16), (1000, 16), (390, 16), (1280, 64)])
def test_maps_of_experts_are_whole_and_even(opened: Opened, width: int, experts: int) -> None:
    page = opened("experts", expert_view(routed_trace(n_experts=experts)), width)
    frames = "[...document.querySelectorAll('.fl-load .fl-heat-frame')]"
    found = page.evaluate(f"""{frames}.map(frame => [
        frame.scrollWidth - frame.clientWidth,
        ...[...frame.querySelectorAll('tbody tr:last-child .fl-cell')]
            .map(cell => cell.getBoundingClientRect().width)])""")
    assert len(found) == 3
    for hidden, *widths in found:
        assert hidden <= 0
        assert len(widths) == experts
        assert max(widths) - min(widths) < 1.5


def test_a_mark_goes_round_a_digit(opened: Opened) -> None:
    page = opened("experts", expert_view(routed_trace(n_experts=8)))
    ring = page.locator(".fl-ringed").first
    assert "inset" not in ring.evaluate("n => getComputedStyle(n).boxShadow")


def test_the_expert_token_shown_first_is_one_of_the_answer(opened: Opened) -> None:
    view = expert_view(routed_trace(n_tokens=20, compare=""))
    page = opened("experts", view)
    expect(page.locator(".fl-given-to .fl-title")).to_contain_text("in the answer")
    sure = {
        step["position"]: sum(layer["p"][0] for layer in step["layers"])
        for step in view["steps"]
        if not step["prompt"]
    }
    least = min(sure, key=lambda position: sure[position])
    expect(page.locator(".fl-given-to .fl-title")).to_contain_text(f"Token {least + 1} ")


def test_members_answers_and_experts_share_no_hue(opened: Opened) -> None:
    page = opened("experts", VIEWS["experts"]())
    hues = page.evaluate("""(() => {
        const room = document.querySelector('.fl');
        const hue = (name, kind) => {
            const node = room.appendChild(document.createElement('i'));
            node.className = name;
            node.style.color = `var(${kind})`;
            return getComputedStyle(node).color;
        };
        return [
            ...[0, 1, 2, 3, 4, 5].map(i => hue('', `--fl-member-${i}`)),
            ...[0, 1, 2, 3, 4, 5].map(i => hue('', `--fl-answer-${i}`)),
            ...[0, 1, 2, 3, 4, 5, 6].map(i => hue(`fl-e${i}`, '--fl-expert')),
        ];
    })()""")
    assert set(hues[:6]).isdisjoint(hues[6:])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", VIEWS)
def test_names_hold_what_is_seen_and_headings_leave_none_out(
    opened: Opened, name: str, lang: str
) -> None:
    page = opened(name, VIEWS[name](), lang=lang)
    assert page.evaluate(UNNAMED) == []
    levels = page.evaluate(LEVELS)
    assert levels[0] == 2
    assert set(levels) == {2, 3}


@pytest.mark.parametrize("name", VIEWS)
def test_all_is_said_in_chinese(opened: Opened, name: str) -> None:
    page = opened(name, VIEWS[name](), lang="zh")
    page.evaluate(UNFOLD)
    page.evaluate("new Promise(requestAnimationFrame)")  # what opens is filled
    text = page.locator(".fl").inner_text()
    for english in ("Step", "step", "Token ", "layer", "entropy", "member", "Next", "table"):
        assert english not in text
    assert ("第 1 层" if name == "experts" else "步，共 61 步") in text


def test_a_term_opens_what_it_means(opened: Opened) -> None:
    page = opened("tokens", VIEWS["tokens"]())
    term = page.get_by_role("button", name="decided by", exact=True)
    expect(term).to_have_attribute("aria-haspopup", "dialog")
    term.click()
    expect(page.get_by_role("dialog", name="Decided by")).to_be_visible()
    page.keyboard.press("Escape")
    expect(term).to_be_focused()


def test_a_column_in_which_nothing_stands_is_left_out(opened: Opened) -> None:
    view = token_view(token_trace(n_steps=3, n_members=2))
    for step in view["steps"]:
        for candidate in step["fused"]:
            candidate["parts"] = [0.5, None]
    page = opened("tokens", view)
    page.locator(".fl-step summary").click()
    heads = page.locator(".fl-step table").first.locator("thead th")
    expect(heads).to_have_text(["candidate", "fused", view["members"][0]["name"]])
