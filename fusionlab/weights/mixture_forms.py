"""Which mixture has the same layers as a dense architecture but for its feed-forward part.

Every form is one that plain transformers opens. Whether attention, norms and biases really stay as
they are is no matter of this table: both models are laid out and compared.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fusionlab.errors import FusionError
from fusionlab.plans import Finding
from fusionlab.weights.layers import Kind, Layout, layout_of
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short

MATRICES = ("gate_proj", "up_proj", "down_proj")
"""Of a gated feed-forward part: down(act(gate x) · up x)."""
INSIDE = "mlp."
"""Begins the names of its parameters within a layer."""
BALANCE = 0.01
"""Coefficient of the auxiliary loss, as in Switch and GShard."""


@dataclass(frozen=True, slots=True)
class Form:
    """How files of an architecture name what stands in place of a feed-forward part."""

    model_type: str
    architecture: str
    router: str
    expert: str
    """With places for the expert's number and the matrix."""
    matrices: tuple[str, str, str] = MATRICES
    """What it calls these."""
    shared: str = ""
    """Likewise of the shared expert; empty where it has none."""
    always_normalised: bool = False
    counts: str = "num_experts"
    widths: tuple[str, ...] = ("moe_intermediate_size",)
    """Settings that are the width of an expert."""


_EXPERT = "mlp.experts.{expert}.{matrix}.weight"
MIXTRAL = Form(
    "mixtral",
    "MixtralForCausalLM",
    "block_sparse_moe.gate.weight",
    "block_sparse_moe.experts.{expert}.{matrix}.weight",
    ("w1", "w3", "w2"),
    always_normalised=True,
    counts="num_local_experts",
    widths=("intermediate_size",),
)
QWEN2_MOE = Form(
    "qwen2_moe",
    "Qwen2MoeForCausalLM",
    "mlp.gate.weight",
    _EXPERT,
    shared="mlp.shared_expert.{matrix}.weight",
    widths=("moe_intermediate_size", "shared_expert_intermediate_size"),
)
QWEN3_MOE = Form("qwen3_moe", "Qwen3MoeForCausalLM", "mlp.gate.weight", _EXPERT)
FLEX_OLMO = Form(
    "flex_olmo",
    "FlexOlmoForCausalLM",
    "mlp.gate.weight",
    _EXPERT,
    widths=("intermediate_size",),
)
SWITCH = "mlp.shared_expert_gate.weight"
"""What decides how much of the shared expert is added: zeros mean one half."""
FORMS: Mapping[tuple[str, bool], Form] = MappingProxyType(
    {
        ("llama", False): MIXTRAL,
        ("llama", True): QWEN2_MOE,
        ("mistral", False): MIXTRAL,
        ("mistral", True): QWEN2_MOE,
        ("qwen2", True): QWEN2_MOE,
        ("qwen3", False): QWEN3_MOE,
        ("olmo2", False): FLEX_OLMO,
    }
)
"""By the dense architecture, and whether there is a shared expert."""


def form_for(model_type: str, *, shared: bool) -> Form | None:
    """The form of a mixture of this architecture's layers; None where none is known."""
    return FORMS.get((model_type, shared))


def copied_matrices(config: Mapping[str, Any], layer: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Of the names within a mixture's layer those of experts' matrices: the number of the expert,
    and what a dense layer calls the matrix.

    Beside a shared expert the last matrix is half of what it was made of, and is left out.
    """
    forms = [form for form in FORMS.values() if form.model_type == config.get("model_type")]
    found: dict[str, tuple[int, str]] = {}
    for form in forms[:1]:
        for matrix, called in zip(MATRICES, form.matrices, strict=True):
            if form.shared and matrix == MATRICES[-1]:
                continue
            plain = re.escape(form.expert.format(expert="#", matrix=called)).replace(
                r"\#", r"(\d+)"
            )
            named = {name: re.fullmatch(plain, name) for name in layer}
            dense = f"{INSIDE}{matrix}.weight"
            found |= {name: (int(each[1]), dense) for name, each in named.items() if each}
    return found


def mixture_config(
    source: Opened, form: Form, experts: int, top_k: int, *, normalised: bool
) -> Any:
    """The config of the mixture that has this model's layers."""
    from transformers import CONFIG_MAPPING

    dense = source.layout.config
    known = CONFIG_MAPPING[form.model_type]().to_dict()
    new = {key: value for key, value in dense.items() if key in known}
    for key in ("dtype", "torch_dtype"):
        if source.config.get(key):
            new["dtype"] = source.config[key]
    if dense.get("head_dim"):
        new["head_dim"] = dense["head_dim"]
    new |= {
        "model_type": form.model_type,
        "architectures": [form.architecture],
        form.counts: experts,
        "num_experts_per_tok": top_k,
        "router_aux_loss_coef": BALANCE,
        "output_router_logits": False,
        **dict.fromkeys(form.widths, dense["intermediate_size"]),
    }
    if "norm_topk_prob" in known:
        new["norm_topk_prob"] = normalised
    if "decoder_sparse_step" in known:
        new |= {"decoder_sparse_step": 1, "mlp_only_layers": []}
    if "qkv_bias" in known:
        new["qkv_bias"] = "self_attn.q_proj.bias" in source.layout.kinds[0].shapes
    return new


def objection(source: Opened, form: Form, config: Mapping[str, Any]) -> Finding | None:
    """Why the layers would not be the same in this form; None where they are."""
    name = short(source.ref)
    try:
        new = layout_of(config, source.folder)
    except FusionError as error:
        return Finding("refused", error.sentence)
    gated = {f"{INSIDE}{matrix}.weight" for matrix in MATRICES}
    for dense, mixed in zip(source.layout.kinds, new.kinds, strict=True):
        inside = {each for each in dense.shapes if each.startswith(INSIDE)}
        odd = (inside ^ gated) or _apart(dense, mixed)
        if odd:
            values = {"source": name, "form": form.model_type, "name": min(odd)}
            return Finding.of("refused", "upcycle-no-place", **values)
    if _windows(source.layout) != _windows(new):
        values = {"source": name, "form": form.model_type, "name": "sliding_window"}
        return Finding.of("refused", "upcycle-no-place", **values)
    return None


def _apart(dense: Kind, mixed: Kind) -> set[str]:
    """Parameters outside the feed-forward part that one has and the other has not so."""
    both = [
        {item for item in kind.shapes.items() if not item[0].startswith(INSIDE)}
        for kind in (dense, mixed)
    ]
    return {name for name, _ in both[0] ^ both[1]}


def _windows(layout: Layout) -> list[int | None]:
    """How far back each layer sees; None where to the beginning."""
    config = layout.config
    window = config.get("sliding_window") or None
    if config["model_type"].startswith("qwen") and not config.get("use_sliding_window"):
        window = None
    kinds = config.get("layer_types") or ["sliding_attention"] * len(layout.kinds)
    return [window if kind == "sliding_attention" else None for kind in kinds]
