"""Files for visitors to take away: each is there until its visitor gets another or leaves.

A result is kept a while longer, under a name that only its visitor's browser knows, so that the
page can be loaded again without losing it.

They lie in gradio's cache, from which it serves, under names that cannot be guessed. The cache is a
folder of this process alone, so that all of it can be swept: what is a day old goes, what is oldest
goes where there is too much, and everything at the end.
"""

import atexit
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

OURS = "fusionlab-"
"""What folders of files to take away are called; all else was brought."""
BROUGHT = 600.0
"""Seconds for which a file that was brought stays: two visitors who bring the same share one."""
KEPT = 24 * 3600.0
"""Seconds after which a file is gone, whoever it is of."""
RESULTS = "results"
"""The folder of results that are kept for a page that is loaded again."""
RESULTS_KEPT = 3600.0
"""Seconds for which a result is kept."""
MOST_RESULTS = 500
"""Results that are kept; of more the oldest is gone."""
NAME = re.compile(r"[\w-]{22}", re.ASCII)
"""What a result is called: 128 bits that nobody can guess."""
MOST_BYTES = 2**30
"""Of all files together."""
SWEPT = 60.0
"""Seconds between two sweeps."""
PLACE = "GRADIO_TEMP_DIR"


@cache
def own_cache() -> Path:
    """The folder in which gradio keeps files from now on; it is deleted when the process ends."""
    place = Path(os.environ.get(PLACE) or tempfile.gettempdir())
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fusionlab-", dir=place))
    os.environ[PLACE] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Downloads:
    """The files of visitors, by visitor and by the place on the page."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or own_cache()
        self._places: dict[tuple[str, str], Path] = {}
        self._lock = threading.Lock()

    def put_text(self, visitor: str, slot: str, name: str, text: str) -> str:
        """The path of a new file with this text, in the place of what stood in the slot."""
        path = self._emptied(visitor, slot) / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def put_copies(self, visitor: str, slot: str, files: Iterable[Path]) -> list[str]:
        """The paths of copies of the files, in the place of what stood in the slot."""
        folder = self._emptied(visitor, slot)
        return [str(shutil.copy(file, folder)) for file in files]

    def room(self, visitor: str, slot: str) -> Path:
        """An empty folder for files that are written there, in the place of what stood there."""
        return self._emptied(visitor, slot)

    def keep(self, text: str, name: str = "") -> str:
        """A result is kept for its visitor's next look; the name by which `kept` finds it.

        It takes the place of the one of the name that is given.
        """
        folder = self._root / RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        name = name or secrets.token_urlsafe(16)
        (folder / name).write_text(text, encoding="utf-8")
        with self._lock:
            oldest_first = sorted(folder.iterdir(), key=os.path.getmtime)
            for path in oldest_first[:-MOST_RESULTS]:
                path.unlink(missing_ok=True)
        return name

    def kept(self, name: str) -> str | None:
        """The result of this name, as long as it is kept."""
        path = self._root / RESULTS / name
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        return path.read_text(encoding="utf-8")

    def forget(self, visitor: str) -> None:
        """The visitor's files are gone."""
        with self._lock:
            for key in [key for key in self._places if key[0] == visitor]:
                self._remove(key)

    def clear(self) -> None:
        """Nobody's files are left."""
        with self._lock:
            for key in list(self._places):
                self._remove(key)

    def _emptied(self, visitor: str, slot: str) -> Path:
        with self._lock:
            if (visitor, slot) in self._places:
                self._remove((visitor, slot))
            self._root.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=OURS, dir=self._root))
            self._places[visitor, slot] = folder
        return folder

    def _remove(self, key: tuple[str, str]) -> None:
        shutil.rmtree(self._places.pop(key), ignore_errors=True)


def sweep(root: Path) -> None:
    """What is too old is gone, and of what is too much the oldest."""
    found = []
    for path in root.rglob("*"):
        with suppress(FileNotFoundError):  # its visitor has just left
            if not path.is_dir():
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
    total, now = 0, time.time()
    for written, size, path in sorted(found, reverse=True):
        total += size
        if now - written > _age_of(path, root) or total > MOST_BYTES:
            path.unlink(missing_ok=True)


def _age_of(path: Path, root: Path) -> float:
    """Seconds for which this file of the cache may stay."""
    if path.parent == root / RESULTS:
        return RESULTS_KEPT
    return KEPT if path.parent.name.startswith(OURS) and path.parent != root else BROUGHT


def sweeping(until: threading.Event, also: Callable[[], None]) -> None:
    """The cache is swept once a minute, and what `also` sweeps, in a thread of its own."""

    def work() -> None:
        while not until.wait(SWEPT):
            sweep(own_cache())
            also()

    threading.Thread(target=work, name="sweep", daemon=True).start()
