"""Builds whose faults are tested: what they are made of, in files that are small."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights.writing import written

MOST = 20_000
"""Bytes of a file of weights, so that there are several."""


@dataclass(frozen=True, slots=True)
class Case:
    """A model to be built of a, or of b and c with the base a."""

    builder: str
    sources: str
    options: Mapping[str, Any]
    settings: Mapping[str, Any]
    others: Mapping[str, Any]
    """Settings with which it would be another model."""
    roomless: Mapping[str, str]
    """What is found where there is no room on the disk and in memory."""


CASES = {
    "graft": Case("graft", "a", {}, {"drop": 1}, {"drop": 0}, {"no-room": "refused"}),
    "merge": Case(
        "merge",
        "bc",
        {"density": 0.5},
        {"method": "dare_ties"},
        {"seed": 1},
        {"no-room": "refused", "merge-memory": "warning"},
    ),
}


def planned(case: Case, folder: Path, **settings: Any) -> Plan[Any]:
    """The plan of the case, of models in this folder; its id is new."""
    base = {} if "a" in case.sources else {"base": f"path:{folder / 'a'}"}
    sources = [Source(f"path:{folder / name}", case.options) for name in case.sources]
    return get_builder(case.builder).plan(sources, {**case.settings, **base, **settings}, "new")


def in_small_files(case: Case, change: Any) -> None:
    """What is built comes in several files; `change` is setattr, or one that takes it back."""
    builder = import_module(f"fusionlab.builders.{case.builder}")
    change(builder, "written", partial(written, most=MOST))
