"""The recipe of a page as a visitor meets it: typed, chosen, opened, run."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.conversation import Message
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.registry import all_methods
from fusionlab.spaces import presets
from fusionlab.ui.formdata import MOST_MEMBERS, form_data, recipe_from_form, unusual
from fusionlab.words import Sentence
from tests.views.fakes import HOSTILE

pytestmark = pytest.mark.browser

DRAW = """(data) => window.FusionLab.recipe(document.querySelector('.fl'), data,
    (kind, detail) => (window.said = window.said || []).push([kind, detail]))"""
REFUSED = {
    "message": {"en": "the prompt is empty", "zh": "提示是空的"},
    "hint": {"en": "write one", "zh": "请写一个"},
}


def data_of(family: str, at: int = 0, **more: Any) -> dict[str, Any]:
    """What the form of a family gets, with the recipe of one of its presets."""
    methods = [method for method in all_methods() if method.family == family]
    names = {method.name for method in methods}
    recipes = [each.recipe for each in presets() if each.recipe.method in names]
    return {**form_data(methods, recipes[at], presets()), "shown": 1, **more}


@pytest.fixture
def form(blank: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page with nothing but a form."""

    def open_form(data: dict[str, Any], width: int = 1280, *, dark: bool = False) -> Page:
        page = blank(width, dark=dark)
        draw(page, data)
        return page

    return open_form


def words(key: str) -> str:
    """What stands on the page by this key."""
    return Sentence(key).said()


def draw(page: Page, data: dict[str, Any]) -> None:
    page.evaluate(DRAW, data)


def said(page: Page, kind: str) -> list[Any]:
    """What the form has told of this kind."""
    told: list[Any] = page.evaluate("window.said || []")
    return [detail for name, detail in told if name == kind]


def recipe(page: Page, kind: str = "submit") -> Recipe:
    """The recipe that was told last, as Python reads it."""
    page.wait_for_function(
        "(kind) => (window.said || []).some(([name]) => name === kind)", arg=kind
    )
    return recipe_from_form(said(page, kind)[-1]["recipe"])


