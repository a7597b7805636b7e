"""Whose turn it is to compute: one at a time, and first who has had the least of it lately.

Models compute one after another, since two at once would only slow each other down. Where many
wait, whoever comes from one address shares one place in the line with all who come from there, so
that nobody can hold it by asking often or under many names.
"""

import ipaddress
import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from fusionlab.errors import FusionError

T = TypeVar("T")

MOST_WAITING = 128
"""Runs that may wait at a time."""
MOST_OF_ONE = 64
"""Of these, from one address."""
HALF_LIFE = 600.0
"""Seconds after which half of what an address has had is forgotten."""
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
    before: int = 0
    """Runs that come before it, the one that computes included."""


@dataclass
class Turns:
    """The line of those who wait for the models, and the one whose turn it is."""

    clock: Callable[[], float] = time.monotonic
    _line: list[Place] = field(default_factory=list)
    _had: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By address: seconds of computing, and when that was so."""
    _lock: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def place(self, address: str) -> Iterator[Place]:
        """A place in the line, which is left at the end; raises FusionError where it is full."""
        place = Place(address)
        with self._lock:
            self._sweep(self.clock())
            of_one = sum(other.address == address for other in self._line)
            if len(self._line) >= MOST_WAITING or of_one >= MOST_OF_ONE:
                raise FusionError(
                    "too many runs are waiting for the models", hint="try again in a minute"
                )
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
        if not ahead and place.began is None:
            place.began = now
        return place.began is not None

    def _comes_before(self, one: Place, other: Place) -> bool:
        if one.began is not None or other.began is not None:
            return one.began is not None
        return self._rank(one) < self._rank(other)

    def _rank(self, place: Place) -> tuple[float, int]:
        return self._seconds(place.address, self.clock()), self._line.index(place)

    def _seconds(self, address: str, now: float) -> float:
        """Of computing that this address has had, what is older counting less."""
        seconds, when = self._had.get(address, (0.0, now))
        return seconds * math.exp2((when - now) / HALF_LIFE)

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
            had = self._seconds(place.address, now) + now - place.began
            self._had[place.address] = (had, now)
            kept = {key: it for key, it in self._had.items() if self._seconds(key, now) >= LOOK}
            self._had = kept


def address_of(host: str, headers: Mapping[str, str]) -> str:
    """Where a request comes from, as far as that can be told.

    Of the addresses that it has passed, the last one that is no private network's: what stands
    before it in `x-forwarded-for` was written by whoever asks. Of IPv6 the network of 64 bits,
    which one household has.
    """
    passed = [*headers.get("x-forwarded-for", "").split(","), host]
    for each in reversed(passed):
        try:
            address = ipaddress.ip_address(each.strip())
        except ValueError:
            continue
        if address.is_global:
            bits = 64 if address.version == 6 else 32
            return str(ipaddress.ip_network((address, bits), strict=False))
    return host
