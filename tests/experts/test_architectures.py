"""Every mixture that transformers knows: what is captured is what its experts are given.

Each is made tiny and at random from its own configuration; what cannot be made so is named here.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import Any

import pytest
import torch
import transformers
from torch import Tensor, nn
from torch.testing import assert_close
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, PretrainedConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import NoRouting
from fusionlab.events import Warned
from fusionlab.experts.routing import capture, routers_of
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.notices import told
from tests.tiny import tiny_tokenizer

IDS = [5, 9, 33, 70, 101]
EXPERTS, CHOSEN = 8, 2
SMALL: dict[str, Any] = {
    "vocab_size": 320, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 4,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2, "max_position_embeddings": 256, "sliding_window": 8,
    **dict.fromkeys(
        ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"), EXPERTS
    ),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk", "moe_k", "top_k_experts"), CHOSEN),
    "moe_intermediate_size": 16, "shared_expert_intermediate_size": 16, "n_group": 2,
    "topk_group": 1, "n_shared_experts": 1, "first_k_dense_replace": 1, "q_lora_rank": 16,
    "kv_lora_rank": 16, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8, "v_head_dim": 8,
    "intermediate_size_mlp": 32, "ffn_hidden_size": 32, "linear_num_key_heads": 2,
    "linear_num_value_heads": 4, "linear_key_head_dim": 8, "linear_value_head_dim": 8,
    "mamba_d_state": 8, "mamba_n_heads": 8, "mamba_d_head": 8, "mamba_n_groups": 1,
    "mamba_num_heads": 4, "mamba_head_dim": 16, "ssm_state_size": 8, "n_groups": 1,
    "index_topk": 64, "index_head_dim": 16, "index_n_heads": 2,
}  # fmt: skip
_ALTERNATING = {"layer_types": ["linear_attention", "full_attention"] * 2}
_KIMI = _ALTERNATING | {
    "mlp_layer_types": ["dense", *["sparse"] * 3],
    "num_experts_per_token": CHOSEN,
    "linear_head_dim": 8,
    "linear_num_heads": 4,
}
OWN: dict[str, dict[str, Any]] = {
    "bailing_hybrid": _KIMI | {"num_expert_group": 2},
    "dbrx": {
        "d_model": 32, "n_heads": 4, "n_layers": 4, "max_seq_len": 64, "vocab_size": 320,
        "attn_config": {"kv_n_heads": 2, "rope_theta": 1e4, "clip_qkv": 8},
        "ffn_config": {
            "ffn_hidden_size": 32, "moe_num_experts": EXPERTS, "moe_top_k": CHOSEN,
            "hidden_size": 32,
        },
    },
    "doge": {"is_moe": True, "num_experts": 16},
    "dots3_note_text": {
        "head_dim": 16, "layer_types": ["indexed_attention", "sliding_attention"] * 2,
        "mlp_layer_types": ["dense", *["sparse"] * 3], "shared_experts_intermediate_size": 16,
        "per_layer_config": {},
    },
    "gemma4_text": {
        "enable_moe_block": True, "hidden_size_per_layer_input": 8,
        "vocab_size_per_layer_input": 320,
        "layer_types": ["sliding_attention", "full_attention"] * 2,
    },
    "granitemoehybrid": {"layer_types": ["mamba", "attention"] * 2},
    "inkling2_loop_text": {
        "n_layers_per_attn_res_block": 2, "loop_layer_index_start": 2, "loop_layer_index_end": 4,
    },
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1},
    "kimi_linear": _KIMI,
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2, "num_dense_layers": 1},
    "longcat_flash": {
        "head_dim": 8, "num_layers": 2, "expert_ffn_hidden_size": 16,
        **dict.fromkeys(("n_routed_experts", "num_local_experts"), EXPERTS - 3),
        "zero_expert_num": 3,
    },
    "qwen4_exp_text": {
        "layer_types": ["linear_attention", "indexed_attention"] * 2, "hc_count": 2,
        "hc_lowrank": 8, "indexer_n_heads": 2, "indexer_kv_heads": 1, "indexer_head_dim": 16,
        "indexer_budget": 64, "indexer_compress_ratio": 4,
    },
    "zaya": {"num_experts_per_tok": 1},
}  # fmt: skip
WHOLE = ("dots3_note", "gemma4", "llama4", "qwen3_5_moe", "qwen4_exp")
"""With a part that sees, and too large to be made; their text part is here by itself."""
SAID_OTHERWISE = (
    *("granitemoe", "granitemoe_swa", "granitemoehybrid", "granitemoeshared", "jetmoe"),
    *("llama4_text", "zaya"),
)
"""Whose experts are not given indices and weights; they are tried by themselves below."""


def is_mixture(name: str) -> bool:
    module = sys.modules[getattr(transformers, name).__module__]
    parts = [part for part in vars(module).values() if isinstance(part, type)]
    declared: list[Any] = [getattr(part, "_can_record_outputs", None) or {} for part in parts]
    return any("router_logits" in each for each in declared)


def mixtures() -> list[str]:
    """Model types of the causal language models that declare routers."""
    classes = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    return [kind for kind, name in classes.items() if is_mixture(name)]


def config_of(kind: str) -> PretrainedConfig:
    made = CONFIG_MAPPING[kind]
    usual = made()
    usual.allow_global_per_layer_attribute_access = True
    own = OWN.get(kind, {})
    if "ffn_config" in own:
        return made(**own)
    small = {key: value for key, value in SMALL.items() if hasattr(usual, key)}
    if getattr(usual, "sliding_window", None) is None:
        small.pop("sliding_window", None)
    if hasattr(usual, "qk_rope_head_dim"):  # their heads all have keys of their own
        small |= {"num_key_value_heads": 4}
        small.pop("head_dim", None)
    return made(**small | own)


@cache
def made(kind: str) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_config(config_of(kind), dtype=torch.float32).eval()
        with torch.no_grad():
            for name, tensor in (*model.named_parameters(), *model.named_buffers()):
                if "router" in name or "gate.weight" in name:
                    nn.init.normal_(tensor, std=0.2 if kind == "zaya" else 1)
                if name.endswith("tid2eid"):
                    tensor.copy_(torch.rand(len(tensor), EXPERTS).argsort()[:, :CHOSEN])
    return model


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def read(model: Any, ids: list[int]) -> tuple[Any, dict[int, tuple[Tensor, Tensor]]]:
    """What was captured of every layer, and the choice and the weights its experts were given."""
    given: dict[int, tuple[Tensor, Tensor]] = {}

    def watch(layer: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        tensors = [each for each in (*args, *kwargs.values()) if isinstance(each, Tensor)]
        (chosen,) = [each for each in tensors if not each.is_floating_point()]
        (weights,) = [
            each for each in tensors if each.is_floating_point() and each.shape == chosen.shape
        ]
        given[layer] = (chosen, weights)

    hooks = []
    for path, module in model.named_modules():
        if type(module).__name__.endswith("Experts") and "Shared" not in type(module).__name__:
            layer = next(int(part) for part in path.split(".") if part.isdigit())
            hooks.append(
                module.register_forward_pre_hook(
                    lambda _, args, kwargs, layer=layer: watch(layer, args, kwargs),
                    with_kwargs=True,
                )
            )
    try:
        with capture(model, "it") as experts:
            model(torch.tensor([ids]))
    finally:
        for hook in hooks:
            hook.remove()
    return experts.last, given


@pytest.mark.parametrize("kind", [kind for kind in mixtures() if kind not in WHOLE])
def test_what_is_captured_is_what_the_experts_are_given(kind: str) -> None:
    if kind == "doge":
        with pytest.raises(NoRouting, match="from other tokens too"), capture(made(kind), kind):
            pass
        return
    if kind in SAID_OTHERWISE:
        with capture(made(kind), kind) as experts:
            made(kind)(torch.tensor([IDS]))
        assert all(len(each.chosen) == len(IDS) for each in experts.last)
        return
    captured, given = read(made(kind), IDS)
    assert [each.layer for each in captured] == sorted(given)
    for each in captured:
        chosen, weights = given[each.layer]
        assert torch.equal(each.chosen, chosen.view_as(each.chosen))
        assert_close(each.weights.float(), weights.view_as(each.weights).float())
        assert each.logits.shape == (len(IDS), EXPERTS)


def test_most_mixtures_are_tried() -> None:
    assert len(mixtures()) > 60
    assert set(WHOLE) | set(SAID_OTHERWISE) <= set(mixtures())


def test_hash_routed_layers_are_there() -> None:
    model = made("deepseek_v4")
    names = {type(router.module).__name__ for router in routers_of(model, "it")}
    assert names == {"DeepseekV4HashRouter", "DeepseekV4TopKRouter"}
    assert [router.layer for router in routers_of(model, "it")] == [0, 1, 2, 3]


def test_an_expert_that_skips_is_one_of_its_own() -> None:
    model = made("zaya")
    router: Any = routers_of(model, "it")[0].module
    before = router.balancing_biases.clone()
    for bias, skips in ((9.0, True), (-9.0, False)):
        router.balancing_biases[-1] = bias
        with capture(model, "it") as experts:
            model(torch.tensor([IDS]))
        first = experts.last[0]
        assert first.logits.shape[-1] == EXPERTS + 1
        assert torch.equal(first.chosen == EXPERTS, torch.full_like(first.chosen, skips) > 0)
        assert torch.equal(first.weights == 0, first.chosen == EXPERTS)
    router.balancing_biases.copy_(before)


@pytest.mark.parametrize("kind", ["jetmoe", "granitemoe"])
def test_choices_sorted_by_expert_are_put_back_by_token(kind: str) -> None:
    with capture(made(kind), "it") as experts:
        made(kind)(torch.tensor([IDS]))
    assert [each.layer for each in experts.last] == [0, 1, 2, 3]
    for each in experts.last:
        best = each.logits.topk(CHOSEN)
        ours = each.weights.sort(descending=True)
        assert_close(ours.values, best.values.softmax(-1))
        assert torch.equal(each.chosen.gather(-1, ours.indices), best.indices)


def noted(kind: str) -> list[str]:
    def run() -> Iterator[str]:
        with capture(made(kind), "it"):
            made(kind)(torch.tensor([IDS]))
        yield ""

    return [each.message for each in told(run()) if isinstance(each, Warned)]


def test_what_is_not_shown_is_said() -> None:
    assert any("experts of attention too" in each for each in noted("jetmoe"))
    assert any("several times" in each for each in noted("inkling2_loop_text"))
    assert noted("mixtral") == []


def test_an_encoder_with_a_decoder_is_refused_with_the_reason() -> None:
    from transformers import SwitchTransformersConfig, SwitchTransformersForConditionalGeneration

    model = SwitchTransformersForConditionalGeneration(
        SwitchTransformersConfig(
            vocab_size=32, d_model=16, d_kv=4, d_ff=16, num_layers=2, num_decoder_layers=2,
            num_heads=4, num_experts=4,
        )
    )  # fmt: skip
    with pytest.raises(NoRouting, match="of an encoder and of a decoder") as caught:
        routers_of(model, "it")
    assert caught.value.hint


def test_experts_without_a_known_router_are_refused() -> None:
    model = made("deepseek_v4")
    router = model.get_submodule("model.layers.0.mlp.gate")
    known = type(router)
    router.__class__ = type("OfNextYear", (known,), {})
    try:
        with pytest.raises(NoRouting, match=r"experts in model\.layers\.0\.mlp.* no router"):
            routers_of(model, "it")
    finally:
        router.__class__ = known


@pytest.mark.parametrize(
    "kind", ["mixtral", "qwen3_next", "deepseek_v3", "deepseek_v4", "deepseek_v32", "minimax"]
)
def test_two_prompts_are_read_as_each_alone(kind: str) -> None:
    spec = ModelSpec(kind, "transformers", Level.INTERNALS)
    model = TransformersModel(spec, made(kind), tiny_tokenizer())
    prompts = [[*IDS, *IDS[::-1], 11], [11, 80, 3]]
    with closing(model.open(prompts)) as rows:
        for fed in ([17, 60], [99, 4]):
            alone = [model.open([ids]).logits()[0] for ids in prompts]
            assert_close(rows.logits(), torch.stack(alone), atol=1e-4, rtol=1e-4)
            rows.feed([[token] for token in fed])
            prompts = [[*ids, token] for ids, token in zip(prompts, fed, strict=True)]
