"""`fusionlab builders`, `build` and `built`: models made of others."""

import argparse
import json
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionlab.cli.console import (
    Stream,
    columns,
    language,
    padded,
    print_json,
    said,
    say,
    shown_to_the_end,
    tell,
)
from fusionlab.cli.described import help_of, summary_of
from fusionlab.cli.parser import command
from fusionlab.cli.planning import MARKS, builds_in, show_plans
from fusionlab.cli.proving import add_check, add_suites, add_sweep, tell_proof, with_suites
from fusionlab.errors import RecipeError

if TYPE_CHECKING:
    from fusionlab.builds import BuildRecipe
    from fusionlab.events import ModelBuilt
    from fusionlab.registry import Builder
    from fusionlab.words import Sentence

WIDTH = 28


def add_build(commands: Any) -> None:
    """The commands around building."""
    command(commands, "builders", _builders, "cli-help-builders")
    build = command(commands, "build", _build, "cli-help-build")
    build.add_argument("name", metavar="NAME", help="cli-help-build-name")
    build.add_argument(
        "--source", action="append", default=[], metavar="REF[,key=…]", help="cli-help-source"
    )
    build.add_argument("--target", metavar="REF", default="", help="cli-help-build-target")
    build.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="cli-help-build-set"
    )
    build.add_argument("--id", metavar="ID", default="", help="cli-help-build-id")
    build.add_argument("--plan", action="store_true", help="cli-help-plan")
    build.add_argument("--share", action="store_true", help="cli-help-build-share")
    build.add_argument("--no-proof", action="store_true", help="cli-help-no-proof")
    add_suites(build)
    built = commands.add_parser("built", help="cli-help-built", description="cli-help-built")
    kinds = built.add_subparsers(required=True, metavar="COMMAND")
    command(kinds, "list", _list, "cli-help-built-list")
    add_check(kinds)
    add_sweep(kinds)
    remove = command(kinds, "remove", _remove, "cli-help-built-remove")
    remove.add_argument("id", metavar="ID")
    remove.add_argument("--yes", action="store_true", help="cli-help-yes")
    export = command(kinds, "export", _export, "cli-help-built-export")
    export.add_argument("id", metavar="ID")
    export.add_argument("place", metavar="PLACE", help="cli-help-export-place")


