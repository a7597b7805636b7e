"""The components alone on a page without a server: what they draw, keep, say and survive."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from fusionlab.assets import asset
from fusionlab.events import CandidateGiven, Record, RunFinished
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace, fold
from fusionlab.ui.ladder_page import recorded
from fusionlab.views.ballots import ballot_view
from fusionlab.views.experts import expert_view
from fusionlab.views.headline import headline_view
from fusionlab.views.ladder import ladder_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.notice import notice_view
from fusionlab.views.rounds import round_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.views.texts import text_view
from fusionlab.views.tokens import token_view
from fusionlab.words import Sentence
from tests.browser.debate_fakes import SAID, debate_trace, ways
from tests.browser.picture_fakes import PICTURES
from tests.browser.vote_fakes import elected
from tests.views.bench_fakes import report
from tests.views.fakes import (
    ANSWERS,
    END,
    HOSTILE,
    NAMES,
    PIECES,
    cost_trace,
    recipe,
    routed_trace,
    solo_trace,
    status_traces,
    token_trace,
    vote_trace,
)

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], None]
DRAW = """([component, data]) => window.FusionLab[component](
    document.querySelector('.fl'), data,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
UNFOLD = "document.querySelectorAll('details').forEach(one => (one.open = true))"
WIDEST = "document.documentElement.scrollWidth"
LONG = tuple(f"{answer} " * 12 if i % 2 == 0 else answer for i, answer in enumerate(ANSWERS))


def pictured(make: Callable[[], Trace]) -> dict[str, Any]:
    """What the picture of the run is sent."""
    trace = make()
    data: dict[str, Any] = stage_for(trace).drawn(trace, "run")["data"]
    return data


def climbed(name: str) -> dict[str, Any]:
    """The recorded ladder, of members with this name."""
    view = ladder_view(recorded())
    for member in view["members"]:
        member["name"] = name
    return view | {"title": name}


HOSTILE_PAIRS = tuple((text, text) for text in HOSTILE)
VIEWS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "tokens": ("tokens", lambda: token_view(token_trace((*PIECES[:60], END), n_steps=61))),
    "tokens-geometric": ("tokens", lambda: token_view(token_trace(pooling="geometric"))),
    "tokens-two": ("tokens", lambda: token_view(token_trace(n_members=2))),
    "tokens-eight": ("tokens", lambda: token_view(token_trace(n_members=8))),
    "tokens-hostile": ("tokens", lambda: token_view(token_trace(HOSTILE, len(HOSTILE)))),
    "ballots": ("ballots", lambda: ballot_view(vote_trace(texts=LONG))),
    "ballots-many": ("ballots", lambda: ballot_view(vote_trace(20))),
    "ballots-growing": ("ballots", lambda: ballot_view(vote_trace(voted=False))),
    "ballots-hostile": ("ballots", lambda: ballot_view(vote_trace(len(HOSTILE), texts=HOSTILE))),
    "experts": ("experts", lambda: expert_view(routed_trace())),
    "experts-many": (
        "experts",
        lambda: expert_view(
            routed_trace((*PIECES, END), n_layers=16, n_experts=64, active=6, compare="")
        ),
    ),
    "experts-hostile": (
        "experts",
        lambda: expert_view(routed_trace(HOSTILE, len(HOSTILE), compare=HOSTILE[2])),
    ),
    "texts": ("texts", lambda: text_view(solo_trace(finished=False))),
    "ledger": ("ledger", lambda: ledger_view(cost_trace())),
    "rounds": ("rounds", lambda: round_view(debate_trace())),
    **{
        name: (stage_for(make()).component, partial(pictured, make))
        for name, make in PICTURES.items()
        if name in ("staircase", "layers", "routing", "refine")
    },
    "rounds-hostile": ("rounds", lambda: round_view(debate_trace(HOSTILE_PAIRS))),
    "compared": ("compared", ways),
    "compared-hostile": ("compared", lambda: ways(HOSTILE_PAIRS, HOSTILE[2])),
    "ladder-hostile": ("ladder", lambda: climbed("".join(HOSTILE))),
    "status": ("status", lambda: status_view(status_traces()["failed"])),
    "headline": ("headline", lambda: headline_view(debate_trace())),
    "headline-long": ("headline", lambda: headline_view(vote_trace(texts=LONG))),
    "headline-hostile": (
        "headline",
        lambda: headline_view(fold(recipe(), [Record(0.0, RunFinished("".join(HOSTILE)))])),
    ),
    "notice": ("notice", lambda: notice_view(token_trace())),
    "notice-strange": ("notice", lambda: notice_view(token_trace(HOSTILE, len(HOSTILE)))),
    "status-loading": ("status", lambda: status_view(status_traces()["loading"])),
}


