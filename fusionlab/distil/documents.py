"""What is learned, as several tokenizers read it: each document once by the target and each source.

A text becomes blocks that fit all of them, of which every token is learned; of a conversation only
the answers are. The models may write conversations in different templates: an answer is the same
text in all of them, and what is asked before it ends where the answer begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from jaxtyping import Int64

from fusionlab.distil.blocks import blocks_of
from fusionlab.errors import RecipeError
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.spelling import SPACE, byte_ends
from fusionlab.training.encoding import Example, Run, Writer, joined
from fusionlab.training.records import Passage, Record, Records, Talk

ASKED = 1
"""Bytes for which whatever is asked before an answer stands, in each tokenizer alike."""

Reading = tuple[Run, ...]
"""A document as one tokenizer reads it."""


@dataclass(frozen=True, slots=True)
class Documents:
    """What is learned, by the target's reading."""

    texts: tuple["Document", ...]
    left_out: int
    """Conversations that are longer than may be."""
    records: int


@dataclass(frozen=True, slots=True)
class Document:
    """A block of a text or a conversation."""

    record: Record
    line: int
    """Of the record in its file."""
    begins: bool
    """Of a block: whether it is the first of its text, and the last."""
    ends: bool
    reading: Reading
    """The target's."""

    @property
    def example(self) -> Example:
        """What the target learns."""
        return joined(self.reading)

    def read(self, writer: Writer) -> Reading:
        """As another tokenizer reads it."""
        return _read(writer, self.record, begins=self.begins, ends=self.ends)


def documents(records: Records, writers: Sequence[Writer], longest: int) -> Documents:
    """The records as documents of at most `longest` tokens; the target's writer is the first.

    Raises RecipeError where a record leaves nothing to learn, or nothing is left.
    """
    encoders = [lambda text, each=each: each.encode(text)["input_ids"] for each in writers]
    most = max(1, longest - 2)  # there may be a mark at either end
    found: list[Document] = []
    left_out = 0
    for line, record in zip(records.lines, records.records, strict=True):
        parts: list[Record] = [record]
        if isinstance(record, Passage):
            parts = [Passage(text) for text in blocks_of(record.text, encoders, most)]
        for number, part in enumerate(parts):
            first, last = number == 0, number == len(parts) - 1
            reading = _read(writers[0], part, begins=first, ends=last)
            example = joined(reading)
            if not example.learned and isinstance(part, Talk):
                raise RecipeError("train-nothing-learned", file=records.name, number=str(line))
            if len(example.ids) > longest:
                left_out += 1
            elif example.learned:  # of one token alone nothing is expected
                found.append(Document(part, line, first, last, reading))
    if left_out and not found:
        raise RecipeError("train-all-too-long", file=records.name, longest=longest)
    return Documents(tuple(found), left_out, len(records.records))


def token_ends(
    document: Document, reading: Reading, vocabularies: tuple[Vocabulary, Vocabulary], name: str
) -> Int64[np.ndarray, " token"]:
    """Where each token ends in the document's text, for all tokenizers alike.

    `vocabularies` are the target's and that of the reading, whose model messages call `name`.
    Raises MemberError where its tokens are not the bytes of the text.
    """
    target, own = vocabularies
    texts = [_learned_text(document, run, target) for run in document.reading]
    if len(reading) != len(texts):
        raise RecipeError("distil-turns-differ", number=str(document.line), name=name)
    parts: list[Int64[np.ndarray, " token"]] = []
    for run, text in zip(reading, texts, strict=True):
        parts.append(byte_ends(own, run.ids, text, name) if run.learned else _asked(len(run.ids)))
    sizes = [
        len(text.encode()) if run.learned else ASKED
        for run, text in zip(reading, texts, strict=True)
    ]
    starts = [0, *accumulate(sizes)]
    return np.concatenate([part + start for part, start in zip(parts, starts, strict=False)])


def _read(writer: Writer, record: Record, *, begins: bool, ends: bool) -> Reading:
    if isinstance(record, Passage):
        return (writer.block(record.text, begins=begins, ends=ends),)
    if isinstance(record, Talk):
        return tuple(run for run in writer.talk(record) if run.ids)
    raise RecipeError("distil-pairs")


def _learned_text(document: Document, run: Run, target: Vocabulary) -> str:
    """What of the run's text is text: of an answer the marks of its template are not."""
    if isinstance(document.record, Passage):
        return run.text
    said = b"".join(target.said(token) for token in run.ids)
    wanted = run.text.encode()
    if said == SPACE + wanted:
        said = wanted
    return said.decode("utf-8", "replace")


def _asked(tokens: int) -> Int64[np.ndarray, " token"]:
    ends = np.zeros(tokens, dtype=np.int64)
    ends[-1:] = ASKED
    return ends
