"""A built model as one file, to be taken away from the Build tab: its folder packed, or GGUF."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from fusionlab.errors import FusionError
from fusionlab.limits import limits
from fusionlab.ui.build_told import status_view
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.stage import QUIET, told
from fusionlab.views.refused import plan_refused_view
from fusionlab.weights.shelf import exported, gguf_refusal

SLOT = "built"
"""Of the files to take away, those of this kind."""
GGUF, ZIP = "gguf", "zip"
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
            place = room / f"{name}.{GGUF if kind == GGUF else ZIP}"
            for progress in exported(name, place):
                yield [status_view("running", event=progress), gr.skip()]
        except FusionError as error:
            yield [{"status": ""}, {**shown, "exported": None, "refused": plan_refused_view(error)}]
            return
        away = {"id": name, "name": place.name, "path": str(place)}
        yield [{"status": ""}, {**shown, "exported": away, "refused": None, "removed": ""}]

    result.submit(export, result, [status, result], **QUIET)


def gguf_asked(name: str) -> Drawn:
    """Whether the model of this id can be had as GGUF: what refuses it, which is told beforehand;
    None where it can.
    """
    try:
        limits().check_builds()
        refusal = gguf_refusal(name)
    except FusionError as error:
        refusal = error
    return {"id": name, "refused": plan_refused_view(refusal) if refusal else None}
