"""A file is hashed and looked at as it is written, on threads beside: nobody reads it again for
that.
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

import torch
from torch import Tensor

from fusionlab.weights.checkpoint import is_finite
from fusionlab.weights.workers import single_threaded

BEHIND = 8 << 20
"""Bytes that may be written before they are hashed and looked at."""


class Hashed:
    """A stream that is written to, the sha256 of what was written, and what is not finite of it."""

    def __init__(self, stream: BinaryIO, beside: ThreadPoolExecutor) -> None:
        self._stream, self._beside = stream, beside
        self._digest = hashlib.sha256()
        self._waiting: deque[tuple[str, int, Future[bool]]] = deque()
        self._behind = 0
        self.not_finite: list[str] = []
        """Names of tensors in which NaN or Inf was found, each once, in their order."""

    def write(self, data: bytes) -> None:
        """These bytes come next in the file; no number of a tensor is among them."""
        self.settle()
        self._digest.update(data)
        self._stream.write(data)

    def write_tensor(self, name: str, part: Tensor) -> None:
        """The numbers come next in the file; nobody may change them any more."""
        part = part.detach().contiguous()
        data = part.reshape(-1).view(torch.uint8).numpy().data
        self._waiting.append((name, len(data), self._beside.submit(self._look, part, data)))
        self._behind += len(data)
        self._stream.write(data)
        self.settle(BEHIND)

    def _look(self, part: Tensor, data: memoryview) -> bool:
        """Whether the numbers are finite; they are hashed."""
        self._digest.update(data)
        return is_finite(part)

    def settle(self, behind: int = 0) -> None:
        """All but `behind` bytes of what was written are hashed and looked at."""
        while self._behind > behind:
            name, size, looked = self._waiting.popleft()
            self._behind -= size
            if not looked.result() and name not in self.not_finite:
                self.not_finite.append(name)

    @property
    def sha256(self) -> str:
        """Of all that was written, in hexadecimal."""
        self.settle()
        return self._digest.hexdigest()


@contextmanager
def hashed(stream: BinaryIO) -> Iterator[Hashed]:
    """What is written meanwhile is hashed and looked at; no thread is left afterwards."""
    with single_threaded(1) as beside:
        result = Hashed(stream, beside)
        yield result
        result.settle()