def draw(page: Page, component: str, data: dict[str, Any]) -> None:
    page.evaluate(DRAW, [component, data])


def tokens_of(page: Page) -> Locator:
    return page.locator(".fl-token")


def expect_selected(page: Page, index: int) -> None:
    """Only this token is selected, now or soon: a picture that streams is drawn in beats."""
    expect(tokens_of(page).nth(index)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".fl-token[aria-selected=true]")).to_have_count(1)


def most_divergent(view: dict[str, Any]) -> int:
    """The index of the step at which members disagreed most."""
    steps = view["steps"]
    return max(range(len(steps)), key=lambda i: steps[i]["divergence"])


def said(page: Page) -> list[Any]:
    """What the component told its caller."""
    events: list[Any] = page.evaluate("window.said || []")
    return events


# Tokens


def test_a_number_below_0_is_said_with_a_minus(blank: Callable[..., Page]) -> None:
    page = blank()
    said = [
        page.evaluate("n => FusionLab.words.said({key: 'number-times', values: {n}})", value)
        for value in (-2.5, -12345, -0.0001, 3)
    ]
    assert said == [Sentence("number-times", {"n": n}).said() for n in (-2.5, -12345, 0, 3)]
    assert said[0] == "−2.5×"


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
    assert said(page)[:2] == [["select", {"step": 3}], ["select", {"step": 4}]]
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


@pytest.mark.parametrize("name", [name for name in VIEWS if name.endswith("-hostile")])
def test_hostile_text_is_text(blank: Callable[..., Page], name: str) -> None:
    page = blank()
    component, view = VIEWS[name]
    draw(page, component, view())
    root = page.locator(".fl")
    for text in HOSTILE[:6]:
        expect(root).to_contain_text(text)
    if name in ("tokens-hostile", "experts-hostile"):
        for i in range(len(HOSTILE)):
            tokens_of(page).nth(i).click()
    page.evaluate(UNFOLD)
    page.evaluate("new Promise(requestAnimationFrame)")  # what opens is filled
    assert page.locator(".fl :is(img, script, iframe, a, b)").count() == 0
    assert page.locator(".fl [class*='[object'], .fl [class*='function']").count() == 0
    assert page.evaluate("window.hacked === undefined && ({}).polluted === undefined")


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


@pytest.mark.parametrize("component", ["rounds", "compared"])
def test_hostile_names_of_agents_are_text(blank: Callable[..., Page], component: str) -> None:
    page = blank()
    view = VIEWS[component][1]()
    if component == "rounds":
        for member, name in zip(view["members"], HOSTILE[:3], strict=True):
            member["name"] = name
        view["chosen"][0]["by"] = view["influence"]["changes"][0]["turn"] = "__proto__"
    else:
        view["runs"][0]["agents"] = list(HOSTILE[:3])
        view["runs"][2]["problem"] = HOSTILE[3]
    draw(page, component, view)
    for name in HOSTILE[:3]:
        expect(page.locator(".fl")).to_contain_text(name)
    assert page.locator(".fl :is(img, script, iframe, a, b)").count() == 0
    assert page.evaluate("window.hacked === undefined && ({}).polluted === undefined")


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
    expect(page.locator(".fl-title").first).to_contain_text(END)


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


# Benchmark


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


