"""The Build tab as a newcomer works on it: by keys, on a phone, from one set-up to another."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from fusionlab.spaces import build_presets
from fusionlab.ui.build_told import status_view
from fusionlab.ui.building import asked_by, drawn_plan, form_view, recorded
from fusionlab.ui.taught import taught
from tests.browser.legible import faults
from tests.browser.test_build import DRAW, MODEL, SHELF, Opens, form, room, told

pytestmark = pytest.mark.browser
__all__ = ["room"]  # a fixture


def test_whoever_works_on_the_shelf_by_keys_is_not_lost(room: Opens) -> None:
    """A model that is shown is gone to; what became of a removed one is where one stands."""
    page = room()
    other = MODEL | {"id": "c", "reference": "built:c"}
    page.evaluate(DRAW, ["built", {"models": [MODEL, other]}])
    page.locator(SHELF).press("Enter")
    page.get_by_role("button", name="Show a-b").press("Enter")
    assert told(page, "input") == {"open": "a-b"}
    _, built = recorded(build_presets()[0])
    shown = built | {"id": "a-b", "reference": "built:a-b", "recorded": False}
    page.evaluate(DRAW, ["built", {"built": shown, "models": [MODEL, other]}])
    title = page.get_by_role("heading", name="Your new model")
    expect(title).to_be_focused()
    page.get_by_role("button", name="Show a-b").press("Enter")  # it is shown already
    expect(title).to_be_focused()
    page.get_by_role("button", name="Remove a-b").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert told(page, "submit") == {"remove": "a-b"}
    page.evaluate(DRAW, ["built", {"models": [other], "removed": "a-b"}])
    expect(page.get_by_text("a-b is removed.")).to_be_focused()


def test_what_stands_on_the_page_is_of_this_set_up_or_says_so(room: Opens) -> None:
    """Also where a set-up comes back whose result is the same and is not drawn anew."""
    page = room()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div class=\"fl fl-status\">')")
    _, built = recorded(build_presets()[0])
    form(page)
    page.evaluate(DRAW, ["built", {"built": built}])
    page.evaluate(DRAW, ["status", status_view("finished", recorded=True)])
    stale, status = page.locator(".fl-built-stale"), page.locator(".fl-status-line")
    expect(status).to_contain_text("A recorded result")
    page.get_by_label("Name of the new model").fill("mine")
    expect(stale).to_have_count(1)
    expect(status).to_be_hidden()
    preset = build_presets()[0].id
    page.get_by_label("Name of the new model").fill(preset)  # as it was: so is all else
    expect(stale).to_have_count(0)
    expect(status).to_be_visible()
    expect(page.get_by_label("Start from")).to_have_value(preset)
    name = page.locator("[data-label=drop] input").first
    before = name.input_value()
    name.fill("2")
    expect(stale).to_have_count(1)
    expect(page.get_by_label("Name of the new model")).to_have_value("")
    name.fill(before)
    expect(stale).to_have_count(0)
    expect(page.get_by_label("Name of the new model")).to_have_value(preset)
    name.fill("2")
    form(page, build_presets()[0].id)
    expect(stale).to_have_count(0)
    expect(status).to_be_visible()
    page.get_by_label("How", exact=True).select_option("merge")
    expect(page.locator(".fl-build-figures").first).to_be_empty()  # those were of the graft


def test_a_refusal_marks_its_field_and_no_other(room: Opens) -> None:
    page = room()
    form(page)
    preset = build_presets()[0]
    invalid, why = page.locator("[aria-invalid]"), page.locator(".fl-fault")
    expect(invalid).to_have_count(0)
    wrong = replace(asked_by(preset), settings={**preset.settings, "drop": -1})
    page.evaluate(DRAW, ["build", {"plan": drawn_plan(wrong)}])
    expect(page.get_by_label("Layers left out")).to_have_attribute("aria-invalid", "true")
    expect(invalid).to_have_count(1)
    expect(why).to_contain_text("“Layers left out”: it should")
    found = faults(page, "refused", ".fl-build")
    assert not found, "\n".join(found)
    page.evaluate(DRAW, ["build", {"plan": drawn_plan(asked_by(preset))}])
    expect(invalid).to_have_count(0)
    expect(why).to_have_count(0)

    merge = next(each for each in build_presets() if each.id == "five-ties")
    first, second, *others = merge.sources
    wrong = replace(
        asked_by(merge), sources=[first, replace(second, options={"density": 1.5}), *others]
    )
    page.evaluate(DRAW, ["build", form_view(wrong, plan=drawn_plan(wrong), filled=3)])
    expect(page.locator(".fl-build-source").nth(1).locator(".fl-fault")).to_be_visible()
    expect(why).to_have_count(1)  # though every source has such a field

    cancelled = [replace(each, options={"weight": 1}) for each in (first, second, *others)]
    cancelled[0] = replace(first, options={"weight": 1 - len(cancelled)})
    wrong = replace(asked_by(merge), settings={"method": "linear"}, sources=cancelled)
    page.evaluate(DRAW, ["build", form_view(wrong, plan=drawn_plan(wrong), filled=4)])
    marked = page.locator("[data-label=weight]:has([aria-invalid=true])")
    expect(marked).to_have_count(len(cancelled))
    expect(why).to_have_count(1)  # it is said once

    ranges = replace(asked_by(preset), settings={"layers": "0-99"}, id="")
    page.evaluate(DRAW, ["build", form_view(ranges, plan=drawn_plan(ranges), filled=5)])
    expect(page.locator("[data-label=layers] input")).to_have_attribute("aria-invalid", "true")
    unnamed = replace(asked_by(preset), id="Ü ../x")
    page.evaluate(DRAW, ["build", {"plan": drawn_plan(asked_by(preset))}])
    expect(page.locator(".fl-build-stack.fl-is-before")).to_have_count(0)
    page.evaluate(DRAW, ["build", {"plan": drawn_plan(unnamed)}])
    expect(page.get_by_label("Name of the new model")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".fl-build-stack.fl-is-before")).to_be_visible()


def test_what_is_chosen_by_keys_keeps_the_keys(room: Opens) -> None:
    page = room()
    form(page)
    how = page.get_by_label("How", exact=True)
    how.focus()
    page.keyboard.type("Melt")  # by its first letters, one after the other
    assert told(page, "input")["asked"]["builder"] == "distil"
    expect(how).to_be_focused()
    start = page.get_by_label("Start from")
    start.focus()
    page.keyboard.press("ArrowDown")
    assert told(page, "select") == {"preset": build_presets()[0].id}
    form(page, build_presets()[0].id)
    expect(start).to_be_focused()
    expect(start).to_have_value(build_presets()[0].id)
    expect(how).to_have_value("graft")


def test_the_form_hears_which_models_there_are_and_which_is_gone(room: Opens) -> None:
    page = room()
    form(page, built="mine", left_at={"step": 3, "steps": 9})
    go_on = page.get_by_role("button", name="Go on")
    expect(go_on).to_be_visible()
    model = {"ref": "built:mine", "level": "internals", "here": True, "size": 1, "licence": "MIT"}
    offered = {"models": [model, model | {"ref": "api:x", "level": "text"}], "suits": {}}
    page.evaluate(DRAW, ["built", {"models": [MODEL | {"id": "mine"}], "offered": offered}])
    page.locator(".fl-build-source summary").first.click()
    expect(page.locator(".fl-build-source .fl-model").last).to_contain_text("built:mine")
    page.evaluate(DRAW, ["built", {"models": [], "removed": "mine"}])
    expect(go_on).to_be_hidden()
    expect(page.get_by_role("button", name="Build", exact=True)).to_be_visible()
    assert told(page, "input")["asked"]["builder"] == "graft"  # the plan is asked for anew


def test_nothing_that_has_the_focus_is_under_the_bar_of_a_phone(blank: Opens) -> None:
    page = blank(
        width=390, height=800, body='<div class="tabitem"><div class="fl fl-build"></div></div>'
    )
    page.evaluate("document.body.style.padding = 0")  # as gradio writes it
    form(page, built="mine", left_at={"step": 3, "steps": 9})  # with the most buttons
    page.locator("select").first.focus()
    hidden = """() => { const bar = document.querySelector(".fl-build-buttons");
        const at = document.activeElement.getBoundingClientRect();
        return !bar.contains(document.activeElement) && at.bottom > bar.offsetTop
            && document.activeElement.tagName }"""
    while not page.evaluate("document.activeElement.closest('.fl-build-buttons')"):
        assert not page.evaluate(hidden)
        page.keyboard.press("Tab")
    bottom = "document.querySelector('.fl-build-bar').getBoundingClientRect().bottom"
    page.evaluate("scrollTo(0, 1e6)")
    assert page.evaluate(bottom) <= page.evaluate(
        "document.querySelector('.fl-build-buttons').getBoundingClientRect().top"
    )


def test_a_form_says_that_it_stops_until_it_has_stopped(room: Opens) -> None:
    page = room()
    form(page, "graft-heals")
    note = page.locator(".fl-build .fl-measure-note").first
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_role("button", name="Stop").click()
    expect(note).to_contain_text("Stopping")
    page.evaluate(DRAW, ["build", {"running": False, "left_at": {"step": 3, "steps": 9}}])
    expect(note).to_be_empty()
    expect(page.get_by_role("button", name="Go on")).to_be_enabled()


def test_how_a_model_of_the_zoo_learned_opens_in_its_row_and_closes(room: Opens) -> None:
    page = room()
    refs = ["zoo/adder", "zoo/editor"]
    page.evaluate(DRAW, ["built", {"models": [], "came": refs}])
    page.get_by_text("How 2 models that came with FusionLab learned").click()
    adder, editor = page.locator(".fl-built-row").all()
    expect(adder).to_contain_text("Adder")
    opens = adder.get_by_role("button", name="How it learned: Adder")
    opens.press("Enter")
    assert told(page, "input") == {"taught": "zoo/adder"}
    page.evaluate(DRAW, ["built", {"models": [], "came": refs, "taught": taught("zoo/adder")}])
    expect(opens).to_be_focused()
    expect(opens).to_have_attribute("aria-expanded", "true")
    expect(adder.locator(".fl-learning-facts")).to_contain_text("Step 2,500 of 2,500")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    expect(adder.locator(".fl-readout")).to_contain_text("Step 1: loss 1.448")
    assert not faults(page, "zoo's learning", ".fl-built")
    page.evaluate("""document.dispatchEvent(
        new CustomEvent('fusionlab-build', {detail: {stale: true}}))""")
    expect(page.locator(".fl-built-stale")).to_have_count(0)  # it is no set-up's
    opens.click()
    expect(adder.get_by_role("slider")).to_be_hidden()
    expect(opens).to_have_attribute("aria-expanded", "false")
    opens.click()  # it is there still, and is not asked for again
    expect(adder.get_by_role("slider")).to_be_visible()
    assert len(page.evaluate("window.said")) == 1
    page.evaluate(DRAW, ["built", {"models": [], "came": refs, "taught": taught("zoo/editor")}])
    expect(editor.get_by_role("slider")).to_be_visible()
    expect(adder.get_by_role("slider")).to_have_count(0)
