"""The command line: run, compare, replay, methods, models, fetch, zoo, bench, vote, speed, space.

Answers go to standard output; progress, warnings and errors to standard error. Exit status: 0 done,
1 the run failed, 2 the command or the recipe cannot be run as it stands, 130 stopped by Ctrl-C.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from fusionlab.cli.asking import add_asked, add_sampling, asked_in, drawn_in, members_of
from fusionlab.cli.bench import add_bench
from fusionlab.cli.compare import add_compare, tell_comparison
from fusionlab.cli.console import Stream, command, print_json, say, shown_to_the_end, tell
from fusionlab.cli.files import setting_of
from fusionlab.cli.gallery import add_gallery
from fusionlab.cli.vote import add_vote
from fusionlab.cli.zoo import add_zoo
from fusionlab.errors import (
    BenchError,
    FusionError,
    LevelTooLow,
    RecipeError,
    RunFileError,
    UnknownName,
)
from fusionlab.reading import read_text
from fusionlab.recipe import (
    Recipe,
    Sampling,
    recipe_from_toml,
)
from fusionlab.speed.groups import SPEEDS, measure
from fusionlab.trace import Trace, parse_run, recorded, text_in

REFUSALS = (UnknownName, RecipeError, LevelTooLow, RunFileError, BenchError)
"""What cannot be run as it stands; any other error is a run that failed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status."""
    arguments = _parser().parse_args(argv)
    function: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return function(arguments)
    except FusionError as error:
        say(f"fusionlab: {error.message}")
        if error.hint:
            say(f"  → {error.hint}")
        return 2 if isinstance(error, REFUSALS) else 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as cause:
        what = f"{cause.filename} cannot" if cause.filename else "files cannot"
        say(f"fusionlab: {what} be read or written: {cause.strerror or cause}")
        say("  → free some space, or give a place that can be read and written")
        _let_go_of_output()
        return 1


def _let_go_of_output() -> None:
    """What could not be written to standard output is not tried again as the process ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: argparse.Namespace) -> int:
    from fusionlab.run import check, environment, run

    recipe = check(_recipe(arguments))
    out = Path(arguments.out) if arguments.out else None
    records = run(recipe)
    trace = Trace(recipe, environment())
    if out:
        records = recorded(records, out, recipe, trace.env)
    show = Stream(None if arguments.json else trace)
    with closing(records):
        for record in records:
            trace.add(record)
            show(record.event)
    _finish(trace, as_json=arguments.json)
    return 0


def _replay(arguments: argparse.Namespace) -> int:
    from fusionlab.comparison.files import is_comparison, parse_comparison

    path = Path(arguments.file)
    text = text_in(path)
    if is_comparison(text):
        tell_comparison(parse_comparison(text, path.name), as_json=arguments.json)
        return 0
    trace = parse_run(text, path.name)
    if not arguments.json:
        tell(trace.answer)
        for warning in trace.warnings:
            say(f"warning: {warning.message}")
        if trace.status != "finished":
            say(f"this run {'failed' if trace.status == 'failed' else 'was stopped'}")
    _finish(trace, as_json=arguments.json)
    return 0


def _methods(arguments: argparse.Namespace) -> int:
    import fusionlab.run  # noqa: F401  registers the methods
    from fusionlab.registry import all_methods

    rows = [
        {
            "name": method.name,
            "needs": method.needs.name.lower(),
            "summary": method.summary,
            "paper": method.paper,
            "settings": method.settings.model_json_schema(),
        }
        for method in all_methods()
    ]
    if arguments.json:
        print_json({"methods": rows})
        return 0
    for method in all_methods():
        tell(f"{method.name:<22}{method.summary} (needs {method.needs.gives})")
        for name, field in method.settings.model_json_schema().get("properties", {}).items():
            tell(
                f"  --set {name}={json.dumps(field.get('default'))}  {field.get('description', '')}"
            )
    return 0


