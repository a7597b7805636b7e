"""The Vote tab's picture as a person reads it: shared words, other rules, juries, ballots."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.events import CandidateGiven, Event, Record, TextDelta, Voted
from fusionlab.trace import fold
from fusionlab.views.ballots import ballot_view
from fusionlab.words import Sentence
from tests.browser.drawing import (
    UNFOLD,
    WIDEST,
    draw,
)
from tests.browser.vote_fakes import AUTHORS, RAINBOWS, SUMS, elected
from tests.views.fakes import HOSTILE, vote_trace

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
Shot = Callable[[Page, str], None]
BOXES = """[...document.querySelectorAll('.fl-cards > .fl-card')].map(node => {
    const box = node.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
})"""


ABOUT = {
    "mbr": "minimum Bayes risk",
    "majority": "with the most ballots behind it",
    "borda": "ballots that rank all others",
    "condorcet": "head to head",
    "ranked_pairs": "the clearest first",
    "clusters": "heaviest group",
    "rouge_l": "words that both answers have",
    "char_lcs": "characters that both answers have",
    "mixture": "weighted mean",
}
"""A piece of what each rule and metric is said to be."""


def shown(page: Page, view: dict[str, Any]) -> dict[str, Any]:
    draw(page, "ballots", view)
    return view


def test_words_are_lit_by_how_many_candidates_share_them(
    blank: Open,
    shot: Shot,
) -> None:
    page = blank()
    view = shown(page, ballot_view(elected()))
    cards = page.locator(".fl-cards > .fl-card")
    for i, candidate in enumerate(view["candidates"]):
        lit = [part for part in candidate["segments"] if not isinstance(part, str)]
        expect(cards.nth(i).locator(".fl-lit")).to_have_text([word for word, _ in lit])
        expect(cards.nth(i).locator(".fl-prose")).to_have_text(candidate["text"])
    thickness = page.evaluate("""[1, 2, 3, 4].map(step => {
        const style = getComputedStyle(document.querySelector('.fl-light-key .fl-l' + step));
        return [style.textDecorationThickness, style.textDecorationStyle].join(' ');
    })""")
    assert len(set(thickness)) == 4
    shot(page, "vote-lit")
    page.get_by_label("Highlight shared words").uncheck()
    expect(page.locator(".fl-card .fl-lit")).to_have_count(0)
    expect(page.locator(".fl-light-key")).to_be_hidden()
    expect(cards.first.locator(".fl-prose")).to_have_text(view["candidates"][0]["text"])
    page.get_by_label("Highlight shared words").check()
    expect(cards.first.locator(".fl-lit").first).to_be_visible()


@pytest.mark.parametrize(("share", "step"), [(0.01, 1), (0.25, 1), (0.26, 2), (0.75, 3), (1.0, 4)])
def test_the_light_has_four_steps(
    blank: Open,
    share: float,
    step: int,
) -> None:
    page = blank()
    view = ballot_view(elected())
    first = view["candidates"][0]
    first["segments"] = [[first["text"], share]]
    shown(page, view)
    expect(page.locator(".fl-cards > .fl-card").first.locator(f".fl-l{step}")).to_have_count(1)


def test_light_that_is_not_the_text_is_not_shown(blank: Open) -> None:
    page = blank()
    view = ballot_view(elected())
    view["candidates"][0]["segments"] = [["something else", 1.0]]
    view["lighting"] = [{"key": "ballots-lit-beginnings", "values": {"characters": 10}}]
    shown(page, view)
    prose = page.locator(".fl-cards .fl-prose").first
    expect(prose).to_have_text(view["candidates"][0]["text"])
    expect(prose.locator(".fl-lit")).to_have_count(0)
    expect(page.locator(".fl-light-key")).to_contain_text("the first 10 characters")


def test_every_rule_says_whom_it_elects(blank: Open, shot: Shot) -> None:
    page = blank()
    trace = elected(rule="clusters", metric="char_lcs", weights=(1.0, 3.0, 1.5))
    outlook = shown(page, ballot_view(trace))["outlook"]
    tables = page.locator(".fl-outcomes")
    expect(tables).to_have_count(2)
    for place, rows in enumerate((outlook["rules"], outlook["by_metric"])):
        for row, told in zip(tables.nth(place).locator("tbody tr").all(), rows, strict=True):
            expect(row).to_contain_text(Sentence(told["label"]["key"]).said())
            expect(row).to_contain_text(ABOUT[told["name"]])
            expect(row).to_contain_text(f"candidate {told['index'] + 1}")
            expect(row).to_contain_text("✓" if told["agrees"] else "≠ another")
    expect(tables.first.locator(".fl-decided")).to_contain_text("Largest group")
    expect(tables.last.locator(".fl-decided")).to_have_count(0)
    assert {row["agrees"] for row in outlook["rules"]} == {"candidate", ""}
    sentence = page.locator(".fl-sentence").first
    expect(sentence).to_contain_text("decided: Largest group over Characters")
    shot(page, "vote-rules")


def test_a_rule_has_a_ranking_of_its_own(blank: Open) -> None:
    page = blank()
    trace = elected(SUMS, rule="majority", kind="number")
    view = shown(page, ballot_view(trace))
    order = [f"candidate {candidate['index'] + 1}" for candidate in view["candidates"]]
    numbers = page.locator(".fl-cards .fl-card-head > .fl-quiet")
    expect(page.get_by_label("Majority")).to_be_checked()
    expect(numbers).to_have_text(order)
    page.get_by_label("ROUGE-L").check()
    expect(numbers).not_to_have_text(order)
    expect(page.locator(".fl-sentence").first).to_contain_text("By ROUGE-L it would have been")
    expect(page.locator(".fl-winner")).to_have_count(1)


def test_answers_are_on_the_cards_and_counted(blank: Open, shot: Shot) -> None:
    page = blank()
    weights = (1.0, 2.0, 1.0)
    trace = elected(SUMS, rule="majority", kind="number", weights=weights)
    outlook = shown(page, ballot_view(trace))["outlook"]
    expect(page.locator(".fl-winner")).to_contain_text("answer 72")
    expect(page.locator(".fl-cards").get_by_text("no answer")).to_have_count(1)
    rows = page.locator(".fl-tally-room .fl-bar-row")
    labels = ["A72", "B144", "C70", "no answer"]
    assert [row["answer"] for row in outlook["tally"]] == ["72", "144", "70", ""]
    expect(rows.locator(".fl-bar-label")).to_have_text(labels)
    expect(rows.first).to_contain_text("54.5% 4 of 8")
    expect(page.get_by_text("ballot weighs 2")).to_have_count(3)
    expect(page.locator(".fl-cards .fl-letter")).to_have_text([*"AAAABBC"])
    shot(page, "vote-majority")


def test_the_matrix_of_each_metric_is_a_press_away(blank: Open) -> None:
    page = blank()
    view = shown(page, ballot_view(elected()))
    thumbs = page.get_by_role("group", name="Alike in what").get_by_role("button")
    expect(thumbs).to_have_text(["ROUGE-L", "Characters", "Mixture"])
    for thumb, metric in zip(thumbs.all(), view["metrics"], strict=True):
        thumb.focus()
        page.keyboard.press("Enter")
        expect(thumb).to_have_attribute("aria-pressed", "true")
        value = view["similarity"][metric["name"]][0][3]
        cell = page.locator(".fl-heat tbody tr").first.locator(".fl-cell").nth(3)
        expect(cell).to_have_attribute(
            "aria-label", f"physicist and physicist (answer 2): {value:.2f}"
        )
    expect(page.get_by_label("ROUGE-L")).to_be_checked()
    page.get_by_label("Characters").check()
    expect(thumbs.nth(1)).to_have_attribute("aria-pressed", "true")


def test_answers_from_elsewhere_are_called_so_and_who_compared_meanings_is_told(
    blank: Open,
) -> None:
    page, trace = blank(language="zh"), elected()
    votes = [each.event for each in trace.records if isinstance(each.event, Voted)]
    standing = [CandidateGiven(i, "pasted", text, i) for i, text in enumerate(RAINBOWS)]
    events: list[Event] = [*standing, replace(votes[0], embedder="onnxruntime")]
    asked = replace(trace.recipe, members=())
    shown(page, ballot_view(fold(asked, [Record(0.0, each) for each in events])))
    expect(page.locator(".fl-card .fl-member-name").first).to_contain_text("自带")
    expect(page.locator(".fl-matrix-room")).to_contain_text("语义由一个小型嵌入模型比较")
    assert "pasted" not in page.locator(".fl").inner_text()


def test_of_many_candidates_the_best_are_compared_in_pairs(blank: Open) -> None:
    page = blank()
    view = shown(page, ballot_view(vote_trace(70)))
    expect(page.locator(".fl-cards > .fl-card")).to_have_count(70)
    best = view["candidates"][:64]
    heads = page.locator(".fl-heat thead .fl-head-mark")
    expect(heads).to_have_text([str(candidate["index"] + 1) for candidate in best])
    expect(page.locator(".fl-beside .fl-note")).to_contain_text("The best 64 of 70 are shown.")
    page.locator(".fl-heat tbody tr").nth(1).locator(".fl-cell").nth(5).click()
    texts = [best[at]["text"] for at in (1, 5)]
    expect(page.locator(".fl-compare .fl-prose")).to_have_text(texts)
    value = view["similarity"]["cosine"][best[1]["index"]][best[5]["index"]]
    expect(page.locator(".fl-compare")).to_contain_text(f"{value:.3f}")


def test_the_jury_is_a_curve_with_its_table(blank: Open) -> None:
    page = blank()
    jury = shown(page, ballot_view(elected()))["outlook"]["jury"]
    picture = page.locator(".fl-jury").get_by_role("img")
    expect(picture).to_have_attribute("aria-label", page.locator(".fl-jury .fl-note").inner_text())
    expect(picture.locator(".fl-dot")).to_have_count(len(jury))
    expect(picture).to_contain_text("voters on the panel")
    heights = picture.locator(".fl-dot").evaluate_all("all => all.map(n => -n.getAttribute('cy'))")
    assert sorted(range(len(jury)), key=lambda i: (heights[i], i)) == sorted(
        range(len(jury)), key=lambda i: (jury[i], i)
    )
    page.get_by_text("The panels as a table").click()
    cells = page.locator(".fl-jury tbody td")
    expect(cells).to_have_count(len(jury))
    expect(cells.last).to_have_text("100%")


@pytest.mark.parametrize(
    ("jury", "words"),
    [
        ((0.2, 0.5, 0.95, 0.9, 1.0), "From 3 voters on, at least nine in ten do."),
        ((0.9, 0.95, 1.0), "Even the smallest ones nearly always do."),
        ((0.2, 0.95, 0.5, 1.0), "No smaller panel does so nine times in ten."),
        ((0.5, 1.0), "No smaller panel does so nine times in ten."),
    ],
)
def test_the_curve_is_said_in_words(
    blank: Open,
    jury: tuple[float, ...],
    words: str,
) -> None:
    page = blank()
    view = ballot_view(elected())
    view["outlook"]["jury"] = list(jury)
    shown(page, view)
    expect(page.locator(".fl-jury .fl-note")).to_contain_text(words)


def test_ballots_that_decide_are_named(blank: Open) -> None:
    page = blank()
    view = ballot_view(elected())
    view["outlook"]["influence"] = {
        "ballots": 8,
        "changes": [
            {"without": [3], "index": 3, "agrees": ""},
            {"without": [4], "index": 2, "agrees": "text"},
            {"without": [1, 6], "index": 5, "agrees": ""},
        ],
    }
    shown(page, view)
    said = [" ".join(text.split()) for text in page.locator(".fl-change").all_text_contents()]
    assert said == [
        "Without its own ballot, 1physicist (answer 2) candidate 4 would win.",
        "Without the ballot of 2teacher (answer 2) candidate 5, 3poet candidate 3 would win. "
        "It has the same text.",
        "Without any one of the ballots of 2teacher candidate 2, 1physicist (answer 3) candidate "
        "7, 3poet (answer 2) candidate 6 would win.",
    ]
    view["outlook"]["influence"]["changes"] = []
    shown(page, view)
    expect(page.locator(".fl-hangs")).to_contain_text("No single ballot decides it")


def test_answers_that_grow_move_nobody(blank: Open, shot: Shot) -> None:
    page = blank()
    trace = elected((), finished=False)
    for sample in (0, 1):
        for author in AUTHORS:
            trace.add(Record(1.0, TextDelta(author, "A", sample)))
    shown(page, ballot_view(trace))
    before = page.evaluate(BOXES)
    assert len(before) == 6
    for step in range(40):
        author, sample = AUTHORS[step % 3], (step // 3) % 2
        trace.add(Record(2.0, TextDelta(author, " rainbow is an arc of colours\n", sample)))
        shown(page, ballot_view(trace))
        assert page.evaluate(BOXES) == before
    prose = page.locator(".fl-cards .fl-prose")
    ends = "all => all.map(node => node.scrollHeight - node.scrollTop - node.clientHeight < 2)"
    assert prose.evaluate_all(ends) == [True] * 6
    shot(page, "vote-growing")
    trace.add(Record(3.0, CandidateGiven(0, "teacher", RAINBOWS[1], 1)))
    shown(page, ballot_view(trace))
    assert page.evaluate(BOXES) == before
    expect(page.locator(".fl-cards > .fl-card").nth(4)).to_contain_text("candidate 1")
    expect(page.get_by_role("button", name="Show all")).to_have_count(5)
    trace.stopped = True
    shown(page, ballot_view(trace))
    assert prose.evaluate_all("all => all.every(node => node.scrollTop === 0)")
    expect(page.locator(".fl-cards")).not_to_contain_text("being written")
    expect(page.locator(".fl-cards")).to_contain_text("broken off")


def test_a_run_from_before_has_no_empty_rooms(blank: Open) -> None:
    page = blank()
    view = ballot_view(elected())
    full = page.locator(".fl-section:visible")
    shown(page, view)
    expect(full).to_have_count(3)
    view["outlook"] |= {"rules": [], "by_metric": [], "jury": [], "influence": None, "groups": []}
    shown(page, view)
    expect(full).to_have_count(1)
    expect(page.locator(".fl-elects .fl-note")).to_be_hidden()
    view["outlook"] = None
    shown(page, view)
    expect(full).to_have_count(1)
    expect(page.locator(".fl-sentence").first).to_contain_text("was elected. What decided: ROUGE-L")


@pytest.mark.parametrize(("width", "dark"), [(320, False), (320, True), (768, True), (1440, False)])
def test_everything_fits(
    blank: Open,
    shot: Shot,
    width: int,
    dark: bool,
) -> None:
    page = blank(width, dark=dark)
    shown(page, ballot_view(elected(SUMS, rule="majority", kind="number", weights=(1.0, 2.0, 1.0))))
    page.evaluate(UNFOLD)
    page.locator(".fl-cell").nth(1).click()
    shot(page, f"vote-all-{'dark' if dark else 'light'}-{width}")
    assert page.evaluate(WIDEST) <= width
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.fl-outcomes *, .fl-jury svg, .fl-hangs *')]"
        ".map(node => node.getBoundingClientRect().right))"
    )
    assert right <= width


def test_hostile_words_in_every_room_are_text(blank: Open) -> None:
    page = blank(320)
    view = ballot_view(elected(HOSTILE))
    outlook = view["outlook"]
    hostile = [{"label": text, "explanation": text} for text in HOSTILE]
    standing = [{"index": i, "agrees": text, "decided": True} for i, text in enumerate(HOSTILE)]
    outlook["rules"] = [a | b for a, b in zip(hostile, standing, strict=True)]
    outlook["tally"] = [
        {"answer": text, "candidates": [i], "share": 0.5} for i, text in enumerate(HOSTILE)
    ]
    for candidate, text in zip(view["candidates"], HOSTILE, strict=True):
        candidate["found"] = candidate["author"] = text
    shown(page, view)
    for text in HOSTILE[:4]:
        expect(page.locator(".fl-tally-room")).to_contain_text(text)
        expect(page.locator(".fl-outcomes").first).to_contain_text(text)
    assert page.locator(".fl :is(img, script, iframe, a, b)").count() == 0
    assert page.evaluate("window.hacked === undefined && ({}).polluted === undefined")
    assert page.evaluate(WIDEST) <= 320


@pytest.mark.parametrize(
    "outlook",
    [
        "?",
        {"rules": 3, "by_metric": {}, "jury": "x", "influence": 1, "groups": None, "tally": [{}]},
        {
            "rules": [{}, None],
            "by_metric": [None, {"index": 99}],
            "jury": [None, "x", 3],
            "influence": {"changes": [{}, {"without": [99], "index": 0}]},
            "groups": [{}, {"candidates": ["x", 1, 2]}],
            "tally": [None],
            "rule": 3,
        },
    ],
)
def test_a_broken_outlook_is_no_script_error(
    blank: Open,
    outlook: Any,
) -> None:
    page = blank()
    view = ballot_view(elected())
    view["outlook"] = outlook
    shown(page, view)
    expect(page.locator(".fl-cards > .fl-card")).to_have_count(len(RAINBOWS))
    expect(page.locator(".fl-heat")).to_be_visible()
