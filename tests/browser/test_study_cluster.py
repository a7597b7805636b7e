"""What experts cost in a cluster, as a person sees it and moves through it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.reading import read_json
from fusionlab.views.study_cluster import cluster_view
from tests.browser.legible import faults

pytestmark = pytest.mark.browser

BODY = '<div class="fl"><div class="fl-room"></div></div>'
DRAW = "(view) => window.FusionLab.studies.cluster(document.querySelector('.fl-room'), view)"
WIDEST = "document.documentElement.scrollWidth"


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = read_json(asset("studies/cluster.json").read_bytes())
    return found


def test_a_layer_is_chosen_and_stays_when_it_is_drawn_again(
    blank: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    found = recorded()
    page = blank(width=1280, body=BODY)
    page.evaluate(DRAW, cluster_view({**found, "measured": []}))
    grid = page.get_by_role("grid", name="Who sends to whom")
    first, second = (layer["counts"][0][1] for layer in found["layers"][:2])
    every = f"{sum(layer['counts'][0][1] for layer in found['layers']):,}"
    cell = grid.get_by_role("gridcell").nth(1)
    expect(cell).to_have_accessible_name(f"Device 1 sends {every} vectors to device 2")
    expect(page.get_by_role("heading", name="What processes really sent")).to_be_hidden()
    page.get_by_label("Layer").select_option("1")
    expect(cell).to_have_accessible_name(f"Device 1 sends {first} vectors to device 2")
    assert first != second
    expect(page.get_by_text("Device 1 holds experts 1, 2, 3, 4")).to_be_visible()
    page.evaluate(DRAW, cluster_view(found))
    expect(cell).to_have_accessible_name(f"Device 1 sends {first} vectors to device 2")
    expect(page.get_by_role("heading", name="What processes really sent")).to_be_visible()
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("End")
    expect(page.locator(".fl-readout")).to_contain_text("to device 4")
    shot(page, "study-cluster")


@pytest.mark.parametrize(("language", "dark"), [("zh", True), ("en", False)])
def test_it_fits_a_phone(
    language: str,
    dark: bool,
    blank: Callable[..., Page],
    shot: Callable[[Page, str], None],
) -> None:
    page = blank(width=390, body=BODY, language=language, dark=dark)
    page.evaluate(DRAW, cluster_view(recorded()))
    assert page.evaluate(WIDEST) <= 390
    assert not faults(page, "cluster", ".fl-room", colours=False)
    shot(page, f"study-cluster-390-{language}")
