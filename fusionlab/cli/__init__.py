"""The command line: run, compare, replay, methods, models, fetch, build, zoo, bench, vote …

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

from fusionlab import words
from fusionlab.begun import Begun
from fusionlab.cli.aligning import add_align
from fusionlab.cli.asking import add_asked, add_sampling, asked_in, drawn_in, members_of
from fusionlab.cli.bench import add_bench
from fusionlab.cli.build import add_build
from fusionlab.cli.compare import add_compare, tell_comparison
from fusionlab.cli.console import (
    Stream,
    complain,
    language,
    padded,
    print_json,
    said,
    say,
    sentence,
    shown_to_the_end,
    tell,
    warn,
)
from fusionlab.cli.described import help_of, level_said, summary_of
from fusionlab.cli.experts import add_experts
from fusionlab.cli.files import setting_of
from fusionlab.cli.gallery import add_gallery
from fusionlab.cli.laboratory import add_lab
from fusionlab.cli.ladder import add_ladder
from fusionlab.cli.parser import Parser, Told, command
from fusionlab.cli.path import add_path
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
from fusionlab.reading import read_text, reason
from fusionlab.recipe import (
    Recipe,
    Sampling,
    recipe_from_toml,
)
from fusionlab.runfiles import parse_run, recorded, text_in
from fusionlab.speed.groups import SPEEDS, measure
from fusionlab.trace import Trace
from fusionlab.writing import putting

REFUSALS = (UnknownName, RecipeError, LevelTooLow, RunFileError, BenchError)
"""What cannot be run as it stands; any other error is a run that failed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status."""
    if asked := words.unspoken():
        known = ", ".join(words.LANGUAGES)
        say(said("cli-language-unknown", variable=words.VARIABLE, given=asked[:20], known=known))
    arguments = _parser().parse_args(argv)
    function: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return function(arguments)
    except FusionError as error:
        complain(error.sentence)
        return 2 if isinstance(error, REFUSALS) else 1
    except KeyboardInterrupt:
        say(said("cli-stopped"))
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as cause:
        why = cause.strerror or str(cause)
        if cause.filename:
            complain(sentence("cli-place-inaccessible", file=str(cause.filename), said=why))
        else:
            complain(sentence("cli-files-inaccessible", said=why))
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
    from fusionlab.cli.tokens import token_lines
    from fusionlab.comparison.files import is_comparison, parse_comparison
    from fusionlab.views.page import run_page

    path = Path(arguments.file)
    text = text_in(path)
    if is_comparison(text):
        tell_comparison(parse_comparison(text, path.name), as_json=arguments.json)
        return 0
    trace = parse_run(text, path.name)
    if arguments.page:
        with putting(Path(arguments.page)) as part:
            part.write_text(run_page(trace), encoding="utf-8", newline="")
    if not arguments.json:
        tell(trace.answer)
        for line in token_lines(trace) if arguments.tokens and trace.tokens else ():
            tell(line)
        for warning in trace.warnings:
            warn(warning, with_hint=False)
        if trace.status == "failed":
            say(said("cli-run-failed"))
        elif trace.status != "finished":
            say(said("cli-run-stopped"))
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
        about = said("cli-method", summary=summary_of(method), level=method.needs.named)
        tell(f"{method.name:<22}{about}")
        for name, field in method.settings.model_json_schema().get("properties", {}).items():
            default = json.dumps(field.get("default"), ensure_ascii=False)
            tell(f"  --set {name}={default}  {help_of(method, name, field)}")
    return 0


def _models(arguments: argparse.Namespace) -> int:
    from fusionlab.sources.known import known_models

    rows = known_models()
    if arguments.json:
        print_json({"models": rows})
        return 0
    for row in rows:
        here = said("cli-model-here") if row["cached"] else said("cli-model-away")
        size = f"{row['bytes'] / 1e6:.0f} MB"
        level = padded(level_said(row["level"]), 18)
        tell(f"{row['id']:<24}{level}{size:>8}  {row['licence']:<12}{here}")
        source = said("cli-model-from", engine=row["engine"], source=row["source"])
        tell(f"{'':<24}{source}")
    tell(f"\n{said('cli-references')}")
    tell(said("cli-references-keys"))
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from fusionlab.sources.references import fetch

    for ref in arguments.models:
        shown_to_the_end(fetch(ref))
        say(said("cli-fetched", ref=ref))
    return 0


def _speed(arguments: argparse.Namespace) -> int:
    results = []
    for result in measure(arguments.name):
        results.append(result)
        if not arguments.json:
            tell(result.as_text(language()))
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
    readme, requirements = str(folder / "README.md"), str(folder / "requirements.txt")
    tell(said("cli-space-written", readme=readme, requirements=requirements))
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
    if arguments.begin is not None:
        base = replace(base, begin=Begun(arguments.begin))
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
        raise RecipeError("cli-unreadable", file=str(path), said=reason(cause)) from None


def _finish(trace: Trace, *, as_json: bool) -> None:
    from fusionlab.views.summary import cost_line, summary

    if as_json:
        print_json(summary(trace))
    else:
        tell(cost_line(trace).said(language()))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="fusionlab", description="cli-help-fusionlab")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = command(commands, "run", _run, "cli-help-run")
    run.add_argument("method", metavar="METHOD", help="cli-help-method")
    add_asked(run)
    run.add_argument("--begin", metavar="TEXT", help="cli-help-begin")
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="cli-help-set")
    add_sampling(run)
    run.add_argument("--out", metavar="RUN.jsonl", help="cli-help-out")
    add_compare(commands)
    replay = command(commands, "replay", _replay, "cli-help-replay")
    replay.add_argument("file", metavar="RUN.jsonl")
    replay.add_argument("--page", metavar="RUN.html", help="cli-help-page")
    replay.add_argument("--tokens", action="store_true", help="cli-help-tokens")
    command(commands, "methods", _methods, "cli-help-methods")
    command(commands, "models", _models, "cli-help-models")
    fetch = command(commands, "fetch", _fetch, "cli-help-fetch")
    fetch.add_argument("models", nargs="+", metavar="MODEL")
    add_build(commands)
    add_path(commands)
    add_zoo(commands)
    add_gallery(commands)
    add_bench(commands)
    add_ladder(commands)
    add_vote(commands)
    add_align(commands)
    add_experts(commands)
    add_lab(commands)
    speed = command(commands, "speed", _speed, "cli-help-speed")
    speed.add_argument("name", metavar="NAME", help=Told("cli-help-speed-name", names=SPEEDS))
    space = command(commands, "space", _space, "cli-help-space")
    space.add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    return parser