def _builders(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.registry import all_builders

    if arguments.json:
        print_json({"builders": [_builder_row(builder) for builder in all_builders()]})
        return 0
    for builder in all_builders():
        tell(f"{builder.name:<22}{summary_of(builder)}")
        for name, field in builder.settings.model_json_schema().get("properties", {}).items():
            default = json.dumps(field.get("default"), ensure_ascii=False)
            tell(f"  --set {name}={default}  {help_of(builder, name, field)}")
    return 0


def _builder_row(builder: "Builder") -> dict[str, Any]:
    return {
        "name": builder.name,
        "summary": builder.summary,
        "paper": builder.paper,
        "settings": builder.settings.model_json_schema(),
        "options": builder.options.model_json_schema(),
        "sources": {"least": builder.min_sources, "most": builder.max_sources},
    }


def _build(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.training import together

    builds = builds_in(arguments)
    if arguments.share:
        return _share(builds, as_json=arguments.json)
    if arguments.plan:
        return show_plans(builds, as_json=arguments.json)
    if together.join():  # the process that leads says all there is to say
        for build in builds:
            _follow(build)
        return 0
    rows = []
    for build in builds:
        built, folder = made(build, proof=not arguments.no_proof)
        built = with_suites(built, arguments.suite, arguments.items)
        rows.append(_built_row(built, folder))
        if not arguments.json:
            _tell_built(built)
    if arguments.json:
        print_json(rows[0] if len(rows) == 1 else {"builds": rows})
    return 0


def _share(builds: Sequence["BuildRecipe"], *, as_json: bool) -> int:
    from fusionlab.builds import build_to_query

    links = [f"/?tab=build&{build_to_query(build)}" for build in builds]
    if as_json:
        print_json({"link": links[0]} if len(links) == 1 else {"links": links})
    else:
        tell("\n".join(links))
    return 0


def made(build: "BuildRecipe", *, proof: bool) -> tuple["ModelBuilt", Path]:
    """What was said at the end, and where the model stands."""
    from fusionlab.events import ModelBuilt
    from fusionlab.proof.examining import built as steps_of
    from fusionlab.registry import get_builder
    from fusionlab.sources.references import folder_for
    from fusionlab.training.loop import Stop

    builder = get_builder(build.builder)
    for source in filter(builder.needs_weights, build.sources):
        shown_to_the_end(folder_for(source.ref))
    plan = builder.plan(build.sources, build.settings, build.id)
    plan.check()
    for finding in plan.findings:
        say(f"  {MARKS[finding.severity]} {finding.sentence.said(language())}")
    show = Stream(None)
    built: list[ModelBuilt] = []
    steps = steps_of(builder, plan, proof=proof)
    with _interrupted(unless=not builder.keeps) as asked, closing(steps):
        while True:
            try:
                event = steps.throw(Stop()) if asked.pop("stop", None) else next(steps)
            except StopIteration as end:
                folder: Path = end.value
                return built[-1], folder
            except Stop:  # nothing was being trained
                raise KeyboardInterrupt from None
            show(event)
            if isinstance(event, ModelBuilt):
                built.append(event)


def _follow(build: "BuildRecipe") -> None:
    """The model is made, with this process as one of several that another one leads."""
    from fusionlab.registry import get_builder
    from fusionlab.sources.references import folder_for

    builder = get_builder(build.builder)
    for source in filter(builder.needs_weights, build.sources):
        deque(folder_for(source.ref), maxlen=0)
    deque(builder.execute(builder.plan(build.sources, build.settings, build.id), None), maxlen=0)


@contextmanager
def _interrupted(*, unless: bool) -> Iterator[dict[str, bool]]:
    """The first Ctrl-C asks for a stop; the second one interrupts, as does the first `unless`."""
    asked: dict[str, bool] = {}
    if unless or threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(*_: Any) -> None:
        asked["stop"] = True
        signal.signal(signal.SIGINT, before)
        say(said("cli-stopping"))

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _built_row(built: "ModelBuilt", folder: Path) -> dict[str, Any]:
    return {
        "id": built.id,
        "reference": built.reference,
        "folder": str(folder),
        "parameters": built.parameters,
        "bytes": built.bytes,
        "lineage": list(built.lineage),
        "report": built.report,
    }


def _tell_built(built: "ModelBuilt") -> None:
    tell(
        said(
            "cli-built",
            reference=built.reference,
            parameters=f"{built.parameters / 1e6:.1f}",
            size=f"{built.bytes / 1e6:.0f}",
            seconds=f"{built.seconds:.1f}",
        )
    )
    for sentence in _found(built.report):
        tell(sentence.said(language()))
    report = built.report
    if (planned := report.get("planned")) and planned != report.get("steps"):
        tell(said("cli-built-stopped", step=str(report["steps"]), planned=str(planned)))
    tell_proof(report.get("proof"))
    tell(said("cli-built-try", reference=built.reference))


def _found(report: Mapping[str, Any]) -> "list[Sentence]":
    """What the builder says of the new model itself, such as what was learned."""
    from fusionlab.words import Sentence

    return [Sentence(each["key"], each["values"]) for each in report.get("sentences", [])]


def _list(arguments: argparse.Namespace) -> int:
    from fusionlab.weights.shelf import known_built

    rows = known_built()
    if arguments.json:
        print_json({"built": rows})
        return 0
    width = max([WIDTH, *(2 + columns(row["reference"]) for row in rows)])
    for row in rows:
        size = said("cli-built-size", size=f"{row['bytes'] / 1e6:.0f}")
        made = (
            said("cli-built-adapter", builder=row["builder"]) if row["adapter"] else row["builder"]
        )
        tell(padded(row["reference"], width) + padded(size, 12) + made)
        tell(" " * WIDTH + said("cli-built-of", sources=row["lineage"]))
    if not rows:
        say(said("cli-built-none"))
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from fusionlab.weights.shelf import known, made_of, removed

    name = arguments.id
    known(name)
    if heirs := made_of(name):
        say(said("cli-built-heirs", id=name, heirs=heirs))
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise RecipeError("cli-remove-unasked", id=name)
        if not _agreed(name):
            say(said("cli-remove-kept", id=name))
            return 1
    shown_to_the_end(removed(name))
    if arguments.json:
        print_json({"removed": name})
    else:
        tell(said("cli-removed", id=name))
    return 0


def _agreed(name: str) -> bool:
    """Whether the person at the terminal wants the model to be removed."""
    say(said("cli-remove-ask", id=name))
    answer = sys.stdin.readline().strip().casefold()  # nothing where the input has ended
    return answer in said("cli-remove-yes").split()


def _export(arguments: argparse.Namespace) -> int:
    from fusionlab.weights.shelf import exported

    place = shown_to_the_end(exported(arguments.id, Path(arguments.place)))
    if arguments.json:
        print_json({"id": arguments.id, "place": str(place)})
    else:
        tell(said("cli-exported", id=arguments.id, place=str(place)))
    return 0
