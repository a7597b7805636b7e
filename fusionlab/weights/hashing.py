"""A file is hashed as it is written, on a thread beside: nobody reads it again for that."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO


class Hashed:
    """A stream that is written to, and the sha256 of what it was given."""

    def __init__(self, stream: BinaryIO, beside: ThreadPoolExecutor) -> None:
        self._stream, self._beside = stream, beside
        self._digest = hashlib.sha256()

    def write(self, data: bytes | memoryview) -> None:
        """The data are written and hashed, and not needed any more."""
        hashing = self._beside.submit(self._digest.update, data)
        self._stream.write(data)
        hashing.result()

    @property
    def sha256(self) -> str:
        """Of all that was written, in hexadecimal."""
        return self._digest.hexdigest()


@contextmanager
def hashed(stream: BinaryIO) -> Iterator[Hashed]:
    """What is written meanwhile is hashed; no thread is left afterwards."""
    with ThreadPoolExecutor(1) as beside:
        yield Hashed(stream, beside)
