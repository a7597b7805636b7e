"""Branches of a run: their recipes follow from the record, and a tree survives its file."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.begun import Begun
from fusionlab.comparison.branching import (
    MOST,
    Branch,
    Tree,
    branch_of,
    is_tree,
    parse_tree,
    said_by,
    told_weights,
    tree_text,
)
from fusionlab.errors import FusionError, RecipeError, RunFileError
from fusionlab.models.vocabulary import shown
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run
from fusionlab.runfiles import run_text
from fusionlab.tokens.beginning import spelled
from fusionlab.trace import Trace, fold
from tests.counted import counted
from tests.views.fakes import token_trace


def held(recipe: Recipe) -> Trace:
    return fold(recipe, run(recipe))


@pytest.fixture(scope="module")
def whole(tiny: Path, tiny_twin: Path) -> Trace:
    members = (MemberRecipe(f"path:{tiny}", "ann"), MemberRecipe(f"path:{tiny_twin}", "bob"))
    return held(Recipe("ensemble", "你好", members, {}, Sampling(24, temperature=1.0, seed=1)))


def test_every_candidate_of_every_step_is_begun_in_its_own_tokens(whole: Trace, tiny: Path) -> None:
    vocabulary, n = counted(tiny, "any").vocabulary, 0
    for token in whole.tokens:
        offered = {each.id for own in token.members.values() for each in own.top}
        for other in offered - vocabulary.special - vocabulary.ends:
            begin = branch_of(whole, token.step, other).begin
            assert begin.ids == (*(each.id for each in whole.tokens[: token.step]), other)
            assert spelled(begin.ids, vocabulary) == begin.text  # so that it is read exactly
            n += 1
    assert n > 100


def test_a_branch_of_a_branch_begins_with_both(whole: Trace) -> None:
    other = whole.tokens[2].fused[1]
    branch = held(branch_of(whole, 2, other.id))
    third = branch.tokens[1].fused[1]
    begin = branch_of(branch, branch.tokens[1].step, third.id).begin
    first = branch.given.ids if branch.given else ()
    assert begin.ids == (*first, branch.tokens[0].id, third.id)


def test_a_branch_at_its_own_token_is_the_run(whole: Trace) -> None:
    branch = held(branch_of(whole, 4, whole.tokens[4].id))
    assert branch.answer == whole.answer


def test_weights_count_from_there_on(whole: Trace) -> None:
    recipe = branch_of(whole, 1, whole.tokens[1].id, {"bob": 3.0, "nobody": 2.0})
    assert [each.weight for each in recipe.members] == [1.0, 3.0]
    assert told_weights({"ann": 2, "bob": "x", "eve": True}) == {"ann": 2.0}
    assert told_weights(["ann"]) == {}
    assert told_weights({"ann": 10**400, "bob": math.nan}) == {"ann": math.inf, "bob": math.inf}


def test_a_tag_is_text_and_a_control_token_is_none() -> None:
    assert said_by(["a", "<td>", "</p>", "<|im_end|>", "</s>", "x"]) == [
        "a",
        "<td>",
        "</p>",
        "",
        "",
        "x",
    ]


def test_a_file_that_ends_before_its_first_run_is_uneven() -> None:
    with pytest.raises(RunFileError, match="0"):
        parse_tree('{"format": "fusionlab-branches", "version": 1, "parents": [-1]}\n')


@pytest.mark.parametrize(("step", "token"), [(99, 0), (-1, 0), (3, -1), (3, 10**6), (3, 2)])
def test_what_a_run_does_not_offer_is_refused(whole: Trace, step: int, token: int) -> None:
    with pytest.raises(RecipeError):
        branch_of(whole, step, token)


def test_a_record_without_ids_is_refused() -> None:
    trace = token_trace()
    with pytest.raises(FusionError):
        branch_of(trace, 3, -1)


def tree_of(whole: Trace) -> Tree:
    other = held(branch_of(whole, 2, whole.tokens[2].fused[1].id))
    return Tree((Branch(whole),)).grown(other, 0).grown(whole, 1)


def test_a_tree_survives_its_file(whole: Trace) -> None:
    tree = tree_of(whole)
    text = tree_text(tree)
    assert is_tree(text)
    assert not is_tree(run_text(whole))
    again = parse_tree(text)
    assert [each.parent for each in again.branches] == [-1, 0, 1]
    for one, other in zip(again.branches, tree.branches, strict=True):
        assert one.trace.recipe == other.trace.recipe
        assert one.trace.records == other.trace.records
        assert one.trace.given == other.trace.given


def test_it_finds_the_run_of_a_recipe_and_grows_up_to_a_bound(whole: Trace) -> None:
    tree = tree_of(whole)
    assert tree.find(whole.recipe) == 0
    assert tree.find(tree.branches[1].trace.recipe) == 1
    assert tree.find(replace(whole.recipe, begin=Begun("else"))) is None
    for _ in range(MOST - 3):
        tree = tree.grown(whole, 0)
    with pytest.raises(RecipeError):
        tree.grown(whole, 0)


@pytest.mark.parametrize("parents", [[], [0], [-1, 1], [-1, -1], [-1, True], "x", [-1] * 30, [-1]])
def test_a_file_with_impossible_parents_is_refused(whole: Trace, parents: object) -> None:
    _, _, rest = tree_text(Tree((Branch(whole), Branch(whole, 0)))).partition("\n")
    head = json.dumps({"format": "fusionlab-branches", "version": 1, "parents": parents})
    with pytest.raises(RunFileError):
        parse_tree(f"{head}\n{rest}")


@given(st.text(max_size=60))
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(RunFileError):
        parse_tree(text)


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=6))
def test_pieces_of_characters_come_together_again(pieces: list[bytes]) -> None:
    from fusionlab.comparison.branching import _bytes

    for piece in pieces:
        if "\\" not in piece.decode("utf-8", "ignore") and b"<" not in piece:
            assert _bytes(shown(piece)) == piece
