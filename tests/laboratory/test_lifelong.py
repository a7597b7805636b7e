"""The study of lifelong learning goes on step by step, and refuses sequences that make no sense."""

import json
from typing import Any

import pytest

import fusionlab.laboratory  # noqa: F401  registers it
from fusionlab.errors import RecipeError, SettingError, UnknownName
from fusionlab.laboratory.ways import WAYS
from fusionlab.registry import get_study
from fusionlab.views.spoken import sentence_of
from fusionlab.views.study_lifelong import lifelong_view

QUICK: dict[str, Any] = {"tasks": "month count", "steps": 6, "start_steps": 6, "asked": 20}


@pytest.fixture(scope="module")
def pictures() -> list[dict[str, Any]]:
    watched = get_study("lifelong").watched({**QUICK, "seeds": 2})
    return [each for each in watched if isinstance(each, dict)]


def test_rows_grow_and_the_last_picture_is_whole(pictures: list[dict[str, Any]]) -> None:
    empty, first, *_, last = pictures
    assert (empty["ways"], empty["parts"]) == ([], {})
    assert [way["way"] for way in first["ways"]] == ["plain"]
    assert first["ways"][0]["matrix"] == []
    assert len(first["ways"][0]["curve"]) == 1
    assert [way["way"] for way in last["ways"]] == list(WAYS)
    for way in last["ways"]:
        assert way["seeds"] == 2
        assert [len(row) for row in way["matrix"]] == [2, 2]
        assert way["curve"][-1] == {"step": 12, "scores": way["matrix"][-1]}
        assert all(figure["n"] == 2 for figure in way["figures"].values())
    assert json.loads(json.dumps(last, allow_nan=False)) == last


def test_pictures_that_were_given_are_not_changed_later(pictures: list[dict[str, Any]]) -> None:
    rows = [len(picture["ways"][0]["matrix"]) for picture in pictures[1:]]
    assert (rows[0], rows[-1]) == (0, 2)
    assert rows == sorted(rows)


def test_frozen_groups_keep_every_score_and_what_each_way_takes_is_counted(
    pictures: list[dict[str, Any]],
) -> None:
    ways = {way["way"]: way for way in pictures[-1]["ways"]}
    groups = ways["groups"]
    assert groups["figures"]["bwt"] == {"mean": 0, "low": 0, "high": 0, "n": 2}
    assert groups["properties"]["retention"] == "yes"
    assert groups["matrix"][0][1] == groups["before"][1]  # a domain without a group is as at first
    assert {name for name, way in ways.items() if way["costs"]["growth"] > 1} == {
        "expanding",
        "groups",
    }
    assert {name for name, way in ways.items() if way["costs"]["boundaries"] == 0} == {
        "plain",
        "rehearsal",
    }
    assert ways["rehearsal"]["costs"]["again"] > 0 == ways["plain"]["costs"]["again"]
    assert ways["rehearsal"]["properties"]["online"] == "no"
    assert ways["plain"]["properties"]["online"] == "yes"


def test_each_submodel_is_equal_and_its_sizes_add_up(pictures: list[dict[str, Any]]) -> None:
    parts = pictures[-1]["parts"]
    assert [each["domain"] for each in parts["submodels"]] == ["month", "count"]
    assert all(each["equal"] and each["compared"] > 0 for each in parts["submodels"])
    per_group = parts["submodels"][0]["sizes"]["experts"]
    assert parts["whole"]["experts"] == 3 * per_group  # the start's and one of each task
    assert parts["appended"]["weights_equal"]
    assert parts["appended"]["logits_equal"]
    assert parts["appended"]["sizes"]["experts"] == 4 * per_group


def test_what_is_noticed_is_said_in_both_languages(pictures: list[dict[str, Any]]) -> None:
    said = [sentence_of(each) for each in lifelong_view(pictures[-1])["sentences"]]
    english, chinese = ([each.said(language) for each in said] for language in ("en", "zh"))
    assert any("backward transfer is exactly 0" in each for each in english)
    assert any("leaves all other groups as they were" in each for each in english)
    assert any("后向迁移恰好为 0" in each for each in chinese)
    assert len(set(english)) == len(english)


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"tasks": "month count month"}, RecipeError, "task month stands twice"),
        ({"tasks": "month"}, RecipeError, "one task"),
        ({"tasks": ""}, RecipeError, "0 tasks"),
        ({"tasks": "month coutn"}, UnknownName, "did you mean 'count'"),
        ({"steps": 0}, SettingError, "steps"),
        ({"step": 3}, UnknownName, "did you mean 'steps'"),
    ],
)
def test_bad_sequences_are_refused_at_once(
    settings: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        next(get_study("lifelong").watched(settings))
