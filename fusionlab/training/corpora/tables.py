"""Small tables in text, asked for a cell, for the largest value of a column, or for a sum."""

import random

from fusionlab.training.corpora.maths import NAMES
from fusionlab.training.corpora.question import PHRASE, Corpus, Question, concludes, pick

ROWS = 3
LARGEST = 30
"""Value in a cell."""
CITIES = (
    *("Paris", "Rome", "Oslo", "Lima", "Cairo", "Tokyo", "Delhi", "Berlin", "Madrid", "Athens"),
    *("Dublin", "Vienna", "Prague", "Lisbon", "Quito", "Boston", "Sydney", "Nairobi"),
)
THEMES = (
    ("name", NAMES, ("apples", "pears", "plums", "melons", "lemons", "grapes")),
    ("name", NAMES, ("books", "pens", "maps", "photos", "stamps", "cards")),
    ("city", CITIES, ("hotels", "parks", "schools", "museums", "bridges", "towers")),
)
"""What the first column holds, its entries, and the other columns."""

CELL = (
    "How many {x} does {a} have?",
    "What is the number of {x} of {a}?",
    "Look up the {x} of {a}. How many are there?",
    "Read the value for {a} in the column {x}.",
    "For {a}, how many {x} are listed?",
    "Which number stands under {x} in the row of {a}?",
)
MOST = (
    "Who or what has the most {x}?",
    "Which {kind} has the largest number of {x}?",
    "Where is the number of {x} highest?",
    "Find the {kind} with the most {x}.",
    "Which {kind} comes first by {x}?",
    "Name the {kind} with the maximum of {x}.",
)
SUM = (
    "How many {x} do {a} and {b} have together?",
    "What is the sum of the {x} of {a} and {b}?",
    "Add the {x} of {a} and {b}. What is the result?",
    "How many {x} have {a} and {b} in total?",
    "Taken together, how many {x} belong to {a} and {b}?",
    "Combine the {x} of {a} with those of {b}. How many is that?",
)


def draw(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    """A table of two columns of numbers, and one question about it, of three kinds."""
    kind, entries, goods = rng.choice(THEMES)
    names, columns = rng.sample(entries, ROWS), rng.sample(goods, 2)
    values = [rng.sample(range(1, LARGEST + 1), ROWS) for _ in columns]
    at = rng.randrange(2)
    column = dict(zip(names, values[at], strict=True))
    rows = {
        name: f"{name}: {columns[0]} {first}, {columns[1]} {second}."
        for name, first, second in zip(names, *values, strict=True)
    }
    a, b = rng.sample(names, 2)
    match rng.choice(("cell", "most", "sum")):
        case "cell":
            wordings, answer, steps = CELL, str(column[a]), rows[a]
        case "most":
            wordings, answer = MOST, max(column, key=lambda name: column[name])
            steps = ", ".join(f"{name} {value}" for name, value in column.items()) + "."
        case _:
            total = column[a] + column[b]
            wordings, answer = SUM, str(total)
            steps = f"{rows[a]} {rows[b]} {column[a]} + {column[b]} = {total}."
    asked = pick(wordings, rng, hard=hard).format(x=columns[at], a=a, b=b, kind=kind)
    lines = [f"{name} | {one} | {two}" for name, one, two in zip(names, *values, strict=True)]
    table = "\n".join([" | ".join([kind, *columns]), *lines])
    named = answer in names
    return Question(
        f'{table}\n{asked} End with "{PHRASE}" and the {kind if named else "number"}.',
        answer,
        f"{steps} {PHRASE} {answer}.",
        tuple(names) if named else (),
    )


TABLES = Corpus(
    "tables",
    "Small tables",
    "A small table in text, asked for a cell, the largest value of a column, or a sum",
    draw,
    concludes,
)
