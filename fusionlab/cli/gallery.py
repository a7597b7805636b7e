"""`fusionlab gallery`: a recorded run for every preset; the app shows them without waiting."""

import argparse
import json
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fusionlab.cli.console import language, said, tell
from fusionlab.cli.parser import command
from fusionlab.encoding import event_to_json
from fusionlab.reading import read_json
from fusionlab.recipe import recipe_to_json
from fusionlab.runfiles import read_run, recorded
from fusionlab.trace import Trace, fold

if TYPE_CHECKING:
    from fusionlab.spaces import BuildPreset, Preset


def add_gallery(commands: Any) -> None:
    """The command is known."""
    gallery = command(commands, "gallery", _gallery, "cli-help-gallery")
    gallery.add_argument("folder", metavar="FOLDER", help="cli-help-gallery-folder")
    gallery.add_argument("--all", action="store_true", help="cli-help-gallery-all")


def _gallery(arguments: argparse.Namespace) -> int:
    from fusionlab.spaces import build_presets, presets

    folder, failed = Path(arguments.folder), 0
    for preset in presets():
        file = folder / f"{preset.id}.jsonl"
        if is_fresh(preset, file) and not arguments.all:
            continue
        trace = _recorded(preset, file)
        tell(_outcome(preset, trace))
        failed += trace.status != "finished"
    for made in build_presets():
        record_build(made, folder.parent / "builds" / f"{made.id}.json", anew=arguments.all)
    return 1 if failed else 0


def record_build(preset: "BuildPreset", file: Path, *, anew: bool = False) -> None:
    """The file holds the preset's plan, and what executing it ended with; null where it is
    refused. The model itself is not kept. A file of the same plan stays, unless it is made `anew`.
    """
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.registry import get_builder, plan_to_json

    builder = get_builder(preset.builder)
    plan = builder.plan(preset.sources, preset.settings, preset.id)
    planned, built = plan_to_json(plan), None
    if not anew and file.is_file() and read_json(file.read_bytes())["plan"] == planned:
        return
    if plan.refused is None:
        with TemporaryDirectory() as shelf:
            for event in builder.execute(plan, Path(shelf)):
                built = event
    record = {
        "plan": planned,
        "built": None if built is None else {**event_to_json(built), "reference": plan.reference},
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def is_fresh(preset: "Preset", file: Path) -> bool:
    """Whether the file holds a finished run of the preset as it is now."""
    from fusionlab.run import check

    if not file.is_file():
        return False
    trace = read_run(file)
    return trace.status == "finished" and recipe_to_json(trace.recipe) == recipe_to_json(
        check(preset.recipe)
    )


def _recorded(preset: "Preset", file: Path) -> Trace:
    from fusionlab.run import check, environment, run

    recipe = check(preset.recipe)
    with closing(recorded(run(recipe), file, recipe, environment())) as records:
        return fold(recipe, records)


def _outcome(preset: "Preset", trace: Trace) -> str:
    """How the run ended and what was warned of, in a line."""
    warned = [warning.sentence or warning.message for warning in trace.warnings]
    spoken = [text if isinstance(text, str) else text.said(language()) for text in warned]
    seconds = f"{trace.seconds:.1f}"
    ended = said("cli-gallery-run", preset=preset.id, status=trace.status, seconds=seconds)
    return "; ".join([ended, *spoken])
