"""Work on threads, as generators."""

import threading
from collections.abc import Generator

import pytest

from fusionlab.background import stepped


def test_steps_come_in_order_with_what_they_come_to() -> None:
    def steps() -> Generator[int, None, str]:
        yield 1
        yield 2
        return "end"

    def whole() -> Generator[int | str | None, None, None]:
        yield (yield from stepped(steps(), "test"))

    assert [each for each in whole() if each] == [1, 2, "end"]


def test_an_error_of_a_step_is_raised_here() -> None:
    def steps() -> Generator[int, None, None]:
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(stepped(steps(), "test"))


def test_closing_it_waits_for_no_step_and_the_rest_is_closed_when_that_has_ended() -> None:
    go_on, closed = threading.Event(), threading.Event()

    def steps() -> Generator[int, None, None]:
        try:
            yield 1
            go_on.wait(20)
            yield 2
            yield 3
        finally:
            closed.set()

    events = stepped(steps(), "test")
    assert next(events) == 1
    assert next(events) is None
    events.close()
    assert not closed.is_set()
    go_on.set()
    assert closed.wait(20)


def test_what_is_thrown_in_reaches_the_steps_once_and_none_of_them_is_lost() -> None:
    go_on = threading.Event()

    def steps() -> Generator[int, None, None]:
        for number in (1, 2, 3):
            try:
                yield number
            except KeyError:
                yield 10 * number
            if number == 1:
                go_on.wait(20)

    events = stepped(steps(), "test")
    assert next(events) == 1
    assert next(events) is None
    assert events.throw(KeyError()) is None
    go_on.set()
    assert [each for each in events if each] == [2, 20, 3]
