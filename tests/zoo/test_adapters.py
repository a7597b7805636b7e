"""A tiny adapter is trained end to end: it learns, stops, goes on, is found, and loads."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.encoding import event_from_json
from fusionlab.engines.memory import Pool
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.events import ModelBuilt, StepTrained
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import get_builder
from fusionlab.run import run
from fusionlab.sources import store
from fusionlab.sources.references import spec_of
from fusionlab.trace import fold
from fusionlab.training.adapters import AdapterRecipe, adapted, draw_batch
from fusionlab.training.loop import Plan
from fusionlab.training.losses import IGNORED
from fusionlab.zoo.adapter_recipes import (
    adapter_recipe,
    adapter_recipe_from_toml,
    adapter_recipe_names,
)
from fusionlab.zoo.adapters import (
    adapter_scores,
    evaluate_adapter_folder,
    known_adapters,
    planned_adapter,
    trained_adapter,
)
from tests.drained import drained
from tests.tiny import tiny_llama, tiny_tokenizer

BASE = "zoo/tiny"
RECIPE = AdapterRecipe(
    "days",
    "Days",
    BASE,
    "dates",
    Plan(steps=30, learning_rate=0.02, warmup=3, weight_decay=0.0),
    batch=8,
    rank=8,
    alpha=16,
    targets=("q_proj", "v_proj", "up_proj", "down_proj"),
)
SHORT = replace(RECIPE, training=Plan(steps=6, learning_rate=0.01, warmup=2), batch=2)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own with a tiny model in its zoo, and one thread."""
    home = tmp_path_factory.mktemp("home")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(home))
        folder = tiny_llama(home / "zoo" / "tiny")
        _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
        store.write_origin(folder, "a test", "", {"model.safetensors": sha256})
        yield home
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(home: Path) -> tuple[list[Any], Path]:
    """Events and folder of the tiny adapter."""
    return drained(trained_adapter(planned_adapter(RECIPE, 3), home / "adapters"))


def test_it_learns_and_the_base_is_not_touched(trained: tuple[list[Any], Path], home: Path) -> None:
    losses = [event.loss for event in trained[0] if isinstance(event, StepTrained)]
    assert len(losses) == 30
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])
    origin = store.origin_of(home / "zoo" / "tiny")
    _, sha256 = drained(store.hash_of(home / "zoo" / "tiny" / "model.safetensors"))
    assert origin["sha256"]["model.safetensors"] == sha256


