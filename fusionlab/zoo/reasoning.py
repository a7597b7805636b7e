"""Problems solved in writing: a step between question and answer, and the solutions of others.

A reasoner learns to write `461 so 164` for `add,reverse 384+77=`. A reader also learns to do so
after reading its own solution and up to three others, each of which is right or wrong by chance, as
in rounds of Exchange-of-Thought (https://arxiv.org/abs/2312.01823).
"""

import random
import string
from dataclasses import dataclass
from typing import Literal

from fusionlab.text.exchange import SO, Heard, exchanged
from fusionlab.zoo.tasks import Problem, Task, get_task

Solutions = Literal["none", "written", "read"]
"""Whether a model writes solutions, and whether it also reads those of others."""

READING = 0.5
"""Share of a reader's problems that come with solutions to read."""
RIGHT = 0.5
"""Chance of a solution to be right."""
TOLD = 0.5
"""Chance that the others' confidence is told."""
NAMES = tuple(string.ascii_uppercase[:8])
MOST_OTHERS = 3
CONFIDENCES = (0.25, 0.33, 0.5, 0.67, 0.75, 1.0)
"""Of the right and of the wrong, the first half less often for the right."""


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt, as a solver gets it, and the solution that it should write."""

    prompt: str
    solution: str


def solution(task: Task, prompt: str) -> str:
    """The right solution of a problem: the step between, if there is one, and the answer."""
    return _concluding(task.step(prompt), task.answer(prompt))


def written(task: Task, rng: random.Random, *, reads: bool) -> Written:
    """A problem to learn from; for a reader often one that comes with solutions to read."""
    problem = task.problem(rng, "train")
    prompt = problem.prompt
    if reads and rng.random() < READING:
        prompt = overheard(task, problem, rng)
    return Written(prompt, solution(task, problem.prompt))


def overheard(task: Task, problem: Problem, rng: random.Random) -> str:
    """The prompt of a reader: its own solution and those of one to three others, by chance."""
    names = rng.sample(NAMES, rng.randint(1, MOST_OTHERS))
    told = rng.random() < TOLD
    others = [_heard(task, problem, name, rng, told=told) for name in names]
    own = _said(task, problem, rng, right=rng.random() < RIGHT)
    return exchanged(problem.prompt, own, others)


def outvoted(task: Task, problem: Problem, rng: random.Random) -> str:
    """The prompt of a reader who is wrong, and hears one who is right and one who is not."""
    one, other = rng.sample(NAMES, 2)
    others = [
        Heard(one, solution(task, problem.prompt)),
        Heard(other, _said(task, problem, rng, right=False)),
    ]
    rng.shuffle(others)
    return exchanged(problem.prompt, _said(task, problem, rng, right=False), others)


def _heard(task: Task, problem: Problem, name: str, rng: random.Random, *, told: bool) -> Heard:
    right = rng.random() < RIGHT
    likely = range(1, len(CONFIDENCES) + 1) if right else range(len(CONFIDENCES), 0, -1)
    confidence = rng.choices(CONFIDENCES, list(likely))[0] if told else None
    return Heard(name, _said(task, problem, rng, right=right), confidence)


def _said(task: Task, problem: Problem, rng: random.Random, *, right: bool) -> str:
    """A right solution, or one with a slip in its first or in its second step."""
    between, answer = task.step(problem.prompt), problem.answer
    if right:
        return _concluding(between, answer)
    if between is None or rng.random() < 0.5:
        return _concluding(between, _slipped(answer, rng))
    between = _slipped(between, rng)
    second = get_task(task.name.rpartition(",")[2])
    return _concluding(between, second.solve(between) or _slipped(answer, rng))


def _slipped(text: str, rng: random.Random) -> str:
    """The text with one character replaced by another of its kind."""
    at = rng.randrange(len(text))
    kind = string.digits if text[at].isdigit() else string.ascii_lowercase
    other = rng.choice(kind.replace(text[at], ""))
    return text[:at] + other + text[at + 1 :]


def _concluding(between: str | None, answer: str) -> str:
    return f"{'' if between is None else between}{SO}{answer}".strip()
