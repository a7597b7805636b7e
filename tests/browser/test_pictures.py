"""Pictures of whole answers as a person reads them: rounds, stairs, layers, routes, refinements."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fusionlab.trace import Trace
from fusionlab.views.stages import stage_for
from tests.browser.drawing import WIDEST, draw
from tests.browser.picture_fakes import (
    MENDED,
    NAMES,
    PICTURES,
    climbed,
    debated,
    layered,
    refined,
    routed,
)
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
Shot = Callable[[Page, str], None]
EMPTY = """() => {
    const fresh = document.createElement('div');
    fresh.className = 'fl';
    document.querySelector('.fl').replaceWith(fresh);
}"""
OUTSIDE = """(name) => [...document.querySelectorAll(name)].filter(node => {
    const card = node.closest('article, li, td, figure, .fl').getBoundingClientRect();
    const box = node.getBoundingClientRect();
    return box.width && (box.right > card.right + 1 || box.left < card.left - 1);
}).length"""


def shown(page: Page, trace: Trace) -> None:
    stage = stage_for(trace)
    draw(page, stage.component, stage.drawn(trace, "run")["data"])


def test_pictures_grow_with_their_runs_and_say_no_key(blank: Open) -> None:
    page = blank()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for make in PICTURES.values():
        page.evaluate(EMPTY)
        whole = make()
        trace = Trace(whole.recipe)
        for record in whole.records:
            trace.add(record)
            draw(page, "picture", stage_for(trace).drawn(trace, "run"))
        assert page.locator("h2:visible").count() > 0
        assert page.locator("h1, h4, h5").count() == 0
    assert complaints == []


@pytest.mark.parametrize(
    ("width", "dark", "chinese"),
    [(1440, False, False), (1440, True, True), (1024, False, True), (390, True, False)],
)
def test_every_picture_fits(
    blank: Open,
    shot: Shot,
    width: int,
    dark: bool,
    chinese: bool,
) -> None:
    page = blank(width, dark=dark, language="zh" if chinese else "en")
    look = f"{'dark' if dark else 'light'}-{'zh' if chinese else 'en'}"
    for name, make in PICTURES.items():
        page.evaluate(EMPTY)
        shown(page, make())
        assert page.evaluate(WIDEST) <= width
        assert page.evaluate(OUTSIDE, ".fl-bar-value, .fl-answer, .fl-letter") == 0
        shot(page, f"picture-{name}-{width}-{look}")
        if chinese:
            said = page.locator(".fl h2").all_inner_texts()
            assert all(re.search("[\u4e00-\u9fff]", text) for text in said)
            sentences = page.locator(".fl-sentence").all_inner_texts()
            assert not [x for x in sentences if re.search("[，。；：？！、）] +[\u4e00-\u9fff]", x)]


# Rounds


def test_a_tie_and_unanimity_are_called_so(blank: Open) -> None:
    page = blank()
    sentence = page.locator(".fl-sentence").first
    shown(page, PICTURES["debate-two"]())
    expect(sentence).to_contain_text("there is a tie, 1 to 1; the first was taken:")
    shown(page, PICTURES["debate-six"]())
    expect(sentence).to_contain_text("After one round of exchange, all 6 agree:")
    shown(page, debated([["60.", "60.", "4"]], 3))
    expect(sentence).to_have_text("Before any exchange, 2 of 3 say A60.✗ wrong")


def test_samples_and_majorities_that_tie_are_no_victories(blank: Open) -> None:
    for name, score in (("samples-tied", "2 to 2"), ("majority-of-four", "1 to 1 to 1 to 1")):
        page = blank()
        shown(page, PICTURES[name]())
        expect(page.locator(".fl-sentence").first).to_contain_text(score)
        expect(page.locator(".fl-sentence").first).to_contain_text("the first was taken")
        expect(page.get_by_text("★ elected")).to_have_count(0)
        expect(page.get_by_text("★ first of a tie")).to_be_visible()
    page = blank()
    shown(page, PICTURES["samples-unanimous"]())
    expect(page.locator(".fl-sentence").first).to_contain_text("All 3 come to the same answer")


def test_one_round_is_looked_at_and_all_can_be(blank: Open) -> None:
    page = blank()
    shown(page, PICTURES["debate"]())
    steps = page.get_by_role("group", name="Rounds").get_by_role("button")
    expect(steps).to_have_text(["Everyone alone", "Round 1", "Round 2"])
    expect(steps.last).to_have_attribute("aria-pressed", "true")
    expect(page.locator("h2").first).to_contain_text("Round 2")
    steps.last.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h2").first).to_contain_text("Round 1")
    expect(steps.nth(1)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator("h2").first).to_contain_text("Everyone alone")
    expect(page.locator(".fl-graph-frame")).to_contain_text("Nobody reads anybody")
    page.get_by_role("button", name="Play the rounds again").click()
    expect(steps.last).to_have_attribute("aria-pressed", "true", timeout=20_000)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("running", "Nobody has answered in this round yet."),
        ("failed", "Nobody answered in this round."),
    ],
)
def test_a_round_without_answers_says_so(blank: Open, status: str, said: str) -> None:
    page, trace = blank(), debated([["1", "2"], ["2", "2"]], 2, finished=False)
    stage = stage_for(trace)
    data = stage.drawn(trace, "run")["data"] | {"status": status}
    data["rounds"][-1]["solutions"] = []
    draw(page, stage.component, data)
    expect(page.locator(".fl-round-now")).to_contain_text(said)


def test_the_reader_stays_at_a_round_while_others_are_written(blank: Open) -> None:
    page = blank()
    whole = PICTURES["debate"]()
    trace = Trace(whole.recipe)
    for record in whole.records[:14]:
        trace.add(record)
    shown(page, trace)
    steps = page.locator(".fl-round-step")
    steps.first.click()
    for record in whole.records[14:]:
        trace.add(record)
        shown(page, trace)
    expect(steps).to_have_count(3)
    expect(steps.first).to_have_attribute("aria-pressed", "true")


def test_six_agents_are_cards_and_one_can_be_isolated(blank: Open, shot: Shot) -> None:
    page = blank(1440)
    shown(page, PICTURES["debate-six"]())
    graph = page.locator("svg.fl-graph")
    box = graph.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 300
    expect(page.locator(".fl-agents > .fl-card")).to_have_count(6)
    widths = [card.bounding_box() for card in page.locator(".fl-agents > .fl-card").all()]
    assert min(width["width"] for width in widths if width) >= 240
    agent = graph.get_by_role("button", name="Carla, reads 5 others")
    agent.hover()
    expect(page.locator(".fl-agents > .fl-dim")).to_have_count(5)
    expect(graph.locator(".fl-lit-arrow")).to_have_count(10)
    shot(page, "picture-isolated")
    page.mouse.move(5, 5)
    expect(page.locator(".fl-dim")).to_have_count(0)
    agent.focus()
    page.keyboard.press("Enter")
    expect(agent).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(agent).to_have_attribute("aria-pressed", "false")


def test_messages_travel_unless_motion_is_not_wanted(blank: Open) -> None:
    page = blank()
    shown(page, PICTURES["debate"]())
    assert page.evaluate("document.getAnimations().length") >= 6
    page = blank(calm=True)
    shown(page, PICTURES["debate"]())
    assert page.evaluate("document.getAnimations().length") == 0


def test_an_answer_has_one_letter_in_every_panel(blank: Open) -> None:
    page = blank()
    shown(page, PICTURES["debate-six"]())
    found = page.evaluate("""[...document.querySelectorAll('.fl-answer')].map(node => [
        node.querySelector('.fl-letter').textContent,
        node.querySelector('strong').textContent])""")
    assert len({letter for letter, _ in found}) == len({text for _, text in found})
    assert len(set(map(tuple, found))) == len({text for _, text in found})


def test_verdicts_that_were_written_together_claim_no_tokens(blank: Open) -> None:
    page = blank()
    shown(page, PICTURES["judge"]())
    expect(page.get_by_role("heading", name="Verdict 2")).to_be_visible()
    expect(page.locator(".fl")).not_to_contain_text(re.compile(r"(?<!\d)0 tokens"))


def test_a_long_answer_fades_and_opens(blank: Open) -> None:
    page = blank()
    shown(page, debated([["72", "72"]], 2))
    long = debated([["72", "72"]], 2)
    data = stage_for(long).drawn(long, "run")["data"]
    data["rounds"][0]["solutions"][0]["text"] = "word " * 400
    draw(page, "rounds", data)
    more = page.get_by_role("button", name="Show all: Anna")
    expect(more).to_be_visible()
    expect(page.locator(".fl-cut")).to_have_count(1)
    more.click()
    expect(page.locator(".fl-cut")).to_have_count(0)
    expect(page.get_by_role("button", name="Show less")).to_be_visible()
    expect(page.locator(".fl-more:visible")).to_have_count(1)


def test_costs_rise_line_by_line(blank: Open) -> None:
    page = blank()
    shown(page, PICTURES["debate"]())
    page.locator("summary", has_text="What a round costs").click()
    cells = page.locator("details", has_text="What a round costs").locator("tbody td")
    values = [int(text) for text in cells.all_inner_texts()]
    assert values == sorted(values)


# Stairs


def test_the_staircase_says_where_it_stopped_and_what_that_saved(blank: Open) -> None:
    page = blank(1440)
    shown(page, PICTURES["staircase"]())
    sentence = page.locator(".fl-sentence")
    expect(sentence).to_contain_text("Stopped at step 2 of 3: enough answers of Ben agree.")
    expect(sentence).to_contain_text("One member was never asked, which is what this saved.")
    steps = page.locator(".fl-stair")
    tops = [box["y"] for box in (step.bounding_box() for step in steps.all()) if box]
    assert tops == sorted(tops, reverse=True)
    assert len(set(tops)) == 3
    expect(steps.first).to_contain_text("Agreement 33%, threshold 80%")
    expect(steps.nth(1)).to_have_class(re.compile("fl-taken"))
    expect(steps.nth(2)).to_contain_text("Never asked: saved")
    steps.first.get_by_text("Its 3 answers").click()
    expect(steps.first.locator(".fl-sample")).to_have_count(3)
    page.locator("summary", has_text="The steps as a table").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_nobody_reaches_the_threshold_and_the_last_one_stands(blank: Open) -> None:
    page = blank()
    shown(page, climbed(["1", "2"], ["3", "4"], members=NAMES[:2], end="3"))
    expect(page.locator(".fl-sentence")).to_contain_text(
        "No member reached the threshold. The answer of Ben stands."
    )
    expect(page.locator(".fl-stair").last).to_contain_text("The last one: its answer stands")


def test_answers_that_were_opened_stay_open_while_others_are_asked(blank: Open) -> None:
    page = blank()
    shown(page, climbed(["72", "144", "70"]))
    page.get_by_text("Its 3 answers").click()
    shown(page, PICTURES["staircase"]())
    expect(page.locator(".fl-stair").first.locator("details")).to_have_attribute("open", "")


# Layers


def test_layers_are_columns_and_lines_say_who_was_read(blank: Open) -> None:
    page = blank(1440)
    shown(page, PICTURES["layers-self"]())
    expect(page.locator(".fl-tier")).to_have_count(2)
    expect(page.locator(".fl-tier-node")).to_have_count(4)
    expect(page.locator(".fl-wire")).to_have_count(3)
    expect(page.locator(".fl-sentence")).to_contain_text("from 3 answers in one layer before it")
    page.locator(".fl-tier-node").nth(1).focus()
    expect(page.locator(".fl-lit-wire")).to_have_count(1)
    expect(page.locator(".fl-lit-node")).to_have_count(2)
    shown(page, PICTURES["layers"]())
    expect(page.locator(".fl-tier")).to_have_count(3)
    expect(page.locator(".fl-wire")).to_have_count(9 + 3)


def test_layers_that_are_to_come_say_so(blank: Open) -> None:
    page = blank()
    whole = layered([["72", "144"], ["72", "72"], ["72"]], NAMES[:3])
    trace = Trace(whole.recipe)
    for record in whole.records[:3]:
        trace.add(record)
    shown(page, trace)
    expect(page.locator(".fl-tier")).to_have_count(3)
    expect(page.get_by_text("still to come")).to_have_count(2)
    expect(page.locator(".fl-sentence")).to_have_text(re.compile("^Layer 1 of 3"))


# Routes


def test_the_prompt_goes_to_one_member_by_a_thick_line(blank: Open) -> None:
    page = blank(1440)
    shown(page, PICTURES["routing"]())
    expect(page.locator(".fl-sentence")).to_have_text(
        "Ben answers, with 0.64 against 0.21 for Anna."
    )
    widths = page.locator(".fl-wire").evaluate_all(
        "nodes => nodes.map(node => parseFloat(getComputedStyle(node).strokeWidth))"
    )
    assert sorted(widths)[-1] > 3 * sorted(widths)[-2]
    expect(page.locator(".fl-way-out.fl-taken")).to_contain_text("Ben")
    expect(page.locator(".fl-route-answer")).to_contain_text("The answer is 72.")


def test_equal_scores_are_a_tie(blank: Open) -> None:
    page = blank()
    shown(page, routed((0.4, 0.4), 0))
    expect(page.locator(".fl-sentence")).to_contain_text("A tie: Anna and another member")
    shown(page, routed((0.0, 0.0), 0))
    expect(page.locator(".fl-sentence")).to_contain_text("like none of the strengths")


# Refinements


def test_what_changed_in_a_version_is_marked(blank: Open) -> None:
    page = blank()
    shown(page, PICTURES["refine"]())
    expect(page.locator(".fl-sentence")).to_contain_text(
        "After one revision the answer went from 144 to 72."
    )
    rows = page.locator(".fl-version-row")
    expect(rows).to_have_count(2)
    expect(rows.last.locator("del").first).to_have_text("twice")
    expect(rows.last.locator("ins").first).to_have_text("half")
    expect(rows.first.locator(".fl-criticism")).to_contain_text("not twice as many")


def test_hostile_texts_are_text_in_every_picture(blank: Open) -> None:
    page = blank()
    hostile = HOSTILE[2]
    texts = [(hostile, "7"), (HOSTILE[3], ""), (f"{hostile} {HOSTILE[0]}", "8")]
    for trace in (
        refined(*texts),
        climbed([hostile] * 2, end=hostile),
        layered([[hostile]] * 2, NAMES[:2]),
    ):
        page = blank()
        shown(page, trace)
        expect(page.locator(".fl")).to_contain_text(hostile)
        assert page.locator(".fl :is(img, script, iframe, a, b)").count() == 0
        assert page.evaluate("window.hacked === undefined")


def test_a_draft_that_nobody_criticised_stands(blank: Open) -> None:
    page = blank()
    shown(page, refined(*MENDED[:1]))
    expect(page.locator(".fl-sentence")).to_contain_text("The first draft stands: 144.")
