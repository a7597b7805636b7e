"""A path of models: its recipe, two models side by side, and what is to be noticed."""

from typing import Any

import pytest

from fusionlab.assets import asset, has_asset
from fusionlab.bench.path import compared, path_in
from fusionlab.builds import builds_from_toml
from fusionlab.errors import FusionError
from fusionlab.reading import read_json
from fusionlab.views.path import path_view
from fusionlab.views.spoken import sentence_of

PATHS = ("solar-zoo", "solar-smollm2")


@pytest.mark.parametrize("name", PATHS)
def test_a_recipe_that_comes_with_fusionlab_builds_all_that_it_examines(name: str) -> None:
    text = (asset("paths") / f"{name}.toml").read_text()
    built = {f"built:{build.id}" for build in builds_from_toml(text)}
    path = path_in(text)
    named = {ref for line in path.line for ref in line.models}
    assert {ref for ref in named if ref.startswith("built:")} == built
    assert [line.kind for line in path.line] == ["grafted", "tokens", "compute"]


@pytest.mark.parametrize("name", [name for name in PATHS if has_asset(f"paths/{name}.json")])
def test_a_record_is_of_the_recipe_as_it_is(name: str) -> None:
    path = path_in((asset("paths") / f"{name}.toml").read_text())
    record = read_json((asset("paths") / f"{name}.json").read_bytes())
    assert (record["suite"], record["items"]) == (path.suite, path.items)
    recorded = [[point["ref"] for point in line["points"]] for line in record["lines"]]
    assert recorded == [[*line.models] for line in path.line]
    assert path_view(record)["notices"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[build]]", "no table"),
        ("[path]\nsuite = 'x'", "line"),
        ("[path]\nsuite = 'x'\n[[path.line]]\nkind = 'deep'\nmodels = ['a']", "grafted"),
        ("[path]\nsuit = 'x'\n[[path.line]]\nkind = 'tokens'\nmodels = ['a']", "suite"),
    ],
)
def test_a_path_that_is_none_says_why(text: str, said: str) -> None:
    with pytest.raises(FusionError) as caught:
        path_in(text)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_two_models_are_held_against_one_another_piece_by_piece() -> None:
    one = {"sizes": [10, 10, 20], "nats": [12.0, 11.0, 22.0], "right": "1110"}
    other = {"sizes": [10, 10, 20], "nats": [10.0, 10.0, 20.0], "right": "0101"}
    found = compared(one, other)
    assert found["nats"] == pytest.approx(5 / 40)
    assert found["low"] < found["nats"] < found["high"]
    assert (found["gained"], found["lost"]) == (2, 1)
    back = compared(other, one)
    assert (back["nats"], back["gained"], back["p"]) == (-found["nats"], 1, found["p"])
    assert compared(one, one)["p"] == 1


def point(ref: str, stage: str, nats: float, right: int, tokens: int = 0) -> dict[str, Any]:
    return {
        "ref": ref,
        "stage": stage,
        "layers": 6,
        "parameters": 1,
        "training": {"tokens": tokens} if tokens else None,
        "read": {"value": nats, "low": nats - 0.1, "high": nats + 0.1},
        "answers": {"right": right, "total": 50, "low": 0.0, "high": 1.0},
    }


def step(of: str, against: str, nats: float, gained: int, lost: int, p: float) -> dict[str, Any]:
    interval = {"low": nats - 0.05, "high": nats + 0.05}
    return {
        "of": of, "against": against, "nats": nats, "gained": gained, "lost": lost, "p": p,
    } | interval  # fmt: skip


RECORD = {
    "suite": "zoo-arithmetic",
    "items": 50,
    "text": "zoo",
    "donor": "base",
    "lines": [
        {
            "kind": "grafted",
            "points": [
                point("deep", "graft", 1.6, 5),
                point("healed", "continue", 0.8, 9, 1000),
                point("one", "prefer", 0.7, 20, 500),
                point("one-2", "prefer", 0.7, 20, 500),
            ],
        },
        {"kind": "tokens", "points": [point("base", "donor", 0.6, 10), point("b", "prefer", 1, 6)]},
    ],
    "steps": [
        step("deep", "base", 1.0, 0, 5, 0.06),
        step("one", "healed", -0.1, 12, 1, 0.003),
        step("one", "b", -0.3, 15, 1, 0.001),
    ],
}


def test_what_is_to_be_noticed_says_what_the_figures_are_worth() -> None:
    view = path_view(RECORD)
    said = [sentence_of(each) for each in view["notices"]]
    spoken = [each.said("en") for each in said]
    assert "worse at once: with 6 layers in place of 6 it needs 1.600" in spoken[0]
    assert "brings back 80% of the nats" in spoken[1]
    assert "it helped, 20 of 50 right in place of 9" in spoken[2]
    assert all(each.said("zh") != each.said("en") for each in said)
    assert "same tokens (aligned by DPO): the deeper model answers more" in spoken[-1]
    beside = view["notices"][-1]["values"]
    assert (beside["told"], beside["apart"]) == ("more", "better")
    tokens = [each["tokens"] for each in view["lines"][0]["points"]]
    assert tokens == [0, 1000, 1500, 1500]  # the second of two beside one another adds none
