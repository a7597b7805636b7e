"""The form that measures: what it offers, and what its set-up comes to."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fusionlab.errors import FusionError
from fusionlab.limits import limits
from fusionlab.ui import measuring
from fusionlab.ui.measuring import asked_of, first_asked, form_view, planned


@pytest.fixture
def _on_a_space(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits.cache_clear()
    monkeypatch.setenv("SPACE_ID", "someone/fusionlab")
    yield
    limits.cache_clear()


def test_at_first_the_form_says_what_the_example_measured() -> None:
    asked = first_asked()
    assert asked.members[0] == "zoo/adder"
    made = planned(replace(asked, items=10))
    assert len(made.items) == 10
    assert [one.role for one in made.contenders].count("single") == len(asked.members)


@pytest.mark.usefixtures("_on_a_space")
def test_a_demo_offers_only_suites_that_can_run_there() -> None:
    form = form_view(first_asked())
    assert all(suite["source"] is None for suite in form["suites"])
    assert form["limits"]["items"] == first_asked().items
    assert all(limits().offers(ref) for ref in form["models"])


def test_ones_own_machine_says_which_suites_need_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionlab.bench.fitting.find_spec", lambda _: None)
    measuring._choices.cache_clear()
    suites = {suite["name"]: suite for suite in form_view(first_asked())["suites"]}
    measuring._choices.cache_clear()
    assert suites["gsm8k"]["lacks"]
    assert suites["gsm8k"]["source"] == "openai/gsm8k"
    assert not suites["zoo-mixed"]["lacks"]
    with pytest.raises(FusionError, match="not here"):
        planned(replace(first_asked(), suite="gsm8k"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"members": []}, "no members"),
        ({"methods": []}, "No method"),
        ({"suite": "/etc/passwd"}, "unknown suite"),
        ({"members": ["zoo/addr"]}, "addr"),
        ({"items": 0}, "items"),
        ({"members": [["zoo/adder"]]}, "members.0"),
        ({"members": "zoo/adder"}, "members"),
    ],
)
def test_what_cannot_be_measured_is_refused(changes: dict[str, object], says: str) -> None:
    asked = first_asked()
    told = {name: getattr(asked, name) for name in asked.__dataclass_fields__}
    with pytest.raises(FusionError, match=says):
        planned(asked_of({**told, "items": 10, **changes}))


@pytest.mark.parametrize("told", [None, [], "x", {}, {"suite": "zoo-mixed"}])
def test_what_no_form_tells_is_refused(told: object) -> None:
    with pytest.raises(FusionError):
        asked_of(told)
