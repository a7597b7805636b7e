"""Data that visitors bring to train on: kept here for a while, under names that nobody can guess.

They lie in a folder of this process alone, from which nothing is served. A form says
`brought:NAME/file.jsonl`; whoever does not know the name has no such data, and a path of this
machine is none.
"""

import atexit
import re
import secrets
import shutil
import tempfile
import threading
import time
from functools import cache
from pathlib import Path

from fusionlab.errors import RecipeError
from fusionlab.reading import read_plain

BROUGHT = "brought:"
"""What names of such data begin with."""
KINDS = (".txt", ".md", ".jsonl", ".ndjson")
LARGEST = 10_000_000
"""Bytes of one file: all of it is read and cut into tokens for each plan."""
MOST = 500_000_000
"""Bytes of all of them; of more the oldest is gone."""
KEPT = 24 * 3600.0
"""Seconds for which a file is kept."""
LONGEST_NAME = 80
_NAME = re.compile(r"[\w-]{22}", re.ASCII)
_lock = threading.Lock()


def brought(path: str) -> str:
    """The name by which a form has the data of this file from now on.

    Raises RecipeError for one that is too large, no text, or neither text nor JSON Lines.
    """
    file = Path(path)
    if file.suffix.lower() not in KINDS:
        raise RecipeError("brought-kind", file=_shown(file), kinds=", ".join(KINDS))
    size = file.stat().st_size
    if size > LARGEST:
        raise RecipeError("brought-large", file=_shown(file), most=LARGEST, bytes=size)
    content = read_plain(file, LARGEST)
    name = secrets.token_urlsafe(16)
    with _lock:
        folder = _room() / name
        folder.mkdir()
        (folder / _shown(file)).write_bytes(content)
    sweep_brought()
    return f"{BROUGHT}{name}/{_shown(file)}"


def place_of(data: str) -> str:
    """Where the data of this name lie; raises RecipeError where there are none."""
    name, _, file = data.removeprefix(BROUGHT).partition("/")
    found = [*(_room() / name).glob("*")] if _NAME.fullmatch(name) else []
    if not found or found[0].name != file:
        raise RecipeError("brought-gone", file=file[:LONGEST_NAME])
    return str(found[0])


@cache
def _room() -> Path:
    """The folder of all of them, which only this user may enter; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="fusionlab-brought-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _shown(file: Path) -> str:
    """The file's name, no longer than a page shows."""
    return file.stem[: LONGEST_NAME - len(file.suffix)] + file.suffix


def sweep_brought() -> None:
    """What is too old is gone, and of what is too much the oldest."""
    total, now = 0, time.time()
    with _lock:
        newest_first = sorted(_room().glob("*/*"), key=lambda file: -file.stat().st_mtime)
        for file in newest_first:
            total += file.stat().st_size
            if total > MOST or now - file.stat().st_mtime > KEPT:
                shutil.rmtree(file.parent)
