import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

from fusionlab.events import (
    ExpertsRouted,
    LayerRouting,
    LayerSteered,
    Record,
    RunFailed,
    RunFinished,
)
from fusionlab.loads import load_of
from fusionlab.recipe import Recipe
from fusionlab.trace import Trace
from fusionlab.views import experts as experts_view
from fusionlab.views.experts import expert_view, is_sent, load_view, n_sent
from tests.views.fakes import HOSTILE, routed_trace


def decision(*experts: int, probs: tuple[float, ...] = (0.25,) * 4, layer: int = 0) -> LayerRouting:
    weights = (1 / len(experts),) * len(experts)
    return LayerRouting(layer, experts, weights, probs)


def loaded(decisions: list[LayerRouting]) -> dict[str, Any]:
    return load_view(load_of(decisions))


class Read(list[ExpertsRouted]):
    """A list that counts how often one of its facts is read."""

    reads = 0

    def __iter__(self) -> Iterator[ExpertsRouted]:
        for fact in super().__iter__():
            self.reads += 1
            yield fact

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.reads += len(found) if isinstance(place, slice) else 1
        return found


def test_a_live_message_costs_what_is_new_in_it() -> None:
    """Of the facts a few are read for each token, however many there are."""
    whole = routed_trace(n_tokens=200, compare="")
    work = []
    for n in (50, 200):
        trace = Trace(whole.recipe)
        trace.routed = facts = Read()
        for place, record in enumerate(whole.records[:n]):
            trace.add(record)
            expert_view(trace, start=place)
        work.append(facts.reads / n)
    assert work[0] == work[1] <= 4


def test_what_is_sent_is_counted_without_looking_at_every_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(experts_view, "MOST", 30)
    for choices in (1, 4, 7, 100):
        sent = [is_sent(place, choices) for place in range(200)]
        assert [n_sent(n, choices) for n in range(201)] == [sum(sent[:n]) for n in range(201)]


def test_layers_without_experts_are_told_apart_from_those_that_are_missing() -> None:
    """GLaM has experts in every second layer."""
    layers = tuple(decision(0, layer=layer) for layer in (1, 3, 5))
    for depth, dense in ((0, [0, 2, 4]), (8, [0, 2, 4, 6, 7])):
        trace = Trace(Recipe("moe", "a"))
        trace.add(Record(0.0, ExpertsRouted("m", 0, "x", 0, True, layers, depth=depth)))
        assert expert_view(trace)["dense"] == dense


@pytest.mark.parametrize("cuts", [(), (1,), (0, 4, 4, 9), (23,), (24,)])
def test_messages_joined_are_the_whole(cuts: tuple[int, ...]) -> None:
    trace = routed_trace(n_tokens=12)
    whole = expert_view(trace, run="r")
    joined: list[Any] = []
    for start, end in zip((0, *cuts), (*cuts, 24), strict=True):
        message = expert_view(trace, start=start, run="r")
        assert message["start"] == start
        assert {**message, "start": 0, "steps": whole["steps"]} == whole
        joined += message["steps"][: end - start]
    assert joined == whole["steps"]


def test_before_the_first_token_there_is_nothing() -> None:
    view = expert_view(Trace(Recipe("moe", "Hi", settings={"compare": "Ho"})))
    assert (view["layers"], view["steps"], view["apart"]) == ([], [], [])
    assert [(text["prompt"], text["load"]) for text in view["texts"]] == [("Hi", []), ("Ho", [])]
    assert not view["done"]


def test_while_the_second_prompt_is_still_unread_nothing_is_compared() -> None:
    trace = routed_trace(n_tokens=1)
    first = Trace(trace.recipe)
    first.add(trace.records[0])
    view = expert_view(first)
    assert view["apart"] == []
    assert [len(text["load"]) for text in view["texts"]] == [4, 0]


def test_even_use_is_balanced() -> None:
    load = loaded([decision(0, 1), decision(2, 3), decision(1, 0), decision(3, 2)])
    assert load["counts"] == [2, 2, 2, 2]
    assert (load["cv"], load["peak"], load["balance"]) == (0, 1, 1)
    assert load["entropy"] == pytest.approx(math.log(4), abs=1e-6)


