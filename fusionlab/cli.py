"""The command line: run, replay, methods, models, fetch, zoo, bench, speed, space.

Answers go to standard output; progress, warnings and errors to standard error. Exit status: 0 done,
1 the run failed, 2 the command or the recipe cannot be run as it stands, 130 stopped by Ctrl-C.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fusionlab.bench.speed import SPEEDS, measure
from fusionlab.errors import (
    BenchError,
    FusionError,
    LevelTooLow,
    RecipeError,
    RunFileError,
    UnknownName,
)
from fusionlab.events import Event, Progress, RunFinished, StepTrained, TextDelta, Warned
from fusionlab.recipe import (
    Recipe,
    Sampling,
    member_from_text,
    recipe_from_toml,
    setting_from_text,
)
from fusionlab.trace import FUSED, Trace, read_run, recorded

if TYPE_CHECKING:
    from fusionlab.bench.plan import Plan
    from fusionlab.bench.runner import News

T = TypeVar("T")
ADAPTED = "+"
"""Stands between a base and its adapter."""
REFUSALS = (UnknownName, RecipeError, LevelTooLow, RunFileError, BenchError)
"""What cannot be run as it stands; any other error is a run that failed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except FusionError as error:
        _say(f"fusionlab: {error.message}")
        if error.hint:
            _say(f"  → {error.hint}")
        return 2 if isinstance(error, REFUSALS) else 1
    except KeyboardInterrupt:
        _say("stopped")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _run(arguments: argparse.Namespace) -> int:
    from fusionlab.run import check, environment, run

    recipe = check(_recipe(arguments))
    out = Path(arguments.out) if arguments.out else None
    records = run(recipe)
    trace = Trace(recipe, environment())
    if out:
        records = recorded(records, out, recipe, trace.env)
    show = _Stream(None if arguments.json else _speaker(recipe))
    with closing(records):
        for record in records:
            trace.add(record)
            show(record.event)
    _finish(trace, as_json=arguments.json)
    return 0


def _replay(arguments: argparse.Namespace) -> int:
    trace = read_run(Path(arguments.file))
    if not arguments.json:
        print(trace.answer)
        for warning in trace.warnings:
            _say(f"warning: {warning.message}")
        if trace.status != "finished":
            _say(f"this run {'failed' if trace.status == 'failed' else 'was stopped'}")
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
        _print_json({"methods": rows})
        return 0
    for method in all_methods():
        print(f"{method.name:<18}{method.summary} (needs {method.needs.gives})")
        for name, field in method.settings.model_json_schema().get("properties", {}).items():
            print(
                f"  --set {name}={json.dumps(field.get('default'))}  {field.get('description', '')}"
            )
    return 0


def _models(arguments: argparse.Namespace) -> int:
    from fusionlab.models.sources import known_models

    rows = known_models()
    if arguments.json:
        _print_json({"models": rows})
        return 0
    for row in rows:
        here = "on disk" if row["cached"] else "not yet fetched"
        size = f"{row['bytes'] / 1e6:.0f} MB"
        print(f"{row['id']:<20}{row['level']:<12}{size:>8}  {row['licence']:<12}{here}")
        print(f"{'':<20}{row['engine']}; from {row['source']}")
    print("\nor: hub:org/name@revision, path:folder, gguf:file, api:url#model, replay:file#member")
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from fusionlab.models.sources import fetch

    for ref in arguments.models:
        _shown_to_the_end(fetch(ref))
        _say(f"{ref} is on disk")
    return 0


