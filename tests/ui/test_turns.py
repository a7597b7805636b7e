"""Whose turn it is: one at a time, and nobody holds the line by asking often."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.errors import FusionError
from fusionlab.limits import Limits
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.ui import live, turns
from fusionlab.ui.live import LiveRuns, Visitor, traces
from fusionlab.ui.turns import ABANDONED, LEAST, MOST_WAITING, Place, Turns, address_of


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a second."""
    monkeypatch.setattr(turns, "LOOK", 0.0)


def served(
    line: Turns,
    clock: Clock,
    places: dict[Place, ExitStack],
    seconds: Callable[[str], float],
) -> str:
    """The address whose turn it is; it computes so long and leaves."""
    for place in places:
        line.comes(place)
    (first,) = [place for place in places if place.began is not None]
    clock.now += seconds(first.address)
    places.pop(first).close()
    return first.address


def arrived(line: Turns, address: str) -> tuple[Place, ExitStack]:
    stack = ExitStack()
    return stack.enter_context(line.place(address)), stack


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    st.lists(st.sampled_from([0.01, 3.0, 120.0]), min_size=3, max_size=3),
)
def test_all_who_wait_get_as_many_seconds_whoever_asks_more(
    asked: list[str], seconds: list[float]
) -> None:
    clock, line, taken = Clock(), Turns(Clock()), dict.fromkeys("abc", 0.0)
    line.clock = clock
    takes = dict(zip("abc", seconds, strict=True))
    places = dict(arrived(line, address) for address in asked)
    left = Counter(asked)
    while places:
        waiting = [address for address in left if left[address]]
        now = served(line, clock, places, lambda address: takes[address])
        assert now in waiting
        # Nobody who waits is more than one turn of anybody behind.
        assert all(taken[now] <= taken[other] + 1e-6 for other in waiting)
        taken[now] += max(takes[now], LEAST)
        left[now] -= 1


@pytest.mark.parametrize("seconds", [0.1, 0.95, 120.0])
def test_somebody_new_comes_right_after_the_one_who_computes(seconds: float) -> None:
    clock = Clock()
    line = Turns(clock)
    places = dict(arrived(line, "flood") for _ in range(20))
    for _ in range(3):
        assert served(line, clock, places, lambda _: seconds) == "flood"
        places.update([arrived(line, "class")])
        assert served(line, clock, places, lambda _: seconds) == "class"
        clock.now += 3600


def test_who_computed_while_nobody_waited_owes_nothing_for_it() -> None:
    clock = Clock()
    line = Turns(clock)
    places = dict([arrived(line, "class")])
    assert served(line, clock, places, lambda _: 600.0) == "class"
    places.update(arrived(line, who) for who in ("class", "flood", "flood", "flood"))
    order = [served(line, clock, places, lambda _: 120.0) for _ in range(4)]
    assert order == ["class", "flood", "flood", "flood"]
    assert line._had == {}


def test_those_of_one_address_come_in_the_order_they_came_in() -> None:
    line = Turns(Clock())
    places = [arrived(line, "class") for _ in range(3)]
    for at, (place, stack) in enumerate(places):
        assert [line.comes(other) for other, _ in places[at:]] == [True, *[False] * (2 - at)]
        assert [other.before for other, _ in places[at + 1 :]] == list(range(1, 3 - at))
        assert place.began is not None
        stack.close()


