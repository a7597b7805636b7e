"""What a target and its sources read when knowledge is fused, and what they expect of it."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

from fusionlab.builders.data.material import material_for
from fusionlab.builders.fusing.asking import Asked, asked
from fusionlab.builders.fusing.asking import fingerprint as told_print
from fusionlab.distil.asked import asked_blocks
from fusionlab.distil.documents import Document, Reading, documents
from fusionlab.distil.observed import N_TOP, Observed, Reader, observed_blocks
from fusionlab.distil.served import ServedTokenizer
from fusionlab.distil.storing import Source, Stored, bytes_needed, stored
from fusionlab.engines.memory import Loan, default_pool
from fusionlab.engines.prompts import PromptModel
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress
from fusionlab.models.base import Level, LogitModel, Message
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.reading import path_of, read_json, read_text
from fusionlab.sources.opening import open_tokenizer
from fusionlab.sources.references import is_asked
from fusionlab.sources.scheme import News
from fusionlab.text.steps import finished
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
from fusionlab.weights.opened import Opened, fetched, fingerprint, opened
from fusionlab.weights.papers import short

SUITE = "suite:"
TRIED = 32
"""Documents on which a plan tries what a source makes of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """A model that reads along: of weights that are here only the tokenizer is loaded."""

    source: Opened | Asked
    vocabulary: Vocabulary
    writer: Writer

    @property
    def name(self) -> str:
        """As it stands in messages."""
        return short(self.source.ref)

    @property
    def context(self) -> int | None:
        """The tokens of a text that it reads, at most; None where it does not say."""
        if isinstance(self.source, Asked):
            model = self.source.model
            if isinstance(model, PromptModel):
                return model.context
            return model.context - 1  # of the last one it is asked what follows
        context = self.source.config.get("max_position_embeddings")
        return context if isinstance(context, int) else None


@dataclass(frozen=True, slots=True)
class Found:
    """What is learned, and what is held out."""

    documents: tuple[Document, ...]
    """That are learned from: the units of the lessons, in their order."""
    lessons: Lessons


def sources_here(
    refs: Sequence[str],
    answering: ExitStack,
    tokenizers: Sequence[str] = (),
    n_top: int = N_TOP,
) -> list[Opened | Asked]:
    """The sources as they are now: no weights are fetched. Those that are asked answer until
    `answering` is closed, with n_top entries; `tokenizers` are those named beside the sources.

    Raises RecipeError for a tokenizer beside weights, and what `asked` and `opened` raise.
    """
    pairs = zip_longest(refs, tokenizers, fillvalue="")
    return [
        finished(asked(ref, answering, beside, n_top)) if _asks(ref, beside) else opened(ref)
        for ref, beside in pairs
    ]


def sources_had(
    refs: Sequence[str],
    answering: ExitStack,
    tokenizers: Sequence[str] = (),
    n_top: int = N_TOP,
) -> Generator[News, None, list[Opened | Asked]]:
    """The same, fetched if need be."""
    found: list[Opened | Asked] = []
    for ref, beside in zip_longest(refs, tokenizers, fillvalue=""):
        asking = _asks(ref, beside)
        source = yield from (asked(ref, answering, beside, n_top) if asking else fetched(ref))
        found.append(source)
    return found


def _asks(ref: str, tokenizer: str) -> bool:
    """Whether the source is asked; raises RecipeError for a tokenizer beside weights."""
    if tokenizer and not is_asked(ref):
        raise RecipeError("distil-tokenizer-unused", name=short(ref))
    return is_asked(ref)


def fingerprint_of(source: Opened | Asked) -> Generator[Progress, None, str]:
    """A hash of all that decides what the source expects."""
    if isinstance(source, Asked):
        return (yield from told_print(source))
    return (yield from fingerprint(source))


def known_of(source: Opened | Asked) -> Known:
    """What is known of the model by its config and tokenizer, or by what it says of itself.

    Raises SourceError, or MemberError.
    """
    if isinstance(source, Asked):
        model = source.model
        own = model.tokenizer if isinstance(model, PromptModel) else ServedTokenizer(model)
        return Known(source, model.vocabulary, Writer.of(own, short(source.ref)))
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
    objective: Objective = (
        "instruct" if data.startswith(CORPUS) or _has_answers(data) else "continue"
    )
    return read(data, objective, questions), objective


def learned_from(
    records: Records, target: Known, sources: Sequence[Known], longest: int, share: float
) -> Found:
    """The records as the target learns them, in documents that fit every source whose tokenizer is
    here.

    A server is not asked how it reads every piece of them; what is too long for it is refused.
    """
    here = [
        each.writer for each in sources if isinstance(each.source, Opened) or each.source.reads_here
    ]
    writers = [target.writer, *here]
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
    context = known.context
    readings = [each.read(known.writer) for each in texts]
    longest = max(sum(len(run.ids) for run in each) for each in readings)
    if context is not None and longest > context:
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
    """What the model expects of the readings, stored; it is read only where they are not yet."""
    with default_pool().borrow() as loan:
        source = _source(known, made_by, _reader(known.source, loan))
        blocks = [[token for run in each for token in run.ids] for each in readings]
        return (yield from stored(source, blocks, n_top))


def _source(known: Known, made_by: str, reads: Reader) -> Source:
    return Source(known.name, made_by, known.vocabulary, reads)


def _reader(source: Opened | Asked, loan: Loan) -> Reader:
    if isinstance(source, Asked):
        return partial(asked_blocks, source.model)

    def read_blocks(blocks: Sequence[Sequence[int]], n_top: int) -> Iterator[Observed]:
        model: Any = finished(loan.load(source.ref, Level.INTERNALS))
        reads: LogitModel = model
        yield from observed_blocks(reads, blocks, n_top)

    return read_blocks


def _has_answers(place: str) -> bool:
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
