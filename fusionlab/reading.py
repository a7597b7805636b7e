"""Files and JSON from outside, read within bounds.

A device, a pipe or a file that the system makes up (`/proc`, `/sys`) can block for ever or have no
end. A plain file has a size, and no more than that is read. JSON can be nested so deeply, or hold
numbers of so many digits, that reading it fails in ways that no caller expects.
"""

import json
import os
import stat
from collections.abc import Callable
from json import JSONDecodeError
from pathlib import Path
from typing import Any

MOST = 256_000_000
"""Bytes of one file that are read into memory."""
DEEPEST = 100
"""Levels of lists and objects within one another."""


def read_plain(path: Path, most: int = MOST) -> bytes:
    """The content of a plain file, up to the size that it has when it is opened.

    Raises OSError, also for what is no plain file and for more than `most` bytes.
    """
    check_name(path)
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait for its other end
        raise OSError(f"{path.name} is not a plain file")
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most:
            raise OSError(f"{path.name} has {size:,} bytes; at most {most:,} are read")
        return stream.read(size)


def check_name(path: Path) -> None:
    """A file or folder may have this name; raises OSError where it holds a NUL."""
    if "\0" in str(path):
        raise OSError(f"{str(path)!r} holds a NUL, as no name does")


def is_file(path: Path) -> bool:
    """Whether a file is there; no name is too long or too odd to ask."""
    return _asked(path.is_file)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; no name is too long or too odd to ask."""
    return _asked(path.is_dir)


def _asked(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False


def read_text(path: Path, most: int = MOST) -> str:
    """The text of a plain file in UTF-8, with or without a mark at its beginning.

    Raises OSError or UnicodeDecodeError.
    """
    return read_plain(path, most).decode("utf-8-sig")


def read_json(text: str | bytes) -> Any:
    """What the JSON text says; raises JSONDecodeError, also where it is nested too deeply."""
    try:
        value = json.loads(text)
    except JSONDecodeError:
        raise
    except RecursionError:
        raise _no_json("nested too deeply") from None
    except ValueError as cause:  # bytes that are no UTF-8, or a number of over 4,300 digits
        raise _no_json(str(cause)) from None
    if _is_deep(value):
        raise _no_json("nested too deeply")
    return value


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            each
            for group in level
            for each in (group.values() if isinstance(group, dict) else group)
            if isinstance(each, dict | list)
        ]
        if not level:
            return False
    return True


def _no_json(why: str) -> JSONDecodeError:
    return JSONDecodeError(why, "", 0)
