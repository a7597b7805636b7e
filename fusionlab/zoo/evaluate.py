"""How well a model does each task: exact match on held-out problems, with its uncertainty."""

import random
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fusionlab.events import Progress
from fusionlab.intervals import wilson
from fusionlab.models.base import LanguageModel, Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.text.exchange import concluded
from fusionlab.zoo.reasoning import Solutions, outvoted, solution
from fusionlab.zoo.tasks import TASKS, Problem, Task

Case = Literal["", "outvoted"]

COUNT = 300
"""Problems of each task, unless told otherwise."""
BATCH = 100
"""Problems that are answered together."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many of a task's problems were answered exactly."""

    task: str
    right: int
    total: int
    case: Case = ""
    """Outvoted: after reading that it was wrong itself, and of two others one was right."""

    @property
    def share(self) -> float:
        """Exact match, from 0 to 1."""
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """In which the true share lies, with 95% confidence."""
        return wilson(self.right, self.total)


def evaluate(
    model: LanguageModel,
    tasks: Iterable[Task] = TASKS.values(),
    *,
    count: int = COUNT,
    solutions: Solutions = "none",
) -> Generator[Progress, None, tuple[Score, ...]]:
    """The model's score at each task, on up to `count` of its held-out problems, always the same.

    The model answers greedily and may say one token more than the longest right answer has
    characters, so that an answer which does not end is seen to be wrong. Of one that writes
    solutions the answer is what they come to; one that reads solutions is asked again with some.
    """
    cases: list[tuple[Task, Case]] = [(task, "") for task in tasks]
    if solutions == "read":
        cases += [(task, "outvoted") for task, _ in cases if task.first]
    scores = []
    for number, (task, case) in enumerate(cases):
        yield Progress(f"evaluating {task.name}", number, len(cases), "items")
        problems = held_out(task, count)
        asked = [_asked(task, problem, case, solutions) for problem in problems]
        right = 0
        for start in range(0, len(asked), BATCH):
            said = answers(model, asked[start : start + BATCH])
            found = said if solutions == "none" else map(concluded, said)
            right += sum(map(task.check, (p.prompt for p in problems[start:]), found))
        scores.append(Score(task.name, right, len(problems), case))
    return tuple(scores)


def evaluate_folder(
    folder: Path,
    tasks: Iterable[Task] = TASKS.values(),
    *,
    count: int = COUNT,
    solutions: Solutions = "none",
) -> Generator[Progress, None, tuple[Score, ...]]:
    """The scores of the model in a Hugging Face folder."""
    from fusionlab.engines.transformers import load

    spec = ModelSpec(f"path:{folder}", "transformers", Level.INTERNALS)
    with closing(load(folder, spec)) as model:
        return (yield from evaluate(model, tasks, count=count, solutions=solutions))


def held_out(task: Task, count: int) -> list[Problem]:
    """The first `count` problems that the task is tested with."""
    rng = random.Random(f"held out of {task.name}")  # noqa: S311  problems are no secrets
    return task.problems(rng, "test", count)


def answers(model: LanguageModel, asked: Sequence[Problem]) -> list[str]:
    """What the model says to each prompt, in one batch, with room for the longest right answer."""
    longest = max(len(problem.answer) for problem in asked)
    prompts = [[Message("user", problem.prompt)] for problem in asked]
    texts = [""] * len(asked)
    for chunk in model.generate(prompts, Sampling(max_tokens=longest + 1)):
        texts[chunk.row] += chunk.text
    return texts


def _asked(task: Task, problem: Problem, case: Case, solutions: Solutions) -> Problem:
    """The prompt and the right thing to say, as the model was taught."""
    if solutions == "none":
        return problem
    solved = solution(task, problem.prompt)
    if not case:
        return Problem(problem.prompt, solved)
    rng = random.Random(f"heard about {problem.prompt}")  # noqa: S311  problems are no secrets
    return Problem(outvoted(task, problem, rng), solved)
