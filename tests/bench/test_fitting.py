"""A suite brings members that can solve it, and says when its data are not here."""

import pytest

from fusionlab.bench.fitting import FEWEST, MOST, brought, lacks_data, solvers
from fusionlab.bench.suites import get_suite, suite_names, with_source


@pytest.mark.parametrize("name", suite_names())
def test_every_suite_brings_members_that_can_solve_it(name: str) -> None:
    suite = get_suite(name)
    members = brought(suite)
    assert FEWEST <= len(members) <= MOST
    assert set(members) <= set(solvers(suite))


def test_specialists_come_first() -> None:
    assert brought(get_suite("zoo-arithmetic")) == ("zoo/adder", "zoo/subtracter", "zoo/comparer")
    assert brought(get_suite("adapters"))[0] == "smollm2-135m+maths"


def test_who_knows_the_days_of_the_week_cannot_sort_letters() -> None:
    assert "zoo/calendar" not in solvers(get_suite("zoo-strings"))
    assert "zoo/calendar" in solvers(get_suite("zoo-calendar"))
    assert "zoo/adder" not in solvers(get_suite("tables"))


def test_only_what_is_offered_is_brought() -> None:
    assert brought(get_suite("zoo-mixed"), ["zoo/editor", "zoo/adder"]) == (
        "zoo/adder",
        "zoo/editor",
    )


def test_a_suite_lacks_data_where_nothing_can_fetch_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    suite = get_suite("gsm8k")
    monkeypatch.setattr("fusionlab.bench.fitting.find_spec", lambda _: None)
    assert lacks_data(suite)
    assert not lacks_data(with_source(suite, str(tmp_path_factory.mktemp("data"))))
    monkeypatch.setattr("fusionlab.bench.fitting.find_spec", lambda _: object())
    assert not lacks_data(suite)
    assert not lacks_data(get_suite("zoo-mixed"))
