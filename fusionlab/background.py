"""Runs blocking work on a thread or in a process of its own, as a generator of `Progress`."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fusionlab import network
from fusionlab.events import Progress

E = TypeVar("E")
T = TypeVar("T")
TICK = 0.25
"""Seconds between two reports."""


def in_background(
    function: Callable[[], T],
    what: str,
    *,
    done_bytes: Callable[[], float] | None = None,
    total: float = 0.0,
) -> Generator[Progress, None, T]:
    """What `function()` returns or raises, with a `Progress` about four times a second until then.

    Progress counts elapsed seconds, or with `done_bytes` that many bytes of `total`. Closing the
    generator does not stop the function, which must clean up after itself.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001  it is raised again below
            errors.append(error)

    thread = threading.Thread(target=work, name=what, daemon=True)
    start = time.monotonic()
    thread.start()
    while thread.is_alive():
        thread.join(TICK)
        if thread.is_alive():
            yield _progress(what, start, done_bytes, total)
    if errors:
        raise errors[0]
    return results[0]


def stepped(
    steps: Generator[E, None, T], name: str, ending: Callable[[], Any] | None = None
) -> Generator[E | None, None, T]:
    """The steps, taken on a thread of this name; None four times a second while one takes long.

    Closing it takes no time: the step in hand ends by itself, and then the rest is closed, or
    `ending` is called, which closes it. What is thrown in comes to the steps when the one in hand
    is taken.
    """
    worker = ThreadPoolExecutor(1, name)
    thrown: list[Exception] = []
    try:
        while True:
            step = worker.submit(_next, steps, thrown)
            thrown = []
            while not wait([step], TICK).done:
                yield from _listening(None, thrown)
            taken = step.result()
            if isinstance(taken, _Ended):
                return taken.value  # type: ignore[no-any-return]
            yield from _listening(taken, thrown)
    finally:
        worker.submit(ending or steps.close)
        worker.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class _Ended:
    """There are no more steps; what they came to."""

    value: Any


def _listening(value: E, thrown: list[Exception]) -> Generator[E, None, None]:
    """The value; `thrown` has what is thrown in where it is given."""
    try:
        yield value
    except Exception as each:  # noqa: BLE001  it is the steps that answer it
        thrown.append(each)


def _next(steps: Generator[E, None, Any], thrown: Sequence[Exception]) -> E | _Ended:
    try:
        return steps.throw(thrown[0]) if thrown else next(steps)
    except StopIteration as end:
        return _Ended(end.value)


def in_process(
    arguments: Sequence[str],
    what: str,
    *,
    env: Mapping[str, str] | None = None,
    done_bytes: Callable[[], float] | None = None,
    total: float = 0.0,
) -> Generator[Progress, None, tuple[int, str]]:
    """Exit code and standard error of this Python with `arguments`; `Progress` until it ends.

    It has the same packages and environment, plus `env`, and uses no proxy for this machine.
    Closing the generator kills it.
    """
    packages = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    straight = network.straight_to_loopback()
    environment = {**os.environ, **straight, "PYTHONPATH": packages, **(env or {})}
    start = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            while _runs(process):
                yield _progress(what, start, done_bytes, total)
        finally:
            process.kill()
            process.wait()
        log.seek(0)
        return process.returncode, log.read().decode("utf-8", "replace")


def _runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(TICK)
    except subprocess.TimeoutExpired:
        return True
    return False


def _progress(
    what: str, start: float, done_bytes: Callable[[], float] | None, total: float
) -> Progress:
    if done_bytes is None:
        return Progress(what, time.monotonic() - start, unit="seconds")
    done = done_bytes()
    return Progress(what, min(done, total) if total else done, total, "bytes")
