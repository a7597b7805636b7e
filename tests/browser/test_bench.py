"""The Benchmark tab: an example at first sight, a real benchmark, its stop, and what goes wrong."""

import gc
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fusionlab.assets import asset
from fusionlab.bench.report import page as report_page
from fusionlab.bench.rows import result_from_json
from fusionlab.ui.app import launch

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, which keeps its benchmarks in a home of its own."""
    import gradio

    patch = pytest.MonkeyPatch()
    patch.setenv("FUSIONLAB_HOME", str(tmp_path_factory.mktemp("home")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        _, url, _ = launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gradio.close_all(verbose=False)
        gc.collect()
    patch.undo()


def opened(visitor: Visitor, app: str, width: int = 1440, *, dark: bool = False) -> Page:
    page = visitor(app, width=width, dark=dark)
    if width < 600:  # the tabs that do not fit are in a menu
        page.locator(".overflow-menu > button").click()
        page.locator(".overflow-dropdown button", has_text="Benchmark").click()
    else:
        page.get_by_role("tab", name="Benchmark").click()
    expect(page.locator("#bench-status")).to_contain_text("recorded")
    return page


def set_up(page: Page, *members: str, items: int = 20) -> None:
    box = page.locator("#bench-members input")
    taken = page.locator("#bench-members .token-remove")
    while taken.count() > 0:
        taken.first.click()
    for member in members:
        box.fill(member)
        box.press("Enter")
    number = page.locator("#bench-items input[type=number]")
    number.fill(str(items))
    number.press("Tab")


def choose_suite(page: Page, title: str) -> None:
    box = page.locator("#bench-suite input")
    box.click()
    page.get_by_role("option", name=title).click()


def test_an_example_stands_there_at_first_sight(app: str, visitor: Visitor, shot: Shot) -> None:
    page = opened(visitor, app)
    report = page.locator("#bench-report")
    expect(report).to_contain_text("At equal tokens")
    expect(report).to_contain_text("oracle")
    expect(page.locator("#bench-chart .js-plotly-plot")).to_be_visible()
    shot(page, "bench-first")


def test_a_benchmark_runs_and_an_item_opens_in_its_tab(
    app: str, visitor: Visitor, shot: Shot, tmp_path: Path
) -> None:
    page = opened(visitor, app)
    choose_suite(page, "Sums, differences, comparisons and counts")
    set_up(page, "zoo/adder", "zoo/subtracter")
    page.locator("#bench-run").click()
    status = page.locator("#bench-status")
    expect(status).to_contain_text("running")
    expect(status).not_to_contain_text("recorded")
    expect(status).to_contain_text("finished", timeout=120_000)
    report = page.locator("#bench-report")
    expect(report.locator(".fl-accuracy tbody tr")).to_have_count(7)
    expect(report.locator(".fl-item")).to_have_count(20)
    shot(page, "bench-report")
    with page.expect_download() as download:
        page.locator("#bench-files a").last.click()
    download.value.save_as(tmp_path / "results.json")
    data = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    shares = {row["name"]: row["tasks"] for row in data["contenders"]}
    assert shares["zoo/adder"]["add"]["score"] > 0.7
    assert shares["zoo/subtracter"]["subtract"]["score"] > 0.7

    report.get_by_text("Members disagree").click()
    assert 0 < report.locator(".fl-item").count() < 20
    report.locator(".fl-item").first.click()
    expect(report.locator(".fl-detail")).to_contain_text("Right answer")
    page.get_by_role("button", name="Open this run").click()
    expect(page.locator("#vote-status")).to_contain_text("recorded")
    expect(page.locator("#vote-stage")).to_contain_text("zoo/adder")


def test_a_stopped_benchmark_goes_on(app: str, visitor: Visitor) -> None:
    page = opened(visitor, app)
    choose_suite(page, "Letters")
    set_up(page, "zoo/base", "zoo/adder", items=200)
    page.locator("#bench-run").click()
    expect(page.locator("#bench-status")).to_contain_text("left", timeout=60_000)
    page.locator("#bench-stop").click()
    status = page.locator("#bench-status")
    expect(status).to_contain_text("stopped", timeout=60_000)
    report = page.locator("#bench-report")
    expect(report).to_contain_text("Not all items are answered yet")
    before = report.locator(".fl-accuracy tbody .fl-small").first.inner_text()
    page.locator("#bench-run").click()
    expect(status).to_contain_text("left", timeout=60_000)
    page.locator("#bench-stop").click()
    expect(status).to_contain_text("stopped", timeout=60_000)
    after = report.locator(".fl-accuracy tbody .fl-small").first.inner_text()
    assert answered(after) >= answered(before) > 0


def answered(text: str) -> int:
    """The n of "7 of 12, 3 gave no answer"."""
    return int(text.partition(" of ")[2].partition(",")[0])


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ((), "a benchmark needs members"),
        (("zoo/addr",), "did you mean 'adder'"),
        (("path:/nowhere",), "there is no folder"),
    ],
)
def test_what_cannot_run_says_why(
    app: str, visitor: Visitor, members: tuple[str, ...], message: str
) -> None:
    page = opened(visitor, app)
    set_up(page, *members)
    page.locator("#bench-run").click()
    expect(page.locator("#bench-status")).to_contain_text(message)
    expect(page.locator("#bench-report")).to_contain_text("The report will appear here")


def test_it_fits_a_narrow_window_and_the_dark(app: str, visitor: Visitor, shot: Shot) -> None:
    page = opened(visitor, app, width=400, dark=True)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    shot(page, "bench-narrow-dark")


def test_the_report_s_file_needs_no_server_and_no_network(
    visitor: Visitor, shot: Shot, tmp_path: Path
) -> None:
    data = json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8"))
    path = tmp_path / "report.html"
    path.write_text(report_page(result_from_json(data)), encoding="utf-8")
    page = visitor(path.as_uri())
    expect(page.locator(".fl-said").first).to_contain_text("At equal tokens")
    expect(page.locator(".js-plotly-plot .point").first).to_be_visible()
    page.locator(".fl-item").first.click()
    expect(page.locator(".fl-detail")).to_contain_text("Right answer")
    shot(page, "bench-file")
