"""A GGUF file becomes a folder that any tool opens, with the same weights."""

import json
from pathlib import Path

import pytest

from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.sources.dequantise import dequantised
from tests.drained import drained
from tests.tiny_gguf import tiny_gguf


@pytest.fixture(scope="module")
def folder(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("gguf")
    _, made = drained(dequantised(tiny_gguf(tiny, home / "tiny.gguf"), home / "made"))
    return made


def test_the_weights_are_those_of_the_file_in_bf16(tiny: Path, folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    given = load_file(tiny / "model.safetensors")
    made = load_file(folder / "model.safetensors")
    assert given.keys() == made.keys()
    for name, tensor in made.items():
        torch.testing.assert_close(tensor, given[name].to(torch.bfloat16))


def test_the_config_names_its_class_and_no_quantisation(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    assert config["architectures"] == ["LlamaForCausalLM"]
    assert config["dtype"] == "bfloat16"
    assert "quantization_config" not in config
    assert (folder / "generation_config.json").exists()


def test_the_tokenizer_and_the_chat_template_come_along(tiny: Path, folder: Path) -> None:
    from transformers import AutoTokenizer

    given = AutoTokenizer.from_pretrained(tiny)
    made = AutoTokenizer.from_pretrained(folder)
    text = "the capital of France is 你好 👨‍👩‍👧"
    assert made(text)["input_ids"] == given(text)["input_ids"]
    turns = [{"role": "user", "content": text}]
    both = [tool.apply_chat_template(turns, tokenize=False) for tool in (made, given)]
    assert both[0] == both[1]


def test_nothing_but_the_folder_is_left(folder: Path) -> None:
    assert sorted(path.name for path in folder.parent.iterdir()) == ["made", "tiny.gguf"]


def test_a_folder_that_is_there_is_kept(folder: Path) -> None:
    events, again = drained(dequantised(folder.parent / "tiny.gguf", folder))
    assert (events, again) == ([], folder)


def test_a_broken_file_is_a_source_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF, and then nothing")
    with pytest.raises(SourceError, match=r"broken\.gguf cannot be opened") as caught:
        drained(dequantised(tmp_path / "broken.gguf", tmp_path / "made"))
    assert "llama.cpp" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["broken.gguf"]


def test_stopping_leaves_nothing(tiny: Path, tmp_path: Path) -> None:
    generator = dequantised(tiny_gguf(tiny, tmp_path / "tiny.gguf"), tmp_path / "made")
    assert isinstance(next(generator), Progress)
    generator.close()
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]
