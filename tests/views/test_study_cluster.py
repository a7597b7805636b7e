"""What is said of a cluster follows from its figures."""

import copy
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.reading import read_json
from fusionlab.views.spoken import sentence_of
from fusionlab.views.study_cluster import cluster_view


@pytest.fixture
def recorded() -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(read_json(asset("studies/cluster.json").read_bytes()))
    return found


def said(drawn: dict[str, Any], language: str = "en") -> str:
    sentences = cluster_view(drawn)["sentences"]
    return "\n".join(sentence_of(each).said(language) for each in sentences)


def test_its_sentences_give_its_figures(recorded: dict[str, Any]) -> None:
    total = recorded["rules"]["contiguous"]
    words = said(recorded)
    assert f"{100 * total['travelling'] / total['choices']:.1f}% of the choices send" in words
    assert "4 processes sent" in words
    assert "exactly as counted" in words
    assert "dropped" not in words
    assert said(recorded, "zh") != words


def test_what_differs_is_said_to_differ(recorded: dict[str, Any]) -> None:
    recorded["measured"][0]["as_counted"] = False
    recorded["rules"]["contiguous"]["dropped"] = recorded["rules"]["contiguous"]["choices"]
    recorded["rules"]["near"]["travelling"] = 0
    recorded["texts"] = "by-task"
    words = said(recorded)
    assert "not what was counted" in words
    assert "50.0% of the choices were dropped" in words
    assert "“Near their tokens” sends least, 0.0%" in words
    assert "fitted to these very routes" in words
    assert "texts and experts stand on the same device" in words


def test_one_device_needs_one_sentence(recorded: dict[str, Any]) -> None:
    assert said({**recorded, "devices": 1}).count("\n") == 0


def test_a_difference_is_the_table_s_and_no_line_breaks_it(recorded: dict[str, Any]) -> None:
    recorded["measured"][0]["difference"] = 1.91695e-16
    for language in ("en", "zh"):
        assert "1.9e\N{NON-BREAKING HYPHEN}16" in said(recorded, language)
