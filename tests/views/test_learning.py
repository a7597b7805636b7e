"""A training as data for its curve: only what is new is sent, and what it goes on from stays."""

from typing import Any

from fusionlab.events import LayerLoad, ModelBuilt, Solved, StepTrained
from fusionlab.intervals import wilson
from fusionlab.views.build import built_view
from fusionlab.views.learning import MOST, NOTHING, Course, learned_view, logged_view

REPORT: dict[str, Any] = {
    "planned": 6,
    "losses": [[1, 3.0], [2, 2.5], [4, 2.0]],
    "rates": [[1, 0.1], [2, 0.2], [4, 0.1]],
    "held_out": [[0, 1.5], [4, 1.2]],
}


def test_only_what_is_new_is_sent() -> None:
    course = Course("run", "small", 3)
    assert course.fresh() is None
    course.add(StepTrained(1, 3.0, 0.1, 64), 0.0)
    first = course.fresh()
    assert first
    assert first["points"] == [[1, 3.0, 0.1, 64, 0.0, None]]
    assert course.fresh() is None
    course.add(StepTrained(2, 2.0, 0.1, 36, held_out=1.5), 0.5)
    second = course.fresh()
    assert second
    assert (second["from"], second["points"]) == (1, [[2, 2.0, 0.1, 100, 0.5, 1.5]])
    last = course.fresh("finished")
    assert last
    assert (last["points"], last["ended"]) == ([], "finished")


def test_it_goes_on_from_what_was_learned_and_takes_no_step_twice() -> None:
    course = Course("run", "small", 6)
    course.go_on(REPORT)
    course.add(StepTrained(3, 2.2, 0.1, 10), 0.0)  # the checkpoint was of step 2
    sent = course.fresh()
    assert sent
    assert [point[0] for point in sent["points"]] == [1, 2, 3]
    assert sent["before"] == 1.5


def test_who_saw_a_step_that_is_taken_again_sees_all_anew() -> None:
    """The page knew more points than it was told that it has, and drew none."""
    course, loads = Course("run", "small", 6), (LayerLoad(0, (1, 2), 1.0),)
    for step in (1, 2, 3):
        course.add(StepTrained(step, 1.0, 0.1, 1, loads=loads), 0.0)
    course.fresh()
    course.add(StepTrained(3, 2.0, 0.1, 1, loads=loads), 0.0)
    sent = course.fresh()
    assert sent
    assert (sent["from"], sent["loadsFrom"]) == (0, 0)
    assert [point[:2] for point in sent["points"]] == [[1, 1.0], [2, 1.0], [3, 2.0]]
    assert [each["step"] for each in sent["loads"]] == [1, 2, 3]


def test_a_long_training_sends_some_of_its_steps_and_all_that_were_held_against_text() -> None:
    course = Course("run", "long", 10 * MOST)
    for step in range(1, 10 * MOST + 1):
        course.add(StepTrained(step, 1.0, 0.1, 1, held_out=1.0 if step == 7 else None), 0.0)
    assert len(course.points) == MOST + 1
    assert course.points[-1][3] == 10 * MOST


def test_what_was_answered_right_stands_once_with_its_interval() -> None:
    course = Course("run", "small", 4)
    first = Solved(0, 3, 30), Solved(1, 15, 30)
    course.add(StepTrained(1, 1.0, 0.1, 1, solved=first), 0.0)
    course.add(StepTrained(2, 1.0, 0.1, 1, solved=(Solved(2, 30, 30),)), 0.0)
    course.add(StepTrained(2, 1.0, 0.1, 1, solved=(Solved(2, 29, 30),)), 0.0)  # taken again
    sent = course.fresh()
    assert sent
    assert [each[:3] for each in sent["solved"]] == [[0, 3, 30], [1, 15, 30], [2, 29, 30]]
    for _, right, asked, low, high in sent["solved"]:
        assert (low, high) == wilson(right, asked)
        assert 0 <= low <= right / asked <= high <= 1
    told = {**REPORT, "solved": [[0, 3, 30], [4, 9, 30], [5, 4, 3], ["a", 1, 2], [6, 0, 0]]}
    assert [each[0] for each in learned_view("small", told, "recorded")["solved"]] == [0, 4]
    log = [StepTrained(1, 1.0, 0.1, 1, solved=first)]
    assert len(logged_view("small", log)["solved"]) == 2


def test_a_report_and_a_log_tell_how_a_model_learned() -> None:
    view = learned_view("small", REPORT, "recorded")
    assert view["points"][2] == [4, 2.0, 0.1, None, None, 1.2]
    assert (view["total"], view["before"], view["from"]) == (6, 1.5, 0)
    assert learned_view("merged", {"scores": []}, "recorded") == NOTHING
    assert logged_view("small", [StepTrained(5, 1.0, 0.1, 8)])["total"] == 5
    assert logged_view("small", []) == NOTHING


def test_what_sources_gave_is_told_where_a_report_has_their_shares() -> None:
    def mixed(rows: Any) -> Any:
        built = ModelBuilt("x", "built:x", 1, 1, report={"sources": rows})
        return built_view(built, "", "")["mixed"]

    row = {"ref": "a", "share": 0.4, "nats_per_byte": 0.9, "exact": 0.3, "tokens": 3.0}
    assert mixed([row])[0]["nats"] == 0.9
    assert mixed([{"ref": "a"}]) == mixed("x") == mixed(None) == []


def test_weights_that_were_learned_by_entropy_are_told() -> None:
    def lowered(report: dict[str, Any]) -> Any:
        return built_view(ModelBuilt("x", "built:x", 1, 1, report=report), "", "")["lowered"]

    told = {"before": 2.0, "after": 1.5, "curve": [2.0, 1.7]}
    shifts = [{"ref": "a", "by_layer": [0.1, -0.2, 0.0]}]
    assert lowered({"entropy": told, "shifts": shifts}) == {**told, "shifts": shifts}
    assert lowered({}) is lowered({"entropy": "x", "shifts": shifts}) is None
