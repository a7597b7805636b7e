"""The app as a person meets it: run, stop, look, replay, share, and what goes wrong."""

import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fusionlab.conversation import Message
from fusionlab.engines.memory import default_pool
from fusionlab.events import Candidate, MemberStep, Record, RunFinished, TextDelta, TokenChosen
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_to_query
from fusionlab.registry import get_method
from fusionlab.runfiles import read_run, run_text
from fusionlab.spaces import presets
from fusionlab.trace import FUSED, Trace, fold
from fusionlab.ui.downloads import RESULTS, own_cache
from fusionlab.ui.gallery import recording
from fusionlab.words import Sentence
from tests.browser.served import served
from tests.tiny import tiny_llama, tiny_mixture

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
Shot = Callable[[Page, str], None]
TABS = ("tokens", "answers", "conversation", "inside")
HOSTILE = (
    "${alert(1)}",
    "{{alert(1)}}",
    '<img src="x" onerror="alert(1)">',
    "<script>alert(1)</script>",
    "\\u",
    "\\u12",
    "\ud83d",
    "👨‍👩‍👧",
    "\\xf0\\x9f",
    "你好",
)


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    """The address of the app, served by this process."""
    with served() as url:
        yield url


@pytest.fixture(scope="module")
def long_winded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Reference of a model that goes on for thousands of tokens, and takes its time."""
    folder = tmp_path_factory.mktemp("long") / "model"
    return f"path:{tiny_llama(folder, context=8192, layers=24)}"


def ensemble(ref: str, prompt: str = "one two three", tokens: int = 12) -> Recipe:
    members = (
        MemberRecipe(ref, name="blue", system="count"),
        MemberRecipe(ref, name="orange", weight=2.0),
    )
    return Recipe("ensemble", prompt, members, sampling=Sampling(max_tokens=tokens))


def words(key: str) -> str:
    """What stands on the page by this key."""
    return Sentence(key).said()


def tab_of(method: str) -> str:
    """The tab in which the method is at home."""
    return get_method(method).family


def come_with(visitor: Visitor, app: str, recipe: Recipe) -> Page:
    """A visitor who follows the recipe's link and has its set-up before them."""
    page = visitor(f"{app}?{recipe_to_query(recipe)}")
    status = page.locator(f"#{tab_of(recipe.method)}-status")
    expect(status).to_contain_text(words("status-linked"))
    return page


def come_to(visitor: Visitor, app: str, tab: str, **options: Any) -> Page:
    """A visitor whose address opens this tab, with its recorded run before them."""
    page = visitor(f"{app}?tab={tab}", **options)
    recorded(page, tab)
    return page


def recorded(page: Page, tab: str) -> None:
    expect(page.locator(f"#{tab}-status")).to_contain_text(words("status-recorded"))


def to_tab(page: Page, tab: str) -> None:
    page.locator(f"#tab-{tab}-button").click()
    expect(page.locator(f"#{tab}-recipe")).to_be_visible()


def prompt(page: Page, tab: str) -> Locator:
    return page.locator(f"#{tab}-recipe .fl-prompt")


def chips(page: Page, tab: str) -> Locator:
    return page.locator(f"#{tab}-recipe .fl-seat-chip")


def press_run(page: Page, tab: str) -> None:
    page.locator(f"#{tab}-recipe .fl-run:not(.fl-stop)").click()


def run(page: Page, tab: str, until: str = "status-finished") -> None:
    press_run(page, tab)
    expect(page.locator(f"#{tab}-status")).to_contain_text(words(until), timeout=60_000)
    expect(page.locator(f"#{tab}-recipe .fl-stop")).to_be_hidden()


