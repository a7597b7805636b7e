"""Every token explained: shares and pivotal members, jumps, and the record fused anew."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from fusionlab.assets import asset
from fusionlab.events import Candidate, MemberStep, Record, RunFinished, TokenChosen
from fusionlab.recipe import Sampling, recipe_from_query
from fusionlab.runfiles import read_run
from fusionlab.tokens.pooling import Pooling, arithmetic, divergence, entropy, pool
from fusionlab.tokens.provenance import provenance
from fusionlab.trace import Trace
from fusionlab.views.page import run_page
from fusionlab.views.tokens import token_view
from tests.browser.legible import faults
from tests.views.fakes import NAMES, recipe, token_trace

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
DRAW = """(data) => window.FusionLab.tokens(document.querySelector('.fl'), data,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
REPOOL = """([view, asked]) => {
    const { firstOf, keyOf, rangesOf, without } = window.FusionLab.repool;
    const s = { members: view.members, pooling: view.pooling };
    const told = (found) => found && {
        ...found, could: found.could.map(({ key }) => key) };
    return view.steps.map((step, i) => asked[i].map(([weights, pooling]) => ({
        first: told(firstOf(s, step, weights, pooling)),
        ranges: rangesOf(s, step, weights, pooling),
        pivotal: s.members.map((_, member) => without(s, step, member).pivotal),
    })));
}"""
VOCAB = 14
LISTED = 4
POOLINGS = get_args(Pooling)


@pytest.fixture
def opened(blank: Callable[..., Page]) -> Opened:
    """Opens a page that shows this run of tokens."""

    def open_page(view: dict[str, Any], width: int = 1280, **look: Any) -> Page:
        page = blank(width, calm=True, **look)
        page.evaluate(DRAW, view)
        return page

    return open_page


TOLD = """([view]) => {
    const { firstOf, without } = window.FusionLab.repool;
    const s = { members: view.members, pooling: view.pooling };
    return [firstOf(s, view.steps[0], [1, 1, 0], 'arithmetic').certain,
        without(s, view.steps[0], 0).pivotal];
}"""


def chosen(step: int, values: Tensor, weights: Tensor, pooling: Pooling) -> TokenChosen:
    """One greedy step over these distributions, told as a run tells it, without provenance."""
    fused = pool(values, weights, pooling)
    token = int(fused.argmax())
    best = fused.topk(LISTED).indices

    def top(row: Tensor) -> tuple[Candidate, ...]:
        found = row.topk(LISTED)
        pairs = zip(found.values.exp().tolist(), found.indices.tolist(), strict=True)
        return tuple(Candidate(f" t{i}", p, i) for p, i in pairs)

    def own(row: Tensor) -> MemberStep:
        rest = 1 - float(row.topk(LISTED).values.exp().sum())
        known = tuple(row[best].exp().tolist())
        return MemberStep(
            top(row), float(entropy(row)), max(0.0, rest), float(row[token].exp()), known
        )

    apart = divergence(entropy(arithmetic(values, weights)), entropy(values), weights)
    return TokenChosen(
        step,
        f" t{token}",
        token,
        float(fused[token].exp()),
        top(fused),
        float(entropy(fused)),
        float(apart),
        {name: own(row) for name, row in zip(NAMES, values, strict=False)},
    )


def recorded(
    generator: torch.Generator, pooling: Pooling, n_steps: int, *, alike: float = 1.5
) -> tuple[Trace, list[Tensor]]:
    """A run of three over random distributions, more or less alike, and the distributions."""
    asked = recipe(3, pooling=pooling)
    trace, every = Trace(asked), []
    given = torch.tensor([member.weight for member in asked.members])
    for step in range(n_steps):
        sharp = 0.5 + 4 * float(torch.rand((), generator=generator))
        common = alike * torch.randn(VOCAB, generator=generator)
        values = torch.randn(3, VOCAB, generator=generator) + common
        every.append((sharp * values).log_softmax(-1))
        trace.add(Record(0.1, chosen(step, every[-1], given / given.sum(), pooling)))
    trace.add(Record(0.1 * n_steps, RunFinished("done")))
    return trace, every


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_the_record_decides_is_what_pooling_anew_decides(
    opened: Opened, pooling: Pooling
) -> None:
    generator = torch.Generator().manual_seed(POOLINGS.index(pooling))
    trace, every = recorded(generator, pooling, 40, alike=0.5)
    asked = [
        [(torch.rand(3, generator=generator).tolist(), other) for other in POOLINGS] for _ in every
    ]
    view = token_view(trace)
    given = torch.tensor([member["weight"] for member in view["members"]])
    told = opened(view).evaluate(REPOOL, [view, asked])
    decided = open_ = 0
    for values, questions, answers in zip(every, asked, told, strict=True):
        exact = provenance(values, given, pooling, pool(values, given, pooling), 0)
        for at, pivotal in enumerate(answers[0]["pivotal"]):
            assert pivotal in (None, exact.pivotal(at))
        for (weights, other), answer in zip(questions, answers, strict=True):
            shares = torch.tensor(weights)
            anew = pool(values, shares / shares.sum(), other)
            first = answer["first"]
            decided += first["certain"]
            open_ += not first["certain"]
            assert int(anew.argmax()) in first["could"] or first["open"]
            if first["certain"]:
                assert first["key"] == int(anew.argmax())
            for each in answer["ranges"]:
                p = float(anew[each["key"]].exp())
                assert each["low"] - 1e-4 <= p <= each["high"] + 1e-4
                assert 0 <= each["low"] <= each["high"] <= 1
    assert decided > 100  # of 200: the record decides much
    assert open_ > 1  # and not all


def test_a_probability_of_0_may_be_one_that_nobody_told(opened: Opened) -> None:
    """Of two members the second lists only " b", so that " a" may be nearly as likely to it."""
    first = (Candidate(" a", 0.6), Candidate(" b", 0.3))
    second = (Candidate(" b", 0.4),)
    members = {
        NAMES[0]: MemberStep(first, 1.0, 0.1, 0.3, (0.3, 0.6)),
        NAMES[1]: MemberStep(second, 1.0, 0.6, 0.4, (0.4, 0.0)),
    }
    trace = Trace(recipe(2, pooling="arithmetic"))
    fused = (Candidate(" b", 0.37), Candidate(" a", 0.2))
    trace.add(Record(0.0, TokenChosen(0, " b", -1, 0.37, fused, 1.0, 0.1, members)))
    trace.add(Record(0.1, RunFinished("b")))
    view = token_view(trace)
    assert opened(view).evaluate(TOLD, [view]) == [False, None]


def test_jumps_lead_by_button_and_by_key(opened: Opened) -> None:
    trace, _ = recorded(torch.Generator().manual_seed(5), "arithmetic", 40)
    view = token_view(trace)
    kinds = {
        "u": [i for i, step in enumerate(view["steps"]) if step["fused"][0]["p"] < 0.5],
        "d": [i for i, step in enumerate(view["steps"]) if step["apart"]],
    }
    page = opened(view)
    page.locator(".fl-token").first.click()
    names = {"u": "Unsure", "d": "Disagreement"}
    for key, steps in kinds.items():
        assert 3 < len(steps) < 40
        page.locator(".fl-token").first.click()
        here = 0
        for _ in range(3):
            here = next(i for i in steps if i > here)
            page.keyboard.press(key)
            expect(page.locator(".fl-place")).to_have_text(f"Step {here + 1} of 40")
            expect(page.locator(".fl-token").nth(here)).to_be_focused()
        here = max(i for i in steps if i < here)
        page.keyboard.press(f"Shift+{key}")
        expect(page.locator(".fl-place")).to_have_text(f"Step {here + 1} of 40")
        page.get_by_role("button", name=f"{names[key]} · {len(steps)}").click()
        here = next(i for i in steps if i > here)
        expect(page.locator(".fl-place")).to_have_text(f"Step {here + 1} of 40")
    page.locator(".fl-token").first.click()
    page.get_by_role("button", name="Previous disagreement").click()  # round to the last
    expect(page.locator(".fl-place")).to_have_text(f"Step {kinds['d'][-1] + 1} of 40")
    marked = page.locator(".fl-strip .fl-pivotal").count()
    button = page.get_by_role("button", name=f"Pivotal · {marked}")
    assert marked > 2
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fl-token[aria-selected=true]")).to_have_class(
        page.locator(".fl-strip .fl-pivotal").first.get_attribute("class") or ""
    )


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """A run that tells of itself: the second of three members is pivotal, with other words."""
    trace = token_trace(n_steps=3)
    first, *rest = trace.tokens
    parts = zip(first.members.items(), (0.2, 0.7, 0.1), (False, True, False), strict=True)
    members = {
        name: replace(
            own,
            share=share,
            pivotal=pivotal,
            instead=Candidate(" Lyon", 0.1, 5) if pivotal else None,
        )
        for (name, own), share, pivotal in parts
    }
    again = Trace(trace.recipe)
    for at, token in enumerate((replace(first, members=members), *rest)):
        again.add(Record(float(at), token))
    again.add(Record(3.0, RunFinished("x")))
    return token_view(again)


