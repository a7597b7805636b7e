"""Ballots, reports, texts, costs and what is said of a run, alone on a page without a server."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.events import CandidateGiven, Record
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace, fold
from fusionlab.views.ballots import ballot_view
from fusionlab.views.headline import headline_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.notice import notice_view
from fusionlab.views.rounds import round_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.views.texts import text_view
from fusionlab.words import Sentence
from tests.browser.component_fakes import LONG
from tests.browser.debate_fakes import SAID, debate_trace
from tests.browser.drawing import (
    draw,
    events_of,
)
from tests.browser.vote_fakes import elected
from tests.views.bench_fakes import report
from tests.views.fakes import (
    ANSWERS,
    NAMES,
    cost_trace,
    recipe,
    routed_trace,
    solo_trace,
    status_traces,
    token_trace,
    vote_trace,
)

pytestmark = pytest.mark.browser


def test_a_share_is_rounded_half_up_and_a_failed_run_is_no_answer(
    blank: Callable[..., Page],
) -> None:
    page = blank()
    view = report(items=40)
    failed, few = view["contenders"][3], view["contenders"][4]
    nothing = dict.fromkeys(("accuracy", "low", "high", "tokens", "passes", "seconds"))
    failed |= {"total": 0, "right": 0, "errors": 40, **nothing}
    failed["against"] |= {"gain": None, "low": None, "high": None, "p": None, "verdict": "failed"}
    few |= {"accuracy": 0.14499999999999999, "low": None, "high": None}
    few["against"] |= {"gain": 0.0125, "low": None, "high": None}
    for item in view["items"]:
        item["answers"][3] |= {"said": "", "found": None, "right": None, "error": "too long"}
    draw(page, "bench", view)
    rows = page.locator(".fl-accuracy tbody tr")
    expect(rows.nth(3)).to_contain_text("⚠ Did not run: all 40 runs failed")
    expect(rows.nth(4)).to_contain_text("14.5%")
    expect(rows.nth(4)).to_contain_text("✓ +1.3")
    expect(rows.nth(4)).to_contain_text("too few for an interval")
    page.locator(".fl-items > summary").click()
    expect(page.locator(".fl-items tbody tr").first).to_contain_text("failed")
    fixed = "([value, digits]) => window.FusionLab.core.fixed(value, digits)"
    for value, digits, said in ((52.5, 0, "53"), (14.499999999999998, 0, "15"), (-0.04, 1, "0.0")):
        assert page.evaluate(fixed, [value, digits]) == said
    assert page.evaluate("() => window.FusionLab.core.percent(0.145)") == "15%"


def test_another_metric_ranks_again(blank: Callable[..., Page]) -> None:
    page = blank()
    view = ballot_view(vote_trace())
    draw(page, "ballots", view)
    winner = view["candidates"][0]["author"]
    card = page.locator(".fl-card").first
    expect(card).to_contain_text("elected")
    expect(page.locator(".fl-sentence").first).to_contain_text("was elected. What decided: Meaning")
    for metric in view["metrics"]:
        page.get_by_label(Sentence(metric["label"]["key"]).said()).check()
        order = sorted(view["candidates"], key=lambda c: -c["scores"][metric["name"]])
        for i, candidate in enumerate(order):
            card = page.locator(".fl-cards > .fl-card").nth(i)
            expect(card).to_contain_text(f"candidate {candidate['index'] + 1}")
            expect(card.locator(".fl-rank")).to_have_text(str(i + 1))
    expect(page.locator(".fl-winner")).to_contain_text(winner)
    expect(page.locator(".fl-elected:visible")).to_have_count(1)


def test_a_tie_is_said_to_be_one(blank: Callable[..., Page]) -> None:
    page = blank()
    texts = ("The answer is 72.", "The answer is 144.", "So the answer is 144.", "The answer is 72")
    draw(page, "ballots", ballot_view(elected(texts, rule="majority", kind="number")))
    sentence = page.locator(".fl-sentence").first
    expect(sentence).to_have_text(
        "A tie by Majority, 2 to 2: physicist (candidate 1) and teacher (candidate 2); the first "
        "was taken."
    )
    draw(page, "ballots", ballot_view(elected(("b a c", "a d"))))
    expect(sentence).to_contain_text("and teacher (candidate 2); the first was taken")
    debate = blank()
    view = round_view(debate_trace((*SAID[:3], ("72", "72"), ("144", "144"), ("?", ""))))
    draw(
        debate,
        "rounds",
        {
            **view,
            "elected": "72",
            "right": True,
            "letter": 0,
            "outcome": {"votes": 1, "given": 3, "tied": [0, 1], "after": 1},
        },
    )
    expect(debate.locator(".fl-sentence").first).to_have_text(
        "After one round of exchange there is a tie, 1 to 1; the first was taken: A72✓ right"
    )


def test_a_cell_shows_both_texts(blank: Callable[..., Page]) -> None:
    page = blank()
    view = ballot_view(vote_trace())
    draw(page, "ballots", view)
    page.locator(".fl-heat tbody tr").nth(1).locator("td").nth(4).click()
    room = page.locator(".fl-compare")
    value = view["similarity"]["cosine"][1][4]
    expect(room).to_contain_text(f"{value:.3f}")
    expect(room.locator(".fl-prose")).to_have_text([ANSWERS[1], ANSWERS[4]])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(room.locator(".fl-prose")).to_have_text([ANSWERS[0], ANSWERS[3]])
    assert events_of(page) == [
        ["select", {"index": 1, "other": 4}],
        ["select", {"index": 0, "other": 3}],
    ]
    expect(page.locator(".fl-cell[tabindex='0']")).to_have_count(1)
    expect(page.locator(".fl-cell[aria-selected='true']")).to_have_count(1)


def test_similarities_have_their_table(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "ballots", ballot_view(vote_trace()))
    page.locator(".fl-matrix .fl-summary").click()
    caption = page.locator(".fl-matrix caption")
    expect(caption).to_have_text("Pairwise similarity, Meaning")
    page.get_by_label("ROUGE-L").check()
    expect(caption).to_have_text("Pairwise similarity, ROUGE-L")
    expect(page.locator(".fl-beside .fl-note")).to_contain_text("in the same order")


def test_long_answers_open_on_demand(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "ballots", ballot_view(vote_trace(texts=LONG)))
    buttons = page.get_by_role("button", name="Show all")
    expect(buttons).to_have_count(3)
    card = page.locator(".fl-cards > .fl-card", has=buttons.first)
    prose = card.locator(".fl-prose").first
    before = prose.evaluate("node => node.clientHeight")
    buttons.first.click()
    less = page.get_by_role("button", name="Show less")
    expect(less).to_have_attribute("aria-expanded", "true")
    opened = page.locator(f"#{less.get_attribute('aria-controls')}")
    assert opened.evaluate("node => node.clientHeight === node.scrollHeight")
    assert opened.evaluate("node => node.clientHeight") > before
    less.click()
    expect(buttons).to_have_count(3)


def test_answers_grow_in_place(blank: Callable[..., Page]) -> None:
    page = blank()
    trace = vote_trace(3, voted=False)
    draw(page, "ballots", ballot_view(trace))
    expect(page.locator(".fl-sentence").first).to_contain_text("2 of 3 answers complete")
    expect(page.locator(".fl-running")).to_have_count(1)
    page.evaluate("window.kept = [...document.querySelectorAll('.fl-cards > .fl-card')]")
    trace.add(Record(9.0, CandidateGiven(2, NAMES[2], ANSWERS[2])))
    draw(page, "ballots", ballot_view(trace))
    expect(page.locator(".fl-running")).to_have_count(0)
    expect(page.locator(".fl-cards > .fl-card").nth(2)).to_contain_text(ANSWERS[2])
    assert page.evaluate(
        "window.kept.every(node => node.parentNode && node.parentNode.matches('.fl-cards'))"
    )


def test_texts_grow_in_place(blank: Callable[..., Page]) -> None:
    page = blank()
    whole = solo_trace()
    trace = Trace(whole.recipe)
    for record in whole.records:
        trace.add(record)
        draw(page, "texts", text_view(trace))
        page.evaluate("window.kept ??= document.querySelector('.fl-card')")
    expect(page.locator(".fl-card")).to_have_count(1)
    assert page.evaluate("window.kept === document.querySelector('.fl-card')")
    expect(page.locator(".fl-prose")).to_contain_text("Everyone says so.")
    expect(page.locator(".fl-running")).to_have_count(0)


def test_the_ledger_adds_up(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "ledger", ledger_view(Trace(recipe())))
    expect(page.locator(".fl-ledger")).to_be_hidden()
    draw(page, "ledger", ledger_view(cost_trace()))
    expect(page.locator("tfoot :is(th, td)")).to_have_text(
        ["together", "7.0 s on the clock", "2,520", "360", "372", "15.4 s", "273 MB"]
    )
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.get_by_text("weights shared")).to_have_count(2)
    expect(page.locator("caption")).to_have_text("What each member cost")


@pytest.mark.parametrize(
    ("name", "badges", "words"),
    [
        ("loading", ["running"], "45 MB of 98 MB · 46%"),
        ("endless", ["running"], "Loading qwen 0.5b"),
        ("failed", ["did not finish"], "remove a member"),
        ("finished", ["finished"], "Stopped at the length limit"),
        ("stopped", ["stopped"], "12.3 s"),
    ],
)
def test_the_status_says_how_the_run_stands(
    blank: Callable[..., Page], name: str, badges: list[str], words: str
) -> None:
    page = blank()
    trace = status_traces()[name]
    draw(page, "status", status_view(trace))
    expect(page.locator(".fl-badge")).to_have_text(badges)
    expect(page.locator(".fl")).to_contain_text(words)
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_count(1 if trace.status == "running" else 0)
    if name == "loading":
        expect(bar).to_have_attribute("aria-valuenow", "46")
    expect(page.get_by_role("alert")).to_have_count(1 if name == "failed" else 0)
    draw(page, "status", status_view(trace, recorded=True))
    expect(page.locator(".fl-badge")).to_have_text([*badges, "recorded"])


def test_a_long_answer_is_folded_and_opens(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "headline", headline_view(vote_trace(texts=LONG[:1] * 2)))
    answer, more = page.locator(".fl-headline-answer"), page.locator(".fl-headline-more")
    folded = answer.bounding_box()
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    opened = answer.bounding_box()
    assert folded
    assert opened
    assert folded["height"] < opened["height"]


def test_the_headline_says_right_or_wrong_and_what_it_cost(blank: Callable[..., Page]) -> None:
    page = blank()
    right = read_run(asset("runs/three-readers.jsonl"))
    draw(page, "headline", headline_view(right))
    expect(page.locator(".fl-mark")).to_have_text(
        ["✓ Right", "✓ Helped here: alone, 1 of 3 was right."]
    )
    expect(page.locator(".fl-headline-cost")).to_contain_text("445 tokens in, 99 out")
    wrong = fold(replace(right.recipe, settings={**right.recipe.settings, "truth": "7"}), ())
    for record in right.records:
        wrong.add(record)
    draw(page, "headline", headline_view(wrong))
    expect(page.locator(".fl-headline-verdict")).to_contain_text("The right answer: 7")


def test_what_is_noticed_can_be_told_apart_and_names_are_joined_as_in_a_sentence(
    blank: Callable[..., Page],
) -> None:
    page = blank()
    close = {"token": "t", "layer": 2, "expert": 4, "p": 0.1821, "other": 1, "q": 0.1809}
    mind = {"round": 2, "name": "Dan", "before": "1", "after": "2"}
    mind["others"] = ["Anna", "Ben", "Carla"]
    told = {"notice-experts-close": close, "notice-changed-after-unknown": mind}
    draw(page, "notice", {"sentences": [{"key": key, "values": told[key]} for key in told]})
    expect(page.locator(".fl-notice li")).to_have_text(
        [re.compile(r"\(0\.182\) just beat expert 1 \(0\.181\)"), re.compile("Anna, Ben and Carla")]
    )


RESULT = """([picture, notice]) => {
    document.body.innerHTML = '<div class="fl-result"><div class="fl fl-picture"></div>'
        + '<div class="fl fl-noted"></div></div>';
    window.FusionLab.picture(document.querySelector('.fl-picture'), picture);
    window.FusionLab.notice(document.querySelector('.fl-noted'), notice);
}"""


@pytest.mark.parametrize("make", [token_trace, routed_trace, debate_trace])
def test_a_sentence_shows_its_step_or_round_in_the_picture(
    blank: Callable[..., Page], make: Callable[[], Trace]
) -> None:
    page, trace = blank(), make()
    told = notice_view(trace)
    page.evaluate(RESULT, [stage_for(trace).drawn(trace, "r"), told])
    places = [(one["step"], one["round"]) for one in told["sentences"]]
    step, round_ = next(place for place in places if place != (None, None))
    page.locator(".fl-notice button").first.click()
    expect(page.locator(".fl-picture")).to_be_in_viewport()
    if step is not None:
        shown = page.locator(".fl-token[aria-selected=true]")
        tokens = [one.token for one in trace.routed or trace.tokens]
        expect(shown).to_contain_text(tokens[step].strip())
    else:
        shown = page.locator(".fl-round-step[aria-pressed=true]")
        number = [one.number for one in trace.rounds].index(round_)
        expect(shown).to_have_attribute("value", str(number))
    expect(shown).to_be_focused()