def test_a_page_at_rest_asks_for_no_frame(app: str, chromium: Browser) -> None:
    with chromium.new_context(reduced_motion="reduce") as context:
        context.add_init_script("""const next = window.requestAnimationFrame.bind(window);
            window.requestAnimationFrame = (draw) => next(draw, window.asked = true);""")
        page = context.new_page()
        page.goto(f"{app}?tab=tokens")
        recorded(page, "tokens")
        at_rest = """() => { const were = window.asked; window.asked = false; return !were; }"""
        page.wait_for_function(at_rest, polling=1_000)


def test_every_tab_opens_with_a_recorded_run(app: str, visitor: Visitor, shot: Shot) -> None:
    page = visitor(app)
    expect(page.locator("#start h1")).to_have_text(words("start-promise"))
    shot(page, "first-start")
    for tab in TABS:
        to_tab(page, tab)
        recorded(page, tab)
        expect(page.locator(f"#{tab}-ledger")).to_contain_text("tokens")
        expect(page.locator(f"#{tab}-headline .fl-headline-answer")).not_to_be_empty()
        assert page.url.endswith(f"?tab={tab}")
        shot(page, f"first-{tab}")


def test_a_link_says_the_whole_set_up(app: str, visitor: Visitor, tiny: Path) -> None:
    page = come_with(visitor, app, ensemble(f"path:{tiny}", prompt="你好, world & co"))
    expect(prompt(page, "tokens")).to_have_value("你好, world & co")
    expect(chips(page, "tokens")).to_have_count(2)
    expect(chips(page, "tokens").nth(1)).to_contain_text("orange")
    chips(page, "tokens").first.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("Name")).to_have_value("blue")
    expect(panel.get_by_label("Instruction")).to_have_value("count")


def test_a_conversation_is_shown_and_goes_with_every_run_until_it_is_left_out(
    app: str, visitor: Visitor, shot: Shot, tiny: Path, tmp_path: Path
) -> None:
    turns = (Message("user", "one"), Message("assistant", HOSTILE[2]), Message("user", "two?"))
    recipe = replace(ensemble(f"path:{tiny}"), prompt="", messages=turns)
    page = come_with(visitor, app, recipe)
    shown = page.locator("#tokens-recipe .fl-talk-turn")
    expect(shown).to_have_count(2)
    expect(shown.nth(0)).to_contain_text(words("recipe-turn-user"))
    expect(shown.nth(1)).to_contain_text(HOSTILE[2])
    expect(prompt(page, "tokens")).to_have_value("two?")
    shot(page, "conversation")
    prompt(page, "tokens").fill("three?")
    run(page, "tokens")
    asked = downloaded(page, "tokens", tmp_path)
    assert asked.recipe.messages == (*turns[:2], Message("user", "three?"))
    page.reload()
    expect(shown).to_have_count(2)
    page.get_by_role("button", name=words("recipe-leave-out")).click()
    expect(shown).to_have_count(0)
    run(page, "tokens")
    assert downloaded(page, "tokens", tmp_path).recipe.prompt == "three?"
    (tmp_path / "talk.jsonl").write_text(run_text(asked), encoding="utf-8")
    open_run(page, tmp_path / "talk.jsonl")
    expect(shown).to_have_count(2)


def test_ensemble_runs_and_every_token_tells_who_wanted_what(
    app: str, visitor: Visitor, shot: Shot, tiny: Path
) -> None:
    page = come_with(visitor, app, ensemble(f"path:{tiny}"))
    run(page, "tokens")
    tokens = page.locator("#tokens-stage .fl-token")
    expect(tokens).to_have_count(12)
    tokens.nth(3).click()
    expect(page.locator("#tokens-stage")).to_contain_text("Step 4")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tokens-stage")).to_contain_text("Step 5")
    page.keyboard.press("Home")
    expect(page.locator("#tokens-stage")).to_contain_text("Step 1 of")
    assert "method=ensemble" in page.url
    expect(page.locator("#tokens-ledger")).to_contain_text("blue")
    shot(page, "ensemble-tiny")
    chips(page, "tokens").nth(1).click()
    page.get_by_role("spinbutton", name="Weight").fill("0")
    page.keyboard.press("Escape")
    run(page, "tokens")
    change = page.locator("#tokens-notice li").first
    expect(change).to_contain_text("Weight of orange: 2 → 0.")