def test_a_step_says_shares_and_who_was_pivotal(opened: Opened, told: dict[str, Any]) -> None:
    page = opened(told)
    page.locator(".fl-token").first.click()
    facts = page.locator(".fl-facts")
    expect(facts).to_contain_text(f"pivotal 2{NAMES[1]}without it")
    expect(facts.locator(".fl-pivot .fl-chip")).to_have_text(" Lyon")
    assert page.locator(".fl-shares-list li").all_inner_texts() == ["1\n20%", "2\n70%", "3\n10%"]
    widths = page.locator(".fl-shares .fl-segment").evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect().width)"
    )
    assert [width / sum(widths) for width in widths] == pytest.approx([0.2, 0.7, 0.1], abs=0.02)
    assert f"pivotal: {NAMES[1]}" in (page.locator(".fl-token").first.get_attribute("title") or "")
    page.locator(".fl-step summary").click()
    each = page.locator(".fl-step table").last
    expect(each.locator("thead th").last).to_have_text("pivotal")
    assert each.locator("thead th").all_inner_texts()[-2:] == ["share", "pivotal"]
    assert [row.locator("td").all_inner_texts()[-2:] for row in each.locator("tbody tr").all()] == [
        ["20%", "no"],
        ["70%", "yes"],
        ["10%", "no"],
    ]
    page.locator(".fl-course summary", has_text="table").click()
    course = page.locator(".fl-course table")
    expect(course.locator("thead th").last).to_have_text("pivotal")
    assert course.locator("thead th").all_inner_texts()[-2:] == ["agreement", "pivotal"]
    assert course.locator("tbody tr").first.locator("td").last.inner_text() == NAMES[1]


