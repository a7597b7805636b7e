"""In what two models differ that has to be the same where their layers are to work together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.reading import read_json, read_plain, reason

NEUTRAL = frozenset(
    (
        *("architectures", "_name_or_path", "name_or_path", "transformers_version", "dtype"),
        *("torch_dtype", "use_cache", "initializer_range", "attention_dropout", "hidden_dropout"),
        *("embd_pdrop", "resid_pdrop", "attn_pdrop", "_attn_implementation", "is_llama_config"),
        *("max_position_embeddings", "num_hidden_layers", "output_router_logits"),
        *("router_aux_loss_coef", "output_attentions", "output_hidden_states", "return_dict"),
        *("chunk_size_feed_forward", "id2label", "label2id", "problem_type", "pretraining_tp"),
        *("max_window_layers", "sliding_window_pattern"),
    )
)
"""Settings that change nothing in what a layer computes, or that are counted by layer."""
FOREMOST = ("model_type", "hidden_size", "vocab_size")
"""Settings that say most of what two models have in common."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting with two values."""

    setting: str
    first: str
    second: str


def settings_that_differ(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> Iterator[Difference]:
    """Settings of two completed configs that layers of both would have to share."""
    keys = {key for key in {*first, *second} - NEUTRAL if not _is_name_of_token(key)}
    for key in sorted(keys, key=lambda key: (key not in FOREMOST, key)):
        one, other = first.get(key), second.get(key)
        if one != other and not _counted_by_layer(first, second, one, other):
            yield Difference(key, _shown(one), _shown(other))


def vocabulary_in(folder: Path) -> dict[str, int]:
    """The id of every token of the folder's tokenizer.json; raises SourceError without one."""
    file = folder / "tokenizer.json"
    try:
        data = read_json(read_plain(file))
        vocabulary = data["model"]["vocab"]
        if isinstance(vocabulary, list):
            vocabulary = {piece: place for place, (piece, _) in enumerate(vocabulary)}
        added = {each["content"]: each["id"] for each in data.get("added_tokens") or ()}
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise SourceError("settings-unreadable", file=str(file), said=reason(cause)) from cause
    return {**vocabulary, **added}


def tokens_that_differ(first: Mapping[str, int], second: Mapping[str, int]) -> list[str]:
    """Tokens that one of the two lacks, or that have another id, by their lowest id."""
    names = [name for name in {*first, *second} if first.get(name) != second.get(name)]
    high = max(len(first), len(second)) + 1
    return sorted(
        names, key=lambda name: (min(first.get(name, high), second.get(name, high)), name)
    )


def _is_name_of_token(key: str) -> bool:
    """Whether it says which token is special, which layers do not know, or is private."""
    return key.endswith(("_token_id", "_token_ids")) or key.startswith("_")


def _counted_by_layer(
    first: Mapping[str, Any], second: Mapping[str, Any], one: Any, other: Any
) -> bool:
    """Whether both are lists with one entry a layer: these are looked at layer by layer."""
    return all(
        isinstance(each, list | tuple) and len(each) == config.get("num_hidden_layers")
        for each, config in ((one, first), (other, second))
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
