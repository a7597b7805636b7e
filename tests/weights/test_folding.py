"""A base with an adapter is one model with full weights, as peft would merge it."""

from pathlib import Path

import pytest
import torch
from peft import PeftModel
from torch.testing import assert_close
from transformers import AutoModelForCausalLM

from fusionlab.errors import SourceError
from fusionlab.weights.checkpoint import checkpoint_in
from fusionlab.weights.folding import Folded, deltas_in
from fusionlab.weights.opened import opened
from tests.tiny_lora import tiny_lora
from tests.weights.families import tiny_family


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_family(tmp_path / "base")


def test_it_is_what_peft_merges(base: Path, tmp_path: Path) -> None:
    adapter = tiny_lora(base, tmp_path / "adapter", name=str(base))
    found = opened(f"path:{base}+{adapter}")
    merged = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter)
    wanted = merged.merge_and_unload().state_dict()
    plain = checkpoint_in(base)
    changed = 0
    for name in found.weights.tensors:
        whole = found.weights.read(name)
        assert_close(whole, wanted[name])
        if whole.dim() > 1:
            rows = [found.weights.read(name, n, n + 5) for n in range(0, len(whole), 5)]
            assert_close(torch.cat(rows), whole)
        changed += not torch.equal(whole, plain.read(name))
    assert changed == 4 * 7


def test_an_adapter_of_another_width_is_refused(base: Path, tmp_path: Path) -> None:
    other = tiny_family(tmp_path / "other", hidden_size=32)
    adapter = tiny_lora(other, tmp_path / "adapter")
    with pytest.raises(SourceError, match=r"q_proj|down_proj"):
        deltas_in(adapter, checkpoint_in(base).tensors)


def test_an_adapter_of_more_than_projections_is_refused(base: Path, tmp_path: Path) -> None:
    adapter = tiny_lora(base, tmp_path / "adapter", modules_to_save=["lm_head"])
    with pytest.raises(SourceError, match="modules_to_save"):
        deltas_in(adapter, checkpoint_in(base).tensors)


def test_a_folded_model_keeps_the_numbers_of_its_base(tmp_path: Path) -> None:
    base = tiny_family(tmp_path / "base", dtype=torch.bfloat16)
    adapter = tiny_lora(base, tmp_path / "adapter", name=str(base))
    checkpoint = checkpoint_in(base)
    folded = Folded(checkpoint, deltas_in(adapter, checkpoint.tensors))
    assert {folded.read(name).dtype for name in folded.tensors} == {torch.bfloat16}
