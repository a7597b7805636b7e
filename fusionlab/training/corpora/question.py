"""Questions in natural language that have one right answer, and how an answer is checked.

A hash of the prompt decides whether a question is for training or for testing. The split `hard` is
a second test, with wordings that no training question has.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2s
from itertools import islice
from typing import Literal, TypeVar

from fusionlab.text.answers import extract, same
from fusionlab.text.numbers import values
from fusionlab.text.passages import spoken

Split = Literal["train", "test", "hard"]

TEST_SHARE = 8
"""One in so many questions is kept for testing."""
PATIENCE = 10_000
"""Draws without a new question after which a corpus counts as exhausted."""
PHRASE = "The answer is"
"""What the solutions in the training set say before the answer."""
_REFUSED = re.compile(r"\b(?:not|neither)\b")
_OR = re.compile(r",?\s?or\b")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt, its right answer, and a complete reply that derives it."""

    prompt: str
    answer: str
    worked: str
    choices: tuple[str, ...] = ()
    """All possible answers of its kind; empty where these are the whole numbers."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A kind of question: how it is drawn, and how answers are checked."""

    name: str
    title: str
    explanation: str
    draw: Callable[[random.Random, bool], Question]
    """Draws a question; with True in a wording that is kept for the hard test."""
    right: Callable[[Question, str], bool]

    def question(self, rng: random.Random, split: Split) -> Question:
        """One question of this split."""
        while True:
            question = self.draw(rng, split == "hard")
            if split == "hard" or is_tested(question.prompt) == (split == "test"):
                return question

    def questions(self, split: Split, count: int) -> list[Question]:
        """The first `count` different questions of a split, the same at every call."""
        rng = random.Random(f"{split} of {self.name}")  # noqa: S311  questions are no secrets
        return self.distinct(rng, split, count)

    def distinct(self, rng: random.Random, split: Split, count: int) -> list[Question]:
        """So many different questions of a split as they are drawn; fewer where it has no more."""
        return list(islice(self._distinct(rng, split), count))

    def _distinct(self, rng: random.Random, split: Split) -> Iterator[Question]:
        seen: set[str] = set()
        missed = 0
        while missed < PATIENCE:
            question = self.question(rng, split)
            missed = missed + 1 if question.prompt in seen else 0
            if not missed:
                seen.add(question.prompt)
                yield question


def is_tested(prompt: str) -> bool:
    """Whether this prompt is kept for testing: the same on every machine, for ever."""
    digest = blake2s(prompt.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % TEST_SHARE == 0


def concludes(question: Question, text: str) -> bool:
    """Whether the text ends in the right answer.

    The answer is the first of the right kind after the last "answer is", and after "=" if that
    follows on the line. Without the phrase it is the last one that is not in the question, or else
    the last of all. Numbers are read as in `fusionlab.text.answers`: 3/4 is not 3.
    """
    said = spoken(text)
    _, phrase, end = said.lower().rpartition("answer is")
    if not question.choices:
        if phrase:
            found = extract(said, "number", "answer is")
            return found is not None and same(found, question.answer, "number")
        return _last_new(values(said), values(question.prompt)) == Fraction(question.answer)
    kind = "|".join(rf"\b{re.escape(choice.lower())}(?!\d)" for choice in question.choices)
    named = re.compile(kind)
    line, _, _ = end.strip().partition("\n")
    line = line.rpartition("=")[2]
    if phrase and (first := named.search(line)):
        doubted = _REFUSED.search(line, 0, first.start()) or _OR.match(line, first.end())
        return first[0] == question.answer.lower() and not doubted
    asked = named.findall(question.prompt.lower())
    return _last_new(named.findall(said.lower()), asked) == question.answer.lower()


def _last_new(said: Sequence[T], asked: Sequence[T]) -> T | None:
    """The last value in the text that is not in the question, or else the last of all."""
    new = [each for each in said if each not in asked] or said
    return new[-1] if new else None


def pick(wordings: Sequence[T], rng: random.Random, *, hard: bool) -> T:
    """One of the wordings; the last third of them is kept for the hard test."""
    kept = len(wordings) - len(wordings) // 3
    return rng.choice(wordings[kept:] if hard else wordings[:kept])
