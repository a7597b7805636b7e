"""A merged model is an ordinary model whose every tensor is what the rule makes of its sources'."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.errors import FusionError, RecipeError, SettingError, SourceError, UnknownName
from fusionlab.events import ModelBuilt, Warned
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights import merging
from fusionlab.weights.checkpoint import checkpoint_in
from fusionlab.weights.rules import RULES
from tests.drained import drained
from tests.tiny import tiny_tokenizer
from tests.tiny_lora import tiny_lora
from tests.weights.families import FAMILIES, opened, tiny_family

TOKENS = torch.tensor([[7, 40, 9, 100, 21, 5, 300, 8, 77, 12]])
BY_WEIGHTS = [name for name, rule in RULES.items() if rule.statistic is None]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def source(folder: Path, **options: Any) -> Source:
    return Source(f"path:{folder}", options)


def planned(*sources: Source, **settings: Any) -> Plan[Any]:
    return get_builder("merge").plan(list(sources), settings, "new")


def merged(*sources: Source, **settings: Any) -> Path:
    plan = planned(*sources, **settings)
    assert plan.refused is None, plan.refused
    events, folder = drained(get_builder("merge").execute(plan, None))
    assert isinstance(built := events[-1], ModelBuilt)
    assert built.parameters == plan.parameters
    assert 0 <= built.bytes - plan.bytes < 30_000  # headers
    return folder


def refused(*sources: Source, **settings: Any) -> tuple[str, str]:
    plan = planned(*sources, **settings)
    assert plan.refused is not None
    with pytest.raises(RecipeError):
        drained(get_builder("merge").execute(plan, None))
    return plan.refused.sentence.said(), plan.refused.sentence.hint()


def keys(plan: Plan[Any]) -> set[str]:
    return {each.sentence.key for each in plan.findings}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    stored = checkpoint_in(folder)
    return {name: stored.read(name) for name in stored.tensors}


def check_same(one: Path, other: Path, bound: float = 0) -> None:
    first, second = weights(one), weights(other)
    assert set(first) == set(second)
    for name in first:
        assert_close(first[name], second[name], rtol=bound, atol=bound)


def changed(folder: Path, target: Path, **settings: Any) -> Path:
    """A copy of the model with these settings in its config."""
    shutil.copytree(folder, target)
    config = json.loads((target / "config.json").read_text())
    (target / "config.json").write_text(json.dumps({**config, **settings}))
    return target


@pytest.mark.parametrize("method", BY_WEIGHTS)
def test_merging_copies_of_a_model_gives_the_model(method: str, tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", layers=2)
    rule, other = RULES[method], tmp_path / "b"
    shutil.copytree(one, other)
    count = rule.max_models or 3
    base = {"base": f"path:{one}"} if rule.base == "required" else {}
    copies = [source(other)] * count
    folder = merged(*copies, method=method, **base)
    check_same(folder, one, 1e-6)
    assert_close(opened(folder)(TOKENS).logits, opened(one)(TOKENS).logits, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("family", ["gemma2", "qwen3_moe", "mixtral", "deepseek_v3"])
def test_weights_of_one_and_nothing_give_the_first(family: str, tmp_path: Path) -> None:
    assert family in FAMILIES
    one, two = (tiny_family(tmp_path / name, family, seed=n) for n, name in enumerate("ab"))
    check_same(merged(source(one, weight=1), source(two, weight=0)), one)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_numbers_ties_and_shards_stay(tied: bool, dtype: torch.dtype, tmp_path: Path) -> None:
    kind: dict[str, Any] = {"dtype": dtype, "layers": 2, "tie_word_embeddings": tied}
    one = tiny_family(tmp_path / "a", shard="20KB", **kind)
    two = tiny_family(tmp_path / "b", seed=1, **kind)
    first, second, mean = weights(one), weights(two), weights(merged(source(one), source(two)))
    assert set(mean) == set(first)
    assert ("lm_head.weight" in mean) is not tied
    for name, tensor in mean.items():
        assert_close(tensor, ((first[name].float() + second[name].float()) / 2).to(dtype))


def test_in_runs_of_rows_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (tiny_family(tmp_path / name, layers=2, seed=n) for n, name in enumerate("ab"))
    before = weights(merged(source(one, weight=2), source(two)))
    shutil.rmtree(tmp_path / "home")
    monkeypatch.setattr(merging, "CHUNK", 300)
    after = weights(merged(source(one, weight=2), source(two)))
    for name, tensor in before.items():
        assert_close(after[name], tensor, rtol=0, atol=0)


def test_settings_vary_over_depth_and_by_name(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=3, seed=n) for n, name in enumerate("ab"))
    share = {"mlp": [0, 1], "self_attn": 0.25, "*": 0.5}
    folder = merged(
        source(one), source(two, weight=share), method="linear", parameters={"normalize": False}
    )
    first, second, new = weights(one), weights(two), weights(folder)
    for name, part in (
        ("model.layers.0.mlp.up_proj.weight", 0.0),
        ("model.layers.1.mlp.up_proj.weight", 0.5),
        ("model.layers.2.mlp.up_proj.weight", 1.0),
        ("model.layers.2.self_attn.q_proj.weight", 0.25),
        ("model.norm.weight", 0.5),
    ):
        assert_close(new[name], first[name] + part * second[name])


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=2, seed=n) for n, name in enumerate("ab"))

    def drawn(seed: int) -> dict[str, torch.Tensor]:
        shutil.rmtree(tmp_path / "home", ignore_errors=True)
        own = source(two, density=0.5)
        return weights(merged(own, method="dare_ties", base=f"path:{one}", seed=seed))

    name = "model.layers.1.mlp.up_proj.weight"
    assert_close(drawn(1), drawn(1), rtol=0, atol=0)
    assert not torch.equal(drawn(1)[name], drawn(2)[name])


def test_adapters_are_task_vectors_on_the_base_that_they_have(tmp_path: Path) -> None:
    base = tiny_family(tmp_path / "base", layers=2)
    refs = [
        f"path:{base}+{tiny_lora(base, tmp_path / name, seed=n, name=str(base))}"
        for n, name in enumerate(("x", "y"))
    ]
    plan = planned(*map(Source, refs), method="task_arithmetic")
    assert plan.refused is None
    assert plan.lineage == (f"path:{base}", *refs)
    assert {"merge-base-found", "graft-adapter-folded"} <= keys(plan)
    _, folder = drained(get_builder("merge").execute(plan, None))
    both = weights(folder)
    shutil.rmtree(tmp_path / "home")
    alone = []
    for ref in refs:
        alone.append(weights(merged(Source(ref))))
        shutil.rmtree(tmp_path / "home")
    plain = weights(base)
    for name, tensor in both.items():
        assert_close(tensor, alone[0][name] + alone[1][name] - plain[name], rtol=1e-5, atol=1e-5)


def test_a_head_that_one_model_has_tied_is_merged_from_its_embeddings(tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", layers=2, tie_word_embeddings=True)
    two = tiny_family(tmp_path / "b", layers=2, seed=1)
    plan = planned(source(one), source(two))
    assert "merge-head-untied" in keys(plan)
    folder = merged(source(one), source(two))
    new, first, second = weights(folder), weights(one), weights(two)
    mean = (first["model.embed_tokens.weight"] + second["lm_head.weight"]) / 2
    assert_close(new["lm_head.weight"], mean)
    assert opened(folder).config.tie_word_embeddings is False


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hidden_size": 32}, "hidden_size is 16 in path:a and 32 in path:b"),
        ({"layers": 3}, "num_hidden_layers is 2 in path:a and 3 in path:b"),
        ({"family": "qwen2"}, "model_type is llama in path:a and qwen2 in path:b"),
        ({"intermediate_size": 48}, "6 tensors are of several shapes"),
        ({"vocab_size": 400}, "has not as many rows in all models: path:a: 320, path:b: 400"),
    ],
)
def test_models_of_another_build_are_refused_with_what_else_fuses_them(
    change: dict[str, Any], said: str, tmp_path: Path, home: Path
) -> None:
    one = tiny_family(tmp_path / "a", layers=2)
    two = tiny_family(tmp_path / "b", **{"layers": 2, **change})
    message, hint = refused(source(one), source(two))
    assert said in message
    assert "vote" in hint or "tokenizer" in hint
    assert not (home / "models").exists()


def test_tokenizers_that_differ_in_a_token_are_refused_with_it(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=2, seed=n) for n, name in enumerate("ab"))
    file = two / "tokenizer.json"
    data = json.loads(file.read_text())
    vocabulary = data["model"]["vocab"]
    a, b = (token for token, row in vocabulary.items() if row in (310, 311))
    vocabulary[a], vocabulary[b] = vocabulary[b], vocabulary[a]
    file.write_text(json.dumps(data))
    message, hint = refused(source(one), source(two))
    assert f"differ in 2 tokens, {a!r} first" in message or f"{b!r} first" in message
    assert "union" in hint
    aligned = weights(merged(source(one), source(two), tokenizer="union"))["lm_head.weight"]
    first, second = (weights(each)["lm_head.weight"] for each in (one, two))
    assert_close(aligned[310], (first[310] + second[311]) / 2)
    assert_close(aligned[309], (first[309] + second[309]) / 2)


def test_a_token_that_one_model_lacks_is_told(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=2, vocab_size=384) for name in "ab")
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens(["<|new|>"])
    tokenizer.save_pretrained(two)
    plan = planned(source(one), source(two))
    assert plan.refused is None  # both are padded
    (found,) = (each for each in plan.findings if each.sentence.key == "merge-tokens-lacking")
    assert "'<|new|>' is only in one" in found.sentence.said()
    narrow = changed(two, tmp_path / "c", vocab_size=320)
    assert "merge-ids-beyond" in keys(planned(source(narrow)))


def test_what_the_doctor_tells(tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", layers=2, dtype=torch.bfloat16)
    two = changed(tiny_family(tmp_path / "b", layers=2), tmp_path / "c", rms_norm_eps=0.5)
    settings = json.loads((two / "tokenizer_config.json").read_text())
    (two / "tokenizer_config.json").write_text(json.dumps({**settings, "eos_token": "!"}))
    (one / "chat_template.jinja").unlink()
    stored = load_file(two / "model.safetensors")
    save_file({**stored, "vision.weight": torch.ones(2)}, two / "model.safetensors")
    plan = planned(source(one), source(two, weight={"self_atn": 1}), dtype="float16")
    assert {
        *("merge-setting-differs", "merge-special-token", "merge-template-lost"),
        *("merge-tensors-left-out", "merge-dtypes-mixed", "merge-overflow"),
        *("merge-filter-unused", "merge-ancestor-unknown", "graft-licence-unknown"),
    } == keys(plan)
    order = [each.severity for each in plan.findings]
    assert order == sorted(order, key=("refused", "warning", "note").index)
    (left,) = (each for each in plan.findings if each.sentence.key == "merge-tensors-left-out")
    assert left.sentence.values["name"] == "vision.weight"
    assert "merge-tensors-copied" in keys(planned(source(two), source(one)))


def test_tensors_that_are_lacking_are_named(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=2) for name in "ab")
    stored = load_file(two / "model.safetensors")
    del stored["lm_head.weight"]
    save_file(stored, two / "model.safetensors")
    plan = planned(source(one), source(two))
    told = [each.sentence.said() for each in plan.findings if each.severity == "refused"]
    assert "path:b lacks lm_head.weight, which its config.json asks for" in told


@pytest.mark.parametrize(
    ("first", "second", "settings", "error", "said"),
    [
        ({}, {}, {"method": "tise"}, UnknownName, "did you mean 'ties'"),
        ({}, {}, {"method": "regmeen"}, UnknownName, "rule for merging 'regmeen'"),
        ({"density": 1}, {}, {}, UnknownName, "setting of linear 'density'"),
        ({}, {}, {"parameters": {"normalise": False}}, UnknownName, "did you mean 'normalize'"),
        ({}, {}, {"base": "zoo/base"}, RecipeError, "linear takes no base"),
        ({"weight": "much"}, {}, {}, SettingError, "setting weight"),
        ({"weight": []}, {}, {}, SettingError, "no value, list of values"),
        ({"weight": {"mlp": {"up": 1}}}, {}, {}, SettingError, "no value, list of values"),
        ({}, {}, {"method": "slerp", "parameters": {"t": 2}}, SettingError, "setting t of slerp"),
        ({}, {}, {"dtype": "int8"}, SettingError, "setting dtype of merge"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    first: dict[str, Any],
    second: dict[str, Any],
    settings: dict[str, Any],
    error: type[FusionError],
    said: str,
    tmp_path: Path,
) -> None:
    one, two = (tiny_family(tmp_path / name, layers=1) for name in "ab")
    with pytest.raises(error, match=said):
        planned(source(one, **first), source(two, **second), **settings)


def test_a_base_that_is_not_known_is_asked_for(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=1) for name in "ab")
    message, hint = refused(source(one), source(two), method="ties")
    assert message.startswith("ties needs a base")
    assert "linear" in hint
    with pytest.raises(RecipeError, match="needs at least one source"):
        planned()


def test_models_of_other_beginnings_are_refused() -> None:
    zoo = [Source("zoo/adder"), Source("zoo/subtracter")]
    assert planned(*zoo, method="ties").lineage == ("zoo/base", "zoo/adder", "zoo/subtracter")
    other = planned(Source("zoo/adder"), Source("zoo/pieces-adder"))
    assert other.refused is not None
    assert other.refused.sentence.key == "merge-other-ancestor"


def test_weights_that_cancel_are_refused(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=1) for name in "ab")
    for weight in (-1, {"mlp": -1, "*": 1}):
        with pytest.raises(RecipeError, match=r"the weights 1.*, −1.* add up to zero"):
            planned(source(one, weight=1), source(two, weight=weight))


def test_factors_beyond_what_numbers_hold_are_refused(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=1) for name in "ab")
    bare: dict[str, Any] = {"parameters": {"normalize": False}}
    for wrong in (1e99, {"mlp": [1, -1e7], "*": 1}):
        with pytest.raises(SettingError, match=r"1,000,000"):
            planned(source(one, weight=wrong), source(two), **bare)
    folder = merged(source(one, weight=1e6), source(two), **bare)
    assert all(tensor.isfinite().all() for tensor in weights(folder).values())
    heavy = source(one, weight={"mlp": 500, "*": 1})
    assert "merge-overflow-by-factor" in keys(planned(heavy, source(two), dtype="float16", **bare))
    assert "merge-overflow-by-factor" not in keys(planned(heavy, source(two), **bare))


def test_nan_is_told_by_name(tmp_path: Path) -> None:
    one, two = (tiny_family(tmp_path / name, layers=2) for name in "ab")
    stored = load_file(two / "model.safetensors")
    stored["model.layers.1.mlp.up_proj.weight"][3, 4] = float("nan")
    save_file(stored, two / "model.safetensors", {"format": "pt"})
    plan = planned(source(two), method="ties", base=f"path:{one}")
    events, _ = drained(get_builder("merge").execute(plan, None))
    (warning,) = (event for event in events if isinstance(event, Warned))
    assert "model.layers.1.mlp.up_proj.weight holds numbers that are NaN" in warning.message
    assert events[-1].report["not_finite"] == ["model.layers.1.mlp.up_proj.weight"]


def test_a_shard_that_is_missing_is_named(tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", layers=2, shard="20KB")
    shard = sorted(one.glob("model-*"))[1]
    shard.unlink()
    with pytest.raises(SourceError, match=shard.name):
        planned(source(one))
