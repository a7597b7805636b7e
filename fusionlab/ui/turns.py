"""Whose turn it is to compute: one at a time, and all addresses get as much of it.

Models compute one after another, since two at once would only slow each other down. Where many
wait, whoever comes from one address shares one place in the line with all who come from there, so
that nobody can hold it by asking often or under many names. Who computed while nobody waited owes
nothing for it: start-time fair queueing, https://doi.org/10.1145/248157.248171.
"""

import ipaddress
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from fusionlab.errors import FusionError

T = TypeVar("T")

MOST_WAITING = 128
"""Runs that may wait at a time; from one address, no more than there are places left."""
LEAST = 0.5
"""Seconds that a turn counts at least, however short it was."""
ABANDONED = 30.0
"""Seconds for which nobody asked a run for its next picture: it gives up its turn."""
LOOK = 1.0
"""Seconds between two looks at whether a run that waits is still wanted."""


@dataclass(eq=False)
class Place:
    """A run's place in the line."""

    address: str
    left: float | None = None
    """Since when nobody has asked for its next picture; None while it is at work."""
    began: float | None = None
    """When its turn came."""
    start: float = 0.0
    """By the line's own clock, when its turn came: the seconds that everybody has had."""
    before: int = 0
    """Runs that come before it, the one that computes included."""
    doing: str = ""
    """The method by which it computes."""
    now: str = ""
    """The method of the one that computes, as long as it waits for that."""


@dataclass
class Turns:
    """The line of those who wait for the models, and the one whose turn it is."""

    clock: Callable[[], float] = time.monotonic
    _line: list[Place] = field(default_factory=list)
    _everyone: float = 0.0
    """Seconds that everybody who waits has had."""
    _had: dict[str, float] = field(default_factory=dict)
    """The same of addresses that have had more."""
    _lock: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def place(self, address: str, doing: str = "") -> Iterator[Place]:
        """A place in the line, which is left at the end; raises FusionError where it is full."""
        place = Place(address, doing=doing)
        with self._lock:
            self._sweep(self.clock())
            of_one = sum(other.address == address for other in self._line)
            if of_one >= MOST_WAITING - len(self._line):
                raise FusionError("app-too-many-waiting")
            self._line.append(place)
        try:
            yield place
        finally:
            with self._lock:
                self._leave(place, self.clock())
                self._lock.notify_all()

    def comes(self, place: Place) -> bool:
        """Whether it is this one's turn, now or within a second."""
        with self._lock:
            return self._lock.wait_for(lambda: self._first(place), LOOK)

    def watched(self, place: Place, pictures: Generator[T]) -> Iterator[T]:
        """The pictures; they end where nobody asks for the next one in time."""
        with closing(pictures):
            for picture in pictures:
                place.left = self.clock()
                yield picture
                place.left = None
                if place not in self._line:
                    return

    def _first(self, place: Place) -> bool:
        """Whether it is this one's turn; takes it."""
        now = self.clock()
        self._sweep(now)
        if place not in self._line:
            return False
        ahead = [one for one in self._line if one is not place and self._comes_before(one, place)]
        place.before = len(ahead)
        place.now = next((one.doing for one in ahead if one.began is not None), "")
        if not ahead and place.began is None:
            place.began = now
            place.start = self._everyone = self._owes(place.address)
        return place.began is not None

    def _comes_before(self, one: Place, other: Place) -> bool:
        if one.began is not None or other.began is not None:
            return one.began is not None
        return self._rank(one) < self._rank(other)

    def _rank(self, place: Place) -> tuple[float, int]:
        return self._owes(place.address), self._line.index(place)

    def _owes(self, address: str) -> float:
        return self._had.get(address, self._everyone)

    def _sweep(self, now: float) -> None:
        """Places whose run nobody watches any more are given up."""
        for place in list(self._line):
            if place.left is not None and now - place.left > ABANDONED:
                self._leave(place, now)

    def _leave(self, place: Place, now: float) -> None:
        if place not in self._line:
            return
        self._line.remove(place)
        if place.began is not None:
            self._had[place.address] = place.start + max(now - place.began, LEAST)
        if not self._line:
            self._everyone = max([self._everyone, *self._had.values()])
        self._had = {key: had for key, had in self._had.items() if had > self._everyone}


def address_of(host: str, forwarded: Sequence[str]) -> str:
    """Where a request comes from, as far as that can be told; `forwarded` are the header's lines.

    Of the addresses that it has passed, the last one that is no private network's: what stands
    before it in `x-forwarded-for` was written by whoever asks. Of IPv6 the network of 56 bits,
    which one household has. Where something else stands there, the host that asks us.
    """
    passed = [each for line in forwarded for each in line.split(",") if each.strip()]
    for each in [host, *reversed(passed)]:
        try:
            address = ipaddress.ip_address(_without_port(each.strip()))
        except ValueError:
            return host
        if address.is_global:
            bits = 56 if address.version == 6 else 32
            return str(ipaddress.ip_network((address, bits), strict=False))
    return host


def _without_port(each: str) -> str:
    if each.startswith("["):
        return each[1:].partition("]")[0]
    return each.partition(":")[0] if each.count(":") == 1 else each
