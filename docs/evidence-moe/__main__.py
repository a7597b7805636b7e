"""Trains and measures what docs/evidence-moe.md tells, by recipe.toml beside this file.

    python docs/evidence-moe balance >> lines.jsonl     # or tail, or starts: its trainings
    python docs/evidence-moe balance z bias >> lines.jsonl  # of these ways only
    python docs/evidence-moe figures zoo/mixture-top1 >> lines.jsonl    # of a model as it stands
    python docs/evidence-moe capacity zoo/mixture-top1 top1-none-0 >> lines.jsonl
    python docs/evidence-moe tables lines.jsonl

Every model answers the same held-out problems of the zoo, and a line of JSON says how. Trained
models stand in $FUSIONLAB_HOME/evidence-moe, and are not trained again.
"""

import json
import math
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import torch
from measuring import answered, asked, dropped, figures
from routers import Biases, Capacity
from tables import tables
from training import BIASES, FAST, RECIPE, found, kept, recipe_of, shelf, trained

from fusionlab.sources.opening import MODULES
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.tasks import TASKS


def fresh(part_name: str, ways: Sequence[str]) -> None:
    """A line for each model of `balance` or `tail`, of these ways or all; weights begin random."""
    part = RECIPE[part_name]
    prefix = "" if part_name == "balance" else f"{part_name}-"
    for form, way in part["models"]:
        for seed in RECIPE["seeds"] if way in ways or not ways else ():
            name = f"{prefix}{form}-{way}-{seed}"
            said = {"whole": part.get("whole", False), **RECIPE["ways"][way]}
            if not (shelf(name) / BIASES).exists():
                recipe = recipe_of(part, form, seed)
                biases = Biases(said["bias"]) if "bias" in said else None
                model = random_model(recipe, FAST)
                kept(name, model, biases, trained(model, recipe, said, biases, name))
            told({"part": part_name, "form": form, "way": way, "seed": seed}, name, part["tasks"])


def starts() -> None:
    """A line for each start before its training, and one for it after."""
    part = RECIPE["starts"]
    for way, ref in part["models"].items():
        for seed in RECIPE["seeds"]:
            name, source = f"start-{way}-{seed}", ref.format(seed=seed)
            begun, _, _ = found(source)
            if way == "drawn":
                begun = drawn_anew(begun.config, seed)
            row = {"part": "starts", "form": way, "seed": seed}
            if way == "drawn" or "{seed}" in ref or seed == RECIPE["seeds"][0]:
                said = figures(begun, None, part["tasks"], part["held_out"])
                line = {**row, "way": "before", "name": source, **said}
                print(json.dumps(line), flush=True)  # noqa: T201
            if not (shelf(name) / BIASES).exists():
                mixes = getattr(begun.config, "num_experts_per_tok", 0)
                losses = {"balance": part["balance"] if mixes else 0, "whole": part["whole"]}
                recipe = recipe_of(part, "", seed)
                kept(name, begun, None, trained(begun, recipe, losses, None, name))
            told({**row, "way": "after"}, name, part["tasks"], part["held_out"])


def drawn_anew(config: Any, seed: int) -> Any:
    """A model of the same shape with random weights."""
    from transformers import AutoModelForCausalLM

    with MODULES, torch.random.fork_rng():
        torch.manual_seed(seed)
        return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


def told(row: dict[str, Any], name: str, tasks: Sequence[str], count: int = 0) -> None:
    """Prints the line of a trained model."""
    model, biases, curve = found(name)
    said = figures(model, biases, tasks, count)
    print(json.dumps({**row, "name": name, **curve, **said}), flush=True)  # noqa: T201


def capacity(names: Sequence[str]) -> None:
    """A line for each model, composition of the batches and capacity factor.

    Of models of the shelf only mixed batches are read.
    """
    for name in names:
        model, biases, _ = found(name)
        mine = (shelf(name) / BIASES).exists()
        tasks = RECIPE["balance"]["tasks"] if mine else tuple(TASKS)
        with biases.applied(model) if biases else ExitStack():
            for apart in (False,) if mine else (False, True):
                batches = asked(tasks, RECIPE["capacity"]["held_out"], apart=apart)
                free, _ = answered(model, batches)
                for factor in (None, *RECIPE["capacity"]["factors"]):
                    limit, rows = Capacity(factor or math.inf), free
                    if factor:
                        with limit.applied(model):
                            rows, _ = answered(model, batches, capacity=limit)
                    said = dropped(rows, free, limit)
                    line = {"part": "capacity", "name": name, "apart": apart, "factor": factor}
                    print(json.dumps({**line, **said}), flush=True)  # noqa: T201


def main(part: str, *rest: str) -> None:
    """One part of the evidence."""
    torch.set_num_threads(1)
    match part:
        case "balance" | "tail":
            fresh(part, rest)
        case "starts":
            starts()
        case "figures":
            for name in rest:
                row = {"part": "figures", "form": name, "way": "as it stands", "seed": 0}
                told(row, name, tuple(TASKS), 100)
        case "capacity":
            capacity(rest)
        case "tables":
            tables(rest)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
