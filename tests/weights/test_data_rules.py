"""Rules that go by data: what they measure is what a slow loop finds, and merging has its laws."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.bench.suites import draw, get_suite
from fusionlab.builders.data.material import material_for
from fusionlab.builds import builds_from_toml
from fusionlab.errors import FusionError, RecipeError
from fusionlab.events import ModelBuilt, Progress
from fusionlab.limits import Limits
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights import entropy, statistics
from fusionlab.weights.blended import Blended
from fusionlab.weights.material import Material, Passage, material_in, rows_of
from fusionlab.weights.opened import Opened
from fusionlab.weights.opened import opened as opened_source
from fusionlab.weights.rule import seeded
from fusionlab.weights.statistics import Measured, Task, loaded, measured
from fusionlab.words import LANGUAGES
from fusionlab.zoo.tasks import split_of
from tests.drained import drained
from tests.tiny_lora import tiny_lora
from tests.weights.families import tiny_family
from tests.weights.merging import merge
from tests.weights.test_merge_builder import check_same, keys, planned, source, weights

RULES = ("fisher", "regmean", "adamerging")
DOWN = "model.layers.1.mlp.down_proj.weight"
WORDS = "one two three four five six seven eight nine ten red green blue old new tall"
LINES = [" ".join(WORDS.split()[n % 16 :] + WORDS.split()[: n * 7 % 13]) for n in range(12)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Passages, and questions with answers."""
    file = tmp_path / "data.jsonl"
    rows = [{"text": line} for line in LINES] + [{"prompt": "1+1=", "completion": "two"}]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def three(folder: Path, **kind: Any) -> list[Path]:
    return [tiny_family(folder / f"m{n}", layers=2, seed=n, **kind) for n in range(3)]


def built(plan: Plan[Any]) -> tuple[ModelBuilt, Path]:
    assert plan.refused is None, plan.refused
    events, folder = drained(get_builder("merge").execute(plan, None))
    assert isinstance(events[-1], ModelBuilt)
    return events[-1], folder


def merged(home: Path, *sources: Source, **settings: Any) -> tuple[ModelBuilt, dict[str, Tensor]]:
    """What is merged, forgotten at once."""
    event, folder = built(planned(*sources, **settings))
    found = weights(folder)
    shutil.rmtree(home / "models")
    return event, found


def reported(event: ModelBuilt) -> Any:
    return event.report


def measure(model: Path, file: Path, statistic: str, *names: str) -> tuple[Opened, Measured]:
    one = opened_source(f"path:{model}")
    task = Task(
        statistic, frozenset(names or one.weights.tensors), material_in(file, 50), 50, seed=3
    )
    return one, drained(measured(one, task))[1]


def slow(one: Opened, file: Path) -> Iterator[tuple[Any, int, Any, int]]:
    """Every row as the model reads it: the model, the row's number, its logits, its tokens."""
    model = loaded(one)
    for number, row in enumerate(rows_of(model, material_in(file, 50), 50)):
        said = model.model(torch.tensor([row.ids])).logits[0, row.first - 1 : -1]
        yield model, number, said, len(row.ids)


@pytest.mark.parametrize("tied", [True, False])
def test_the_fisher_information_is_that_of_a_slow_loop(
    tied: bool, tmp_path: Path, text: Path
) -> None:
    folder = tiny_family(tmp_path / "a", layers=2, tie_word_embeddings=tied)
    one, found = measure(folder, text, "fisher")
    sums: dict[str, Any] = {}
    tokens = 0
    for model, number, said, _ in slow(one, text):
        named = dict(model.model.named_parameters())
        probs = said.detach().softmax(dim=-1)
        labels = probs.multinomial(1, generator=seeded(3, f"labels of row {number}"))
        total = torch.nn.functional.cross_entropy(said, labels[:, 0], reduction="sum")
        for name, each in zip(named, torch.autograd.grad(total, [*named.values()]), strict=True):
            sums[name] = sums.get(name, 0) + each.double() ** 2
        tokens += len(labels)
    assert found.tokens == tokens
    assert set(sums) == set(one.weights.tensors)
    for name, each in sums.items():
        assert_close(found.read(name).double(), each / tokens, rtol=1e-3, atol=1e-9)
        assert_close(found.read(name, 1, 3), found.read(name)[1:3])


