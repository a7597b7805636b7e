"""What steering marks, layers without experts, and weights that no server tells, in the picture."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.events import LayerSteered
from fusionlab.trace import Trace
from fusionlab.views.experts import expert_view
from tests.browser.legible import faults
from tests.views.fakes import routed_trace

Blank = Callable[..., Page]
BODY = '<div class="fl fl-experts"></div>'
DRAW = "(v) => window.FusionLab.experts(document.querySelector('.fl-experts'), v)"
STEERED = LayerSteered(banned=(1,), forced=(2,), swapped=((0, 5),))


def glam() -> Trace:
    """A mixture with experts in every second of ten layers, steered in the first of them."""
    trace = routed_trace(n_tokens=12, compare="")
    grown = Trace(trace.recipe)
    for record in trace.records[:-1]:
        fact: Any = record.event
        layers = [
            replace(each, layer=2 * at + 1, steered=None if at else STEERED)
            for at, each in enumerate(fact.layers)
        ]
        grown.add(replace(record, event=replace(fact, layers=tuple(layers), depth=10)))
    grown.add(trace.records[-1])
    return grown


def served() -> Trace:
    """The routes of a mixture, as a server tells them."""
    trace = routed_trace(n_tokens=12, compare="")
    told = Trace(trace.recipe)
    for record in trace.records[:-1]:
        fact: Any = record.event
        layers = [replace(each, weights=(), probs=(), size=8) for each in fact.layers]
        told.add(replace(record, event=replace(fact, layers=tuple(layers))))
    told.add(trace.records[-1])
    return told


def test_every_kind_of_steering_has_its_mark(blank: Blank) -> None:
    page = blank(body=BODY)
    page.evaluate(DRAW, expert_view(glam(), run="r"))
    first = page.locator(".fl-loads tbody tr").nth(1).locator("td")
    for expert, name, words in (
        (1, "banned", "(banned)"),
        (2, "forced", "(always used)"),
        (0, "swapped", "(swapped with 5)"),
        (5, "swapped", "(swapped with 0)"),
    ):
        cell = first.nth(expert)
        assert f"fl-{name}" in (cell.get_attribute("class") or "")
        assert words in (cell.get_attribute("aria-label") or "")
    assert page.locator("td.fl-swapped").count() == 2
    assert page.locator(".fl-marks > span").all_inner_texts() == [
        "banned",
        "always used",
        "swapped",
    ]


def test_dense_layers_are_rows_of_their_own(blank: Blank) -> None:
    page = blank(body=BODY)
    page.evaluate(DRAW, expert_view(glam(), run="r"))
    heads = page.locator(".fl-loads tbody th").all_inner_texts()
    assert heads == ["0", "1", "2", "3", "4", "5", "6", "7", "8–9"]
    dense = page.locator(".fl-loads .fl-dense-layers")
    assert dense.last.inner_text().split("\t")[-1] == "2 dense layers: no experts"
    expect(page.locator(".fl-about")).to_contain_text("Layers 0, 2, 4, 6, 8–9 are dense")
    rows = page.locator(".fl-given-rows li").all_inner_texts()
    assert ["dense" in row for row in rows] == [True, False] * 4 + [True]
    page.locator(".fl-loads td.fl-cell").first.focus()
    for _ in range(3):  # only layers with experts are walked through
        page.keyboard.press("ArrowDown")
    assert "layer 7" in page.evaluate("document.activeElement.ariaLabel")


def test_weights_that_nobody_told_are_not_drawn(blank: Blank) -> None:
    page = blank(body=BODY)
    page.evaluate(DRAW, expert_view(served(), run="r"))
    expect(page.locator(".fl-about")).to_contain_text("it does not tell")
    assert page.locator(".fl-given-rows .fl-track:visible").count() == 0
    names = page.locator(".fl-given-rows .fl-given-name").all_inner_texts()
    assert names
    assert all(name.strip().isdigit() for name in names)
    assert "NaN" not in page.locator(".fl").inner_text()


@pytest.mark.parametrize(
    ("width", "language", "dark"), [(1280, "en", False), (390, "zh", True), (390, "en", False)]
)
def test_nothing_is_against_the_marks(
    blank: Blank, shot: Callable[[Page, str], None], width: int, language: str, *, dark: bool
) -> None:
    page = blank(width=width, language=language, dark=dark, calm=True, body=BODY)
    for trace in (glam(), served()):
        page.evaluate(DRAW, expert_view(trace, run=f"r{trace.routed[0].depth}"))
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        shot(page, f"marks-{trace.routed[0].depth}-{language}-{width}")
        assert faults(page, f"marks {language}", ".fl-experts", colours=False) == []


def test_layers_by_tokens_are_one_map(blank: Blank) -> None:
    """Every cell is that token's heaviest expert; arrow keys lead on to tokens not yet shown."""
    trace = routed_trace(n_tokens=100, compare="")
    steps = expert_view(trace, run="m")["steps"]
    page = blank(body=BODY)
    page.evaluate(DRAW, expert_view(trace, run="m"))
    cells = page.locator(".fl-layermap-grid td")
    layers = len(steps[0]["layers"])
    assert cells.count() == 40 * layers
    first = page.evaluate(
        "[...document.querySelectorAll('.fl-layermap-grid tbody tr')].map("
        "(row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)))"
    )
    begin = int(page.locator(".fl-map-where").inner_text().split()[1].split("–")[0]) - 1
    for at, row in enumerate(first):
        wanted = [step["layers"][at]["experts"][0] for step in steps[begin : begin + len(row)]]
        assert row == wanted
    cells.first.click()
    expect(page.locator(".fl-layermap-grid td[aria-selected=true]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".fl-layers input:checked")).to_have_value("1")
    page.keyboard.press("End")
    expect(page.locator(".fl-map-where")).to_contain_text(f"{len(steps)} of {len(steps)}")
    expect(page.locator(".fl-layermap-grid td:last-child").nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fl-layermap-grid td:last-child").nth(1)).to_be_focused()
