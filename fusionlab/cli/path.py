"""`fusionlab path`: all models of a recipe are built in turn, then held side by side."""

import argparse
from pathlib import Path
from typing import Any

from fusionlab.assets import asset, has_asset
from fusionlab.cli.build import made
from fusionlab.cli.console import language, print_json, said, say, shown_to_the_end, tell
from fusionlab.cli.gallery import rounded
from fusionlab.cli.parser import command
from fusionlab.cli.planning import builds_of
from fusionlab.errors import RecipeError
from fusionlab.reading import is_file, path_of, read_text


def add_path(commands: Any) -> None:
    """The command is known."""
    path = command(commands, "path", _path, "cli-help-path")
    path.add_argument("recipe", metavar="RECIPE", help="cli-help-path-recipe")
    path.add_argument("--out", metavar="RECORD.json", help="cli-help-path-out")


def _path(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.bench.path import examined, path_in, write_record
    from fusionlab.views.path import path_view
    from fusionlab.views.spoken import sentence_of

    file = _recipe_at(arguments.recipe)
    path = path_in(read_text(file))
    for build in builds_of(file):
        built, _ = made(build, proof=False)
        say(said("cli-path-stands", reference=built.reference))
    record = shown_to_the_end(examined(path))
    if arguments.out:
        write_record(rounded(record), Path(arguments.out))
    if arguments.json:
        print_json(record)
        return 0
    for line in record["lines"]:
        tell(said("cli-path-line", kind=line["kind"]))
        for point in line["points"]:
            tell("  " + _row(point))
    for each in path_view(record)["notices"]:
        tell(sentence_of(each).said(language()))
    return 0


def _recipe_at(given: str) -> Path:
    """The file of a recipe, or that of one which came with FusionLab, by its name."""
    shipped = f"paths/{given}.toml"
    if not given.endswith(".toml") and has_asset(shipped):
        return asset(shipped)
    if not is_file(path_of(given)):
        raise RecipeError("cli-no-recipe", file=repr(given))
    return path_of(given)


def _row(point: dict[str, Any]) -> str:
    answers = point["answers"]
    return said(
        "cli-path-row",
        ref=point["ref"],
        nats=f"{point['read']['value']:.3f}",
        share=f"{100 * answers['right'] / answers['total']:.0f}",
        low=f"{100 * answers['low']:.0f}",
        high=f"{100 * answers['high']:.0f}",
        total=str(answers["total"]),
    )
