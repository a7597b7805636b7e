"""A sequence is read once, and what is expected after each of its tokens is known."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from fusionlab.engines import prefill
from fusionlab.engines.prefill import prefilled
from fusionlab.engines.transformers import TransformersModel, load, load_adapted
from fusionlab.models.base import Level, ModelSpec, Sequences
from tests.tiny import CORPUS
from tests.tiny_lora import tiny_lora

SPEC = ModelSpec("tiny", "transformers", Level.INTERNALS)


@pytest.fixture(scope="module")
def model(tiny: Path) -> TransformersModel:
    return load(tiny, SPEC)


def encoded(model: TransformersModel) -> list[int]:
    ids: list[int] = model.tokenizer(CORPUS[0])["input_ids"]
    return ids


class OnlyLast:
    """A model with logits of which only the last position's can be had."""

    def __init__(self, model: TransformersModel) -> None:
        self.spec, self.vocabulary, self._model = model.spec, model.vocabulary, model

    def open(self, prompts: Sequence[Sequence[int]]) -> Sequences:
        return self._model.open(prompts)


def test_every_position_is_read_in_one_pass(
    model: TransformersModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = encoded(model)
    whole = torch.cat(list(prefilled(model, ids)))
    with torch.inference_mode():
        logits = model.model(input_ids=torch.tensor([ids])).logits[0].float()
    assert_close(whole, logits)
    assert len(list(prefilled(model, ids))) == 1
    assert_close(torch.cat(list(prefilled(OnlyLast(model), ids))), whole)  # type: ignore[arg-type]
    monkeypatch.setattr(prefill, "AT_ONCE", 5 * len(model.vocabulary.pieces))
    parts = list(prefilled(model, ids))
    assert [len(part) for part in parts[:-1]] == [5] * (len(parts) - 1)
    assert_close(torch.cat(parts), whole)


def test_an_adapters_model_reads_with_its_adapter(
    model: TransformersModel, tiny: Path, tmp_path: Path
) -> None:
    adapted = load_adapted(tiny_lora(tiny, tmp_path / "adapter"), model, SPEC)
    ids = encoded(model)
    read = torch.cat(list(prefilled(adapted, ids)))
    assert_close(read[-1], adapted.open([ids]).logits()[0])
    assert not torch.allclose(read, torch.cat(list(prefilled(model, ids))))
