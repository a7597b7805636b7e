"""Word problems with small numbers, in one step or two, solved step by step."""

import random
import re
from dataclasses import dataclass
from operator import add, floordiv, mul, sub

from fusionlab.training.corpora.question import PHRASE, Corpus, Question, concludes, pick

NAMES = (
    *("Anna", "Ben", "Carla", "David", "Emma", "Felix", "Grace", "Henry", "Ivy", "Jack", "Kate"),
    *("Leo", "Maria", "Noah", "Olivia", "Paul", "Rosa", "Sam", "Tina", "Victor", "Wendy", "Zoe"),
)
THINGS = (
    *("apples", "books", "pens", "kites", "stamps", "shells", "cards", "eggs", "stickers", "balls"),
    *("cookies", "marbles", "oranges", "pencils", "flowers", "plates", "toys", "photos", "cups"),
)
HOLDERS = ("boxes", "bags", "baskets", "shelves", "packs", "drawers", "trays", "jars")
ASKED = f'Work in steps. End with "{PHRASE}" and the number.'
SIGNS = {"+": add, "-": sub, "*": mul, "/": floordiv}


@dataclass(frozen=True, slots=True)
class Wording:
    """A story, and the calculation it asks for: letters and signs, worked from left to right."""

    story: str
    sum: str


ONE_STEP = (
    Wording("{n} has {a} {t} and gets {b} more. How many {t} does {n} have now?", "a+b"),
    Wording("{n} has {a} {t} and gives {b} to {m}. How many {t} does {n} have left?", "a-b"),
    Wording("{n} has {a} {h} with {b} {t} in each. How many {t} are there?", "a*b"),
    Wording("{n} shares {a} {t} equally among {b} friends. How many does each get?", "a/b"),
    Wording("There are {a} {t} on a table and {b} on the floor. How many {t} is that?", "a+b"),
    Wording("A shop has {a} {t} and sells {b}. How many {t} are left?", "a-b"),
    Wording("One of the {t} costs {a} coins. How many coins do {b} {t} cost?", "a*b"),
    Wording("{n} puts {a} {t} into {b} {h}, the same number in each. How many per one?", "a/b"),
    Wording("{n} found {a} {t} today and {b} yesterday. How many {t} did {n} find?", "a+b"),
    Wording("Of {a} {t}, {b} are broken. How many {t} are not broken?", "a-b"),
    Wording("{m} collects {a} {t}, then {b} more. What is the total number of {t}?", "a+b"),
    Wording("{n} owned {a} {t} but lost {b} of them. How many remain?", "a-b"),
    Wording("Every day {n} paints {a} {t}. How many {t} are painted in {b} days?", "a*b"),
    Wording("{a} {t} are split evenly between {b} children. How many {t} per child?", "a/b"),
    Wording("{n} read {a} pages and {m} read {b} pages. How many pages in total?", "a+b"),
)
TWO_STEPS = (
    Wording("{n} has {a} {t}, buys {b} and gives {c} to {m}. How many {t} are left?", "a+b-c"),
    Wording("{n} has {a} {h} of {b} {t} and {c} more {t}. How many {t} is that?", "a*b+c"),
    Wording("{n} had {a} {t}, lost {b} and sold {c}. How many {t} does {n} have now?", "a-b-c"),
    Wording("{n} buys {a} {h} of {b} {t} and uses {c}. How many {t} are left?", "a*b-c"),
    Wording("{n} has {a} {t}, {m} has {b} and a friend has {c}. How many together?", "a+b+c"),
    Wording("{n} had {a} {t}, gave {b} to {m} and then found {c}. How many now?", "a-b+c"),
    Wording("A bus has {a} people. {b} get off and {c} get on. How many are on it?", "a-b+c"),
    Wording("A farmer fills {a} {h} with {b} {t} each; {c} break. How many are whole?", "a*b-c"),
    Wording("{n} earned {a} coins, then {b}, and spent {c}. How many coins remain?", "a+b-c"),
)


def draw(rng: random.Random, hard: bool) -> Question:  # noqa: FBT001
    """A problem of one step in four of ten draws, else of two."""
    wording = pick(ONE_STEP if rng.random() < 0.4 else TWO_STEPS, rng, hard=hard)
    n, m = rng.sample(NAMES, 2)
    numbers = _numbers(wording.sum, rng)
    words = {"n": n, "m": m, "t": rng.choice(THINGS), "h": rng.choice(HOLDERS)}
    lines, result = worked(wording.sum, numbers)
    return Question(
        f"{wording.story.format(**words, **numbers)} {ASKED}",
        str(result),
        f"{lines} {PHRASE} {result}.",
    )


def worked(formula: str, numbers: dict[str, int]) -> tuple[str, int]:
    """The lines of a sum such as a*b+c, worked from left to right, and its result."""
    result, lines = numbers[formula[0]], []
    for sign, letter in re.findall(r"(\W)(\w)", formula):
        value = SIGNS[sign](result, numbers[letter])
        lines.append(f"{result} {sign} {numbers[letter]} = {value}.")
        result = value
    return " ".join(lines), result


def _numbers(formula: str, rng: random.Random) -> dict[str, int]:
    """Numbers for a, b and c with all results at least 1."""
    while True:
        a, b, c = (rng.randint(2, 60) for _ in range(3))
        if "*" in formula:
            a, b, c = rng.randint(2, 9), rng.randint(2, 10), rng.randint(2, 20)
        if "/" in formula:
            b = rng.randint(2, 9)
            a = b * rng.randint(2, 10)
        numbers = {"a": a, "b": b, "c": c}
        if worked(formula, numbers)[1] >= 1 and worked(formula[:3], numbers)[1] >= 1:
            return {letter: numbers[letter] for letter in formula if letter in numbers}


MATHS = Corpus(
    "maths",
    "Word problems",
    "One- and two-step word problems with small numbers, solved step by step",
    draw,
    concludes,
)
