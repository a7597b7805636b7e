"""Text to train adapters on: kinds of questions in natural language, each with exact answers."""

from collections.abc import Mapping
from types import MappingProxyType

from fusionlab.errors import UnknownName
from fusionlab.training.corpora.dates import DATES
from fusionlab.training.corpora.editing import EDITING
from fusionlab.training.corpora.maths import MATHS
from fusionlab.training.corpora.question import Corpus, Question, Split
from fusionlab.training.corpora.tables import TABLES

CORPORA: Mapping[str, Corpus] = MappingProxyType(
    {corpus.name: corpus for corpus in (MATHS, DATES, EDITING, TABLES)}
)
"""All corpora, by name."""


def get_corpus(name: str) -> Corpus:
    """The corpus of this name; raises UnknownName with the nearest."""
    if name not in CORPORA:
        raise UnknownName("kind-corpus", name, CORPORA)
    return CORPORA[name]


def problems(name: str, split: Split, count: int) -> list[Question]:
    """The first `count` questions of a split, the same at every call."""
    return get_corpus(name).questions(split, count)


def right(name: str, question: Question, text: str) -> bool:
    """Whether the text answers the question rightly, by the rule of its corpus."""
    return get_corpus(name).right(question, text)


__all__ = ["CORPORA", "Corpus", "Question", "Split", "get_corpus", "problems", "right"]
