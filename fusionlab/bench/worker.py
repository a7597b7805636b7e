"""A process of a cluster that answers. It writes nothing: whoever asked keeps what it says."""

import os
import platform
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fusionlab.bench.answering import Heard, OneProcess, Wave
from fusionlab.bench.plan import Plan, identity
from fusionlab.engines.memory import SHARE, Pool, available_memory
from fusionlab.errors import BenchError, FusionError


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a worker is told before it is asked anything."""

    plan: Plan
    home: str
    """FusionLab's folder, and the working directory, of whoever asks."""
    folder: str
    version: str
    """Of their FusionLab."""
    weights: Mapping[str, str]
    """By reference, which weights they mean by it; see `identity`."""
    neighbours: int = 1
    """How many workers share its machine's memory, itself included."""


class Worker:
    """Answers waves as the process that asks would; an actor of Ray, and a class without it."""

    def brief(self, briefing: Briefing) -> FusionError | None:
        """It is ready, or why it cannot answer as the process that asks would."""
        # What a reference names is looked for where the command would.
        if Path(briefing.folder).is_dir():
            os.chdir(briefing.folder)
        if Path(briefing.home).is_dir():
            os.environ["FUSIONLAB_HOME"] = briefing.home
        self._pool = Pool(int(available_memory() * SHARE / briefing.neighbours))
        self._crew = OneProcess(briefing.plan, self._pool.borrow())
        try:
            _check(briefing)
        except FusionError as error:
            return error
        return None

    def answer(self, wave: Wave) -> Generator[Heard | FusionError, None, None]:
        """What `OneProcess` says of the wave; what it raises comes last, as a sentence."""
        try:
            with closing(self._crew.wave(wave)) as heard:
                yield from heard
        except FusionError as error:
            yield error
        except Exception as bug:  # noqa: BLE001  it is raised where the user is
            yield FusionError("internal-error", said=f"{type(bug).__name__}: {bug}")


def _check(briefing: Briefing) -> None:
    """Raises where this machine would answer with something else."""
    here, machine = version("fusionlab"), platform.node()
    if here != briefing.version:
        raise BenchError("ray-other-version", machine=machine, theirs=here, ours=briefing.version)
    for ref, meant in briefing.weights.items():
        try:
            found = identity(ref)
        except OSError:
            found = ""
        if found != meant:
            raise BenchError("ray-other-weights", machine=machine, ref=ref)