def test_it_is_a_folder_of_peft_s(trained: tuple[list[Any], Path]) -> None:
    from safetensors.torch import load_file

    _, folder = trained
    assert sorted(file.name for file in folder.iterdir()) == [
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "evaluation.json",
        "origin.json",
        "recipe.toml",
        "training.jsonl",
    ]
    weights = load_file(folder / "adapter_model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert len(weights) == 2 * 2 * len(RECIPE.targets)
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == BASE
    assert (config["r"], config["lora_alpha"]) == (8, 16)
    assert str(folder.parent.parent) not in "".join(
        file.read_text() for file in folder.iterdir() if file.suffix != ".safetensors"
    )


def test_recipe_log_and_card_stand_in_it(trained: tuple[list[Any], Path]) -> None:
    events, folder = trained
    text = (folder / "recipe.toml").read_text(encoding="utf-8")
    assert adapter_recipe_from_toml("days", text) == RECIPE
    lines = (folder / "training.jsonl").read_text().splitlines()
    logged = [event_from_json(json.loads(line)) for line in lines]
    assert logged == [event for event in events if isinstance(event, StepTrained)]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "base_model: zoo/tiny" in card
    assert [score.total for score in adapter_scores(folder)] == [3, 3]


def test_its_evaluation_can_be_repeated(trained: tuple[list[Any], Path], home: Path) -> None:
    _, folder = trained
    _, again = drained(evaluate_adapter_folder(folder, home / "zoo" / "tiny", "dates", count=3))
    assert again == adapter_scores(folder)


def test_it_is_a_model_like_any_other(trained: tuple[list[Any], Path]) -> None:
    spec = spec_of(f"{BASE}+days")
    assert (spec.level, spec.lineage) == (Level.INTERNALS, (BASE,))
    members = (MemberRecipe(f"{BASE}+days", "special"), MemberRecipe(BASE, "plain"))
    pool = Pool()
    for method in ("ensemble", "vote"):
        recipe = Recipe(method, "It is Monday.", members, sampling=Sampling(3))
        trace = fold(recipe, run(recipe, pool))
        assert trace.status == "finished"
    assert trace.costs["special"].bytes < trace.costs["plain"].bytes
    alone = Recipe("solo", "It is Monday.", members[:1], sampling=Sampling(3))
    assert fold(alone, run(alone, pool)).costs["special"].engine == "transformers"
    pool.close()


def test_the_same_recipe_is_not_trained_twice(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    (built,), again = drained(trained_adapter(planned_adapter(RECIPE), folder.parent))
    assert isinstance(built, ModelBuilt)
    assert (built.reference, built.seconds, again) == (f"{BASE}+days", 0.0, folder)


def test_another_recipe_does_not_take_its_place(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    with pytest.raises(RecipeError, match="another recipe"):
        drained(trained_adapter(planned_adapter(SHORT), folder.parent))


@pytest.mark.parametrize("stopped_at", [1, 5, 9])
def test_what_was_stopped_goes_on_to_the_same_folder(
    stopped_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fusionlab.training.adapters.CHECKPOINTS_EVERY", 2)
    _, whole = drained(trained_adapter(planned_adapter(SHORT, 1), tmp_path / "whole"))
    broken = trained_adapter(planned_adapter(SHORT, 1), tmp_path / "broken")
    list(islice(broken, stopped_at))
    broken.close()
    (work,) = (tmp_path / "broken").iterdir()
    for file in work.glob("checkpoint.safetensors"):
        assert file.stat().st_size < 400_000  # of the adapter alone
    _, resumed = drained(trained_adapter(planned_adapter(SHORT, 1), tmp_path / "broken"))
    for file in whole.iterdir():
        assert file.read_bytes() == (resumed / file.name).read_bytes(), file.name


def test_a_fresh_adapter_is_decided_by_the_seed_and_begins_as_its_base(home: Path) -> None:
    folder = home / "zoo" / "tiny"
    ids = torch.tensor([[5, 6, 7]])
    models = [adapted(folder, RECIPE, BASE) for _ in range(2)]
    states = [model.state_dict() for model in models]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    with torch.no_grad(), models[0].disable_adapter():
        before = models[0](input_ids=ids).logits
    with torch.no_grad():
        assert torch.equal(models[0](input_ids=ids).logits, before)


def test_a_batch_teaches_the_worked_answer_in_the_base_s_template() -> None:
    tokenizer: Any = tiny_tokenizer()
    batch = draw_batch(RECIPE, tokenizer, torch.Generator().manual_seed(4))
    for ids, labels in zip(batch.ids.tolist(), batch.labels.tolist(), strict=True):
        learned = [label for label in labels if label != IGNORED]
        prompt = tokenizer.decode(ids[: labels.index(learned[0])])
        assert prompt.startswith("<|im_start|>user\n")
        assert prompt.endswith("<|im_end|>\n<|im_start|>assistant\n")
        assert learned.pop() == tokenizer.eos_token_id
        assert "The answer is" in tokenizer.decode(learned)


def test_the_recipes_that_ship_are_known() -> None:
    rows = {row["name"]: row for row in known_adapters()}
    assert tuple(rows) == adapter_recipe_names()
    assert set(rows) >= {"maths", "dates", "editing", "tables"}
    assert rows["maths"]["id"] == "smollm2-135m+maths"
    assert adapter_recipe("smollm2-135m+maths") == adapter_recipe("maths")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("math", "did you mean 'maths'"),
        ("smollm2-135m+mats", "did you mean 'maths'"),
        ("zoo/adder+maths", "smollm2-135m"),
    ],
)
def test_an_unknown_adapter_names_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UnknownName) as caught:
        get_builder("adapter").plan((), {"recipe": name})
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("rank = 8", "rank: it should be less than or equal to 8"),
        ('targets = ["q_proj"]', "targets.0"),
        ("batch = 8", "colour"),
        ("[training]", "not TOML"),
    ],
)
def test_a_recipe_that_is_none_says_so(change: str, said: str) -> None:
    wrong = {
        "rank = 8": "rank = 64",
        'targets = ["q_proj"]': 'targets = ["lm_head"]',
        "batch = 8": "batch = 8\ncolour = 1",
        "[training]": "[training",
    }
    text = (
        'title = "T"\nbase = "b"\ncorpus = "maths"\nbatch = 8\nrank = 8\nalpha = 16\n'
        'targets = ["q_proj"]\n[training]\nsteps = 1\nlearning_rate = 0.1\n'
    )
    assert adapter_recipe_from_toml("x", text).rank == 8
    with pytest.raises(RecipeError, match=said):
        adapter_recipe_from_toml("x", text.replace(change, wrong[change]))
