import math

import pytest
import torch

from fusionlab.errors import RecipeError
from fusionlab.text.consensus import consensus, elect, merged, ranking

TABLE = torch.tensor([[1.0, 0.5, 0.2], [0.5, 1.0, 0.6], [0.2, 0.6, 1.0]], dtype=torch.float64)


def test_score_is_the_mean_similarity_to_the_others() -> None:
    assert consensus(TABLE) == pytest.approx((0.35, 0.55, 0.4))


def test_weights_are_those_of_the_voters_not_of_the_candidate() -> None:
    expected = ((1 * 0.5 + 2 * 0.2) / 3, (4 * 0.5 + 2 * 0.6) / 6, (4 * 0.2 + 1 * 0.6) / 5)
    assert consensus(TABLE, [4, 1, 2]) == pytest.approx(expected)


def test_who_weighs_nothing_stands_but_does_not_vote() -> None:
    assert consensus(TABLE, [1, 0, 0]) == pytest.approx((0, 0.5, 0.2))


def test_one_candidate_hears_no_vote() -> None:
    assert consensus(torch.ones(1, 1)) == (0.0,)
    assert elect([0.0]) == 0


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf])
def test_a_vote_of_impossible_weight_is_refused(weight: float) -> None:
    with pytest.raises(RecipeError, match="cannot weigh"):
        consensus(TABLE, [1, weight, 1])


def test_as_many_weights_as_candidates() -> None:
    with pytest.raises(RecipeError, match="2 weights"):
        consensus(TABLE, [1, 1])


def test_first_wins_ties() -> None:
    assert elect([0.1, 0.7, 0.7]) == 1
    assert ranking([0.1, 0.7, 0.7, 0.9]) == (3, 1, 2, 0)


def test_merged_texts_count_once_with_the_heaviest_vote() -> None:
    assert merged(["a", "b", "a", "c"], [1, 2, 3, 1]) == ([0, 1, 0, 3], [3, 2, 0, 1])
