"""What any input may cost, and which errors it may raise.

Time is what the processor spent on this thread's own code, as on a machine that does nothing else:
it is held against a piece of work of known length where it seems too much. What the system does for
the process, other threads and other processes are not the input's fault, nor is what earlier tests
have left in memory, which no search for garbage goes through meanwhile. Memory is by how much the
process was larger than ever before.
"""

import gc
import json
import math
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import psutil
from hypothesis import HealthCheck, Phase, settings

from fusionlab.errors import FusionError, OutOfBudget

MINUTES = float(os.environ.get("FUSIONLAB_FUZZ_MINUTES", "1"))
"""Of all fuzz tests together."""
TESTS = 19
"""That share them evenly."""
SECONDS = 2.0
YARDSTICK = json.dumps([{str(key): [key] for key in range(50)}] * 1000)
YARDSTICK_SECONDS = 0.65
"""What reading it ten times takes on a quiet machine of 2 cores."""
BYTES = 500_000_000
HANGS = 12.0
"""Seconds of the processor after which an input is given up."""


class OutOfTime(Exception):
    """The test has had its share of the time."""


_until = math.inf
"""When the running test has had its share; by the monotonic clock."""


class TooMuch(AssertionError):
    """An input took more than it may."""


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """The test tries half as many inputs in a minute for all, more in more, or until its time.

    Once an input has failed, no time is short for finding the smallest one that does.
    """

    def decorated(test: Any) -> Any:
        tried, began, failed = test.hypothesis.inner_test, 0.0, False

        @wraps(tried)
        def in_time(*args: Any, **named: Any) -> None:
            nonlocal began, failed
            global _until
            began = began or time.monotonic()
            _until = math.inf if failed else began + 60 * MINUTES / TESTS
            failed, before = True, failed
            try:
                tried(*args, **named)
            except OutOfTime:
                pass
            finally:
                _until = math.inf
            failed = before

        test.hypothesis.inner_test = in_time
        return settings(
            max_examples=max(int(examples * MINUTES / 2), 1),
            deadline=None,
            phases=[phase for phase in Phase if phase is not Phase.explain],
            suppress_health_check=list(HealthCheck),
        )(test)

    return decorated


@contextmanager
def refused_at_most() -> Iterator[None]:
    """Only errors of ours are raised within, soon and in little memory; raises OutOfTime.

    An input that comes too late is drawn all the same: hypothesis must find that drawing one
    depends on nothing else.
    """
    if time.monotonic() > _until:
        raise OutOfTime
    before = psutil.Process().memory_info().rss
    peak = _peak()
    gc.freeze()
    start = _spent()
    try:
        with _interrupted():
            yield
    except OutOfBudget as refusal:
        raise TooMuch(f"memory ran out: {refusal}") from refusal
    except FusionError as refusal:
        _check_said(refusal)
    finally:
        seconds = _spent() - start
        gc.unfreeze()
    if seconds > SECONDS and seconds > SECONDS * _slowness():
        raise TooMuch(f"it took {seconds:.1f} s")
    if _peak() > peak and _peak() - before > BYTES:
        raise TooMuch(f"it took {(_peak() - before) / 1e6:.0f} MB")


def _check_said(refusal: FusionError) -> None:
    """A person can read it."""
    assert refusal.message.strip(), type(refusal)
    assert len(refusal.message) + len(refusal.hint) < 10_000
    assert "Traceback" not in refusal.message


def _spent() -> float:
    """Seconds that the processor has worked for this thread, outside of the system."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_utime


def _slowness() -> float:
    """How many times as long as on a quiet machine a piece of work takes now."""
    start = _spent()
    for _ in range(10):
        json.loads(YARDSTICK)
    return (_spent() - start) / YARDSTICK_SECONDS


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def _interrupted() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooMuch(f"it took more than {HANGS:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
