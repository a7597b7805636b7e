"""Exports that are used of themselves, and made aside while transformers still answers.

A model is exported once, by a process that lets other work go first, and the run that began it is
told; the next one finds the export. Small models are left alone, as is everything where the
variable `FUSIONLAB_ONNX` is "off".
"""

import atexit
import os
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from fusionlab.engines import onnx_export
from fusionlab.engines.exports import News
from fusionlab.engines.onnx_export import exported, is_known, place_of, quality_of
from fusionlab.errors import FusionError, SourceError
from fusionlab.events import Warned
from fusionlab.sources import store
from fusionlab.sources.opening import elements_in
from fusionlab.words import Sentence

Making = Generator[News, None, Any]
"""Steps that make an export."""
VARIABLE = "FUSIONLAB_ONNX"
FEWEST = 20_000_000
"""Weights from which an export is made unasked. One of a small model pays for its ten seconds after
some thousand tokens only: with 0.1 million weights a pass takes 0.5 ms here, 4 in transformers."""


def standing(folder: Path, name: str) -> Generator[News, None, Path | None]:
    """The export of the model in the folder, where one stands that can be used; None else.

    If there could be one, making it is begun. Where one cannot be used the run is told why.
    """
    if not suits(folder):
        return None
    target = yield from place_of(folder)
    making = partial(exported, folder, name, gently=True)
    return (yield from taken(target, name, _why_not, making))


def _why_not(export: Path, name: str) -> SourceError | None:
    """Why the export is not used; None where it can be."""
    return None if quality_of(export).usable else onnx_export.too_far(export, name)


def taken(
    target: Path,
    name: str,
    unusable: Callable[[Path, str], SourceError | None],
    making: Callable[[], Making],
) -> Generator[News, None, Path | None]:
    """The export `target`, where it stands and can be used; else making it is begun.

    Where one cannot be made or used the run is told why.
    """
    if target.exists() and not (yield from store.fault(target)):
        why = unusable(target, name)
        if why is None:
            return target
        yield Warned.of("onnx-not-used", why=why.sentence, name=name)
        return None
    if why_not := _ASIDE.failure(target):
        yield Warned.of("onnx-not-used", why=why_not, name=name)
    else:
        _ASIDE.begin(target, name, making)
        yield Warned.of("onnx-in-the-making", name=name)
    return None


def allowed() -> bool:
    """Whether exports are used and made unasked on this machine."""
    import torch

    off = os.environ.get(VARIABLE, "").strip().lower() == "off"
    return not (off or torch.accelerator.is_available())


def suits(folder: Path) -> bool:
    """Whether the model is one that gains by an export, on this machine."""
    if not allowed() or not is_known(folder):  # transformers computes them, as it always did
        return False
    return sum(elements_in(folder).values()) >= FEWEST


class _Aside:
    """The exports that are being made in this process, and those that failed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[Path, threading.Thread] = {}
        self._failures: dict[Path, Sentence] = {}
        self._stopped = threading.Event()

    def failure(self, target: Path) -> Sentence | None:
        """Why there is no such export, where making it was tried."""
        with self._lock:
            return self._failures.get(target)

    def begin(self, target: Path, name: str, making: Callable[[], Making]) -> None:
        """The export is being made, by one thread that watches over one process."""
        with self._lock:
            if target not in self._threads and not self._stopped.is_set():
                work = (target, name, making)
                thread = threading.Thread(
                    target=self._make, args=work, name=f"exporting {name}", daemon=True
                )
                self._threads[target] = thread
                thread.start()

    def wait(self, target: Path) -> None:
        """Nothing is at work on this export any more."""
        if thread := self._threads.get(target):
            thread.join()

    def stop(self) -> None:
        """Whatever is at work is ended, and leaves nothing behind."""
        self._stopped.set()
        for thread in list(self._threads.values()):
            thread.join()

    def _make(self, target: Path, name: str, making: Callable[[], Making]) -> None:
        try:
            with closing(making()) as steps:
                for _ in steps:
                    if self._stopped.is_set():
                        return
        except (FusionError, OSError) as cause:
            with self._lock:
                self._failures[target] = _said(cause, name)
        finally:
            with self._lock:
                self._threads.pop(target, None)


def _said(cause: FusionError | OSError, name: str) -> Sentence:
    if isinstance(cause, FusionError):
        return cause.sentence
    return Sentence("onnx-export-failed", {"name": name, "said": str(cause)})


_ASIDE = _Aside()
atexit.register(_ASIDE.stop)
