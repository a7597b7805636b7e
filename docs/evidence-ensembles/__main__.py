"""Measures what docs/evidence-ensembles.md tells, and prints its tables.

    python docs/evidence-ensembles run FOLDER zoo adapters …
    python docs/evidence-ensembles tables FOLDER zoo adapters …
    python docs/evidence-ensembles part FOLDER cross dev
    python docs/evidence-ensembles part FOLDER cross 0
    python docs/evidence-ensembles samples FOLDER adapters …
    python docs/evidence-ensembles record FOLDER cross adapters … > recorded.jsonl
    python docs/evidence-ensembles chosen . cross …
    python docs/evidence-ensembles rows . cross adapters …

Each name is a table of recipe.toml, and becomes a folder that `fusionlab bench` fills; broken off,
the same command goes on. Against self-consistency the differences are paired, as the report's.
Those with parts are asked part by part, those without get samples of their best member besides;
what `record` then writes is what `chosen` and `rows` read.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import asking
import recorded
import rows
from asking import RECIPE

from fusionlab.bench.statistics import mcnemar, paired_interval
from fusionlab.cli import main
from fusionlab.intervals import wilson

VOTER = "self_consistency"
Row = dict[str, Any]


def run(folder: Path, name: str) -> int:
    """The benchmark of this name, in a folder of its own."""
    asked = RECIPE[name]
    arguments = ["bench", asked["suite"], "--items", str(asked["items"]), "--runs", "0"]
    arguments += ["--baseline" if asked.get("baseline") else "--no-baseline"]
    for member in asked["members"]:
        arguments += ["--member", member]
    for method in asked["methods"]:
        arguments += ["--method", method]
    return main([*arguments, "--out", str(folder / name)])


def tables(folder: Path, name: str) -> Iterator[str]:
    """A row for each who answered: right, of long answers too, tokens, and against whom."""
    found = json.loads((folder / name / "results.json").read_text(encoding="utf-8"))
    best, long = found["best_single"]["key"], RECIPE[name].get("long", [])
    answers = {each["key"]: _right(found, each["key"]) for each in found["contenders"]}
    yield f"{name}: {found['suite']['items']} questions of {found['suite']['name']}, in %"
    yield "| | right | of long ones | tokens | passes | less the best | less as many samples |"
    yield "|---|---|---|---|---|---|---|"
    for each in found["contenders"]:
        key, rival = each["key"], _rival(each, found)
        if each["role"] == "baseline" or (each["method"] == VOTER and not _of_best(each, found)):
            continue
        cells = [
            each["name"],
            _share(answers[key]),
            _share(
                [
                    right
                    for right, item in zip(answers[key], found["items"], strict=True)
                    if item["task"] in long
                ]
            ),
            f"{each['per_item']['tokens']:.0f}",
            f"{each['per_item']['forward_passes']:.0f}",
            "" if each["role"] == "single" else _less(answers[key], answers[best]),
            _less(answers[key], answers[rival["key"]]) if rival else "",
        ]
        yield "| " + " | ".join(cells) + " |"
    yield f"some member right: {100 * found['oracle']['score']:.1f}%"
    for each in found["comparisons"]:
        yield f"{each['contender']}, against {each['against']}: p = {each['p']:.2g} by Holm"
    for each in found["contenders"]:
        if each["role"] != "baseline":
            yield f"{each['name']}, by task: {_by_task(each)}"


def _right(found: Row, key: str) -> list[bool]:
    return [bool(item["answers"][key]["right"]) for item in found["items"]]


def _of_best(each: Row, found: Row) -> bool:
    """Whether self-consistency is of the best member."""
    single = next(one for one in found["contenders"] if one["key"] == found["best_single"]["key"])
    return bool(each["members"] == single["members"])


def _rival(each: Row, found: Row) -> Row | None:
    """The best member's self-consistency: as many tokens where that was measured, else the one."""
    if each["role"] != "fusion" or each["method"] == VOTER:
        return None
    others = found["contenders"]
    own = next((one for one in others if one["baseline_of"] == each["key"]), None)
    voters = [one for one in others if one["method"] == VOTER and one["role"] == "fusion"]
    return own or next((one for one in voters if _of_best(one, found)), None)


def _share(right: Sequence[bool]) -> str:
    if not right:
        return ""
    low, high = wilson(sum(right), len(right))
    return f"{100 * sum(right) / len(right):.1f} [{100 * low:.0f}–{100 * high:.0f}]"


def _less(one: Sequence[bool], other: Sequence[bool]) -> str:
    """The paired difference in points, its interval, and McNemar's p, of this comparison alone."""
    pairs = Counter(zip(one, other, strict=True))
    gained, lost = pairs[True, False], pairs[False, True]
    low, high = paired_interval(pairs[True, True], gained, lost, pairs[False, False])
    points = 100 * (gained - lost) / len(one)
    shown = f"{points:+.1f} [{100 * low:+.0f}, {100 * high:+.0f}]".replace("-", "−")
    return f"{shown}, p = {mcnemar(gained, lost):.2g}"


def _by_task(contender: Row) -> str:
    tasks = contender["tasks"].items()
    return ", ".join(f"{task} {own['right']}/{own['total']}" for task, own in tasks)


def _do(what: str, folder: Path, names: Sequence[str]) -> Iterator[str]:
    """Does it, and yields what there is to print."""
    if what == "part":
        asking.ask(folder, *names)
    elif what == "record":
        yield from recorded.record(folder, names)
    elif what in ("chosen", "rows"):
        found = recorded.read()
        for name in names:
            yield name
            yield from (
                rows.chosen(name, found)
                if what == "chosen"
                else rows.table(name, found[name, recorded.TEST])
            )
    else:
        whole = [name for name, asked in RECIPE.items() if "items" in asked]
        for name in names or [
            one for one in whole if what != "samples" or "samples" in RECIPE[one]
        ]:
            if what == "run":
                run(folder, name)
            elif what == "samples":
                asking.ask(folder, name)
            else:
                yield "\n".join(tables(folder, name)) + "\n"


if __name__ == "__main__":
    what, folder, *names = sys.argv[1:]
    for text in _do(what, Path(folder), names):
        print(text)  # noqa: T201
