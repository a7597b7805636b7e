"""All that a benchmark's folder tells, as plain JSON data and as tables of comma-separated values.

Everything is computed from the answers that are there, so a stopped benchmark can be read as well.
"""

import csv
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from fusionlab.bench.folder import Line, read_answers, read_plan
from fusionlab.bench.runner import best_single, mean_score
from fusionlab.bench.scoring import ROUGE
from fusionlab.bench.statistics import (
    Compared,
    Scores,
    difference,
    mcnemar,
    mean_interval,
    outcome,
    pareto,
    phi,
    verdict,
)
from fusionlab.intervals import wilson

Row = dict[str, Any]
Answers = dict[str, Line]
FORMAT = "fusionlab-bench-results"
VERSION = 1
COSTS = ("tokens_in", "tokens_out", "forward_passes", "seconds", "wall")
CONTENDER_COLUMNS = (
    *("name", "role", "method", "done", "right", "score", "low", "high", "errors", "unextracted"),
    *(*COSTS, "tokens", "pareto"),
)
ITEM_COLUMNS = (
    *("contender", "item", "task", "prompt", "truth", "said", "extracted", "right", "score"),
    *(*COSTS, "error"),
)


def results(folder: Path) -> dict[str, Any]:
    """The report's data, from whatever was answered so far; raises BenchError where none is."""
    plan = read_plan(folder)
    order = {item: at for at, item in enumerate(plan["items"])}
    answers = {
        row["key"]: _ordered(read_answers(folder, row["key"]), order) for row in plan["contenders"]
    }
    graded = plan["suite"]["answer"]["checker"] == "rouge"
    rows = [_contender(row, answers[row["key"]], graded=graded) for row in plan["contenders"]]
    _mark_pareto(rows)
    best = _best(rows, answers)
    comparisons = _comparisons(rows, answers, best, graded=graded)
    verdicts = [row["verdict"] for row in comparisons if row["verdict"]]
    return {
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
        "comparisons": comparisons,
        "oracle": _oracle(rows, answers) if not graded else None,
        "correlations": _correlations(rows, answers) if not graded else None,
        "verdict": _headline(comparisons),
        "verdicts": verdicts,
        "items": _items(rows, answers, order),
    }


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
        for line in read_answers(folder, key).values()
    )
    _write(items, ITEM_COLUMNS, list(answers))
    return contenders, items


def _ordered(answers: Answers, order: dict[str, int]) -> Answers:
    known = [item for item in answers if item in order]
    return {item: answers[item] for item in sorted(known, key=order.__getitem__)}


def _contender(row: Row, answers: Answers, *, graded: bool) -> Row:
    lines = list(answers.values())
    recipe = row["recipe"]
    tasks: dict[str, list[Line]] = {}
    for line in lines:
        tasks.setdefault(line["task"], []).append(line)
    costs = {name: sum(line[name] for line in lines) / max(len(lines), 1) for name in COSTS}
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
        "errors": sum(bool(line["error"]) for line in lines),
        "first_error": next((line["error"] for line in lines if line["error"]), ""),
        "unextracted": sum(line["extracted"] is None for line in lines),
        **_share(lines, graded=graded),
        "per_item": {**costs, "tokens": costs["tokens_in"] + costs["tokens_out"]},
        "tasks": {task: _share(part, graded=graded) for task, part in tasks.items()},
    }


def _share(lines: Sequence[Line], *, graded: bool) -> Row:
    """How many were right, their share, and its interval; of scores only their mean."""
    if not lines:
        return {"total": 0, "right": None if graded else 0, "score": None, "interval": None}
    score = mean_score(lines)
    if graded:
        rouge = {name: sum(line["rouge"][name] for line in lines) / len(lines) for name in ROUGE}
        interval = mean_interval(_scores(lines))
        return {"total": len(lines), "right": None, "score": score, "interval": interval} | rouge
    right = sum(bool(line["right"]) for line in lines)
    interval = wilson(right, len(lines))
    return {"total": len(lines), "right": right, "score": score, "interval": interval}


def _mark_pareto(rows: Sequence[Row]) -> None:
    """Each contender that has answered says whether none is better at no higher cost."""
    some = [row for row in rows if row["done"]]
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


