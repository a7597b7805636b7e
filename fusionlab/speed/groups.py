"""The groups of speeds that `fusionlab speed NAME` measures, each in a module of its own."""

from collections.abc import Callable, Iterator
from importlib import import_module

from fusionlab.errors import UnknownName
from fusionlab.speed.ratio import SpeedResult

SPEEDS = (
    "ensemble",
    "http",
    "text",
    "vote",
    "debate",
    "start",
    "page",
    "routing",
    "moe",
    "zoo",
    "adapters",
    "bench",
    "answers",
    "merge",
    "upcycle",
    "align",
    "vocab",
    "cross",
    "train",
    "distil",
)


def measure(name: str) -> Iterator[SpeedResult]:
    """The results of one group, each as soon as it is known; raises UnknownName."""
    if name not in SPEEDS:
        raise UnknownName("kind-speed", name, SPEEDS)
    module = import_module(f"fusionlab.speed.{name}")
    measuring: Callable[[], Iterator[SpeedResult]] = getattr(module, f"measure_{name}")
    return measuring()
