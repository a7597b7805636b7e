"""What a visitor of the demo may ask for: the same for every page, before anything is looked at."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fusionlab.conversation import Message
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.limits import BenchLimits, Limits, limits
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.spaces import Preset, presets
from fusionlab.ui.formdata import default_ref
from fusionlab.ui.measuring import MOST_ITEMS, first_asked

each_preset = pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)


@pytest.fixture
def _on_a_space(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits.cache_clear()
    monkeypatch.setenv("SPACE_ID", "someone/fusionlab")
    yield
    limits.cache_clear()


@each_preset
@pytest.mark.usefixtures("_on_a_space")
def test_every_preset_is_within_the_limits(preset: Preset) -> None:
    limits().check(preset.recipe)


@pytest.mark.parametrize("method", all_methods(), ids=lambda method: method.name)
@pytest.mark.usefixtures("_on_a_space")
def test_what_every_method_starts_with_is_within_the_limits(method: Method) -> None:
    limits().check(Recipe(method.name, "hi", (MemberRecipe(default_ref()),)))


@pytest.mark.usefixtures("_on_a_space")
def test_the_benchmark_that_the_tab_starts_with_is_within_the_limits() -> None:
    asked = first_asked()
    members = [MemberRecipe(ref) for ref in asked.members]
    limits().check_bench(asked.items, len(asked.methods), members, reads=False)
    with pytest.raises(RecipeError, match="items"):
        limits().check_bench(MOST_ITEMS, len(asked.methods), members, reads=False)


@pytest.mark.usefixtures("_on_a_space")
def test_a_space_has_limits_and_ones_own_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    here = limits()
    assert here.max_tokens
    assert here.max_members
    assert here.models
    monkeypatch.delenv("SPACE_ID")
    limits.cache_clear()
    assert limits() == Limits()


LIMITS = Limits(max_tokens=10, max_members=2, models=("a", "b"))
ALLOWED = Recipe(
    "ensemble", "Hi", (MemberRecipe("a"), MemberRecipe("b")), sampling=Sampling(max_tokens=10)
)


def test_what_is_at_the_limit_is_allowed() -> None:
    LIMITS.check(ALLOWED)
    LIMITS.check(replace(ALLOWED, members=()))


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        (replace(ALLOWED, sampling=Sampling(11)), "up to 10 tokens, not 11"),
        (replace(ALLOWED, members=(MemberRecipe("a"),) * 3), "up to 2 members, not 3"),
        (replace(ALLOWED, members=(MemberRecipe("path:/etc"),)), "offers a, b, not 'path:/etc'"),
        (replace(ALLOWED, members=(MemberRecipe("a"), MemberRecipe("A"))), "not 'A'"),
        (replace(ALLOWED, members=(MemberRecipe("api:http://10.0.0.1/v1#m"),)), "not 'api:"),
    ],
)
def test_what_is_beyond_the_limit_is_refused(recipe: Recipe, says: str) -> None:
    with pytest.raises(RecipeError, match="own machine") as caught:
        LIMITS.check(recipe)
    assert says in caught.value.message
    Limits().check(recipe)


def test_a_setting_can_be_limited() -> None:
    few = Limits(settings={"samples": 4})
    few.check(Recipe("vote", "hi", settings={"samples": 4}))
    with pytest.raises(RecipeError, match="up to 4 for --set samples, not 64"):
        few.check(Recipe("vote", "hi", settings={"samples": 64}))


def test_a_whole_family_can_be_offered_but_nothing_else_with_it() -> None:
    offered = Limits(models=("a", "zoo/*"))
    offered.check(replace(ALLOWED, members=(MemberRecipe("zoo/adder-2"), MemberRecipe("a"))))
    for ref in ("zoo/", "zoo/../x", "zoo/adder+../../x", "zoo", "b"):
        with pytest.raises(RecipeError, match="offers"):
            offered.check(replace(ALLOWED, members=(MemberRecipe(ref),)))


def test_a_setting_that_is_left_out_counts_with_its_default() -> None:
    usual = get_method("self_consistency").check({})["samples"]
    with pytest.raises(RecipeError, match=f"not {usual}"):
        Limits(settings={"samples": usual - 1}).check(Recipe("self_consistency", "hi"))


@pytest.mark.parametrize("given", ["64", 64.0, [4], None])
def test_a_setting_cannot_slip_through_as_another_type(given: object) -> None:
    few = Limits(settings={"samples": 4})
    with pytest.raises(RecipeError):
        few.check(Recipe("vote", "hi", settings={"samples": given}))


def test_texts_count_together_wherever_they_stand() -> None:
    short = Limits(text_bytes=10, list_items=2)
    short.check(Recipe("chain_of_thought", "12345678", settings={"phrase": "90"}))
    for recipe in (
        Recipe("vote", "12345678901"),
        Recipe("vote", "1", (MemberRecipe("a", system="1234567890"),)),
        Recipe("vote", "1", (MemberRecipe("a", name="1234567890"),)),
        Recipe("vote", "", settings={"candidates": ["123456", "78901"]}),
        Recipe("vote", "", settings={"candidates": ["1", "2", "3"]}),
    ):
        with pytest.raises(RecipeError, match="this demo takes up to"):
            short.check(recipe)


def test_the_baseline_of_a_run_has_a_limit_of_its_own() -> None:
    few = Limits(settings={"samples": 4}, equal_samples=24).for_equal()
    few.check(Recipe("self_consistency", "hi", settings={"samples": 24}))
    with pytest.raises(RecipeError, match="up to 24 for --set samples, not 64"):
        few.check(Recipe("self_consistency", "hi", settings={"samples": 64}))


def test_a_benchmark_is_limited_before_anything_is_read() -> None:
    small = Limits(
        max_members=5, models=("zoo/*",), bench=BenchLimits(items=60, contenders=4, seconds=10)
    )
    adders = [MemberRecipe("zoo/adder")] * 2
    small.check_bench(60, 2, adders, reads=False)
    with pytest.raises(RecipeError, match="reads no data"):
        small.check_bench(60, 2, adders, reads=True)
    with pytest.raises(RecipeError, match="up to 4 methods and members, not 3,002"):
        small.check_bench(60, 3000, adders, reads=False)
    with pytest.raises(RecipeError, match="offers"):
        small.check_bench(60, 1, [MemberRecipe("replay:/proc/self/pagemap#x")], reads=False)


def test_an_unknown_method_is_no_recipe() -> None:
    with pytest.raises(UnknownName):
        Limits().check(Recipe("ensembel", "hi"))


def test_all_turns_of_a_conversation_count() -> None:
    talk = (Message("user", "1234"), Message("assistant", "5678"), Message("user", "90"))
    few = Limits(text_bytes=20)
    pair = (MemberRecipe("a"), MemberRecipe("b"))
    few.check(Recipe("ensemble", members=pair, messages=talk))
    with pytest.raises(RecipeError, match="up to 20 bytes of text, not 30"):
        few.check(Recipe("ensemble", members=(*pair, pair[0]), messages=talk))


def test_a_prompt_counts_for_every_member_and_sample_that_is_given_it() -> None:
    few = Limits(text_bytes=24)
    pair = (MemberRecipe("a", name="a"), MemberRecipe("a", name="b"))
    few.check(Recipe("vote", "你", pair, settings={"samples": 3}))
    with pytest.raises(RecipeError, match="up to 24 bytes of text, not 26"):
        few.check(Recipe("vote", "你", pair, settings={"samples": 4}))
