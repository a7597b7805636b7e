"""Several answers of one server, read side by side, a thread each.

`Hangup` cuts their connections from outside, also one that still waits for its first byte, so that
stopping a run never waits for a server.
"""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from fusionlab.models.base import Chunk

GRACE_SECONDS = 2.0
"""How long a closed generation waits for its threads."""


class Hangup:
    """Connections that can be cut from another thread."""

    def __init__(self) -> None:
        self._cut = threading.Event()
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def cut(self) -> bool:
        """Whether all is over."""
        return self._cut.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether all was over within this time; returns as soon as it is."""
        return self._cut.wait(seconds)

    def watch(self, name: str, info: dict[str, Any]) -> None:
        """httpx's trace hook: remembers each socket as soon as it is connected."""
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._sockets.append(info["return_value"].get_extra_info("socket"))
                cut = self.cut
            if cut:
                self()

    def __call__(self) -> None:
        """All connections are cut; whoever reads from one gets its end."""
        with self._lock:
            self._cut.set()
            for connection in self._sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Deadline:
    """Cuts a request whose answer has not begun in time, however busily its server sends.

    Silence between two bytes is httpx's own to measure; headers without an end are never silent.
    """

    def __init__(self, seconds: float, hangup: Hangup) -> None:
        self._others = hangup
        self._own = Hangup()
        self._timer = threading.Timer(seconds, self._own)
        self._timer.daemon = True

    def watch(self, name: str, info: dict[str, Any]) -> None:
        """httpx's trace hook: the socket can be cut by this deadline, and by whoever hangs up."""
        self._own.watch(name, info)
        self._others.watch(name, info)

    def met(self) -> None:
        """The answer has begun; it can no longer be late."""
        self._timer.cancel()

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """No thread waits any more; raises TimeoutError where the request was cut."""
        self.met()
        self._timer.join()
        if isinstance(error, Exception) and self._own.cut:
            raise TimeoutError


Read = Callable[[Sequence[int], Hangup], Iterator[Chunk]]


class Reading(Iterator[Chunk]):
    """The chunks of all units of rows as they come, at most `workers` units at a time.

    All are asked for at once, before the first chunk is taken. `usage.seconds` is wall time, split
    evenly over the rows that share it. The first error ends all; closing cuts every connection.
    """

    def __init__(self, units: Sequence[Sequence[int]], workers: int, read: Read) -> None:
        self._hangup = Hangup()
        self._arrived = queue.SimpleQueue[Chunk | Exception | None]()
        waiting = queue.SimpleQueue[Sequence[int]]()
        for unit in units:
            waiting.put(unit)
        work = (waiting, self._arrived, read, self._hangup, _Clock())
        self._threads = [
            threading.Thread(target=_answer, args=work, name=f"answer {n}", daemon=True)
            for n in range(min(workers, len(units)))
        ]
        self._running = len(self._threads)
        for thread in self._threads:
            thread.start()

    def __next__(self) -> Chunk:
        """The next chunk of any row; raises the first error there was."""
        while self._running:
            match self._arrived.get():
                case None:
                    self._running -= 1
                case Exception() as error:
                    self.close()
                    raise error
                case Chunk() as chunk:
                    return chunk
        self.close()
        raise StopIteration

    def close(self) -> None:
        """Every connection is cut, and nothing runs any more."""
        self._hangup()
        self._running = 0
        for thread in self._threads:
            thread.join(GRACE_SECONDS)

    def __del__(self) -> None:
        """Dropping an unclosed reading cuts its connections."""
        self._hangup()


def _answer(
    waiting: "queue.SimpleQueue[Sequence[int]]",
    arrived: "queue.SimpleQueue[Chunk | Exception | None]",
    read: Read,
    hangup: Hangup,
    clock: "_Clock",
) -> None:
    """A thread's work: unit after unit is read until none is left, or all are cut."""
    with contextlib.suppress(queue.Empty):
        while not hangup.cut:
            unit = waiting.get_nowait()
            clock.start(unit)
            try:
                for chunk in read(unit, hangup):
                    arrived.put(clock.stamped(chunk))
            except Exception as error:  # noqa: BLE001  it is raised again in the reader
                arrived.put(error)
    arrived.put(None)


class _Clock:
    """Splits wall time evenly over the rows that run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[int, float] = {}
        self._last = time.perf_counter()

    def start(self, rows: Iterable[int]) -> None:
        with self._lock:
            self._share()
            self._spent |= dict.fromkeys(rows, 0.0)

    def stamped(self, chunk: Chunk) -> Chunk:
        if chunk.usage is None:
            return chunk
        with self._lock:
            self._share()
            seconds = self._spent.pop(chunk.row, 0.0)
        return replace(chunk, usage=replace(chunk.usage, seconds=seconds))

    def _share(self) -> None:
        now = time.perf_counter()
        for row in self._spent:
            self._spent[row] += (now - self._last) / len(self._spent)
        self._last = now
