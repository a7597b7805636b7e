"""What llama.cpp knows of architectures: names, what it takes for granted, what it is told.

A row stands here only where a model of the kind was exported, loaded by llama.cpp and gave the
logits of transformers (tests/weights/test_as_gguf.py). What a model has that its row does not allow
is named: llama.cpp would load it and compute something else.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fusionlab.weights.layers import Layout

SILU, GELU = "SiLUActivation", "GELUTanh"
Q_K_V = frozenset({"q_proj", "k_proj", "v_proj"})
EVERY = Q_K_V | {"o_proj", "gate_proj", "up_proj", "down_proj"}
PLAIN_EXPERTS = MappingProxyType({"decoder_sparse_step": 1, "mlp_only_layers": []})
SCALES = MappingProxyType(
    {
        "attention_multiplier": "attention_scale",
        "embedding_multiplier": "embedding_scale",
        "residual_multiplier": "residual_scale",
        "logits_scaling": "logit_scale",
    }
)
CAPS = MappingProxyType(
    {
        "attn_logit_softcapping": "attn_logit_softcapping",
        "final_logit_softcapping": "final_logit_softcapping",
    }
)


@dataclass(frozen=True, slots=True)
class Architecture:
    """One of llama.cpp's, and which models of transformers' it computes as they do."""

    name: str
    activation: str = SILU
    biases: frozenset[str] = frozenset()
    """Linear layers that may have one."""
    interleaved: bool = False
    """Whether the halves of a head that turn together lie row beside row."""
    shifted: bool = False
    """Whether norms are kept less one in the files of transformers."""
    window: int = 0
    """Every such layer sees everything, those between a window; 0 where all see everything."""
    same: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Settings that llama.cpp takes for granted."""
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Settings that it is told, by its names for them."""


ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {
        "llama": Architecture("llama", biases=EVERY, interleaved=True),
        "mistral": Architecture("llama", interleaved=True),
        "mixtral": Architecture("llama", interleaved=True),
        "qwen2": Architecture("qwen2", biases=Q_K_V),
        "qwen2_moe": Architecture(
            "qwen2moe", biases=Q_K_V, same={**PLAIN_EXPERTS, "norm_topk_prob": False}
        ),
        "qwen3": Architecture("qwen3"),
        "qwen3_moe": Architecture("qwen3moe", same={**PLAIN_EXPERTS, "norm_topk_prob": True}),
        "gemma": Architecture("gemma", GELU, shifted=True),
        "gemma2": Architecture("gemma2", GELU, shifted=True, window=2, settings=CAPS),
        "gemma3_text": Architecture(
            "gemma3",
            GELU,
            shifted=True,
            window=6,
            same=dict.fromkeys(CAPS),
        ),
        "granite": Architecture("granite", interleaved=True, settings=SCALES),
        "olmo2": Architecture("olmo2"),
        "phi3": Architecture("phi3"),
    }
)
"""By transformers' model_type."""


def oddities(layout: Layout) -> Iterator[str]:
    """What of the model llama.cpp does not know, or computes otherwise."""
    config = layout.config
    known = ARCHITECTURES.get(str(config.get("model_type")))
    if known is None:
        yield f"model_type {config.get('model_type')}"
        return
    yield from _odd_ropes(layout)
    for key, value in known.same.items():
        if config.get(key) != value:
            yield f"{key} {config.get(key)}"
    yield from (key for key in known.settings if config.get(key) is None)
    if config.get("use_bidirectional_attention"):
        yield "use_bidirectional_attention"
    if known.window != 0:
        seen = [not kind.traits.get("self_attn.sliding_window") for kind in layout.kinds]
        if seen != [(at + 1) % known.window == 0 for at in range(len(seen))]:
            yield "layer_types"
    elif config.get("sliding_window") or any(_trait(layout, "self_attn.sliding_window")):
        yield "sliding_window"
    if set(_trait(layout, "act_fn.class", "activation_fn.class")) != {known.activation}:
        yield "hidden_act"
    scale = 1 / math.sqrt(head_size(layout))
    scales = [] if "attention_multiplier" in known.settings else _trait(layout, "self_attn.scaling")
    if any(not math.isclose(scale, float(each), rel_tol=1e-6) for each in scales):
        yield "query_pre_attn_scalar"
    biased = {name.split(".")[-2] for name in _names(layout) if name.endswith(".bias")}
    yield from (f"{name}.bias" for name in sorted(biased - known.biases))


def add_shape(writer: Any, name: str, layout: Layout) -> None:
    """The file says what llama.cpp has to know of the model beside its weights."""
    config, head = layout.config, head_size(layout)
    writer.add_name(name)
    writer.add_block_count(len(layout.kinds))
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    rope = _ropes(config)["full_attention"]
    writer.add_rope_dimension_count(int(head * (rope.get("partial_rotary_factor") or 1)))
    writer.add_rope_freq_base(rope["rope_theta"])
    known = ARCHITECTURES[config["model_type"]]
    if known.window != 0:
        writer.add_sliding_window(config["sliding_window"])
    for key, theirs in known.settings.items():
        getattr(writer, f"add_{theirs}")(config[key])
    _add_experts(writer, layout)


def head_size(layout: Layout) -> int:
    """Numbers of one head."""
    size: int = layout.kinds[0].traits["self_attn.head_dim"]
    return size


def _add_experts(writer: Any, layout: Layout) -> None:
    kind = layout.kinds[0]
    tell: Mapping[str, Callable[[int], None]] = {
        "mlp.experts.num_experts": writer.add_expert_count,
        "mlp.gate.top_k": writer.add_expert_used_count,
        "mlp.experts.intermediate_dim": writer.add_expert_feed_forward_length,
        "mlp.shared_expert.intermediate_size": writer.add_expert_shared_feed_forward_length,
    }
    for trait, add in tell.items():
        if trait in kind.traits:
            add(kind.traits[trait])


def _ropes(config: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """How positions turn, by what layers see."""
    said = config.get("rope_parameters") or {}
    return said if "full_attention" in said else {"full_attention": said}


def _odd_ropes(layout: Layout) -> Iterator[str]:
    ropes = _ropes(layout.config)
    for rope in ropes.values():
        if rope.get("rope_type") != "default":
            yield f"rope_type {rope.get('rope_type')}"
    if ropes.get("sliding_attention", {}).get("rope_theta", 10_000) != 10_000:
        yield "rope_local_base_freq"


def _trait(layout: Layout, *ends: str) -> list[Any]:
    """Values of the traits of all layers whose names end so."""
    return [
        value
        for kind in layout.kinds
        for name, value in kind.traits.items()
        if any(name == end or name.endswith(f".{end}") for end in ends)
    ]


def _names(layout: Layout) -> Iterator[str]:
    for kind in layout.kinds:
        yield from kind.shapes
