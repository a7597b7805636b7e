"""The curve of a training: grown by new points only, walked by keys, in words, as a table."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.experts import load
from fusionlab.intervals import wilson
from tests.browser.legible import faults

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DRAW = "data => window.FusionLab.learning(document.querySelector('.fl-learning'), data)"
ROOM = '<div class="fl fl-learning"></div>'
STEPS = 60


def points(first: int, last: int) -> list[list[float | None]]:
    """Points of steps that were never taken: 100 tokens and half a second each."""
    return [
        [
            step,
            2.5 * math.exp(-step / 25) + 0.4 + 0.15 * math.sin(7 * step),
            1e-3 * min(1, step / 5) * (1 - step / (STEPS + 5)),
            100.0 * step,
            0.5 * step,
            1.8 * math.exp(-step / 40) if step % 6 == 0 else None,
        ]
        for step in range(first, last + 1)
    ]


def course(first: int, last: int, **more: Any) -> dict[str, Any]:
    """What is sent of such a training."""
    return {
        "id": "run",
        "of": "graft-heals",
        "total": STEPS,
        "before": 1.9,
        "from": first - 1,
        "points": points(first, last),
        "ended": "",
        **more,
    }


def loads(*steps: int, layers: int = 4, experts: int = 5) -> list[dict[str, Any]]:
    """How the routers of no model shared out tokens: layer 1 leaves its last expert out."""
    found = []
    for step in steps:
        rows = []
        for layer in range(layers):
            counts = [10 + (step * (expert + layer)) % 17 for expert in range(experts)]
            if layer == 1:
                counts[-1] = 0
            entropy, even = load.entropy(counts), load.evenness(counts)
            figures = {"entropy": entropy, "even": even, "balance": 1.1}
            silent, shares = load.silent(counts), load.shares(counts)
            rows.append({"layer": layer, "shares": shares, "silent": silent, **figures})
        found.append({"step": step, "layers": rows})
    return found


def test_loads_are_those_of_the_chosen_step(blank: Opens) -> None:
    """Drawn as they come, in words, as a map that is walked by keys, and as a table."""
    page = blank(width=1100, body=ROOM)
    page.evaluate(DRAW, course(1, 12, loadsFrom=0, loads=loads(1, 6, 12)))
    told, grid = page.locator(".fl-sharing .fl-sentence"), page.get_by_role("grid")
    expect(told).to_contain_text("In step 12 ")
    expect(told).to_contain_text("least in layer 1")
    expect(told).to_contain_text("One of 20 experts is silent.")
    grid.locator("td").first.focus()
    page.keyboard.press("ArrowDown")
    page.evaluate(DRAW, course(13, 60, loadsFrom=3, loads=loads(30, 60), ended="finished"))
    expect(told).to_contain_text("In step 60 ")
    expect(grid.locator("td:focus")).to_have_attribute("aria-label", re.compile("layer 1, expert"))
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(told).to_contain_text("In step 1 ")
    page.get_by_text("The load as a table").click()
    expect(page.locator(".fl-sharing tbody tr").last).to_contain_text("%")
    page.evaluate(DRAW, course(1, 3, id="another"))
    expect(page.locator(".fl-sharing")).to_be_hidden()


def solved(last: int) -> list[list[float]]:
    """Of 30 questions what was right before each step that was read, with its interval."""
    every = [(step, min(28, step // 2)) for step in range(0, last + 1, 6)]
    return [[step, right, 30, *wilson(right, 30)] for step, right in every]


def test_a_curve_grows_by_what_is_new_and_is_walked_by_keys(blank: Opens) -> None:
    page = blank(width=1100, body=ROOM)
    page.evaluate(DRAW, course(1, 12))
    facts, curve = page.locator(".fl-learning-facts"), page.get_by_role("slider")
    expect(facts).to_contain_text("Step 12 of 60")
    expect(facts).to_contain_text("200 tokens a second")
    expect(facts).to_contain_text("24.0 s left")
    expect(page.locator(".fl-learned-dot")).to_have_count(3)
    page.evaluate(DRAW, course(13, 60, ended="finished"))
    expect(page.get_by_role("heading")).to_have_text("How it learned")
    expect(facts).not_to_contain_text("left")
    expect(facts).to_contain_text("1.900 → 0.4016 nats per byte")
    expect(page.locator(".fl-learned-dot")).to_have_count(11)
    curve.focus()
    page.keyboard.press("Home")
    expect(curve).to_have_attribute("aria-valuenow", "1")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fl-readout")).to_contain_text("Step 2: loss 2.8")
    page.keyboard.press("End")
    expect(curve).to_have_attribute("aria-valuetext", re.compile(r"0\.4016 nats per byte\.$"))


def test_what_is_answered_right_is_drawn_said_and_in_the_table(blank: Opens) -> None:
    page = blank(width=1100, body=ROOM)
    page.evaluate(DRAW, course(1, 12, solved=solved(12)))
    expect(page.locator(".fl-learned-right")).to_have_count(3)
    page.evaluate(DRAW, course(13, 60, solved=solved(60), ended="finished"))
    expect(page.locator(".fl-learned-right")).to_have_count(11)
    expect(page.locator(".fl-learned-reach")).to_have_count(11)
    expect(page.get_by_text("Questions answered right (30 asked, 95% interval)")).to_be_visible()
    expect(page.locator(".fl-learning-facts")).to_contain_text("answered right: 0 → 28 of 30")
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(page.locator(".fl-readout")).to_contain_text("Answered right after it: 28 of 30 (79%")
    page.get_by_text("The curve as a table").click()
    heads = page.get_by_role("columnheader")
    expect(heads.last).to_have_text("Answered right, 95% interval")
    cells = page.locator(".fl-learning tbody tr")
    expect(cells.first).to_contain_text("0 of 30: 0% (0% to 11%)")
    expect(cells.last).to_contain_text("28 of 30: 93% (79% to 98%)")
    page.evaluate(DRAW, course(1, 60, id="another"))  # without questions there is no such column
    expect(page.locator(".fl-learned-right")).to_have_count(0)
    expect(heads).to_have_count(5)


@pytest.mark.parametrize(("dark", "language", "width"), [(False, "zh", 390), (True, "en", 1100)])
def test_a_curve_is_legible(
    blank: Opens, shot: Callable[[Page, str], None], dark: bool, language: str, width: int
) -> None:
    page = blank(width=width, dark=dark, language=language, body=ROOM, calm=True)
    shared = loads(*range(1, STEPS + 1, 2))
    told = {"solved": solved(STEPS), "loadsFrom": 0, "loads": shared}
    page.evaluate(DRAW, course(1, STEPS, ended="stopped", **told))
    page.get_by_role("slider").focus()
    page.keyboard.press("PageUp")
    shot(page, f"learning-{language}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not faults(page, f"learning {language}", ".fl-learning")


def test_weights_that_were_learned_by_entropy_are_drawn(blank: Opens) -> None:
    """A line of the steps, a map of what each layer's weights gained, and both in words."""
    page = blank(width=390, body='<div class="fl"><div class="fl-built"></div></div>')
    shifts = [{"ref": ref, "by_layer": [0.1, -0.2, 0.0, 0.3]} for ref in ("<b>a</b>", "b")]
    data = {"before": 2.0, "after": 1.5, "curve": [2.0, 1.7, 1.8], "shifts": shifts}
    page.evaluate("(v) => document.querySelector('.fl-built').append(FusionLab.lowered(v))", data)
    expect(page.locator(".fl-lowered .fl-note")).to_contain_text("from 2.000 to 1.500 nats")
    heads = page.locator(".fl-lowered thead th").all_inner_texts()
    assert heads[:5] == ["Layer", "before", "0", "1", "after"]
    cells = page.locator(".fl-lowered .fl-cell").all_inner_texts()
    assert cells == ["+0.10", "−0.20", "0.00", "+0.30"] * 2
    line = page.locator(".fl-lowered .fl-learned-smooth").get_attribute("d") or ""
    heights = [float(corner.split(",")[1]) for corner in line[1:].split("L")]
    assert heights[1] > heights[2] > heights[0]  # less entropy lies lower
    page.locator(".fl-lowered .fl-cell").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fl-lowered .fl-readout")).to_have_text("<b>a</b>, 0: −0.200")
    assert faults(page, "lowered", ".fl-lowered", colours=False) == []
