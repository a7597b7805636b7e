"""Reasoners learn from right solutions only, and read right and wrong ones alike."""

import random

import pytest

from fusionlab.text.exchange import concluded
from fusionlab.zoo.reasoning import outvoted, overheard, solution, written
from fusionlab.zoo.tasks import TASKS, Problem, Task, get_task, split_of

each_task = pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)


@each_task
def test_what_is_to_be_written_is_right(task: Task) -> None:
    rng = random.Random(1)
    for reads in (False, True):
        for _ in range(40):
            solved = written(task, rng, reads=reads)
            question = solved.prompt.split("\n")[-1]
            assert split_of(question) == "train"
            assert task.check(question, concluded(solved.solution))
            assert reads or solved.prompt == question


def test_a_solution_shows_the_step_between() -> None:
    assert solution(get_task("add,reverse"), "add,reverse 384+77=") == "461 so 164"
    assert solution(get_task("sort"), "sort tk=") == "so kt"


@each_task
def test_about_half_of_what_is_heard_is_right(task: Task) -> None:
    rng = random.Random(2)
    right = total = 0
    for _ in range(300):
        problem = task.problem(rng, "train")
        for line in overheard(task, problem, rng).split("\n")[:-1]:
            right += task.check(problem.prompt, concluded(line))
            total += 1
    assert 0.4 < right / total < 0.6


def test_one_of_three_is_right_when_the_reader_is_outvoted() -> None:
    task, rng = get_task("sort,reverse"), random.Random(3)
    for _ in range(50):
        problem = task.problem(rng, "test")
        own, *others, question = outvoted(task, problem, rng).split("\n")
        assert question == problem.prompt
        assert own.startswith("you ")
        assert not task.check(question, concluded(own))
        assert [task.check(question, concluded(line)) for line in others].count(True) == 1


def test_confidences_favour_the_right() -> None:
    task, rng = get_task("add,reverse"), random.Random(4)
    told: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(400):
        problem = Problem("add,reverse 384+77=", "164")
        for line in overheard(task, problem, rng).split("\n")[1:-1]:
            if "%" in line:
                right = task.check(problem.prompt, concluded(line))
                told[right].append(int(line.split()[1].rstrip("%")))
    mean = {right: sum(shares) / len(shares) for right, shares in told.items()}
    assert mean[True] > mean[False] + 10
