"""What experts like, what a model is made of and what each expert is worth, on the page."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.experts.parameters import parameters_in
from fusionlab.views.anatomy import ablation_view, anatomy_view
from fusionlab.views.experts import expert_view
from tests.browser.legible import faults
from tests.tiny import tiny_mixture
from tests.views.fakes import HOSTILE, routed_trace

BODIES = '<div class="fl fl-anatomy"></div><div class="fl fl-experts"></div>'
Blank = Callable[..., Page]
ANATOMY = """(value) => {
    window.asked = window.asked || [];
    window.FusionLab.anatomy(document.querySelector('.fl-anatomy'), value, (name, said) =>
        window.asked.push([name, said]));
}"""


def cell(expert: int, nats: float | None = None) -> dict[str, Any]:
    tried = nats is not None
    rest = {"nats": nats, "interval": [nats - 0.1, nats + 0.1]} if nats is not None else {}
    return {"expert": expert, "used": expert < 2, "tried": tried, **rest}


def ablation(*nats: float | None) -> dict[str, Any]:
    layer = {"layer": 1, "experts": [*(cell(at, each) for at, each in enumerate(nats)), cell(2)]}
    return ablation_view(
        {"ref": "m", "suite": "", "pieces": 3, "bytes": 40, "nats": 2, "right": None}
        | {"layers": [layer]}
    )


def test_weights_and_ablation_are_asked_for_and_drawn(blank: Blank, tmp_path: Path) -> None:
    page = blank(body='<div class="fl fl-anatomy"></div>')
    model = {"ref": "m", "level": "internals", "size": 1, "licence": "", "here": True, "kind": ""}
    page.evaluate(ANATOMY, {"models": [model]})
    page.locator(".fl-anatomy-part > summary").click()
    page.wait_for_function("window.asked.length > 0")
    assert page.evaluate("window.asked") == [["submit", {"asked": {"what": "count", "ref": "m"}}]]
    counted = anatomy_view("m", parameters_in(tiny_mixture(tmp_path / "m"), "m"))
    page.evaluate(ANATOMY, {"counted": json.loads(json.dumps(counted)), "running": False})
    expect(page.locator(".fl-anatomy-bar")).to_have_count(2)
    page.locator("textarea").fill("One. Two.")
    page.locator(".fl-anatomy-worth button").first.click()
    asked = {"what": "ablate", "ref": "m", "text": "One. Two."}
    assert page.evaluate("window.asked.at(-1)") == ["submit", {"asked": asked}]
    page.evaluate(ANATOMY, {"running": True, "found": ablation(0.5, None)})
    cells = page.locator(".fl-anatomy-worth td.fl-cell")
    expect(cells).to_have_text(["+0.500", "…", ""])
    page.locator(".fl-anatomy-worth button", has_text="Stop").click()
    assert page.evaluate("window.asked.at(-1)") == ["stop", {}]
    page.evaluate(ANATOMY, {"running": False, "found": ablation(0.5, -0.25)})
    expect(cells).to_have_text(["+0.500", "−0.250", ""])
    expect(page.locator(".fl-anatomy-worth .fl-notice-list li")).to_have_count(3)


def test_it_is_of_the_model_that_the_tab_shows_until_another_is_taken(blank: Blank) -> None:
    body = '<div class="fl fl-anatomy"></div><div class="fl fl-recipe"></div>'
    page = blank(body=body, once=True)  # what is told of seats outlives the page's content
    row = {"level": "internals", "size": 1, "licence": "", "here": True, "kind": ""}
    models = [{"ref": ref, **row} for ref in ("m", "zoo/mixture", "zoo/mixture-fine")]
    page.evaluate(ANATOMY, {"models": models})
    tell = """([family, ref, shown]) => window.FusionLab.recipe(
        document.querySelector('.fl-recipe'),
        { family, shown, recipe: { method: 'experts', members: [{ ref }] }, presets: [], models: [],
          methods: [{ name: 'experts', models: [], settings: [], most: 1, least: 1 }] },
        () => {})"""
    page.evaluate(tell, ["inside", "zoo/mixture-fine", 1])
    page.locator(".fl-anatomy-part > summary").click()
    page.wait_for_function("window.asked.length > 0")
    told = "window.asked.map(([, { asked }]) => asked.ref)"
    assert page.evaluate(told) == ["zoo/mixture-fine"]
    now = page.locator(".fl-anatomy-part .fl-model-now").first
    expect(now).to_have_text("Mixture, four of sixteen")
    page.evaluate(tell, ["tokens", "zoo/adder", 2])
    page.locator(".fl-anatomy-part .fl-picker > summary").click()
    page.locator(".fl-anatomy-part .fl-model input").first.check()
    page.evaluate(tell, ["inside", "zoo/mixture-fine", 3])
    assert page.evaluate(told) == ["zoo/mixture-fine", "m"]
    page.evaluate(tell, ["inside", "zoo/mixture", 4])
    assert page.evaluate(told) == ["zoo/mixture-fine", "m", "zoo/mixture"]


def answered(right: float | None) -> dict[str, Any]:
    """An ablation with a suite, whose first expert costs this share of the right answers."""
    found = ablation(0.5, -0.25) | {"suite": "zoo-strings", "right": 0.5}
    for each in found["layers"][0]["experts"][:2]:
        each |= {"right": right, "right_interval": [-0.4, 0.1], "p": 0.02, "p_of_all": 0.04}
    return found


def test_a_suite_is_answered_without_each_expert(blank: Blank) -> None:
    page = blank(body='<div class="fl fl-anatomy"></div>')
    model = {"ref": "m", "level": "internals", "size": 1, "licence": "", "here": True, "kind": ""}
    form = {"models": [model], "suites": ["zoo-strings"], "items": 40, "most": 60}
    page.evaluate(ANATOMY, form)
    page.evaluate("document.querySelector('.fl-anatomy-worth').hidden = false")
    page.locator(".fl-anatomy-part").evaluate("each => (each.open = true)")
    expect(page.locator("textarea")).to_be_visible()
    page.locator("select").select_option("zoo-strings")
    expect(page.locator("textarea")).to_be_hidden()
    page.locator("input.fl-amount").fill("12")
    page.locator(".fl-anatomy-worth button").first.click()
    asked = {"what": "ablate", "ref": "m", "suite": "zoo-strings", "items": 12}
    assert page.evaluate("window.asked.at(-1)") == ["submit", {"asked": asked}]
    page.evaluate(ANATOMY, {"running": True, "found": ablation(0.5, None)})
    expect(page.locator(".fl-measure-note")).to_have_text("Expert 1 of 2 …")
    page.evaluate(ANATOMY, {"running": False, "found": answered(-0.15)})
    cells = page.locator(".fl-anatomy-worth td.fl-cell")
    expect(cells).to_have_text(["+0.500", "−0.250", ""])
    page.locator(".fl-anatomy-worth input[value=right]").check(force=True)
    expect(cells).to_have_text(["−15.0", "−15.0", ""])
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    first = page.locator(".fl-anatomy-worth table").last.locator("tbody tr").first
    expect(first.locator("td")).to_contain_text(["0", "+0.500", "+0.400", "−15.0", "−40.0", "0.04"])


def test_what_experts_like_follows_the_layer_and_says_nothing_hostile_aloud(blank: Blank) -> None:
    page = blank(body='<div class="fl fl-experts"></div>')
    view = expert_view(routed_trace(n_tokens=2 * len(HOSTILE)), run="r")
    draw = "(v) => window.FusionLab.experts(document.querySelector('.fl-experts'), v)"
    page.evaluate(draw, {**view, "leanings": [], "done": False, "status": "running"})
    expect(page.locator(".fl-leanings")).to_be_hidden()
    page.evaluate(draw, view)
    part = page.locator(".fl-leanings")
    expect(part).to_be_visible()
    first = part.locator(".fl-sentence, .fl-note").all_inner_texts()
    page.locator(".fl-layers input").nth(1).check(force=True)
    assert part.locator(".fl-sentence, .fl-note").all_inner_texts() != first
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("sent", [3, 24])
def test_a_run_too_large_for_the_page_says_so(blank: Blank, sent: int) -> None:
    page = blank(body='<div class="fl fl-experts"></div>')
    view = expert_view(routed_trace(n_tokens=12), run="r") | {"sent": sent}
    page.evaluate("(v) => window.FusionLab.experts(document.querySelector('.fl-experts'), v)", view)
    expect(page.locator(".fl-thinned")).to_be_visible(visible=sent < 24)


@pytest.mark.parametrize(("width", "language", "dark"), [(1280, "en", False), (390, "zh", True)])
def test_nothing_is_against_the_pictures(
    blank: Blank, tmp_path: Path, width: int, language: str, *, dark: bool
) -> None:
    page = blank(width=width, language=language, dark=dark, calm=True, body=BODIES)
    counted = anatomy_view("m", parameters_in(tiny_mixture(tmp_path / "m", "deepseek_v3"), "m"))
    model = {"ref": "m", "level": "internals", "size": 1, "licence": "", "here": True, "kind": ""}
    found = ablation(0.5, -0.25)
    page.evaluate(ANATOMY, json.loads(json.dumps({"models": [model], "counted": counted})))
    page.evaluate(ANATOMY, {"found": found})
    view = expert_view(routed_trace(n_tokens=12), run="r")
    page.evaluate("(v) => window.FusionLab.experts(document.querySelector('.fl-experts'), v)", view)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults(page, f"anatomy {language}", ".fl-anatomy", colours=False) == []
    assert faults(page, f"leanings {language}", ".fl-leanings", colours=False) == []
