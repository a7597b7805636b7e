"""Runs that take turns: each goes on until it wants something that only another can give it.

A run is a generator that may want something deep within its calls, so it has a stack of its own: a
thread, of which only one works at a time. A greenlet would be lighter, but may be resumed on the
thread that began it alone, and servers resume a run on whichever is free.
"""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
W = TypeVar("W", bound="Want")


@dataclass(eq=False, slots=True)
class Want:
    """What a run waits for."""

    served: bool = False
    error: Exception | None = None
    """What went wrong as it was served; it is raised in the run."""


class _Stopped(BaseException):
    """The run is to end where it waits."""


class Turn(Generic[T, W]):
    """A run on a thread of its own, which works only while it is told to go on."""

    def __init__(self, run: Iterator[T]) -> None:
        self.want: W | None = None
        self.ended = False
        self.error: Exception | None = None
        self._run = run
        self._news: list[T] = []
        self._stopping = False
        self._at_work = False
        self._begin, self._pause = threading.Lock(), threading.Lock()
        self._begin.acquire()
        self._pause.acquire()
        self._thread = threading.Thread(target=self._work, name="gathered run", daemon=True)
        self._thread.start()

    def go_on(self) -> list[T]:
        """The run works until it waits or ends; what it yielded meanwhile."""
        self._at_work = True
        self._begin.release()
        self._rest()
        news, self._news = self._news, []
        return news

    def wait(self, want: W) -> None:
        """Called by the run: others work until its want is served."""
        if self._stopping:
            raise _Stopped
        self.want = want
        self._pause.release()
        self._begin.acquire()
        self.want = None
        if self._stopping:
            raise _Stopped
        if want.error is not None:
            raise want.error

    def stop(self) -> None:
        """The run is closed and its thread has ended."""
        self._stopping = True
        if self._at_work:  # somebody interrupted us while we waited for it
            self._rest()
        while not self.ended:
            self.go_on()
        self._thread.join()

    def _rest(self) -> None:
        self._pause.acquire()
        self._at_work = False

    def _work(self) -> None:
        self._begin.acquire()
        try:
            if not self._stopping:
                with closing(self._run):  # type: ignore[type-var]  # methods are generators
                    for news in self._run:
                        self._news.append(news)
        except _Stopped:
            pass
        except Exception as error:  # noqa: BLE001  it is handed on
            self.error = error
        finally:
            self.ended = True
            self._pause.release()
