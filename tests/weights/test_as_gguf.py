"""A GGUF file says in llama.cpp what its folder says in transformers, or is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from fusionlab.engines.memory import Pool
from fusionlab.errors import SourceError
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run
from fusionlab.trace import fold
from fusionlab.weights.as_gguf import write_gguf
from tests.drained import drained
from tests.weights.families import tiny_family

WIDE: dict[str, Any] = {"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2}
PROMPT = "the capital of France is 12 and don't 世界"


def said(ref: str) -> str:
    recipe = Recipe("solo", PROMPT, (MemberRecipe(ref),), sampling=Sampling(12))
    pool = Pool()
    trace = fold(recipe, run(recipe, pool))
    pool.close()
    assert trace.status == "finished", trace.end
    return trace.answer


@pytest.mark.parametrize(
    ("family", "dtype", "more"),
    [
        ("llama", torch.float32, {"tie_word_embeddings": True, "seed": 1}),
        ("llama", torch.bfloat16, {"attention_bias": True}),
        ("qwen2", torch.float32, {"use_sliding_window": False}),
        ("qwen3", torch.float16, {"head_dim": 16}),
    ],
)
def test_it_says_the_same(
    family: str, dtype: torch.dtype, more: dict[str, Any], tmp_path: Path
) -> None:
    folder = tiny_family(tmp_path / "a", family, dtype=dtype, **{**WIDE, **more})
    drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    there, here = said(f"gguf:{tmp_path / 'a.gguf'}"), said(f"path:{folder}")
    whole = [text.replace("\ufffd", "") for text in (there, here)]  # bytes that are no character
    assert whole[0] == whole[1] != ""


@pytest.mark.parametrize(
    ("family", "more", "why"),
    [
        ("gemma2", {}, "model_type gemma2"),
        ("mistral", {"sliding_window": 4}, "sliding_window"),
        ("llama", {"rope_parameters": {"rope_type": "linear", "factor": 2.0}}, "rope_type linear"),
        ("llama", {"hidden_act": "gelu"}, "hidden_act"),
    ],
)
def test_what_might_say_something_else_is_refused(
    family: str, more: dict[str, Any], why: str, tmp_path: Path
) -> None:
    folder = tiny_family(tmp_path / "a", family, **more)
    with pytest.raises(SourceError, match=why) as caught:
        drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    assert "folder" in caught.value.hint


def test_a_tokenizer_that_cuts_otherwise_is_refused(tmp_path: Path) -> None:
    folder = tiny_family(tmp_path / "a")
    file = folder / "tokenizer.json"
    data = json.loads(file.read_text())
    data["pre_tokenizer"] = {"type": "Whitespace"}
    file.write_text(json.dumps(data))
    with pytest.raises(SourceError, match=r"tokenizer\.json"):
        drained(write_gguf(folder, tmp_path / "a.gguf", "a"))


def test_it_comes_back_as_the_same_numbers(tmp_path: Path) -> None:
    from fusionlab.sources.dequantise import write
    from fusionlab.weights.checkpoint import checkpoint_in

    folder = tiny_family(tmp_path / "a", dtype=torch.bfloat16, **WIDE)
    drained(write_gguf(folder, tmp_path / "a.gguf", "a"))
    write(str(tmp_path / "a.gguf"), str(tmp_path / "back"))
    first, second = checkpoint_in(folder), checkpoint_in(tmp_path / "back")
    for name in first.tensors:
        assert torch.equal(first.read(name), second.read(name)), name
