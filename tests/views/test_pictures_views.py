"""What the pictures of stairs, layers, routes and refinements are sent."""

import json

import pytest

from fusionlab.events import AnswerExtracted, RoundBegan, TextDelta
from fusionlab.trace import Trace
from fusionlab.views.layers import layers_view
from fusionlab.views.refine import MOST_WORDS, parts, refine_view
from fusionlab.views.routing import routing_view
from fusionlab.views.stages import stage_for
from fusionlab.views.staircase import staircase_view
from tests.browser.picture_fakes import (
    MENDED,
    NAMES,
    PICTURES,
    climbed,
    layered,
    refined,
    routed,
    traced,
    written,
)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_sent_plain_json_at_every_moment_of_its_run(name: str) -> None:
    whole = PICTURES[name]()
    trace = Trace(whole.recipe)
    for record in whole.records:
        trace.add(record)
        json.dumps(stage_for(trace).drawn(trace, "run"), allow_nan=False)


# Stairs


def states(trace: Trace) -> list[str]:
    return [step["state"] for step in staircase_view(trace)["steps"]]


def test_a_step_that_agrees_enough_stops_the_ascent_and_spares_the_others() -> None:
    view = staircase_view(climbed(["72", "144", "70"], ["72", "72.0", "72"], end="72"))
    assert [step["state"] for step in view["steps"]] == ["passed", "stopped", "spared"]
    assert [step["agreement"] for step in view["steps"]] == [1 / 3, 1.0, None]
    assert [step["enough"] for step in view["steps"]] == [False, True, False]
    assert (view["taken"], view["spared"], view["threshold"]) == (1, 1, 0.8)
    assert [one["letter"] for one in view["steps"][0]["answers"]] == [0, 1, 2]
    assert view["steps"][0]["tokens"] == 3 * 160


def test_stairs_are_climbed_in_the_order_in_which_members_were_asked() -> None:
    events = [RoundBegan(0, "sample", 1, (name,), 1, 0.75) for name in ("Carla", "Anna")]
    trace = traced(
        [*events, AnswerExtracted("Carla", "4"), AnswerExtracted("Anna", "4")], NAMES[:3]
    )
    view = staircase_view(trace)
    assert [step["member"] for step in view["steps"]] == [2, 0, 1]


def test_members_of_a_run_that_broke_off_were_not_spared() -> None:
    assert states(climbed(["72", "144", "70"])) == ["stopped", "unasked", "unasked"]


def test_a_member_without_answers_failed_once_the_next_one_was_asked() -> None:
    events = [RoundBegan(0, "sample", 1, (name,), 1, 0.8) for name in NAMES[:2]]
    trace = traced([], NAMES[:3])
    trace.stopped = False
    for record in traced([events[0]], NAMES[:3]).records:
        trace.add(record)
    assert states(trace) == ["writing", "waiting", "waiting"]
    for record in traced([events[1]], NAMES[:3]).records:
        trace.add(record)
    assert states(trace) == ["failed", "writing", "waiting"]


def test_the_last_step_stands_though_nobody_agreed() -> None:
    view = staircase_view(climbed(["1", "2"], ["3", "4"], members=NAMES[:2], end="3"))
    assert [step["state"] for step in view["steps"]] == ["passed", "stopped"]
    assert (view["taken"], view["steps"][1]["enough"], view["spared"]) == (1, False, 0)


# Layers


def test_two_layers_of_one_member_are_two_columns() -> None:
    view = layers_view(layered([["72", "144", "72"], ["72"]], NAMES[:1], samples=3))
    assert [len(layer["nodes"]) for layer in view["layers"]] == [3, 1]
    assert view["layers"][1]["read"] == [[0, 0], [1, 0], [2, 0]]
    assert [node["sample"] for node in view["layers"][0]["nodes"]] == [0, 1, 2]


def test_every_answer_of_a_layer_is_read_for_every_one_of_the_next() -> None:
    view = layers_view(layered([["72", "144"], ["72", "72"], ["72"]], NAMES[:3]))
    assert view["layers"][1]["read"] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert view["layers"][2]["read"] == [[0, 0], [1, 0]]
    assert [layer["tokens"] for layer in view["layers"]] == [320, 320, 160]


def test_layers_that_are_to_come_are_there_and_empty() -> None:
    trace = traced([RoundBegan(0, "layer", 1, NAMES[:2], 3), TextDelta("Anna", "7")], NAMES[:3])
    view = layers_view(trace)
    assert [len(layer["nodes"]) for layer in view["layers"]] == [2, 0, 0]
    assert [node["text"] for node in view["layers"][0]["nodes"]] == ["7", ""]


# Routes


def test_a_route_has_every_score_and_one_that_was_chosen() -> None:
    view = routing_view(routed((0.21, 0.64, 0.08)))
    assert [member["score"] for member in view["members"]] == [0.21, 0.64, 0.08]
    assert [member["chosen"] for member in view["members"]] == [False, True, False]
    assert view["members"][1]["strength"] == "sums, clips and other arithmetic"
    assert (view["tied"], view["blind"], view["right"]) == (False, False, True)


def test_equal_scores_are_a_tie_and_zeros_say_nothing() -> None:
    assert routing_view(routed((0.4, 0.4), 0))["tied"]
    assert routing_view(routed((0.0, 0.0), 0))["blind"]


# Refinements


def test_versions_stand_beside_their_criticism_and_say_what_changed() -> None:
    first, second = refine_view(refined(*MENDED))["versions"]
    assert first["criticism"]["text"].startswith("The text says half")
    assert first["parts"] is None
    assert second["criticism"] == {"text": "NOTHING TO MEND", "whole": True}
    assert "".join(text for kind, text in second["parts"] if kind != "gone") == second["text"]
    assert "".join(text for kind, text in second["parts"] if kind != "new") == first["text"]
    assert ["gone", "twice"] in second["parts"]
    assert (first["letter"], second["letter"], second["right"]) == (0, 1, True)


def test_a_version_that_still_grows_is_not_compared() -> None:
    events = [RoundBegan(0, "draft", 1), *written("Anna", "It is 7.", "7")]
    trace = traced([*events, RoundBegan(2, "mended", 1), TextDelta("Anna", "It", 2)], ("Anna",))
    assert [one["parts"] for one in refine_view(trace)["versions"]] == [None, None]


def test_chinese_is_compared_by_character_and_long_texts_not_at_all() -> None:
    assert parts("答案是七。", "答案是八。") == [
        ["same", "答案是"],
        ["gone", "七"],
        ["new", "八"],
        ["same", "。"],
    ]
    assert parts("a " * (MOST_WORDS + 1), "b") is None
