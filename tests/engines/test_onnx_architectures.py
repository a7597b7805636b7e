"""Every architecture that is exported is near its original, in batches and after a rewind.

The builder works in this process: in one of its own each export would pay for the imports again.
"""

import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
import torch

from fusionlab.engines import onnx, transformers
from fusionlab.engines.onnx import OnnxModel
from fusionlab.engines.onnx_export import ARCHITECTURES, BOUND, check_known, quality_of, write
from fusionlab.engines.prefill import prefilled
from fusionlab.models.base import Level, ModelSpec
from tests.tiny import tiny_of

LLAMA = "LlamaForCausalLM"
"""Whose export all other tests of the engine are made with."""
TEXTS = [[70, 80, 90, 100, 75, 85, 95, 105, 71], [72, 73], [70, 80, 90, 100, 5, 6]]


@pytest.fixture(scope="module", params=sorted(ARCHITECTURES - {LLAMA}))
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OnnxModel, transformers.TransformersModel]]:
    """The export of a tiny model of the architecture, and its original."""
    folder = tiny_of(request.param, tmp_path_factory.mktemp("tiny") / "a")
    check_known(folder, "tiny")
    export = tmp_path_factory.mktemp("export")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", [])  # the builder's program reads it
        patched.setenv("TQDM_DISABLE", "1")
        write(str(folder), str(export), "")
    original = transformers.load(folder, ModelSpec("tiny", "transformers", Level.INTERNALS))
    ours = onnx.load(export, folder, ModelSpec("tiny", "onnx", Level.LOGITS))
    with closing(original), closing(ours):
        assert quality_of(export).usable
        yield ours, original


def divergence(theirs: torch.Tensor, ours: torch.Tensor) -> float:
    """The largest KL of any row, in nats."""
    theirs, ours = theirs.log_softmax(dim=-1), ours.log_softmax(dim=-1)
    return float((theirs.exp() * (theirs - ours)).sum(dim=-1).max())


def test_rows_of_unlike_length_are_near_the_original_before_and_after_a_rewind(
    pair: tuple[OnnxModel, transformers.TransformersModel],
) -> None:
    ours, theirs = (model.open(TEXTS) for model in pair)
    with closing(ours), closing(theirs):
        assert divergence(theirs.logits(), ours.logits()) < BOUND
        for rows in (ours, theirs):
            rows.rewind([4, 2, 6])
            rows.feed([[9, 10, 11], [12], []])
        assert divergence(theirs.logits(), ours.logits()) < BOUND
        again = ours.logits()[0]
    with closing(pair[0].open([[*TEXTS[0][:4], 9, 10, 11]])) as fresh:
        assert torch.allclose(again, fresh.logits()[0], atol=1e-3)


def test_every_position_is_near_the_original(
    pair: tuple[OnnxModel, transformers.TransformersModel],
) -> None:
    ours, theirs = (torch.cat(list(prefilled(model, TEXTS[0]))) for model in pair)
    assert divergence(theirs, ours) < BOUND
