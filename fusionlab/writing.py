"""Files are written whole, or not at all: under another name first, which is gone afterwards.

A disk that fills up, a folder that cannot be written and a process that is killed leave what stood
under the name before.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fusionlab.reading import check_name


@contextmanager
def putting(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; what was written there is `path` when the block ends.

    Where the block or the renaming raises, `path` is as it was. Raises OSError.
    """
    check_name(path)
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(OSError):  # on a disk that cannot be written there is none, nor can it go
            part.unlink(missing_ok=True)
