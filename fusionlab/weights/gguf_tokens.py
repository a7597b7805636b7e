"""A tokenizer as llama.cpp has it: byte-level BPE, or pieces with bytes to fall back on.

The tokenizer is looked at as transformers has it in force, since it may make another one of the
files. Pieces (SentencePiece, as of Llama 2 and Gemma) are merged by merges here and by scores
there: the same where each token's merges are all there are and stand together.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fusionlab.errors import SourceError

LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN_2 = LLAMA_3.replace(r"\p{N}{1,3}", r"\p{N}")
PRE: Mapping[tuple[str, bool], str] = MappingProxyType(
    {
        ("bytes", False): "gpt-2",
        ("digits bytes", False): "smollm",
        (LLAMA_3, True): "llama-bpe",
        (LLAMA_3, False): "dbrx",
        (QWEN_2, False): "qwen2",
    }
)
"""What llama.cpp calls ways to cut a text before it is made tokens, by what they do, and by whether
a word that is a token is one without being merged."""
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
"""Kinds of tokens."""
BLANK = "▁"
"""What stands for a space in a piece."""
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
LOOSE = ("lstrip", "rstrip", "single_word")
"""Ways of a token to take its surroundings along, which a GGUF file cannot say."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a GGUF file says of a tokenizer."""

    model: str
    """gpt2 or llama."""
    names: Mapping[int, str] = field(hash=False)
    kinds: Mapping[str, int] = field(hash=False)
    """Of those that are not normal."""
    pre: str = "default"
    """How a text is cut first."""
    merges: Sequence[tuple[str, str]] = ()
    """Of byte-level BPE, as are the scores of pieces."""
    scores: Mapping[str, float] = field(default_factory=dict, hash=False)
    spaced: bool = False
    """Whether a space is put before a text."""
    special: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Ids by what they are for: bos, eos, pad, unk."""
    begins: bool = False
    """Whether bos is put before every text."""
    ends: bool = False
    template: str = ""


class _CutOtherwise(ValueError):
    """A text is cut in a way that llama.cpp does not know."""


def tokens_of(folder: Path, config: Mapping[str, Any]) -> Tokens:
    """The tokenizer of the model's folder; raises SourceError with what llama.cpp cannot do."""
    from transformers import AutoTokenizer

    try:
        fast = AutoTokenizer.from_pretrained(folder)
        data = json.loads(fast.backend_tokenizer.to_str())
    except (OSError, ValueError, KeyError, AttributeError) as cause:
        raise _refused(folder, ["tokenizer.json"]) from cause
    special = dict(_special(config, fast))
    first, last = _around(data.get("post_processor"))
    odd = [*_loose(data), *([] if "eos" in special else ["eos_token_id"])]
    odd += ["post_processor"] if first not in (None, special.get("bos", first)) else []
    odd += ["post_processor"] if last not in (None, special.get("eos")) else []
    if odd:
        raise _refused(folder, odd)
    special |= {} if first is None else {"bos": first}
    try:
        tokens = _pieces(data) if data["model"].get("byte_fallback") else _byte_level(data)
    except _CutOtherwise:
        raise SourceError("export-cut-otherwise", folder=folder.name) from None
    except ValueError as cause:
        raise _refused(folder, [f"tokenizer.json ({cause})"]) from None
    template = fast.chat_template
    if isinstance(template, Mapping):
        template = template.get("default")
    if template and _is_metaspace(data) and tokens.spaced and _blank_begins(fast, data):
        raise _refused(folder, ["chat_template"])
    return replace(
        tokens,
        special={**special, **tokens.special},
        begins=first is not None,
        ends=last is not None,
        template=template or "",
    )


def add_tokens(writer: Any, tokens: Tokens, size: int) -> None:
    """The file has the tokenizer; heads are often padded to `size`."""
    names = [tokens.names.get(place, f"[PAD{place}]") for place in range(size)]
    known = set(tokens.names.values())
    writer.add_tokenizer_model(tokens.model)
    writer.add_tokenizer_pre(tokens.pre)
    writer.add_token_list(names)
    writer.add_token_types(
        [tokens.kinds.get(name, NORMAL) if name in known else UNUSED for name in names]
    )
    if tokens.model == "gpt2":
        writer.add_token_merges([" ".join(pair) for pair in tokens.merges])
    else:
        writer.add_token_scores([tokens.scores.get(name, 0.0) for name in names])
        writer.add_add_space_prefix(tokens.spaced)
    for key, place in tokens.special.items():
        getattr(writer, f"add_{key}_token_id")(place)
    writer.add_add_bos_token(tokens.begins)
    writer.add_add_eos_token(tokens.ends)
    if tokens.template:
        writer.add_chat_template(tokens.template)


def _byte_level(data: Mapping[str, Any]) -> Tokens:
    model = data["model"]
    if model["type"] != "BPE":
        raise ValueError(model["type"])
    if data.get("normalizer") not in (None, {"type": "NFC"}):
        raise ValueError("normalizer")
    steps = _steps(data.get("pre_tokenizer"), "pretokenizers")
    way = " ".join(filter(None, map(_cut, steps))), bool(model.get("ignore_merges"))
    if way not in PRE:
        raise _CutOtherwise("pre_tokenizer")
    return Tokens("gpt2", *_vocabulary(data), pre=PRE[way], merges=_merges(model))