# Vote


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
    assert said(page) == [
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


# Experts


def numbers_of(page: Page) -> list[str]:
    """The expert's number under every token."""
    return page.locator(".fl-number").all_inner_texts()


def test_tokens_tell_the_heaviest_expert_of_the_chosen_layer(blank: Callable[..., Page]) -> None:
    page = blank()
    view = expert_view(routed_trace(n_tokens=6, compare=""))
    draw(page, "experts", view)
    for at, layer in enumerate(view["layers"]):
        page.get_by_label(str(layer["layer"]), exact=True).check()
        heaviest = [str(step["layers"][at]["experts"][0]) for step in view["steps"]]
        assert numbers_of(page) == heaviest
        expect(page.locator(".fl-about")).to_contain_text(f"layer {at + 1} gives every token to 2")
    expect(page.locator(".fl-given-row.fl-chosen")).to_contain_text("layer 4")
    page.get_by_role("button", name="layer 2").click()
    expect(page.get_by_label("2", exact=True)).to_be_checked()
    expect(page.get_by_role("button", name="layer 2")).to_be_focused()


def test_experts_grow_with_the_run(blank: Callable[..., Page]) -> None:
    page = blank()
    running = routed_trace(n_tokens=8, finished=False)
    first = expert_view(running, run="r")
    first["steps"] = first["steps"][:5]
    draw(page, "experts", first)
    expect(tokens_of(page)).to_have_count(5)
    page.evaluate("window.kept = [...document.querySelectorAll('.fl-token')]")
    draw(page, "experts", expert_view(running, start=9, run="r"))
    expect(tokens_of(page)).to_have_count(5)
    draw(page, "experts", expert_view(running, start=5, run="r"))
    expect(tokens_of(page)).to_have_count(16)
    assert page.evaluate("window.kept.every(node => document.contains(node))")
    expect(page.locator(".fl-reading").nth(1).locator(".fl-token")).to_have_count(8)
    expect(page.locator(".fl-load .fl-heat-frame")).to_have_count(3)
    page.evaluate("window.kept = [...document.querySelectorAll('.fl-loads .fl-cell')]")
    draw(page, "experts", expert_view(routed_trace(n_tokens=12), run="r"))
    expect(tokens_of(page)).to_have_count(24)
    assert page.evaluate("window.kept.every(node => document.contains(node))")
    draw(page, "experts", expert_view(routed_trace(n_tokens=2, compare=""), run="other"))
    expect(tokens_of(page)).to_have_count(2)
    expect(page.locator(".fl-load .fl-heat-frame")).to_have_count(1)
    expect(page.locator(".fl-load .fl-sentence")).to_be_hidden()


def test_keys_walk_through_one_text_and_a_token_shows_its_experts(
    blank: Callable[..., Page],
) -> None:
    page = blank()
    view = expert_view(routed_trace(n_tokens=6))
    draw(page, "experts", view)
    expect(page.locator(".fl-token[tabindex='0']")).to_have_count(2)
    second = page.locator(".fl-reading").nth(1).locator(".fl-token")
    second.nth(1).click()
    page.keyboard.press("ArrowRight")
    expect(second.nth(2)).to_be_focused()
    expect(page.locator(".fl-token[aria-selected='true']")).to_have_count(1)
    (step,) = (each for each in view["steps"] if (each["sample"], each["position"]) == (1, 2))
    expect(page.locator(".fl-given-to .fl-title")).to_contain_text("Token 3 of B")
    rows = page.locator(".fl-given-row:not(.fl-dense-layers)")
    for row, layer in zip(rows.all(), step["layers"], strict=True):
        expect(row.locator(".fl-expert-mark")).to_have_text([str(e) for e in layer["experts"]])
    ringed = page.locator(".fl-load .fl-heat-frame").nth(1).locator(".fl-ringed")
    expect(ringed).to_have_count(4 * 2)
    expect(page.locator(".fl-load .fl-heat-frame").nth(0).locator(".fl-ringed")).to_have_count(0)
    assert said(page)[-1] == ["select", {"sample": 1, "position": 2}]


def test_where_both_texts_ask_an_expert_equally_the_difference_is_0(
    blank: Callable[..., Page],
) -> None:
    page = blank()
    view = expert_view(routed_trace(n_tokens=6))
    view["texts"][1]["load"] = view["texts"][0]["load"]
    draw(page, "experts", view)
    shares = [share for each in view["texts"][0]["load"] for share in each["shares"]]
    values = page.locator(".fl-signed .fl-cell-value")
    expect(values).to_have_text(["0" if share else "" for share in shares])


def test_a_cell_shows_what_its_expert_reads(blank: Callable[..., Page]) -> None:
    page = blank()
    view = expert_view(routed_trace(n_tokens=20, compare=""))
    draw(page, "experts", view)
    cells = page.locator(".fl-loads tbody tr:not(.fl-dense-layers)").nth(2).locator(".fl-cell")
    share = view["texts"][0]["load"][2]["shares"][5]
    percent = int(100 * share + 0.5)
    expect(cells.nth(5)).to_have_attribute("title", f"layer 3, expert 5: {percent}%")
    cells.nth(5).click()
    expect(page.get_by_label("3", exact=True)).to_be_checked()
    unread = [step for step in view["steps"] if 5 not in step["layers"][2]["experts"]]
    expect(page.locator(".fl-token.fl-dim")).to_have_count(len(unread))
    live = page.locator(".fl-unseen[aria-live=polite]")
    expect(live).to_have_text(f"Expert 5 of layer 3 reads {20 - len(unread)} of 20 tokens.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(
        page.locator(".fl-loads tbody tr:not(.fl-dense-layers)").nth(1).locator(".fl-cell").nth(4)
    ).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("2", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".fl-dim")).to_have_count(0)
    expect(page.locator(".fl-loads .fl-cell[aria-selected='true']")).to_have_count(0)


