"""Laws of answers that are begun: a branch of a run at its own token is the rest of that run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fusionlab.begun import MOST_IDS, Begun
from fusionlab.comparison.branching import branch_of
from fusionlab.errors import FusionError, RecipeError
from fusionlab.events import Measured, RunFinished, TextGiven, TokenChosen
from fusionlab.recipe import (
    MemberRecipe,
    Recipe,
    Sampling,
    recipe_from_json,
    recipe_from_query,
    recipe_from_toml,
    recipe_to_json,
    recipe_to_query,
    recipe_to_toml,
)
from fusionlab.registry import all_methods, get_method
from fusionlab.run import check, run
from fusionlab.tokens.beginning import spelled
from fusionlab.tokens.bytewise import byte_vocabulary
from fusionlab.trace import Trace, fold
from tests.counted import counted

PROMPT = "the capital of France is 你好"
GREEDY = Sampling(max_tokens=14)
WARM = Sampling(max_tokens=14, temperature=1.0, top_k=40, seed=7)
WAYS: list[tuple[str, dict[str, Any]]] = [
    ("solo", {}),
    ("alternate", {"turn": 3}),
    ("ensemble", {}),
    ("ensemble", {"pooling": "geometric"}),
    ("ensemble", {"pooling": "drawn"}),
    ("ensemble", {"pooling": "drawn", "act": "supported", "support_top_k": 200}),
    ("ensemble", {"act": "unsure", "threshold": 0.2}),
    ("ensemble", {"weighting": "prompt"}),
    ("ensemble", {"weighting": "entropy", "act": "supported"}),
    ("ensemble", {"alignment": "union"}),
    ("ensemble", {"alignment": "exact", "pooling": "geometric"}),
    ("ensemble", {"alignment": "bytes"}),
    ("contrastive", {}),
]
each_way = pytest.mark.parametrize(
    ("method", "settings"), WAYS, ids=["-".join(map(str, [m, *s.values()])) for m, s in WAYS]
)
each_sampling = pytest.mark.parametrize("sampling", [GREEDY, WARM], ids=["greedy", "warm"])


@pytest.fixture
def folders(tiny: Path, tiny_twin: Path) -> list[Path]:
    return [tiny, tiny_twin]


def recipe_of(method: str, folders: Sequence[Path], sampling: Sampling, **settings: Any) -> Recipe:
    most = get_method(method).max_members or len(folders)
    members = [
        MemberRecipe(f"path:{folder}", f"m{at}", at + 1.0)
        for at, folder in enumerate(folders[:most])
    ]
    return Recipe(method, PROMPT, tuple(members), settings, sampling)


def held(recipe: Recipe) -> Trace:
    return fold(recipe, run(recipe))


def branched(trace: Trace, step: int, token: int, tiny: Path) -> Recipe:
    """The recipe of a branch by hand: the ids up to the step, then another."""
    ids = (*(each.id for each in trace.tokens[:step]), token)
    vocabulary = counted(tiny, "any").vocabulary
    if trace.recipe.settings.get("alignment") == "bytes":
        vocabulary = byte_vocabulary(vocabulary)
    text = spelled(ids, vocabulary)
    assert text is not None
    return replace(trace.recipe, begin=Begun(text, ids))


@each_way
@each_sampling
def test_a_branch_at_the_chosen_token_is_the_rest_of_the_run(
    method: str, settings: dict[str, Any], sampling: Sampling, folders: list[Path]
) -> None:
    whole = held(recipe_of(method, folders, sampling, **settings))
    assert len(whole.tokens) > 6
    for step in (0, 2, 5):
        recipe = branched(whole, step, whole.tokens[step].id, folders[0])
        branch = held(recipe)
        assert branch.answer == whole.answer
        assert branch.end == whole.end
        assert isinstance(branch.given, TextGiven)
        rest = whole.tokens[step + 1 :]
        assert [each.step for each in branch.tokens] == [each.step for each in rest]
        assert [each.id for each in branch.tokens] == [each.id for each in rest]
        assert [each.text for each in branch.tokens] == [each.text for each in rest]
        for one, other in zip(branch.tokens, rest, strict=True):
            assert one.p == pytest.approx(other.p, abs=1e-4)
            assert one.members.keys() == other.members.keys()
        assert branch.texts == whole.texts


@pytest.mark.parametrize("alignment", ["auto", "exact", "mined", "gac", "relative", "bytes"])
def test_members_of_different_vocabularies_go_on_as_they_did(
    alignment: str, tiny: Path, tiny_other: Path
) -> None:
    whole = held(recipe_of("ensemble", [tiny, tiny_other], GREEDY, alignment=alignment))
    for step in (1, 6):
        branch = held(branch_of(whole, step, whole.tokens[step].id))
        assert [each.id for each in branch.tokens] == [each.id for each in whole.tokens[step + 1 :]]
        assert branch.answer == whole.answer
        keys = [each.sentence.key for each in branch.warnings if each.sentence]
        assert "begin-read-anew" not in keys


def test_another_token_stands_in_the_answer_and_is_not_told_as_chosen(folders: list[Path]) -> None:
    whole = held(recipe_of("ensemble", folders, GREEDY))
    other = next(each for each in whole.tokens[3].fused[1:] if each.token.strip())
    branch = held(branched(whole, 3, other.id, folders[0]))
    assert branch.given is not None
    assert branch.given.ids == (*(each.id for each in whole.tokens[:3]), other.id)
    assert branch.given.tokens[-1] == other.token
    assert branch.tokens[0].step == 4
    assert other.token.strip() in branch.answer
    assert branch.texts["fusion", 0].strip() == branch.answer


def test_what_was_given_is_read_and_not_written(folders: list[Path]) -> None:
    whole = held(recipe_of("ensemble", folders, GREEDY))
    branch = held(branched(whole, 5, whole.tokens[5].id, folders[0]))
    for name in ("m0", "m1"):
        ours, theirs = branch.costs[name], whole.costs[name]
        assert ours.tokens_in == theirs.tokens_in + 6
        assert ours.tokens_out == theirs.tokens_out - 6
        assert ours.forward_passes == theirs.forward_passes - 6


def test_an_answer_that_was_given_whole_costs_no_pass(folders: list[Path]) -> None:
    vocabulary = counted(folders[0], "any").vocabulary
    end = next(iter(vocabulary.ends))
    whole = held(recipe_of("ensemble", folders, GREEDY))
    ended = held(branched(whole, 2, end, folders[0]))
    assert isinstance(ended.end, RunFinished)
    assert ended.end.reason == "end"
    assert not ended.tokens
    assert ended.end.answer == "".join(each.text or "" for each in whole.tokens[:2]).strip()
    full = held(branched(whole, 13, whole.tokens[13].id, folders[0]))
    assert isinstance(full.end, RunFinished)
    assert (full.end.reason, full.answer) == ("length", whole.answer)
    assert not [each for each in full.records if isinstance(each.event, Measured | TokenChosen)]


def test_text_without_ids_is_read_in_the_members_tokens(folders: list[Path]) -> None:
    recipe = replace(recipe_of("ensemble", folders, GREEDY), begin=Begun("one two 你"))
    trace = held(recipe)
    assert trace.given is not None
    vocabulary = counted(folders[0], "any").vocabulary
    assert spelled(trace.given.ids, vocabulary) == "one two 你"
    assert trace.answer.startswith("one two 你")
    assert not trace.warnings


def test_ids_of_another_vocabulary_are_read_anew_with_a_warning(folders: list[Path]) -> None:
    plain = replace(recipe_of("ensemble", folders, GREEDY), begin=Begun("one two"))
    odd = held(replace(plain, begin=Begun("one two", (5, 10**6))))
    (warning,) = odd.warnings
    assert warning.sentence is not None
    assert warning.sentence.key == "begin-read-anew"
    assert [each.id for each in odd.tokens] == [each.id for each in held(plain).tokens]


@pytest.mark.parametrize(
    "method", [each for each in all_methods() if not each.begins], ids=lambda each: each.name
)
def test_methods_that_cannot_go_on_say_so_before_anything_loads(method: Any) -> None:
    members = tuple(
        MemberRecipe("smollm2-135m", f"m{at}") for at in range(max(method.min_members, 1))
    )
    with pytest.raises(RecipeError) as caught:
        check(Recipe(method.name, PROMPT, members, begin=Begun("It is")))
    assert caught.value.sentence.key == "begin-not-with-method"


def test_members_that_give_only_text_are_refused() -> None:
    recipe = Recipe("solo", PROMPT, (MemberRecipe("api:http://127.0.0.1:9/v1#m"),))
    check(recipe)
    with pytest.raises(RecipeError) as caught:
        check(replace(recipe, begin=Begun("It is")))
    assert caught.value.sentence.key == "begin-needs-logits"


def test_more_than_the_answer_may_have_is_refused(folders: list[Path]) -> None:
    recipe = recipe_of("ensemble", folders, Sampling(max_tokens=2))
    with pytest.raises(RecipeError):
        check(replace(recipe, begin=Begun("abc", (1, 2, 3))))
    with pytest.raises(FusionError) as caught:
        held(replace(recipe, begin=Begun("one two three four five six seven")))
    assert caught.value.sentence.key == "begin-too-long"


@pytest.mark.parametrize(
    "begin", [Begun("  a\n b", (4, 0, 77)), Begun("你好 &=#"), Begun("", (3,))]
)
def test_it_stands_in_every_form_of_a_recipe(begin: Begun) -> None:
    recipe = Recipe("ensemble", PROMPT, begin=begin)
    assert recipe_from_json(recipe_to_json(recipe)) == recipe
    assert recipe_from_toml(recipe_to_toml(recipe)) == recipe
    assert recipe_from_query(recipe_to_query(recipe)) == recipe
    assert recipe.request.begin == begin


def test_a_recipe_without_it_is_written_as_before() -> None:
    assert "begin" not in recipe_to_json(Recipe("solo", PROMPT))
    assert not Recipe("solo", PROMPT).begin


@pytest.mark.parametrize(
    "query",
    [
        "begin_ids=1-x",
        "begin_ids=1--2",
        "begin_ids=-3",
        f"begin_ids={'-'.join('1' * (MOST_IDS + 1))}",
        f"begin={'a' * 10_001}",
    ],
)
def test_a_bad_or_overlong_one_in_a_link_is_refused(query: str) -> None:
    with pytest.raises(RecipeError):
        recipe_from_query(f"method=ensemble&prompt=a&{query}")