def test_stop_keeps_what_there_is(
    app: str, visitor: Visitor, tmp_path: Path, long_winded: str
) -> None:
    page = come_with(visitor, app, ensemble(long_winded, tokens=1000))
    press_run(page, "tokens")
    expect(page.locator("#tokens-stage .fl-token").nth(5)).to_be_visible()
    page.locator("#tokens-recipe .fl-stop").click()
    expect(page.locator("#tokens-status")).to_contain_text(words("status-stopped"))
    trace = downloaded(page, "tokens", tmp_path)
    assert trace.status == "stopped"
    assert 5 < len(trace.tokens) < 1000
    expect(page.locator("#tokens-stage .fl-token")).to_have_count(len(trace.tokens))


def test_a_run_can_be_taken_home_and_dropped_in_again(
    app: str, visitor: Visitor, tmp_path: Path, tiny: Path
) -> None:
    page = come_with(visitor, app, ensemble(f"path:{tiny}", prompt="seven eight"))
    run(page, "tokens")
    trace = downloaded(page, "tokens", tmp_path)
    assert trace.status == "finished"

    other = come_to(visitor, app, "tokens")
    open_run(other, tmp_path / "run.jsonl")
    expect(prompt(other, "tokens")).to_have_value("seven eight")
    expect(other.locator("#tokens-stage .fl-token")).to_have_count(len(trace.tokens))
    recorded(other, "tokens")


def test_a_run_is_taken_away_as_a_page_a_picture_and_on_paper(
    app: str, visitor: Visitor, shot: Shot, tmp_path: Path
) -> None:
    page = come_to(visitor, app, "tokens", dark=True)
    assert downloaded(page, "tokens", tmp_path).status == "finished"
    with page.expect_download() as picture:
        page.get_by_role("button", name=words("actions-picture")).click()
    picture.value.save_as(tmp_path / "run.png")
    head = (tmp_path / "run.png").read_bytes()[:24]
    width, height = struct.unpack(">II", head[16:])
    box = page.locator("#tokens-stage .fl-picture").bounding_box()
    assert head.startswith(b"\x89PNG")
    assert box
    assert width == 2 * math.ceil(box["width"])
    assert 0.6 * box["height"] < height / 2 < box["height"]

    page.emulate_media(media="print")
    for away in ("#tokens-recipe .fl", "#tokens-actions .fl", "#tabs > .tab-wrapper"):
        expect(page.locator(away)).to_be_hidden()
    asked = page.locator("#tokens-headline .fl-headline-asked")
    expect(asked).to_contain_text("The capital of France is")
    paper = "getComputedStyle(document.querySelector('#tokens-headline .fl')).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    expect(asked).to_be_hidden()

    with page.expect_download() as saved:
        page.get_by_role("button", name=words("actions-page")).click()
    assert saved.value.suggested_filename == "fusionlab-ensemble.html"
    saved.value.save_as(tmp_path / "run.html")
    alone = visitor((tmp_path / "run.html").as_uri(), width=390, height=844)
    expect(alone.locator("h1")).to_have_text(words("method-ensemble"))
    expect(alone.locator(".fl-headline-asked")).to_contain_text("The capital of France is")
    tokens = alone.locator(".fl-token")
    expect(tokens).to_have_count(22)
    alone.locator(".fl-notice-go").first.click()
    expect(tokens.and_(alone.locator(":focus"))).to_have_count(1)
    assert alone.evaluate("document.documentElement.scrollWidth") <= 390
    shot(alone, "run-as-a-page")