def old(trace: Trace) -> Trace:
    """The run as it was recorded before runs told shares and who was pivotal."""
    again = Trace(trace.recipe, trace.env)
    for record in trace.records:
        event = record.event
        if isinstance(event, TokenChosen):
            own = {
                name: replace(each, share=None, pivotal=None, instead=None)
                for name, each in event.members.items()
            }
            record = Record(record.t, replace(event, members=own))
        again.add(record)
    return again


def test_weights_move_over_an_old_run_by_key(opened: Opened) -> None:
    """The gallery's run of an astronomer, weight 3, and a poet, weight 1: the poet gets it all."""
    trace = old(read_run(Path(str(asset("runs/weights.jsonl")))))
    view = token_view(trace)
    assert all(own["pivotal"] is None for own in view["steps"][0]["members"].values())
    page = opened(view)
    page.locator(".fl-whatif summary").focus()
    page.keyboard.press("Enter")
    said = page.locator(".fl-whatif-said")
    expect(said).to_have_text("This is how the run was recorded.")
    expect(page.get_by_role("button", name="As recorded")).to_be_disabled()
    slider = page.get_by_label("astronomer")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("stay the same")
    assert page.locator(".fl-beyond").count() == 0
    page.keyboard.press("Home")
    expect(said).to_contain_text("The first change is at step")
    poet = [step["members"]["poet"]["top"][0]["id"] for step in view["steps"]]
    at = next(i for i, step in enumerate(view["steps"]) if step["id"] != poet[i])
    expect(said).to_contain_text(f"step {at + 1}:")
    assert page.locator(".fl-beyond").count() == len(poet) - at
    page.get_by_role("button", name=f"Show step {at + 1}").click()
    expect(page.locator(".fl-place")).to_have_text(f"Step {at + 1} of {len(poet)}")
    expect(page.locator(".fl-whatif caption")).to_have_text(f"Step {at + 1} with these weights")
    page.get_by_label("Pool").select_option("geometric")
    href = page.get_by_role("link", name="Run anew").get_attribute("href") or ""
    again = recipe_from_query(href)
    assert [member.weight for member in again.members] == [0.0, 1.0]
    assert again.settings["pooling"] == "geometric"
    assert [replace(m, weight=1.0) for m in again.members] == [
        replace(m, weight=1.0) for m in trace.recipe.members
    ]
    assert (again.prompt, again.sampling) == (trace.recipe.prompt, trace.recipe.sampling)
    page.get_by_role("button", name="As recorded").click()
    expect(said).to_have_text("This is how the run was recorded.")
    expect(page.locator(".fl-beyond")).to_have_count(0)


def test_who_can_branch_is_told_from_where(opened: Opened) -> None:
    view = token_view(read_run(Path(str(asset("runs/weights.jsonl")))))
    page = opened(view, once=True)
    page.evaluate("window.FusionLab.branch = (told) => (window.branched = told)")
    page.locator(".fl-whatif summary").click()
    page.get_by_label("astronomer").fill("0")
    page.get_by_role("button", name="Run on from here").click()
    told = page.evaluate("window.branched")
    step = view["steps"][told["step"]]
    best = step["members"]["poet"]["top"][0]
    assert (told["id"], told["text"]) == (best["id"], best["token"])
    assert told["weights"] == {"astronomer": 0, "poet": 1}


