"""What a disk does to a file or a folder, and a conversion that takes no time."""

import os
import random
import shutil
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

WEIGHTS = "model.safetensors"
Damage = Callable[[Path], object]


def garbled(file: Path) -> None:
    """A tenth of the file's second half are other bytes; its time is as it was."""
    data, rng = bytearray(file.read_bytes()), random.Random(0)
    for at in range(len(data) // 2, len(data), 10):
        data[at] ^= rng.randrange(1, 256)
    _rewrite(file, bytes(data))


def cut(file: Path) -> None:
    """Its last third is missing."""
    _rewrite(file, file.read_bytes()[: file.stat().st_size * 2 // 3])


def emptied(file: Path) -> None:
    """Nothing is left of it but the name."""
    _rewrite(file, b"")


def _rewrite(file: Path, data: bytes) -> None:
    before = file.stat()
    file.write_bytes(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def without_files(folder: Path) -> None:
    """The folder is empty."""
    for file in folder.iterdir():
        file.unlink()


DAMAGES: Mapping[str, Damage] = {
    "random bytes in the weights": lambda folder: garbled(folder / WEIGHTS),
    "cut weights": lambda folder: cut(folder / WEIGHTS),
    "empty weights": lambda folder: emptied(folder / WEIGHTS),
    "no weights": lambda folder: (folder / WEIGHTS).unlink(),
    "a garbled config": lambda folder: garbled(folder / "config.json"),
    "an empty tokenizer": lambda folder: emptied(folder / "tokenizer.json"),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "no word of what it was": lambda folder: (folder / "origin.json").unlink(),
    "a garbled word of what it was": lambda folder: emptied(folder / "origin.json"),
    "an emptied folder": without_files,
}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under the folder, by its name."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def copying(folder: Path) -> Callable[..., Generator[Any, None, tuple[int, str]]]:
    """A process that converts whatever it is given to what is in the folder."""

    def child(arguments: list[str], *_: Any, **__: Any) -> Generator[Any, None, tuple[int, str]]:
        yield from ()
        shutil.copytree(folder, arguments[-1], dirs_exist_ok=True)
        return 0, ""

    return child
