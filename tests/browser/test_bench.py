"""The Measure tab: an example at first sight, a real benchmark, its stop, and what goes wrong."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.bench.report import report_page
from fusionlab.bench.rows import result_from_json
from tests.browser.served import served

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, which keeps its benchmarks in a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(tmp_path_factory.mktemp("home")))
        with served() as url:
            yield url


def opened(
    visitor: Visitor, app: str, width: int = 1440, *, dark: bool = False, language: str = "en"
) -> Page:
    page = visitor(f"{app}?tab=measure&lang={language}", width=width, dark=dark)
    expect(page.locator("#bench-report .fl-verdict-first")).to_be_visible()
    return page


def set_up(page: Page, *members: str, suite: str = "zoo-mixed", items: int = 20) -> None:
    page.get_by_label("Questions", exact=True).select_option(suite)
    remove = page.locator(".fl-measure-remove")
    while remove.count() > 0:
        remove.first.click()
    for member in members:
        page.get_by_label("Add a member").fill(member)
        page.get_by_label("Add a member").press("Enter")
    page.get_by_label("Number of questions").fill(str(items))


def run(page: Page) -> None:
    page.locator("#bench-form").get_by_role("button", name="Run").click()


def stop(page: Page) -> None:
    page.locator("#bench-form").get_by_role("button", name="Stop").click()


def test_an_example_stands_there_at_first_sight(app: str, visitor: Visitor, shot: Shot) -> None:
    page = opened(visitor, app)
    expect(page.locator("#bench-status")).to_contain_text("recorded")
    report = page.locator("#bench-report")
    expect(report).to_contain_text("The same compute would buy")
    expect(report.locator(".fl-costs-plot")).to_be_visible()
    shot(page, "measure-first")


def test_a_benchmark_runs_and_a_question_opens_in_its_tab(
    app: str, visitor: Visitor, shot: Shot, tmp_path: Path
) -> None:
    page = opened(visitor, app)
    set_up(page, "zoo/adder", "zoo/subtracter", suite="zoo-arithmetic")
    run(page)
    status = page.locator("#bench-status")
    expect(status).not_to_contain_text("recorded")
    expect(status).to_contain_text("finished", timeout=120_000)
    report = page.locator("#bench-report")
    expect(report.locator(".fl-accuracy tbody tr")).to_have_count(6)
    shot(page, "measure-report")
    with page.expect_download() as download:
        report.get_by_role("link", name="All data (JSON)").click()
    download.value.save_as(tmp_path / "results.json")
    data = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    shares = {row["name"]: row["tasks"] for row in data["contenders"]}
    assert shares["zoo/adder"]["add"]["score"] > 0.7
    assert shares["zoo/subtracter"]["subtract"]["score"] > 0.7

    page.reload()
    expect(status).to_contain_text("finished")
    expect(status).not_to_contain_text("recorded")
    expect(page.locator("#bench-form .fl-measure-ref")).to_have_count(2)
    report.locator(".fl-items > summary").click()
    expect(report.locator(".fl-item")).to_have_count(20)
    report.get_by_label("Members disagree").check()
    assert 0 < report.locator(".fl-item").count() < 20
    report.locator(".fl-item").first.click()
    expect(report.locator(".fl-item-detail")).to_contain_text("right answer")
    report.get_by_role("button", name="Open this run").first.click()
    expect(page.locator("#tokens-status")).to_contain_text("recorded")


def test_a_stopped_benchmark_goes_on(app: str, visitor: Visitor) -> None:
    page = opened(visitor, app)
    set_up(page, "zoo/base", "zoo/editor", suite="zoo-strings", items=400)
    run(page)
    status = page.locator("#bench-status")
    expect(status).to_contain_text("left for this one", timeout=60_000)
    stop(page)
    expect(status).to_contain_text("stopped", timeout=60_000)
    expect(page.locator(".fl-measure-note")).to_have_text("Stopped. Press Run again to resume.")
    report = page.locator("#bench-report")
    expect(report).to_contain_text("Not all questions are answered yet")
    before = answered(report.locator(".fl-accuracy tbody .fl-small").first.inner_text())
    run(page)
    expect(status).to_contain_text("left for this one", timeout=60_000)
    stop(page)
    expect(status).to_contain_text("stopped", timeout=60_000)
    after = answered(report.locator(".fl-accuracy tbody .fl-small").first.inner_text())
    assert after >= before > 0


def answered(text: str) -> int:
    """The n of "7 of 12 · 3 gave no answer"."""
    return int(text.partition(" of ")[2].partition(" ")[0])


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ((), "There are no members yet"),
        (("zoo/addr",), "did you mean 'adder'"),
        (("path:/nowhere",), "there is no folder"),
    ],
)
def test_what_cannot_run_says_why_in_the_form(
    app: str, visitor: Visitor, members: tuple[str, ...], message: str
) -> None:
    page = opened(visitor, app)
    set_up(page, *members)
    run(page)
    refusal = page.locator("#bench-form").get_by_role("alert")
    expect(refusal).to_contain_text("Please fix this first")
    expect(refusal).to_contain_text(message)
    expect(page.locator("#bench-form").get_by_role("button", name="Run")).to_be_enabled()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_a_narrow_window_and_the_dark(
    app: str, visitor: Visitor, shot: Shot, language: str
) -> None:
    page = opened(visitor, app, width=390, dark=True, language=language)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, f"measure-narrow-dark-{language}")


def test_the_report_s_file_needs_no_server_and_switches_its_language(
    visitor: Visitor, shot: Shot, tmp_path: Path
) -> None:
    data = json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8"))
    path = tmp_path / "report.html"
    path.write_text(report_page(result_from_json(data)), encoding="utf-8")
    page = visitor(f"{path.as_uri()}?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("All fourteen tasks of the zoo")
    expect(page.locator(".fl-verdict-first")).to_contain_text("The same compute would buy")
    expect(page.locator(".fl-costs-plot")).to_be_visible()
    expect(page.locator("footer")).to_contain_text("Made with fusionlab")
    page.locator(".fl-items > summary").click()
    page.locator(".fl-item").first.click()
    expect(page.locator(".fl-item-detail")).to_contain_text("right answer")
    assert page.get_by_role("button", name="Open this run").count() == 0
    shot(page, "measure-file")
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".fl-verdict-first")).to_contain_text("融合有帮助")
    expect(page.locator("footer")).to_contain_text("生成")
    assert page.title() == "小模型库的全部十四类任务 · FusionLab"
