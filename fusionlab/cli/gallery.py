"""`fusionlab gallery`: a recorded run for every preset; the app shows them without waiting."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from fusionlab.cli.console import command, tell
from fusionlab.recipe import recipe_to_json
from fusionlab.run import check, environment, run
from fusionlab.spaces import Preset, presets
from fusionlab.trace import Trace, read_run, recorded


def add_gallery(commands: Any) -> None:
    """The command is known."""
    gallery = command(commands, "gallery", _gallery, "record a run of every preset for the app")
    gallery.add_argument("folder", metavar="FOLDER", help="of a checkout: assets/runs")
    gallery.add_argument("--all", action="store_true", help="those that are fresh too")


def _gallery(arguments: argparse.Namespace) -> int:
    folder, failed = Path(arguments.folder), 0
    for preset in presets():
        file = folder / f"{preset.id}.jsonl"
        if is_fresh(preset, file) and not arguments.all:
            continue
        trace = _recorded(preset, file)
        warned = "; ".join(warning.message for warning in trace.warnings)
        tell(f"{preset.id}: {trace.status}, {trace.seconds:.1f} s {warned}".rstrip())
        failed += trace.status != "finished"
    return 1 if failed else 0


def is_fresh(preset: Preset, file: Path) -> bool:
    """Whether the file holds a finished run of the preset as it is now."""
    if not file.is_file():
        return False
    trace = read_run(file)
    return trace.status == "finished" and recipe_to_json(trace.recipe) == recipe_to_json(
        check(preset.recipe)
    )


def _recorded(preset: Preset, file: Path) -> Trace:
    recipe = check(preset.recipe)
    trace = Trace(recipe)
    with closing(recorded(run(recipe), file, recipe, environment())) as records:
        for record in records:
            trace.add(record)
    trace.stopped = trace.end is None
    return trace
