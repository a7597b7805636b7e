"""A comparison as it runs: one way after the other."""

from collections.abc import Collection, Generator, Sequence
from contextlib import closing

from fusionlab.comparison.compared import Step, Way
from fusionlab.engines.memory import Pool
from fusionlab.errors import FusionError
from fusionlab.events import Record, RunFailed, RunFinished
from fusionlab.run import run


def compare(
    ways: Sequence[Way], pool: Pool | None = None, done: Collection[int] = ()
) -> Generator[Step, None, None]:
    """The records of all ways that suit, one way after the other; those in `done` are left out.

    Times are in seconds since the way began, as in a run. A way that breaks off ends in
    `RunFailed`, and the next one begins. Closing the iterator stops the way that runs.
    """
    for number, way in enumerate(ways):
        if number in done or way.unsuited:
            continue
        ended = False
        try:
            with closing(run(way.recipe, pool)) as records:
                for record in records:
                    ended = isinstance(record.event, RunFailed | RunFinished)
                    yield number, record
        except FusionError as error:
            if not ended:  # it could not even begin
                yield number, Record(0.0, RunFailed.of(error))
