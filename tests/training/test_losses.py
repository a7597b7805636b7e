"""The same loss, however a batch is computed."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.testing import assert_close

from fusionlab.training.losses import answer_loss, batched, prefixed_loss

PREFIX = [5, 6, 7, 8]
PAIRS = {
    "one beginning": [([*PREFIX, 40, 41], [50]), ([*PREFIX, 42], [51, 52, 53])],
    "all but the answer": [(PREFIX, [50, 51]), (PREFIX, [52, 53])],
    "nothing in common": [([5, 6], [50, 51]), ([7, 6], [52])],
    "one row": [([5, 6, 7], [50, 51])],
}


@pytest.fixture(scope="module")
def model(tiny: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny)


@pytest.mark.parametrize("pairs", PAIRS.values(), ids=PAIRS)
def test_a_common_beginning_may_be_computed_once(model: Any, pairs: Any) -> None:
    batch = batched(pairs, 0)
    losses, gradients = [], []
    for loss_of in (answer_loss, prefixed_loss):
        model.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.detach())
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    assert_close(losses[1], losses[0], atol=1e-5, rtol=1e-5)
    assert_close(gradients[1], gradients[0], atol=1e-4, rtol=1e-4)
