"""Pictures of every page, width, light, language and state, in one folder with a sheet of all.

`python -m tests.browser.shots FOLDER`; docs/pictures.md says the rest.
"""

import argparse
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from fusionlab.cli.console import tell
from fusionlab.comparison.recipe import comparison_to_query
from fusionlab.recipe import recipe_to_query
from fusionlab.spaces import first_comparison, presets
from fusionlab.ui.app import families
from fusionlab.ui.formdata import unusual
from tests.browser.conftest import ARGUMENTS
from tests.browser.contact import by_page, compared, write_sheet
from tests.browser.staging import Ending, Stage, staged

WIDTHS = {"1440": 900, "1024": 768, "390": 844}
"""Each with the height of such a screen."""
LIGHTS = ("light", "dark")
LANGUAGES = ("en", "zh")
STATES = ("finished", "form", "member", "failed", "running", "empty")
"""In the order in which a visitor comes through them; the last is come to by a link."""
OVER = ("form", "member")
"""States in which something lies over the page: only what is on the screen is taken."""
SETTLED = """() => new Promise((done) => {
    scrollTo(0, 0);
    document.activeElement.blur();
    requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done)));
})"""
OPEN = """(room) => {
    for (const each of document.querySelectorAll(`${room} details`)) each.open = true;
}"""
PATIENCE = 60_000
SENT = 1_000
"""Milliseconds in which a picture that was sent is drawn."""


@dataclass(frozen=True)
class Shot:
    """One picture: its name says what is on it."""

    page: str
    state: str
    width: str
    light: str
    language: str

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return "-".join((self.page, self.state, self.width, self.light, self.language))


def states_of(page: str) -> Sequence[str]:
    """The states that this page has."""
    lacking = {"start": STATES[1:], "compare": ("member",), "measure": ("member", "empty")}
    lacking["build"] = tuple(state for state in STATES if state not in ("finished", "form"))
    return [state for state in STATES if state not in lacking.get(page, ())]


def all_shots() -> list[Shot]:
    """Every picture that there is to take, those of one visit together."""
    pages = ("start", *families(), "build", "compare", "measure")
    return [
        Shot(page, state, width, light, language)
        for language, width in product(LANGUAGES, WIDTHS)
        for page in pages
        for state in states_of(page)
        for light in LIGHTS
    ]


def wanted(shots: Sequence[Shot], words: Sequence[str]) -> list[Shot]:
    """The pictures that have one of the words of every kind that is asked for.

    Raises ValueError for a word that is in no name.
    """
    kinds: dict[int, set[str]] = {}
    for word in words:
        at = {i for shot in shots for i, part in enumerate(shot.name.split("-")) if part == word}
        if not at:
            raise ValueError(word)
        kinds.setdefault(at.pop(), set()).add(word)
    return [
        shot
        for shot in shots
        if all(shot.name.split("-")[i] in allowed for i, allowed in kinds.items())
    ]


