"""The Inside tab's part on what a model is made of, and what it loses without each expert."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Literal

import gradio as gr
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from fusionlab.bench.ablation import ITEMS, LONGEST, ablated
from fusionlab.bench.suites import Suite, get_suite, suite_names
from fusionlab.errors import FusionError, UnknownName
from fusionlab.experts.mixtures import known_mixtures
from fusionlab.experts.parameters import parameters_in
from fusionlab.limits import limits
from fusionlab.recipe import MemberRecipe
from fusionlab.sources.references import folder_here
from fusionlab.ui.asked import checked
from fusionlab.ui.formdata import source_models
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.stage import view
from fusionlab.ui.streamed import Shown, Shows, watched, wire_streamed
from fusionlab.views.anatomy import ablation_view, anatomy_view
from fusionlab.views.refused import refused_view

Drawn = dict[str, Any]
TOLD = 0.3
"""Seconds between two pictures."""
MOST_ITEMS = 200
"""Questions of a suite, which are answered again for every expert."""
SUITES_FIRST = ("zoo-mixed", "zoo-arithmetic", "zoo-strings")


class Wanted(BaseModel):
    """What the page asks for; others may have written it."""

    model_config = ConfigDict(extra="forbid")
    what: Literal["count", "ablate"]
    ref: str
    text: str = Field(default="", max_length=LONGEST)
    suite: str = Field(default="", max_length=100)
    """Whose questions are read and answered, in place of a text."""
    items: int = Field(default=ITEMS, ge=1, le=MOST_ITEMS)


_WANTED = TypeAdapter(Wanted)


def build_anatomy() -> gr.HTML:
    """The component, without its events; nothing is counted before somebody opens it."""
    mixtures = known_mixtures()
    models = sorted(source_models(), key=lambda row: row["ref"] not in mixtures)
    form = {"models": models, "suites": _suites(), "items": ITEMS, "most": _most()}
    return view("anatomy", "inside-anatomy", form)


def wire_anatomy(page: gr.HTML, runs: LiveRuns) -> None:
    """Its events."""

    def asked(said: Drawn) -> Shows:
        wanted = asked_of(said.get("asked"))
        if wanted.what == "count":
            return lambda _: _counted(wanted.ref)
        return lambda run: shown(run, runs, wanted)

    wire_streamed(page, runs, asked, lambda _: "ablate")


def asked_of(said: Any) -> Wanted:
    """What is asked, if it may be; raises RecipeError."""
    wanted = checked(_WANTED, said)
    limits().check_members([MemberRecipe(wanted.ref)])
    if wanted.suite and wanted.suite not in _suites():
        raise UnknownName("kind-suite", wanted.suite, _suites())
    return wanted


def _suites() -> list[str]:
    """Those that need no file of one's own; the zoo's, which its models know, first."""
    known = [name for name in suite_names() if get_suite(name).data.kind != "file"]
    return sorted(known, key=lambda name: (name not in SUITES_FIRST, name))


def _most() -> int:
    """As many questions as may be asked here."""
    bench = limits().bench
    return min(MOST_ITEMS, bench.items) if bench else MOST_ITEMS


def suite_of(wanted: Wanted) -> Suite | None:
    """The suite that is asked for, if one is."""
    return get_suite(wanted.suite) if wanted.suite else None


def _counted(ref: str) -> Iterator[Shown]:
    yield {"running": False, "counted": anatomy_view(ref, parameters_in(folder_here(ref), ref))}


def shown(run: str, runs: LiveRuns, wanted: Wanted) -> Iterator[Shown]:
    """The picture as it grows, expert by expert; where it is stopped, it stays."""
    found: Drawn = {}
    told_at = 0.0
    yield {"running": True, "found": None}
    try:
        items = min(wanted.items, _most())
        steps = ablated(wanted.ref, text=wanted.text, suite=suite_of(wanted), items=items)
        with closing(watched(run, runs, steps, "ablate")) as taken:
            for each in taken:
                if isinstance(each, dict):
                    found = each
                    if time.monotonic() - told_at >= TOLD:
                        told_at = time.monotonic()
                        yield {"running": True, "found": ablation_view(found)}
    except FusionError as error:
        yield {"running": False, "refused": refused_view(error)}
        return
    view = ablation_view(found) if found else None
    yield {"running": False, "found": view, "stopped": view is None or view["waits"] > 0}
