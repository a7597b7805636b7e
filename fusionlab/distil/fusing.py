"""What the sources expect of all documents, put together once and kept in a file for the steps.

By FuseLLM's rules it is one distribution over the target's tokens at every position. By `uld` it is
what one source gives its own tokens, wherever one of its positions stands at one of the target's.
"""

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fusionlab.distil.alignment import joined as joined_by_bytes
from fusionlab.distil.alignment import warped
from fusionlab.distil.documents import Document, Reading, token_ends
from fusionlab.distil.fusion import (
    EMPTY,
    Beside,
    Expected,
    FusionRule,
    copied,
    filled,
    mixed,
    transferred,
    weights,
)
from fusionlab.distil.observed import joined as one_by_one
from fusionlab.distil.storing import Stored
from fusionlab.events import Progress
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.reading import read_json
from fusionlab.sources import store
from fusionlab.tokens.spelling import characters
from fusionlab.training.losses import IGNORED
from fusionlab.writing import putting

IDS, PROBS, TOLD = "fused-ids.npy", "fused-probs.npy", "fused.json"
AT_ONCE = 1 << 14
"""Tokens that are fused together."""
ENTRY = 4 + 4
"""Bytes of a kept entry: an id and a probability."""

Alignment = Literal["bytes", "warped"]
Rule = Literal["mince", "avgce", "uld"]


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """A source whose expectations are stored."""

    name: str
    vocabulary: Vocabulary
    readings: Sequence[Reading]
    kept: Stored
    mapping: Int64[Tensor, " token"]


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """What is expected of every position of all documents, one after the other."""

    ids: Any
    probs: Any
    """Memory maps, token by entry."""
    starts: Int64[np.ndarray, " document"]
    """Of each document its first token; at last their number."""
    told: Sequence[dict[str, float]]
    """Of each source, what came of it."""

    def rows(self, numbers: Sequence[int], width: int) -> Expected:
        """Of these documents as rows of so many tokens; beyond their ends nothing is expected."""
        starts, stops = self.starts[numbers], self.starts[np.add(numbers, 1)]
        places = starts[:, None] + np.arange(width)
        there = places < stops[:, None]
        places = np.where(there, places, 0)
        ids = torch.from_numpy(self.ids[places].astype(np.int64))
        probs = torch.from_numpy(self.probs[places])
        real = torch.from_numpy(there)[..., None]
        return Expected(ids.masked_fill(~real, EMPTY), probs.masked_fill(~real, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Fusing:
    """All that is fused, and how."""

    documents: Sequence[Document]
    target: Vocabulary
    name: str
    """Of the target."""
    teachers: Sequence[Teacher]
    own: Stored | None
    """What the target itself expects, where sources may expect nothing."""
    rule: Rule
    alignment: Alignment
    n_top: int

    @property
    def width(self) -> int:
        """Entries of a fused distribution, at most."""
        several = len(self.teachers) if self.rule == "avgce" else 1
        return min(self.n_top * several, len(self.target.pieces))


def fuse(fusing: Fusing, work: Path) -> Generator[Progress, None, Fused]:
    """The work folder has the fused distributions; they are made where they do not stand there.

    Raises MemberError where a source's tokens are not the bytes of the text, unless it is warped.
    """
    if not (work / TOLD).exists():
        yield from _fuse(fusing, work)
    return fused_in(work, fusing.documents)


def fused_in(work: Path, documents: Sequence[Document]) -> Fused:
    """The fused distributions of these documents that stand in the folder."""
    starts = np.cumsum([0, *(len(each.example.ids) for each in documents)])
    ids, probs = (np.load(work / name, mmap_mode="r", allow_pickle=False) for name in (IDS, PROBS))
    return Fused(ids, probs, starts, read_json((work / TOLD).read_text()))


def _fuse(fusing: Fusing, work: Path) -> Generator[Progress, None, None]:
    """The work folder holds the fused distributions, and what came of each source."""
    count = sum(len(each.example.ids) for each in fusing.documents)
    tallies = [_Tally() for _ in fusing.teachers]
    with store.saving(work), putting(work / IDS) as ids_part, putting(work / PROBS) as probs_part:
        shape = (count, fusing.width)
        with ids_part.open("wb") as ids, probs_part.open("wb") as probs:
            for stream, kind in ((ids, "<i4"), (probs, "<f4")):
                head = {"descr": kind, "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(stream, head)
            done = 0
            for numbers in _groups(fusing.documents):
                yield Progress("fusing", done, count, "items")
                expected = _together(fusing, numbers, tallies)
                ids.write(expected.ids.numpy().astype("<i4").tobytes())
                probs.write(expected.probs.numpy().astype("<f4").tobytes())
                done += len(expected.ids)
    with store.saving(work), putting(work / TOLD) as part:
        part.write_text(json.dumps([each.told() for each in tallies]), encoding="utf-8")


def _groups(documents: Sequence[Document]) -> list[range]:
    """Runs of documents of about so many tokens."""
    groups, first, size = [], 0, 0
    for number, each in enumerate(documents):
        size += len(each.example.ids)
        if size >= AT_ONCE or number == len(documents) - 1:
            groups.append(range(first, number + 1))
            first, size = number + 1, 0
    return groups


class _Tally:
    """What came of a source, summed over documents."""

    def __init__(self) -> None:
        self.learned = self.aligned = self.copied = self.bytes = self.documents = 0
        self.nats = self.shares = 0.0

    def told(self) -> dict[str, float]:
        """As shares of the learned tokens, and nats per byte of the learned text."""
        learned, size = max(1, self.learned), max(1, self.bytes)
        return {
            "tokens": float(self.learned),
            "aligned": self.aligned / learned,
            "copied": self.copied / learned,
            "certain": 1 - self.copied / learned,
            "nats_per_byte": self.nats / size,
            "share": self.shares / max(1, self.documents),
        }


def _together(fusing: Fusing, numbers: range, tallies: Sequence[_Tally]) -> Expected:
    """What is expected of these documents, one after the other."""
    examples = [fusing.documents[number].example for number in numbers]
    lengths = [len(each.ids) for each in examples]
    tokens = torch.tensor([token for each in examples for token in each.ids])
    of = torch.arange(len(examples)).repeat_interleave(torch.tensor(lengths))
    last = torch.tensor(lengths).cumsum(0) - 1
    labels = torch.tensor([label for each in examples for label in each.labels])
    # Position i tells of the token at i + 1; a document's last tells of nothing.
    learned = torch.nn.functional.pad(labels[1:], (0, 1), value=IGNORED) != IGNORED
    learned[last] = False
    besides, nats = [], []
    for teacher in fusing.teachers:
        beside, lost = _beside(fusing, teacher, numbers)
        besides.append(beside)
        nats.append(lost)
    entropies = torch.stack(nats)
    rule: FusionRule = "avgce" if fusing.rule == "avgce" else "mince"
    shares = weights(entropies, rule)
    sizes = torch.tensor([each.bytes for each in examples])
    for number, (tally, beside) in enumerate(zip(tallies, besides, strict=True)):
        tally.documents += len(examples)
        tally.learned += int(learned.sum())
        tally.aligned += int((learned & (beside.alone >= 0)).sum())
        tally.copied += int((learned & copied(beside, tokens)).sum())
        tally.bytes += int(sizes.sum())
        tally.nats += float((entropies[number] * sizes).nan_to_num(0).sum())
        tally.shares += float(shares[number].sum())
    if fusing.rule == "uld":
        return _sorted(besides[0], fusing.width, last)
    moved = [transferred(beside, tokens) for beside in besides]
    if fusing.own is not None:
        own = one_by_one([fusing.own.block(number) for number in numbers])
        moved = [filled(each, Expected(own.ids, own.probs)) for each in moved]
    return _cut(mixed(moved, shares[:, of]), fusing.width, last)


def _cut(expected: Expected, width: int, last: Int64[Tensor, " document"]) -> Expected:
    """At most so many entries, none without probability, and nothing after a document's end."""
    pad = (0, max(0, width - expected.ids.shape[-1]))
    ids = torch.nn.functional.pad(expected.ids, pad, value=EMPTY)[:, :width]
    probs = torch.nn.functional.pad(expected.probs, pad)[:, :width].clone()
    probs[last] = 0
    return Expected(ids.masked_fill(probs == 0, EMPTY), probs)


def _sorted(beside: Beside, width: int, last: Int64[Tensor, " document"]) -> Expected:
    """The source's own probabilities where exactly one of its positions stands, else nothing."""
    probs = beside.seen.logprobs[beside.alone.clamp(min=0)].exp()
    probs = probs.masked_fill((beside.alone < 0)[:, None], 0)
    return _cut(Expected(torch.zeros_like(probs, dtype=torch.int64), probs), width, last)


def _beside(
    fusing: Fusing, teacher: Teacher, numbers: range
) -> tuple[Beside, Float[Tensor, " document"]]:
    """The source beside the target's tokens, and its nats per byte of each document."""
    seen = one_by_one([teacher.kept.block(number) for number in numbers])
    alone, lost, before = [], [], 0
    for number in numbers:
        document, reading = fusing.documents[number], teacher.readings[number]
        own = _alone(fusing, teacher, document, reading)
        alone.append(np.where(own >= 0, own + before, -1))
        tokens = sum(len(run.ids) for run in reading)
        lost.append(_nats_per_byte(document, reading, seen.label[before : before + tokens]))
        before += tokens
    places = torch.from_numpy(np.concatenate(alone))
    nats = torch.tensor(lost, dtype=torch.float64)
    return Beside(seen, places, teacher.mapping, float("nan")), nats


def _alone(
    fusing: Fusing, teacher: Teacher, document: Document, reading: Reading
) -> Int64[np.ndarray, " token"]:
    """At each of the target's positions the source's, where there is exactly one; else −1."""
    if fusing.alignment == "bytes":
        both = fusing.target, teacher.vocabulary
        here = token_ends(document, document.reading, (fusing.target, fusing.target), fusing.name)
        return joined_by_bytes(token_ends(document, reading, both, teacher.name), here).alone
    here_, there = (
        [characters(vocabulary.pieces[token]) for run in each for token in run.ids]
        for vocabulary, each in (
            (fusing.target, document.reading),
            (teacher.vocabulary, reading),
        )
    )
    return warped(there, here_).alone


def _nats_per_byte(document: Document, reading: Reading, label: Float[Tensor, " token"]) -> float:
    """Cross-entropy of what is learned of the document, by its bytes; NaN where there are none."""
    learned = torch.tensor([run.learned for run in reading for _ in run.ids])
    size = document.example.bytes
    return -float(label[:-1][learned[1:]].double().sum()) / size if size else float("nan")
