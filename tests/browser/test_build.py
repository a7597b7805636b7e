"""The Build tab: its form and picture alone, and one visit that grafts a model for real."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.reading import read_json
from fusionlab.registry import Source
from fusionlab.spaces import build_presets
from fusionlab.ui.building import Asked, asked_by, first_asked, form_view, recorded
from fusionlab.ui.sweep_page import about
from fusionlab.views.path import path_view
from tests.bench.test_path import RECORD
from tests.browser.legible import faults
from tests.browser.served import served

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DRAW = """([component, data]) => window.FusionLab[component](
    document.querySelector(`.fl-${component}`), data,
    (kind, detail) => {
      (window.said = window.said || []).push([kind, detail]);
      if (detail.asked) window.asked = detail.asked; // the last, whoever speaks after it
    })"""
MODEL: dict[str, Any] = {
    "id": "a-b",
    "reference": "built:a-b",
    "builder": "graft",
    "bytes": 1,
    "lineage": ["x"],
    "heirs": [],
}
SHELF = "details:has(> .fl-built-rows) > summary"
WIDEST = "document.documentElement.scrollWidth"


@pytest.fixture
def room(blank: Opens) -> Opens:
    """Opens a page with an empty form and no model."""
    return partial(
        blank,
        width=1440,
        body="".join(f'<div class="fl fl-{name}"></div>' for name in ("build", "sweep", "built")),
    )


def form(page: Page, preset: str = "", **more: Any) -> None:
    """The form says the first preset, or this one, and what its record says."""
    chosen = next((each for each in build_presets() if each.id == preset), build_presets()[0])
    plan, _ = recorded(chosen)
    view = form_view(asked_by(chosen), plan=plan, filled=preset or 1, **more)
    page.evaluate(DRAW, ["build", view])


def told(page: Page, kind: str) -> dict[str, Any]:
    """The last that the form has told."""
    page.wait_for_function("kind => (window.said || []).some((s) => s[0] === kind)", arg=kind)
    found: dict[str, Any] = page.evaluate(
        "kind => window.said.filter((s) => s[0] === kind).at(-1)[1]", kind
    )
    return found


def test_the_seam_is_set_by_keys_by_dragging_and_by_the_field(room: Opens) -> None:
    page = room()
    form(page)
    drop = page.get_by_label("Layers left out")
    end, start = page.get_by_role("slider").all()
    expect(end).to_have_attribute("aria-valuenow", "3")
    expect(page.locator(".fl-stack-layer.fl-stack-new")).to_have_count(6)
    expect(page.locator(".fl-stack-layer.fl-stack-twice")).to_have_count(4)
    start.focus()
    page.keyboard.press("ArrowUp")
    expect(drop).to_have_value("2")
    expect(end).to_have_attribute("aria-valuenow", "2")
    expect(start).to_be_focused()
    expect(page.locator(".fl-stack-layer.fl-stack-new")).to_have_count(4)
    box = end.locator(".fl-stack-grip").bounding_box()
    row = page.locator(".fl-stack-layer.fl-stack-new rect").first.bounding_box()
    assert box
    assert row
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 1.9 * row["height"], steps=4)
    page.mouse.up()
    expect(drop).to_have_value("0")
    expect(page.locator(".fl-stack-layer.fl-stack-new")).to_have_count(8)
    page.wait_for_function("window.asked?.settings.drop === 0")
    assert told(page, "input")["asked"]["preset"] == ""
    drop.fill("3")
    page.wait_for_function("window.asked?.settings.drop === 3")


def test_a_tokenizer_is_asked_for_beside_a_server_alone(room: Opens) -> None:
    page = room()
    asked = Asked("distil", [Source("zoo/adder"), Source("api:http://127.0.0.1:8000/v1#m")], {})
    page.evaluate(DRAW, ["build", form_view(asked, filled=1)])
    fields = page.get_by_label("Tokenizer of a server")
    expect(fields.nth(0)).to_be_hidden()
    expect(fields.nth(1)).to_be_visible()
    fields.nth(1).fill("hub:org/name")
    page.wait_for_function("window.asked?.sources[1].options.tokenizer === 'hub:org/name'")
    page.locator(".fl-build-source summary").first.click()
    reference = page.get_by_label("Search, or type a reference").first
    reference.fill("api:http://127.0.0.1:8001/v1#n")
    reference.press("Enter")
    expect(fields.nth(0)).to_be_visible()


def test_ranges_are_free_when_they_are_wished_to_be(room: Opens) -> None:
    page = room()
    form(page)
    page.get_by_role("button", name="Set every range freely").click()
    ranges = page.get_by_label("Ranges of layers", exact=True)
    expect(ranges).to_have_value("0-3, 1-4")
    expect(page.get_by_label("Layers left out")).to_have_value("")
    page.get_by_role("button", name="Add a range").click()
    expect(page.get_by_role("slider")).to_have_count(6)
    page.get_by_role("slider", name="Range 1: first layer").focus()
    page.keyboard.press("End")
    expect(ranges).to_have_value("2-3, 1-4, 0-4")
    page.wait_for_function("window.asked?.settings.layers === '2-3, 1-4, 0-4'")
    page.get_by_role("button", name="Back to one seam").click()
    page.wait_for_function("Object.keys(window.asked?.settings || {x: 1}).length === 0")


@pytest.mark.parametrize(("language", "why"), [("en", "Not possible:"), ("zh", "无法构建：")])
def test_a_plan_that_is_refused_cannot_be_started_and_says_why(
    room: Opens, language: str, why: str
) -> None:
    page = room(language=language, width=390)
    form(page, "two-ancestors")
    expect(page.locator(".fl-build-refused").first).to_contain_text(why)
    run = page.get_by_role("button", name="Build" if language == "en" else "构建", exact=True)
    expect(run).to_be_disabled()
    assert page.evaluate(WIDEST) == 390
    expect(page.locator(".fl-measure-note")).not_to_be_empty()
    form(page, "five-mean")  # nothing that was said of the plan before stays
    expect(run).to_be_enabled()
    expect(page.locator(".fl-measure-note")).to_be_empty()
    form(page, "five-ties", builds=False)
    expect(run).to_be_disabled()
    demo = "This public demo" if language == "en" else "公开演示"
    expect(page.locator(".fl-measure-note")).to_contain_text(demo)
    assert page.evaluate(WIDEST) == 390


def test_a_weight_is_a_number_or_a_curve_over_the_layers(room: Opens) -> None:
    page = room()
    form(page, "five-mean")
    source = page.locator(".fl-build-source").nth(1)
    source.get_by_role("slider", name="Weight").fill("0.5")
    page.wait_for_function("window.asked?.sources[1].options.weight === 0.5")
    source.get_by_role("button", name="Over the layers").click()
    source.get_by_role("slider", name="Weight, point 5 of 5").focus()
    page.keyboard.press("End")
    page.wait_for_function("`${window.asked?.sources[1].options.weight}` === '0.5,0.5,0.5,0.5,1'")
    page.get_by_label("Rule", exact=True).select_option("ties")
    page.wait_for_function("window.asked?.settings.method === 'ties'")


def test_a_rule_shows_what_it_takes_and_nothing_else_is_told(room: Opens) -> None:
    page = room()
    form(page, "five-ties", left_out=["gamma"])
    expect(page.locator(".fl-build-left")).to_contain_text("gamma")
    first = page.locator(".fl-build-source").first
    density = first.get_by_role("slider", name="Density")
    density.fill("0.5")
    expect(page.locator(".fl-build-left")).to_be_empty()
    page.get_by_label("Lambda", exact=True).first.fill("0.8")
    first.get_by_role("button", name="By part of a layer").nth(1).click()
    first.get_by_role("slider", name="Density: MLP").fill("0.2")
    page.wait_for_function("window.asked?.sources[0].options.density?.mlp === 0.2")
    asked = told(page, "input")["asked"]
    assert asked["settings"] == {"method": "ties", "parameters": {"lambda": 0.8}}
    rule = page.get_by_label("Rule", exact=True)
    rule.select_option("slerp")
    expect(rule).to_be_focused()
    expect(density).to_have_count(0)
    expect(page.get_by_label("Lambda", exact=True)).to_have_count(0)
    expect(page.get_by_role("slider", name="How far along")).to_have_attribute("max", "1")
    page.wait_for_function("window.asked?.settings.method === 'slerp'")
    asked = told(page, "input")["asked"]
    assert asked["settings"] == {"method": "slerp"}
    assert all(not source["options"] for source in asked["sources"])
    rule.select_option("ties")
    expect(first.get_by_role("slider", name="Density: MLP")).to_have_value("0.2")


def test_a_builder_that_learns_begins_with_what_it_cannot_do_without(room: Opens) -> None:
    page = room()
    form(page)
    page.get_by_label("How", exact=True).select_option("distil")
    page.wait_for_function("window.asked?.settings.target === 'zoo/base'")
    asked = told(page, "input")["asked"]
    melted = next(each for each in build_presets() if each.builder == "distil")
    assert [each["ref"] for each in asked["sources"]] == [each.ref for each in melted.sources]
    assert asked["settings"] == {name: melted.settings[name] for name in ("target", "data")}
    page.get_by_label("How", exact=True).select_option("train")
    page.wait_for_function("window.asked?.builder === 'train'")
    assert told(page, "input")["asked"]["settings"] == {"data": "suite:zoo-mixed"}
    expect(page.locator(".fl-build-source")).to_have_count(1)


def test_an_older_plan_does_not_replace_a_newer_one(room: Opens) -> None:
    page = room()
    form(page)
    page.get_by_label("Layers left out").fill("0")
    serial = told(page, "input")["serial"]
    late = {"id": "late", "reference": "built:late", "findings": [], "refused": False}
    page.evaluate(DRAW, ["build", {"plan": late, "of": serial - 1}])
    expect(page.locator(".fl-build-figures")).not_to_contain_text("built:late")
    page.evaluate(DRAW, ["build", {"plan": late, "of": serial}])
    expect(page.locator(".fl-build-figures")).to_contain_text("built:late")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_against_the_form_and_the_models(
    room: Opens, language: str, *, dark: bool
) -> None:
    page = room(language=language, dark=dark, calm=True)
    found = []
    model = MODEL | {"heirs": ["c"]}
    _, built = recorded(build_presets()[0])
    page.evaluate(DRAW, ["built", {"built": built, "models": [model]}])
    page.locator(SHELF).click()
    page.locator(".fl-built-row .fl-remove").first.click()
    for preset in ("solar-zoo-base", "five-ties", "two-ancestors"):
        form(page, preset)
        found += faults(page, f"{preset} {language}", ".fl-build")
    found += faults(page, f"models {language}", ".fl-built")
    _, built = recorded(next(each for each in build_presets() if each.id == "five-ties"))
    page.evaluate(DRAW, ["built", {"built": built}])
    found += faults(page, f"proof {language}", ".fl-built")
    for preset in ("two-between", "three-between"):
        swept(page, preset)
        found += faults(page, f"sweep {preset} {language}", ".fl-sweep")
    assert not found, "\n".join(found)


def test_removing_is_asked_about_first(room: Opens) -> None:
    page = room()
    page.evaluate(DRAW, ["built", {"models": [MODEL]}])
    page.locator(SHELF).click()
    page.get_by_role("button", name="Remove a-b").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="Remove a-b")).to_be_focused()
    assert page.evaluate("window.said") is None
    page.get_by_role("button", name="Remove a-b").click()
    page.get_by_role("button", name="Remove it").click()
    assert told(page, "submit") == {"remove": "a-b"}


def swept(page: Page, preset: str, **more: Any) -> None:
    """The form says this preset, and its recorded sweep is shown."""
    page.evaluate(DRAW, ["sweep", {"ready": True}])
    form(page, preset)
    chosen = next(each for each in build_presets() if each.id == preset)
    refs = [source.ref for source in chosen.sources]
    record = read_json(asset(f"sweeps/{preset}.json").read_bytes())
    page.evaluate(DRAW, ["sweep", {**about(refs), "record": record, **more}])


def test_an_examination_is_pictures_with_their_numbers(room: Opens) -> None:
    page = room(width=1440)
    _, built = recorded(next(each for each in build_presets() if each.id == "five-ties"))
    page.evaluate(DRAW, ["built", {"built": built}])
    card = page.locator(".fl-built")
    expect(card.locator(".fl-dot-row").first).to_contain_text("The new model")
    maps = card.get_by_role("grid", name="Distance from zoo/base")
    maps.get_by_role("gridcell").nth(4).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    expect(maps.locator(":focus")).to_have_attribute(
        "aria-label", re.compile(r"^query, layer 0: \d+% from zoo/base$")
    )
    expect(card.locator(".fl-readout").first).to_contain_text("query, layer 0")
    card.get_by_role("button", name="zoo/editor").click()
    expect(card.get_by_role("grid", name="Distance from zoo/editor")).to_be_visible()
    expect(maps).to_have_count(0)
    expect(
        card.get_by_role("gridcell", name="zoo/adder and zoo/subtracter: cosine")
    ).to_be_visible()
    card.locator(".fl-proof-part", has_text="How far").locator("summary").last.click()
    expect(card.get_by_role("region", name="Distance from zoo/editor")).to_be_visible()
    page.evaluate(DRAW, ["built", {"built": built, "path": path_view(RECORD)}])
    path = page.locator(".fl-path")
    expect(path.locator(".fl-sentence").first).to_contain_text("worse at once")
    expect(path.get_by_role("heading", name="aligned by DPO")).to_have_count(2)
    expect(path.locator(".fl-path-row")).to_have_count(12)  # each of six models in two panels
    path.locator("summary", has_text="The numbers as a table").click()
    expect(path.get_by_role("cell", name="0.800 [0.700, 0.900]")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate(WIDEST) == 390


def test_a_point_between_sources_sets_their_weights(room: Opens) -> None:
    page = room()
    form(page)
    page.evaluate(DRAW, ["sweep", {"ready": True}])
    stage = page.locator(".fl-sweep-stage")
    expect(stage).to_be_hidden()
    swept(page, "three-between")
    points = stage.locator(".fl-swept-point")
    expect(points).to_have_count(15)
    page.get_by_label("Rule", exact=True).select_option("ties")
    points.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("window.asked?.settings.method === 'linear'")
    asked = page.evaluate("window.asked")
    assert [source["options"]["weight"] for source in asked["sources"]] == [0.75, 0.25, 0]
    expect(stage).to_contain_text("The form above has these weights now: A 0.75")
    page.get_by_label("What is shown").select_option("zoo-mixed")
    expect(stage).to_contain_text("other questions the best point is")
    known = read_json(asset("sweeps/three-between.json").read_bytes())
    part = {**known, "points": known["points"][:4]}
    grown = {"of": known["refs"], "record": part, "running": True, "total": 15}
    page.evaluate(DRAW, ["sweep", grown])
    expect(points).to_have_count(4)
    expect(stage).to_contain_text("4 of 15 points")
    stage.get_by_role("button", name="Stop").click()
    assert told(page, "stop") == {}
    page.set_viewport_size({"width": 390, "height": 900})
    swept(page, "two-between")
    expect(points).to_have_count(9)
    assert page.evaluate(WIDEST) == 390


# In the app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, which keeps its models in a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(tmp_path_factory.mktemp("home")))
        with served() as url:
            yield url


def test_a_model_is_grafted_answers_is_remembered_and_removed(
    app: str, visitor: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = visitor(f"{app}?tab=build&lang=en")
    result, status = page.locator("#build-result"), page.locator("#build-status")
    expect(status).to_contain_text("recorded")
    expect(result).to_contain_text("What it comes to")
    assert first_asked().builder == "graft"
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".fl-built-stale")).to_be_visible()
    expect(page.locator("#build-form .fl-build-figures")).to_contain_text("base-graft-8")
    page.get_by_role("button", name="Build", exact=True).click()
    expect(result).to_contain_text("Your new model", timeout=60_000)
    expect(status).to_contain_text("finished")
    shot(page, "build-built")
    page.reload()
    expect(result).to_contain_text("Your new model")
    page.locator("#tab-answers-button").click()
    page.locator("#answers-recipe .fl-seat-chip").first.click()
    page.locator("#answers-recipe dialog[open] summary").first.click()
    expect(page.locator("#answers-recipe dialog[open]")).to_contain_text("base-graft-8")
    page.keyboard.press("Escape")
    page.locator("#tab-build-button").click()
    page.get_by_role("link", name="Talk with it").press("Enter")
    expect(page.locator("#tokens-recipe .fl-seat-chip")).to_contain_text("base-graft-8")
    expect(page.locator("#tab-tokens-button")).to_be_focused()  # not lost with the link
    page.locator("#tokens-recipe").get_by_role("button", name="Run").click()
    expect(page.locator("#tokens-status")).to_contain_text("finished", timeout=60_000)
    expect(page.locator("#tokens-headline .fl-headline-answer")).not_to_be_empty()
    page.locator("#tab-build-button").click()
    page.get_by_role("link", name="Compare with its parents").click()
    expect(page.locator("#compare-form .fl-seat-chip")).to_have_count(2)
    page.locator("#tab-build-button").click()
    page.get_by_role("link", name="Measure it").click()
    expect(page.locator("#bench-form .fl-measure-ref")).to_have_count(2)
    page.locator("#tab-build-button").click()
    page.locator(SHELF).click()
    result.get_by_role("button", name="Take away base-graft-8 as a file").press("Enter")
    expect(result).to_contain_text("llama.cpp has no tokenizer that splits text")
    expect(result.get_by_role("button", name="GGUF for llama.cpp")).to_be_disabled()
    shot(page, "build-gguf-refused")
    result.get_by_role("button", name="Folder for transformers (.zip)").press("Enter")
    file = result.get_by_role("link", name="Download base-graft-8.zip")
    expect(file).to_be_focused(timeout=30_000)
    with page.expect_download() as got:
        file.press("Enter")
    assert "base-graft-8/model.safetensors" in ZipFile(got.value.path()).namelist()
    shot(page, "build-exported")
    result.get_by_role("button", name="Remove base-graft-8").click()
    result.get_by_role("button", name="Remove it").click()
    expect(result).to_contain_text("base-graft-8 is removed")
    expect(file).to_have_count(0)
    expect(result.get_by_role("link", name="Talk with it")).to_have_count(0)


def test_a_training_is_stopped_stands_and_goes_on(
    app: str, visitor: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    data = "set=objective=instruct&set=data=suite:zoo-arithmetic&set=questions=60"
    steps = "set=steps=9000&set=batch=4&id=learns"
    page = visitor(f"{app}?tab=build&lang=en&builder=train&source=zoo/adder&{data}&{steps}")
    form, status = page.locator("#build-form"), page.locator("#build-status")
    expect(form.locator(".fl-build-findings")).to_contain_text("57 examples to learn from")
    expect(form.locator("[data-label=beta]")).to_have_count(0)
    brought = {"name": "talks.jsonl", "mimeType": "text/plain", "buffer": b'{"prompt": "a"}\n'}
    page.locator("input[type=file][accept*='.md']").set_input_files(brought)  # type: ignore[arg-type]
    expect(form.locator(".fl-build-findings")).to_contain_text("talks.jsonl, line 1")
    expect(form.get_by_role("button", name="Build", exact=True)).to_be_disabled()
    assert "brought" not in page.url
    form.get_by_label("Data").select_option("suite:zoo-arithmetic")
    form.get_by_role("button", name="Build", exact=True).click()
    step = page.locator("#build-learning .fl-learning-facts")
    before = came = 0
    for at in (1, 2):
        expect(step).to_contain_text("tokens a second", timeout=60_000)
        expect(step).not_to_contain_text(f"Step {before:,} of", timeout=60_000)
        form.get_by_role("button", name="Stop").click()
        expect(status).to_contain_text("Stopped at step", timeout=60_000)
        expect(page.locator("#build-result")).to_contain_text("built:learns")
        go_on = form.get_by_role("button", name="Go on")
        expect(go_on).to_be_enabled()
        said = re.search(r"Stopped at step ([\d,]+) of", status.inner_text())
        came = int(said[1].replace(",", "")) if said else 0
        if at == 1:
            before = came
            shot(page, "build-learning")
            go_on.click()
            expect(status).to_contain_text("running")
    assert came > before
    page.reload()
    expect(status).to_contain_text(f"Stopped at step {came:,} of 9,000")
    expect(step).to_contain_text(f"Step {came:,} of 9,000")
    go_on.click()
    expect(status).to_contain_text("running")
    expect(step).to_contain_text("tokens a second", timeout=60_000)
    page.reload()  # in the midst of it
    expect(status).to_contain_text("Stopped at step", timeout=60_000)
    expect(step).to_contain_text(" of 9,000")
    expect(go_on).to_be_enabled()
    form.get_by_role("button", name="Leave it, begin another").click()
    expect(form.get_by_label("Name of the new model")).to_have_value("learns-2")
    expect(form.get_by_role("button", name="Build", exact=True)).to_be_focused()
    expect(step).to_be_hidden()


def test_a_link_says_what_it_gave_in_vain_and_the_way_between_grows(
    app: str, visitor: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    sources = "source=zoo/adder,gamma=0.5&source=zoo/editor"
    page = visitor(f"{app}?tab=build&lang=en&builder=merge&{sources}&set=method=linear")
    expect(page.locator("#build-form .fl-build-left")).to_contain_text("gamma")
    sweep = page.locator("#build-sweep")
    sweep.get_by_label("Points").fill("3")
    sweep.get_by_role("button", name="Try the points between").click()
    points = sweep.locator(".fl-swept-point")
    expect(points).to_have_count(3, timeout=60_000)
    expect(sweep).to_contain_text("The text is known best at")
    points.nth(1).click()
    weights = page.locator("#build-form").get_by_role("slider", name="Weight")
    expect(weights.first).to_have_value("0.5")
    shot(page, "build-between")
    align = page.locator("#build-align")
    align.locator("summary").first.click()
    expect(align.get_by_role("status")).to_have_text("This is a recording.")
    align.get_by_role("button", name="Show it").click()
    expect(align.get_by_role("status")).to_be_hidden(timeout=60_000)
    expect(align.locator(".fl-aligned-place")).to_have_count(12)
    page.reload()
    expect(weights.first).to_have_value("0.5")
    expect(points).to_have_count(3)
