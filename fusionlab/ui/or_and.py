"""A panel of recorded prompts in which the mean and the product part: "or" against "and"."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import gradio as gr

from fusionlab.errors import FusionError
from fusionlab.spaces import Preset, or_and, presets
from fusionlab.ui.formdata import preset_of
from fusionlab.ui.gallery import recording
from fusionlab.ui.stage import TOLD_EACH, told, view
from fusionlab.views.or_and import or_and_view


def build_or_and(
    slug: str,
    mine: Sequence[Preset],
    widgets: Sequence[Any],
    started: Callable[[Preset, str], list[Any]],
) -> None:
    """The panel, where the tab has such presets; its prompts are read when it is first opened.

    `started` gives new values for `widgets`: a preset's recorded run.
    """
    names = {preset.id for preset in mine}
    if not any(set(pair) <= names for pair in or_and()):
        return
    panel = view("orand", f"{slug}-orand", {"offered": True})

    def wished(request: gr.Request, event: gr.EventData) -> list[Any]:
        wish = told(event).get("preset")
        nothing = [gr.skip()] * len(widgets)
        if wish is None:
            return [recorded_prompts(), *nothing]
        try:
            shown = started(preset_of(wish, mine), str(request.session_hash))
        except FusionError:  # of a page that is older than the app
            return [gr.skip(), *nothing]
        return [gr.skip(), *shown]

    panel.select(wished, None, [panel, *widgets], **TOLD_EACH)


@cache
def recorded_prompts() -> dict[str, Any]:
    """The prompts with what either pool made of them."""
    by_id = {preset.id: preset for preset in presets()}
    pairs = []
    for mean, product in or_and():
        one, other = recording(by_id[mean]), recording(by_id[product])
        if one is not None and other is not None:
            pairs.append((mean, one, product, other))
    return or_and_view(pairs)