def _models(arguments: argparse.Namespace) -> int:
    from fusionlab.sources.known import known_models

    rows = known_models()
    if arguments.json:
        print_json({"models": rows})
        return 0
    for row in rows:
        here = "on disk" if row["cached"] else "not yet fetched"
        size = f"{row['bytes'] / 1e6:.0f} MB"
        tell(f"{row['id']:<24}{row['level']:<12}{size:>8}  {row['licence']:<12}{here}")
        tell(f"{'':<24}{row['engine']}; from {row['source']}")
    tell("\nor: hub:org/name@revision, path:folder, gguf:file, api:url#model, replay:file#member")
    tell('a server of api: that wants a key: FUSIONLAB_API_KEYS="host=key, other:8000=key"')
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from fusionlab.sources.references import fetch

    for ref in arguments.models:
        shown_to_the_end(fetch(ref))
        say(f"{ref} is on disk")
    return 0


def _speed(arguments: argparse.Namespace) -> int:
    results = []
    for result in measure(arguments.name):
        results.append(result)
        if not arguments.json:
            tell(result.as_text())
    if arguments.json:
        print_json({"results": [result.as_json() for result in results]})
    return 0


def _space(arguments: argparse.Namespace) -> int:
    from fusionlab.spaces import write_readme_block, write_requirements

    folder = Path(arguments.folder)
    for name in ("spaces.yaml", "README.md", "pyproject.toml"):
        if not (folder / name).is_file():
            raise RecipeError("cli-no-checkout", folder=str(folder), file=name)
    write_readme_block(folder / "spaces.yaml", folder / "README.md")
    write_requirements(folder / "pyproject.toml", folder / "requirements.txt")
    tell(f"wrote the Space's block into {folder / 'README.md'}, and {folder / 'requirements.txt'}")
    return 0


def _recipe(arguments: argparse.Namespace) -> Recipe:
    """The recipe that the options say; where a file says one, the options change it."""
    from fusionlab.registry import get_method

    if arguments.method.endswith(".toml"):
        base = _recipe_in(Path(arguments.method))
    else:
        start = Sampling(temperature=get_method(arguments.method).temperature)
        base = Recipe(arguments.method, sampling=start)
    members = members_of(arguments)
    base = replace(base, **asked_in(arguments))
    return replace(
        base,
        members=members or base.members,
        settings=base.settings | dict(setting_of(text) for text in arguments.set),
        sampling=replace(base.sampling, **drawn_in(arguments)),
    )


def _recipe_in(path: Path) -> Recipe:
    try:
        return recipe_from_toml(read_text(path))
    except FileNotFoundError:
        raise RecipeError("cli-no-recipe", file=repr(str(path))) from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RecipeError("cli-unreadable", file=str(path), said=str(cause)) from None


def _finish(trace: Trace, *, as_json: bool) -> None:
    from fusionlab.views.summary import cost_line, summary

    if as_json:
        print_json(summary(trace))
    else:
        tell(cost_line(trace))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fusionlab", description="See, measure and teach how language models can be fused."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = command(commands, "run", _run, "run a fusion method, or a recipe in a .toml file")
    run.add_argument("method", metavar="METHOD", help="see fusionlab methods; or RECIPE.toml")
    add_asked(run)
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting of the method; candidates=@FILE reads them from a file",
    )
    add_sampling(run)
    run.add_argument("--out", metavar="RUN.jsonl", help="record the run")
    add_compare(commands)
    replay = command(
        commands, "replay", _replay, "show a recorded run or comparison, without any model"
    )
    replay.add_argument("file", metavar="RUN.jsonl")
    command(commands, "methods", _methods, "list the fusion methods and their settings")
    command(commands, "models", _models, "list the models that are known by name")
    fetch = command(commands, "fetch", _fetch, "bring models to this disk, for use without network")
    fetch.add_argument("models", nargs="+", metavar="MODEL")
    add_zoo(commands)
    add_gallery(commands)
    add_bench(commands)
    add_vote(commands)
    speed = command(commands, "speed", _speed, "measure a speed as a ratio against an alternative")
    speed.add_argument("name", metavar="NAME", help=f"one of {', '.join(SPEEDS)}")
    space = command(commands, "space", _space, "make a checkout ready to be pushed to a Space")
    space.add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    return parser
