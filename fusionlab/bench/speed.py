"""The groups of speeds that `fusionlab speed NAME` measures."""

from collections.abc import Iterator

from fusionlab.bench.ratio import SpeedResult
from fusionlab.errors import UnknownName

SPEEDS = ("ensemble", "text", "vote", "start")


def measure(name: str) -> Iterator[SpeedResult]:
    """The results of one group, each as soon as it is known; raises UnknownName."""
    match name:
        case "ensemble":
            from fusionlab.bench.speed_ensemble import measure_ensemble

            return measure_ensemble()
        case "text":
            from fusionlab.bench.speed_text import measure_text

            return measure_text()
        case "vote":
            from fusionlab.bench.speed_vote import measure_vote

            return measure_vote()
        case "start":
            from fusionlab.bench.speed_start import measure_start

            return measure_start()
        case _:
            raise UnknownName("speed", name, SPEEDS)
