"""What every registered builder keeps, on models that are made in seconds."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import tomli_w
import torch

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.builds import builds_from_toml
from fusionlab.encoding import event_from_json, event_to_json
from fusionlab.engines.memory import Pool
from fusionlab.errors import RecipeError, SettingError, SourceError, UnknownName
from fusionlab.events import Event, ModelBuilt, Progress
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Builder, Plan, Source, all_builders, plan_to_json
from fusionlab.run import run
from fusionlab.sources import store
from fusionlab.sources.references import spec_of
from fusionlab.trace import fold
from fusionlab.validity import check
from tests.drained import drained
from tests.faults.damage import contents
from tests.tiny import tiny_llama

TRAINING = {"steps": 6, "learning_rate": 0.01, "warmup": 2}
MONTHS = {
    "title": "Months",
    "tasks": ["month"],
    "batch": 8,
    "training": TRAINING,
    "shape": {"hidden": 32, "feed_forward": 64, "layers": 2, "heads": 2, "context": 64},
}
DAYS = {
    "title": "Days",
    "base": "zoo/tiny",
    "corpus": "dates",
    "batch": 2,
    "rank": 8,
    "alpha": 16,
    "targets": ["q_proj", "v_proj"],
    "training": TRAINING,
}
SMALL: dict[str, dict[str, Any]] = {
    "zoo": {"recipe": "months", "questions": 2},
    "adapter": {"recipe": "days", "questions": 1},
    "graft": {"drop": 1},
    "merge": {"method": "slerp"},
    "upcycle": {"experts": 2},
    "train": {
        "objective": "instruct",
        "data": "corpus:dates",
        "steps": 6,
        "questions": 8,
        "batch": 2,
    },
    "distil": {
        "target": "zoo/tiny",
        "data": "corpus:dates",
        "steps": 6,
        "questions": 8,
        "batch": 2,
    },
}
"""Settings under which each builder makes something small."""
SOURCES: dict[str, list[Source]] = {
    "graft": [Source("zoo/tiny")],
    "merge": [Source("zoo/tiny"), Source("zoo/tiny")],
    "upcycle": [Source("zoo/tiny")],
    "train": [Source("zoo/tiny")],
    "distil": [Source("zoo/tiny")],
}
"""What it makes that of; nothing where it needs none."""

each_builder = pytest.mark.parametrize("builder", all_builders(), ids=lambda each: each.name)

Moved = Callable[[str], Path]


@pytest.fixture(autouse=True)
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moved]:
    """Moves to a home of its own, which has a tiny base; the recipes known are the tiny ones."""
    recipes = {"zoo/recipes/months.toml": MONTHS, "adapters/recipes/days.toml": DAYS}
    for name, recipe in recipes.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(tomli_w.dumps(recipe), encoding="utf-8")
    for module in ("recipes", "adapter_recipes"):
        monkeypatch.setattr(f"fusionlab.zoo.{module}.asset", lambda name: tmp_path / name)

    def move(name: str) -> Path:
        home = tmp_path / name
        monkeypatch.setenv("FUSIONLAB_HOME", str(home))
        folder = tiny_llama(home / "zoo" / "tiny")
        _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
        store.write_origin(folder, "a test", "", {"model.safetensors": sha256})
        return home

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are then taken in the same order every time
    move("home")
    yield move
    torch.set_num_threads(before)


def planned(builder: Builder) -> Plan[Any]:
    return builder.plan(SOURCES.get(builder.name, ()), SMALL[builder.name])


def built(builder: Builder) -> tuple[list[Event], Path]:
    return drained(builder.execute(planned(builder), None))


@each_builder
def test_it_says_what_it_is(builder: Builder) -> None:
    assert builder.summary.endswith(".")
    assert builder.name in SMALL, "say how it makes something small"
    assert set(builder.check({})) == set(builder.settings.model_fields)


@each_builder
def test_a_plan_is_plain_data_and_nothing_is_done_for_it(builder: Builder, tmp_path: Path) -> None:
    before = contents(tmp_path)
    settings = dict(SMALL[builder.name])
    sources = SOURCES.get(builder.name, ())
    plan = builder.plan(sources, settings)
    text = json.dumps(plan_to_json(plan), allow_nan=False)
    assert plan == builder.plan(sources, settings)
    assert settings == SMALL[builder.name]
    assert str(tmp_path) not in text
    assert json.loads(text)["id"] == plan.id
    assert contents(tmp_path) == before


@each_builder
def test_an_unknown_setting_suggests_the_nearest(builder: Builder) -> None:
    for name in builder.settings.model_fields:
        with pytest.raises(UnknownName, match=f"did you mean {name!r}"):
            builder.plan(SOURCES.get(builder.name, ()), {f"{name}x": 1})


@each_builder
def test_a_wrong_value_names_the_settings(builder: Builder) -> None:
    for name in builder.settings.model_fields:
        with pytest.raises(SettingError, match=f"setting {name} of {builder.name}") as caught:
            builder.plan(SOURCES.get(builder.name, ()), {name: object()})
        assert name in caught.value.hint


@each_builder
def test_it_takes_as_many_sources_as_it_says(builder: Builder) -> None:
    if builder.max_sources is not None:
        sources = [Source("zoo/tiny")] * (builder.max_sources + 1)
        with pytest.raises(RecipeError, match="takes at most"):
            builder.plan(sources, SMALL[builder.name])
    if builder.min_sources:
        with pytest.raises(RecipeError, match="needs at least"):
            builder.plan([], SMALL[builder.name])


@each_builder
def test_an_unknown_option_of_a_source_is_named(builder: Builder) -> None:
    sources = [Source(each.ref, {"wieght": 1}) for each in SOURCES.get(builder.name, ())]
    if sources:
        with pytest.raises(UnknownName, match=f"option of a source of {builder.name} 'wieght'"):
            builder.plan(sources, SMALL[builder.name])


@each_builder
def test_an_id_is_a_name_and_no_path(builder: Builder) -> None:
    for name in ("..", "../evil", "a/b", "Twin", ".part", "x" * 65):
        with pytest.raises(RecipeError):
            builder.plan(SOURCES.get(builder.name, ()), SMALL[builder.name], name)


@each_builder
def test_its_events_end_in_a_model_that_opens_as_a_member(builder: Builder, moved: Moved) -> None:
    home = moved("home-of-it")
    plan = planned(builder)
    events, folder = drained(builder.execute(plan, None))
    last = events[-1]
    assert isinstance(last, ModelBuilt)
    assert (last.id, last.reference, last.lineage) == (plan.id, plan.reference, plan.lineage)
    assert folder == home / plan.shelf / plan.id
    assert last.parameters * 2 <= last.bytes
    for event in events:
        check(event)
        assert str(home) not in json.dumps(event_to_json(event), allow_nan=False)
    assert event_from_json(json.loads(json.dumps(event_to_json(last)))) == last
    assert store.origin_of(folder)["lineage" if plan.lineage else "source"]
    assert drained(store.fault(folder))[1] is None  # the hashes in it are those of its files
    assert {"README.md", "recipe.toml", "origin.json"} <= {file.name for file in folder.iterdir()}
    if builder.max_sources != 0:  # the recipe in the folder can be given again
        (again,) = builds_from_toml((folder / "recipe.toml").read_text(encoding="utf-8"))
        told = builder.plan(again.sources, again.settings, again.id)
        assert (told.id, told.lineage, told.bytes) == (plan.id, plan.lineage, plan.bytes)
    assert spec_of(last.reference).licence == plan.licence
    recipe = Recipe("solo", "one", (MemberRecipe(last.reference),), sampling=Sampling(3))
    pool = Pool()
    assert fold(recipe, run(recipe, pool)).status == "finished"
    pool.close()


@each_builder
def test_what_is_there_already_is_told_at_once(builder: Builder) -> None:
    first, folder = built(builder)
    before = contents(folder)
    again, same = built(builder)
    assert [type(event) for event in again] == [ModelBuilt]
    assert (same, contents(same)) == (folder, before)
    assert again[0] != first[-1]  # it took no time


@each_builder
def test_the_same_settings_give_the_same_weights(builder: Builder, moved: Moved) -> None:
    _, first = built(builder)
    moved("another-home")
    _, second = built(builder)
    assert first != second
    assert contents(first) == contents(second)


@each_builder
def test_stopped_midway_it_leaves_nothing_and_goes_on(builder: Builder, moved: Moved) -> None:
    events, whole = built(builder)
    for number, length in enumerate((1, len(events) // 2, len(events) - 2)):
        home = moved(f"stopped-{number}")
        plan = planned(builder)
        steps = builder.execute(plan, None)
        list(islice(steps, length))
        steps.close()
        assert not (home / plan.shelf / plan.id).exists()
        assert not list(home.rglob("*.part"))
        _, folder = drained(builder.execute(plan, None))
        assert contents(folder) == contents(whole)


@each_builder
def test_a_failure_leaves_nothing(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store, "put", full)
    with pytest.raises(SourceError, match="no space left"):
        built(builder)
    plan = planned(builder)
    assert not (store.home() / plan.shelf / plan.id).exists()
    assert not list(store.home().rglob("*.part"))


@each_builder
def test_a_second_one_waits_and_says_so(builder: Builder) -> None:
    plan = planned(builder)
    first, second = builder.execute(plan, None), builder.execute(plan, None)
    next(first)
    waiting = next(second)
    assert isinstance(waiting, Progress)
    assert waiting.what == f"waiting for {plan.id}"
    first.close()
    second.close()