def _pieces(data: Mapping[str, Any]) -> Tokens:
    model, spaced = data["model"], _spaced(data)
    names, kinds = _vocabulary(data)
    if lacking := set(BYTES) - set(names.values()):
        raise ValueError(min(lacking))
    kinds = {**dict.fromkeys(BYTES, BYTE), **kinds}
    special = {}
    if (unknown := model.get("unk_token")) in model["vocab"]:
        kinds[unknown], special["unk"] = UNKNOWN, model["vocab"][unknown]
    scores = _scores(set(model["vocab"]) - set(kinds), _merges(model))
    return Tokens("llama", names, kinds, scores=scores, spaced=spaced, special=special)


def _spaced(data: Mapping[str, Any]) -> bool:
    """Whether a space is put before each text; raises ValueError where it is cut otherwise too."""
    steps = _steps(data.get("normalizer"), "normalizers")
    changes = [
        (each["type"], each.get("prepend") or (each.get("pattern"), each.get("content")))
        for each in steps
    ]
    cutter: Any = data.get("pre_tokenizer")
    blanks = ("Replace", ({"String": " "}, BLANK))
    match cutter:
        case {"type": "Metaspace", "replacement": "▁", "split": False} if not changes:
            if cutter["prepend_scheme"] != "first":  # there, after every special token too
                return bool(cutter["prepend_scheme"] == "always")
        case None | {"type": "Split", "pattern": {"String": " "}}:
            if changes == [blanks]:
                return False
            if changes == [("Prepend", BLANK), blanks]:
                loose = [each for each in data["added_tokens"] if each["normalized"]]
                if not loose:  # they would be looked for with a space before them
                    return True
    raise _CutOtherwise("normalizer, pre_tokenizer")


def _is_metaspace(data: Mapping[str, Any]) -> bool:
    return (data.get("pre_tokenizer") or {}).get("type") == "Metaspace"


def _blank_begins(fast: Any, data: Mapping[str, Any]) -> bool:
    """Whether a chat has a space where a text or what follows a special token begins.

    Metaspace takes that for the one that it would put there; SentencePiece puts another before it.
    """
    from jinja2 import TemplateError

    turns = [{"role": role, "content": "a"} for role in ("user", "assistant", "user")]
    try:
        chat = fast.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except TemplateError:
        return True  # who knows
    names = [token["content"] for token in data.get("added_tokens") or ()]
    return chat.startswith(" ") or any(f"{name} " in chat for name in names)


def _scores(plain: set[str], merges: Sequence[tuple[str, str]]) -> dict[str, float]:
    """By which the same pieces are merged first; raises ValueError where none do that."""
    places: dict[str, set[tuple[str, str]]] = {}
    last = ""
    for left, right in merges:
        made = left + right
        if made in places and made != last:
            raise ValueError(f"merges: {made}")
        places.setdefault(made, set()).add((left, right))
        last = made
    for token in plain:
        cuts = ((token[:at], token[at:]) for at in range(1, len(token)))
        ways = {(left, right) for left, right in cuts if left in plain and right in plain}
        if not ways <= places.get(token, set()):
            raise ValueError(f"merges: {token}")
    return {token: -float(rank) for rank, token in enumerate(places)}


def _merges(model: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = [each.split(" ") if isinstance(each, str) else each for each in model["merges"]]
    return [(left, right) for left, right in pairs]


def _vocabulary(data: Mapping[str, Any]) -> tuple[dict[int, str], dict[str, int]]:
    """Names by id, and the kinds of those that were added."""
    ids, kinds = dict(data["model"]["vocab"]), {}
    for token in data.get("added_tokens") or ():
        ids[token["content"]] = token["id"]
        kinds[token["content"]] = CONTROL if token["special"] else USER_DEFINED
    return {place: name for name, place in ids.items()}, kinds


def _steps(several: Mapping[str, Any] | None, key: str) -> list[Mapping[str, Any]]:
    if several is None:
        return []
    return several[key] if several["type"] == "Sequence" else [several]


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


def _special(config: Mapping[str, Any], fast: Any) -> Iterator[tuple[str, int]]:
    for key in ("bos", "eos", "pad", "unk"):
        token = config.get(f"{key}_token_id")
        token = token[0] if isinstance(token, list) and token else token
        token = token if isinstance(token, int) else getattr(fast, f"{key}_token_id", None)
        if isinstance(token, int):
            yield key, token


def _loose(data: Mapping[str, Any]) -> list[str]:
    """The first token that takes its surroundings along, by its name."""
    for token in data.get("added_tokens") or ():
        for way in LOOSE:
            if token.get(way):
                return [f"{way} {token['content']}"]
    return []


def _around(processor: Any) -> tuple[int | None, int | None]:
    """Ids of the special tokens that are put before and behind every text."""
    match processor:
        case {"processors": [*steps]}:
            around = [_around(step) for step in steps]
            firsts = [first for first, _ in around if first is not None]
            lasts = [last for _, last in around if last is not None]
            return next(iter(firsts), None), next(reversed(lasts), None)
        case {"type": "TemplateProcessing", "single": [*pieces], "special_tokens": tokens}:
            ends = (pieces[0], pieces[-1])
            first, last = (piece.get("SpecialToken", {}).get("id") for piece in ends)
            ids = {name: each["ids"][0] for name, each in tokens.items()}
            return ids.get(first), ids.get(last)
    return None, None


def _refused(folder: Path, why: Sequence[str]) -> SourceError:
    return SourceError("export-not-gguf", folder=folder.name, why=list(why))
