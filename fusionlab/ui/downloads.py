"""Files of visitors, to take away or brought along: each is there until there is another in its
place, or its visitor leaves.

They lie in gradio's own cache, from which it serves, under names that cannot be guessed.
"""

import atexit
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from gradio.utils import get_upload_folder

KEPT = 24 * 3600.0
"""Seconds after which the files of a visitor who never said goodbye are gone as well."""


LEFT_BEHIND = 60.0
"""Seconds after which what gradio wrote of an upload and did not put into its place is gone."""


class Downloads:
    """The files of visitors, by visitor and by the place on the page."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Path] = {}
        self._lock = threading.Lock()
        atexit.register(self.clear)

    def put_text(self, visitor: str, slot: str, name: str, text: str) -> str:
        """The path of a new file with this text, in the place of what stood in the slot."""
        path = self._emptied(visitor, slot) / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def put_copies(self, visitor: str, slot: str, files: Iterable[Path]) -> list[str]:
        """The paths of copies of the files, in the place of what stood in the slot."""
        folder = self._emptied(visitor, slot)
        return [str(shutil.copy(file, folder)) for file in files]

    def adopt(self, visitor: str, slot: str, file: Path) -> None:
        """A file that the visitor brought stands in the slot, and goes when they leave."""
        with self._lock:
            if self._places.get((visitor, slot)) not in (None, file):
                self._remove((visitor, slot))
            self._places[visitor, slot] = file
        for leftover in Path(get_upload_folder()).glob("tmp*"):  # of what was sent twice
            if leftover.is_file() and _age(leftover) > LEFT_BEHIND:
                leftover.unlink(missing_ok=True)

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
        root = Path(get_upload_folder())
        root.mkdir(parents=True, exist_ok=True)
        with self._lock:
            for key, folder in list(self._places.items()):
                if key == (visitor, slot) or _age(folder) > KEPT:
                    self._remove(key)
            folder = Path(tempfile.mkdtemp(prefix="fusionlab-", dir=root))
            self._places[visitor, slot] = folder
        return folder

    def _remove(self, key: tuple[str, str]) -> None:
        place = self._places.pop(key)
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Seconds since the file or folder was written; none where it is gone already."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
