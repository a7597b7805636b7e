"""What a target and its sources read when knowledge is fused, and what they expect of it."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fusionlab.builders.material import material_for
from fusionlab.distil.documents import Document, Reading, documents
from fusionlab.distil.observed import Observed, observed_blocks
from fusionlab.distil.storing import Source, Stored, bytes_needed, stored
from fusionlab.engines.memory import Loan, default_pool
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import RecipeError
from fusionlab.events import Event
from fusionlab.models.base import Level, LogitModel, Message
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.reading import path_of, read_json, read_text
from fusionlab.sources.opening import open_tokenizer
from fusionlab.training.columns import Objective
from fusionlab.training.encoding import Unit, Writer
from fusionlab.training.packing import split
from fusionlab.training.records import (
    CORPUS,
    JSON_LINES,
    Record,
    Records,
    Talk,
    read,
)
from fusionlab.training.tuning import Lessons
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short

SUITE = "suite:"
TRIED = 32
"""Documents on which a plan tries what a source makes of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """A model that reads along, of which only the tokenizer is loaded."""

    source: Opened
    vocabulary: Vocabulary
    writer: Writer

    @property
    def name(self) -> str:
        """As it stands in messages."""
        return short(self.source.ref)


@dataclass(frozen=True, slots=True)
class Found:
    """What is learned, and what is held out."""

    documents: tuple[Document, ...]
    """That are learned from: the units of the lessons, in their order."""
    lessons: Lessons


def known_of(source: Opened) -> Known:
    """What is known of the model by its config and tokenizer; raises SourceError."""
    tokenizer = open_tokenizer(source.folder)
    habits = source.folder / "generation_config.json"
    told = read_json(read_text(habits)) if habits.exists() else {}
    ends = told.get("eos_token_id", source.config.get("eos_token_id"))
    vocabulary = vocabulary_of(tokenizer, ends, source.config.get("vocab_size"))
    return Known(source, vocabulary, Writer.of(tokenizer, short(source.ref)))


def material(data: str, questions: int) -> tuple[Records, Objective]:
    """The records of the data, and what is learned of them: answers, or every token.

    Raises RecipeError, of a line with its number, or UnknownName.
    """
    if data.startswith(SUITE):
        found = material_for(data, "", questions)
        talks = [
            Talk((Message("user", each.asked), Message("assistant", each.text)))
            for each in found.passages
        ]
        lines = tuple(range(1, len(talks) + 1))
        return Records(found.name, found.digest, tuple[Record, ...](talks), lines), "instruct"
    objective: Objective = "instruct" if data.startswith(CORPUS) or _asks(data) else "continue"
    return read(data, objective, questions), objective


def learned_from(
    records: Records, target: Known, sources: Sequence[Known], longest: int, share: float
) -> Found:
    """The records as the target learns them, in documents that fit every source."""
    writers = [target.writer, *(each.writer for each in sources)]
    found = documents(records, writers, longest)
    if not found.texts:
        raise RecipeError("distil-no-blocks")
    units: list[Unit] = [(each.example,) for each in found.texts]
    learned, held_out = split(units, share)
    of = dict(zip(units, found.texts, strict=True))
    unknown = target.writer.tokenizer.unk_token_id
    lessons = Lessons(
        tuple((unit,) for unit in learned),
        tuple((unit,) for unit in held_out),
        found.records,
        found.left_out,
        sum(each.ids.count(unknown) for (each,) in units),
    )
    return Found(tuple(of[unit] for unit in learned), lessons)


def readings_of(known: Known, texts: Sequence[Document]) -> list[Reading]:
    """The documents as this model reads them; raises RecipeError where one is too long for it."""
    context = known.source.config.get("max_position_embeddings")
    readings = [each.read(known.writer) for each in texts]
    longest = max(sum(len(run.ids) for run in each) for each in readings)
    if isinstance(context, int) and longest > context:
        raise RecipeError("distil-source-short", name=known.name, count=longest, context=context)
    return readings


def cache_size(known: Known, texts: Sequence[Document], n_top: int) -> int:
    """Bytes of what is stored of the model, reckoned from some of the documents."""
    some = readings_of(known, texts[:TRIED])
    tokens = sum(len(run.ids) for each in some for run in each) * len(texts) // len(some)
    return bytes_needed(_source(known, "", lambda *_: iter(())), tokens, len(texts), n_top)


def expectations(
    known: Known, made_by: str, readings: Sequence[Reading], n_top: int
) -> Generator[Event, None, Stored]:
    """What the model expects of the readings, stored; it is loaded only where they are not yet."""
    with default_pool().borrow() as loan:
        source = _source(known, made_by, _reader(known.source.ref, loan))
        blocks = [[token for run in each for token in run.ids] for each in readings]
        return (yield from stored(source, blocks, n_top))


def _source(
    known: Known, made_by: str, reads: Callable[[Sequence[Sequence[int]], int], Iterator[Observed]]
) -> Source:
    return Source(known.name, made_by, known.vocabulary, reads)


def _reader(ref: str, loan: Loan) -> Callable[[Sequence[Sequence[int]], int], Iterator[Observed]]:
    def read_blocks(blocks: Sequence[Sequence[int]], n_top: int) -> Iterator[Observed]:
        loading = loan.load(ref, Level.INTERNALS)
        model: Any = None
        while model is None:
            try:
                next(loading)
            except StopIteration as end:
                model = end.value
        reads: LogitModel = model
        yield from observed_blocks(reads, blocks, n_top)

    return read_blocks


def _asks(place: str) -> bool:
    """Whether a file of JSON Lines has questions with answers, by its first line."""
    path = path_of(place)
    if path.suffix.lower() not in JSON_LINES:
        return False
    try:
        with path.open(encoding="utf-8") as stream:
            row = read_json(stream.readline())
    except (OSError, ValueError):
        return False  # it is told when it is read
    return isinstance(row, dict) and "text" not in row
