import json
from typing import Any

import pytest

from fusionlab.events import Measured, Record
from fusionlab.trace import Trace
from fusionlab.views.ledger import COUNTS, ledger_view
from tests.views.fakes import HOSTILE, cost_trace, recipe


def ledger_of(*costs: Measured) -> dict[str, Any]:
    trace = Trace(recipe())
    for cost in costs:
        trace.add(Record(1.0, cost))
    return ledger_view(trace)


def test_nothing_yet() -> None:
    view = ledger_of()
    assert view["members"] == []
    assert view["total"] == dict.fromkeys((*COUNTS, "bytes"), 0)


def test_totals_are_the_members_sums() -> None:
    view = ledger_view(cost_trace())
    for name in COUNTS:
        assert view["total"][name] == pytest.approx(sum(m[name] for m in view["members"]))
    assert view["total"]["tokens_out"] == 360
    assert view["elapsed"] == 7.0


def test_shared_weights_are_counted_once() -> None:
    view = ledger_view(cost_trace())
    assert [member["shared"] for member in view["members"]] == [True, False, True]
    assert view["total"]["bytes"] == 273_400_000


def test_weights_of_no_named_model_are_a_member_s_own() -> None:
    view = ledger_of(Measured("a", bytes=5), Measured("b", bytes=7))
    assert view["total"] == dict.fromkeys(COUNTS, 0) | {"bytes": 12}


def test_a_member_s_own_memory_is_its_largest() -> None:
    view = ledger_of(Measured("a", bytes=5, model="m"), Measured("b", bytes=7, model="m"))
    assert view["total"] == dict.fromkeys(COUNTS, 0) | {"bytes": 7}


def test_weights_in_less_precision_are_held_beside_the_model_s_own() -> None:
    """One model in two engines: two sets of weights, of which none is shared."""
    own = Measured("a", bytes=5, model="m", engine="transformers")
    fewer = Measured("b", bytes=3, model="m", engine="onnx int8", divergence=0.007)
    view = ledger_of(own, fewer)
    assert view["total"] == dict.fromkeys(COUNTS, 0) | {"bytes": 8}
    told = [(each["engine"], each["divergence"], each["shared"]) for each in view["members"]]
    assert told == [("transformers", None, False), ("onnx int8", 0.007, False)]


def test_hostile_names_are_json_in_utf_8() -> None:
    view = ledger_of(*(Measured(text, model=text, engine=text) for text in HOSTILE))
    assert json.loads(json.dumps(view, ensure_ascii=False).encode("utf-8")) == view


def test_the_base_of_adapters_is_counted_once_whether_it_takes_part_or_not() -> None:
    maths = Measured("a", bytes=3, model="s+maths", base="s", base_bytes=100)
    dates = Measured("b", bytes=4, model="s+dates", base="s", base_bytes=100)
    assert ledger_of(maths, dates)["total"] == dict.fromkeys(COUNTS, 0) | {"bytes": 107}
    plain = Measured("c", bytes=100, model="s")
    assert ledger_of(maths, dates, plain)["total"] == dict.fromkeys(COUNTS, 0) | {"bytes": 107}
