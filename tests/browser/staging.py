"""The app with runs that are told how they end, so that a picture of any state can be taken."""

import gc
import threading
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from fusionlab.assets import asset
from fusionlab.bench.plan import Plan
from fusionlab.bench.runner import News, bench
from fusionlab.comparison.files import read_comparison
from fusionlab.errors import FusionError
from fusionlab.events import Record, RunFailed
from fusionlab.recipe import Recipe
from fusionlab.spaces import presets
from fusionlab.ui import bench_page, compare_page, live
from fusionlab.ui.app import launch
from fusionlab.ui.gallery import recording

Ending = Literal["whole", "held", "failed"]
FAULT = FusionError("weights-elsewhere", ref="smollm2-135m")


@dataclass
class Stage:
    """How the next runs end: the first as `endings` says first, all after the last like it."""

    endings: list[Ending] = field(default_factory=lambda: ["whole"])
    released: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    """Whether a run waits to be released."""

    def sets(self, *endings: Ending) -> None:
        """The runs from now on end like this, in turn."""
        self.released.set()
        self.released, self.held = threading.Event(), threading.Event()
        self.endings = list(endings)

    def next(self) -> Ending:
        """How the run that begins now ends."""
        return self.endings.pop(0) if len(self.endings) > 1 else self.endings[0]

    def hold(self) -> None:
        """Waits until another ending is set."""
        released = self.released
        self.held.set()
        released.wait()

    def run(self, recipe: Recipe) -> Generator[Record, None, None]:
        """The recorded run of this recipe, without a model and without its pauses."""
        records, ending = recorded(recipe), self.next()
        part = records if ending == "whole" else records[: max(1, 2 * len(records) // 3)]
        yield from part[:-1]
        time.sleep(live.REFRESH)  # so that there is a picture of the last one
        yield part[-1]
        if ending == "held":
            self.hold()
        if ending == "failed":
            yield Record(part[-1].t, RunFailed.of(FAULT))

    def bench(self, plan: Plan, folder: Path) -> Iterator[News]:
        """The benchmark of this plan, as far as it is let."""
        ending = self.next()
        for done, news in enumerate(bench(plan, folder)):
            yield news
            if ending == "failed" and done > 50:
                raise FAULT
            if ending == "held" and done > 50:
                time.sleep(bench_page.REFRESH)  # so that there is a report of it
                yield news
                self.hold()
                return


def recorded(recipe: Recipe) -> list[Record]:
    """The records of a run of this recipe, or else of another under its method."""
    traces = [trace for preset in presets() if (trace := recording(preset))]
    traces += read_comparison(asset(compare_page.RECORDED)).traces
    alike = [trace for trace in traces if trace.recipe.method == recipe.method]
    exact = [trace for trace in alike if trace.recipe == recipe]
    return (exact or alike or traces)[0].records


@contextmanager
def staged() -> Iterator[tuple[str, Stage]]:
    """The address of the app and its stage; afterwards everything is as it was."""
    import gradio

    stage, patch = Stage(), pytest.MonkeyPatch()
    patch.setattr(live, "run", stage.run)
    patch.setattr(bench_page, "bench", stage.bench)
    options: dict[str, Any] = {"prevent_thread_lock": True, "quiet": True}
    try:
        _, url, _ = launch(server_name="127.0.0.1", **options)
        yield url, stage
    finally:
        stage.sets("whole")
        patch.undo()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gradio.close_all(verbose=False)
            gc.collect()
