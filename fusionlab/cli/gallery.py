"""`fusionlab gallery`: a recorded run for every preset; the app shows them without waiting."""

import argparse
import json
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, get_args

from fusionlab.cli.console import language, said, shown_to_the_end, tell
from fusionlab.cli.parser import command
from fusionlab.encoding import event_to_json
from fusionlab.errors import FusionError
from fusionlab.events import Event, ModelBuilt
from fusionlab.reading import read_json
from fusionlab.recipe import recipe_to_json
from fusionlab.runfiles import read_run, recorded
from fusionlab.trace import Trace, fold

if TYPE_CHECKING:
    from fusionlab.registry import Plan
    from fusionlab.spaces import BuildPreset, Preset


ITEMS = 140
"""Questions of the suite that a recorded model and its parents answer."""
SWEPT = 70
"""At every point of a recorded sweep, and as many again by which a point is chosen."""
T = TypeVar("T")


def add_gallery(commands: Any) -> None:
    """The command is known."""
    gallery = command(commands, "gallery", _gallery, "cli-help-gallery")
    gallery.add_argument("folder", metavar="FOLDER", help="cli-help-gallery-folder")
    gallery.add_argument("--all", action="store_true", help="cli-help-gallery-all")


def _gallery(arguments: argparse.Namespace) -> int:
    from fusionlab.distil.picture import RECORD
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
        if made.sweep:
            record_sweep(made, folder.parent / "sweeps" / f"{made.id}.json", anew=arguments.all)
    record_aligned(folder.parent / RECORD, anew=arguments.all)
    return 1 if failed else 0


def record_aligned(file: Path, *, anew: bool = False) -> None:
    """The file holds how the example's sources are put together, unless it does so already,
    with whatever model it was trained to.
    """
    from fusionlab.distil.picture import EXAMPLE, as_asked, pictured

    known = as_asked(read_json(file.read_bytes())) if file.is_file() else None
    if known and not anew and replace(known, trained="") == EXAMPLE:
        return
    file.parent.mkdir(exist_ok=True)
    text = json.dumps(shown_to_the_end(pictured(EXAMPLE)), ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def record_build(preset: "BuildPreset", file: Path, *, anew: bool = False) -> None:
    """The file holds the preset's plan, and what executing it ended with and an examination found;
    null where it is refused. The model is built here and removed again, unless it was here before.
    A file of the same plan stays, unless it is made `anew`.
    """
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.registry import get_builder, plan_to_json

    with _sourced(preset):
        plan = get_builder(preset.builder).plan(preset.sources, preset.settings, preset.id)
        planned = plan_to_json(plan)
        if not anew and file.is_file() and read_json(file.read_bytes())["plan"] == planned:
            return
        made = None if plan.refused else event_to_json(_built(preset, plan))
    file.parent.mkdir(exist_ok=True)
    text = json.dumps({"plan": planned, "built": rounded(made)}, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def record_sweep(preset: "BuildPreset", file: Path, *, anew: bool = False) -> None:
    """The file holds a sweep between the preset's sources, with what they answer in its suite. One
    of the same sources stays, unless it is made `anew`.
    """
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.bench.sweeping import asking
    from fusionlab.proof.sweeping import sweep, write_sweep

    refs = [source.ref for source in preset.sources]
    if not anew and file.is_file() and read_json(file.read_bytes())["refs"] == refs:
        return
    ask = asking([preset.suite] if preset.suite else [], SWEPT)
    write_sweep(rounded(shown_to_the_end(_events(sweep(refs, preset.sweep, ask)))), file)


def _events(steps: Generator[Any, None, T]) -> Generator[Any, None, T]:
    """The events of a sweep without its points."""
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        if isinstance(event, get_args(Event)):
            yield event


@contextmanager
def _sourced(preset: "BuildPreset") -> Iterator[None]:
    """The preset's sources that are models of other presets are here meanwhile."""
    from fusionlab.registry import get_builder
    from fusionlab.sources.schemes.built import PREFIX, built_names
    from fusionlab.spaces import build_presets
    from fusionlab.weights.shelf import removed

    known = {PREFIX + each.id: each for each in build_presets()}
    missing = [
        known[source.ref]
        for source in preset.sources
        if source.ref in known and known[source.ref].id not in built_names()
    ]
    for each in missing:
        builder = get_builder(each.builder)
        shown_to_the_end(builder.execute(builder.plan(each.sources, each.settings, each.id), None))
    try:
        yield
    finally:
        for each in missing:
            for _ in removed(each.id):
                pass


def _built(preset: "BuildPreset", plan: "Plan[Any]") -> ModelBuilt:
    """What building and examining it ends with, its suite answered."""
    from fusionlab.cli.proving import with_suites
    from fusionlab.proof.examining import built
    from fusionlab.registry import get_builder
    from fusionlab.sources.schemes.built import built_names
    from fusionlab.weights.shelf import removed

    before = plan.id in built_names()
    found = [each for each in built(get_builder(preset.builder), plan) if _is_built(each)][-1]
    try:
        return with_suites(found, [preset.suite] if preset.suite else [], ITEMS)
    finally:
        for _ in removed(plan.id) if not before else ():
            pass


def _is_built(event: Event) -> TypeGuard[ModelBuilt]:
    return isinstance(event, ModelBuilt)


def rounded(value: Any) -> Any:
    """The same plain data, its numbers with as many digits as a picture shows, and two more."""
    match value:
        case float():
            return float(f"{value:.6g}")
        case dict():
            return {key: rounded(each) for key, each in value.items()}
        case list():
            return [*map(rounded, value)]
        case _:
            return value


def is_fresh(preset: "Preset", file: Path) -> bool:
    """Whether the file holds a finished run of the preset as it is now.

    A setting that its method did not have then is as it usually is.
    """
    from fusionlab.run import check

    if not file.is_file():
        return False
    trace = read_run(file)
    if trace.status != "finished":
        return False
    try:
        recorded = check(trace.recipe)
    except FusionError:  # of a setting that is no more
        return False
    return recipe_to_json(recorded) == recipe_to_json(check(preset.recipe))


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
