"""Laws of the tasks: exact answers, and no problem to be tested with is ever learned from."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.errors import SettingError, UnknownName
from fusionlab.zoo.tasks import TASKS, Problem, Task, get_task, split_of, task_of

tasks = st.sampled_from(list(TASKS.values()))
rngs = st.integers(0, 2**64).map(random.Random)
each_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)

SOLVED = {
    "add 384+77=": "461",
    "add 0+0=": "0",
    "add 999+999=": "1998",
    "subtract 412-77=": "335",
    "subtract 77-77=": "0",
    "larger 384,77=": "384",
    "larger 9,10=": "10",
    "smaller 384,77=": "77",
    "reverse kmtqa=": "aqtmk",
    "sort kmtqa=": "akmqt",
    "second kmtqa=": "mq",
    "double kmt=": "kkmmtt",
    "count a in abacd=": "2",
    "count e in abacd=": "0",
    "weekday mon 21h+30h=": "wed",
    "weekday sun 0h+23h=": "sun",
    "weekday sun 23h+1h=": "mon",
    "weekday sat 0h+48h=": "mon",
    "month feb 2024=": "29",
    "month feb 1900=": "28",
    "month feb 2000=": "29",
    "month sep 1999=": "30",
    "month dec 1999=": "31",
    "add,reverse 384+77=": "164",
    "sort,reverse kmtqa=": "tqmka",
    "second,sort kqtma=": "mq",
}


@pytest.mark.parametrize("prompt", SOLVED)
def test_answers_worked_out_by_hand(prompt: str) -> None:
    assert task_of(prompt).check(prompt, SOLVED[prompt])
    assert not task_of(prompt).check(prompt, SOLVED[prompt] + "0")
    assert not task_of(prompt).check(prompt, "")


def test_every_task_has_an_answer_worked_out_by_hand() -> None:
    assert {task_of(prompt).name for prompt in SOLVED} == set(TASKS)


@each_task
def test_the_explanation_ends_in_a_right_example(task: Task) -> None:
    prompt, _, answer = task.explanation.rpartition(": ")[2].partition("=")
    assert task.check(f"{prompt}=", answer)


@given(tasks, rngs)
def test_a_problem_is_answered_from_its_prompt_alone(task: Task, rng: random.Random) -> None:
    problem = task.problem(rng)
    assert task_of(problem.prompt) is task
    assert task.check(problem.prompt, f" {problem.answer}\n")
    assert problem.answer
    assert len(problem.prompt) <= 24
    assert (problem.prompt + problem.answer).isascii()


@given(rngs)
def test_sum_and_difference_undo_one_another(rng: random.Random) -> None:
    a, b = rng.randint(0, 999), rng.randint(0, 999)
    total = get_task("add").answer(f"add {a}+{b}=")
    assert get_task("subtract").answer(f"subtract {total}-{b}=") == str(a)


@given(st.from_regex(r"[a-z]{1,9}", fullmatch=True))
def test_reversed_twice_a_word_is_itself(word: str) -> None:
    reverse = get_task("reverse")
    assert reverse.answer(f"reverse {reverse.answer(f'reverse {word}=')}=") == word


@given(tasks, rngs, rngs)
def test_no_prompt_is_both_learned_and_tested(
    task: Task, rng: random.Random, other: random.Random
) -> None:
    learned = {problem.prompt for problem in task.problems(rng, "train", 20)}
    tested = {problem.prompt for problem in task.problems(other, "test", 20)}
    assert len(learned) == len(tested) == 20
    assert not learned & tested
    assert {split_of(prompt) for prompt in learned} == {"train"}
    assert {split_of(prompt) for prompt in tested} == {"test"}


def test_the_split_is_the_same_for_ever() -> None:
    prompts = [f"add {n}+1=" for n in range(40)]
    tested = [n for n, prompt in enumerate(prompts) if split_of(prompt) == "test"]
    assert tested == [5, 12, 13, 15, 20, 23, 24, 26, 29, 34, 36]


@each_task
def test_both_splits_have_the_task_s_own_distribution(task: Task) -> None:
    """Pearson's statistic of prompt and answer lengths, split against split."""
    rng = random.Random(1)
    learned, tested = (
        Counter(_lengths(task.problem(rng, split)) for _ in range(2000))
        for split in ("train", "test")
    )
    common = [key for key in learned | tested if learned[key] + tested[key] >= 10]
    statistic = sum(
        (learned[key] - tested[key]) ** 2 / (learned[key] + tested[key]) for key in common
    )
    assert statistic < len(common) + 5 * (2 * len(common)) ** 0.5


@each_task
def test_there_are_enough_problems_of_each(task: Task) -> None:
    assert len(task.problems(random.Random(0), "test", 300)) == 300
    assert len(task.problems(random.Random(0), "train", 2000)) == 2000


def test_where_there_are_no_more_there_are_fewer() -> None:
    coin = Task("coin", "chance", "", lambda rng: rng.choice("ht"), lambda side: side)
    sides = {split_of(f"coin {side}=") for side in "ht"}
    for split in sides:
        assert 1 <= len(coin.problems(random.Random(0), split, 10)) <= 2


def test_the_same_seed_gives_the_same_problems() -> None:
    first, second = (get_task("sort").problems(random.Random(5), "train", 9) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "prompt",
    [
        *("add 1+=", "add 01+1=", "add 1+1", "add  1+1=", "add ١+1=", "subtract 1+1="),
        *("sort A b=", "count a abc=", "weekday mon 24h+3h=", "month feb 24=", "add,reverse kmt="),
    ],
)
def test_what_is_no_problem_is_refused(prompt: str) -> None:
    with pytest.raises(SettingError, match="is not a problem of"):
        task_of(prompt).answer(prompt)


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'reverse'"):
        get_task("revers")


def _lengths(problem: Problem) -> tuple[int, int]:
    return len(problem.prompt), len(problem.answer)
