"""All that a benchmark's folder tells, as a result and as tables of comma-separated values.

Everything is computed from the answers that are there, so a stopped benchmark can be read as well.
Runs that failed are counted, and left out of everything else.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

from fusionlab.bench.comparing import Answers, comparisons, share
from fusionlab.bench.folder import put_text, read_answers, read_plan
from fusionlab.bench.forms import Line
from fusionlab.bench.plan import Contender
from fusionlab.bench.rows import (
    Correlations,
    Costs,
    ItemRow,
    Oracle,
    Result,
    Row,
    Said,
    Share,
    able_singles,
    row_to_json,
)
from fusionlab.bench.statistics import pareto, phi
from fusionlab.bench.tally import best_single, commonest_error, enough_ran, ran
from fusionlab.intervals import wilson
from fusionlab.sheets import harmless

COSTS = ("tokens_in", "tokens_out", "forward_passes", "seconds", "wall")
CONTENDER_COLUMNS = (
    *("name", "role", "method", "done", "errors", "total", "right", "score", "low", "high"),
    *("unextracted", *COSTS, "tokens", "pareto"),
)
ITEM_COLUMNS = (
    *("contender", "item", "task", "prompt", "truth", "said", "extracted", "right", "score"),
    *(*COSTS, "error"),
)


def results(folder: Path) -> Result:
    """The report's data, from whatever was answered so far; raises BenchError where none is."""
    planned = read_plan(folder)
    order = {item: at for at, item in enumerate(planned.items)}
    graded = planned.suite.answer.checker == "rouge"
    answers = {
        one.key: _ordered(read_answers(folder, one.key), order, graded=graded)
        for one in planned.contenders
    }
    rows = _marked([_row(one, answers[one.key], graded=graded) for one in planned.contenders])
    best = _best(rows, answers)
    compared = comparisons(rows, answers, best, graded=graded)
    complete = all(row.done == len(planned.items) for row in rows)
    return Result(
        suite=planned.suite,
        graded=graded,
        planned=len(planned.items),
        complete=complete,
        broken=planned.broken,
        environment=planned.environment,
        contenders=tuple(rows),
        best_single=best,
        comparisons=tuple(compared),
        oracle=_oracle(rows, answers) if not graded else None,
        correlations=_correlations(rows, answers) if not graded else None,
        items=tuple(_items(rows, answers, order)),
    )


def write_csv(folder: Path, result: Result) -> tuple[Path, Path]:
    """contenders.csv and items.csv in the folder, one row a contender and one an answer."""
    contenders, items = folder / "contenders.csv", folder / "items.csv"
    _write(contenders, CONTENDER_COLUMNS, map(_contender_cells, result.contenders))
    named = {row.key: row.name for row in result.contenders}
    answers = (
        [name, *(getattr(line, column) for column in ITEM_COLUMNS[1:])]
        for key, name in named.items()
        for line in map(_counted, read_answers(folder, key).values())
    )
    _write(items, ITEM_COLUMNS, answers)
    return contenders, items


def _ordered(answers: Answers, order: Mapping[str, int], *, graded: bool) -> Answers:
    known = [
        item for item, line in answers.items() if item in order and (line.graded or not graded)
    ]
    return {item: _counted(answers[item]) for item in sorted(known, key=order.__getitem__)}


def _counted(line: Line) -> Line:
    """The line; what failed is no answer, though older files call it a wrong one."""
    return replace(line, extracted=None, right=None, score=None) if line.error else line


def _row(one: Contender, answers: Answers, *, graded: bool) -> Row:
    lines = list(answers.values())
    tasks: dict[str, list[Line]] = {}
    for line in lines:
        tasks.setdefault(line.task, []).append(line)
    good = ran(lines)
    costs = {name: _mean([getattr(line, name) for line in good]) for name in (*COSTS, "tokens")}
    recipe = one.recipe
    return Row(
        key=one.key,
        name=one.name,
        role=one.role,
        method=recipe.method,
        members=tuple(member.name for member in recipe.members),
        settings={k: v for k, v in recipe.settings.items() if k not in one.follows},
        sampling=recipe.sampling,
        baseline_of=one.baseline_of,
        note=one.note,
        done=len(lines),
        errors=len(lines) - len(good),
        error=commonest_error(lines),
        judged=enough_ran(len(lines), len(lines) - len(good)),
        unextracted=sum(line.extracted is None for line in good),
        share=share(lines, graded=graded),
        per_item=Costs(**costs),
        tasks={task: share(part, graded=graded) for task, part in tasks.items()},
        pareto=False,
    )


def _mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def _marked(rows: Sequence[Row]) -> list[Row]:
    """Each contender that can be judged says whether none is better at no higher cost."""
    points = {
        row.key: (row.per_item.tokens, row.share.score)
        for row in rows
        if row.judged and row.per_item.tokens is not None and row.share.score is not None
    }
    front = dict(zip(points, pareto(list(points.values())), strict=True))
    return [replace(row, pareto=front.get(row.key, False)) for row in rows]


def _best(rows: Sequence[Row], answers: Mapping[str, Answers]) -> str | None:
    singles = [
        (row.key, list(answers[row.key].values()))
        for row in rows
        if row.role == "single" and row.done
    ]
    return best_single(singles) if singles else None


def _oracle(rows: Sequence[Row], answers: Mapping[str, Answers]) -> Oracle:
    """Only of members that can be judged, on the items on which all of them ran."""
    able = able_singles(rows)
    singles = [answers[row.key] for row in able]
    common = [
        item
        for item in (singles[0] if singles else ())
        if all(item in each and not each[item].error for each in singles)
    ]
    known = [sum(bool(each[item].right) for each in singles) for item in common]
    right, total = sum(n > 0 for n in known), len(known)
    return Oracle(
        Share(total, right, right / total, wilson(right, total)) if total else Share(right=0),
        tuple(row.name for row in able),
        tuple(known.count(n) for n in range(len(singles) + 1)),
    )


def _correlations(rows: Sequence[Row], answers: Mapping[str, Answers]) -> Correlations:
    """On the items on which both ran."""
    singles = [row for row in rows if row.role == "single"]
    wrong = [
        {item: not line.right for item, line in answers[row.key].items() if not line.error}
        for row in singles
    ]
    return Correlations(
        tuple(row.name for row in singles),
        tuple(tuple(_phi(a, b) for b in wrong) for a in wrong),
    )


def _phi(a: dict[str, bool], b: dict[str, bool]) -> float | None:
    both = [item for item in a if item in b]
    return phi([a[item] for item in both], [b[item] for item in both])


def _items(
    rows: Sequence[Row], answers: Mapping[str, Answers], order: Mapping[str, int]
) -> list[ItemRow]:
    """One row an item, with each contender's answer."""
    table: dict[str, ItemRow] = {}
    for row in rows:
        for item, line in answers[row.key].items():
            asked = ItemRow(line.item, line.task, line.prompt, line.truth, {})
            table.setdefault(item, asked).answers[row.key] = Said(
                line.said, line.extracted, line.right, line.score, line.error, line.run
            )
    return sorted(table.values(), key=lambda row: order[row.item])


def _contender_cells(row: Row) -> list[Any]:
    low, high = row.share.interval or (None, None)
    cells = {**row_to_json(row), **asdict(row.per_item), "low": low, "high": high}
    return [cells[name] for name in CONTENDER_COLUMNS]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(chain([columns], (map(harmless, row) for row in rows)))
    put_text(path, text.getvalue())
