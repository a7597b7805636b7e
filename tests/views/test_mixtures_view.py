"""Two mixtures side by side: each one's own picture, and what can be compared of their layers."""

import json
import math
from typing import Any

import pytest

from fusionlab.events import Record, RunFinished, TextDelta
from fusionlab.views.headline import headline_view
from fusionlab.views.mixtures import Part, mixtures_view
from fusionlab.views.notice import notice_view
from fusionlab.views.stages import stage_for
from tests.views.fakes import two_mixtures


@pytest.mark.parametrize("cuts", [(), (1,), (5, 12), (12,), (13, 20), (24,)])
def test_messages_joined_are_the_whole(cuts: tuple[int, ...]) -> None:
    trace = two_mixtures()
    whole = mixtures_view(trace, run="r")
    joined: list[list[Any]] = [[], []]
    for start, end in zip((0, *cuts), (*cuts, 24), strict=True):
        message = mixtures_view(trace, start=start, run="r")
        assert len(message["steps"]) == 24 - start
        for at, model in enumerate(message["models"]):
            assert model["start"] == len(joined[at])
            new = sum(each == at for each in message["steps"][: end - start])
            joined[at] += model["steps"][:new]
    assert joined == [model["steps"] for model in whole["models"]]
    assert [len(each) for each in joined] == [12, 12]


def test_each_model_has_its_own_layers_and_load() -> None:
    view = mixtures_view(two_mixtures())
    shapes = [{(each["experts"], each["active"]) for each in m["layers"]} for m in view["models"]]
    assert shapes == [{(8, 2)}, {(16, 4)}]
    assert [len(layers) for layers in view["even"]] == [4, 3]
    for model, layers in zip(view["models"], view["even"], strict=True):
        for load, even in zip(model["texts"][0]["load"], layers, strict=True):
            most = math.log(len(load["counts"]))
            assert even["even"] == pytest.approx(load["entropy"] / most, abs=1e-5)
            assert even["share"] == max(load["shares"])


@pytest.mark.parametrize("alike", [True, False])
def test_tokens_are_compared_only_where_both_read_the_same(alike: bool) -> None:
    assert mixtures_view(two_mixtures(alike=alike))["alike"] == alike


def test_while_only_the_first_has_answered_there_is_one_picture() -> None:
    trace = two_mixtures(finished=False)
    half = type(trace)(trace.recipe)
    for record in trace.records[:7]:
        half.add(record)
    view = mixtures_view(half)
    assert [len(model["steps"]) for model in view["models"]] == [7]
    assert not view["done"]
    assert stage_for(half).component == "mixtures"


def test_the_headline_says_whose_answer_it_is_and_what_the_other_said() -> None:
    trace = two_mixtures(finished=False)
    (said,) = headline_view(two_mixtures())["how"]
    assert (said["key"], said["values"]["name"]) == ("headline-of-two-empty", "two of eight")
    for sample, text in enumerate(("Paris", " Lyon\n")):
        author = trace.recipe.members[sample].name
        trace.add(Record(1.0, TextDelta(author, text, sample)))
    trace.add(Record(2.0, RunFinished("Paris")))
    view = headline_view(trace)
    assert view["answer"] == "Paris"
    assert view["how"][0]["key"] == "headline-of-two"
    values = view["how"][0]["values"]
    assert (values["name"], values["answer"]) == ("two of eight", "Lyon")


def test_what_is_noticed_names_the_model() -> None:
    notices = notice_view(two_mixtures(), None)["sentences"]
    first = next(each for each in notices if each["key"] == "notice-mixtures-even")
    assert {first["values"]["more"], first["values"]["less"]} == {
        model["member"] for model in mixtures_view(two_mixtures())["models"]
    }
    json.dumps(notices, allow_nan=False)


def test_a_part_of_a_list_is_like_a_list() -> None:
    facts = two_mixtures().routed
    part, own = Part(facts, 5, 20), facts[5:20]
    assert list(part) == own
    assert [part[3:9], part[:1], part[14:], part[15:]] == [own[3:9], own[:1], own[14:], own[15:]]
    assert part[-1] is own[-1]