def _zoo_list(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import known_adapters
    from fusionlab.zoo.shelf import known_zoo

    rows, adapters = known_zoo(), known_adapters()
    if arguments.json:
        _print_json({"zoo": rows, "adapters": adapters})
        return 0
    for row in rows:
        scores = [row["scores"].get(task, 0.0) for task in row["tasks"]]
        state = f"{sum(scores) / len(scores):.0%} exact" if row["trained"] else "not trained"
        print(f"{'zoo/' + row['name']:<22}{state:<14}{row['title']}")
    for row in adapters:
        test = row["scores"].get("test")
        state = f"{test['adapter']:.0%} right" if test else "not trained"
        beside = f"; its base {test['base']:.0%}" if test else ""
        print(f"{row['id']:<22}{state:<14}{row['title']}{beside}")
    return 0


def _zoo_train(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import train_named_adapter
    from fusionlab.zoo.train import train

    name, shelf = arguments.name, Path(arguments.shelf) if arguments.shelf else None
    steps = train_named_adapter(name, shelf) if ADAPTED in name else train(_bare(name), shelf)
    _say(f"{name} is trained: {_shown_to_the_end(steps)}")
    return 0


def _zoo_eval(arguments: argparse.Namespace) -> int:
    if ADAPTED in arguments.name:
        return _adapter_eval(arguments)
    from fusionlab.zoo.shelf import evaluate_model

    scores = _shown_to_the_end(evaluate_model(_bare(arguments.name)))
    if arguments.json:
        rows = [{**asdict(score), "interval": score.interval} for score in scores]
        _print_json({"name": arguments.name, "scores": rows})
        return 0
    for score in scores:
        low, high = score.interval
        case = f", {score.case}" if score.case else ""
        named = f"{score.task}{case}"
        print(f"{named:<24}{score.share:>6.1%}  [{low:.1%}, {high:.1%}], n = {score.total}")
    return 0


def _adapter_eval(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import evaluate_adapter

    scores = _shown_to_the_end(evaluate_adapter(arguments.name))
    if arguments.json:
        _print_json({"name": arguments.name, "scores": [asdict(score) for score in scores]})
        return 0
    for score in scores:
        print(
            f"{score.split:<8}{score.share:>6.1%}, its base {score.base_share:.1%}, "
            f"n = {score.total}"
        )
    return 0


def _bare(name: str) -> str:
    """The zoo model's name, also where it was written as a reference."""
    return name.removeprefix("zoo/")


def _shown_to_the_end(steps: Generator[Event, None, T]) -> T:
    """What the generator returns; its events are shown on the way."""
    show = _Stream(None)
    while True:
        try:
            show(next(steps))
        except StopIteration as end:
            value: T = end.value
            return value


def _bench(arguments: argparse.Namespace) -> int:
    from fusionlab.bench.report import write_report
    from fusionlab.bench.results import results, write_csv
    from fusionlab.bench.runner import bench
    from fusionlab.bench.table import as_text

    plan = _plan(arguments)
    out = Path(arguments.out or f"bench-{plan.suite.name}")
    with closing(bench(plan, out)) as news:
        _show_bench(news)
    data = results(out)
    (out / "results.json").write_text(_json(data), encoding="utf-8")
    write_csv(out)
    report = write_report(out)
    if arguments.json:
        print(_json(data))
    else:
        print(as_text(data))
    _say(f"the report is {report}; results.json, contenders.csv and items.csv are beside it")
    return 0


def _plan(arguments: argparse.Namespace) -> "Plan":
    from fusionlab.bench.plan import method_from_text, plan
    from fusionlab.bench.suites import changed, get_suite, with_source

    suite = get_suite(arguments.suite)
    if arguments.data:
        suite = with_source(suite, arguments.data)
    given = {name: getattr(arguments, name) for name in ("items", "seed", "max_tokens")}
    return plan(
        changed(suite, **{name: value for name, value in given.items() if value is not None}),
        [method_from_text(text) for text in arguments.method],
        [member_from_text(text) for text in arguments.member],
        skip_broken=arguments.skip_broken,
        baseline=arguments.baseline,
        batch=arguments.batch,
        keep_runs=arguments.runs,
    )


def _show_bench(news: Iterable["News"]) -> None:
    """Says at most once a second how far it is."""
    from fusionlab.bench.runner import Answered

    show = _Stream(None)
    told = time.monotonic()
    for each in news:
        if not isinstance(each, Answered):
            show(each)
        elif time.monotonic() - told > 1:
            told = time.monotonic()
            minutes, seconds = divmod(round(each.seconds_left), 60)
            left = f"{minutes}:{seconds:02} left"
            _say(f"  {each.contender}: {each.done} of {each.total} answers, {left}")


def _speed(arguments: argparse.Namespace) -> int:
    results = []
    for result in measure(arguments.name):
        results.append(result)
        if not arguments.json:
            print(result.as_text())
    if arguments.json:
        _print_json({"results": [result.as_json() for result in results]})
    return 0


def _space(arguments: argparse.Namespace) -> int:
    from fusionlab.spaces import write_readme_block, write_requirements

    folder = Path(arguments.folder)
    for name in ("spaces.yaml", "README.md", "pyproject.toml"):
        if not (folder / name).is_file():
            raise RecipeError(f"{folder} has no {name}", hint="name a checkout of FusionLab")
    write_readme_block(folder / "spaces.yaml", folder / "README.md")
    write_requirements(folder / "pyproject.toml", folder / "requirements.txt")
    print(f"wrote the Space's block into {folder / 'README.md'}, and {folder / 'requirements.txt'}")
    return 0


def _recipe(arguments: argparse.Namespace) -> Recipe:
    """The recipe that the options say; where a file says one, the options change it."""
    from fusionlab.registry import get_method

    if arguments.method.endswith(".toml"):
        base = _recipe_in(Path(arguments.method))
    else:
        start = Sampling(temperature=get_method(arguments.method).temperature)
        base = Recipe(arguments.method, sampling=start)
    members = tuple(member_from_text(text) for text in arguments.member)
    drawn = {each.name: getattr(arguments, each.name) for each in fields(Sampling)}
    given = {name: value for name, value in drawn.items() if value is not None}
    return replace(
        base,
        prompt=base.prompt if arguments.prompt is None else arguments.prompt,
        members=members or base.members,
        settings=base.settings | dict(setting_from_text(text) for text in arguments.set),
        sampling=replace(base.sampling, **given),
    )


def _recipe_in(path: Path) -> Recipe:
    try:
        return recipe_from_toml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"there is no recipe {str(path)!r}") from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RecipeError(f"{path} cannot be read: {cause}") from None


def _finish(trace: Trace, *, as_json: bool) -> None:
    from fusionlab.views.summary import cost_line, summary

    if as_json:
        _print_json(summary(trace))
    else:
        print(cost_line(trace))


class _Stream:
    """Shows a run to a person: the answer as `speaker` says it, the rest on standard error.

    Without a speaker no answer is shown.
    """

    def __init__(self, speaker: str | None) -> None:
        self._speaker = speaker
        self._streamed = False
        self._shown_at = 0.0

    def __call__(self, event: Event) -> None:
        match event:
            case TextDelta(author, text, 0) if author == self._speaker:
                self._streamed = True
                print(text, end="", flush=True)
            case Progress(what, done, total, unit) if time.monotonic() - self._shown_at > 1:
                self._shown_at = time.monotonic()
                _say(f"  {what}{_amount(done, total, unit)}")
            case StepTrained(step, loss) if time.monotonic() - self._shown_at > 1:
                self._shown_at = time.monotonic()
                _say(f"  step {step}: loss {loss:.4f}")
            case Warned(message, hint):
                _say(f"warning: {message}{f' ({hint})' if hint else ''}")
            case RunFinished(answer) if self._speaker is not None:
                print("" if self._streamed else answer)


def _speaker(recipe: Recipe) -> str:
    """Whose text is the answer as it grows: the fusion's, or the member's who is alone."""
    from fusionlab.registry import get_method

    alone = get_method(recipe.method).max_members == 1
    return recipe.members[0].name if alone else FUSED


def _amount(done: float, total: float, unit: str) -> str:
    match unit:
        case "bytes" if total:
            return f": {done / 1e6:.0f} of {total / 1e6:.0f} MB"
        case "bytes":
            return f": {done / 1e6:.0f} MB"
        case "seconds":
            return f": {done:.0f} s"
        case _:
            return f": {done:g} of {total:g}" if total else ""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _print_json(data: Any) -> None:
    print(_json(data))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fusionlab", description="See, measure and teach how language models can be fused."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = _command(commands, "run", _run, "run a fusion method, or a recipe in a .toml file")
    run.add_argument("method", metavar="METHOD", help="see fusionlab methods; or RECIPE.toml")
    run.add_argument(
        "--member", action="append", default=[], metavar="REF[,name=…][,weight=…][,system=…]"
    )
    run.add_argument("--prompt", metavar="TEXT")
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    run.add_argument("--max-tokens", type=int, help=f"default {Sampling().max_tokens}")
    run.add_argument("--temperature", type=float, help="0 is greedy; vote starts with 0.7")
    run.add_argument("--top-k", type=int, help="0 cuts nothing")
    run.add_argument("--top-p", type=float, help="1 cuts nothing")
    run.add_argument("--seed", type=int, help="default 0")
    run.add_argument("--out", metavar="RUN.jsonl", help="record the run")
    replay = _command(commands, "replay", _replay, "show a recorded run, without any model")
    replay.add_argument("file", metavar="RUN.jsonl")
    _command(commands, "methods", _methods, "list the fusion methods and their settings")
    _command(commands, "models", _models, "list the models that are known by name")
    fetch = _command(
        commands, "fetch", _fetch, "bring models to this disk, for use without network"
    )
    fetch.add_argument("models", nargs="+", metavar="MODEL")
    zoo = commands.add_parser("zoo", help="small models made here: list, train NAME, eval NAME")
    kinds = zoo.add_subparsers(required=True, metavar="COMMAND")
    _command(kinds, "list", _zoo_list, "list the zoo's models, their tasks and scores")
    train = _command(kinds, "train", _zoo_train, "train one from its recipe, or go on with it")
    train.add_argument("name", metavar="NAME", help="such as adder, or smollm2-135m+maths")
    train.add_argument("--shelf", metavar="FOLDER", help="where it is to stand; default the cache")
    evaluate = _command(kinds, "eval", _zoo_eval, "measure one on held-out problems of every task")
    evaluate.add_argument("name", metavar="NAME")
    _add_bench(commands)
    speed = _command(commands, "speed", _speed, "measure a speed as a ratio against an alternative")
    speed.add_argument("name", metavar="NAME", help=f"one of {', '.join(SPEEDS)}")
    space = _command(commands, "space", _space, "make a checkout ready to be pushed to a Space")
    space.add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    return parser


def _add_bench(commands: Any) -> None:
    bench = _command(
        commands, "bench", _bench, "measure methods on a suite, against each member alone"
    )
    bench.add_argument(
        "suite", metavar="SUITE", help="such as zoo-mixed, zoo-arithmetic, gsm8k, bbh; or S.toml"
    )
    bench.add_argument("--method", action="append", default=[], metavar="METHOD[,key=value…]")
    bench.add_argument(
        "--member", action="append", default=[], metavar="REF[,name=…][,weight=…][,system=…]"
    )
    bench.add_argument("--items", type=int, help="how many; the suite says a default")
    bench.add_argument("--seed", type=int, help="chooses the items; default 0")
    bench.add_argument("--max-tokens", type=int, help="of an answer; the suite says a default")
    bench.add_argument("--data", metavar="PATH", help="file, folder or data set of the hub")
    bench.add_argument("--skip-broken", action="store_true", help="leave out broken lines of data")
    bench.add_argument(
        "--baseline",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also measure the best member with as many tokens as each fusion",
    )
    bench.add_argument("--batch", type=int, default=16, help="items answered together")
    bench.add_argument("--runs", type=int, default=20, help="whole runs kept of each contender")
    bench.add_argument("--out", metavar="DIR", help="default bench-SUITE; goes on where it stopped")


def _command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(command=function)
    if name not in ("fetch", "space", "train"):
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
