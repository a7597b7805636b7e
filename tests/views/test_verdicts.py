"""A verdict is one of four, is of keys and figures alone, and none is given of runs that failed."""

import json
from dataclasses import replace

import pytest

from fusionlab.assets import asset
from fusionlab.bench.rows import Comparison, Result, result_from_json
from fusionlab.views.bench import bench_view
from fusionlab.views.verdicts import note_views, verdict_views


@pytest.fixture(scope="module")
def result() -> Result:
    return result_from_json(json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8")))


def judged(result: Result, **changes: object) -> Result:
    """The result with another comparison of its first fusion."""
    first, *others = result.comparisons
    changed: Comparison = replace(first, **changes)  # type: ignore[arg-type]
    return replace(result, comparisons=(changed, *others))


@pytest.mark.parametrize(
    ("outcome", "verdict", "says"),
    [
        ("helped", "helped", ()),
        ("hurt", "harmed", ()),
        ("same", "unsure", ("bench-too-close",)),
        ("unknown", "unsure", ("bench-too-few",)),
    ],
)
def test_every_outcome_is_one_of_four_verdicts(
    result: Result, outcome: str, verdict: str, says: tuple[str, ...]
) -> None:
    first = verdict_views(judged(result, outcome=outcome))[0]
    assert first["verdict"] == verdict
    assert tuple(each["key"] for each in first["evidence"][1:]) == says


def test_a_share_of_half_a_point_keeps_its_half_and_n_is_said(result: Result) -> None:
    lead = verdict_views(result)[0]["lead"]["values"]
    assert lead["rivalShare"] == "52.5%"
    assert lead["share"] == "70.7%"
    assert lead["n"] == 280
    evidence = verdict_views(result)[0]["evidence"][0]["values"]
    assert evidence["interval"] == "[+12.5, +23.7]"
    assert evidence["p"] == "p < 0.001"


def test_the_fusion_that_gained_most_comes_first_and_one_that_failed_last(result: Result) -> None:
    assert [each["name"] for each in verdict_views(result)] == [
        {"key": "method-vote", "values": {}},
        {"key": "method-ensemble", "values": {}},
    ]
    fusion = replace(result.contenders[5], judged=False, errors=280, error="away")
    rows = (*result.contenders[:5], fusion, *result.contenders[6:])
    failed = judged(
        replace(result, contenders=rows), difference=None, interval=None, p=None, outcome="failed"
    )
    first, last = verdict_views(failed)
    assert first["verdict"] == "helped"
    assert last["verdict"] == "failed"
    assert last["lead"] is None
    assert last["why"]["key"] == "bench-did-not-run"
    assert bench_view(failed)["contenders"][5]["against"]["verdict"] == "failed"


def test_a_fusion_without_a_rival_that_ran_has_no_verdict(result: Result) -> None:
    alone = judged(result, against=None, difference=None, outcome="failed")
    assert verdict_views(alone)[-1]["why"]["key"] == "bench-no-rival"


def test_failed_runs_and_broken_lines_are_noted(result: Result) -> None:
    rows = (replace(result.contenders[0], errors=3, error="away"), *result.contenders[1:])
    noted = note_views(replace(result, contenders=rows, broken=("line 3",), complete=False))
    assert [each["key"] for each in noted] == [
        "bench-note-failed",
        "bench-note-holm",
        "bench-note-favoured",
        "bench-note-broken",
        "bench-note-incomplete",
    ]


def test_runs_are_opened_only_where_they_were_kept(result: Result) -> None:
    assert not any(a["run"] for item in bench_view(result)["items"] for a in item["answers"])
    opening = bench_view(result, opens=True)
    assert opening["items"][0]["answers"][0]["run"]
    assert opening["contenders"][7]["short"] == "zoo/editor × 19"
