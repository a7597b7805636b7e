"""Which models can solve a suite, and whether a suite has its data here.

A model of the zoo can where it was right often enough on one of the suite's tasks when it was made;
its scores are kept beside its weights. Models of natural language can try every suite in natural
language, and adapters are best at their own corpus. Of other models nothing is known.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from fusionlab.bench.suites import Suite
from fusionlab.experts.mixtures import known_mixtures
from fusionlab.reading import is_file, is_folder, path_of
from fusionlab.sources.known import known_models
from fusionlab.sources.schemes.zoo import PREFIX
from fusionlab.zoo.adapters import known_adapters
from fusionlab.zoo.shelf import known_zoo

ABLE = 0.5
"""Right so often on a task, a model can solve it."""
GOOD = 0.9
"""Right so often, a model is good at it: of those the one that can do least else is brought."""
FEWEST, MOST = 3, 5
"""Members that a suite brings, where there are as many."""


def solvers(suite: Suite) -> tuple[str, ...]:
    """References of the known models that can solve at least one task of the suite."""
    if suite.data.kind == "zoo":
        tasks = suite.data.tasks
        return tuple(PREFIX + row["name"] for row in _zoo() if _best(row, tasks) >= ABLE)
    small = {PREFIX + row["name"] for row in _zoo()}
    return tuple(
        row["id"]
        for row in known_models()
        if row["level"] != "embedding" and row["id"] not in small
    )


def brought(suite: Suite, offered: Iterable[str] | None = None) -> tuple[str, ...]:
    """The members that a suite brings: one that is good at each of its tasks, and a few more.

    Only of those that are `offered`, where that is said.
    """
    able = [ref for ref in solvers(suite) if offered is None or ref in set(offered)]
    ranked = _of_tasks(suite, able) if suite.data.kind == "zoo" else _of_language(suite, able)
    return tuple(dict.fromkeys(ranked))[:MOST]


def lacks_data(suite: Suite) -> bool:
    """Whether its data must be named: they are not here, and nothing here can fetch them."""
    if suite.data.kind != "file":
        return False
    source = path_of(suite.data.source)
    return not (is_file(source) or is_folder(source) or find_spec("pyarrow"))


@cache
def _zoo() -> tuple[dict[str, Any], ...]:
    return tuple(row for row in known_zoo() if row["scores"])


def _best(row: dict[str, Any], tasks: Sequence[str]) -> float:
    return max(float(row["scores"].get(task, 0.0)) for task in tasks)


def _of_tasks(suite: Suite, able: Sequence[str]) -> list[str]:
    """A specialist for each task, then those that are best on the whole; all of one vocabulary."""
    tasks = suite.data.tasks if suite.data.kind == "zoo" else ()
    mixtures = set(known_mixtures())
    rows = [
        row
        for row in _zoo()
        if PREFIX + row["name"] in able and PREFIX + row["name"] not in mixtures
    ]
    vocabularies = [str(row["vocabulary"]) for row in rows]
    common = max(vocabularies, key=vocabularies.count, default="")
    rows = [row for row in rows if str(row["vocabulary"]) == common]

    def fitness(row: dict[str, Any], task: str) -> tuple[bool, int, float]:
        share = row["scores"].get(task, 0.0)
        broad = sum(each >= ABLE for each in row["scores"].values())
        return share >= GOOD, -broad, share

    chosen = [max(rows, key=lambda row: fitness(row, task)) for task in tasks if rows]
    on_the_whole = sorted(
        rows, key=lambda row: -sum(row["scores"].get(task, 0.0) for task in tasks)
    )
    names = list(dict.fromkeys(PREFIX + row["name"] for row in chosen))
    more = [PREFIX + row["name"] for row in on_the_whole if PREFIX + row["name"] not in names]
    return names + more[: max(0, FEWEST - len(names))]


def _of_language(suite: Suite, able: Sequence[str]) -> list[str]:
    """The adapters of the suite's corpora, then what they stand on, then other adapters."""
    corpora = suite.data.corpora if suite.data.kind == "corpus" else ()
    adapters = {row["id"]: row["corpus"] for row in known_adapters() if row["id"] in able}
    own = sorted(
        (ref for ref, corpus in adapters.items() if corpus in corpora),
        key=lambda ref: corpora.index(adapters[ref]),
    )
    plain = [ref for ref in able if ref not in adapters]
    others = [ref for ref in adapters if ref not in own]
    return own + (plain + others)[: max(0, FEWEST - len(own))]