def test_a_gram_matrix_is_that_of_the_inputs_and_regmean_solves_least_squares(
    tmp_path: Path, text: Path
) -> None:
    folders = three(tmp_path)[:2]
    inputs: list[Tensor] = []
    for folder in folders:
        one, found = measure(folder, text, "gram")
        rows: list[Tensor] = []
        model = loaded(one)
        layer = model.module.get_submodule(DOWN.removesuffix(".weight"))
        hook = layer.register_forward_pre_hook(lambda _, given: rows.append(given[0][0]))  # noqa: B023
        for row in rows_of(model, material_in(text, 50), 50):
            model.model(torch.tensor([row.ids]))
        hook.remove()
        inputs.append(torch.cat(rows).detach().double())
        gram = inputs[-1].mT @ inputs[-1] / len(inputs[-1])
        assert_close(found.read(DOWN).double(), gram, rtol=1e-4, atol=1e-6)
        assert not found.has("model.embed_tokens.weight")
        assert not found.has("model.norm.weight")
        shared = found.read("model.layers.0.self_attn.q_proj.weight")
        assert torch.equal(found.read("model.layers.0.self_attn.v_proj.weight"), shared)
    own = [weights(folder)[DOWN].double() for folder in folders]
    grams = [each.mT @ each for each in inputs]
    new = merge("regmean", own, statistics=grams, off_diagonal=1 - 1e-12)
    asked = torch.cat(inputs)
    wanted = torch.cat([x @ w.mT for x, w in zip(inputs, own, strict=True)])
    solved = torch.linalg.lstsq(asked, wanted, driver="gelsd").solution
    assert_close(asked @ new.mT, asked @ solved, rtol=1e-5, atol=1e-5)


def test_equal_information_is_the_mean() -> None:
    models = [*torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))]
    told = [torch.rand(4, 5, generator=torch.Generator().manual_seed(1))] * 3
    assert_close(merge("fisher", models, statistics=told), merge("linear", models))


@pytest.mark.parametrize("method", RULES)
def test_copies_make_the_model_and_the_order_does_not_matter(
    method: str, tmp_path: Path, home: Path, text: Path
) -> None:
    one, two, base = three(tmp_path)
    told: dict[str, Any] = {"method": method, "data": str(text)}
    if method == "adamerging":
        told |= {"base": f"path:{base}", "parameters": {"steps": 3, "lambda": 1 / 3}}
    else:
        copy, third = tmp_path / "copy", tmp_path / "third"
        shutil.copytree(one, copy)
        shutil.copytree(one, third)
        _, same = merged(home, source(one), source(copy), source(third), **told)
        for name, tensor in weights(one).items():
            assert_close(same[name], tensor, rtol=1e-4, atol=1e-5)
    _, there = merged(home, source(one), source(two), **told)
    _, back = merged(home, source(two), source(one), **told)
    for name, tensor in there.items():
        assert_close(tensor, back[name], rtol=1e-3, atol=1e-4)


