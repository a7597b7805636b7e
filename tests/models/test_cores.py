"""Passes at the same time: in their order, on parts of the cores, with this thread's context."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial

import pytest
import torch

from fusionlab.models.cores import at_once, in_turn, part


def number(value: float) -> Callable[[], torch.Tensor]:
    return lambda: torch.tensor(value)


@pytest.fixture
def four_cores() -> Iterator[None]:
    """Torch has four threads here, and has been told so: each new thread looks that up."""
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("four_cores")
def test_passes_meet_and_answer_in_their_order() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def meet(value: float) -> torch.Tensor:
        meeting.wait()  # broken where one pass waits for the end of the other
        return torch.tensor(value)

    with at_once(2) as run:
        found = run([lambda: meet(1.0), lambda: meet(2.0)])
    assert [float(each) for each in found] == [1.0, 2.0]


@pytest.mark.usefixtures("four_cores")
def test_each_has_its_part_of_the_cores_and_nobody_else_loses_any() -> None:
    def look() -> torch.Tensor:
        torch.ones(300, 300) @ torch.ones(300, 300)  # a thread's number is set at its first work
        return torch.tensor([part(), torch.get_num_threads()])

    with at_once(2) as run:
        assert [each.tolist() for each in run([look, look])] == [[0.5, 2], [0.5, 2]]
    assert look().tolist() == [1, 4]
    with ThreadPoolExecutor(1) as new:
        assert new.submit(look).result().tolist() == [1, 4]


@pytest.mark.usefixtures("four_cores")
def test_where_one_fails_what_has_not_begun_is_not_begun() -> None:
    begun: list[int] = []
    failed = threading.Event()

    def fails() -> torch.Tensor:
        failed.set()
        raise ValueError("one")

    def waits(number: int) -> torch.Tensor:
        begun.append(number)
        failed.wait(10)
        time.sleep(0.1)  # until the failure is known
        return torch.tensor(0.0)

    with at_once(12) as run, pytest.raises(ValueError, match="one"):
        run([fails, *(partial(waits, number) for number in range(11))])
    assert len(begun) < 11


@pytest.mark.usefixtures("four_cores")
def test_the_context_of_who_asks_holds_and_the_first_that_fails_is_told() -> None:
    known: ContextVar[float] = ContextVar("known", default=0.0)
    known.set(3.0)

    def fails(said: str) -> torch.Tensor:
        raise ValueError(said)

    with at_once(2) as run:
        assert [float(each) for each in run([lambda: torch.tensor(known.get()), number(1.0)])] == [
            3.0,
            1.0,
        ]
        with pytest.raises(ValueError, match="one"):
            run([lambda: fails("one"), lambda: fails("two")])
        assert float(run([number(5.0)])[0]) == 5.0


@pytest.mark.usefixtures("four_cores")
def test_more_models_than_cores_wait_for_one_another() -> None:
    with at_once(6) as run:
        assert [int(each) for each in run([number(value) for value in range(6)])] == list(range(6))


def test_on_one_core_they_go_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    with at_once(2) as run:
        assert run is in_turn
