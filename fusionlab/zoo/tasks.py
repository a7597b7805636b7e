"""Exact tasks for tiny models: problems without end, each with one right answer.

A prompt is a short line of ASCII that ends in "=", such as `add 384+77=`, and says everything: the
answer is computed from the prompt alone. Problems to learn from and problems to be tested with are
disjoint by construction, since a hash of the prompt decides which of the two it is.
"""

import random
import re
import string
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from itertools import islice
from types import MappingProxyType
from typing import Literal

from fusionlab.errors import SettingError, UnknownName

Split = Literal["train", "test"]

TEST_SHARE = 8
"""One problem in so many is kept for tests."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LARGEST = 999
"""In arithmetic and comparisons."""
SHORTEST, LONGEST = 3, 8
"""Of the words that are reversed, sorted and copied."""
FEW_LETTERS = "abcde"
"""Letters are counted in words of these."""
YEARS = range(1801, 2200)
LONGEST_WAIT = 48
"""In hours."""
PATIENCE = 10_000
"""Draws after which a task is taken to hold no further problem."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A prompt and its one right answer."""

    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of problem: how prompts are drawn, and how they are solved."""

    name: str
    """Also the word that its prompts begin with."""
    family: str
    explanation: str
    draw: Callable[[random.Random], str]
    """The part of a prompt between its first word and the "="."""
    solve: Callable[[str], str | None]
    """The answer to that part; None where it is no problem of this task."""
    first: Callable[[str], str | None] | None = None
    """Of a task in two steps, the first."""

    def problem(self, rng: random.Random, split: Split | None = None) -> Problem:
        """A problem, drawn from the whole task or from one of its splits."""
        while True:
            prompt = f"{self.name} {self.draw(rng)}="
            if split is None or split_of(prompt) == split:
                return Problem(prompt, self.answer(prompt))

    def problems(self, rng: random.Random, split: Split, count: int) -> list[Problem]:
        """So many different problems of one split; fewer where the task has no more."""
        return list(islice(self._distinct(rng, split), count))

    def answer(self, prompt: str) -> str:
        """The right answer; raises SettingError when the prompt is no problem of this task."""
        word, _, rest = prompt.partition(" ")
        known = word == self.name and rest.endswith("=")
        answer = self.solve(rest.removesuffix("=")) if known else None
        if answer is None:
            raise SettingError(
                "task-other-problem",
                prompt=repr(prompt),
                task=self.name,
                explanation=self.explanation,
            )
        return answer

    def step(self, prompt: str) -> str | None:
        """What the first of two steps gives; None where the task has only one."""
        argument = prompt.partition(" ")[2].removesuffix("=")
        return None if self.first is None else self.first(argument)

    def check(self, prompt: str, text: str) -> bool:
        """Whether the text is the right answer, blanks around it aside."""
        return text.strip() == self.answer(prompt)

    def _distinct(self, rng: random.Random, split: Split) -> Iterator[Problem]:
        seen: set[str] = set()
        missed = 0
        while missed < PATIENCE:
            problem = self.problem(rng, split)
            missed = missed + 1 if problem.prompt in seen else 0
            if not missed:
                seen.add(problem.prompt)
                yield problem


def split_of(prompt: str) -> Split:
    """Which of the two a prompt belongs to, the same on every machine and for ever."""
    digest = blake2s(prompt.encode(), digest_size=8).digest()
    return "train" if int.from_bytes(digest, "big") % TEST_SHARE else "test"


def get_task(name: str) -> Task:
    """The task of this name; raises UnknownName with the nearest."""
    if name not in TASKS:
        raise UnknownName("kind-task", name, TASKS)
    return TASKS[name]


def task_of(prompt: str) -> Task:
    """The task that a prompt is a problem of; raises UnknownName."""
    return get_task(prompt.partition(" ")[0])


def _draw_sum(rng: random.Random) -> str:
    return f"{_number(rng)}+{_number(rng)}"


def _draw_difference(rng: random.Random) -> str:
    larger, smaller = sorted((_number(rng), _number(rng)), reverse=True)
    return f"{larger}-{smaller}"


def _number(rng: random.Random) -> int:
    """A whole number, of one, two or three digits alike."""
    return rng.randint(0, rng.choice((9, 99, LARGEST)))


def _draw_pair(rng: random.Random) -> str:
    """Two different numbers, as often of the same length as not."""
    while True:
        first, second = rng.randint(0, LARGEST), rng.randint(0, LARGEST)
        if rng.random() < 0.5:  # near one another: the last digits decide
            second = max(0, min(LARGEST, first + rng.randint(-20, 20)))
        if first != second:
            return f"{first},{second}"


def _draw_word(rng: random.Random) -> str:
    return _word(rng, string.ascii_lowercase)


def _draw_count(rng: random.Random) -> str:
    return f"{rng.choice(FEW_LETTERS)} in {_word(rng, FEW_LETTERS)}"


def _draw_weekday(rng: random.Random) -> str:
    return f"{rng.choice(DAYS)} {rng.randrange(24)}h+{rng.randint(1, LONGEST_WAIT)}h"


def _draw_month(rng: random.Random) -> str:
    return f"{rng.choice(MONTHS)} {rng.choice(YEARS)}"


def _word(rng: random.Random, letters: str) -> str:
    return "".join(rng.choices(letters, k=rng.randint(SHORTEST, LONGEST)))


def _arithmetic(sign: str, rule: Callable[[int, int], int]) -> Callable[[str], str | None]:
    """Applies the rule to the two numbers around the sign."""
    pattern = re.compile(rf"(0|[1-9]\d*){re.escape(sign)}(0|[1-9]\d*)", re.ASCII)

    def solve(argument: str) -> str | None:
        match = pattern.fullmatch(argument)
        return str(rule(int(match[1]), int(match[2]))) if match else None

    return solve


def _editing(rule: Callable[[str], str]) -> Callable[[str], str | None]:
    """Applies the rule to a word of lower-case letters and digits."""

    def solve(argument: str) -> str | None:
        return rule(argument) if re.fullmatch(r"[a-z0-9]+", argument) else None

    return solve


def _count(argument: str) -> str | None:
    match = re.fullmatch(r"([a-z]) in ([a-z]+)", argument)
    return str(match[2].count(match[1])) if match else None


def _weekday(argument: str) -> str | None:
    match = re.fullmatch(r"([a-z]{3}) (1?[0-9]|2[0-3])h\+([0-9]+)h", argument, re.ASCII)
    if match is None or match[1] not in DAYS:
        return None
    later = (int(match[2]) + int(match[3])) // 24
    return DAYS[(DAYS.index(match[1]) + later) % len(DAYS)]


def _month(argument: str) -> str | None:
    month, _, year = argument.partition(" ")
    if month not in MONTHS or not re.fullmatch(r"[1-9][0-9]{3}", year):
        return None
    return str(monthrange(int(year), MONTHS.index(month) + 1)[1])


def _then(first: Task, second: Task, explanation: str) -> Task:
    """The task in two steps: the second solves what the first has answered."""

    def solve(argument: str) -> str | None:
        between = first.solve(argument)
        return None if between is None else second.solve(between)

    name = f"{first.name},{second.name}"
    return Task(name, "two steps", explanation, first.draw, solve, first.solve)


ADD = Task(
    "add",
    "arithmetic",
    "The sum of two whole numbers up to 999: add 384+77=461",
    _draw_sum,
    _arithmetic("+", lambda a, b: a + b),
)
SUBTRACT = Task(
    "subtract",
    "arithmetic",
    "A whole number up to 999 less one that is not larger: subtract 412-77=335",
    _draw_difference,
    _arithmetic("-", lambda a, b: a - b),
)
LARGER = Task(
    "larger",
    "comparing",
    "The larger of two whole numbers up to 999: larger 384,77=384",
    _draw_pair,
    _arithmetic(",", max),
)
SMALLER = Task(
    "smaller",
    "comparing",
    "The smaller of two whole numbers up to 999: smaller 384,77=77",
    _draw_pair,
    _arithmetic(",", min),
)
REVERSE = Task(
    "reverse",
    "strings",
    "Three to eight letters backwards: reverse kmtqa=aqtmk",
    _draw_word,
    _editing(lambda word: word[::-1]),
)
SORT = Task(
    "sort",
    "strings",
    "Three to eight letters in the order of the alphabet: sort kmtqa=akmqt",
    _draw_word,
    _editing(lambda word: "".join(sorted(word))),
)
SECOND = Task(
    "second",
    "strings",
    "The second, fourth, sixth … of three to eight letters: second kmtqa=mq",
    _draw_word,
    _editing(lambda word: word[1::2]),
)
DOUBLE = Task(
    "double",
    "strings",
    "Each of three to eight letters twice: double kmt=kkmmtt",
    _draw_word,
    _editing(lambda word: "".join(letter * 2 for letter in word)),
)
COUNT = Task(
    "count",
    "counting",
    "How often a letter occurs among three to eight: count a in abacd=2",
    _draw_count,
    _count,
)
WEEKDAY = Task(
    "weekday",
    "calendar",
    "The day of the week so many hours, at most 48, after a full hour: weekday mon 21h+30h=wed",
    _draw_weekday,
    _weekday,
)
MONTH = Task(
    "month",
    "calendar",
    "The number of days in a month of the years 1801 to 2199: month feb 2024=29",
    _draw_month,
    _month,
)
TASKS: Mapping[str, Task] = MappingProxyType(
    {
        task.name: task
        for task in (
            ADD,
            SUBTRACT,
            LARGER,
            SMALLER,
            REVERSE,
            SORT,
            SECOND,
            DOUBLE,
            COUNT,
            WEEKDAY,
            MONTH,
            _then(ADD, REVERSE, "The digits of a sum backwards: add,reverse 384+77=164"),
            _then(SORT, REVERSE, "Letters in the order z to a: sort,reverse kmtqa=tqmka"),
            _then(SECOND, SORT, "Every second letter, sorted: second,sort kqtma=mq"),
        )
    }
)
"""All tasks, by name."""
