"""Questions in natural language that have one right answer, and how an answer is checked.

A hash of the prompt decides whether a question is one to learn from or one to be tested with. The
split `hard` is a second test: of wordings that no question to learn from has.
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
"""One question in so many is kept for the test."""
PATIENCE = 10_000
"""Draws after which a corpus is taken to hold no further question."""
PHRASE = "The answer is"
"""What stands before an answer, in the solutions that are learned."""
_REFUSED = re.compile(r"\b(?:not|neither)\b")
_OR = re.compile(r",?\s?or\b")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt, its right answer, and a whole reply that leads to it."""

    prompt: str
    answer: str
    worked: str
    choices: tuple[str, ...] = ()
    """Answers of the right kind; where there are none, any whole number is."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A kind of question: how questions are drawn, and how their answers are checked."""

    name: str
    title: str
    explanation: str
    draw: Callable[[random.Random, bool], Question]
    """A question in a wording to learn from, or, if told so, in one that is kept for the test."""
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
    """Whether this prompt is kept for the test, the same on every machine and for ever."""
    digest = blake2s(prompt.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % TEST_SHARE == 0


def concludes(question: Question, text: str) -> bool:
    """Whether the text ends in the right answer.

    That is the first thing of the right kind after the last "answer is", and after "=" where that
    follows on the line. Without the phrase it is the last one that the question does not name
    itself, or else the last of all. Numbers are those of `fusionlab.text.answers`: 3/4 is no 3.
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
    """The last thing said that was not asked, or else the last of all."""
    new = [each for each in said if each not in asked] or said
    return new[-1] if new else None


def pick(wordings: Sequence[T], rng: random.Random, *, hard: bool) -> T:
    """One of the wordings; the last third of them is kept for the hard test."""
    kept = len(wordings) - len(wordings) // 3
    return rng.choice(wordings[kept:] if hard else wordings[:kept])