def test_a_page_that_is_loaded_again_shows_the_results_and_their_set_ups(
    app: str, visitor: Visitor, tiny: Path
) -> None:
    page = come_with(visitor, app, ensemble(f"path:{tiny}", prompt="seven eight"))
    page.reload()
    status = page.locator("#tokens-status")
    expect(status).to_contain_text(words("status-linked"))
    run(page, "tokens")
    said = page.locator("#tokens-headline").inner_text()
    to_tab(page, "answers")
    recorded(page, "answers")
    assert page.url.endswith("?tab=answers")
    to_tab(page, "tokens")
    assert "method=ensemble" in page.url
    to_tab(page, "answers")
    page.reload()
    expect(page.locator("#answers-recipe")).to_be_visible()
    to_tab(page, "tokens")
    expect(status).to_contain_text(words("status-reloaded"))
    expect(page.locator("#tokens-headline")).to_have_text(said, use_inner_text=True)
    expect(page.locator("#tokens-stage .fl-token")).to_have_count(12)
    expect(prompt(page, "tokens")).to_have_value("seven eight")
    prompt(page, "tokens").fill("nine")
    expect(status).to_contain_text(words("status-stale"))

    shutil.rmtree(own_cache() / RESULTS)
    page.reload()
    expect(status).to_contain_text(words("status-unkept"))
    expect(prompt(page, "tokens")).to_have_value("seven eight")
    page.goto(f"{app}?{recipe_to_query(ensemble(f'path:{tiny}', prompt='a link'))}")
    expect(status).to_contain_text(words("status-linked"))