def prompt(page: Page) -> Locator:
    return page.get_by_label("Prompt", exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


@pytest.mark.parametrize("at", range(len(presets())))
def test_every_preset_is_sent_as_it_came(form: Callable[..., Page], at: int) -> None:
    preset = presets()[at].recipe
    page = form({**form_data(all_methods(), preset, presets()), "shown": 1})
    button(page, "Run").click()
    assert recipe(page) == unusual(preset)


def test_what_is_typed_is_told_after_a_moment_and_run_by_keys(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    prompt(page).fill("The capital of Italy is")
    assert recipe(page, "input").prompt == "The capital of Italy is"
    prompt(page).press("Shift+Enter")
    assert recipe(page).prompt == "The capital of Italy is"
    expect(button(page, "Stop")).to_be_visible()
    prompt(page).press("Control+Enter")  # it runs already
    assert len(said(page, "submit")) == 1
    prompt(page).press("Enter")
    expect(prompt(page)).to_have_value("The capital of Italy is\n")


def test_what_comes_with_the_first_look_takes_nothing_from_the_visitor(
    form: Callable[..., Page],
) -> None:
    page = form(data_of("tokens"))
    prompt(page).fill("Mine")
    page.locator(".fl-seat-chip").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    draw(page, data_of("tokens", shown=2, first=True))
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(prompt(page)).to_have_value("Mine")
    draw(page, data_of("tokens", shown=3))
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(prompt(page)).not_to_have_value("Mine")


def test_a_value_that_was_shown_before_changes_nothing(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    prompt(page).fill("mine")
    draw(page, data_of("tokens"))
    expect(prompt(page)).to_have_value("mine")
    draw(page, data_of("tokens", 1, shown=2))
    expect(prompt(page)).to_have_value("Tell me about the sea in one sentence.")


def test_run_and_stop_follow_the_run(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    button(page, "Run").press("Enter")
    expect(button(page, "Stop")).to_be_focused()
    draw(page, {"running": True})
    button(page, "Stop").press("Enter")
    assert said(page, "stop") == [{}]
    draw(page, {"running": False})
    expect(button(page, "Run")).to_be_focused()


def test_a_refusal_stands_under_the_prompt_until_something_changes(
    form: Callable[..., Page],
) -> None:
    page = form(data_of("tokens"))
    button(page, "Run").click()
    draw(page, {"refused": REFUSED})
    alert = page.locator(".fl-recipe-refusal")
    expect(alert).to_contain_text("Please fix this first")
    expect(alert).to_contain_text("the prompt is empty")
    expect(button(page, "Run")).to_be_visible()
    prompt(page).fill("a")
    expect(alert).to_be_empty()


def test_a_text_too_long_for_the_page_is_not_taken_over(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens", longest_text=40))
    prompt = page.locator(".fl-prompt")
    prompt.fill("short")
    prompt.fill("x" * 41)
    expect(prompt).to_have_value("short")
    expect(page.get_by_role("alert")).to_contain_text("41 characters; the app reads up to 40")
    prompt.fill("shorter")
    expect(page.locator(".fl-recipe-refusal")).to_be_empty()
    expect(prompt).to_have_value("shorter")


def test_members_are_added_named_and_removed(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    button(page, "Add member").click()
    panel = page.get_by_role("dialog", name="Member 3")
    panel.get_by_label("Name").fill("critic")
    panel.get_by_label("Instruction").fill("You find faults.")
    panel.get_by_role("spinbutton", name="Weight").fill("2.5")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button(page, "critic")).to_be_focused()
    page.wait_for_function(  # a moment after the last change
        "() => (window.said || []).some(([, told]) => told.recipe?.members[2]?.name === 'critic')"
    )
    made = recipe(page, "input").members[2]
    assert (made.name, made.system, made.weight) == ("critic", "You find faults.", 2.5)
    button(page, "geographer").press("Enter")
    button(page, "Remove this member").click()
    expect(button(page, "poet")).to_be_focused()
    button(page, "Run").click()
    assert [member.name for member in recipe(page).members] == ["poet", "critic"]


def test_no_more_members_than_there_is_room_for(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    for _ in range(MOST_MEMBERS - 2):
        button(page, "Add member").click()
        page.keyboard.press("Escape")
    expect(button(page, "Add member")).to_be_disabled()
    expect(page.get_by_text(f"{MOST_MEMBERS} members are the most here.")).to_be_visible()


def test_one_member_only_has_neither_weight_nor_company(form: Callable[..., Page]) -> None:
    data = data_of("inside")
    methods = [{**each, "most": 1} for each in data["methods"]]
    page = form({**data, "methods": methods})
    expect(button(page, "Add member")).to_be_hidden()
    button(page, "one of eight").click()
    expect(page.get_by_label("Instruction")).to_be_visible()
    expect(page.get_by_label("Weight")).to_have_count(0)
    expect(button(page, "Remove this member")).to_have_count(0)


def test_the_picker_offers_what_suits_and_takes_a_reference(form: Callable[..., Page]) -> None:
    page = form(data_of("inside"))
    button(page, "one of eight").click()
    page.locator(".fl-picker > summary").press("Enter")
    expect(page.get_by_role("radio")).to_have_count(3)
    page.get_by_role("radio").nth(2).check()
    assert recipe(page, "input").members[0].ref == "zoo/mixture-top2"
    search = page.get_by_label("Search, or type a reference")
    expect(page.get_by_text("A model on a server can be a member too: api:")).to_be_visible()
    search.fill("api:http://localhost:8080/v1#mixture")
    search.press("Enter")
    expect(page.locator(".fl-model-now")).to_have_text("v1#mixture")
    search.fill("hub:allenai/OLMoE-1B-7B-0924")
    search.press("Enter")
    page.keyboard.press("Escape")
    button(page, "Run").click()
    assert recipe(page).members[0].ref == "hub:allenai/OLMoE-1B-7B-0924"


def test_what_computes_a_member_is_chosen_and_goes_with_its_model(
    form: Callable[..., Page],
) -> None:
    page = form(data_of("tokens"))
    button(page, "poet").click()
    computed = page.get_by_label("Computed by")
    values = computed.locator("option").evaluate_all("(all) => all.map((each) => each.value)")
    assert values == ["", "transformers", "onnx"]  # llama.cpp gives too little for this method
    computed.select_option("onnx")
    page.keyboard.press("Escape")
    button(page, "Run").click()
    assert [member.engine for member in recipe(page).members] == ["", "onnx"]
    draw(page, {**data_of("tokens", shown=2), "recipe": said(page, "submit")[-1]["recipe"]})
    button(page, "poet").click()
    expect(computed).to_have_value("onnx")
    page.locator(".fl-picker > summary").press("Enter")
    search = page.get_by_label("Search, or type a reference")
    search.fill("zoo/adder")
    search.press("Enter")
    expect(computed).to_have_count(0)  # transformers alone computes so small a model
    search.fill("smollm2-135m")
    search.press("Enter")
    expect(computed).to_have_value("")  # the choice went with the model it was made for


def test_an_engine_that_gives_too_little_is_left_with_the_old_method(
    form: Callable[..., Page],
) -> None:
    member = MemberRecipe("smollm2-135m", "a", engine="llamacpp")
    asked = Recipe("solo", "Why?", members=(member,))
    page = form({**form_data(all_methods(), asked, presets()), "shown": 1})
    page.get_by_label("Method", exact=True).select_option("ensemble")
    button(page, "Run").click()
    assert {member.engine for member in recipe(page).members} == {""}


def test_another_method_keeps_what_suits_and_names_what_it_dropped(
    form: Callable[..., Page],
) -> None:
    page = form(data_of("tokens", 1))
    button(page, "Settings").click()
    page.get_by_role("radio").nth(1).check()
    page.keyboard.press("Escape")
    page.get_by_label("Method", exact=True).select_option("solo")
    note = page.locator(".fl-recipe-note")
    expect(note).to_contain_text("scientist")
    expect(note).not_to_contain_text("poet")
    expect(note).to_contain_text(words("setting-pooling"))
    button(page, "Run").click()
    told = recipe(page)
    assert (told.method, len(told.members), told.settings) == ("solo", 1, {})


def test_the_drawer_sets_opens_and_closes_by_keys(form: Callable[..., Page]) -> None:
    page = form(data_of("conversation"))
    button(page, "Settings").press("Enter")
    drawer = page.get_by_role("dialog", name="Settings")
    for group in ("Basic", "Rule", "Expert"):
        expect(drawer.get_by_role("heading", name=group)).to_be_visible()
    drawer.get_by_role("spinbutton", name=words("setting-temperature")).fill("0.4")
    drawer.get_by_role("spinbutton", name=words("setting-max-tokens")).fill("99")
    drawer.locator("summary", has_text="Expert").click()
    drawer.get_by_role("spinbutton", name=words("setting-top-k")).fill("7")
    drawer.get_by_role("spinbutton", name=words("setting-top-p")).fill("44")  # more than there is
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button(page, "Settings")).to_be_focused()
    button(page, "Run").click()
    drawn = recipe(page).sampling
    assert (drawn.temperature, drawn.max_tokens, drawn.top_k, drawn.top_p) == (0.4, 99, 7, 1)


def test_a_setting_stands_in_the_drawer_where_it_counts(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    button(page, "Settings").click()
    drawer = page.get_by_role("dialog", name="Settings")
    threshold = drawer.get_by_role("spinbutton", name=words("setting-ensemble-threshold"))
    near = drawer.get_by_role("spinbutton", name=words("setting-support-top-k"))
    drawer.locator("summary", has_text="Expert").click()
    expect(threshold).to_be_hidden()
    expect(near).to_be_hidden()
    drawer.get_by_role("radio", name=words("choice-act-disputed")).press("Space")
    expect(threshold).to_be_visible()
    threshold.fill("0.9")
    expect(near).to_be_hidden()
    drawer.get_by_role("radio", name=words("choice-act-supported")).press("Space")
    expect(near).to_be_visible()
    expect(threshold).to_be_hidden()


def test_back_to_the_defaults(form: Callable[..., Page]) -> None:
    page = form(data_of("conversation"))
    button(page, "Settings").click()
    button(page, "Back to the defaults").click()
    page.keyboard.press("Escape")
    button(page, "Run").click()
    assert recipe(page).settings == {}


def test_a_preset_is_chosen_from_a_closed_list(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens"))
    page.get_by_label("Start from").select_option("weights")
    assert said(page, "select") == [{"preset": "weights"}]


def test_earlier_turns_are_shown_until_they_are_left_out(form: Callable[..., Page]) -> None:
    turns = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    methods = [method for method in all_methods() if method.family == "tokens"]
    asked = Recipe("ensemble", messages=turns)
    page = form(form_data(methods, asked, presets()))
    expect(prompt(page)).to_have_value("c")
    expect(page.locator(".fl-talk-turn")).to_have_count(2)
    button(page, "Leave out the earlier turns").click()
    button(page, "Run").click()
    assert recipe(page) == Recipe("ensemble", "c")


def test_a_locked_form_can_be_read_only(form: Callable[..., Page]) -> None:
    page = form(data_of("tokens", locked=True))
    expect(button(page, "Run")).to_be_disabled()
    prompt(page).press("Shift+Enter")
    button(page, "geographer").click()
    expect(page.get_by_label("Instruction")).to_be_disabled()
    assert said(page, "submit") == []


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_run_stays_in_sight_and_nothing_is_wide(
    form: Callable[..., Page], dark: bool
) -> None:
    page = form(data_of("conversation"), width=390, dark=dark)
    box = button(page, "Run").bounding_box()
    assert box
    assert box["y"] + box["height"] > 860
    for name in ("Anna", "Settings"):
        button(page, name).first.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.keyboard.press("Escape")


def test_names_and_texts_are_text_whatever_is_in_them(form: Callable[..., Page]) -> None:
    data = data_of("tokens")
    member = {**data["recipe"]["members"][0], "weight": 1}
    data["recipe"]["members"] = [
        {**member, "name": text, "ref": text, "system": text} for text in HOSTILE[:MOST_MEMBERS]
    ]
    page = form(data, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator(".fl-seat-chip")).to_have_count(min(len(HOSTILE), MOST_MEMBERS))
    button(page, "Run").click()
    sent = said(page, "submit")[-1]["recipe"]["members"]
    assert [each["name"] for each in sent] == list(HOSTILE[:MOST_MEMBERS])
