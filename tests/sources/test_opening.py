"""A folder is opened whole, or refused with what is wrong with it; nothing is made up or asked."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from fusionlab.engines.transformers import load
from fusionlab.errors import FusionError, OutOfBudget, SourceError
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.sources.opening import INDEX, check_report, open_model, open_tokenizer, ours

SPEC = ModelSpec("tiny", "transformers", Level.INTERNALS)
WEIGHTS = "model.safetensors"
UP = "model.layers.1.mlp.up_proj.weight"
OWN_CODE = {"AutoConfig": "configuration_nova.NovaConfig"}
Spoil = Callable[[Path], Any]


def changed(name: str, **settings: Any) -> Spoil:
    def change(folder: Path) -> None:
        file = folder / name
        file.write_text(json.dumps(json.loads(file.read_text()) | settings))

    return change


def written(name: str, text: str) -> Spoil:
    return lambda folder: (folder / name).write_text(text)


def weights(change: Callable[[dict[str, torch.Tensor]], Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        tensors = load_file(folder / WEIGHTS)
        change(tensors)
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})

    return spoil


def cut(name: str) -> Spoil:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-64])


def without(name: str) -> Spoil:
    return lambda folder: (folder / name).rename(folder / "elsewhere")


def sharded(folder: Path) -> list[Path]:
    AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder, max_shard_size="100KB")
    (folder / WEIGHTS).unlink(missing_ok=True)
    return sorted(folder.glob("model-*.safetensors"))


SPOILED: dict[str, tuple[Spoil, str, str]] = {
    "cut weights": (cut(WEIGHTS), f"{WEIGHTS} is damaged", "fetch the model again"),
    "no weights at all": (written(WEIGHTS, ""), f"{WEIGHTS} is damaged", "fetch the model again"),
    "a page of HTML": (written(WEIGHTS, "<html>" * 99), "is damaged", "fetch the model again"),
    "a shard missing": (lambda f: without(sharded(f)[1].name)(f), "00002.* is missing", "again"),
    "a shard cut": (lambda f: cut(sharded(f)[1].name)(f), "00002-of-.* is damaged", "again"),
    "no index": (lambda f: (sharded(f), without(INDEX)(f)), f"no {INDEX}", "again"),
    "a cut index": (lambda f: (sharded(f), cut(INDEX)(f)), f"{INDEX} cannot be read", "again"),
    "an empty index": (written(INDEX, "{}"), "names no weights", "again"),
    "an index to nothing": (
        written(INDEX, '{"weight_map": {"a": "../nowhere.safetensors"}}'), "not beside it", "again",
    ),
    "a tensor missing": (weights(lambda t: t.pop(UP)), f"lacks 1 of .* {UP}", "its own"),
    "a tensor of another shape": (
        weights(lambda t: t.update({UP: torch.zeros(3, 64)})), rf"{UP} is \(3, 64\)", "its own",
    ),
    "fewer ids than weights": (changed("config.json", vocab_size=100), r"\(100, 64\)", "its own"),
    "a cut config": (cut("config.json"), "config.json cannot be read", "again"),
    "a config that is a list": (written("config.json", "[]"), "config.json is not a", "again"),
    "a config of nothing": (written("config.json", "{}"), "names no model_type", "again"),
    "a config of wrong types": (changed("config.json", hidden_size="a"), "hidden_size", "compare"),
    "an unknown type of number": (changed("config.json", dtype="float99"), "float99", "compare"),
    "weights of integers": (changed("config.json", dtype="int8"), "int8", "compare"),
    "a cut generation config": (cut("generation_config.json"), "cannot be read", "again"),
    "a cut tokenizer": (cut("tokenizer.json"), "cannot be opened", "a tokenizer.json must"),
    "a cut tokenizer config": (cut("tokenizer_config.json"), "cannot be read", "again"),
    "no tokenizer": (without("tokenizer.json"), "tokenizer", "tokenizer.json must"),
    "an architecture of next year": (
        changed("config.json", model_type="nova9"), "does not know the architecture nova9", "api:",
    ),
    "an encoder and decoder": (changed("config.json", model_type="t5"), "holds a t5", "causal"),
    "experts chosen by other tokens": (
        changed("config.json", model_type="doge", is_moe=True), "other tokens help", "another",
    ),
    "code of its own": (
        changed("config.json", model_type="nova9", auto_map=OWN_CODE), "code of its own", "api:",
    ),
    "a tokenizer with code of its own": (
        lambda f: (
            without("tokenizer.json")(f),
            changed(
                "tokenizer_config.json",
                tokenizer_class="Nova", auto_map={"AutoTokenizer": ["nova.Nova", None]},
            )(f),
        ),
        "code of its own", "api:",
    ),
    "a package that is not here": (
        changed("config.json", quantization_config={"quant_method": "gptq", "bits": 4}),
        "GPTQ", "install what it names",
    ),
    "an unknown quantisation": (
        changed("config.json", quantization_config={"quant_method": "zip"}),
        "quantised as zip", "not quantised",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_wrong_is_said_with_what_to_do(
    name: str, tiny: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil, says, hint = SPOILED[name]
    folder = shutil.copytree(tiny, tmp_path / "model")
    spoil(folder)
    capfd.readouterr()
    with pytest.raises(SourceError, match=says) as caught:
        load(folder, SPEC)
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message
    assert capfd.readouterr() == ("", "")  # no report of transformers', no question


def test_more_than_the_model_needs_is_left_aside_in_silence(
    tiny: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(tiny, tmp_path / "model")
    weights(lambda tensors: tensors.update({"vision.tower": torch.zeros(2)}))(folder)
    changed("config.json", auto_map=OWN_CODE)(folder)  # transformers knows it without that code
    load(folder, SPEC)
    assert capfd.readouterr() == ("", "")


def test_an_encoder_is_no_member(tmp_path: Path, tiny: Path) -> None:
    from transformers import BertConfig, BertLMHeadModel

    folder = shutil.copytree(tiny, tmp_path / "model")
    config = BertConfig(
        vocab_size=320, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32,
    )  # fmt: skip
    BertLMHeadModel(config).save_pretrained(folder)
    model = load(folder, SPEC)
    with pytest.raises(FusionError, match="BertLMHeadModel does not keep what it has read"):
        model.open([[5, 6]]).logits()


def test_a_token_that_the_weights_do_not_know_is_refused_before_it_is_read(
    tiny: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny, tmp_path / "model")
    tokenizer = open_tokenizer(folder)
    tokenizer.add_tokens(["<image>"])
    tokenizer.save_pretrained(folder)
    model = load(folder, SPEC)
    assert len(model.vocabulary.pieces) == 320
    assert model.encode([Message("user", "one two")])
    with pytest.raises(SourceError, match="id 320 for '<image>'; its weights have only 320"):
        model.encode([Message("user", "an <image>")])


def test_memory_that_runs_out_is_no_damage() -> None:
    for error in (MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")):
        with pytest.raises(OutOfBudget, match="memory ran out"), ours(Path("a")):
            raise error


def test_the_level_of_transformers_own_log_is_given_back() -> None:
    from transformers.utils import logging

    before = logging.get_verbosity()
    with pytest.raises(SourceError), ours(Path("a")):
        raise ValueError
    assert logging.get_verbosity() == before


def test_a_whole_folder_has_all_its_weights(tiny: Path) -> None:
    model = open_model(tiny, dtype="auto")
    check_report(tiny, model, {"missing_keys": set(), "mismatched_keys": set()})


def test_models_that_are_opened_side_by_side_leave_weights_to_be_drawn(tiny: Path) -> None:
    """transformers switches that off while it loads, for all threads, and on again as it was."""
    drawn = torch.nn.init.normal_
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: open_model(tiny), range(24)))
    assert torch.nn.init.normal_ is drawn
