"""The form that measures and the report alone, on a page without a server, in both languages."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.bench.rows import result_from_json
from fusionlab.ui.measuring import first_asked, form_view
from fusionlab.views.bench import bench_view
from tests.views.bench_fakes import report, verdict
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DRAW = """([component, data]) => window.FusionLab[component](
    document.querySelector(`.fl-${component}`), data,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
WIDEST = "document.documentElement.scrollWidth"
CROSSED = """() => {
    const inside = ({ left, right, top, bottom }, x, y) =>
        x > left + 1 && x < right - 1 && y > top + 4 && y < bottom - 4;
    const line = document.querySelector('.fl-costs-front');
    const to = line.getScreenCTM();
    const points = Array.from({ length: 600 }, (_, i) =>
        line.getPointAtLength((i / 599) * line.getTotalLength()).matrixTransform(to));
    const marks = [...document.querySelectorAll('.fl-costs-plot .fl-sign-shape')];
    for (const mark of marks) {
        const { left, right, top, bottom } = mark.getBoundingClientRect();
        points.push({ x: (left + right) / 2, y: (top + bottom) / 2 });
    }
    return [...document.querySelectorAll('.fl-costs-plot text.fl-costs-label')]
        .filter((label) => points.some(({ x, y }) => inside(label.getBoundingClientRect(), x, y)))
        .map((label) => label.textContent);
}"""
"""Names that the line or a mark goes through."""
LACKING = {
    "name": "far",
    "title": "Far away",
    "about": None,
    "items": 20,
    "solvers": ["zoo/editor"],
    "brings": ["zoo/editor"],
    "source": "some/where",
    "lacks": True,
}


@pytest.fixture
def room(blank: Callable[..., Page]) -> Opens:
    """Opens a page with an empty form and an empty report."""
    return partial(
        blank, width=1440, body='<div class="fl fl-measure"></div><div class="fl fl-bench"></div>'
    )


def recorded(**more: Any) -> dict[str, Any]:
    data = json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8"))
    return bench_view(result_from_json(data), **more)


def draw(page: Page, component: str, data: dict[str, Any]) -> None:
    page.evaluate(DRAW, [component, data])


def form(page: Page, **more: Any) -> None:
    draw(page, "measure", form_view(first_asked(), **more))


def said(page: Page, kind: str) -> list[Any]:
    found: list[Any] = page.evaluate(
        "kind => (window.said || []).filter((s) => s[0] === kind)", kind
    )
    return [detail for _, detail in found]


# The form


def test_run_tells_the_whole_set_up(room: Opens) -> None:
    page = room()
    form(page)
    page.get_by_label("Number of questions").fill("30")
    page.get_by_role("button", name="Run").click()
    (asked,) = said(page, "submit")
    first = first_asked()
    assert asked["items"] == 30
    assert asked["members"] == first.members
    assert sorted(asked["methods"]) == sorted(first.methods)
    expect(page.get_by_role("button", name="Run")).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    assert said(page, "stop") == [{}]


def test_another_suite_replaces_members_that_cannot_solve_it_and_says_so(room: Opens) -> None:
    page = room()
    form(page)
    page.get_by_label("Questions", exact=True).select_option("zoo-strings")
    chips = page.locator(".fl-measure-ref")
    expect(chips).to_have_text(["zoo/editor", "zoo/generalist", "zoo/base"])
    note = page.locator(".fl-measure-note")
    expect(note).to_contain_text("zoo/adder, zoo/subtracter, zoo/comparer, zoo/calendar")
    page.get_by_label("Add a member").fill("zoo/calendar")
    page.get_by_role("button", name="Add").click()
    expect(note).to_contain_text("cannot solve this suite")
    expect(chips).to_have_count(3)
    page.get_by_label("Add a member").fill("api:http://localhost:1/v1#m")
    page.get_by_label("Add a member").press("Enter")
    expect(chips).to_have_count(4)  # of what is not known nothing is known
    page.get_by_role("button", name="Remove zoo/base").click()
    expect(chips).to_have_count(3)


def test_a_suite_that_needs_data_says_so_and_how(room: Opens) -> None:
    page = room()
    view = form_view(first_asked())
    draw(page, "measure", {**view, "suites": [*view["suites"], LACKING]})
    page.get_by_label("Questions", exact=True).select_option("far")
    about = page.locator(".fl-measure-fields")
    expect(about).to_contain_text("some/where is not here")
    expect(about).to_contain_text("pip install")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("Please fix this first")
    assert said(page, "submit") == []
    page.get_by_label("Data", exact=True).fill("questions.csv")
    page.get_by_role("button", name="Run").click()
    assert said(page, "submit")[0]["data"] == "questions.csv"


@pytest.mark.parametrize(
    ("language", "fix"), [("en", "Please fix this first"), ("zh", "请先解决这个问题")]
)
def test_a_refusal_stands_in_the_form_in_the_reader_s_language(
    room: Opens, language: str, fix: str
) -> None:
    page = room(language=language)
    form(page, refused={"message": {"en": "too many", "zh": "太多"}, "hint": {}})
    expect(page.get_by_role("alert")).to_contain_text(fix)
    expect(page.get_by_role("alert")).to_contain_text("too many" if language == "en" else "太多")
    form(page, stopped=True)
    resume = "Press Run again to resume." if language == "en" else "再次点击“运行”即可继续。"
    expect(page.locator(".fl-measure-note")).to_contain_text(resume)


def test_a_report_of_another_set_up_is_greyed_and_says_so(room: Opens) -> None:
    page = room()
    draw(page, "bench", recorded())
    form(page)
    stale = page.locator(".fl-bench-stale")
    expect(stale).to_be_hidden()
    box = page.get_by_role("checkbox", name="Debate debate", exact=True)
    box.check()
    expect(stale).to_be_visible()
    box.uncheck()
    expect(stale).to_be_hidden()


# The report


def test_there_is_no_picture_to_save_before_there_is_a_report(room: Opens) -> None:
    parts = '<div class="fl fl-bench"></div><div class="fl fl-actions"></div>'
    page = room(body=f'<div class="fl-result">{parts}</div>')
    draw(page, "bench", {})
    draw(page, "actions", {"picture": "measure", "of": ["bench"]})
    save = page.locator(".fl-actions .fl-actions-room")
    expect(save).to_be_hidden()
    draw(page, "bench", recorded())
    expect(save).to_be_visible()


def test_the_verdict_is_the_largest_then_cost_then_accuracy(room: Opens) -> None:
    page = room()
    draw(page, "bench", recorded())
    sizes: list[float] = page.eval_on_selector_all(
        ".fl-bench *", "nodes => nodes.map((n) => parseFloat(getComputedStyle(n).fontSize))"
    )
    word = page.locator(".fl-verdict-first .fl-verdict-word")
    expect(word).to_have_text("✓ Fusion helped")
    assert word.evaluate("n => parseFloat(getComputedStyle(n).fontSize)") == max(sizes)
    tops = [
        page.locator(place).first.evaluate("n => n.getBoundingClientRect().top")
        for place in (".fl-verdict-first", ".fl-costs-plot", ".fl-accuracy", ".fl-bench-folds")
    ]
    assert tops == sorted(tops)
    expect(page.locator(".fl-verdict-first")).to_contain_text("52.5%")
    expect(page.locator(".fl-verdict-first")).to_contain_text("280 questions")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("helped", "✓ Fusion helped"),
        ("unsure", "? Cannot tell"),
        ("harmed", "✗ Fusion did harm"),
        ("failed", "⚠ Did not run"),
    ],
)
def test_a_verdict_is_one_of_four(room: Opens, kind: str, words: str) -> None:
    page = room()
    view = report(items=12)
    view["verdicts"] = [verdict(kind, "vote", why="It was away.")]
    draw(page, "bench", view)
    expect(page.locator(".fl-verdict-first .fl-verdict-word")).to_have_text(words)
    expect(page.locator(".fl-verdict-first")).to_contain_text("It was away.")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_contender_has_a_mark_of_its_own_that_can_be_seen(
    room: Opens, width: int, *, dark: bool
) -> None:
    page = room(width=width, dark=dark)
    draw(page, "bench", recorded())
    plot = page.locator(".fl-costs-plot")
    marks: list[list[str]] = plot.locator(".fl-sign").evaluate_all(
        """nodes => nodes.map((n) => [n.querySelector('.fl-sign-letter').textContent,
            n.getAttribute('class'), n.querySelector('.fl-sign-shape').getAttribute('points')])"""
    )
    assert len(marks) == len({json.dumps(mark) for mark in marks}) == 9
    box = plot.bounding_box()
    assert box is not None
    assert box["height"] >= 340
    shape = plot.locator(".fl-sign-fusion .fl-sign-shape").first
    fill, paper = (
        node.evaluate("(n, name) => getComputedStyle(n)[name]", name)
        for node, name in ((shape, "fill"), (page.locator(".fl-bench"), "backgroundColor"))
    )
    assert contrast(fill, paper) >= 4.5
    expect(plot.locator(".fl-costs-front")).to_have_count(1)
    assert page.evaluate(CROSSED) == []


