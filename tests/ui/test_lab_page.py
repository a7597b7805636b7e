"""The laboratory on its page: what may be asked of it, and how it goes on and is stopped."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fusionlab.errors import RecipeError, SettingError, UnknownName
from fusionlab.limits import limits
from fusionlab.registry import get_study
from fusionlab.ui.lab_page import asked_of, check_study, recorded, shown, study_in
from fusionlab.ui.live import LiveRuns, Visitor
from fusionlab.views.refused import refused_view

STUDY = "local-experts"
SHORT = {"experts": 2, "steps": 200}


def said(value: dict[str, Any] | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


@pytest.fixture
def _on_a_space(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits.cache_clear()
    monkeypatch.setenv("SPACE_ID", "someone/fusionlab")
    yield
    limits.cache_clear()


def test_a_study_and_its_settings_are_checked() -> None:
    study, settings = asked_of({"study": STUDY, "settings": SHORT})
    assert (study.name, settings["experts"], settings["seed"]) == (STUDY, 2, 0)
    for given, error in (
        ({"study": "nothing", "settings": {}}, UnknownName),
        ({"study": STUDY, "settings": {"nothing": 1}}, UnknownName),
        ({"study": STUDY, "settings": {"experts": 99}}, SettingError),
        ({"study": STUDY}, RecipeError),
        ({"study": STUDY, "settings": {}, "more": 1}, RecipeError),
        (None, RecipeError),
    ):
        with pytest.raises(error):
            asked_of(given)


def test_a_refused_setting_is_called_what_the_form_calls_it() -> None:
    with pytest.raises(SettingError) as caught:
        asked_of({"study": "gates", "settings": {"trained_k": 0}})
    told = refused_view(caught.value)["message"]
    assert told["en"].startswith("“Experts for each token in training”: ")
    assert told["zh"].startswith("“训练时每个词元的专家数”：")
    assert caught.value.message.startswith("setting trained_k of gates: ")  # as it is typed


def test_an_address_names_a_study() -> None:
    assert study_in(f"tab=inside&study={STUDY}") == STUDY
    assert study_in("tab=inside") == ""
    check_study("tab=inside")
    with pytest.raises(UnknownName, match=STUDY):
        check_study("study=local-expert")
    assert recorded(STUDY)["found"]["sentences"]
    assert recorded("nothing")["study"] == recorded(None)["study"]


def test_pictures_come_until_the_end_unless_it_is_stopped() -> None:
    runs, study = LiveRuns(), get_study(STUDY)
    first, *_, last = map(said, shown(runs.begin(Visitor("a")), runs, study, SHORT))
    assert first == {"study": STUDY, "recorded": False, "running": True}
    assert not last["running"]
    assert not last["stopped"]
    assert last["found"]["step"] == 200
    assert last["found"]["sentences"]
    steps = shown(runs.begin(Visitor("a")), runs, study, {})
    next(steps)
    runs.stop("a")
    *_, last = map(said, steps)
    assert (last["running"], last["stopped"]) == (False, True)


@pytest.mark.usefixtures("_on_a_space")
def test_a_study_that_takes_too_long_on_a_space_ends_with_its_last_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered = limits()
    monkeypatch.setattr(
        "fusionlab.ui.lab_page.limits", lambda: type(offered)(models=offered.models, seconds=0.05)
    )
    asked_of({"study": STUDY, "settings": SHORT})
    runs = LiveRuns()
    name = runs.begin(Visitor("a"))
    *_, last = map(said, shown(name, runs, get_study(STUDY), {"steps": 10_000}))
    assert last["stopped"]
    assert last["found"]["step"] < 10_000
    assert "stops after" in last["warnings"][0]["message"]["en"]
