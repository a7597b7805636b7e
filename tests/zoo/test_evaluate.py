"""Exact match is exact, held-out problems are held out, and intervals hold what they promise."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.intervals import wilson
from fusionlab.models.base import Chunk, Level, ModelSpec, Prompt
from fusionlab.recipe import Sampling
from fusionlab.zoo.evaluate import Score, evaluate, held_out
from fusionlab.zoo.tasks import TASKS, get_task, split_of, task_of
from tests.drained import drained


class Knowing:
    """Answers every prompt rightly, then adds `more`."""

    spec = ModelSpec("knowing", "scripted", Level.TEXT)

    def __init__(self, more: str = "") -> None:
        self.more = more

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        for row, prompt in enumerate(prompts):
            text = prompt[-1].content
            assert split_of(text) == "test"
            said = task_of(text).answer(text) + self.more
            yield Chunk(row, said[:2])
            yield Chunk(row, said[2 : sampling.max_tokens], "end")

    def close(self) -> None:
        pass


def test_who_knows_all_scores_all() -> None:
    events, scores = drained(evaluate(Knowing(), count=120))
    assert [score.task for score in scores] == list(TASKS)
    assert all(score.right == score.total == 120 for score in scores)
    assert [event.done for event in events] == list(range(len(TASKS)))


def test_an_answer_that_does_not_end_is_wrong() -> None:
    _, scores = drained(evaluate(Knowing(more="0"), count=20))
    assert all(score.right == 0 for score in scores)


def test_the_problems_are_always_the_same() -> None:
    assert held_out(get_task("sort"), 30) == held_out(get_task("sort"), 40)[:30]


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_intervals_are_those_of_the_textbook(
    right: int, total: int, low: float, high: float
) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    score = Score("add", *counts)
    low, high = score.interval
    assert 0 <= low <= score.share <= high <= 1