def test_a_projector_shows_no_form_and_keys_take_steps_from_anywhere(
    app: str, visitor: Visitor, shot: Shot
) -> None:
    page = come_to(visitor, app, "tokens", width=1280, height=720)
    page.get_by_role("button", name=words("frame-large")).click()
    for room in ("choices", "summary", "seats"):
        expect(page.locator(f"#tokens-recipe .fl-recipe-{room}")).to_be_hidden()
    expect(prompt(page, "tokens")).to_be_visible()
    size = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert 1.25 <= size / 16 <= 1.5
    page.locator("#tokens-stage").scroll_into_view_if_needed()
    place = page.locator("#tokens-stage .fl-place")
    before = place.inner_text()
    page.keyboard.press("ArrowRight")
    expect(place).not_to_have_text(before)
    page.keyboard.press("ArrowLeft")
    expect(place).to_have_text(before)
    page.keyboard.press("Space")
    expect(page.locator("#tokens-stage .fl-go-play")).to_have_text(words("tokens-pause"))
    page.keyboard.press("Space")
    prompt(page, "tokens").press("ArrowRight")
    page.get_by_role("button", name=words("frame-dark")).click()
    for tab in ("answers", "conversation", "inside"):
        to_tab(page, tab)
        recorded(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        shot(page, f"projector-{tab}")


def test_vote_elects_among_pasted_answers(app: str, visitor: Visitor, shot: Shot) -> None:
    answers = ["the sky is blue", "the sky is very blue", "grass is green"]
    recipe = Recipe("vote", settings={"candidates": answers, "metric": "char_lcs"})
    page = come_with(visitor, app, recipe)
    run(page, "answers")
    stage = page.locator("#answers-stage")
    for answer in answers:
        expect(stage).to_contain_text(answer)
    expect(page.locator("#answers-headline")).to_contain_text("the sky is")
    shot(page, "vote-pasted")


def test_vote_runs_members(app: str, visitor: Visitor, tiny: Path) -> None:
    member = MemberRecipe(f"path:{tiny}", name="voter")
    sampling = Sampling(max_tokens=12, temperature=1.0)
    page = come_with(visitor, app, Recipe("vote", "one two", (member,), {"samples": 3}, sampling))
    run(page, "answers")
    expect(page.locator("#answers-ledger")).to_contain_text("voter")


def test_a_mixture_shows_its_experts_and_a_dense_model_is_refused(
    app: str, visitor: Visitor, shot: Shot, tiny: Path, tmp_path: Path
) -> None:
    folder = tiny_mixture(tmp_path / "mixture", "deepseek_v3")
    recipe = Recipe(
        "moe",
        "one two",
        (MemberRecipe(f"path:{folder}", name="eight"),),
        {"compare": "the capital of France"},
        Sampling(max_tokens=9, temperature=1.0, seed=2),
    )
    page = come_with(visitor, app, recipe)
    run(page, "inside")
    trace = downloaded(page, "inside", tmp_path)
    assert len(trace.texts) == 2
    tokens = page.locator("#inside-stage .fl-token")
    expect(tokens).to_have_count(len(trace.routed))
    tokens.nth(3).click()
    expect(page.locator("#inside-stage")).to_contain_text("Token 4 of A")
    rows = page.locator("#inside-stage .fl-given-row")
    expect(rows.first).to_contain_text("dense: no experts")  # as DeepSeek's first layer is
    expect(rows.nth(1)).to_contain_text("1")
    shot(page, "moe-tiny")
    dense = replace(recipe, members=(MemberRecipe(f"path:{tiny}", name="dense"),))
    page = come_with(visitor, app, dense)
    run(page, "inside", until="status-broken")
    expect(page.locator("#inside-status")).to_contain_text("is dense")


def test_an_expert_is_banned_in_the_next_run_by_its_cell(
    app: str, visitor: Visitor, shot: Shot, tmp_path: Path
) -> None:
    folder = tiny_mixture(tmp_path / "mixture", "deepseek_v3")
    member = MemberRecipe(f"path:{folder}", name="eight")
    page = come_with(visitor, app, Recipe("moe", "one two", (member,), sampling=Sampling(4)))
    run(page, "inside")
    cell = page.get_by_role("gridcell", name="layer 2, expert 3:")
    cell.press("Enter")
    offer = page.locator("#inside-stage .fl-steer")
    offer.get_by_role("button", name="Ban expert 3 of layer 2 in the next run").press("Enter")
    expect(offer).to_contain_text("The next run has the rules: ban 3@2")
    expect(offer.get_by_role("button")).to_have_text("Allow expert 3 of layer 2 again")
    run(page, "inside")
    trace = downloaded(page, "inside", tmp_path)
    assert trace.recipe.settings["steer"] == "ban 3@2"
    assert not any(3 in fact.layers[1].experts for fact in trace.routed if fact.sample == 0)
    banned = page.locator("#inside-stage [role=gridcell].fl-banned, #inside-stage td.fl-banned")
    expect(banned).to_have_count(1)  # of the answer under steering
    names = page.locator("#inside-stage .fl-route-frame h3")
    expect(names).to_have_text(["A: with steering", "B: without steering"])
    expect(page.locator("#inside-notice")).to_contain_text("mean log-probability")
    shot(page, "moe-steered")


def test_solo_runs(app: str, visitor: Visitor, tiny: Path) -> None:
    member = MemberRecipe(f"path:{tiny}", name="alone")
    page = come_with(
        visitor, app, Recipe("solo", "one two", (member,), sampling=Sampling(max_tokens=9))
    )
    run(page, "tokens")
    expect(page.locator("#tokens-stage")).to_contain_text("alone")


def test_hostile_tokens_are_text(app: str, visitor: Visitor, shot: Shot, tmp_path: Path) -> None:
    page = come_to(visitor, app, "tokens")
    path = tmp_path / "hostile.jsonl"
    path.write_text(hostile_run(), encoding="utf-8")
    open_run(page, path)
    tokens = page.locator("#tokens-stage .fl-token")
    expect(tokens).to_have_count(len(HOSTILE))
    shown = [text.replace("·", " ") for text in tokens.all_inner_texts()]
    for token, text in zip(HOSTILE, shown, strict=True):
        assert token.encode("utf-8", "backslashreplace").decode() in text
    assert page.locator("#tokens-stage img, #tokens-stage script").count() == 0
    shot(page, "hostile")


def test_a_run_can_be_dropped_anywhere_on_the_page(app: str, visitor: Visitor) -> None:
    page = come_to(visitor, app, "tokens")
    drop = """(text) => {
        const carried = new DataTransfer();
        carried.items.add(new File([text], "run.jsonl"));
        const options = { bubbles: true, cancelable: true, dataTransfer: carried };
        document.querySelector("#frame").dispatchEvent(new DragEvent("drop", options));
    }"""
    page.evaluate(drop, hostile_run())
    expect(page.locator("#tokens-stage .fl-token")).to_have_count(len(HOSTILE))


def test_where_every_port_is_in_use_the_app_says_so(app: str) -> None:
    port = app.rstrip("/").rsplit(":")[-1]
    only = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": port, "GRADIO_NUM_PORTS": "1"}
    starter = Path(__file__).parents[2] / "app.py"
    started = subprocess.run(
        [sys.executable, str(starter)],
        env={**os.environ, **only},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert started.returncode == 1
    assert "GRADIO_SERVER_PORT" in started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello", "is not a run file"),
        ('{"format": "fusionlab-run", "version": 99}', "upgrade"),
        ('{"format": "fusionlab-run", "version": 1, "recipe": {}}', "broken header"),
    ],
)
def test_a_broken_run_file_is_refused_in_words(
    app: str, visitor: Visitor, tmp_path: Path, content: str, message: str
) -> None:
    page = come_to(visitor, app, "tokens")
    (tmp_path / "broken.jsonl").write_text(content, encoding="utf-8")
    open_run(page, tmp_path / "broken.jsonl")
    notice = page.locator("#frame .fl-frame-notice")
    expect(notice).to_contain_text(words("frame-not-file"))
    expect(notice).to_contain_text(message)
    expect(page.locator("#tokens-stage .fl-token").first).to_be_visible()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": " "}, "the prompt is empty"),
        ({"members": ()}, "at least one member"),
        ({"members": (MemberRecipe("smollm2-135n"),)}, "did you mean 'smollm2-135m'"),
        ({"members": (MemberRecipe("path:/nowhere"),)}, "/nowhere"),
    ],
)
def test_what_cannot_run_says_why(
    app: str, visitor: Visitor, tiny: Path, change: dict[str, object], message: str
) -> None:
    recipe = replace(ensemble(f"path:{tiny}"), **change)  # type: ignore[arg-type]
    page = come_with(visitor, app, recipe)
    run(page, "tokens", until="status-failed")
    expect(page.locator("#tokens-status")).to_contain_text(message)


