"""A run is checked before anything loads, tells everything, and frees what it held."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fusionlab.engines.memory import LOADERS, Pool
from fusionlab.errors import (
    FusionError,
    LevelTooLow,
    OutOfBudget,
    RecipeError,
    SettingError,
    SourceError,
    UnknownName,
)
from fusionlab.events import Event, Measured, Record, RunFailed, RunFinished, TokenChosen
from fusionlab.models.base import LanguageModel
from fusionlab.models.sampling import draw
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_from_json, recipe_to_json
from fusionlab.registry import all_methods
from fusionlab.run import check, environment, run
from fusionlab.runfiles import parse_run, run_text
from fusionlab.trace import fold
from fusionlab.words import Sentence

API = "api:http://127.0.0.1:9/v1#m"
SMOL = "smollm2-135m"


def never(*_: Any) -> LanguageModel:
    raise AssertionError("a model was loaded")


@pytest.fixture
def untouched() -> Pool:
    """A pool in which nothing may be loaded."""
    return Pool(10**12, dict.fromkeys(LOADERS, never))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(Pool(10**10)) as pool:
        yield pool


@pytest.fixture
def recipe(tiny: Path, tiny_twin: Path) -> Recipe:
    """Two members over one model and one over another."""
    members = (
        MemberRecipe(f"path:{tiny}", "ann", 2.0, "one two"),
        MemberRecipe(f"path:{tiny_twin}", "bob"),
        MemberRecipe(f"path:{tiny}"),
    )
    return Recipe("ensemble", "the capital of France is", members, sampling=Sampling(max_tokens=6))


def untimed(records: Sequence[Record]) -> list[Event]:
    """What happened; how long it took is left out."""
    return [
        replace(event, seconds=0.0) if isinstance(event, Measured) else event
        for event in (record.event for record in records)
        if event.kind != "progress"
    ]


def with_weights(*weights: float) -> Recipe:
    members = tuple(MemberRecipe(SMOL, weight=weight) for weight in weights)
    return Recipe("ensemble", "Hi", members)


REFUSED: list[Any] = [
    (Recipe("ensembel", "Hi"), UnknownName, "unknown method 'ensembel'", "'ensemble'"),
    (
        Recipe("ensemble", "Hi", (MemberRecipe(SMOL),), {"poling": "geometric"}),
        UnknownName,
        "unknown setting of ensemble 'poling'",
        "'pooling'",
    ),
    (
        Recipe("ensemble", "Hi", (MemberRecipe(SMOL),), {"n_top": 0}),
        SettingError,
        "setting n_top of ensemble",
        "fusionlab methods",
    ),
    (Recipe("solo", "Hi", (MemberRecipe("smolm2-135m"),)), UnknownName, "unknown model", SMOL),
    (Recipe("solo", "Hi", (MemberRecipe("pth:x"),)), UnknownName, "'pth'", "'path'"),
    (Recipe("solo", "Hi", (MemberRecipe("path:/no/such"),)), SourceError, "no folder", "path"),
    (Recipe("solo", "Hi", (MemberRecipe(""),)), UnknownName, "unknown model ''", SMOL),
    (Recipe("ensemble", " \n", (MemberRecipe(SMOL),)), RecipeError, "prompt is empty", "write"),
    (Recipe("solo", "Hi"), RecipeError, "solo needs at least one member, not 0", "add members"),
    (with_weights(), RecipeError, "ensemble needs at least one member, not 0", "add members"),
    (
        Recipe("solo", "Hi", (MemberRecipe(SMOL),) * 2),
        RecipeError,
        "solo takes at most one member, not 2",
        "remove",
    ),
    (with_weights(1, -0.5), RecipeError, f"the weight of {SMOL} 2 is -0.5", "0 or more"),
    (with_weights(float("nan")), RecipeError, f"the weight of {SMOL} is nan", "finite"),
    (with_weights(1, float("inf")), RecipeError, f"the weight of {SMOL} 2 is inf", "finite"),
    (with_weights(0, 0), RecipeError, "all weights are zero", "above 0"),
    (
        replace(with_weights(1), sampling=Sampling(temperature=float("nan"))),
        RecipeError,
        "sampling.temperature",
        "",
    ),
    (
        replace(with_weights(1), sampling=Sampling(max_tokens=0)),
        RecipeError,
        "sampling.max_tokens",
        "",
    ),
    (
        Recipe("ensemble", "Hi", (MemberRecipe(SMOL), MemberRecipe(API))),
        LevelTooLow,
        f"ensemble needs logits, but {API} gives only log-probabilities",
        SMOL,
    ),
]


@pytest.mark.parametrize(("recipe", "error", "says", "hints"), REFUSED)
def test_what_cannot_be_run_is_refused_before_anything_loads(
    recipe: Recipe, error: type[FusionError], says: str, hints: str, untouched: Pool
) -> None:
    with pytest.raises(error) as caught:
        run(recipe, untouched)
    assert type(caught.value) is error
    assert says in caught.value.message
    assert hints in caught.value.hint
    with pytest.raises(error):
        check(recipe)


def test_a_level_that_is_too_low_names_models_and_methods_that_fit(untouched: Pool) -> None:
    with pytest.raises(LevelTooLow) as caught:
        run(Recipe("ensemble", "Hi", (MemberRecipe(API),)), untouched)
    models, methods = caught.value.hint.split(";")
    assert SMOL in models
    assert "vote" in methods
    assert "solo" in methods
    assert "ensemble" not in methods


def test_a_vote_on_pasted_answers_needs_neither_member_nor_prompt() -> None:
    recipe = check(Recipe("vote", settings={"candidates": ["a", "b"]}))
    assert recipe.settings["candidates"] == ("a", "b")


@pytest.mark.parametrize("method", all_methods(), ids=lambda method: method.name)
def test_checking_fills_in_everything_and_is_done_once(method: Any) -> None:
    members = (MemberRecipe(SMOL),) * min(max(2, method.min_members), method.max_members or 3)
    checked = check(Recipe(method.name, "Hi", members))
    assert checked.settings == method.check({})
    assert [member.name for member in checked.members] == [
        SMOL,
        f"{SMOL} 2",
        f"{SMOL} 3",
    ][: len(members)]
    assert check(checked) == checked
    assert check(recipe_from_json(recipe_to_json(checked))) == checked


def test_checking_spells_lone_surrogates_out() -> None:
    assert check(Recipe("solo", "\ud800", (MemberRecipe(SMOL),))).prompt == "\\ud800"


def test_a_run_ends_and_folds(recipe: Recipe, pool: Pool) -> None:
    records = list(run(recipe, pool))
    trace = fold(check(recipe), records)
    assert trace.status == "finished"
    assert isinstance(records[-1].event, RunFinished)
    assert len(trace.tokens) <= 6
    assert list(trace.costs) == ["ann", "bob", recipe.members[2].ref]
    assert [cost.batch for cost in trace.costs.values()] == [2, 1, 2]


def test_times_go_forward_and_are_those_of_the_file(recipe: Recipe, pool: Pool) -> None:
    records = list(run(recipe, pool))
    assert records[0].t >= 0
    assert all(before.t <= after.t for before, after in pairwise(records))
    trace = fold(check(recipe), records)
    assert parse_run(run_text(trace)).records == trace.records


def test_the_same_recipe_gives_the_same_events(recipe: Recipe, pool: Pool) -> None:
    warm = replace(recipe, sampling=Sampling(6, 1.0, seed=5))
    assert untimed(list(run(warm, pool))) == untimed(list(run(warm, pool)))
    other = replace(warm, sampling=replace(warm.sampling, seed=6))
    assert untimed(list(run(warm, pool))) != untimed(list(run(other, pool)))


def test_a_checked_recipe_runs_as_the_one_it_came_from(recipe: Recipe, pool: Pool) -> None:
    assert untimed(list(run(check(recipe), pool))) == untimed(list(run(recipe, pool)))


def broken(after: int, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ensemble breaks when it draws its token number `after`."""
    count = iter(range(100))

    def failing(*arguments: Any) -> int:
        if next(count) == after:
            raise error
        return draw(*arguments)

    monkeypatch.setattr("fusionlab.models.decoding.draw", failing)


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        (
            SourceError("shard-missing", file="the disk"),
            RunFailed(
                "the disk is missing",
                "copy or fetch the model again",
                "SourceError",
                Sentence("shard-missing", {"file": "the disk"}),
            ),
        ),
        (
            ZeroDivisionError("by zero"),
            RunFailed(
                "internal error: by zero",
                "please report it",
                "ZeroDivisionError",
                Sentence("internal-error", {"said": "by zero"}),
            ),
        ),
    ],
)
def test_a_failure_midway_is_told_and_then_raised(
    error: Exception,
    failed: RunFailed,
    recipe: Recipe,
    pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken(2, error, monkeypatch)
    records = []
    with pytest.raises(type(error)) as caught:  # noqa: PT012  the records before it count
        for record in run(recipe, pool):
            records.append(record)  # noqa: PERF402
    assert caught.value is error
    event = records[-1].event
    assert isinstance(event, RunFailed)
    assert event == failed
    trace = fold(recipe, records)
    assert (trace.status, len(trace.tokens)) == ("failed", 2)


def test_a_model_that_cannot_be_loaded_fails_the_run(tiny: Path) -> None:
    def broken(*_: Any) -> LanguageModel:
        raise OSError("bad weights")

    records = run(
        Recipe("solo", "Hi", (MemberRecipe(f"path:{tiny}"),)),
        Pool(10**10, {"transformers": broken}),
    )
    with pytest.raises(SourceError, match="bad weights"):
        list(records)


@pytest.fixture
def small(tiny: Path) -> Iterator[Pool]:
    """A pool with room for one tiny model: another one fits only when nobody borrows the first."""
    with closing(Pool(int((tiny / "model.safetensors").stat().st_size * 1.5))) as pool:
        yield pool


def ended(recipe: Recipe, pool: Pool) -> bool:
    """Whether a run that needs all the room of the pool comes to its end."""
    try:
        return isinstance(list(run(recipe, pool))[-1].event, RunFinished)
    except OutOfBudget:
        return False


def alone(folder: Path) -> Recipe:
    return Recipe("ensemble", "one", (MemberRecipe(f"path:{folder}"),), sampling=Sampling(3))


def test_while_it_runs_its_models_are_kept_and_closing_frees_them(
    small: Pool, tiny: Path, tiny_twin: Path
) -> None:
    records = run(alone(tiny), small)
    while not isinstance(next(records).event, TokenChosen):
        pass
    assert not ended(alone(tiny_twin), small)
    records.close()
    assert ended(alone(tiny_twin), small)


def test_a_failed_run_frees_its_models(
    small: Pool, tiny: Path, tiny_twin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(1, ZeroDivisionError(), patch)
        with pytest.raises(ZeroDivisionError):
            list(run(alone(tiny), small))
    assert ended(alone(tiny_twin), small)


def test_a_run_that_was_never_begun_holds_nothing(small: Pool, tiny: Path, tiny_twin: Path) -> None:
    records = run(alone(tiny), small)
    assert ended(alone(tiny_twin), small)
    records.close()
    assert small.held > 0


def test_two_runs_at_once_on_one_pool_are_as_two_in_turn(recipe: Recipe) -> None:
    warm = [replace(recipe, sampling=Sampling(24, 1.0, seed=seed)) for seed in (1, 2)]
    results: dict[int, list[Event]] = {}
    with closing(Pool(10**10)) as pool:

        def work(at: int) -> None:
            results[at] = untimed(list(run(warm[at], pool)))

        threads = [threading.Thread(target=work, args=(at,)) for at in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        held = pool.held
        in_turn = [untimed(list(run(each, pool))) for each in warm]
        assert pool.held == held
    assert [results[0], results[1]] == in_turn
    assert in_turn[0] != in_turn[1]


def test_the_environment_names_no_one() -> None:
    env = environment()
    assert set(env) == {"python", "machine", "packages"}
    assert set(env["packages"]) >= {"fusionlab", "torch", "transformers"}
    assert str(Path.home()) not in str(env)
