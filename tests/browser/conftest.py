"""A real browser, and the app served to it on loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from fusionlab.views.assets import component_head
from fusionlab.views.typeface import typeface_style

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--process-per-site",  # pages of one visitor do not each start a process
]
expect.set_options(timeout=20_000)
SHOTS = os.environ.get("FUSIONLAB_SHOTS", "")
EMPTY = '<div class="fl"></div>'
AFRESH = """(body) => {
    for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer);
    window.first ??= new Set([...Object.keys(window), 'first']);
    for (const name of Object.keys(window)) if (!window.first.has(name)) delete window[name];
    const listen = EventTarget.prototype.addEventListener;
    document.heard ??= [];
    for (const one of document.heard.splice(0)) document.removeEventListener(...one);
    document.addEventListener = (...one) => {
        document.heard.push(one);
        listen.apply(document, one);
    };
    document.body.innerHTML = body;
    scrollTo(0, 0);
}"""
"""What earlier tests left on the page, or for later, is gone; its size is set anew too."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; without one, browser tests are skipped unless they are required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
    if found is None and "FUSIONLAB_REQUIRE_BROWSER" not in os.environ:
        pytest.skip("no Chromium on this machine")
    assert found, "FUSIONLAB_REQUIRE_BROWSER is set, but there is no Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def guests(chromium: Browser) -> Iterator[dict[bool, list[BrowserContext]]]:
    """Contexts that no visitor uses now, for a light and for a dark system."""
    kept: dict[bool, list[BrowserContext]] = {False: [], True: []}
    yield kept
    for context in (each for alike in kept.values() for each in alike):
        context.close()


@pytest.fixture
def visitor(
    chromium: Browser, guests: dict[bool, list[BrowserContext]]
) -> Iterator[Callable[..., Page]]:
    """Opens a page as a new visitor; fails on script errors, dialogs and other hosts.

    A context serves visitor after visitor, each without what the one before has left in it. Its
    first page stays, and with it the process that knows the app's scripts.
    """
    used: list[tuple[bool, BrowserContext]] = []
    complaints: list[str] = []

    def open_page(url: str, width: int = 1440, height: int = 1000, *, dark: bool = False) -> Page:
        host = urlsplit(url).hostname
        context = guests[dark].pop() if guests[dark] else entered(dark=dark)
        used.append((dark, context))
        if host:
            context.clear_cookies()
            context.pages[0].goto(urljoin(url, "/robots.txt"))
            context.pages[0].evaluate("localStorage.clear()")
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                complaints.append(f"request to {request.url}")
                if request.url.startswith("http") and urlsplit(request.url).hostname != host
                else None
            ),
        )
        page.goto(url)
        return page

    def entered(*, dark: bool) -> BrowserContext:
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        context = chromium.new_context(color_scheme=scheme, accept_downloads=True)
        context.new_page()
        return context

    yield open_page
    for dark, context in used:
        for page in context.pages[1:]:
            page.close()
        guests[dark].append(context)
    assert complaints == []


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of all components and nothing else."""
    path = tmp_path_factory.mktemp("blank") / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<style>{typeface_style()}</style>{component_head()}</head>"
        '<body style="margin: 0"></body></html>',
        encoding="utf-8",
    )
    return path


@dataclass
class Sheet:
    """A page of components, and what went wrong on it."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def sheets(chromium: Browser) -> Iterator[dict[tuple[object, ...], list[Sheet]]]:
    """Sheets that no test uses now, by what they are like."""
    kept: dict[tuple[object, ...], list[Sheet]] = {}
    yield kept
    for sheet in (each for alike in kept.values() for each in alike):
        sheet.page.context.close()


@pytest.fixture
def blank(
    chromium: Browser, blank_file: Path, sheets: dict[tuple[object, ...], list[Sheet]]
) -> Iterator[Callable[..., Page]]:
    """Opens a page without a server that holds `body`; fails on script errors and dialogs.

    Opening one takes its time, so each serves test after test, emptied; with `once` it is closed,
    as a test must ask for that changes what emptying does not mend: the clock, or the motion.
    """
    used: list[tuple[tuple[object, ...], Sheet]] = []

    def open_page(
        width: int = 1280,
        height: int = 900,
        *,
        dark: bool = False,
        language: str = "en",
        calm: bool = False,
        body: str = EMPTY,
        once: bool = False,
    ) -> Page:
        kind = (width, height, dark, language, calm)
        kept = sheets.get(kind)
        sheet = kept.pop() if kept and not once else opened(*kind)
        used.append(((*kind, once), sheet))
        sheet.page.set_viewport_size({"width": width, "height": height})
        sheet.page.mouse.move(-1, -1)  # where an earlier test left it, it would rest on something
        sheet.page.evaluate(AFRESH, body)
        return sheet.page

    def opened(width: int, height: int, dark: bool, language: str, calm: bool) -> Sheet:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if calm else "no-preference",
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        sheet = Sheet(page)
        page.on("pageerror", lambda error: sheet.complaints.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: sheet.complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "console",
            lambda said: sheet.complaints.append(said.text) if said.type == "error" else None,
        )
        page.goto(f"{blank_file.as_uri()}?lang={language}")
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
        return sheet

    yield open_page
    complaints = []
    for (*kind, once), sheet in used:
        complaints += sheet.complaints
        if once or sheet.complaints:
            sheet.page.context.close()
        else:
            sheets.setdefault(tuple(kind), []).append(sheet)
    assert complaints == []


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page in the folder FUSIONLAB_SHOTS, where people look at it."""

    def take(page: Page, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(exist_ok=True)
            page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    return take
