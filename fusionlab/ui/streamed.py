"""A part of a page that shows work while it goes on: it is begun, watched and stopped.

Everything that computes waits for its turn in the line of `LiveRuns`; what goes wrong comes back
as the part's own value, under `refused`.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

import gradio as gr

from fusionlab.background import stepped
from fusionlab.errors import FusionError
from fusionlab.ui.live import COMPUTE, LiveRuns, visitor_of
from fusionlab.ui.stage import QUIET, told
from fusionlab.views.refused import refused_view

E = TypeVar("E")
Drawn = dict[str, Any]
Shown = Drawn | str
"""A value of the part, as a table or packed as one text."""
Shows = Callable[[str], Iterator[Shown]]
"""What a run of this name shows while it goes on."""


def wire_streamed(
    page: gr.HTML, runs: LiveRuns, asked: Callable[[Drawn], Shows], doing: Callable[[Drawn], str]
) -> None:
    """The part's `submit` begins what is asked, and its `stop` ends it.

    `asked` checks what the component said and raises FusionError for what may not be; `doing` is
    what those who wait are told of it.
    """
    quiet = {**QUIET, "queue": False}
    name, said = gr.State(""), gr.State(None)

    def begin(request: gr.Request, event: gr.EventData) -> list[Any]:
        return [runs.begin(visitor_of(request)), told(event)]

    def stream(run: str, said: Any) -> Iterator[Shown]:
        given = said if isinstance(said, dict) else {}
        try:
            shows = asked(given)
            waiting: Shown = {"running": True, "waits": True}
            yield from runs.in_turn(run, partial(shows, run), waiting, doing(given))
        except FusionError as error:
            yield {"running": False, "refused": refused_view(error)}
        finally:
            runs.end(run)

    def stopped(request: gr.Request) -> None:
        runs.stop(str(request.session_hash))

    page.submit(begin, None, [name, said], **quiet).then(
        stream, [name, said], page, **QUIET, **COMPUTE
    )
    page.stop(stopped, None, None, **quiet)


def watched(
    run: str, runs: LiveRuns, steps: Generator[E, None, Any], name: str
) -> Generator[E | None, None, None]:
    """The steps, taken on a thread of this name, for as long as the run is wanted; None four times
    a second while one takes long.
    """
    with runs.at_work(), closing(stepped(steps, name)) as taken:
        for each in taken:
            if not runs.wanted(run):
                return
            yield each
