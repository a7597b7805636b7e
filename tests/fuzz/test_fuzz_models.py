"""Folders of models and adapters, small files and headers spoiled, are opened or refused."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.engines.transformers import TransformersModel, load, load_adapted
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from tests.fuzz.bounds import fuzzed, refused_at_most
from tests.fuzz.mutations import respoiled, spoiled, written
from tests.tiny_lora import tiny_lora

SPEC = ModelSpec("tiny", "transformers", Level.INTERNALS)
PROMPT = [Message("system", "Be brief."), Message("user", "the capital of France")]
WEIGHTS = "model.safetensors"
CONFIG, TOKENIZER = "config.json", "tokenizer.json"
ADAPTER = "adapter_config.json"
SMALL = (CONFIG, "generation_config.json", TOKENIZER, "tokenizer_config.json")
TEMPLATE = "chat_template.jinja"


@pytest.fixture(scope="module")
def folder(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that each test spoils and mends again."""
    return shutil.copytree(tiny, tmp_path_factory.mktemp("fuzz") / "model")


@pytest.fixture(scope="module")
def adapter(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lora(tiny, tmp_path_factory.mktemp("fuzz") / "adapter")


@contextmanager
def changed(file: Path, content: bytes) -> Iterator[None]:
    """The file holds this meanwhile."""
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        yield
    finally:
        file.write_bytes(before)


def used(model: TransformersModel) -> None:
    """It reads a conversation and writes a little."""
    assert model.vocabulary.pieces
    list(model.generate([PROMPT], Sampling(max_tokens=2)))


@cache
def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def one_of(data: st.DataObject, file: Path) -> bytes:
    """A spoiled form of what the file holds."""
    text = text_of(file)
    if file.suffix != ".json":
        return str(data.draw(spoiled(text))).encode("utf-8", "surrogatepass")
    parts = respoiled(json.loads(text)).map(written)
    return str(data.draw(parts | spoiled(text))).encode("utf-8", "surrogatepass")


@fuzzed(80)
@given(st.sampled_from((*SMALL, CONFIG, TEMPLATE)), st.data())
def test_a_folder_is_opened_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    with changed(folder / name, one_of(data, folder / name)), refused_at_most():
        used(load(folder, SPEC))


SIZES = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "head_dim")


@pytest.mark.parametrize("size", [10**5, 10**9, 10**18])
@pytest.mark.parametrize("name", SIZES)
def test_sizes_that_the_weights_do_not_have_are_refused(folder: Path, name: str, size: int) -> None:
    config = json.loads(text_of(folder / CONFIG)) | {name: size}
    with changed(folder / CONFIG, json.dumps(config).encode()), refused_at_most():
        load(folder, SPEC)
        pytest.fail("it was opened")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tokenizer_config.json", {"model_max_length": ""}),
        (CONFIG, {"max_position_embeddings": "many"}),
        (CONFIG, {"model_type": ["llama"]}),
        (CONFIG, {"layer_types": ["full_attention"] * 20_000}),
    ],
)
def test_what_was_found_is_refused(folder: Path, name: str, change: dict[str, Any]) -> None:
    text = json.dumps(json.loads(text_of(folder / name)) | change)
    with changed(folder / name, text.encode()), refused_at_most():
        used(load(folder, SPEC))


def test_what_is_not_spoiled_is_opened(folder: Path, adapter: Path) -> None:
    used(load(folder, SPEC))
    used(load_adapted(adapter, _base(folder), SPEC))


def headed(header: Any, rest: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + rest


@fuzzed(60)
@given(st.data())
def test_weights_are_read_or_refused(folder: Path, data: st.DataObject) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    size = int.from_bytes(whole[:8], "little")
    header, rest = json.loads(whole[8 : 8 + size]), whole[8 + size :]
    lengths = st.sampled_from((0, 1, size - 1, size + 1, 2**31, 2**63, 2**64 - 1))
    content = data.draw(
        respoiled(header).map(lambda each: headed(each, rest))
        | lengths.map(lambda n: n.to_bytes(8, "little") + whole[8:])
        | st.integers(0, len(whole)).map(lambda end: whole[:end])
    )
    with changed(folder / WEIGHTS, content), refused_at_most():
        used(load(folder, SPEC))


@fuzzed(80)
@given(st.data())
def test_an_adapter_is_opened_or_refused(tiny: Path, adapter: Path, data: st.DataObject) -> None:
    base = _base(tiny)
    with changed(adapter / ADAPTER, one_of(data, adapter / ADAPTER)), refused_at_most():
        used(load_adapted(adapter, base, SPEC))


@cache
def _base(folder: Path) -> TransformersModel:
    return load(folder, SPEC)


TEMPLATES = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}",
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "{% for m in messages %}{{ m.content | trim }}{% endfor %}",
)


@fuzzed(150)
@given(spoiled(*TEMPLATES))
def test_a_template_is_used_or_refused(tiny: Path, template: str) -> None:
    model = _base(tiny)
    tokenizer = model.tokenizer
    before = tokenizer.chat_template
    tokenizer.chat_template = template
    try:
        with refused_at_most():
            fresh = TransformersModel(SPEC, model.model, tokenizer)
            fresh.encode(PROMPT)
    finally:
        tokenizer.chat_template = before
