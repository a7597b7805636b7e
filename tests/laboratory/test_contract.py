"""What every study keeps: plain pictures, sentences in each language, a quick stop, a recording."""

import json
import time
from collections.abc import Generator, Mapping
from typing import Any, cast

import pytest

import fusionlab.laboratory  # noqa: F401  registers them
from fusionlab.assets import asset
from fusionlab.errors import FusionError
from fusionlab.reading import read_json
from fusionlab.registry import Study, all_studies
from fusionlab.views.assets import COMPONENTS
from fusionlab.views.laboratory import VIEWS, recording_of, study_form, study_view
from fusionlab.views.spoken import sentence_of
from fusionlab.words import LANGUAGES

SMALLEST: Mapping[str, Mapping[str, Any]] = {
    "local-experts": {"experts": 2, "steps": 60},
    "gates": {"text": "x", "experts": 2, "k": 1, "steps": 1},
    "cluster": {"problems": 1, "processes": 0},
    "tokenizers": {"text": "a b", "third": ""},
    "lifelong": {
        "tasks": "month count",
        "steps": 2,
        "start_steps": 2,
        "seeds": 1,
        "asked": 5,
    },
}
"""By study the settings with which it takes the least time."""
AT_ONCE = 2.0
"""Seconds in which a study that is closed has ended."""
EVERY = pytest.mark.parametrize("study", all_studies(), ids=lambda study: study.name)


def pictures(study: Study) -> list[dict[str, Any]]:
    return [each for each in study.watched(SMALLEST[study.name]) if isinstance(each, dict)]


def test_every_study_says_its_smallest_settings_and_has_its_view_and_its_picture() -> None:
    names = {study.name for study in all_studies()}
    assert names == SMALLEST.keys() == VIEWS.keys()
    assert {f"study-{name}" for name in names} <= set(COMPONENTS)


@EVERY
def test_it_is_drawn_as_plain_data_and_told_in_every_language(study: Study) -> None:
    found = pictures(study)
    for picture in found:
        assert json.loads(json.dumps(picture, allow_nan=False)) == picture
        json.dumps(study_view(study.name, picture), allow_nan=False)
    sentences = study_view(study.name, found[-1])["sentences"]
    assert sentences
    for each in sentences:
        said = sentence_of({"key": each["key"], "values": each["values"]})
        assert len({said.said(language) for language in LANGUAGES}) == len(LANGUAGES)


@EVERY
def test_its_recording_is_a_picture_as_it_is_drawn_now(study: Study) -> None:
    recorded = read_json(asset(recording_of(study.name)).read_bytes())
    assert recorded.keys() == pictures(study)[-1].keys()
    assert study_view(study.name, recorded)["sentences"]


@EVERY
def test_closed_after_its_first_picture_it_ends_at_once(study: Study) -> None:
    steps = cast(Generator[Any, None, None], study.watched({}))
    next(each for each in steps if isinstance(each, dict))
    began = time.monotonic()
    steps.close()
    assert time.monotonic() - began < AT_ONCE
    assert list(steps) == []


@EVERY
def test_its_form_has_a_value_for_every_setting_and_refuses_others(study: Study) -> None:
    form = study_form(study)
    usual = {each["name"]: each["value"] for each in form["settings"]}
    assert usual.keys() == study.settings.model_fields.keys()
    study.check(usual)
    json.dumps(form, allow_nan=False)
    with pytest.raises(FusionError, match="nothing"):
        study.watched({"nothing": 1})
