"""All that a benchmark's folder tells, as plain JSON data and as tables of comma-separated values.

Everything is computed from the answers that are there, so a stopped benchmark can be read as well.
Runs that failed are counted, and left out of everything else.
"""

import csv
import io
import math
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from fusionlab.bench.comparing import Answers, Row, able_singles, comparisons, share
from fusionlab.bench.folder import Line, put_text, read_answers, read_plan
from fusionlab.bench.forms import is_graded
from fusionlab.bench.statistics import pareto, phi
from fusionlab.bench.tally import best_single, commonest_error, enough_ran, ran
from fusionlab.sheets import harmless

FORMAT = "fusionlab-bench-results"
VERSION = 2
"""Since 2 failed runs are no answers, and figures that cannot be told are null."""
COSTS = ("tokens_in", "tokens_out", "forward_passes", "seconds", "wall")
CONTENDER_COLUMNS = (
    *("name", "role", "method", "done", "errors", "total", "right", "score", "low", "high"),
    *("unextracted", *COSTS, "tokens", "pareto"),
)
ITEM_COLUMNS = (
    *("contender", "item", "task", "prompt", "truth", "said", "extracted", "right", "score"),
    *(*COSTS, "error"),
)


def results(folder: Path) -> dict[str, Any]:
    """The report's data, from whatever was answered so far; raises BenchError where none is."""
    plan = read_plan(folder)
    order = {item: at for at, item in enumerate(plan["items"])}
    graded = plan["suite"]["answer"]["checker"] == "rouge"
    answers = {
        row["key"]: _ordered(read_answers(folder, row["key"]), order, graded=graded)
        for row in plan["contenders"]
    }
    rows = [_contender(row, answers[row["key"]], graded=graded) for row in plan["contenders"]]
    _mark_pareto(rows)
    best = _best(rows, answers)
    compared = comparisons(rows, answers, best, graded=graded)
    data = {
        "format": FORMAT,
        "version": VERSION,
        "suite": plan["suite"],
        "graded": graded,
        "planned": len(plan["items"]),
        "complete": all(row["done"] == len(plan["items"]) for row in rows),
        "broken": plan["broken"],
        "environment": plan["environment"],
        "contenders": rows,
        "best_single": best and {"key": best, "chosen_on_the_test_items": True},
        "comparisons": compared,
        "oracle": _oracle(rows, answers) if not graded else None,
        "correlations": _correlations(rows, answers) if not graded else None,
        "verdict": _headline(compared),
        "verdicts": [row["verdict"] for row in compared if row["verdict"]],
        "items": _items(rows, answers, order),
    }
    return {**data, "notes": _notes(data)}


def write_csv(folder: Path) -> tuple[Path, Path]:
    """contenders.csv and items.csv in the folder, one row a contender and one an answer."""
    data = results(folder)
    contenders, items = folder / "contenders.csv", folder / "items.csv"
    flat = [
        {**row, **row["per_item"], "low": _end(row, 0), "high": _end(row, 1)}
        for row in data["contenders"]
    ]
    _write(contenders, CONTENDER_COLUMNS, flat)
    named = {row["key"]: row["name"] for row in data["contenders"]}
    answers = (
        {**line, "contender": name}
        for key, name in named.items()
        for line in map(_counted, read_answers(folder, key).values())
    )
    _write(items, ITEM_COLUMNS, list(answers))
    return contenders, items


def _ordered(answers: Answers, order: dict[str, int], *, graded: bool) -> Answers:
    known = [i for i, line in answers.items() if i in order and (is_graded(line) or not graded)]
    return {item: _counted(answers[item]) for item in sorted(known, key=order.__getitem__)}


def _counted(line: Line) -> Line:
    """The line; what failed is no answer, though older files call it a wrong one."""
    return {**line, "extracted": None, "right": None, "score": None} if line["error"] else line


def _contender(row: Row, answers: Answers, *, graded: bool) -> Row:
    lines = list(answers.values())
    recipe = row["recipe"]
    tasks: dict[str, list[Line]] = {}
    for line in lines:
        tasks.setdefault(line["task"], []).append(line)
    good = ran(lines)
    costs = {name: _mean([line[name] for line in good]) for name in COSTS}
    costs["tokens"] = _mean([line["tokens_in"] + line["tokens_out"] for line in good])
    return {
        "key": row["key"],
        "name": row["name"],
        "role": row["role"],
        "method": recipe["method"],
        "members": [member["name"] for member in recipe["members"]],
        "settings": {k: v for k, v in recipe["settings"].items() if k not in row["follows"]},
        "sampling": recipe["sampling"],
        "baseline_of": row["baseline_of"],
        "note": row["note"],
        "done": len(lines),
        "errors": len(lines) - len(good),
        "error": commonest_error(lines),
        "judged": enough_ran(len(lines), len(lines) - len(good)),
        "unextracted": sum(line["extracted"] is None for line in good),
        **share(lines, graded=graded),
        "per_item": costs,
        "tasks": {task: share(part, graded=graded) for task, part in tasks.items()},
    }


