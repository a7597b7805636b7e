"""A model's folder as one GGUF file for llama.cpp, tensor by tensor; the numbers stay as they are.

Only what is sure to say the same there is written: Llama-like architectures with plain rotary
positions and full attention, and tokenizers of byte-level BPE that cut text as llama.cpp can. What
else a model has is refused by name.
"""

import json
from collections.abc import Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.reading import read_json, read_plain
from fusionlab.weights.checkpoint import DTYPES, Checkpoint, Header, checkpoint_in, config_in
from fusionlab.weights.layers import Layout, layout_of

ARCHITECTURES: Mapping[str, str] = MappingProxyType(
    {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
)
"""What llama.cpp calls them, by transformers' model_type."""
PERMUTED = "llama"
"""The architecture whose rotary halves lie interleaved in GGUF."""
LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PRE: Mapping[str, str] = MappingProxyType(
    {"bytes": "gpt-2", "digits bytes": "smollm", LLAMA_3: "llama-bpe"}
    | {LLAMA_3.replace(r"\p{N}{1,3}", r"\p{N}"): "qwen2"}
)
"""What llama.cpp calls ways to cut a text before it is made tokens, by what they do."""
NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
"""Kinds of tokens."""


def write_gguf(folder: Path, file: Path, name: str) -> Generator[Progress, None, None]:
    """The file holds the model of the folder; raises SourceError where GGUF cannot hold it."""
    import gguf

    checkpoint, config = checkpoint_in(folder), config_in(folder)
    layout = layout_of(config, folder)
    architecture = _architecture(folder, layout)
    tokenizer = _tokenizer(folder)
    writer = gguf.GGUFWriter(file, architecture)
    try:
        _add_shape(writer, name, layout)
        _add_tokenizer(writer, folder, tokenizer, layout.config)
        headers = _add_headers(writer, folder, checkpoint, architecture, layout)
        yield from _write(writer, checkpoint, headers, architecture, layout, f"exporting {name}")
    finally:
        writer.close()


def _architecture(folder: Path, layout: Layout) -> str:
    config = layout.config
    rope = config.get("rope_parameters") or {}
    windows = {kind.traits.get("self_attn.sliding_window") for kind in layout.kinds}
    windows.add(config.get("sliding_window"))
    kind = str(config.get("model_type"))
    odd = [
        *([f"model_type {kind}"] if kind not in ARCHITECTURES else []),
        *([f"rope_type {rope.get('rope_type')}"] if rope.get("rope_type") != "default" else []),
        *(["sliding_window"] if windows - {None} else []),
        *(["hidden_act"] if config.get("hidden_act") != "silu" else []),
    ]
    if odd:
        raise SourceError("export-not-gguf", folder=str(folder), why=odd)
    return ARCHITECTURES[kind]


def _add_shape(writer: Any, name: str, layout: Layout) -> None:
    config = layout.config
    head = _head_size(config)
    writer.add_name(name)
    writer.add_block_count(len(layout.kinds))
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])


def _head_size(config: Mapping[str, Any]) -> int:
    size: int = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    return size


def _tokenizer(folder: Path) -> dict[str, Any]:
    """The tokenizer.json, with the name of its way to cut a text as `pre`."""
    try:
        data: dict[str, Any] = read_json(read_plain(folder / "tokenizer.json"))
        cuts = " ".join(map(_cut, _steps(data["pre_tokenizer"])))
        plain = data["model"]["type"] == "BPE" and not data["model"].get("byte_fallback")
    except (OSError, ValueError, KeyError, TypeError):
        plain, cuts, data = False, "", {}
    if not plain or cuts not in PRE or data.get("normalizer") not in (None, {"type": "NFC"}):
        raise SourceError("export-not-gguf", folder=str(folder), why=["tokenizer.json"])
    return {**data, "pre": PRE[cuts]}


