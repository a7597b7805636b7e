"""A graft is an ordinary model that computes what its layers compute in their new order."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.errors import RecipeError, SourceError
from fusionlab.events import ModelBuilt, Warned
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights.checkpoint import checkpoint_in
from tests.drained import drained
from tests.weights.families import FAMILIES, opened, tiny_family

TOKENS = torch.tensor([[7, 40, 9, 100, 21, 5, 300, 8, 77, 12]])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def planned(*folders: Path, **settings: Any) -> Plan[Any]:
    sources = [Source(f"path:{folder}") for folder in folders]
    return get_builder("graft").plan(sources, settings, "new")


def grafted(*folders: Path, **settings: Any) -> Path:
    plan = planned(*folders, **settings)
    assert plan.refused is None, plan.refused
    events, folder = drained(get_builder("graft").execute(plan, None))
    built = events[-1]
    assert isinstance(built, ModelBuilt)
    assert built.parameters == plan.parameters
    assert 0 <= built.bytes - plan.bytes < 30_000  # headers
    return folder


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(TOKENS).logits
    return found


def run_by_hand(model: Any, order: list[int]) -> torch.Tensor:
    """Logits of the model with its own layers in this order, without a cache."""
    layers = model.model.layers
    config = model.config.get_text_config()
    kinds = getattr(config, "layer_types", None)
    model.model.layers = torch.nn.ModuleList(layers[n] for n in order)
    config.num_hidden_layers = len(order)
    if kinds:
        config.layer_types = [kinds[n] for n in order]
    with torch.no_grad():
        found: torch.Tensor = model(TOKENS, use_cache=False).logits
    return found


def check_cache(model: Any) -> None:
    """Greedy generation with a KV cache is generation without."""
    ways = [
        model.generate(
            TOKENS, max_new_tokens=12, do_sample=False, use_cache=cached, eos_token_id=None
        )
        for cached in (True, False)
    ]
    assert ways[0].tolist() == ways[1].tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_graft_computes_what_its_layers_compute(family: str, tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a", family)
    order = [0, 1, 2, 1, 2, 3]
    if family in ("gemma2", "gemma3_text", "olmo3", "smollm3"):
        order = [0, 1, 0, 1, 2, 3]
    if family == "deepseek_v3":
        order = [0, 1, 1, 2, 3, 2]  # dense ones stay in front
    model = opened(grafted(source, layers=", ".join(map(str, order))))
    assert len(model.model.layers) == 6
    assert [layer.self_attn.layer_idx for layer in model.model.layers] == list(range(6))
    assert_close(logits(model), run_by_hand(opened(source), order))
    check_cache(model)


@pytest.mark.parametrize("family", ["llama", "gemma2", "qwen3_moe"])
def test_the_whole_model_is_itself(family: str, tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a", family)
    folder = grafted(source, layers="0-4")
    assert_close(logits(opened(folder)), logits(opened(source)), rtol=0, atol=0)
    first, second = checkpoint_in(source), checkpoint_in(folder)
    assert set(first.tensors) == set(second.tensors)
    for name in first.tensors:
        assert_close(first.read(name), second.read(name), rtol=0, atol=0)


def test_depth_up_scaling_has_two_times_what_is_left(tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a")
    for drop in range(4):
        assert len(planned(source, drop=drop).details.layers) == 2 * (4 - drop)
    assert planned(source).details.ranges == "0-3, 1-4"  # a quarter
    model = opened(grafted(source, drop=0))
    assert_close(logits(model), run_by_hand(opened(source), [0, 1, 2, 3] * 2))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_numbers_and_ties_stay(tied: bool, dtype: torch.dtype, tmp_path: Path) -> None:
    source = tiny_family(
        tmp_path / "a", dtype=dtype, shard="20KB", layers=3, tie_word_embeddings=tied
    )
    assert (source / "model.safetensors.index.json").exists()
    folder = grafted(source, layers="0-2, 1-3")
    tensors = checkpoint_in(folder).tensors
    assert {header.dtype for header in tensors.values()} == {
        {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}[dtype]
    }
    assert ("lm_head.weight" in tensors) is not tied
    assert_close(logits(opened(folder)), run_by_hand(opened(source), [0, 1, 1, 2]))


def test_layers_of_two_models_go_together(tmp_path: Path) -> None:
    one, two = tiny_family(tmp_path / "a"), tiny_family(tmp_path / "b", seed=1)
    folder = grafted(one, two, layers="A:0-3, B:1-4")
    first, second, new = map(checkpoint_in, (one, two, folder))
    for name, of, there in (
        ("model.layers.2.mlp.up_proj.weight", first, "model.layers.2.mlp.up_proj.weight"),
        ("model.layers.3.mlp.up_proj.weight", second, "model.layers.1.mlp.up_proj.weight"),
        ("model.embed_tokens.weight", first, "model.embed_tokens.weight"),
        ("model.norm.weight", second, "model.norm.weight"),
        ("lm_head.weight", second, "lm_head.weight"),
    ):
        assert_close(new.read(name), of.read(there), rtol=0, atol=0)
    assert grafted(one, two, drop=1) == folder  # the same ranges: it stands there already
    check_cache(opened(folder))


def test_the_second_model_is_rounded_to_the_first(tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", dtype=torch.bfloat16)
    two = tiny_family(tmp_path / "b", seed=1)
    keys = {each.sentence.key for each in planned(one, two, drop=1).findings}
    assert {"graft-rounded", "graft-licence-unknown", "graft-left-out"} <= keys
    tensors = checkpoint_in(grafted(one, two, drop=1)).tensors
    assert {header.dtype for header in tensors.values()} == {"BF16"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hidden_size": 32}, "hidden_size is 16 in path:a and 32 in path:b"),
        ({"vocab_size": 400}, "vocab_size is 320 in path:a and 400 in path:b"),
        ({"rms_norm_eps": 0.5}, "rms_norm_eps"),
        ({"tie_word_embeddings": True}, "tie_word_embeddings"),
    ],
)
def test_models_of_another_build_are_refused(
    change: dict[str, Any], said: str, tmp_path: Path, home: Path
) -> None:
    one, two = tiny_family(tmp_path / "a"), tiny_family(tmp_path / "b", **change)
    plan = planned(one, two, drop=1)
    assert plan.refused is not None
    assert said in plan.refused.sentence.said()
    with pytest.raises(RecipeError, match=said.split()[0]) as caught:
        drained(get_builder("graft").execute(plan, None))
    assert "vote" in caught.value.hint
    assert not (home / "models").exists()


def test_another_vocabulary_is_refused_with_the_first_token(tmp_path: Path) -> None:
    one, two = tiny_family(tmp_path / "a"), tiny_family(tmp_path / "b")
    file = two / "tokenizer.json"
    data = json.loads(file.read_text())
    vocabulary = data["model"]["vocab"]
    a, b = (name for name, token in vocabulary.items() if token in (310, 311))
    vocabulary[a], vocabulary[b] = vocabulary[b], vocabulary[a]
    file.write_text(json.dumps(data))
    refused = planned(one, two, drop=1).refused
    assert refused is not None
    assert refused.sentence.key == "graft-vocabulary-differs"
    assert refused.sentence.values["count"] == 2


@pytest.mark.parametrize(
    ("family", "layers", "said"),
    [
        ("deepseek_v3", "0-3, 1-4", "layer 1 of path:a would work otherwise as layer 3"),
        ("gemma3_text", "", ""),
    ],
)
def test_a_layer_that_would_change_its_kind_is_refused(
    family: str, layers: str, said: str, tmp_path: Path
) -> None:
    plan = planned(tiny_family(tmp_path / "a", family), layers=layers)
    assert (plan.refused.sentence.said() if plan.refused else "").startswith(said)
    assert bool(plan.refused) is bool(said)


def test_a_quantised_source_is_refused(tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a")
    config = json.loads((source / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "gptq", "bits": 4}
    (source / "config.json").write_text(json.dumps(config))
    refused = planned(source).refused
    assert refused is not None
    assert refused.sentence.key == "graft-quantised"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"layers": "0-9"}, "goes beyond the model, which has 4 layers"),
        ({"layers": "0-2, x"}, "'x' is not a range of layers"),
        ({"layers": "2-2"}, "holds no layer"),
        ({"layers": "B:0-2"}, "there is no source B"),
        ({"layers": ","}, "no layers are named"),
        ({"layers": "0-4," * 3000}, "more than 10,000 layers"),
        ({"drop": 4}, "of 4 layers 4 cannot be left out"),
        ({"drop": 1, "layers": "0-2"}, "both --set drop"),
        ({"drop": -1}, "drop"),
    ],
)
def test_ranges_that_cannot_be_are_refused(
    settings: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=said) as caught:
        planned(tiny_family(tmp_path / "a"), **settings)
    assert caught.value.hint


def test_a_layer_without_a_letter_is_of_nobody_where_there_are_two(tmp_path: Path) -> None:
    one, two = tiny_family(tmp_path / "a"), tiny_family(tmp_path / "b")
    with pytest.raises(RecipeError, match="does not say of which source"):
        planned(one, two, layers="0-2, B:1-4")
    plan = planned(one, two, layers="a：0–2， A:2, A:2")
    assert plan.details.ranges == "A:0-2, A:2-3, A:2-3"
    assert "graft-source-unused" in {each.sentence.key for each in plan.findings}


def test_nan_is_told_by_name(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    source = tiny_family(tmp_path / "a")
    weights = load_file(source / "model.safetensors")
    weights["model.layers.1.mlp.up_proj.weight"][3, 4] = float("nan")
    save_file(weights, source / "model.safetensors", {"format": "pt"})
    events, _ = drained(get_builder("graft").execute(planned(source, layers="0-2"), None))
    (warning,) = (event for event in events if isinstance(event, Warned))
    assert "model.layers.1.mlp.up_proj.weight holds numbers that are NaN" in warning.message
    built = events[-1]
    assert built.report["not_finite"] == ["model.layers.1.mlp.up_proj.weight"]


def test_weights_that_are_not_here_are_not_fetched_for_a_plan() -> None:
    with pytest.raises(SourceError, match="not on this machine") as caught:
        get_builder("graft").plan([Source("hub:org/name")], {})
    assert caught.value.hint == "run fusionlab fetch hub:org/name"


def changed(folder: Path, change: Any) -> None:
    """The weights in the folder, as the function changes them."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def test_layers_beyond_those_that_are_counted_are_left_out_and_told(tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a")
    norm = "model.layers.4.input_layernorm.weight"  # as of DeepSeek-V3's extra layer
    changed(source, lambda weights: weights.update({norm: torch.full((16,), 9.0)}))
    (beyond,) = (each for each in planned(source).findings if each.sentence.key == "graft-beyond")
    assert norm in beyond.sentence.said()
    tensors = checkpoint_in(grafted(source, layers="0-4, 0-1"))
    assert_close(tensors.read(norm), checkpoint_in(source).read(norm.replace("4", "0")))


@pytest.mark.parametrize("lacking", [["0", "1", "2", "3"], ["2"]])
def test_a_tensor_that_is_missing_is_named(lacking: list[str], tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a")
    names = [f"model.layers.{n}.mlp.up_proj.weight" for n in lacking]
    changed(source, lambda weights: [weights.pop(name) for name in names])
    with pytest.raises(SourceError, match=rf"layer {lacking[0]} in .* lacks mlp\.up_proj"):
        planned(source)


def test_weights_of_another_shape_are_named(tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a")
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps({**config, "intermediate_size": 48}))
    with pytest.raises(SourceError, match=r"by its config\.json"):
        planned(source)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model_type": "nonsense"}, "does not know the architecture nonsense"),
        ({"num_hidden_layers": 10**9}, "up to 10,000"),
        ({"num_hidden_layers": 5}, "layers of .* are not to be found"),
        ({"num_hidden_layers": 0}, "no single list of layers"),
    ],
)
def test_a_config_that_is_not_its_own_is_refused(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    source = tiny_family(tmp_path / "a")
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(SourceError, match=said):
        planned(source)