def contrast(one: str, other: str) -> float:
    """How much lighter one colour is than another, as WCAG counts it."""

    def light(colour: str) -> float:
        parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_question_opens_in_place_and_the_fusions_come_first(room: Opens) -> None:
    page = room(width=900)
    draw(page, "bench", recorded(opens=True))
    page.locator(".fl-items > summary").click()
    heads = page.locator(".fl-items-table thead th")
    expect(heads.nth(2)).to_contain_text("Vote")
    expect(heads.nth(3)).to_contain_text("ensemble")
    expect(heads.nth(4)).to_have_text("3zoo/editor")
    for i in (2, 3, 4):
        expect(heads.nth(i)).to_be_in_viewport(ratio=1)
    item = page.locator(".fl-item").nth(3)
    item.click()
    detail = page.locator(".fl-item-detail")
    expect(detail).to_contain_text("right answer")
    below, above = detail.bounding_box(), item.bounding_box()
    assert below is not None
    assert above is not None
    assert 0 < below["y"] - above["y"] < 90
    assert below["x"] >= 0
    assert below["x"] + below["width"] <= 900
    page.locator(".fl-items-grid").evaluate("n => { n.scrollLeft = 400; }")
    first = page.locator(".fl-items-table tbody th").first.bounding_box()
    assert first is not None
    assert first["x"] < 60  # it stays
    detail.get_by_role("button", name="Open this run").first.click()
    ((wish),) = said(page, "select")
    assert wish["contender"].startswith("vote-")
    assert wish["item"]
    item.click()
    expect(detail).to_have_count(0)


