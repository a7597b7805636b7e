"""What part of a model a tensor is, by its name: the columns of a heat map.

Families name their projections alike, so that a short table does; what it does not know is
`other`, and shown as such.
"""

import re
from typing import Literal, get_args

Kind = Literal[
    "embed", "q", "k", "v", "o", "attention", "gate", "up", "down", "mlp", "router", "norm", "head",
    "other",
]  # fmt: skip
"""Attention and mlp are projections that are stored as one tensor, such as q, k and v together."""
KINDS: tuple[Kind, ...] = get_args(Kind)
PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("norm", r"norm|ln_\w+|layernorm"),
    ("q", r"q_proj|q_[ab]_proj|query"),
    ("k", r"k_proj|key"),
    ("v", r"v_proj|value"),
    ("o", r"o_proj|out_proj"),
    ("attention", r"qkv\w*|c_attn|kv_\w+proj\w*|self_attn|attention"),
    ("router", r"router|gate"),
    ("mlp", r"gate_up_proj\w*|mlp"),
    ("gate", r"gate_proj|w1"),
    ("up", r"up_proj|w3|fc1|c_fc"),
    ("down", r"down_proj\w*|w2|fc2"),
    ("embed", r"embed_tokens|wte|wpe|embed_in|word_embeddings"),
    ("head", r"lm_head|embed_out|output"),
)
"""What the parts of a name say, the innermost part that says anything first."""
_COMPILED = [(kind, re.compile(pattern)) for kind, pattern in PATTERNS]


def kind_of(name: str) -> Kind:
    """The kind of the tensor of this name."""
    for part in reversed(name.removesuffix(".weight").removesuffix(".bias").split(".")):
        for kind, pattern in _COMPILED:
            if pattern.fullmatch(part) or (kind == "norm" and part.endswith("norm")):
                return kind
    return "other"