def test_one_expert_for_all_is_the_worst_balance() -> None:
    load = loaded([decision(2, probs=(0.0, 0.0, 1.0, 0.0))] * 5)
    assert load["counts"] == [0, 0, 5, 0]
    assert (load["entropy"], load["peak"], load["balance"]) == (0, 4, 4)
    assert load["cv"] == pytest.approx(math.sqrt(3), abs=1e-6)


def test_the_balance_is_that_of_the_switch_transformer() -> None:
    """E Σ f P with f = (3/4, 1/4, 0, 0) and P = (0.4, 0.3, 0.2, 0.1)."""
    probs = (0.4, 0.3, 0.2, 0.1)
    load = loaded([decision(0, probs=probs)] * 3 + [decision(1, probs=probs)])
    assert load["balance"] == pytest.approx(4 * (0.75 * 0.4 + 0.25 * 0.3))
    assert load["shares"] == [0.75, 0.25, 0, 0]
    assert load["tokens"] == 4


def test_loads_are_of_each_text_and_layer() -> None:
    trace = routed_trace(n_tokens=7, n_layers=3, n_experts=5, active=2)
    view = expert_view(trace)
    assert [each["layer"] for each in view["layers"]] == [1, 2, 3]
    assert {(each["experts"], each["active"]) for each in view["layers"]} == {(5, 2)}
    for sample, text in enumerate(view["texts"]):
        mine = [fact for fact in trace.routed if fact.sample == sample]
        for at, load in enumerate(text["load"]):
            assert load == loaded([fact.layers[at] for fact in mine])
            assert (sum(load["counts"]), load["tokens"]) == (14, 7)


def test_texts_apart_are_the_choices_that_fell_elsewhere() -> None:
    trace = Trace(Recipe("moe", "a", settings={"compare": "b"}))
    for sample, experts in ((0, (0, 1)), (1, (1, 2))):
        layers = (decision(*experts), decision(0, 1, layer=1), decision(*((0, 1), (2, 3))[sample]))
        trace.add(Record(0.0, ExpertsRouted("m", 0, "x", 0, True, layers, sample)))
    assert expert_view(trace)["apart"] == [0.5, 0, 1]


def test_a_step_holds_what_was_chosen_by_weight() -> None:
    trace = routed_trace(n_tokens=3)
    for step, fact in zip(expert_view(trace)["steps"], trace.routed, strict=True):
        assert (step["sample"], step["position"]) == (fact.sample, fact.position)
        for shown, layer in zip(step["layers"], fact.layers, strict=True):
            assert shown["experts"] == list(layer.experts)
            assert shown["weights"] == pytest.approx(list(layer.weights), abs=1e-6)
            assert shown["p"] == pytest.approx([layer.probs[e] for e in layer.experts], abs=1e-6)


def test_hostile_text_is_json_in_utf_8() -> None:
    view = expert_view(routed_trace(HOSTILE, len(HOSTILE), compare=HOSTILE[2]))
    written = json.dumps(view, ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert json.loads(written) == view


def test_runs_have_names_and_an_end() -> None:
    trace = routed_trace(n_tokens=2, finished=False)
    view = expert_view(trace)
    assert not view["done"]
    assert view["run"] == expert_view(routed_trace(n_tokens=9))["run"]
    assert expert_view(trace, run="mine")["run"] == "mine"
    for end in (RunFinished("x"), RunFailed("broke")):
        trace.add(Record(9.0, end))
        assert expert_view(trace)["done"]


def test_a_text_without_steering_stands_beside_and_what_was_asked_is_told() -> None:
    trace = Trace(Recipe("moe", "a", settings={"steer": "ban 2@0"}))
    asked = LayerSteered(banned=(2,))
    for sample in (0, 1):
        layer = LayerRouting(
            0, (0,), (1.0,), (0.25,) * 4, steered=None if sample else asked, shared=1
        )
        trace.add(Record(0.0, ExpertsRouted("m", 0, "x", 0, True, (layer,), sample)))
    view = expert_view(trace)
    assert view["plain"]
    assert [text["prompt"] for text in view["texts"]] == ["a", "a"]
    assert view["layers"][0]["steered"]["banned"] == [2]
    assert view["layers"][0]["shared"] == 1
