"""Exports of tiny models, made once and copied after that: an export takes some seconds."""

import shutil
from collections.abc import Callable, Generator
from pathlib import Path

from fusionlab.engines.onnx_export import written
from fusionlab.events import Progress
from tests.drained import drained

Written = Callable[..., Generator[Progress, None, None]]


def tiny_onnx(folder: Path, target: Path) -> Path:
    """A real export of the model in the folder, made by a process of its own."""
    target.mkdir(parents=True)
    drained(written(folder, target, "tiny"))
    return target


def copying(export: Path, calls: list[Path]) -> Written:
    """What stands for making an export: this one is copied; `calls` has the folders asked for."""

    def written(
        folder: Path, part: Path, name: str, *, gently: bool = False
    ) -> Generator[Progress, None, None]:
        calls.append(folder)
        yield Progress(f"exporting {name}")
        shutil.copytree(export, part, dirs_exist_ok=True)

    return written
