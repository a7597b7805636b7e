"""Passes of several models at the same time, each on its part of the cores.

A pass of one row waits for memory and for Python more than it computes: two models at once, each on
half of the cores, take less time than one after the other on all of them.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

import torch

_part: ContextVar[float] = ContextVar("the part of the cores that a pass has", default=1.0)
_limiting = threading.Lock()

Pass = Callable[[], torch.Tensor]
AtOnce = Callable[[Sequence[Pass]], list[torch.Tensor]]
"""What the passes give, in their order; where some fail, the first of these raises."""


def part() -> float:
    """The part of the cores that passes on this thread have, by which their seconds count."""
    return _part.get()


def in_turn(passes: Sequence[Pass]) -> list[torch.Tensor]:
    """One pass after the other, each on all cores."""
    return [each() for each in passes]


@contextmanager
def at_once(models: int) -> Iterator[AtOnce]:
    """So many models' passes at the same time, or in turn where there is only one core."""
    cores = torch.get_num_threads()
    workers = min(models, cores)
    if workers < 2:
        yield in_turn
        return
    with ThreadPoolExecutor(workers, "pass") as threads:
        limit(threads, workers, cores // workers)

        def run(passes: Sequence[Pass]) -> list[torch.Tensor]:
            if len(passes) < 2:
                return in_turn(passes)
            futures = [threads.submit(_as_here(each, workers)) for each in passes]
            try:
                return [future.result() for future in futures]
            finally:
                for future in futures:
                    future.cancel()  # where one has failed, what has not begun is not begun

        yield run


def limit(pool: Executor, threads: int, cores: int) -> None:
    """The new pool's threads, so many, begin; on each of them torch computes on so many cores."""
    started = threading.Barrier(threads)
    with _limiting:
        before = torch.get_num_threads()

        def begin() -> None:
            started.wait()  # so that there is one of these on each thread
            torch.get_num_threads()  # what was last set anywhere is what a thread begins with
            torch.set_num_threads(cores)

        try:
            for each in [pool.submit(begin) for _ in range(threads)]:
                each.result()
        finally:
            torch.set_num_threads(before)  # so that other new threads begin with that


def _as_here(each: Pass, workers: int) -> Pass:
    """The pass with this thread's context, in which it has its part of the cores."""
    context = copy_context()
    context.run(_part.set, 1 / workers)
    return lambda: context.run(each)
