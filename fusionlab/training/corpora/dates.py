"""Questions about days of the week, and about dates within one month."""

import random
from calendar import month_name, monthrange

from fusionlab.training.corpora.question import PHRASE, Corpus, Question, concludes, pick

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = tuple(month_name)[1:]
NEAREST, FURTHEST = 2, 20
"""Days from one day to the other; within a month there is no furthest."""

AHEAD = (
    "Today is {day}. What day of the week is it in {n} days?",
    "It is {day}. Which day of the week comes {n} days later?",
    "A trip starts on a {day} and ends {n} days later. On which day of the week does it end?",
    "What day of the week is {n} days after {day}?",
    "If a parcel is sent on {day} and takes {n} days, on which weekday does it arrive?",
    "Counting {n} days on from {day}, which weekday do you reach?",
)
LATER = (
    "What date is {n} days after {month} {a}?",
    "Today is {month} {a}. What date is it in {n} days?",
    "A festival starts on {month} {a} and ends {n} days later. On which date does it end?",
    "It is {month} {a}. Which date comes {n} days later?",
    "A library book taken on {month} {a} is due after {n} days. On which date is it due?",
    "Starting at {month} {a}, which date do you reach after {n} days?",
)
BETWEEN = (
    "How many days are there from {month} {a} to {month} {b}?",
    "Today is {month} {a}. How many days is it until {month} {b}?",
    "A trip goes from {month} {a} to {month} {b}. How many days after its start does it end?",
    "How many days after {month} {a} is {month} {b}?",
    "A seed is planted on {month} {a} and sprouts on {month} {b}. How many days did it take?",
    "What is the number of days between {month} {a} and {month} {b}?",
)


def draw(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    """A question for a day of the week, a later date, or a number of days, equally often."""
    return rng.choice((_ahead, _later, _between))(rng, hard)


def _ahead(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    """Takes off whole weeks first, then counts the days."""
    day, n = rng.randrange(7), rng.randint(NEAREST, FURTHEST)
    rest = n % 7
    counted = ", ".join(DAYS[(day + step) % 7] for step in range(1, rest + 1)) or DAYS[day]
    weeks = f"{n} - {n - rest} = {rest}. " if n >= 7 else ""
    answer = DAYS[(day + n) % 7]
    asked = pick(AHEAD, rng, hard=hard).format(day=DAYS[day], n=n)
    return _asked(asked, "day", answer, f"{weeks}{counted}.", DAYS)


def _later(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    month, (a, b) = _pair(rng)
    asked = pick(LATER, rng, hard=hard).format(month=month, a=a, n=b - a)
    dates = tuple(f"{month} {day}" for day in range(1, 32))
    return _asked(asked, "date", f"{month} {b}", f"{a} + {b - a} = {b}.", dates)


def _between(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    month, (a, b) = _pair(rng)
    asked = pick(BETWEEN, rng, hard=hard).format(month=month, a=a, b=b)
    return _asked(asked, "number", str(b - a), f"{b} - {a} = {b - a}.", ())


def _pair(rng: random.Random) -> tuple[str, list[int]]:
    """A month and two of its days, in order."""
    month = rng.randrange(12)
    last = monthrange(2023, month + 1)[1]
    first = rng.randint(1, last - NEAREST)
    return MONTHS[month], [first, rng.randint(first + NEAREST, last)]


def _asked(asked: str, kind: str, answer: str, steps: str, choices: tuple[str, ...]) -> Question:
    return Question(
        f'{asked} End with "{PHRASE}" and the {kind}.',
        answer,
        f"{steps} {PHRASE} {answer}.",
        choices,
    )


DATES = Corpus(
    "dates",
    "Days and dates",
    "Days of the week some days ahead, and dates and numbers of days within one month",
    draw,
    concludes,
)
