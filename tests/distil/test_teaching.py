"""What is fused once for all documents is what each block's fusion says, and what is learned of it.

The target's and the source's tokenizers differ; one document is a text, the others conversations.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from fusionlab.distil.alignment import joined
from fusionlab.distil.documents import Documents, documents, token_ends
from fusionlab.distil.fusing import Alignment, Fused, Fusing, Rule, Teacher, fuse
from fusionlab.distil.fusion import Beside, Expected, FusionRule, fused
from fusionlab.distil.observed import Observed, topped
from fusionlab.distil.storing import Source, Stored, stored
from fusionlab.distil.teaching import draw, fused_loss, plain_loss, sorted_loss
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import MemberError
from fusionlab.models.base import Message
from fusionlab.speed.ratio import finished
from fusionlab.tokens.maps import token_map
from fusionlab.training.encoding import Writer
from fusionlab.training.losses import Batch, answer_loss
from fusionlab.training.packing import Course
from fusionlab.training.records import Passage, Records, Talk
from tests.tiny import CORPUS, tiny_tokenizer

TALKS = [
    Talk((Message("user", "the capital of Italy"), Message("assistant", "Rome and Paris"))),
    Talk((Message("user", "你好"), Message("assistant", "机器学习很有趣。"))),
]
TEXT = "; ".join([CORPUS[0]] * 4)
RECORDS = Records("a test", "", (Passage(TEXT), *TALKS, Passage(CORPUS[2])), (1, 2, 3, 4))
TOP = 6
LONGEST = 60


class Reader:
    """A tokenizer, and invented distributions of a model that has it."""

    def __init__(self, size: int) -> None:
        tokenizer = tiny_tokenizer(size)
        if size == 300:  # another template, which says other things around an answer
            tokenizer.chat_template = str(tokenizer.chat_template).replace("<|im_start|>", "Turn ")
        self.writer = Writer.of(tokenizer, f"tiny-{size}")
        self.vocabulary = vocabulary_of(tokenizer, None)
        self.seed = size

    def kept(self, readings: Sequence[Any], shelf: Path) -> Stored:
        source = Source(f"tiny-{self.seed}", "", self.vocabulary, self._read)
        blocks = [[token for run in each for token in run.ids] for each in readings]
        return finished(stored(source, blocks, TOP, shelf=shelf))

    def _read(self, blocks: Sequence[Sequence[int]], n_top: int) -> Any:
        rng = torch.Generator().manual_seed(self.seed)
        for ids in blocks:
            logits = 3 * torch.randn(len(ids), len(self.vocabulary.pieces), generator=rng)
            yield topped(torch.tensor(ids), logits, torch.tensor([*ids[1:], 0]), n_top)


@pytest.fixture(scope="module")
def readers() -> tuple[Reader, Reader]:
    return Reader(320), Reader(300)


@pytest.fixture(scope="module")
def texts(readers: tuple[Reader, Reader]) -> Documents:
    return documents(RECORDS, [each.writer for each in readers], LONGEST)


def fusing_of(
    readers: Sequence[Reader],
    texts: Documents,
    shelf: Path,
    rule: Rule = "avgce",
    alignment: Alignment = "bytes",
) -> Fusing:
    target, *_ = readers
    teachers = []
    for each in readers[::-1]:
        readings = [document.read(each.writer) for document in texts.texts]
        mapping = torch.from_numpy(token_map(each.vocabulary, target.vocabulary, "em"))
        kept = each.kept(readings, shelf)
        teachers.append(Teacher(str(each.seed), each.vocabulary, readings, kept, mapping))
    own = target.kept([each.reading for each in texts.texts], shelf)
    return Fusing(texts.texts, target.vocabulary, "target", teachers, own, rule, alignment, TOP)


def alone(fusing: Fusing, teacher: Teacher, number: int) -> Beside:
    """A source beside one document, as the pieces have it."""
    document, reading = fusing.documents[number], teacher.readings[number]
    here = token_ends(document, document.reading, (fusing.target,) * 2, "")
    there = token_ends(document, reading, (fusing.target, teacher.vocabulary), "")
    seen = teacher.kept.block(number)
    learned = [run.learned for run in reading for _ in run.ids]
    nats = -float(seen.label[:-1][torch.tensor(learned[1:])].double().sum())
    places = torch.from_numpy(joined(there, here).alone)
    return Beside(seen, places, teacher.mapping, nats / document.example.bytes)


def test_documents_are_the_records_whoever_reads_them(
    readers: tuple[Reader, Reader], texts: Documents
) -> None:
    target, other = readers
    whole = [each for each in texts.texts if each.line == 1]
    assert "".join(run.text for each in whole for run in each.reading) == TEXT
    assert len(whole) > 1
    assert not texts.left_out
    assert [each.ends for each in whole] == [False] * (len(whole) - 1) + [True]
    for each in texts.texts:
        assert len(each.example.ids) <= LONGEST
        ends = [
            token_ends(each, each.read(reader.writer), (target.vocabulary, reader.vocabulary), "")
            for reader in (target, other)
        ]
        assert ends[0][-1] == ends[1][-1]
        assert all((np.diff(one) >= 0).all() for one in ends)
        place = joined(ends[1], ends[0]).alone
        if isinstance(each.record, Talk):  # the last of what is asked stands beside the other's
            first = [len(each.read(reader.writer)[0].ids) for reader in (target, other)]
            assert place[first[0] - 1] == first[1] - 1


@pytest.mark.parametrize("rule", ["mince", "avgce"])
def test_all_documents_together_are_fused_as_each_alone(
    rule: FusionRule, readers: tuple[Reader, Reader], texts: Documents, tmp_path: Path
) -> None:
    fusing = fusing_of(readers, texts, tmp_path, rule)
    whole: Fused = finished(fuse(fusing, tmp_path))
    rows = whole.rows(range(len(texts.texts)), LONGEST)
    assert fusing.own is not None
    for number, document in enumerate(texts.texts):
        tokens = torch.tensor(document.example.ids)
        besides = [alone(fusing, teacher, number) for teacher in fusing.teachers]
        wanted = fused(tokens, besides, fusing.own.block(number), rule)
        size = len(tokens) - 1
        assert_close(dense(rows, number)[:size], dense(wanted)[:size], atol=1e-6, rtol=1e-5)
        assert (dense(rows, number)[size:] == 0).all()
    assert sum(each["share"] for each in whole.told) == pytest.approx(1)
    assert whole.told[1]["copied"] == 1  # the target as its own source
    assert 0.2 < whole.told[0]["copied"] <= whole.told[0]["aligned"] < 1
    again: Fused = finished(fuse(fusing, tmp_path))  # which is read where it stands
    assert again.ids.tobytes() == whole.ids.tobytes()


def dense(expected: Expected, row: int | None = None) -> torch.Tensor:
    ids, probs = expected.ids, expected.probs
    if row is not None:
        ids, probs = ids[row], probs[row]
    return torch.zeros(len(ids), 320).scatter_add(1, ids.clamp(min=0), probs)


def test_a_tokenizer_that_rewrites_is_named_unless_it_is_warped(
    readers: tuple[Reader, Reader], texts: Documents, tmp_path: Path
) -> None:
    fusing = fusing_of(readers, texts, tmp_path)
    lower = [each.reading for each in texts.texts]
    text = lower[0][0].text
    rewritten = [(type(lower[0][0])(lower[0][0].ids[1:], text, learned=True),), *lower[1:]]
    teacher = Teacher("a", fusing.target, rewritten, fusing.teachers[1].kept, torch.arange(320))
    with pytest.raises(MemberError, match="its tokens are not the bytes"):
        finished(fuse(fusing_with(fusing, [teacher], "bytes"), tmp_path))
    warped = fusing_of(readers, texts, tmp_path, "uld", "warped")
    done: Fused = finished(fuse(warped, tmp_path))
    assert done.told[0]["aligned"] > 0.2


def fusing_with(fusing: Fusing, teachers: Sequence[Teacher], alignment: Alignment) -> Fusing:
    return Fusing(
        fusing.documents, fusing.target, "", teachers, None, "mince", alignment, fusing.n_top
    )


class Bigrams(torch.nn.Module):
    """The smallest model: each token by the one before it."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.table = torch.nn.Parameter(torch.randn(320, 320))

    def forward(self, input_ids: torch.Tensor, **_: Any) -> Any:
        return SimpleNamespace(logits=self.table[input_ids])


