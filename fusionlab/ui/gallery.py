"""Recorded runs of the presets, one file each: what a page shows before anything has run."""

from functools import cache
from pathlib import Path

from fusionlab.assets import asset, has_asset
from fusionlab.errors import FusionError
from fusionlab.runfiles import read_run
from fusionlab.spaces import Preset
from fusionlab.trace import Trace


def recording(preset: Preset) -> Trace | None:
    """The preset's recorded run; None where there is none, or none that can be read."""
    name = f"runs/{preset.id}.jsonl"
    try:
        return _read(asset(name)) if has_asset(name) else None
    except FusionError:
        return None


@cache
def _read(file: Path) -> Trace:
    """One trace for all visitors, who only look at it."""
    return read_run(file)
