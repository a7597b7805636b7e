"""A sweep begins and ends with the models themselves, and refuses those that cannot be merged."""

import json
from collections import Counter
from pathlib import Path

import pytest

from fusionlab.bench.suites import changed, draw, get_suite
from fusionlab.bench.sweeping import halves
from fusionlab.cli import main
from fusionlab.engines.memory import default_pool
from fusionlab.errors import RecipeError
from fusionlab.proof.examining import samples_for
from fusionlab.proof.sweeping import known_sweep, sweep
from fusionlab.weights.postflight import Subject, proved
from fusionlab.weights.sweeping import Point, grid
from tests.drained import drained
from tests.weights.families import tiny_family

PAIR = ("zoo/adder", "zoo/calendar")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Records of finished sweeps are kept in a home of their own."""
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))


def test_its_ends_are_the_models_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["built", "sweep", *PAIR, "--points", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["models"] == list(PAIR)
    assert [point["weights"] for point in found["points"]] == [[1, 0], [0.5, 0.5], [0, 1]]
    text, samples = samples_for(Subject("", PAIR))
    for ref, point in zip(PAIR, (found["points"][0], found["points"][2]), strict=True):
        proof = drained(proved(Subject(ref, ()), text, samples, default_pool()))[1]
        assert point["nats_per_byte"] == proof.read.nats_per_byte
        assert point["topics"] == proof.read.topics


def test_three_models_span_a_triangle() -> None:
    points = grid(3, 3)
    assert len(points) == 6
    assert {(1, 0, 0), (0, 1, 0), (0, 0, 1)} < set(points)
    assert all(sum(each) == pytest.approx(1) for each in points)
    assert len(grid(2, 9)) == 9
    for models, count in ((1, 9), (4, 9), (2, 1), (2, 101)):
        with pytest.raises(RecipeError, match="no sweep"):
            grid(models, count)


def test_it_can_be_stopped_after_any_point() -> None:
    steps = sweep(PAIR, 5)
    points = (each for each in steps if isinstance(each, Point))
    assert next(points).weights == (1, 0)
    steps.close()


def test_models_that_cannot_be_merged_are_refused(tmp_path: Path) -> None:
    wide = tiny_family(tmp_path / "wide", hidden_size=32)
    with pytest.raises(RecipeError):
        drained(sweep((f"path:{wide}", "zoo/adder"), 3))


def test_every_point_answers_a_suite_and_the_best_is_chosen_on_other_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["--suite", "zoo-arithmetic", "--items", "6"]
    refs = PAIR[::-1]
    assert main(["built", "sweep", *refs, "--points", "2", *asked]) == 0
    out = capsys.readouterr().out
    assert "zoo-arithmetic: best at 0 : 1 by 6 other questions" in out
    record = known_sweep(refs)
    assert record is not None
    assert record["best"] == {"zoo-arithmetic": 1}
    for point in record["points"]:
        answers = point["suites"][0]
        assert answers["choosing"]["total"] == answers["testing"]["total"] == 6
        testing = answers["testing"]
        assert testing["low"] <= testing["right"] / 6 <= testing["high"]
    assert known_sweep([*refs, *refs]) is None


def test_halves_of_a_suite_share_no_question_and_have_half_of_every_task() -> None:
    items = draw(changed(get_suite("zoo-mixed"), items=56)).items
    choosing, testing = halves(items)
    assert sorted(each.id for each in (*choosing, *testing)) == sorted(each.id for each in items)
    assert Counter(each.task for each in choosing) == Counter(each.task for each in testing)
