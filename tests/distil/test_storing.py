"""Distributions of a source: as the model has them, stored once, gone on with after a kill."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from fusionlab.distil import storing
from fusionlab.distil.observed import Observed, observed, observed_blocks, topped
from fusionlab.distil.storing import Source, Stored, bytes_needed, stored
from fusionlab.engines.prefill import prefilled
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.errors import MemberError, RecipeError, SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.speed.ratio import finished
from tests.full_disk import files_up_to
from tests.tiny import CORPUS

WIDE = 100_000
"""Tokens of a vocabulary whose ids need more than 16 bits."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def model(tiny: Path) -> TransformersModel:
    return load(tiny, ModelSpec("tiny", "transformers", Level.INTERNALS))


@pytest.fixture(scope="module")
def blocks(model: TransformersModel) -> list[list[int]]:
    return [model.tokenizer(text)["input_ids"] for text in CORPUS]


def source_of(model: TransformersModel, made_by: str = "a hash") -> Source:
    return Source(
        "tiny", made_by, model.vocabulary, lambda blocks, n: observed_blocks(model, blocks, n)
    )


def invented(tokens: int, vocabulary: int, ids: Sequence[int]) -> Observed:
    rng = torch.Generator().manual_seed(tokens)
    logits = torch.randn(len(ids), 64, generator=rng)
    seen = topped(torch.tensor(ids), logits, torch.zeros(len(ids), dtype=torch.int64), 10)
    return Observed(seen.tokens, seen.ids + vocabulary - 64, seen.logprobs, seen.tail, seen.label)


def test_what_is_observed_is_the_models_own(
    model: TransformersModel, blocks: list[list[int]]
) -> None:
    ids = blocks[2]
    seen = observed(model, ids)
    logprobs = torch.cat(list(prefilled(model, ids))).log_softmax(-1)
    assert_close(seen.logprobs, logprobs.gather(1, seen.ids))
    assert_close(seen.logprobs[:, 0], logprobs.amax(dim=-1))
    assert_close(seen.logprobs.exp().sum(-1) + seen.tail, torch.ones(len(ids)))
    assert_close(seen.label[:-1], logprobs[range(len(ids) - 1), ids[1:]])
    assert seen.label[-1].isnan()
    size = len(b"".join(model.vocabulary.pieces[token] for token in ids[1:]))
    assert seen.nats_per_byte(model.vocabulary) == pytest.approx(
        -float(seen.label[:-1].sum()) / size
    )


def test_a_model_whose_logits_are_no_numbers_is_named(model: TransformersModel) -> None:
    with torch.no_grad():
        weight = model.model.lm_head.weight
        kept = weight[0].clone()
        weight[0] = torch.nan
    try:
        with pytest.raises(MemberError, match="tiny"):
            observed(model, [5, 6])
    finally:
        with torch.no_grad():
            weight[0] = kept


def test_distributions_are_stored_once(
    model: TransformersModel, blocks: list[list[int]], home: Path
) -> None:
    kept = finished(stored(source_of(model), blocks))
    for number, ids in enumerate(blocks):
        seen, block = observed(model, ids), kept.block(number)
        assert block.tokens.tolist() == ids
        assert (block.ids == seen.ids).all()
        assert_close(block.logprobs, seen.logprobs, atol=0, rtol=1e-3)
        assert_close(block.tail, seen.tail, atol=1e-3, rtol=1e-3)
        assert_close(block.label, seen.label, atol=0, rtol=1e-3, equal_nan=True)
    assert len(kept) == len(blocks)
    silent = Source("tiny", "a hash", model.vocabulary, lambda *_: pytest.fail("read again"))
    assert len(finished(stored(silent, blocks))) == len(blocks)
    assert {each.name for each in (home / "distributions").iterdir()} == {kept.folder.name}
    others = [
        stored(source_of(model, "another"), blocks),
        stored(source_of(model), blocks[:-1]),
        stored(source_of(model), blocks, 3),
    ]
    assert len({kept.folder, *(finished(each).folder for each in others)}) == 4


@pytest.mark.parametrize(("tokens", "most"), [(WIDE, 70), (1 << 16, 48)])
def test_a_token_takes_few_bytes(tokens: int, most: int, home: Path) -> None:
    vocabulary = Vocabulary(tuple(str(token).encode() for token in range(tokens)))
    blocks = [list(range(512)), list(range(tokens - 512, tokens))] * 4
    source = Source(
        "x", "", vocabulary, lambda blocks, _: (invented(0, tokens, ids) for ids in blocks)
    )
    kept = finished(stored(source, blocks))
    size = sum(file.stat().st_size for file in kept.folder.iterdir())
    assert size / 4096 <= most
    assert size <= bytes_needed(source, 4096, 8)
    assert kept.block(1).tokens.tolist() == blocks[1]
    assert int(kept.block(1).ids.max()) > tokens - 65


def test_a_killed_work_goes_on_with_the_next_block(
    model: TransformersModel, blocks: list[list[int]], home: Path
) -> None:
    read: list[int] = []

    def reading(blocks: Sequence[Sequence[int]], n_top: int) -> Iterator[Observed]:
        for ids in blocks:
            read.append(len(ids))
            if len(read) == 3:
                raise KeyboardInterrupt
            yield from observed_blocks(model, [ids], n_top)

    source = Source("tiny", "a hash", model.vocabulary, reading)
    with pytest.raises(KeyboardInterrupt):
        finished(stored(source, blocks))
    (work,) = (home / "distributions").iterdir()
    assert work.name.startswith(".")
    with (work / storing.RECORDS).open("ab") as stream:
        stream.write(b"half a record")
    kept = finished(stored(source, blocks))
    assert read == [len(ids) for ids in (*blocks[:3], *blocks[2:])]
    assert [kept.block(number).tokens.tolist() for number in range(4)] == blocks
    plain = finished(stored(source_of(model, "another"), blocks))
    assert plain.records.tobytes() == kept.records.tobytes()


def test_what_was_damaged_is_stored_anew(model: TransformersModel, blocks: list[list[int]]) -> None:
    kept = finished(stored(source_of(model), blocks))
    file = kept.folder / storing.RECORDS
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    again = finished(stored(source_of(model), blocks))
    assert (again.folder / storing.RECORDS).read_bytes() == whole


def test_a_disk_without_room_is_named_before_anything_is_read(
    model: TransformersModel, blocks: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    monkeypatch.setattr(storing, "AROUND", 5_000_000)
    source = Source("tiny", "", model.vocabulary, lambda *_: pytest.fail("read"))
    with pytest.raises(SourceError, match=r"5 MB are needed at .*, where 1 MB are free"):
        finished(stored(source, blocks))


def test_a_disk_that_fills_up_leaves_nothing_under_the_name(
    model: TransformersModel, blocks: list[list[int]], home: Path
) -> None:
    with files_up_to(1500), pytest.raises(SourceError):
        finished(stored(source_of(model), blocks))
    assert all(each.name.startswith(".") for each in (home / "distributions").iterdir())
    kept: Stored = finished(stored(source_of(model), blocks))
    assert np.isfinite(kept.records["tail"]).all()


@pytest.mark.parametrize("blocks", [[], [[1, 2], [3]]])
def test_blocks_with_nothing_to_expect_are_refused(
    model: TransformersModel, blocks: list[list[int]]
) -> None:
    with pytest.raises(RecipeError, match=r"no text|block 2 has 1 token"):
        finished(stored(source_of(model), blocks))
