"""A GGUF file says in llama.cpp what its folder says in transformers, or is refused by name."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from tokenizers import Regex, pre_tokenizers
from transformers import AutoTokenizer

from fusionlab.engines import llamacpp
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.errors import SourceError
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.weights.adapter_gguf import write_adapter_gguf
from fusionlab.weights.as_gguf import check_gguf, write_gguf
from fusionlab.weights.gguf_models import ARCHITECTURES
from fusionlab.weights.gguf_tokens import LLAMA_3, QWEN_2
from tests.drained import drained
from tests.tiny import tiny_tokenizer
from tests.tiny_lora import tiny_lora
from tests.weights.families import opened, tiny_family
from tests.weights.pieces import piece_tokenizer

WIDE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
EXPERTS: dict[str, Any] = {
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 32,
    "mlp_only_layers": [],
}
CAPS = {"attn_logit_softcapping": 1.0, "final_logit_softcapping": 2.0}
SAME: dict[str, dict[str, Any]] = {
    "llama": {"attention_bias": True, "mlp_bias": True},
    "mistral": {"sliding_window": None},
    "mixtral": {},
    "qwen2": {"use_sliding_window": False},
    "qwen2_moe": {**EXPERTS, "shared_expert_intermediate_size": 48},
    "qwen3": {"head_dim": 32, "tie_word_embeddings": True},
    "qwen3_moe": {**EXPERTS, "norm_topk_prob": True},
    "gemma": {"head_dim": 16},
    "gemma2": {"head_dim": 32, "query_pre_attn_scalar": 32, **CAPS},
    "gemma3_text": {
        "head_dim": 16,
        "query_pre_attn_scalar": 16,
        "layers": 7,
        "layer_types": None,
    },
    "granite": {"attention_multiplier": 0.1, "logits_scaling": 3.0},
    "olmo2": {},
    "phi3": {},
}
"""Of every kind that can be exported, a model with all that a config of it may say."""
SLACK = 0.02
"""Between logarithms of probabilities: llama.cpp keeps keys and values in 16 bits."""
STEPS = 6
TEXTS = (
    "the capital of France is 12345 and don't 世界",
    "  two  spaces\tand a tab \n\nand lines\n",
    "a family 👨‍👩‍👧, naïve café; x=y+1 ... IT'S",
    "one<s>two</s> three",
    "",
)


@contextmanager
def there(folder: Path) -> Iterator[LlamaCppModel]:
    """The model of the folder in llama.cpp."""
    file = folder.with_suffix(".gguf")
    drained(write_gguf(folder, file, "a"))
    spec = ModelSpec(f"gguf:{file}", "llamacpp", Level.LOGPROBS)
    with closing(llamacpp.load(file, spec)) as model:
        yield model


@pytest.mark.parametrize("family", ARCHITECTURES)
def test_it_gives_the_same_probabilities(family: str, tmp_path: Path) -> None:
    folder = tiny_family(tmp_path / "a", family, **{**WIDE, **SAME[family]})
    ids = list(range(60, 84))
    rows = []
    with there(folder) as model:
        for _ in range(STEPS):
            found = model.candidates(ids, 320)
            rows.append({each.id: each.logprob for each in found})
            ids.append(found[0].id)
    with torch.no_grad():
        logits = opened(folder)(torch.tensor([ids])).logits[0].log_softmax(-1)
    assert logits.std() > 0.2
    for step, row in enumerate(rows):
        here = logits[len(ids) - STEPS - 1 + step]
        assert len(row) == len(here)
        assert max(abs(here[token].item() - row[token]) for token in row) < SLACK, step


@contextmanager
def beside(base: Path, adapter: Path) -> Iterator[LlamaCppModel]:
    """The base in llama.cpp with the adapter beside it, each from a file of its own."""
    import xllamacpp

    file = adapter.with_suffix(".gguf")
    drained(write_adapter_gguf(adapter, base, file, "a"))
    plain = llamacpp._parameters

    def parameters(gguf: Path, key: str) -> Any:
        told = plain(gguf, key)
        told.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(file), 1.0)]
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(llamacpp, "_parameters", parameters)
        with there(base) as model:
            yield model


@pytest.mark.parametrize(
    ("family", "more"),
    [
        ("llama", {}),
        ("qwen2", {"rank_pattern": {"q_proj": 2}, "alpha_pattern": {"down_proj": 3}}),
        ("gemma", {"use_rslora": True}),
        ("phi3", {"targets": ("qkv_proj", "o_proj", "gate_up_proj", "down_proj")}),
    ],
)
def test_an_adapter_gives_the_same_probabilities(
    family: str, more: dict[str, Any], tmp_path: Path
) -> None:
    base = tiny_family(tmp_path / "a", family, **{**WIDE, **SAME[family]})
    adapter = tiny_lora(base, tmp_path / "adapter", name=str(base), **more)
    ids = list(range(60, 84))
    with beside(base, adapter) as model:
        found = {each.id: each.logprob for each in model.candidates(ids, 320)}
    with torch.no_grad():
        plain = opened(base)(torch.tensor([ids])).logits[0, -1].log_softmax(-1)
        adapted = PeftModel.from_pretrained(opened(base), adapter)
        wanted = adapted(torch.tensor([ids])).logits[0, -1].log_softmax(-1)
    assert len(found) == len(wanted)
    off = max(abs(wanted[token].item() - found[token]) for token in found)
    assert off < 0.02 * (plain - wanted).abs().max(), (off, (plain - wanted).abs().max())


def test_an_adapter_of_what_gguf_cannot_hold_is_refused(tmp_path: Path) -> None:
    base = tiny_family(tmp_path / "a", "olmo3")
    adapter = tiny_lora(base, tmp_path / "adapter", name=str(base))
    with pytest.raises(SourceError, match="model_type olmo3"):
        drained(write_adapter_gguf(adapter, base, tmp_path / "a.gguf", "a"))
    assert not (tmp_path / "a.gguf").exists()


def bytes_cut_by(pattern: str, *, whole: bool) -> Any:
    """A byte-level tokenizer that cuts by this pattern; `whole` words are tokens unmerged."""
    fast = tiny_tokenizer()
    tokenizer = fast.backend_tokenizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.model.ignore_merges = whole
    return fast


@pytest.mark.parametrize(
    "tokenizer",
    [
        piece_tokenizer("llama"),
        piece_tokenizer("never"),
        piece_tokenizer("always"),
        piece_tokenizer("gemma"),
        tiny_tokenizer(),
        bytes_cut_by(LLAMA_3, whole=True),
        bytes_cut_by(LLAMA_3, whole=False),
        bytes_cut_by(QWEN_2, whole=False),
    ],
    ids=["llama", "never", "always", "gemma", "bytes", "llama-3", "dbrx", "qwen-2"],
)
def test_it_makes_the_same_tokens(tokenizer: Any, tmp_path: Path) -> None:
    folder = tiny_family(tmp_path / "a", layers=1, vocab_size=len(tokenizer) + 5)
    tokenizer.save_pretrained(folder)
    fast = AutoTokenizer.from_pretrained(folder)
    always = "Metaspace" in fast.backend_tokenizer.to_str()
    with there(folder) as model:
        for text in TEXTS:
            if always and (text.startswith(" ") or "> " in text):
                continue  # Metaspace puts no second space before one, SentencePiece does
            body = {"content": text, "add_special": True, "parse_special": True}
            assert model.endpoint.post("/tokenize", body)["tokens"] == fast(text).input_ids, text


@pytest.mark.parametrize(
    ("family", "more", "why"),
    [
        ("olmo3", {}, "model_type olmo3"),
        ("mistral", {"sliding_window": 4}, "sliding_window"),
        ("qwen2", {}, "sliding_window"),
        ("llama", {"rope_parameters": {"rope_type": "linear", "factor": 2.0}}, "rope_type linear"),
        ("llama", {"hidden_act": "gelu"}, "hidden_act"),
        ("qwen3", {"attention_bias": True}, r"k_proj\.bias"),
        ("qwen3_moe", {"norm_topk_prob": True}, "mlp_only_layers"),
        ("qwen3_moe", {"mlp_only_layers": []}, "norm_topk_prob"),
        ("gemma2", {}, "query_pre_attn_scalar"),
        ("gemma2", {"query_pre_attn_scalar": 8, "final_logit_softcapping": None}, "final_logit"),
        ("gemma3_text", {"query_pre_attn_scalar": 8}, "layer_types"),
        ("gemma3_text", {"use_bidirectional_attention": True}, "use_bidirectional_attention"),
    ],
)
def test_what_might_say_something_else_is_refused(
    family: str, more: dict[str, Any], why: str, tmp_path: Path
) -> None:
    folder = tiny_family(tmp_path / "a", family, **more)
    with pytest.raises(SourceError, match=why) as caught:
        drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    assert "folder" in caught.value.hint
    assert not (tmp_path / "a.gguf").exists()
    with pytest.raises(SourceError) as beforehand:
        check_gguf(folder)
    assert beforehand.value.sentence == caught.value.sentence


def test_tokenizers_that_make_other_tokens_are_refused(tmp_path: Path) -> None:
    folder = tiny_family(tmp_path / "a", vocab_size=1000)
    for change, why in (
        ({"pre_tokenizer": {"type": "Whitespace"}}, "no tokenizer that splits text"),
        ({"normalizer": {"type": "Lowercase"}}, r"tokenizer\.json \(normalizer"),
        ({"model": {"ignore_merges": True}}, "no tokenizer that splits text"),
        ({"added_tokens": {"rstrip": True}}, "rstrip <|endoftext|>".replace("|", r"\|")),
    ):
        tiny_tokenizer().save_pretrained(folder)
        changed(folder, change)
        with pytest.raises(SourceError, match=why):
            drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    piece_tokenizer("first").save_pretrained(folder)
    with pytest.raises(SourceError, match="no tokenizer that splits text"):
        drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    spaced = piece_tokenizer("always")
    spaced.chat_template = "{% for m in messages %}{{ m['content'] + eos_token + ' ' }}{% endfor %}"
    spaced.save_pretrained(folder)
    with pytest.raises(SourceError, match="chat_template"):
        drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    endless = tiny_family(tmp_path / "b", eos_token_id=None)
    changed(endless, {"eos_token": None}, "tokenizer_config.json")
    with pytest.raises(SourceError, match="eos_token_id"):
        drained(write_gguf(endless, tmp_path / "a.gguf", "a"))
    piece_tokenizer().save_pretrained(folder)
    changed(folder, {"model": {"merges": []}})
    with pytest.raises(SourceError, match="merges: "):
        drained(write_gguf(folder, tmp_path / "a.gguf", "a"))


def changed(folder: Path, change: dict[str, Any], name: str = "tokenizer.json") -> None:
    """The folder's file of this name says something else; of a list its first entry."""
    file = folder / name
    data = json.loads(file.read_text())
    for key, value in change.items():
        held = data[key][0] if isinstance(data[key], list) else data[key]
        if isinstance(held, dict) and "type" not in value:
            held.update(value)
        else:
            data[key] = value
    file.write_text(json.dumps(data))


def test_it_comes_back_as_the_same_numbers(tmp_path: Path) -> None:
    from fusionlab.sources.dequantise import write
    from fusionlab.weights.checkpoint import checkpoint_in

    folder = tiny_family(tmp_path / "a", dtype=torch.bfloat16, **WIDE)
    drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    write(str(tmp_path / "a.gguf"), str(tmp_path / "back"))
    first, second = checkpoint_in(folder), checkpoint_in(tmp_path / "back")
    for name in first.tensors:
        assert torch.equal(first.read(name), second.read(name)), name


def test_a_chat_begins_there_as_it_does_here(tmp_path: Path) -> None:
    """The template is found wherever transformers finds it, also within tokenizer_config.json."""
    folder = tiny_family(tmp_path / "a")
    (folder / "chat_template.jinja").unlink()
    file = folder / "tokenizer_config.json"
    template = "{% for m in messages %}~{{ m['content'] }}{% endfor %}"
    file.write_text(json.dumps({**json.loads(file.read_text()), "chat_template": template}))
    with there(folder) as model:
        assert (
            model.encode([Message("user", "one")])
            == AutoTokenizer.from_pretrained(folder)("~one").input_ids
        )