def test_a_line_that_is_full_says_so_and_one_address_never_fills_it() -> None:
    line = Turns(Clock())
    with ExitStack() as all_of_them:
        for address, places in (("flood", MOST_WAITING // 2), ("flood 2", MOST_WAITING // 4)):
            for _ in range(places):
                all_of_them.enter_context(line.place(address))
            with pytest.raises(FusionError, match="too many runs"), line.place(address):
                pass
        all_of_them.enter_context(line.place("class"))
    with line.place("late") as place:
        assert line.comes(place)


def test_a_run_that_nobody_watches_gives_up_its_turn_and_one_that_computes_does_not() -> None:
    clock = Clock()
    line = Turns(clock)
    (first, first_stack), (second, second_stack) = arrived(line, "a"), arrived(line, "b")
    assert line.comes(first)
    clock.now += 2 * ABANDONED  # it computes
    assert not line.comes(second)
    pictures = line.watched(first, (picture for picture in "xyz"))
    assert next(pictures) == "x"
    clock.now += 2 * ABANDONED  # nobody asked for another picture
    assert line.comes(second)
    assert list(pictures) == []
    first_stack.close()
    second_stack.close()


@pytest.mark.parametrize(
    ("host", "forwarded", "address"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("10.1.2.3", ["8.8.4.4"], "8.8.4.4/32"),
        ("10.1.2.3", ["1.1.1.1, 8.8.4.4, 10.9.9.9"], "8.8.4.4/32"),  # the first is anybody's word
        ("10.1.2.3", ["1.1.1.1", "8.8.4.4"], "8.8.4.4/32"),
        ("10.1.2.3", ["1.1.1.1, 8.8.4.4:5123"], "8.8.4.4/32"),
        ("10.1.2.3", ["1.1.1.1, [2606:4700:1:2::5]:80"], "2606:4700:1::/56"),
        ("10.1.2.3", ["1.1.1.1, what the proxy says"], "10.1.2.3"),
        ("9.9.9.9", ["1.1.1.1"], "9.9.9.9/32"),
        ("10.0.0.1", ["2606:4700:1:2:3:4:5:6"], "2606:4700:1::/56"),
        ("10.0.0.1", ["<script>, , unknown"], "10.0.0.1"),
        ("", [], ""),
    ],
)
def test_where_a_request_comes_from(host: str, forwarded: list[str], address: str) -> None:
    assert address_of(host, forwarded) == address


def test_many_who_begin_end_nobody_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_WANTED", 10)
    runs = LiveRuns()
    ann = runs.begin(Visitor("ann"))
    with closing(runs.in_turn(ann, lambda: iter("xyz"), "", "")) as work:  # type: ignore[type-var]
        assert next(work) == "x"
        for at in range(30):
            runs.begin(Visitor(f"flood {at}"))
        assert runs.wanted(ann)


def solo(tiny: Path) -> Recipe:
    return Recipe("solo", "one", (MemberRecipe(f"path:{tiny}"),))


def test_a_run_waits_for_the_one_before_and_knows_how_many_there_are(tiny: Path) -> None:
    runs = LiveRuns()
    ann, ben = (runs.begin(Visitor(who)) for who in ("ann", "ben"))
    asked = threading.Event()

    def long_work() -> Iterator[str]:
        yield "begun"
        asked.wait(10)

    with closing(runs.in_turn(ann, long_work, "", "debate")) as work:  # type: ignore[type-var]
        assert next(work) == "begun"
        waits = traces(solo(tiny), runs, ben)
        first = next(waits)
        assert (first.status, first.records, runs.before(ben)) == ("running", [], 1)
        assert runs.now(ben) == "debate"
        asked.set()
        assert list(work) == []
    *_, last = waits
    assert (last.status, runs.before(ben)) == ("finished", 0)


def test_a_run_that_is_not_wanted_any_more_does_not_begin(tiny: Path) -> None:
    runs = LiveRuns()
    name = runs.begin(Visitor("ann"))
    runs.stop("ann")
    (trace,) = traces(solo(tiny), runs, name)
    assert (trace.status, trace.records) == ("stopped", [])
    (trace,) = traces(solo(tiny), runs, "a name that was never given")
    assert (trace.status, trace.records) == ("stopped", [])


def test_a_run_begins_once(tiny: Path) -> None:
    runs = LiveRuns()
    name = runs.begin(Visitor("ann"))
    first = traces(solo(tiny), runs, name)
    next(first)
    *_, again = traces(solo(tiny), runs, name)
    assert again.status == "failed"


def test_several_runs_of_one_click_share_their_time(tiny: Path) -> None:
    runs = LiveRuns()
    for used, status in ((100.0, "stopped"), (1.0, "finished")):
        name = runs.begin(Visitor("ann"))
        *_, last = traces(solo(tiny), runs, name, Limits(seconds=99), used)
        assert last.status == status
