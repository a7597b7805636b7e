"""How fast the zoo answers and loads."""

import statistics
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from fusionlab.engines.memory import Pool
from fusionlab.errors import SourceError
from fusionlab.models.base import Level
from fusionlab.sources.schemes.zoo import PREFIX as ZOO
from fusionlab.sources.schemes.zoo import zoo_names
from fusionlab.speed.ratio import SpeedResult, finished, in_turn, seconds
from fusionlab.zoo.evaluate import answers, held_out
from fusionlab.zoo.recipes import zoo_recipe

QUESTIONS = 200
ALONE = 20
"""Questions that are asked one by one."""
ROUNDS = 3


def measure_zoo() -> Iterator[SpeedResult]:
    """Answers a second in batches, and seconds to load all models of the zoo."""
    names = zoo_names()
    if not names:
        raise SourceError("zoo-empty")
    yield _answering(next((name for name in names if name == "adder"), names[0]))
    yield _loading(names)


def _answering(name: str) -> SpeedResult:
    """The model at its own tasks, a batch of a hundred at a time and question by question."""
    tasks = zoo_recipe(name).learned
    problems = [p for task in tasks for p in held_out(task, QUESTIONS // len(tasks))]
    pool = Pool()
    with closing(pool), pool.borrow() as loan:
        model: Any = finished(loan.load(f"{ZOO}{name}", Level.LOGITS))

        def together() -> None:
            for start in range(0, len(problems), 100):
                answers(model, problems[start : start + 100])

        def alone() -> None:
            for problem in problems[:ALONE]:
                answers(model, [problem])

        batched, single = in_turn(together, alone, rounds=ROUNDS)
    rate = len(problems) / batched
    return SpeedResult(
        f"questions a second that zoo/{name} answers in batches of 100",
        ratio=rate,
        bar=200,
        better="higher",
        parts={
            "one by one, questions a second": ALONE / single,
            "batched / one by one": rate / (ALONE / single),
        },
        note=f"{len(problems)} held-out problems of {', '.join(task.name for task in tasks)}",
    )


def _loading(names: tuple[str, ...]) -> SpeedResult:
    def load_all() -> None:
        pool = Pool()
        with closing(pool), pool.borrow() as loan:
            for name in names:
                finished(loan.load(f"{ZOO}{name}", Level.LOGITS))

    first = seconds(load_all)
    again = statistics.median(seconds(load_all) for _ in range(ROUNDS))
    return SpeedResult(
        "seconds to load the whole zoo",
        ratio=again,
        bar=3,
        better="lower",
        parts={
            "models": float(len(names)),
            "with the first import of transformers, s": first,
            "each, ms": 1000 * again / len(names),
        },
    )
