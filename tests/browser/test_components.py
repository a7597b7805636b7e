"""Every component on a page without a server: it fits, follows the page, survives what it gets."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.views.ballots import ballot_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.words import Sentence
from tests.browser.component_fakes import VIEWS
from tests.browser.drawing import UNFOLD, WIDEST, Shot, draw, tokens_of
from tests.browser.vote_fakes import elected
from tests.views.fakes import (
    HOSTILE,
    solo_trace,
    status_traces,
    token_trace,
    vote_trace,
)

pytestmark = pytest.mark.browser


def test_a_number_below_0_is_said_with_a_minus(blank: Callable[..., Page]) -> None:
    page = blank()
    said = [
        page.evaluate("n => FusionLab.words.said({key: 'number-times', values: {n}})", value)
        for value in (-2.5, -12345, -0.0001, 3)
    ]
    assert said == [Sentence("number-times", {"n": n}).said() for n in (-2.5, -12345, 0, 3)]
    assert said[0] == "−2.5×"


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