def _mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def _mark_pareto(rows: Sequence[Row]) -> None:
    """Each contender that can be judged says whether none is better at no higher cost."""
    some = [row for row in rows if row["judged"]]
    front = pareto([(row["per_item"]["tokens"], row["score"]) for row in some])
    for row in rows:
        row["pareto"] = False
    for row, on_front in zip(some, front, strict=True):
        row["pareto"] = on_front


def _best(rows: Sequence[Row], answers: dict[str, Answers]) -> str | None:
    singles = [
        (row["key"], list(answers[row["key"]].values()))
        for row in rows
        if row["role"] == "single" and row["done"]
    ]
    return best_single(singles) if singles else None


def _oracle(rows: Sequence[Row], answers: dict[str, Answers]) -> Row:
    """What picking a right member wherever there is one would reach, and what all members know.

    Only of members that can be judged, on the items on which all of them ran.
    """
    singles = [answers[row["key"]] for row in able_singles(rows)]
    common = [
        item
        for item in (singles[0] if singles else ())
        if all(item in each and not each[item]["error"] for each in singles)
    ]
    known = [sum(bool(each[item]["right"]) for each in singles) for item in common]
    lines = [{"score": float(n > 0), "right": n > 0, "error": ""} for n in known]
    return {
        **share(lines, graded=False),
        "members": [row["name"] for row in able_singles(rows)],
        "by_members_right": [known.count(n) for n in range(len(singles) + 1)],
    }


def _correlations(rows: Sequence[Row], answers: dict[str, Answers]) -> Row:
    """φ between the members' being wrong, on the items on which both ran.

    It is null where a member is always right or always wrong.
    """
    singles = [row for row in rows if row["role"] == "single"]
    wrong = [
        {item: not line["right"] for item, line in answers[row["key"]].items() if not line["error"]}
        for row in singles
    ]
    return {
        "names": [row["name"] for row in singles],
        "phi": [[_phi(a, b) for b in wrong] for a in wrong],
    }


def _phi(a: dict[str, bool], b: dict[str, bool]) -> float | None:
    both = [item for item in a if item in b]
    return phi([a[item] for item in both], [b[item] for item in both])


def _headline(compared: Sequence[Row]) -> str:
    """The verdict on the fusion that gained most; on one that did not run only for want of any."""
    against = [row for row in compared if row["verdict"]]
    if not against:
        return "Nothing was fused yet, so there is nothing to tell."
    told = [row for row in against if row["difference"] is not None]
    best: str = max(told or against[:1], key=lambda row: row["difference"] or 0.0)["verdict"]
    return best


def _notes(data: Row) -> list[str]:
    """What a reader has to know of the figures, a sentence each."""
    rows = data["contenders"]
    notes = [f"{row['name']}: {row['note']}." for row in rows if row["note"]]
    notes += [
        f"{row['name']}: {row['errors']} of {row['done']} runs failed, and are neither right nor "
        f"wrong; most often with: {row['error']}"
        for row in rows
        if row["errors"]
    ]
    notes += _corrections(data["comparisons"], len(able_singles(rows)))
    if broken := data["broken"]:
        lines = "1 broken line was" if len(broken) == 1 else f"{len(broken)} broken lines were"
        notes.append(f"{lines} left out; the first: {broken[0]}")
    if not data["complete"]:
        notes.append("Not all items are answered yet; the figures are of those that are.")
    return notes


def _corrections(compared: Sequence[Row], members: int) -> list[str]:
    """What p has been corrected for."""
    several = sum(row["p"] is not None and bool(row["verdict"]) for row in compared)
    notes = []
    if several > 1:
        notes.append(f"Each p is corrected for {several} comparisons of one kind (Holm).")
    if several and members > 1:
        notes.append(
            f"The best member was chosen among {members} on these same items, so a fusion has a "
            f"favoured rival; the p of one that is behind it counts {members} times."
        )
    return notes


def _items(
    rows: Sequence[Row], answers: dict[str, Answers], order: dict[str, int]
) -> list[dict[str, Any]]:
    """One row an item, with each contender's answer."""
    table: dict[str, Row] = {}
    for row in rows:
        for item, line in answers[row["key"]].items():
            about = {key: line[key] for key in ("item", "task", "prompt", "truth")}
            said = {key: line[key] for key in ("said", "extracted", "right", "score", "error")}
            entry = table.setdefault(item, {**about, "answers": {}})
            entry["answers"][row["key"]] = {**said, "run": line["run"]}
    return sorted(table.values(), key=lambda row: order[row["item"]])


def _end(row: Row, at: int) -> float | None:
    return None if row["interval"] is None else float(row["interval"][at])


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerows(chain([columns], ([harmless(row[name]) for name in columns] for row in rows)))
    put_text(path, text.getvalue())
