"""From a text to a step: what two sources expect is stored, aligned, fused and learned."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch

from fusionlab.distil.alignment import joined, warped
from fusionlab.distil.blocks import Encode, blocks_of
from fusionlab.distil.fusion import Beside, Expected, copied, fused, stacked
from fusionlab.distil.losses import fusion_loss
from fusionlab.distil.observed import Observed, observed_blocks
from fusionlab.distil.storing import Source, Stored, stored
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.models.base import Level, ModelSpec
from fusionlab.speed.ratio import finished
from fusionlab.tokens.maps import token_map
from fusionlab.tokens.spelling import byte_ends, characters
from tests.tiny import CORPUS

MOST = 48


class Reads:
    """A model, and what it expects of the blocks."""

    def __init__(self, folder: Path, blocks: list[str]) -> None:
        spec = ModelSpec(folder.name, "transformers", Level.INTERNALS)
        self.model: TransformersModel = load(folder, spec)
        self.vocabulary = self.model.vocabulary
        self.ids = [self.model.tokenizer(block)["input_ids"] for block in blocks]
        source = Source(folder.name, str(folder), self.vocabulary, self.read)
        self.kept: Stored = finished(stored(source, self.ids))
        ends = zip(self.ids, blocks, strict=True)
        self.ends = [byte_ends(self.vocabulary, ids, text, spec.id) for ids, text in ends]

    def read(self, blocks: Sequence[Sequence[int]], n_top: int) -> Iterator[Observed]:
        return observed_blocks(self.model, blocks, n_top)

    def beside(self, target: "Reads", number: int) -> Beside:
        alone = joined(self.ends[number], target.ends[number]).alone
        mapping = torch.from_numpy(token_map(self.vocabulary, target.vocabulary, "mined"))
        seen = self.kept.block(number)
        return Beside(seen, torch.from_numpy(alone), mapping, seen.nats_per_byte(self.vocabulary))


@pytest.fixture
def readers(
    tiny: Path,
    tiny_other: Path,
    tiny_twin: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> list[Reads]:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    folders = (tiny, tiny_other, tiny_twin)
    one, other = (load(each, ModelSpec("x", "", Level.INTERNALS)).tokenizer for each in folders[:2])
    encoders: list[Encode] = [
        lambda text: one(text)["input_ids"],
        lambda text: other(text)["input_ids"],
    ]
    blocks = list(blocks_of("\n".join(CORPUS), encoders, MOST))
    return [Reads(folder, blocks) for folder in folders]


def together(target: Reads, sources: list[Reads]) -> Expected:
    rows = [
        fused(
            torch.tensor(ids),
            [each.beside(target, number) for each in sources],
            target.kept.block(number),
            "avgce",
        )
        for number, ids in enumerate(target.ids)
    ]
    return stacked(rows, MOST)


def test_a_target_learns_what_its_sources_expect(readers: list[Reads]) -> None:
    target, *sources = readers
    assert len(target.ids) > 2
    expected = together(target, sources)
    assert int(copied(sources[0].beside(target, 0), torch.tensor(target.ids[0])).sum()) > 10
    model = target.model.model.train()
    ids = torch.zeros(len(target.ids), MOST, dtype=torch.int64)
    labels = torch.full_like(ids, -100)
    for row, own in enumerate(target.ids):
        ids[row, : len(own)] = labels[row, : len(own)] = torch.tensor(own)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(8):
        loss = fusion_loss(model(input_ids=ids).logits, labels, expected, 0.0)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] * 0.8


def test_both_alignments_agree_where_tokens_are_equal(readers: list[Reads]) -> None:
    target, other, _ = readers
    for number, ids in enumerate(target.ids):
        one, two = (
            [characters(each.vocabulary.pieces[token]) for token in own]
            for each, own in ((other, other.ids[number]), (target, ids))
        )
        by_bytes = joined(other.ends[number], target.ends[number]).alone
        by_warping = warped(one, two).alone
        both = (by_bytes >= 0) & (by_warping >= 0)
        assert both.mean() > 0.4
        assert (by_bytes[both] == by_warping[both]).mean() > 0.9