def test_every_picture_of_the_experts_has_its_table(blank: Callable[..., Page]) -> None:
    page = blank()
    view = expert_view(routed_trace(n_tokens=5))
    draw(page, "experts", view)
    tokens_of(page).nth(4).click()
    page.evaluate(UNFOLD)
    expect(page.locator("caption")).to_have_text(
        [
            "Token 5 of A: experts by layer",
            "Load of each layer",
            "Choices of each expert, prompt A",
            "Choices of each expert, prompt B",
            "What the experts of layer 1 like",
        ]
    )
    counts = view["texts"][1]["load"][3]["counts"]
    last = page.locator(".fl-load table").last.locator("tbody tr").nth(3).locator("td")
    expect(last).to_have_text([str(count) for count in counts])
    most = view["apart"].index(max(view["apart"]))
    expect(page.locator(".fl-load .fl-sentence")).to_contain_text(f"most in layer {most + 1}")


# Texts, ledger, status


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


# Headline, notice


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


# Everything


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (380, False)])
def test_it_fits_and_follows_the_page(
    blank: Callable[..., Page], shot: Shot, name: str, width: int, dark: bool
) -> None:
    page = blank(width, dark=dark)
    component, view = VIEWS[name]
    draw(page, component, view())
    shot(page, f"component-{name}-{'dark' if dark else 'light'}-{width}")
    page.evaluate(UNFOLD)
    if page.locator(".fl-cell").count():
        page.locator(".fl-cell").nth(1).click()
    assert page.evaluate(WIDEST) <= width
    paper = page.locator(".fl").evaluate("node => getComputedStyle(node).backgroundColor")
    assert paper == ("rgb(20, 23, 28)" if dark else "rgb(255, 255, 255)")


def test_less_motion_is_no_motion(blank: Callable[..., Page]) -> None:
    page = blank(calm=True)
    draw(page, "status", status_view(status_traces()["endless"]))
    assert page.locator(".fl-progress-bar").evaluate("n => getComputedStyle(n).animationName") == (
        "none"
    )
    page.evaluate("document.querySelector('.fl').replaceWith(document.createElement('div'))")
    page.evaluate("document.querySelector('body > div').className = 'fl'")
    draw(page, "ballots", ballot_view(vote_trace()))
    page.get_by_label("ROUGE-L").check()
    assert page.evaluate("document.getAnimations().length") == 0


def test_cards_glide_to_their_places(blank: Callable[..., Page]) -> None:
    page = blank()
    draw(page, "ballots", ballot_view(vote_trace()))
    page.get_by_label("ROUGE-L").check()
    assert page.evaluate("document.getAnimations().length") > 0


