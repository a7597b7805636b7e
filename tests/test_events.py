"""Events are JSON, survive the way there and back, and a broken one says where it is broken."""

import dataclasses
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.encoding import event_from_json, event_to_json, well_formed
from fusionlab.errors import RunFileError
from fusionlab.events import Event, MemberStep, TextDelta, TokenChosen, Unknown
from tests import strategies

BUILT = {"kind": "model_built", "id": "a", "reference": "", "parameters": 1, "bytes": 2}
KINDS = [kind for kind in get_args(Event) if kind is not Unknown]


@given(strategies.events)
def test_an_event_survives_json(event: Event) -> None:
    line = json.dumps(event_to_json(event), allow_nan=False)
    assert event_from_json(json.loads(line)) == event


@given(strategies.events)
def test_json_of_an_event_is_stable(event: Event) -> None:
    plain = event_to_json(event)
    assert event_to_json(event_from_json(json.loads(json.dumps(plain)))) == plain


@pytest.mark.parametrize("kind", [*KINDS, Unknown], ids=lambda kind: kind.__name__)
def test_events_are_frozen_and_have_slots(kind: type[Any]) -> None:
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)


def test_every_kind_is_named_for_its_class_and_once() -> None:
    snake = ["".join(f"_{c.lower()}" if c.isupper() else c for c in k.__name__) for k in KINDS]
    kinds = [kind.__dataclass_fields__["kind"].default for kind in KINDS]
    assert [f"_{kind}" for kind in kinds] == snake
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("kind", [*KINDS, Unknown], ids=lambda kind: kind.__name__)
def test_every_event_says_what_happened(kind: type[Any]) -> None:
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


def test_fields_are_added_with_defaults_after_those_of_version_1() -> None:
    old = {"kind": "token_chosen", "step": 0, "token": "a", "id": 1, "p": 0.5, "fused": []}
    step = {"top": [{"token": "a", "p": 0.5}], "entropy": 0.1, "rest": 0.5}
    event = event_from_json({**old, "entropy": 0.1, "divergence": 0, "members": {"ann": step}})
    assert isinstance(event, TokenChosen)
    ann = event.members["ann"]
    assert isinstance(ann, MemberStep)
    assert (ann.p_chosen, ann.p_fused, ann.top[0].id) == (0.0, (), -1)


def test_a_field_of_a_later_version_is_ignored() -> None:
    data = {"kind": "text_delta", "author": "ann", "text": "hi", "mood": "good"}
    assert event_from_json(data) == TextDelta("ann", "hi")


def test_a_kind_of_a_later_version_is_kept_as_it_is() -> None:
    data = {"kind": "dreamt", "of": ["sheep", {"electric": True}], "depth": None}
    event = event_from_json(data)
    assert isinstance(event, Unknown)
    assert event_to_json(event) == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"kind": "text_delta", "author": "ann"}, "text_delta.text: it is missing"),
        ({"kind": "text_delta", "author": 1, "text": ""}, "text_delta.author"),
        ({"kind": "run_finished", "answer": "", "reason": "bored"}, "run_finished.reason"),
        (
            {"kind": "voted", "winner": 0, "metric": "m", "scores": {"m": ["x"]}, "similarity": {}},
            "voted.scores.m.0",
        ),
        ({"kind": "model_built", "id": "a", "reference": ""}, "model_built.parameters"),
        (
            {**BUILT, "report": {"x": {1, 2}}},
            "model_built.report.x",
        ),
        ({**BUILT, "report": [1]}, "model_built.report"),
        ({**BUILT, "lineage": [1]}, "model_built.lineage.0"),
        ({"kind": ["text_delta"]}, "not an event"),
        ({"author": "ann", "text": "hi"}, "not an event"),
        ("text_delta", "not an event"),
        (None, "not an event"),
    ],
)
def test_what_is_no_event_says_where_it_is_wrong(data: Any, says: str) -> None:
    with pytest.raises(RunFileError, match=says.replace(".", r"\.")):
        event_from_json(data)


@pytest.mark.parametrize("kind", ["text_delta", "of_a_later_version"])
def test_lone_surrogates_are_spelled_out(kind: str) -> None:
    data = {"kind": kind, "author": "a\ud800", "text": "\udfff👍"}
    plain = event_to_json(event_from_json(data))
    assert (plain["author"], plain["text"]) == ("a\\ud800", "\\udfff👍")


@given(st.recursive(st.text() | st.none(), lambda inner: st.dictionaries(st.text(), inner)))
def test_well_formed_data_is_utf8_and_stays_as_it_is(value: Any) -> None:
    once = well_formed(value)
    json.dumps(once, ensure_ascii=False).encode()
    assert well_formed(once) == once


@given(strategies.text)
def test_well_formed_text_is_left_alone(text: str) -> None:
    assert well_formed({text: [text]}) == {text: [text]}


def test_events_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TextDelta("ann", "hi").text = "ho"  # type: ignore[misc]
