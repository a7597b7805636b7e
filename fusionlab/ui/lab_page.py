"""The laboratory on the Inside tab: a study, its settings, and its picture while it goes on."""

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from fusionlab.errors import FusionError
from fusionlab.events import Event, Progress, Warned
from fusionlab.limits import limits
from fusionlab.registry import Study, all_studies, get_study
from fusionlab.ui.asked import checked
from fusionlab.ui.formdata import source_models
from fusionlab.ui.live import REFRESH, LiveRuns, out_of_time
from fusionlab.ui.stage import QUIET, TOLD_EACH, packed, told, view
from fusionlab.ui.streamed import Shown, Shows, watched, wire_streamed
from fusionlab.views.laboratory import recorded_study, studies_view, study_view
from fusionlab.views.refused import refused_view
from fusionlab.views.spoken import in_words
from fusionlab.views.status import doing

Drawn = dict[str, Any]
INSIDE = "inside"
"""The tab that the laboratory is on."""
STUDY = "study"
"""The parameter of an address that names a study."""


class Wanted(BaseModel):
    """What the page asks for; others may have written it."""

    model_config = ConfigDict(extra="forbid")
    study: str
    settings: dict[str, JsonValue]


_WANTED = TypeAdapter(Wanted)


def build_lab() -> gr.HTML:
    """The component, without its events; a study's recording comes when the page first shows it."""
    return view("laboratory", "laboratory", _offered())


def wire_lab(demo: gr.Blocks, page: gr.HTML, runs: LiveRuns) -> None:
    """Its events."""

    def asked(said: Drawn) -> Shows:
        study, settings = asked_of(said)
        return lambda run: shown(run, runs, study, settings)

    def chosen(event: gr.EventData) -> Drawn:
        return recorded(told(event).get("study"))

    def of_address(request: gr.Request) -> Any:
        name = study_in(str(request.url.query))
        known = name in {each.name for each in all_studies()}
        # A tab that was not seen yet never gets the value that this one replaces.
        return {**_offered(), **recorded(name), "linked": True} if known else gr.skip()

    wire_streamed(page, runs, asked, lambda said: str(said.get("study", "")))
    page.select(chosen, None, page, **TOLD_EACH)
    demo.load(of_address, None, page, **QUIET)


def study_in(query: str) -> str:
    """The study that an address names; empty where it names none."""
    return dict(parse_qsl(query)).get(STUDY, "")


def check_study(query: str) -> None:
    """Raises UnknownName where the address names a study that there is not."""
    if name := study_in(query):
        get_study(name)


def recorded(name: Any) -> Drawn:
    """What came recorded of the study of this name; of the first where there is no such name."""
    names = [each.name for each in all_studies()]
    known = name if name in names else names[0]
    return {"study": known, "running": False, "recorded": True, "found": recorded_study(known)}


def asked_of(said: Any) -> tuple[Study, Mapping[str, Any]]:
    """The study and the settings that are asked for, if they may be.

    Raises RecipeError, UnknownName or SettingError.
    """
    wanted = checked(_WANTED, said)
    study = get_study(wanted.study)
    limits().check_study(study, wanted.settings)
    return study, study.check(wanted.settings)


def shown(run: str, runs: LiveRuns, study: Study, settings: Mapping[str, Any]) -> Iterator[Shown]:
    """The picture as it goes on, and how far it has come; at the end the last picture."""
    how, ended = _Shown(study.name), False
    most, began = limits().seconds, time.monotonic()
    yield how.running()
    try:
        with closing(watched(run, runs, _steps(study, settings), STUDY)) as steps:
            for step in steps:
                if most and time.monotonic() - began > most:
                    how.warnings.append(in_words(out_of_time(most)))
                    break
                if step is not None and how.take(step):
                    yield packed(how.running())
            else:
                ended = runs.wanted(run)
    except FusionError as error:
        yield how.ended(refused=refused_view(error))
        return
    yield packed(how.ended(stopped=not ended))


class _Shown:
    """A study as it is shown: its last picture, how far it has come, what was warned of."""

    def __init__(self, name: str) -> None:
        self.warnings: list[Drawn] = []
        self._name = name
        self._found: Drawn | None = None
        self._news: Drawn = {}
        self._drawn = self._told = 0.0

    def take(self, step: Event | Drawn) -> bool:
        """Whether it is time to show how it stands, after this step."""
        now = time.monotonic()
        match step:
            case Warned():
                self.warnings.append(in_words(step))
            case Progress(what, done, total) if now - self._told >= REFRESH:
                self._told = now
                self._news = {"said": doing(what), "done": done, "total": total}
                return True
            case dict():
                self._found = step
                if now - self._drawn >= REFRESH:
                    self._drawn = now
                    self._news["found"] = study_view(self._name, step)
                    return True
        return False

    def running(self) -> Drawn:
        """What is new of it while it goes on."""
        news, self._news = self._news, {}
        return {"study": self._name, "recorded": False, "running": True, **news}

    def ended(self, **how: Any) -> Drawn:
        """The last picture, and how it ended."""
        found = {"found": study_view(self._name, self._found)} if self._found else {}
        over = {"study": self._name, "recorded": False, "running": False}
        return {**over, **found, "warnings": self.warnings, **how}


def _steps(study: Study, settings: Mapping[str, Any]) -> Generator[Event | Drawn, None, None]:
    yield from study.watched(settings)


def _offered() -> Drawn:
    """What can be chosen here."""
    return {"studies": _studies(), "models": _models()}


@cache
def _studies() -> list[Drawn]:
    return studies_view()


def _models() -> list[Drawn]:
    """Models to choose from, where a study has a setting that names one."""
    named = any(field["kind"] == "model" for each in _studies() for field in each["settings"])
    return source_models() if named else []
