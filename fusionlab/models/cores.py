"""Passes of several models at the same time, each on its part of the cores.

A pass of one row waits for memory and for Python more than it computes: two models at once, each on
half of the cores, take much less time than one after the other on all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

import torch
from threadpoolctl import ThreadpoolController

_part: ContextVar[float] = ContextVar("the part of the cores that a pass has", default=1.0)

AtOnce = Callable[[Sequence[Callable[[], torch.Tensor]]], list[torch.Tensor]]
"""What the passes give, in their order; where some fail, the first of these raises."""


def part() -> float:
    """The part of the cores that passes on this thread have, by which their seconds count."""
    return _part.get()


def in_turn(passes: Sequence[Callable[[], torch.Tensor]]) -> list[torch.Tensor]:
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
    controller = ThreadpoolController()

    def begin() -> None:
        # OpenMP keeps the number by thread, so that nobody else's changes.
        controller.limit(limits=cores // workers, user_api="openmp")

    with ThreadPoolExecutor(workers, "pass", initializer=begin) as threads:

        def run(passes: Sequence[Callable[[], torch.Tensor]]) -> list[torch.Tensor]:
            if len(passes) < 2:
                return in_turn(passes)
            futures = [threads.submit(_as_here(each, workers)) for each in passes]
            return [future.result() for future in futures]

        yield run


def _as_here(each: Callable[[], torch.Tensor], workers: int) -> Callable[[], torch.Tensor]:
    """The pass with this thread's context, in which it has its part of the cores."""
    context = copy_context()
    context.run(_part.set, 1 / workers)
    return lambda: context.run(each)
