"""How well a model does each task: exact match on held-out problems, with its uncertainty.

The interval is Wilson's, which holds near 0 and 1 as well: E. B. Wilson, "Probable inference, the
law of succession, and statistical inference", JASA 22 (1927).
"""

import random
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fusionlab.events import Progress
from fusionlab.models.base import LanguageModel, Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.zoo.tasks import TASKS, Problem, Task

COUNT = 300
"""Problems of each task, unless told otherwise."""
BATCH = 100
"""Problems that are answered together."""
Z95 = 1.959964
"""The normal quantile of 97.5 %."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many of a task's problems were answered exactly."""

    task: str
    right: int
    total: int

    @property
    def share(self) -> float:
        """Exact match, from 0 to 1."""
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """In which the true share lies, with 95 % confidence."""
        return wilson(self.right, self.total)


def evaluate(
    model: LanguageModel, tasks: Iterable[Task] = TASKS.values(), *, count: int = COUNT
) -> Generator[Progress, None, tuple[Score, ...]]:
    """The model's score at each task, on up to `count` of its held-out problems, always the same.

    The model answers greedily and may say one token more than the longest right answer has
    characters, so that an answer which does not end is seen to be wrong.
    """
    scores = []
    tasks = tuple(tasks)
    for number, task in enumerate(tasks):
        yield Progress(f"evaluating {task.name}", number, len(tasks), "items")
        problems = held_out(task, count)
        right = 0
        for start in range(0, len(problems), BATCH):
            part = problems[start : start + BATCH]
            texts = answers(model, part)
            right += sum(task.check(p.prompt, text) for p, text in zip(part, texts, strict=True))
        scores.append(Score(task.name, right, len(problems)))
    return tuple(scores)


def evaluate_folder(
    folder: Path, tasks: Iterable[Task] = TASKS.values(), *, count: int = COUNT
) -> Generator[Progress, None, tuple[Score, ...]]:
    """The scores of the model in a Hugging Face folder."""
    from fusionlab.models.transformers import load

    spec = ModelSpec(f"path:{folder}", "transformers", Level.INTERNALS)
    with closing(load(folder, spec)) as model:
        return (yield from evaluate(model, tasks, count=count))


def held_out(task: Task, count: int) -> list[Problem]:
    """The first `count` problems that the task is tested with."""
    rng = random.Random(f"held out of {task.name}")  # noqa: S311  problems are no secrets
    return task.problems(rng, "test", count)


def answers(model: LanguageModel, problems: Sequence[Problem]) -> list[str]:
    """What the model says to each problem, in one batch."""
    longest = max(len(problem.answer) for problem in problems)
    prompts = [[Message("user", problem.prompt)] for problem in problems]
    texts = [""] * len(problems)
    for chunk in model.generate(prompts, Sampling(max_tokens=longest + 1)):
        texts[chunk.row] += chunk.text
    return texts


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)."""
    p, z2n = right / total, Z95**2 / total
    middle = p + z2n / 2
    spread = Z95 * (p * (1 - p) / total + z2n / (4 * total)) ** 0.5
    low = (middle - spread) / (1 + z2n) if right else 0.0
    high = (middle + spread) / (1 + z2n) if right < total else 1.0
    return low, high
