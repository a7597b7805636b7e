"""Questions in natural language that have one right answer, and how an answer is checked.

A hash of the prompt decides whether a question is one to learn from or one to be tested with. The
split `hard` is a second test: of wordings that no question to learn from has.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from itertools import islice
from typing import Literal, TypeVar

Split = Literal["train", "test", "hard"]

TEST_SHARE = 8
"""One question in so many is kept for the test."""
PATIENCE = 10_000
"""Draws after which a corpus is taken to hold no further question."""
PHRASE = "The answer is"
"""What stands before an answer, in the solutions that are learned."""
NUMBER = r"(?<![\d.,])\d+(?![\d]|[.,]\d)"

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
    itself, or else the last of all.
    """
    kind = "|".join(rf"\b{re.escape(choice)}(?!\d)" for choice in question.choices) or NUMBER
    found = re.compile(kind, re.IGNORECASE)
    _, phrase, end = text.lower().rpartition("answer is")
    line, _, _ = end.strip().partition("\n")
    if phrase and (first := found.search(line.rpartition("=")[2])):
        return first[0] == question.answer.lower()
    said = found.findall(text.lower())
    asked = set(found.findall(question.prompt.lower()))
    new = [each for each in said if each not in asked]
    return bool(said) and (new or said)[-1] == question.answer.lower()


def pick(wordings: Sequence[T], rng: random.Random, *, hard: bool) -> T:
    """One of the wordings; the last third of them is kept for the hard test."""
    kept = len(wordings) - len(wordings) // 3
    return rng.choice(wordings[kept:] if hard else wordings[:kept])