def test_a_link_that_names_nothing_says_so(app: str, visitor: Visitor) -> None:
    page = visitor(f"{app}?method=ensembel")
    notice = page.locator("#frame .fl-frame-notice")
    expect(notice).to_contain_text(words("frame-not-link"))
    expect(notice).to_contain_text("did you mean 'ensemble'")
    notice.get_by_role("button", name=words("frame-close")).click()
    expect(notice).to_be_empty()
    expect(page.locator("#start h1")).to_be_visible()


def test_an_address_opens_its_tab_and_an_unknown_one_is_said(app: str, visitor: Visitor) -> None:
    page = come_to(visitor, app, "answers")
    expect(page.locator("#tab-answers-button")).to_have_attribute("aria-selected", "true")
    page = visitor(f"{app}?tab=answer")
    notice = page.locator("#frame .fl-frame-notice")
    expect(notice).to_contain_text(words("frame-not-link"))
    expect(notice).to_contain_text("answers")


def test_the_page_speaks_chinese_and_says_what_it_does_not_speak(
    app: str, visitor: Visitor, shot: Shot
) -> None:
    page = visitor(f"{app}?lang=zh")
    for at, tab in enumerate(("start", *TABS)):
        expect(tabs_of(page).nth(at)).to_have_text(Sentence(f"family-{tab}").said("zh"))
    shot(page, "first-chinese")
    page = visitor(f"{app}?lang=xx")
    expect(page.locator("#frame .fl-frame-notice")).to_contain_text("xx")
    expect(tabs_of(page).first).to_have_text(words("family-start"))


