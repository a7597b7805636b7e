"""Local experts divide a problem: each loss as the paper says of it."""

import math

import pytest
import torch

from fusionlab.laboratory.local_experts import CASES, cases
from fusionlab.registry import Drawn, get_study
from fusionlab.views.study_local_experts import local_experts_view


def last(**settings: object) -> Drawn:
    *_, picture = (
        each for each in get_study("local-experts").watched(settings) if isinstance(each, dict)
    )
    return picture


def test_the_same_seed_draws_the_same_pictures_and_all_losses_start_alike() -> None:
    study = get_study("local-experts")
    some = {"steps": 20, "experts": 3, "seed": 5}
    once, twice = (list(study.watched(some)) for _ in range(2))
    assert once == twice
    first = next(each for each in once if isinstance(each, dict))
    assert len({str(run["lines"]) + str(run["chosen"]) for run in first["runs"]}) == 1
    assert once[-1] != last(**{**some, "seed": 6})


def test_alone_an_expert_is_right_under_the_likelihood_and_lost_under_cooperation() -> None:
    picture = last()
    by_loss = {run["loss"]: run for run in picture["runs"]}
    assert by_loss["likelihood"]["alone"] < 0.2
    assert by_loss["likelihood"]["used"] == 4
    assert by_loss["cooperative"]["together"] < 0.2
    assert by_loss["cooperative"]["alone"] > 5 * by_loss["cooperative"]["together"]
    keys = [each["key"] for each in local_experts_view(picture)["sentences"]]
    assert keys[0] == "local-note-cooperation-hurts"


def test_two_classes_in_four_clusters_are_parted_by_several_straight_borders() -> None:
    picture = last(problem="clusters", steps=800)
    for run in picture["runs"]:
        assert run["alone"] < 1.5  # one straight border alone leaves 9, all of the variance
        assert run["used"] >= 2
        assert abs(sum(run["shares"]) - 1) < 0.01


def test_cases_lie_where_the_picture_has_room() -> None:
    for problem, width in (("zigzag", 1), ("clusters", 2)):
        inputs, targets = cases(problem, torch.Generator().manual_seed(1))  # type: ignore[arg-type]
        assert inputs.shape == (CASES, width)
        assert targets.abs().max() < 5


@pytest.mark.parametrize("problem", ["zigzag", "clusters"])
def test_the_longest_steps_that_are_offered_stay_finite(problem: str) -> None:
    picture = last(problem=problem, learning_rate=0.2, experts=8, steps=300)
    assert picture["step"] == 300
    assert all(math.isfinite(run["value"]) for run in picture["runs"])