def test_what_is_learned_of_a_batch(
    readers: tuple[Reader, Reader], texts: Documents, tmp_path: Path
) -> None:
    whole: Fused = finished(fuse(fusing_of(readers, texts, tmp_path), tmp_path))
    units = [((each.example,),) for each in texts.texts]
    course = Course(units, len(units), 0, 0)
    batch = draw(whole, course, torch.Generator(), 1)
    plain: Batch = course.draw(torch.Generator(), 1)
    assert (batch.ids == plain.ids).all()
    model, teacher = Bigrams(0), Bigrams(1)
    clm = answer_loss(model, plain)
    for loss in (fused_loss, sorted_loss):
        assert_close(loss(model, batch, clm_share=1.0), clm)
    losing = partial(fused_loss, model, clm_share=0.3)
    parts = [losing(part) * (part.weight / batch.weight) for part in batch.parts(3)]
    assert_close(torch.stack(parts).sum(), losing(batch))
    taught = partial(plain_loss, model, plain, clm_share=0.0, temperature=2.0)
    assert taught(teacher=model).item() == pytest.approx(0, abs=1e-6)
    assert taught(teacher=teacher).item() > 0.1
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    before = fused_loss(model, batch, clm_share=0.0).item()
    for _ in range(20):
        optimiser.zero_grad()
        fused_loss(model, batch, clm_share=0.0).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert fused_loss(model, batch, clm_share=0.0).item() < before - 0.3


def test_observed_blocks_do_not_hang_on_who_is_beside_them(tiny: Path) -> None:
    from fusionlab.distil.observed import observed, observed_blocks
    from fusionlab.engines.transformers import load
    from fusionlab.models.base import Level, ModelSpec

    model = load(tiny, ModelSpec("tiny", "", Level.INTERNALS))
    blocks = [model.tokenizer(text)["input_ids"] for text in (*CORPUS, "one", CORPUS[0] * 3)]
    for ids, seen in zip(blocks, observed_blocks(model, blocks, TOP), strict=True):
        one: Observed = observed(model, ids, TOP)
        assert_close(seen.logprobs, one.logprobs, atol=1e-4, rtol=1e-4)
        assert_close(seen.label, one.label, atol=1e-4, rtol=1e-4, equal_nan=True)
        assert seen.tokens.tolist() == list(ids)
