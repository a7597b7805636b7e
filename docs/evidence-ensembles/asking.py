"""Questions in a part to choose by and parts to measure with; no question is in two of them.

A benchmark's questions are drawn once, repeated ones are left out, the first `dev` of them are to
choose by, and then come parts of `part` each, which `fusionlab bench` answers one after the other:
broken off at any time, all contenders have answered the parts that are whole.
"""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from fusionlab.bench.folder import read_answers
from fusionlab.bench.forms import Line
from fusionlab.bench.plan import SOLO, Contender, Plan, method_from_text, plan
from fusionlab.bench.runner import bench
from fusionlab.bench.suites import Item, Suite, changed, get_suite
from fusionlab.recipe import member_from_text

HERE = Path(__file__).parent
RECIPE: dict[str, Any] = tomllib.loads((HERE / "recipe.toml").read_text(encoding="utf-8"))
BATCH = 32
DEV = "dev"
"""The part to choose by."""
Row = dict[str, Any]


def planned(name: str, part: str = "") -> Plan:
    """Who is asked what: in the part to choose by every candidate, else what was chosen.

    A benchmark without parts is asked as a whole, and of its contenders the samples alone.
    """
    asked = RECIPE[name]
    whole = plan(
        _suite(asked),
        [method_from_text(each) for each in (*_fusions(asked, part), *_samples(asked, part))],
        [member_from_text(text) for text in asked["members"]],
        baseline=False,
        batch=BATCH,
        keep_runs=0,
    )
    parts = "parts" in asked
    wanted = [one for one in whole.contenders if _takes_part(one, asked, only_samples=not parts)]
    items = _part(whole.items, asked, part) if parts else whole.items
    return replace(whole, contenders=tuple(wanted), items=items)


def ask(folder: Path, name: str, part: str = "") -> None:
    """All contenders have answered the part; what was answered before is kept."""
    with closing(bench(planned(name, part), folder / _place(name, part))) as news:
        for _ in news:
            pass


def answered(folder: Path, name: str, part: str = "") -> Iterator[tuple[Contender, list[Line]]]:
    """Each contender with its answers to the whole part, in the order of its questions."""
    asked = planned(name, part)
    for one in asked.contenders:
        lines = read_answers(folder / _place(name, part), one.key)
        if missing := [item.id for item in asked.items if item.id not in lines]:
            raise LookupError(f"{one.name} has not answered {len(missing)} questions of {name}")
        yield one, [lines[item.id] for item in asked.items]


def sampled(one: Contender) -> bool:
    """Whether it is a member that draws, and not one that answers as it does alone."""
    return one.recipe.method == SOLO and one.role != "single"


def _suite(asked: Row) -> Suite:
    own = HERE / f"{asked['suite']}.toml"
    suite = get_suite(str(own) if own.exists() else asked["suite"])
    items = asked["dev"] + asked["parts"] * asked["part"] if "parts" in asked else asked["items"]
    return changed(suite, items=items, seed=asked.get("seed", suite.seed))


def _fusions(asked: Row, part: str) -> list[str]:
    if part == DEV:
        return list(dict.fromkeys(chain(*asked["choices"], asked.get("checks", ()))))
    return list(dict.fromkeys([*asked["methods"], *asked.get("chosen", ())]))


def _samples(asked: Row, part: str) -> list[str]:
    """The best member's samples, each of them a contender; none before it is known."""
    if "best" not in asked:
        return []
    temperatures = asked["temperatures"] if part == DEV else [asked["temperature"]]
    return [
        f"{SOLO},temperature={each},seed={number}"
        for each in temperatures
        for number in range(asked["samples"])
    ]


def _takes_part(one: Contender, asked: Row, *, only_samples: bool) -> bool:
    if sampled(one):
        return bool(one.recipe.members[0].name == asked["best"])
    return not only_samples


def _place(name: str, part: str) -> str:
    return f"{name}-{part or 'samples'}"


def _part(items: Sequence[Item], asked: Row, part: str) -> tuple[Item, ...]:
    once: dict[str, Item] = {}
    for item in items:
        once.setdefault(item.prompt, item)
    start = 0 if part == DEV else asked["dev"] + int(part) * asked["part"]
    return tuple(once.values())[start : start + asked["dev" if part == DEV else "part"]]
