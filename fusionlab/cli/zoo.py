"""`fusionlab zoo`: the models and adapters made here, listed, trained and measured."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fusionlab.cli.console import command, print_json, say, shown_to_the_end, tell
from fusionlab.figures import percent

ADAPTED = "+"
"""Stands between a base and its adapter."""


def add_zoo(commands: Any) -> None:
    """The commands of the zoo."""
    zoo = commands.add_parser("zoo", help="small models made here: list, train NAME, eval NAME")
    kinds = zoo.add_subparsers(required=True, metavar="COMMAND")
    command(kinds, "list", _zoo_list, "list the zoo's models, their tasks and scores")
    train = command(kinds, "train", _zoo_train, "train one from its recipe, or go on with it")
    train.add_argument("name", metavar="NAME", help="such as adder, or smollm2-135m+maths")
    train.add_argument("--shelf", metavar="FOLDER", help="where it is to stand; default the cache")
    evaluate = command(kinds, "eval", _zoo_eval, "measure one on held-out problems of every task")
    evaluate.add_argument("name", metavar="NAME")


def _zoo_list(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import known_adapters
    from fusionlab.zoo.shelf import known_zoo

    rows, adapters = known_zoo(), known_adapters()
    if arguments.json:
        print_json({"zoo": rows, "adapters": adapters})
        return 0
    for row in rows:
        scores = [row["scores"].get(task, 0.0) for task in row["tasks"]]
        own = f"{percent(sum(scores) / len(scores))} of its own tasks"
        trained = own if row["scores"] else "trained, not measured"
        state = trained if row["trained"] else "not trained"
        tell(f"{'zoo/' + row['name']:<24}{state:<24}{row['title']}")
    for row in adapters:
        test = row["scores"].get("test")
        trained = "trained, not measured" if row["trained"] else "not trained"
        state = f"{percent(test['adapter'])} of its own suite" if test else trained
        beside = f"; its base {percent(test['base'])}" if test else ""
        tell(f"{row['id']:<24}{state:<24}{row['title']}{beside}")
    return 0


def _zoo_train(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.registry import get_builder

    name, shelf = arguments.name, Path(arguments.shelf) if arguments.shelf else None
    builder = get_builder("adapter" if ADAPTED in name else "zoo")
    plan = builder.plan((), {"recipe": _bare(name)})
    say(f"{name} is trained: {shown_to_the_end(builder.execute(plan, shelf))}")
    return 0


def _zoo_eval(arguments: argparse.Namespace) -> int:
    if ADAPTED in arguments.name:
        return _adapter_eval(arguments)
    from fusionlab.zoo.shelf import evaluate_model

    scores = shown_to_the_end(evaluate_model(_bare(arguments.name)))
    if arguments.json:
        rows = [{**asdict(score), "interval": score.interval} for score in scores]
        print_json({"name": arguments.name, "scores": rows})
        return 0
    for score in scores:
        low, high = score.interval
        case = f", {score.case}" if score.case else ""
        named = f"{score.task}{case}"
        share = f"{percent(score.share):>6}  [{percent(low)}, {percent(high)}]"
        tell(f"{named:<24}{share}, n = {score.total}")
    return 0


def _adapter_eval(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import evaluate_adapter

    scores = shown_to_the_end(evaluate_adapter(arguments.name))
    if arguments.json:
        print_json({"name": arguments.name, "scores": [asdict(score) for score in scores]})
        return 0
    for score in scores:
        tell(
            f"{score.split:<8}{percent(score.share):>6}, its base {percent(score.base_share)}, "
            f"n = {score.total}"
        )
    return 0


def _bare(name: str) -> str:
    """The zoo model's name, also where it was written as a reference."""
    return name.removeprefix("zoo/")