def _steps(cutter: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return cutter["pretokenizers"] if cutter["type"] == "Sequence" else [cutter]


def _cut(step: Mapping[str, Any]) -> str:
    """What one step of cutting does; nothing where it only spells bytes."""
    match step:
        case {"type": "ByteLevel", "use_regex": False}:
            return ""
        case {"type": "ByteLevel", "add_prefix_space": False}:
            return "bytes"
        case {"type": "Digits", "individual_digits": True}:
            return "digits"
        case {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated"}:
            return str(pattern)
    return json.dumps(step)


def _add_tokenizer(
    writer: Any, folder: Path, tokenizer: Mapping[str, Any], config: Mapping[str, Any]
) -> None:
    ids = dict(tokenizer["model"]["vocab"])
    kinds = {}
    for token in tokenizer.get("added_tokens") or ():
        ids[token["content"]] = token["id"]
        kinds[token["content"]] = CONTROL if token["special"] else USER_DEFINED
    names = {place: name for name, place in ids.items()}
    every = range(config["vocab_size"])  # heads are often padded
    tokens = [names.get(place, f"[PAD{place}]") for place in every]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tokenizer["pre"])
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.get(name, NORMAL) if name in ids else UNUSED for name in tokens])
    merges = tokenizer["model"]["merges"]
    writer.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in merges])
    for key in ("bos", "eos", "pad", "unk"):
        token = config.get(f"{key}_token_id")
        token = token[0] if isinstance(token, list) else token
        if isinstance(token, int):
            getattr(writer, f"add_{key}_token_id")(token)
    writer.add_add_bos_token(_begins_specially(tokenizer.get("post_processor")))
    template = folder / "chat_template.jinja"
    if template.exists():
        writer.add_chat_template(template.read_text(encoding="utf-8"))


def _begins_specially(processor: Any) -> bool:
    """Whether a special token is put before every text."""
    match processor:
        case {"processors": [*steps]}:
            return any(map(_begins_specially, steps))
        case {"single": [{"SpecialToken": _}, *_]}:
            return True
    return False


def _add_headers(
    writer: Any, folder: Path, checkpoint: Checkpoint, architecture: str, layout: Layout
) -> list[Header]:
    """Says in the file which tensors follow; the same, in their order."""
    import gguf

    (kind,) = (each for each, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture)
    known = gguf.get_tensor_name_map(kind, len(layout.kinds))
    headers = []
    for header in checkpoint.tensors.values():
        if header.name in layout.tied:
            continue
        name = known.get_name(header.name, try_suffixes=(".weight", ".bias"))
        if name is None or header.dtype not in ("F32", "F16", "BF16"):
            raise SourceError("export-not-gguf", folder=str(folder), why=[header.name])
        dtype = "F32" if len(header.shape) == 1 else header.dtype  # as llama.cpp wants norms
        quant = gguf.GGMLQuantizationType[dtype]
        size = header.elements * DTYPES[dtype].itemsize
        plain = torch.empty(0, dtype=_carrier(dtype)).numpy().dtype
        writer.add_tensor_info(name, header.shape, plain, size, quant)
        headers.append(Header(header.name, dtype, header.shape))
    return headers


def _write(
    writer: Any,
    checkpoint: Checkpoint,
    headers: list[Header],
    architecture: str,
    layout: Layout,
    what: str,
) -> Generator[Progress, None, None]:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    total, done = sum(header.bytes for header in headers), 0
    for header in headers:
        yield Progress(what, done, total, "bytes")
        tensor = checkpoint.read(header.name).to(DTYPES[header.dtype])
        if architecture == PERMUTED:
            tensor = _interleaved(header.name, tensor, layout.config)
        writer.write_tensor_data(tensor.contiguous().view(_carrier(header.dtype)).numpy())
        done += header.bytes
    yield Progress(what, done, total, "bytes")


def _carrier(dtype: str) -> torch.dtype:
    """Numbers as wide, which numpy knows."""
    return torch.uint16 if dtype == "BF16" else DTYPES[dtype]


def _interleaved(name: str, tensor: Tensor, config: Mapping[str, Any]) -> Tensor:
    """Of queries and keys: the two halves of each head, which turn together, row beside row."""
    for part, key in ((".q_proj.", "num_attention_heads"), (".k_proj.", "num_key_value_heads")):
        if part in name:
            halves = tensor.reshape(config[key], 2, -1, *tensor.shape[1:])
            return halves.transpose(1, 2).reshape(tensor.shape)
    return tensor
