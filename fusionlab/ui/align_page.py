"""The Build tab's part on how sources are put together: a text, models, and what comes of them."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import cache
from typing import Any

import gradio as gr
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from fusionlab.assets import asset
from fusionlab.distil.fusion import FusionRule
from fusionlab.distil.picture import MOST_SOURCES, RECORD, AlignRule, Asked, pictured
from fusionlab.errors import FusionError
from fusionlab.events import Event, Progress
from fusionlab.limits import limits
from fusionlab.reading import read_json
from fusionlab.recipe import MemberRecipe
from fusionlab.tokens.maps import MapRule
from fusionlab.ui.asked import checked
from fusionlab.ui.formdata import source_models
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.stage import view
from fusionlab.ui.streamed import Shows, watched, wire_streamed
from fusionlab.views.aligned import aligned_view
from fusionlab.views.refused import refused_view
from fusionlab.views.status import doing

Drawn = dict[str, Any]
LONGEST = 10_000
"""Characters of a text, on the page: more than tokens that are shown."""
TOLD = 0.3
"""Seconds between two words on how far it has come."""


class Wanted(BaseModel):
    """What the page asks for; others may have written it."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST)
    target: str
    sources: list[str] = Field(min_length=1, max_length=MOST_SOURCES)
    rule: FusionRule = "mince"
    vocabulary: MapRule = "mined"
    alignment: AlignRule = "bytes"
    trained: str = ""


_WANTED = TypeAdapter(Wanted)


def build_align() -> gr.HTML:
    """The component, without its events; it shows what came with FusionLab."""
    return view("aligner", "build-align", first_view())


def first_view() -> Drawn:
    """The part before anything was asked."""
    return {
        "found": _recorded(),
        "recorded": True,
        "models": source_models(),
        "most": MOST_SOURCES,
    }


def wire_align(page: gr.HTML, runs: LiveRuns) -> None:
    """Its events."""

    def asked(said: Drawn) -> Shows:
        wanted = asked_of(said.get("asked"))
        return lambda run: shown(run, runs, wanted)

    wire_streamed(page, runs, asked, lambda _: "align")


@cache
def _recorded() -> Drawn:
    found: Drawn = read_json(asset(RECORD).read_bytes())
    return aligned_view(found)


def asked_of(said: Any) -> Asked:
    """What is asked, if it may be; raises RecipeError."""
    wanted = checked(_WANTED, said)
    asked = Asked(**{**wanted.model_dump(), "sources": tuple(wanted.sources)})
    refs = dict.fromkeys(filter(None, (asked.target, *asked.sources, asked.trained)))
    limits().check_members([MemberRecipe(ref) for ref in refs])
    return asked


def shown(run: str, runs: LiveRuns, asked: Asked) -> Iterator[Drawn]:
    """How far it has come, and at the end the picture."""
    found: list[Drawn] = []

    def steps() -> Generator[Event, None, None]:
        found.append((yield from pictured(asked)))

    yield {"running": True}
    told_at = time.monotonic()
    try:
        with closing(watched(run, runs, steps(), "align")) as events:
            for event in events:
                if isinstance(event, Progress) and time.monotonic() - told_at >= TOLD:
                    told_at = time.monotonic()
                    yield {"running": True, "said": doing(event.what)}
    except FusionError as error:
        yield {"running": False, "refused": refused_view(error)}
        return
    if found:
        yield {"running": False, "recorded": False, "found": aligned_view(found[0])}
    else:
        yield {"running": False, "stopped": True}