def take(folder: Path, shots: Sequence[Shot]) -> None:
    """All these pictures are in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shutil.which("chromium")
    with sync_playwright() as playwright, staged() as (address, stage):
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        done = 0
        for language, width in product(LANGUAGES, WIDTHS):
            mine = [shot for shot in shots if (shot.language, shot.width) == (language, width)]
            for shot in Visits(chromium, address, stage, language, width).taken(mine, folder):
                done += 1
                tell(f"[{done}/{len(shots)}] {shot.name}")
        chromium.close()


@dataclass
class Visits:
    """A visitor with this language and screen."""

    chromium: Browser
    address: str
    stage: Stage
    language: str
    width: str

    def taken(self, shots: Sequence[Shot], folder: Path) -> Iterator[Shot]:
        """Each of the pictures when it is in the folder: one visit, and one for each link."""
        here = [shot for shot in shots if shot.state != "empty"]
        if here:
            page = self._comes("tab=start")
            for tab in dict.fromkeys(shot.page for shot in here):
                yield from self._tab(page, [shot for shot in here if shot.page == tab], folder)
            page.context.close()
        linked = [shot for shot in shots if shot.state == "empty"]
        for tab in dict.fromkeys(shot.page for shot in linked):
            page = self._comes(link(tab))
            page.locator(f"#{tab}-recipe .fl-run, #{tab}-form .fl-run").first.wait_for()
            page.wait_for_timeout(SENT)
            yield from pictures(page, [shot for shot in linked if shot.page == tab], folder)
            page.context.close()

    def _comes(self, query: str) -> Page:
        screen = {"width": int(self.width), "height": WIDTHS[self.width]}
        context = self.chromium.new_context(viewport=screen, reduced_motion="reduce")  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.address}?{query}&{urlencode({'lang': self.language})}")
        expect(page.locator("#tabs button[role=tab]").first).to_be_visible()
        return page

    def _tab(self, page: Page, shots: Sequence[Shot], folder: Path) -> Iterator[Shot]:
        """The states of one tab, one after the other."""
        tab = shots[0].page
        page.locator(f"#tab-{tab}-button").click()
        expect(room(page, tab)).not_to_be_empty()
        for state in states_of(tab):
            mine = [shot for shot in shots if shot.state == state]
            if mine:
                leave = enter(page, self.stage, tab, state)
                yield from pictures(page, mine, folder)
                leave()


def link(tab: str) -> str:
    """The query of a set-up of this tab that has yet to run."""
    if tab == "compare":
        return f"tab=compare&{comparison_to_query(first_comparison())}"
    names = {method.name for method in families()[tab]}
    first = next(preset.recipe for preset in presets() if preset.recipe.method in names)
    other = replace(first, sampling=replace(first.sampling, seed=7))  # of `first` a run is shown
    return recipe_to_query(unusual(other))


def room(page: Page, tab: str) -> Locator:
    """Where the tab has its picture."""
    own = {
        "start": "#start",
        "build": "#build-form",
        "compare": "#compare-table",
        "measure": "#bench-report",
    }
    return page.locator(f"{own.get(tab, f'#{tab}-stage')} .fl").first


def enter(page: Page, stage: Stage, tab: str, state: str) -> Callable[[], None]:
    """The page is in this state; what is given takes it out of it."""
    form = {"build": "#build-form", "compare": "#compare-form", "measure": "#bench-form"}.get(
        tab, f"#{tab}-recipe"
    )
    match state:
        case "form" if tab in ("build", "compare", "measure"):
            page.evaluate(OPEN, form)
        case "form":
            page.locator(f"{form} .fl-recipe-seats > .fl-plain:last-child").click()
            page.evaluate(OPEN, f"{form} dialog[open]")
            return lambda: page.keyboard.press("Escape")
        case "member":
            page.locator(f"{form} .fl-seat-chip").first.click()
            return lambda: page.keyboard.press("Escape")
        case "failed" | "running":
            ending: Ending = "held" if state == "running" else "failed"
            ways: list[Ending] = ["whole", "whole"] if tab == "compare" else []
            stage.sets(*ways, ending)
            page.locator(f"{form} .fl-run:not(.fl-stop)").click()
            if state == "running":
                stage.held.wait()
                page.wait_for_timeout(SENT)
            else:
                over = f"#{tab}-status .fl-badge-failed, #bench-status .fl-badge-failed"
                over = f"{form} .fl-run:not(.fl-stop)" if tab == "compare" else over
                page.locator(over).first.wait_for()
            return lambda: stage.sets("whole")
    return lambda: None


def pictures(page: Page, shots: Sequence[Shot], folder: Path) -> Iterator[Shot]:
    """The page as it stands, in the light of every one of these pictures."""
    for shot in shots:
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", shot.light == "dark")
        page.evaluate(SETTLED)
        page.screenshot(
            path=folder / f"{shot.name}.png",
            full_page=shot.state not in OVER or shot.page in ("build", "compare", "measure"),
            animations="disabled",
        )
        yield shot
    page.evaluate("document.body.classList.remove('dark')")


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--against", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    try:
        shots = wanted(all_shots(), asked.only)
    except ValueError as word:
        parser.error(f"no picture is named after {word}")
    take(asked.folder, shots)
    shares = compared(asked.folder, asked.against) if asked.against else {}
    for line in by_page(shares):
        tell(line)
    tell(str(write_sheet(asked.folder, shares)))


if __name__ == "__main__":
    main()
