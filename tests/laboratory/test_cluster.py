"""The study of a cluster: its figures agree with one another, and with what processes send."""

import json
from typing import Any

import pytest

import fusionlab.laboratory  # noqa: F401  the studies are known
from fusionlab.errors import RecipeError, SettingError
from fusionlab.registry import get_study


def last(**settings: Any) -> dict[str, Any]:
    pictures = [each for each in get_study("cluster").watched(settings) if isinstance(each, dict)]
    return pictures[-1]


def test_its_totals_are_the_sums_of_its_layers() -> None:
    found = last(problems=1, processes=0, devices=4)
    json.dumps(found, allow_nan=False)
    assert found["layers"]
    assert not found["measured"]
    for layer in found["layers"]:
        counts = layer["counts"]
        assert sum(map(sum, counts)) == layer["choices"] == found["tokens"] * found["k"]
        away = sum(sum(row) - row[at] for at, row in enumerate(counts))
        assert away == layer["travelling"] >= layer["once"]
    total = found["rules"][found["placement"]]
    assert total["travelling"] == sum(layer["travelling"] for layer in found["layers"])


def test_random_routed_experts_keep_each_task_on_its_device() -> None:
    by_task = last(problems=2, processes=0, devices=2, texts="by-task")
    mixed = last(problems=2, processes=0, devices=2, texts="mixed")
    assert by_task["rules"]["rre"]["travelling"] < 0.1 * by_task["rules"]["rre"]["choices"]
    assert mixed["rules"]["rre"]["travelling"] > by_task["rules"]["rre"]["travelling"]


def test_one_device_sends_nothing_and_capacity_drops() -> None:
    alone = last(problems=1, processes=0, devices=1, capacity=0.5)
    assert all(rule["travelling"] == 0 for rule in alone["rules"].values())
    assert alone["rules"]["contiguous"]["dropped"] > 0


def test_groups_that_are_smaller_than_the_choice_drop_the_rest() -> None:
    found = last(problems=1, processes=0, devices=8, capacity=0.5)
    few = found["experts"] // found["devices"]
    assert few < found["k"]
    rest = found["rules"]["rre"]["choices"] + found["rules"]["rre"]["dropped"]
    assert rest == found["tokens"] * found["k"] * len(found["layers"])
    assert found["rules"]["rre"]["dropped"] >= rest * (1 - few / found["k"])


def test_more_devices_than_experts_are_refused() -> None:
    with pytest.raises(RecipeError, match="devices for"):
        last(model="zoo/mixture-top1", devices=16, problems=1, processes=0)
    with pytest.raises(SettingError):
        last(devices=0)
