"""What a visitor waits for in the browser: the first picture, every tab, a run that streams in.

The app has a process of its own, Chromium has others, and all share this machine's cores. The run
without a page is computed in the process that measures, by the same model, warm in both.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_to_query
from fusionlab.run import run
from fusionlab.speed.ratio import SpeedResult, seconds
from fusionlab.speed.serving import browser, served
from fusionlab.trace import fold

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

ROUNDS = 5
SCREEN: "ViewportSize" = {"width": 1440, "height": 900}
MODEL = "smollm2-135m"
TOKENS = 128
FAMILIES = ("tokens", "answers", "conversation", "inside")
ROOMS = {
    "start": "#start",
    **{family: f"#{family}-stage" for family in FAMILIES},
    "compare": "#compare-table",
    "measure": "#bench-report",
}
"""What has its picture when a tab is there."""
RECIPE = Recipe(
    "ensemble",
    "Write a long story about a lighthouse keeper and a storm.",
    (
        MemberRecipe(MODEL, name="poet", system="You are a poet."),
        MemberRecipe(MODEL, name="geographer", system="You are a geographer."),
    ),
    sampling=Sampling(max_tokens=TOKENS),
)
SCRIPT = """
window.seconds = () => performance.now() / 1000;
window.painted = () => new Promise((done) =>
    requestAnimationFrame(() => setTimeout(() => done(seconds()))));
window.drawn = async (room) => {
    const there = () => {
        const picture = document.querySelector(`${room} .fl`);
        return picture?.childElementCount && picture.offsetHeight;
    };
    while (!there()) await new Promise(requestAnimationFrame);
    return painted();
};
window.opened = async ([tab, room]) => {
    const began = seconds();
    document.querySelector(`#tab-${tab}-button`).click();
    return (await drawn(room)) - began;
};
window.ran = (tab) => new Promise((done) => {
    const status = document.querySelector(`#${tab}-status`);
    const began = seconds();
    let begun = false;
    const look = async () => {
        const over = status.querySelector(".fl-badge-finished");
        begun ||= !over;
        if (begun && over) {
            watch.disconnect();
            done((await painted()) - began);
        }
    };
    const watch = new MutationObserver(look);
    watch.observe(status, { childList: true, subtree: true });
    document.querySelector(`#${tab}-recipe .fl-run`).click();
});
"""
"""What the page measures by itself, in seconds, until what is asked for is painted."""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
SETTLED = 1.0
"""Seconds in which what a page still does after it is drawn is done."""


def measure_page() -> Iterator[SpeedResult]:
    """The first picture, the tabs, what streaming costs; raises FusionError without a browser."""
    with served() as address, browser() as chromium:
        with _visit(chromium, address):
            pass  # the server's first visitor pays for what is read once
        yield _first_picture(chromium, address)
        yield from _tabs(chromium, address)
        yield _streaming(chromium, address)


@contextmanager
def _visit(chromium: "Browser", address: str, tab: str = "start") -> Iterator["Page"]:
    """A page that has drawn this tab, of a visitor who has nothing of ours in their browser yet."""
    with chromium.new_context(viewport=SCREEN) as context:
        context.add_init_script(SCRIPT)
        page = context.new_page()
        page.goto(address, wait_until="commit")
        page.evaluate("drawn", ROOMS[tab])
        yield page


def _first_picture(chromium: "Browser", address: str) -> SpeedResult:
    """From the request for the page until the picture of Start is painted."""
    paints, pictures = [], []
    for _ in range(ROUNDS):
        with _visit(chromium, address) as page:
            pictures.append(float(page.evaluate("seconds()")))
            paints.append(float(page.evaluate(PAINT)))
    drawn, first = statistics.median(pictures), statistics.median(paints)
    parts = {"first_paint_s": first, "drawn_s": drawn}
    return SpeedResult("first picture of Start in seconds", drawn, 2.0, "lower", parts)


def _tabs(chromium: "Browser", address: str) -> Iterator[SpeedResult]:
    """The slowest tab, opened by a visitor for the first time and again."""
    first: dict[str, list[float]] = {tab: [] for tab in ROOMS if tab != "start"}
    again: dict[str, list[float]] = {tab: [] for tab in ROOMS}
    for _ in range(ROUNDS):
        with _visit(chromium, address) as page:
            for tab, times in [*first.items(), *again.items()]:
                page.wait_for_timeout(1e3 * SETTLED)
                times.append(page.evaluate("opened", [tab, ROOMS[tab]]))
    for name, bar, tabs in (("for the first time", 1.0, first), ("again", 0.2, again)):
        parts = {f"{tab}_s": statistics.median(times) for tab, times in tabs.items()}
        slowest = max(parts.values())
        yield SpeedResult(f"slowest tab opened {name}, in seconds", slowest, bar, "lower", parts)


def _streaming(chromium: "Browser", address: str) -> SpeedResult:
    """From Run until the finished run is painted, against the same run where no page is open."""
    link = f"{address}?{recipe_to_query(RECIPE)}"

    def shown() -> float:
        with _visit(chromium, link, "tokens") as page:
            page.wait_for_timeout(1e3 * SETTLED)
            return float(page.evaluate("ran", "tokens"))

    def alone() -> float:
        return seconds(lambda: fold(RECIPE, run(RECIPE)))

    shown(), alone()  # both have loaded the model by then
    pairs = [(shown(), alone()) for _ in range(ROUNDS)]
    page, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
    return SpeedResult(
        "ensemble streamed into the page / the same run without a page",
        page / plain,
        1.1,
        "lower",
        {"page_ms_per_token": 1e3 * page / TOKENS, "alone_ms_per_token": 1e3 * plain / TOKENS},
        note=f"{TOKENS} tokens; server and browser share the cores that compute",
    )