def test_adamerging_is_task_arithmetic_at_first_and_then_lowers_the_entropy(
    tmp_path: Path, home: Path, text: Path
) -> None:
    one, two, base = three(tmp_path)
    given = (source(one, weight=0.5), source(two))
    told: dict[str, Any] = {"data": str(text), "method": "adamerging", "base": f"path:{base}"}
    plain = {"method": "task_arithmetic", "base": f"path:{base}", "parameters": {"lambda": 0.4}}
    _, added = merged(home, *given, **plain)
    event, begun = merged(home, *given, **told, parameters={"steps": 0, "lambda": 0.4})
    for name, tensor in added.items():
        assert_close(begun[name], tensor, rtol=1e-5, atol=1e-6)
    assert reported(event)["entropy"] == {
        "before": reported(event)["entropy"]["after"],
        "after": reported(event)["entropy"]["after"],
        "curve": [],
    }
    for coefficients, groups in (("layer", 4), ("task", 1)):
        learning = {"steps": 15, "learning_rate": 0.05, "coefficients": coefficients}
        event, found = merged(home, *given, **told, parameters=learning)
        assert reported(event)["entropy"]["after"] < reported(event)["entropy"]["before"]
        assert len(reported(event)["entropy"]["curve"]) == 15
        assert reported(event)["sentences"][0]["key"] == "build-entropy"
        origin = weights(base)
        rows = [torch.tensor(each["by_layer"]) for each in reported(event)["shifts"]]
        assert [len(row) for row in rows] == [groups] * 2
        group = 2 if groups > 1 else 0  # before the layers, two layers, after them
        expected = origin[DOWN].clone()
        for weight, row, model in zip((0.5, 1), rows, (one, two), strict=True):
            expected += (0.3 * weight + row[group]) * (weights(model)[DOWN] - origin[DOWN])
        assert_close(found[DOWN], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("method", RULES)
def test_a_stopped_one_leaves_nothing_under_the_id_and_goes_on(
    method: str, tmp_path: Path, home: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (statistics, entropy):
        monkeypatch.setattr(module, "EVERY", 2)
    one, two, base = three(tmp_path)
    told: dict[str, Any] = {"method": method, "data": str(text)}
    if method == "adamerging":
        told |= {"base": f"path:{base}", "parameters": {"steps": 6}}
    plan = planned(source(one), source(two), **told)
    steps = get_builder("merge").execute(plan, None)
    begun = "lowering entropy" if method == "adamerging" else "measuring path:m1"
    for event in steps:
        if isinstance(event, Progress) and event.what == begun and event.done == 5:
            break
    steps.close()
    assert [each.name for each in (home / "models").iterdir() if each.name[0] != "."] == []
    assert not list(home.rglob("*.part"))
    monkeypatch.setattr(statistics, "loaded", counted := Counted(loaded))
    events, folder = drained(get_builder("merge").execute(plan, None))
    seen = [e.done for e in events if isinstance(e, Progress) and e.what == begun and e.total]
    assert min(each for each in seen if each) >= 4
    assert len(counted.calls) == (0 if method == "adamerging" else 1)  # m0 was measured before
    resumed = weights(folder)
    shutil.rmtree(home)
    for name, tensor in weights(built(plan)[1]).items():
        assert_close(resumed[name], tensor, rtol=1e-6, atol=1e-7)


class Counted:
    """Remembers what a function was called with."""

    def __init__(self, function: Any) -> None:
        self.function, self.calls = function, list[Any]()

    def __call__(self, *given: Any) -> Any:
        self.calls.append(given)
        return self.function(*given)


def test_of_adapters_on_one_base_only_what_they_change_is_measured(
    tmp_path: Path, home: Path, text: Path
) -> None:
    base = tiny_family(tmp_path / "base", layers=2, tie_word_embeddings=True)
    refs = [
        f"path:{base}+{tiny_lora(base, tmp_path / f'{n}', seed=n, name=str(base), targets=t)}"
        for n, t in enumerate((("q_proj",), ("q_proj", "down_proj")))
    ]
    plain = weights(base)
    for method in ("fisher", "regmean"):
        event, found = merged(home, *map(Source, refs), method=method, data=str(text))
        moved = {name for name, each in found.items() if not torch.equal(each, plain[name])}
        assert {name.split(".")[-2] for name in moved} == {"q_proj", "down_proj"}
        assert reported(event)["averaged"] == []
        files = sorted((home / "statistics").glob("*.safetensors"))
        assert len(files) == 2
        assert {name.split(".")[-2] for name in load_file(files[0])} == {"q_proj", "down_proj"}
        shutil.rmtree(home / "statistics")
    _, found = merged(
        home, *map(Source, refs), method="adamerging", data=str(text), parameters={"steps": 2}
    )
    assert torch.equal(found["model.embed_tokens.weight"], plain["model.embed_tokens.weight"])


@pytest.mark.parametrize("coefficients", ["layer", "task"])
def test_adapters_beside_the_base_teach_what_whole_task_vectors_do(
    coefficients: str,
    tmp_path: Path,
    home: Path,
    text: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = tiny_family(tmp_path / "base", layers=2)
    targets = (("q_proj",), ("q_proj", "down_proj"))
    refs = [
        f"path:{base}+{tiny_lora(base, tmp_path / f'{n}', seed=n, name=str(base), targets=t)}"
        for n, t in enumerate(targets)
    ]
    learning = {"steps": 4, "batch": 2, "learning_rate": 0.05, "coefficients": coefficients}
    told: dict[str, Any] = {"method": "adamerging", "data": str(text), "parameters": learning}
    beside = Counted(Blended)
    monkeypatch.setattr(entropy, "Blended", beside)
    event, found = merged(home, *map(Source, refs), **told)
    assert len(beside.calls) == 1
    shutil.rmtree(home)
    monkeypatch.setattr(entropy, "low_rank", lambda *_: None)
    again, whole = merged(home, *map(Source, refs), **told)
    assert len(beside.calls) == 1
    rows, wanted = (
        torch.tensor([each["by_layer"] for each in reported(one)["shifts"]])
        for one in (event, again)
    )
    assert rows.abs().max() > 0.05
    assert_close(rows, wanted, rtol=1e-2, atol=1e-4)
    assert_close(reported(event)["entropy"], reported(again)["entropy"], rtol=1e-4, atol=1e-5)
    for name, tensor in whole.items():
        assert_close(found[name], tensor, rtol=1e-3, atol=1e-4)


def test_regmean_averages_embeddings_norms_and_experts(
    tmp_path: Path, home: Path, text: Path
) -> None:
    one, two, _ = three(tmp_path, tie_word_embeddings=True)
    plan = planned(source(one), source(two), method="regmean", data=str(text))
    assert {"merge-data-read", "merge-data-averaged"} <= keys(plan)
    assert plan.memory > 4 * sum(each.numel() for each in weights(one).values())
    event, found = merged(home, source(one), source(two), method="regmean", data=str(text))
    averaged = set(reported(event)["averaged"])
    assert averaged == {name for name in found if "norm" in name or "embed" in name}
    for name in averaged:
        assert_close(found[name], (weights(one)[name] + weights(two)[name]) / 2)


def test_what_one_source_reads_is_its_own(tmp_path: Path, home: Path, text: Path) -> None:
    one, two, _ = three(tmp_path)
    other = tmp_path / "other.txt"
    other.write_text("\n\n".join(LINES[:3]))
    plan = planned(source(one, data=str(other)), source(two), method="fisher", data=str(text))
    assert [each.passages for each in plan.details.reads] == [3, 13]
    event, _ = built(plan)
    assert reported(event)["tokens"]["path:m0"] < reported(event)["tokens"]["path:m1"]
    other.write_text("something else")
    with pytest.raises(RecipeError) as caught:
        drained(get_builder("merge").execute(plan, home / "elsewhere"))
    assert caught.value.sentence.key == "merge-data-changed"


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("absent.txt", None, "merge-data-missing"),
        ("table.csv", b"a,b", "merge-data-format"),
        ("blank.txt", b" \n\n \n", "merge-data-empty"),
        ("blank.jsonl", b"\n", "merge-data-empty"),
        ("latin.txt", b"caf\xe9", "merge-data-unreadable"),
        ("bad.jsonl", b'{"text": ', "data-not-json"),
        ("fields.jsonl", b'{"text": "a b"}\n{"question": "a"}', "merge-data-line"),
        ("list.jsonl", b"[1]", "merge-data-line"),
        ("own", None, "merge-data-own"),
        ("suite:zoo-mixd", None, "unknown-name-near"),
        ("suite:zoo-mixed/ad", None, "unknown-name-near"),
        ("suite:gsm8k", None, "merge-data-no-training"),
        ("suite:absent.toml", None, "suite-missing"),
    ],
)
def test_data_that_cannot_be_used_are_refused_with_what_to_do(
    name: str, content: bytes | None, key: str, tmp_path: Path
) -> None:
    one = tiny_family(tmp_path / "a", layers=1)
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    place = str(file) if "." in name and ":" not in name else name
    with pytest.raises(FusionError) as caught:
        planned(source(one), method="fisher", data=place)
    said_in_all(caught.value, key)


def said_in_all(error: FusionError, key: str) -> None:
    assert error.sentence.key == key
    for language in LANGUAGES:
        assert error.sentence.said(language)
        assert error.sentence.hint(language) or key.startswith("data-not-json")


def test_no_data_and_data_for_nothing_are_told(tmp_path: Path, text: Path) -> None:
    one, two, base = three(tmp_path)
    for method in RULES:
        told = {"base": f"path:{base}"} if method == "adamerging" else {}
        plan = planned(source(one), source(two), method=method, **told)
        assert plan.refused is not None
        assert plan.refused.sentence.key == "merge-data-lacking"
    with pytest.raises(RecipeError) as caught:
        planned(source(one), source(two), data=str(text))
    said_in_all(caught.value, "merge-data-unused")


@pytest.mark.parametrize("method", RULES)
def test_a_model_whose_numbers_are_none_is_named(method: str, tmp_path: Path, text: Path) -> None:
    one, two, base = three(tmp_path)
    stored = load_file(two / "model.safetensors")
    stored[DOWN][3, 4] = float("nan")
    save_file(stored, two / "model.safetensors", {"format": "pt"})
    told = {"base": f"path:{base}"} if method == "adamerging" else {}
    plan = planned(source(one), source(two), method=method, data=str(text), **told)
    with pytest.raises(RecipeError) as caught:
        drained(get_builder("merge").execute(plan, None))
    said_in_all(caught.value, "merge-data-no-numbers")


def test_a_text_of_one_token_is_too_short(tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", layers=1)
    model = loaded(opened_source(f"path:{one}"))
    question = Material("x", (Passage("so long a question " * 40, "yes"),))
    with pytest.raises(RecipeError) as caught:
        rows_of(model, question, 9)
    said_in_all(caught.value, "merge-data-short")
    long = rows_of(model, Material("x", (Passage("", "one two " * 90),)), 99)
    assert max(len(row.ids) for row in long) <= model.context
    assert sum(row.predicted for row in long) == len(model.tokenizer("one two " * 90)["input_ids"])


def test_questions_that_a_suite_asks_are_never_read() -> None:
    for suite in ("zoo-mixed", "zoo-two-steps", "adapters"):
        read = {each.asked for each in material_for(f"suite:{suite}", "zoo/adder", 200).passages}
        assert len(read) > 150
        assert read.isdisjoint(each.prompt for each in draw(get_suite(suite)).items)
    own = material_for("own", "zoo/calendar", 40).passages
    assert {split_of(each.asked) for each in own} == {"train"}
    assert {each.asked.split()[0] for each in own} == {"weekday", "month"}
    adapter = material_for("own", "smollm2-135m+maths", 3)
    assert adapter.passages == material_for("suite:adapters/maths", "", 3).passages


def test_a_public_demo_reads_no_file_for_a_source() -> None:
    demo, builder = Limits(models=("zoo/*",)), get_builder("merge")
    demo.check_plan(builder, [Source("zoo/adder", {"weight": 0.5})], {"method": "ties"})
    for sources, settings in (
        ([Source("zoo/adder", {"data": "/etc/passwd"})], {}),
        ([Source("zoo/adder")], {"data": "/etc/passwd"}),
    ):
        with pytest.raises(RecipeError) as caught:
            demo.check_plan(builder, sources, settings)
        assert caught.value.sentence.key == "limit-no-text"


def test_a_recipe_means_the_same_files_wherever_one_stands(
    tmp_path: Path, home: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = get_builder("merge")
    assert builder.files({"data": "own"}) == builder.option_files({"data": "suite:x"}) == []
    assert builder.files({"data": "a.txt"}) == builder.option_files({"data": "a.txt"}) == ["data"]
    one, two, _ = three(tmp_path)
    monkeypatch.chdir(text.parent)
    given = (source(one, data=text.name), source(two))
    _, folder = built(planned(*given, method="regmean", data=text.name))
    (recipe,) = builds_from_toml((folder / "recipe.toml").read_text())
    before = weights(folder)
    shutil.rmtree(home)
    monkeypatch.chdir("/")
    again = builder.plan(list(recipe.sources), recipe.settings, recipe.id)
    for name, tensor in weights(built(again)[1]).items():
        assert torch.equal(tensor, before[name])


def test_nothing_changes_where_no_data_are_read(tmp_path: Path, home: Path) -> None:
    one, two, _ = three(tmp_path)
    plan = planned(source(one), source(two))
    assert plan.details.reads == ()
    assert "data" not in plan.details.settings
    check_same(built(plan)[1], built(plan)[1])
    assert not (home / "statistics").exists()
