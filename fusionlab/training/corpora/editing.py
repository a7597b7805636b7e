"""Sentences to be changed by a rule: the reply is the changed sentence and nothing else."""

import random
import re
from collections.abc import Callable
from itertools import pairwise

from fusionlab.text.passages import spoken
from fusionlab.training.corpora.question import Corpus, Question, pick

ADJECTIVES = (
    *("small", "old", "red", "quiet", "happy", "tall", "green", "brave", "lazy", "young", "warm"),
    *("clever", "slow", "bright", "hungry", "gentle", "kind", "proud", "busy", "funny"),
)
NOUNS = (
    *("cat", "teacher", "river", "farmer", "bird", "doctor", "train", "child", "horse", "garden"),
    *("baker", "ship", "fox", "singer", "house", "dog", "king", "tree", "car", "friend"),
)
VERBS = (
    *(
        "sees",
        "follows",
        "finds",
        "likes",
        "hears",
        "helps",
        "paints",
        "visits",
        "watches",
        "loves",
    ),
    *("knows", "meets", "draws", "calls", "wants", "needs"),
)
WHEN = ("today", "again", "slowly", "twice", "often", "here", "now", "alone", "quietly", "there")

UPPER = (
    "Write this sentence in capital letters",
    "Change this sentence to upper case",
    "Turn every letter of this sentence into a capital",
    "Put this sentence in all caps",
    "Make all letters of this sentence big ones",
    "Shout this sentence: only capitals",
)
REVERSE = (
    "Write the words of this sentence in reverse order",
    "Reverse the order of the words",
    "Write this sentence backwards, word by word",
    "Put the words in the opposite order, the last one first",
    "List the words of this sentence from last to first",
    "Turn the word order of this sentence around",
)
SECOND = (
    "Remove every second word of this sentence",
    "Delete every other word, keeping the first",
    "Keep only the first, third, fifth and so on of these words",
    "Leave out the second, fourth, sixth and so on of these words",
    "Skip every second word",
    "Drop each word at an even place",
)
DOUBLED = (
    "One word is doubled by mistake. Write the sentence without the mistake",
    "Fix the doubled word in this sentence",
    "Remove the word that is repeated",
    "A word stands twice in a row. Correct the sentence",
    "Repair this sentence, in which a word was typed twice",
    "Write this sentence with its repeated word only once",
)


def draw(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    """One of the four rules, equally often, and a sentence of five to eight words."""
    wordings, rule = rng.choice(RULES)
    words = _sentence(rng)
    if rule is single:
        at = rng.randrange(len(words))
        words.insert(at, words[at])
    answer = " ".join(rule(words))
    return Question(
        f"{pick(wordings, rng, hard=hard)}. Give only the result.\n{' '.join(words)}",
        answer,
        answer,
    )


def single(words: list[str]) -> list[str]:
    """The words without those that equal the one before."""
    return words[:1] + [word for before, word in pairwise(words) if word != before]


def is_result(question: Question, text: str) -> bool:
    """Whether a line or a quotation in the text is the answer.

    A full stop, a heading before a colon, and whether the first letter is a capital do not matter.
    """
    said = spoken(text)
    parts = [*said.splitlines(), *re.findall(r'["“](.*?)["”]', said)]
    parts += [part.rpartition(": ")[2] for part in parts]
    return _plain(question.answer) in map(_plain, parts)


def _plain(part: str) -> str:
    plain = part.strip(" \"'`*.“”")
    return plain[:1].lower() + plain[1:]


def _sentence(rng: random.Random) -> list[str]:
    first, second = rng.sample(NOUNS, 2)
    subject = ["the", rng.choice(ADJECTIVES), first][rng.random() < 0.3 :]
    whom = rng.choice([["the", second], ["a", second], ["the", rng.choice(ADJECTIVES), second]])
    return [*subject, rng.choice(VERBS), *whom, *([rng.choice(WHEN)] if rng.random() < 0.5 else [])]


RULES: tuple[tuple[tuple[str, ...], Callable[[list[str]], list[str]]], ...] = (
    (UPPER, lambda words: [word.upper() for word in words]),
    (REVERSE, lambda words: words[::-1]),
    (SECOND, lambda words: words[::2]),
    (DOUBLED, single),
)

EDITING = Corpus(
    "editing",
    "Editing sentences",
    "Capital letters, words in reverse, every second word left out, a doubled word repaired",
    draw,
    is_result,
)
