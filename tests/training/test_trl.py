"""The losses of instruct and prefer are those of trl's trainers, on the same batches.

Runs where trl is installed, which FusionLab does not need.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from fusionlab.models.base import Message
from fusionlab.sources.opening import open_model
from fusionlab.training.encoding import encoded
from fusionlab.training.losses import IGNORED, Batch, answer_logprobs, answer_loss, preference_loss
from fusionlab.training.packing import collated
from fusionlab.training.records import Choice, Record, Records, Talk
from tests.tiny import tiny_llama, tiny_tokenizer

pytestmark = pytest.mark.skipif(find_spec("trl") is None, reason="trl is not installed")
TOKENIZER = tiny_tokenizer()
ASKED = (Message("user", "one two three"),)
BETA = 0.3
SETTINGS: dict[str, Any] = {
    "use_cpu": True,
    "bf16": False,
    "report_to": [],
    "gradient_checkpointing": False,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("trl") / "tiny", sharp=1.0)


def batch_of(*given: Record) -> Batch:
    records = Records("a test", "", given, tuple(range(1, len(given) + 1)))
    units = encoded(records, TOKENIZER, "tiny", 64).units
    return collated([(each,) for unit in units for each in unit], TOKENIZER.pad_token_id or 0)


def attended(batch: Batch) -> Any:
    """1 for every token that is no padding: all up to the last that is learned."""
    learned = (batch.labels != IGNORED).long()
    return learned.flip(1).cummax(dim=1).values.flip(1)


def changed(folder: Path) -> Any:
    model = open_model(folder, dtype=torch.float32)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.05)
    return model


def test_instruct_loses_what_its_trainer_loses(folder: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    batch = batch_of(
        Talk((*ASKED, Message("assistant", "four"))),
        Talk((*ASKED, Message("assistant", "Paris, Rome"), *ASKED, Message("assistant", "ten"))),
    )
    rows = Dataset.from_list([{"input_ids": [1, 2], "labels": [1, 2]}])
    trainer = SFTTrainer(
        changed(folder),
        SFTConfig(str(tmp_path), **SETTINGS),
        train_dataset=rows,
        processing_class=TOKENIZER,
    )
    given = {"input_ids": batch.ids, "labels": batch.labels, "attention_mask": attended(batch)}
    theirs = trainer.compute_loss(trainer.model, dict(given))
    assert answer_loss(trainer.model, batch).item() == pytest.approx(theirs.item(), abs=1e-5)


def test_prefer_loses_what_its_trainer_loses(folder: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    batch = batch_of(Choice(ASKED, "four five six", "ten"), Choice(ASKED, "Paris", "Rome is nice"))
    reference = open_model(folder, dtype=torch.float32)
    with torch.no_grad():
        known = answer_logprobs(reference, batch)
    row = {"prompt": "one", "chosen": "two", "rejected": "three"}
    trainer = DPOTrainer(
        changed(folder),
        reference,
        DPOConfig(str(tmp_path), beta=BETA, **SETTINGS),
        train_dataset=Dataset.from_list([row]),
        processing_class=TOKENIZER,
    )
    order = torch.tensor([0, 2, 1, 3])  # there all chosen ones come first
    given = {
        "input_ids": batch.ids[order],
        "attention_mask": attended(batch)[order],
        "completion_mask": (batch.labels != IGNORED).long()[order],
    }
    theirs = trainer.compute_loss(trainer.model, dict(given))
    ours = Batch(batch.ids, batch.labels, batch.tokens, batch.positions, known)
    lost = preference_loss(trainer.model, ours, beta=BETA)
    assert lost.item() == pytest.approx(theirs.item(), abs=1e-5)
