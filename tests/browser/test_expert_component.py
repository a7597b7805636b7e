"""The experts' component alone on a page without a server: tokens, cells, layers, two texts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fusionlab.views.experts import expert_view
from tests.browser.drawing import UNFOLD, draw, events_of, tokens_of
from tests.views.fakes import (
    routed_trace,
)

pytestmark = pytest.mark.browser


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
    assert events_of(page)[-1] == ["select", {"sample": 1, "position": 2}]


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