def test_filters_choose_questions(room: Opens) -> None:
    page = room()
    draw(page, "bench", recorded())
    page.locator(".fl-items > summary").click()
    rows = page.locator(".fl-item")
    expect(rows).to_have_count(40)
    page.get_by_role("button", name="Show more questions").click()
    expect(rows).to_have_count(80)
    page.get_by_label("Nobody was right").check()
    assert 0 < rows.count() < 40


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_wider_than_the_page_and_nothing_lacks_words(
    room: Opens, width: int, language: str
) -> None:
    page = room(width=width, language=language)
    errors: list[str] = []
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    form(page)
    draw(page, "bench", recorded(opens=True))
    for fold in page.locator(".fl-bench-folds > details > summary").all():
        fold.click()
    page.locator(".fl-item").first.click()
    assert page.evaluate(WIDEST) <= width
    assert errors == []
    lead = page.locator(".fl-verdict-first .fl-verdict-text").first.inner_text()
    assert not re.search("[\u3400-\u9fff] [\u3400-\u9fff]|[\u2068\u2069]", lead)


def test_what_models_say_is_text(room: Opens) -> None:
    page = room()
    for text in HOSTILE:
        draw(page, "bench", report(items=6, hostile=text))
    page.locator(".fl-items > summary").click()
    page.locator(".fl-item").first.click()
    assert page.locator(".fl-bench img, .fl-bench script").count() == 0
    expect(page.locator(".fl-item-detail .fl-card")).to_have_count(6)
