"""Writes files whole or not at all: under a temporary name first, then renamed.

If the disk fills up, the folder cannot be written or the process is killed, the old file stays.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fusionlab.reading import check_name


@contextmanager
def putting(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` to write to, renamed to `path` when the block ends.

    If the block or the renaming raises, `path` is unchanged. Raises OSError.
    """
    check_name(path)
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(OSError):  # on a read-only disk there is none, or it cannot be removed
            part.unlink(missing_ok=True)