def test_where_nothing_can_branch_a_link_asks_anew(opened: Opened) -> None:
    page = opened(token_view(read_run(Path(str(asset("runs/weights.jsonl"))))), once=True)
    page.evaluate("window.FusionLab.branch = () => false")
    page.locator(".fl-whatif summary").click()
    page.get_by_label("astronomer").fill("0")
    page.get_by_role("button", name="Run on from here").click()
    expect(page.get_by_role("link", name="Run anew")).to_be_visible()


def test_a_page_without_the_app_names_it_and_links_nowhere(
    visitor: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "run.html"
    file.write_text(run_page(read_run(Path(str(asset("runs/weights.jsonl"))))), encoding="utf-8")
    page = visitor(f"{file.as_uri()}?lang=en")
    page.locator(".fl-whatif summary").click()
    page.get_by_label("astronomer").fill("0")
    expect(page.locator(".fl-whatif-actions")).to_contain_text("open this run in the app")
    expect(page.locator(".fl-whatif a")).to_have_count(0)


def test_a_drawn_text_is_compared_by_first_choices(opened: Opened) -> None:
    trace, _ = recorded(torch.Generator().manual_seed(3), "arithmetic", 20)
    trace = replace(trace, recipe=replace(trace.recipe, sampling=Sampling(temperature=1.0)))
    page = opened(token_view(trace))
    page.locator(".fl-whatif summary").click()
    expect(page.locator(".fl-whatif")).to_contain_text("drawn at random")
    page.get_by_label(NAMES[1]).fill("0")
    expect(page.locator(".fl-whatif-said")).to_contain_text("first choice")


def test_a_run_that_is_no_pool_of_its_members_offers_no_weights(opened: Opened) -> None:
    trace, _ = recorded(torch.Generator().manual_seed(3), "arithmetic", 20)
    view = token_view(trace)
    expect(opened(view).locator(".fl-whatif")).to_be_visible()
    for step in view["steps"]:
        step["fused"][0]["p"] /= 2
    expect(opened(view).locator(".fl-whatif")).to_be_hidden()
    turns = token_view(read_run(Path(str(asset("runs/writing-in-turns.jsonl")))))
    page = opened(turns)
    expect(page.locator(".fl-whatif")).to_be_hidden()
    expect(page.locator(".fl-strip .fl-pivotal")).to_have_count(0)


@pytest.mark.parametrize(("width", "language", "dark"), [(1280, "en", False), (390, "zh", True)])
def test_all_of_it_can_be_read(
    opened: Opened, shot: Callable[[Page, str], None], width: int, language: str, dark: bool
) -> None:
    view = token_view(read_run(Path(str(asset("runs/sea-product.jsonl")))))
    page = opened(view, width, language=language, dark=dark)
    page.locator(".fl-whatif summary").click()
    page.locator(".fl-whatif .fl-slider").first.fill("20")
    expect(page.locator(".fl-beyond").first).to_be_visible()
    page.locator(".fl-whatif-actions .fl-plain").click()
    assert faults(page, f"explained {language}", ".fl") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"explained-{width}-{language}")


def test_what_is_level_for_everyone_stays_as_it_was_written(blank: Callable[..., Page]) -> None:
    """No weights part two tokens that every member finds equally likely."""
    level: list[dict[str, Any]] = [
        {"token": word, "id": i, "p": 0.4} for i, word in enumerate(("y", "x"))
    ]
    own: dict[str, Any] = {"top": level, "p_chosen": 0.4, "weight": None}
    step: dict[str, Any] = {
        "token": "x",
        "id": 1,
        "p": 0.4,
        "members": {"a": own, "b": own},
        "fused": [each | {"parts": [0.4, 0.4]} for each in level],
    }
    view = {"members": [{"name": "a"}, {"name": "b"}], "pooling": "arithmetic", "steps": [step]}
    asked = [[[[0.3, 0.7], pooling] for pooling in ("arithmetic", "geometric")]]
    found = blank().evaluate(REPOOL, [view, asked])[0]
    expected = {"certain": True, "key": 1, "could": [1], "open": False}
    assert [each["first"] for each in found] == [expected, expected]
    step["members"]["b"] = own | {"top": [level[0], level[1] | {"p": 0.3}], "p_chosen": 0.3}
    step["fused"][1]["parts"] = [0.4, 0.3]  # the second member parts them
    (changed,) = blank().evaluate(REPOOL, [view, [asked[0][:1]]])[0]
    assert changed["first"]["key"] == 0