def _comparisons(
    rows: Sequence[Row], answers: dict[str, Answers], best: str | None, *, graded: bool
) -> list[Row]:
    """Each fusion against the best single member, then against its baseline at equal tokens."""
    named = {row["key"]: row["name"] for row in rows}
    result = []
    for row in rows:
        if row["role"] != "fusion" or best is None:
            continue
        mine = answers[row["key"]]
        single = _compared(named, row["key"], mine, best, answers[best], graded=graded)
        follower = next((each["key"] for each in rows if each["baseline_of"] == row["key"]), None)
        equal = follower and _compared(
            named, row["key"], mine, follower, answers[follower], graded=graded
        )
        if single is None:
            continue
        sentence = verdict(single[0], equal[0] if equal else None)
        result.append({**single[1], "against_role": "best_single", "verdict": sentence})
        if equal:
            result.append({**equal[1], "against_role": "equal_tokens", "verdict": ""})
    return result


def _compared(
    named: dict[str, str], a: str, mine: Answers, b: str, theirs: Answers, *, graded: bool
) -> tuple[Compared, Row] | None:
    """The two on the items that both answered, as it is said and as it is drawn."""
    both = [item for item in mine if item in theirs]
    if not both:
        return None
    x, y = [mine[item] for item in both], [theirs[item] for item in both]
    gap = difference(_scores(x), _scores(y))
    only_a = sum(_more(p, q) for p, q in zip(x, y, strict=True))
    only_b = sum(_more(q, p) for p, q in zip(x, y, strict=True))
    share = _share(x, graded=graded)
    compared = Compared(
        name=named[a],
        share=share["score"],
        interval=share["interval"],
        other=named[b],
        other_share=mean_score(y),
        n=len(both),
        difference=gap,
        p=gap.p if graded else mcnemar(only_a, only_b),
        test="bootstrap" if graded else "mcnemar",
    )
    return compared, {
        "contender": a,
        "against": b,
        "n": len(both),
        "only_contender": only_a,
        "only_against": only_b,
        "difference": gap.mean,
        "interval": gap.interval,
        "p": compared.p,
        "p_bootstrap": gap.p,
        "test": compared.test,
        "outcome": outcome(compared),
    }


def _more(a: Line, b: Line) -> bool:
    return bool(a["score"] > b["score"])


def _oracle(rows: Sequence[Row], answers: dict[str, Answers]) -> Row:
    """What picking a right member wherever there is one would reach, and what all members know."""
    singles = [answers[row["key"]] for row in rows if row["role"] == "single"]
    common = [item for item in singles[0] if all(item in each for each in singles)]
    known = [sum(bool(each[item]["right"]) for each in singles) for item in common]
    lines = [{"score": float(n > 0), "right": n > 0} for n in known]
    return {
        **_share(lines, graded=False),
        "by_members_right": [known.count(n) for n in range(len(singles) + 1)],
    }


def _correlations(rows: Sequence[Row], answers: dict[str, Answers]) -> Row:
    """φ between the members' errors; null where a member is always right or always wrong."""
    singles = [row for row in rows if row["role"] == "single"]
    wrong = [
        {item: not line["right"] for item, line in answers[row["key"]].items()} for row in singles
    ]
    return {
        "names": [row["name"] for row in singles],
        "phi": [[_phi(a, b) for b in wrong] for a in wrong],
    }


def _phi(a: dict[str, bool], b: dict[str, bool]) -> float | None:
    both = [item for item in a if item in b]
    return phi([a[item] for item in both], [b[item] for item in both])


def _headline(comparisons: Sequence[Row]) -> str:
    """The verdict on the fusion with the highest score."""
    against = [row for row in comparisons if row["verdict"]]
    if not against:
        return "Nothing was fused yet, so there is nothing to tell."
    best: str = max(against, key=lambda row: row["difference"])["verdict"]
    return best


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


def _scores(lines: Sequence[Line]) -> Scores:
    return np.array([line["score"] for line in lines], dtype=np.float64)


def _end(row: Row, at: int) -> float | None:
    return None if row["interval"] is None else float(row["interval"][at])


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerows(chain([columns], ([_cell(row[name]) for name in columns] for row in rows)))


def _cell(value: Any) -> Any:
    """The value; text that a spreadsheet would take for a formula is quoted."""
    if isinstance(value, str) and value.startswith(("=", "+", "@", "\t", "\r")):
        return f"'{value}"
    return value