def tabs_of(page: Page) -> Locator:
    return page.locator("#tabs button[role=tab]")


def test_run_it_yourself_opens_the_tab_with_the_run(app: str, visitor: Visitor) -> None:
    page = visitor(app)
    expect(page.locator(".fl-start-tries")).to_contain_text("read English only")
    page.locator("#start .fl-start-run").click()
    recorded(page, "tokens")
    expect(page.locator("#tab-tokens-button")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#tokens-stage .fl-token").first).to_be_visible()


def test_another_preset_shows_its_recording(app: str, visitor: Visitor) -> None:
    page = come_to(visitor, app, "tokens")
    mine = [each for each in presets() if tab_of(each.recipe.method) == "tokens"]
    other = next(each for each in mine if each.recipe.prompt != mine[0].recipe.prompt)
    page.locator("#tokens-recipe").get_by_label(words("recipe-start")).select_option(other.id)
    expect(prompt(page, "tokens")).to_have_value(other.recipe.prompt)
    recorded(page, "tokens")
    trace = recording(other)
    assert trace
    expect(page.locator("#tokens-stage .fl-token")).to_have_count(len(trace.tokens))


def test_a_changed_prompt_makes_the_result_stale(app: str, visitor: Visitor) -> None:
    page = come_to(visitor, app, "tokens")
    prompt(page, "tokens").fill("something else")
    expect(page.locator("#tokens-status")).to_contain_text(words("status-stale"))


def test_members_come_and_go(app: str, visitor: Visitor, tiny: Path) -> None:
    page = come_with(visitor, app, ensemble(f"path:{tiny}"))
    seats = chips(page, "tokens")
    expect(seats.nth(1)).to_contain_text("orange")
    page.locator("#tokens-recipe .fl-add").click()
    page.keyboard.press("Escape")
    expect(seats).to_have_count(3)
    seats.first.click()
    page.get_by_role("dialog").get_by_role("button", name="Remove this member").click()
    expect(seats).to_have_count(2)
    expect(seats.first).to_contain_text("orange")


def test_two_visitors_at_once_both_get_their_answer(app: str, visitor: Visitor, tiny: Path) -> None:
    pages = [
        come_with(visitor, app, ensemble(f"path:{tiny}", prompt=f"visitor {n}")) for n in range(2)
    ]
    for page in pages:
        press_run(page, "tokens")
    for page in pages:
        expect(page.locator("#tokens-status")).to_contain_text(
            words("status-finished"), timeout=60_000
        )
        expect(page.locator("#tokens-stage .fl-token")).to_have_count(12)


def test_who_waits_sees_how_many_come_before(
    app: str, visitor: Visitor, shot: Shot, tiny: Path, long_winded: str
) -> None:
    first = come_with(visitor, app, ensemble(long_winded, tokens=1000))
    press_run(first, "tokens")
    expect(first.locator("#tokens-stage .fl-token").nth(3)).to_be_visible()
    second = come_with(visitor, app, ensemble(f"path:{tiny}"))
    press_run(second, "tokens")
    waiting = "One run comes before yours. · Now running: Token ensemble."
    expect(second.locator("#tokens-status")).to_contain_text(waiting)
    shot(second, "waiting")
    first.locator("#tokens-recipe .fl-stop").click()
    expect(second.locator("#tokens-status")).to_contain_text(
        words("status-finished"), timeout=60_000
    )


def test_closing_the_tab_frees_the_session(app: str, visitor: Visitor, long_winded: str) -> None:
    page = come_with(visitor, app, ensemble(long_winded, tokens=1000))
    press_run(page, "tokens")
    expect(page.locator("#tokens-stage .fl-token").nth(3)).to_be_visible()
    assert default_pool().borrowed > 0
    page.close()
    deadline = time.monotonic() + 10
    while default_pool().borrowed and time.monotonic() < deadline:
        time.sleep(0.1)
    assert default_pool().borrowed == 0


@pytest.mark.parametrize("dark", [False, True])
def test_a_narrow_window_holds_everything(
    app: str, visitor: Visitor, shot: Shot, dark: bool
) -> None:
    page = visitor(app, width=390, height=800, dark=dark)
    for tab in TABS:
        to_tab(page, tab)
        recorded(page, tab)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shot(page, f"narrow-{tab}{'-dark' if dark else ''}")


def test_dark_mode(app: str, visitor: Visitor, shot: Shot) -> None:
    page = come_to(visitor, app, "tokens", dark=True)
    shot(page, "dark-tokens")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert all(int(channel) < 64 for channel in re.findall(r"\d+", background)[:3])
    page.locator("#frame").get_by_role("button", name=words("frame-dark")).click()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert all(int(channel) > 192 for channel in re.findall(r"\d+", background)[:3])


@pytest.mark.real
def test_two_smollm2_members_answer_together(app: str, visitor: Visitor, shot: Shot) -> None:
    page = come_to(visitor, app, "tokens")
    press_run(page, "tokens")
    expect(page.locator("#tokens-status")).not_to_contain_text(words("status-recorded"))
    expect(page.locator("#tokens-status")).to_contain_text(
        words("status-finished"), timeout=180_000
    )
    assert "Paris" in page.locator("#tokens-stage").inner_text().replace("·", " ")
    shot(page, "ensemble-smollm2")


def open_run(page: Page, path: Path) -> None:
    page.locator("#open-run").locator("xpath=..").locator("input[type=file]").set_input_files(path)


def downloaded(page: Page, tab: str, folder: Path) -> Trace:
    actions = page.locator(f"#{tab}-actions")
    button = actions.get_by_role("button", name=words("actions-download"))
    expect(button).to_be_enabled()
    with page.expect_download() as download:
        button.click()
    path = folder / "run.jsonl"
    download.value.save_as(path)
    return read_run(path)


def hostile_run() -> str:
    """A run file whose every token would do harm as markup or template."""
    records = []
    for step, token in enumerate(HOSTILE):
        top = (Candidate(token, 0.5, step), Candidate("<b>", 0.25, 99))
        own = MemberStep(top, 1.0, 0.25, 0.5, (0.5, 0.25))
        chosen = TokenChosen(step, token, step, 0.5, top, 1.0, 0.1, {"<i>m</i>": own})
        records += [Record(step / 10, chosen), Record(step / 10, TextDelta(FUSED, "x"))]
    records.append(Record(2.0, RunFinished("".join(HOSTILE[:6]))))
    recipe = Recipe("ensemble", "${alert(2)}", (MemberRecipe("smollm2-135m", "<i>m</i>"),))
    text = run_text(fold(recipe, []))
    lines = [json.dumps([record.t, _plain(record)], ensure_ascii=True) for record in records]
    return text + "\n".join(lines) + "\n"


def _plain(record: Record) -> object:
    from dataclasses import asdict

    return asdict(record.event)


def test_a_link_with_markup_shows_it_letter_by_letter(
    app: str, visitor: Visitor, shot: Shot
) -> None:
    overlay = '<div style="position:fixed;inset:0"><img src="//example.org/x"><a href="//x">y</a>'
    page = visitor(f"{app}?method={quote(overlay)}&prompt=x")
    notice = page.locator("#frame .fl-frame-notice")
    expect(notice).to_contain_text('<img src="//example.org/x">')
    expect(notice.locator("img, a, [style*=fixed]")).to_have_count(0)
    shot(page, "link-with-markup")
