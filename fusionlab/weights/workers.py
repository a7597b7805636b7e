"""Work done ahead by threads, in order, as far as memory allows.

Many small tensors are done side by side, each on one processor: torch's own threads wait for one
another longer than such work takes. A large one is done alone, with all of torch's threads.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch

from fusionlab.models.cores import limit

TOGETHER = 128_000_000
"""Bytes that all jobs begun ahead may hold together; one that holds more is done alone."""
MOST = 8
"""Threads."""
EACH = 4
"""Jobs begun ahead for each thread: with more, memory would not be used again while it is warm."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """Something that makes one run of rows of a tensor, or what else is made of it."""

    name: str
    """Of the tensor."""
    do: Callable[[], T]
    held: int
    """Bytes that it holds while it is done, the result included."""


class Ahead(Generic[T]):
    """Does jobs in their order, some of them before they are asked for."""

    def __init__(self, jobs: Sequence[Job[T]], pool: ThreadPoolExecutor, threads: int) -> None:
        self._jobs, self._pool, self._most = jobs, pool, EACH * threads
        self._first = {job.name: place for place, job in reversed(list(enumerate(jobs)))}
        self._begun: deque[tuple[int, Future[T]]] = deque()
        self._next = 0

    def make(self, name: str) -> Iterator[T]:
        """The tensor's runs of rows, one after another."""
        place = self._first[name]
        while place < len(self._jobs) and self._jobs[place].name == name:
            yield self._result(place)
            place += 1

    def _result(self, place: int) -> T:
        if not self._begun or self._begun[0][0] != place:
            self.forget()
            self._next = place
        self._begin()
        if not self._begun:  # it is too large to be done beside others
            self._next = place + 1
            return self._jobs[place].do()
        _, future = self._begun.popleft()
        result = future.result()
        self._begin()
        return result

    def _begin(self) -> None:
        held = sum(self._jobs[place].held for place, _ in self._begun)
        while self._next < len(self._jobs) and len(self._begun) < self._most:
            job = self._jobs[self._next]
            if held + job.held > TOGETHER:
                break
            self._begun.append((self._next, self._pool.submit(job.do)))
            held += job.held
            self._next += 1

    def forget(self) -> None:
        """What was begun and nobody asked for is let go."""
        for _, future in self._begun:
            future.cancel()
        self._begun.clear()


@contextmanager
def ahead(jobs: Sequence[Job[T]]) -> Iterator[Ahead[T]]:
    """The jobs are done ahead meanwhile; no thread is left afterwards."""
    threads = min(torch.get_num_threads(), MOST)
    with single_threaded(threads) as pool:
        work = Ahead(jobs, pool, threads)
        try:
            yield work
        finally:
            work.forget()


@contextmanager
def single_threaded(count: int) -> Iterator[ThreadPoolExecutor]:
    """As many threads, in each of which torch uses one processor; none is left afterwards."""
    with ThreadPoolExecutor(count) as pool:
        limit(pool, count, 1)
        yield pool
