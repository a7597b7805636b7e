"""`fusionlab zoo`: the models and adapters made here, listed, trained and measured."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fusionlab.cli.console import padded, print_json, said, say, shown_to_the_end, tell
from fusionlab.cli.described import model_said
from fusionlab.cli.parser import command
from fusionlab.figures import percent

ADAPTED = "+"
"""Stands between a base and its adapter."""
WIDTH = 24


def add_zoo(commands: Any) -> None:
    """The commands of the zoo."""
    zoo = commands.add_parser("zoo", help="cli-help-zoo")
    kinds = zoo.add_subparsers(required=True, metavar="COMMAND")
    command(kinds, "list", _zoo_list, "cli-help-zoo-list")
    train = command(kinds, "train", _zoo_train, "cli-help-zoo-train")
    train.add_argument("name", metavar="NAME", help="cli-help-zoo-name")
    train.add_argument("--shelf", metavar="FOLDER", help="cli-help-shelf")
    evaluate = command(kinds, "eval", _zoo_eval, "cli-help-zoo-eval")
    evaluate.add_argument("name", metavar="NAME")


def _zoo_list(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import known_adapters
    from fusionlab.zoo.shelf import known_zoo

    rows, adapters = known_zoo(), known_adapters()
    if arguments.json:
        print_json({"zoo": rows, "adapters": adapters})
        return 0
    for row in rows:
        ref = f"zoo/{row['name']}"
        tell(padded(ref, WIDTH) + padded(_state(row), WIDTH) + model_said(ref, row["title"]))
    for row in adapters:
        state, title = _adapter_state(row)
        tell(padded(row["id"], WIDTH) + padded(state, WIDTH) + title)
    return 0


def _state(row: dict[str, Any]) -> str:
    """How far a model of the zoo is."""
    if not row["trained"]:
        return said("cli-zoo-untrained")
    if not row["scores"]:
        return said("cli-zoo-unmeasured")
    scores = [row["scores"].get(task, 0.0) for task in row["tasks"]]
    return said("cli-zoo-scored", share=percent(sum(scores) / len(scores)))


def _adapter_state(row: dict[str, Any]) -> tuple[str, str]:
    """How far an adapter is, and its title with its base's score where there is one."""
    title = model_said(row["id"], row["title"])
    if test := row["scores"].get("test"):
        beside = said("cli-zoo-base", title=title, share=percent(test["base"]))
        return said("cli-zoo-adapter-scored", share=percent(test["adapter"])), beside
    state = said("cli-zoo-unmeasured") if row["trained"] else said("cli-zoo-untrained")
    return state, title


def _zoo_train(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.registry import get_builder

    name, shelf = arguments.name, Path(arguments.shelf) if arguments.shelf else None
    builder = get_builder("adapter" if ADAPTED in name else "zoo")
    plan = builder.plan((), {"recipe": _bare(name)})
    made = shown_to_the_end(builder.execute(plan, shelf))
    say(said("cli-zoo-trained", name=name, ref=str(made)))
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
        tell(f"{named:<24}{said('cli-zoo-share', share=share, total=str(score.total))}")
    return 0


def _adapter_eval(arguments: argparse.Namespace) -> int:
    from fusionlab.zoo.adapters import evaluate_adapter

    scores = shown_to_the_end(evaluate_adapter(arguments.name))
    if arguments.json:
        print_json({"name": arguments.name, "scores": [asdict(score) for score in scores]})
        return 0
    for score in scores:
        share, base = f"{percent(score.share):>6}", percent(score.base_share)
        total = str(score.total)
        beside = said("cli-zoo-share-beside-base", share=share, base=base, total=total)
        tell(f"{score.split:<8}{beside}")
    return 0


def _bare(name: str) -> str:
    """The zoo model's name, also where it was written as a reference."""
    return name.removeprefix("zoo/")
