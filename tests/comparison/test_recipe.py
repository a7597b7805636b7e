"""A comparison has the forms of a recipe, and comes back from each as it was."""

import pytest

from fusionlab.comparison.recipe import (
    Choice,
    Comparison,
    comparison_from_json,
    comparison_from_query,
    comparison_from_toml,
    comparison_to_json,
    comparison_to_query,
    comparison_to_toml,
    with_settings,
)
from fusionlab.conversation import Message
from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.recipe import MemberRecipe, Sampling

WHOLE = Comparison(
    "How many?\n多少？",
    members=(MemberRecipe("zoo/adder", "Anna", 2.0, "Be brief,name nobody"), MemberRecipe("x&y")),
    methods=(
        Choice("ensemble"),
        Choice("ensemble", {"pooling": "geometric"}),
        Choice("debate", {"roles": ["a", "b.c=d"], "max_rounds": 2}),
    ),
    sampling=Sampling(max_tokens=5, seed=3),
    truth="42",
    answer="number",
)
TALKED = Comparison(
    messages=(Message("user", "a"), Message("assistant", "b"), Message("user", "c")),
    members=(MemberRecipe("zoo/adder"),),
)


@pytest.mark.parametrize("one", [WHOLE, TALKED, Comparison()])
def test_every_form_gives_it_back(one: Comparison) -> None:
    assert comparison_from_json(comparison_to_json(one)) == one
    assert comparison_from_toml(comparison_to_toml(one)) == one
    assert comparison_from_query(f"?tab=compare&lang=zh&{comparison_to_query(one)}") == one


def test_a_setting_belongs_to_the_method_before_it_or_to_all_of_a_name() -> None:
    query = "method=ensemble&set=pooling=geometric&method=debate&set=ensemble.n_top=3"
    assert comparison_from_query(query).methods == (
        Choice("ensemble", {"pooling": "geometric", "n_top": 3}),
        Choice("debate"),
    )


def test_settings_of_one_method_leave_all_others_in() -> None:
    chosen = with_settings(Comparison(), ["debate.max_rounds=2"]).methods
    assert len(chosen) > 10
    assert [each for each in chosen if each.settings] == [Choice("debate", {"max_rounds": 2})]


def test_the_kind_of_answer_is_that_of_the_right_one_unless_it_is_said() -> None:
    assert Comparison(truth="42").kind == "number"
    assert Comparison(truth="42", answer="exact").kind == "exact"
    assert Comparison().kind == "text"


@pytest.mark.parametrize(
    ("query", "error", "said"),
    [
        ("membr=x", UnknownName, "did you mean 'member'"),
        ("set=pooling=geometric", RecipeError, "before any method"),
        ("method=solo&set=sole.x=1", UnknownName, "did you mean 'solo'"),
        ("answer=nmber", RecipeError, "answer"),
        ("message=hello", RecipeError, "not a turn"),
        ("max_tokens=0", RecipeError, "max_tokens"),
    ],
)
def test_a_link_that_is_none_says_what_is_wrong(
    query: str, error: type[FusionError], said: str
) -> None:
    with pytest.raises(error) as caught:
        comparison_from_query(query)
    assert said in str(caught.value)


def test_data_of_another_shape_is_refused() -> None:
    wrong: list[object] = [None, [], "x", {"methods": [{"name": "solo"}]}, {"members": 3}]
    for data in [*wrong, {"truth": []}]:
        with pytest.raises(FusionError):
            comparison_from_json(data)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecipeError):
        comparison_from_json({"truth": deep})
