"""Fields that do not take everything, and figures that add up to what they are parts of."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_recipe import button, data_of, draw, recipe

pytestmark = pytest.mark.browser

SHARES = "(values) => window.FusionLab.core.shares(values)"


@pytest.fixture
def page(blank: Callable[..., Page]) -> Page:
    """A page with the form of the Tokens tab: a geographer and a poet."""
    shown = blank()
    draw(shown, data_of("tokens"))
    return shown


def test_a_weight_below_0_is_refused_by_its_field(page: Page) -> None:
    button(page, "poet").press("Enter")
    panel = page.get_by_role("dialog", name="Member 2")
    weight = panel.get_by_role("spinbutton", name="Weight")
    why = panel.locator(".fl-field-refused").last
    weight.fill("2")
    expect(why).to_be_empty()
    weight.fill("-3")
    expect(why).to_have_text("−3 is not taken: the least is 0. It stays 2.")
    expect(weight).to_have_attribute("aria-invalid", "true")
    expect(weight).to_have_accessible_description(
        "How much this member counts beside the others. 0: it is shown, but has no say. "
        "−3 is not taken: the least is 0. It stays 2."
    )
    weight.blur()
    expect(weight).to_have_value("2")
    expect(why).to_contain_text("−3")
    assert weight.get_attribute("aria-invalid") is None
    weight.fill("0.5")
    expect(why).to_be_empty()
    page.keyboard.press("Escape")
    button(page, "Run").click()
    assert [member.weight for member in recipe(page).members] == [1.0, 0.5]


def test_a_name_that_another_member_has_is_numbered(page: Page) -> None:
    button(page, "poet").press("Enter")
    panel = page.get_by_role("dialog", name="Member 2")
    panel.get_by_label("Name").fill("geographer")
    note = panel.locator(".fl-field-refused").first
    expect(note).to_have_text(
        "Another member has this name: the later one is called “geographer 2” here."
    )
    page.keyboard.press("Escape")
    assert page.locator(".fl-seat-name").all_inner_texts() == ["geographer", "geographer 2"]
    button(page, "geographer 2").press("Enter")
    panel.get_by_label("Name").fill("poet")
    expect(note).to_be_empty()


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([0.665, 0.335], ["67%", "33%"]),
        ([0.675, 0.145, 0.18], ["68%", "14%", "18%"]),
        ([1, 1, 1], ["33.3%", "33.3%", "33.3%"]),
        ([1, 1], ["50%", "50%"]),
        ([1, 1, 1, 1, 1, 1, 1, 1], ["12.5%"] * 8),
        ([0.9, 0.05, 0.05], ["90%", "5%", "5%"]),
        ([0.904, 0.0963], ["90.4%", "9.6%"]),
        ([3, 0, 1], ["75%", "0%", "25%"]),
        ([0.99999, 0.00001], [">99.9%", "<0.1%"]),
        ([0, 0], ["0%", "0%"]),
    ],
)
def test_parts_of_a_whole_add_up_as_they_are_shown(
    blank: Callable[..., Page], parts: list[float], shown: list[str]
) -> None:
    assert blank().evaluate(SHARES, parts) == shown
