"""A built model as one file, to be taken away from the Build tab: its folder packed, or GGUF."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import gradio as gr

from fusionlab.errors import FusionError
from fusionlab.limits import limits
from fusionlab.ui.build_told import status_view
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.stage import QUIET, told
from fusionlab.views.refused import refused_view
from fusionlab.weights.shelf import exported

SLOT = "built"
"""Of the files to take away, those of this kind."""
GGUF = "gguf"
Drawn = dict[str, Any]


def wire_export(status: gr.HTML, result: gr.HTML, downloads: Downloads) -> None:
    """Who asks for a model of the shelf as a file gets it, and sees how far that has come."""

    def export(event: gr.EventData, request: gr.Request, shown: Drawn) -> Iterator[list[Any]]:
        name, kind = (str(told(event).get(key, "")) for key in ("export", "kind"))
        if not name:
            yield [gr.skip(), gr.skip()]
            return
        try:
            limits().check_builds()
            room = downloads.room(str(request.session_hash), SLOT)
            place = room / (f"{name}.{GGUF}" if kind == GGUF else name)
            for progress in exported(name, place):
                yield [status_view("running", event=progress), gr.skip()]
        except FusionError as error:
            yield [{"status": ""}, {**shown, "exported": None, "refused": refused_view(error)}]
            return
        file = place if kind == GGUF else _packed(place)
        away = {"id": name, "name": file.name, "path": str(file)}
        yield [{"status": ""}, {**shown, "exported": away, "refused": None, "removed": ""}]

    result.submit(export, result, [status, result], **QUIET)


def _packed(folder: Path) -> Path:
    """The folder as a zip file, which takes its place; weights do not get smaller by squeezing."""
    packed = folder.with_name(f"{folder.name}.zip")
    with ZipFile(packed, "w") as pack:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            pack.write(file, file.relative_to(folder.parent))
    shutil.rmtree(folder)
    return packed