@pytest.mark.parametrize(
    "component",
    [
        *("tokens", "ballots", "experts", "texts", "ledger", "status", "rounds", "compared"),
        *("headline", "notice"),
        *("staircase", "layers", "routing", "refine"),
    ],
)
@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"members": None, "steps": 3, "candidates": "x", "texts": {}},
        {"steps": [{}], "candidates": [{}], "texts": [{}], "members": [{}], "status": "?"},
        {"metrics": [{"name": "__proto__"}], "candidates": [{"scores": {"__proto__": 1}}]},
        {"layers": [{"experts": 3}], "texts": [None, {"load": [{}]}], "steps": [{"layers": [{}]}]},
        {"steps": [None, {"state": "__proto__", "answers": [None]}], "versions": [None, {}]},
        {"layers": [None, {"nodes": [None, {}], "read": [[0, 7], None]}], "taken": 9},
        {"rounds": [None, {"solutions": [None]}], "runs": [None, {"answers": [None]}]},
    ],
)
def test_broken_data_is_no_script_error(
    blank: Callable[..., Page], component: str, data: dict[str, Any]
) -> None:
    page = blank()
    draw(page, component, data)
    draw(page, component, data)


def test_a_picture_shows_the_component_that_is_named_and_each_keeps_what_it_has(
    blank: Callable[..., Page],
) -> None:
    page = blank()
    running, texts = token_trace(n_steps=9), solo_trace(finished=False)
    draw(page, "picture", stage_for(texts).drawn(texts, "r"))
    expect(page.locator(".fl-prose")).to_be_visible()
    expect(tokens_of(page)).to_have_count(0)
    tokens = stage_for(running)
    draw(page, "picture", tokens.drawn(running, "r"))
    expect(page.locator(".fl-prose")).to_be_hidden()
    expect(tokens_of(page)).to_have_count(9)
    draw(page, "picture", stage_for(texts).drawn(texts, "r"))
    expect(tokens_of(page).first).to_be_hidden()
    draw(page, "picture", tokens.drawn(token_trace(n_steps=12), "r", start=9))
    expect(tokens_of(page)).to_have_count(12)
    expect(tokens_of(page).first).to_be_visible()


@pytest.mark.parametrize("name", [None, "", "core", "picture", "nothing", "__proto__", "toString"])
def test_a_picture_of_no_component_changes_nothing(
    blank: Callable[..., Page], name: str | None
) -> None:
    page = blank()
    trace = solo_trace(finished=False)
    draw(page, "picture", stage_for(trace).drawn(trace, "r"))
    said = page.locator(".fl").inner_text()
    draw(page, "picture", {"component": name, "data": {}})
    assert page.locator(".fl").inner_text() == said


BREAK = """([component, whole, values]) => {
    const root = document.querySelector('.fl');
    const paths = (value, path) => value === null || typeof value !== 'object' ? [path]
        : [path, ...Object.keys(value).slice(0, Array.isArray(value) ? 2 : 40)
            .flatMap(key => paths(value[key], [...path, key]))];
    const broken = (path, value) => {
        const copy = structuredClone(whole);
        const room = path.slice(0, -1).reduce((place, key) => place[key], copy);
        if (value === 'missing' && Array.isArray(room)) room.splice(path.at(-1), 1);
        else if (value === 'missing') delete room[path.at(-1)];
        else room[path.at(-1)] = value;
        return copy;
    };
    const found = [];
    const tried = paths(whole, []).slice(1);
    for (const path of tried) for (const value of values) {
        try { window.FusionLab[component](root, broken(path, value)); }
        catch (error) { found.push(`${path.join('.')} = ${JSON.stringify(value)}: ${error}`); }
    }
    window.FusionLab[component](root, whole);
    return [tried.length, found];
}"""
WRONG: list[Any] = ["missing", None, True, -3, 1.5, "x", "__proto__", [], [None], ["x"], {}]


@pytest.mark.parametrize(
    "component",
    ["ballots", "rounds", "compared", "staircase", "layers", "routing", "refine"],
)
def test_a_field_that_is_missing_or_of_a_wrong_type_is_no_script_error(
    blank: Callable[..., Page], component: str
) -> None:
    page = blank(once=True)
    page.evaluate("console.error = () => {}")  # a key without a sentence is told there
    view = ballot_view(elected()) if component == "ballots" else VIEWS[component][1]()
    draw(page, component, view)
    before = page.locator(".fl").inner_text()
    tried, found = page.evaluate(BREAK, [component, view, WRONG])
    assert found == []
    assert tried > len(view)
    assert page.locator(".fl").inner_text() == before
