"""A benchmark's results as data for the eye: verdicts, contenders, tasks, errors, items."""

from collections.abc import Sequence
from typing import Any

from fusionlab import words
from fusionlab.bench.rows import (
    Comparison,
    Correlations,
    ItemRow,
    Oracle,
    Result,
    Row,
    Said,
    Share,
)
from fusionlab.bench.suites import Suite
from fusionlab.encoding import well_formed
from fusionlab.views.spoken import saying
from fusionlab.views.verdicts import VERDICTS, name_of, note_views, short_name_of, verdict_views

Drawn = dict[str, Any]
"""Plain JSON data, as the component takes them."""
MOST_ITEMS = 2000
"""Items that are shown; files hold them all."""


def bench_view(
    result: Result, *, opens: bool = False, files: Sequence[dict[str, str]] = ()
) -> Drawn:
    """What the component `bench` draws of a benchmark's results.

    What a contender that did not run would have is None, and so are intervals of too few items.
    An item's answers stand in the order of the contenders, None where there is none yet. `against`
    compares with the best single member. Where the report `opens` runs, answers say whether theirs
    was kept. `files` are there to be taken away: their names and paths.
    """
    rows = result.contenders
    tasks = list(dict.fromkeys(item.task for item in result.items))
    against = {
        each.contender: each for each in result.comparisons if each.against_role == "best_single"
    }
    view = {
        "suite": result.suite.name,
        "title": suite_title(result.suite),
        "facts": _facts(result),
        "graded": result.graded,
        "planned": result.planned,
        "complete": result.complete,
        "verdicts": verdict_views(result),
        "notes": note_views(result),
        "contenders": [
            _contender(row, place, result, against=against.get(row.key))
            for place, row in enumerate(rows)
        ],
        "oracle": _oracle(result.oracle),
        "tasks": tasks,
        "by_task": [[_counts(row.tasks.get(task)) for task in tasks] for row in rows],
        "correlation": _correlation(result.correlations),
        "items": [_item(item, rows, opens=opens) for item in result.items[:MOST_ITEMS]],
        "opens": opens,
        "files": list(files),
    }
    checked: Drawn = well_formed(view)
    return checked


def suite_title(suite: Suite) -> Drawn | str:
    """The suite's title: by key where it came with FusionLab, else its own."""
    key = f"suite-{suite.name}"
    return saying(key) if words.has(key) else suite.title


def _facts(result: Result) -> Drawn:
    key = "bench-facts" if result.complete else "bench-facts-incomplete"
    contenders = len(result.contenders)
    seed = str(result.suite.seed)
    return saying(key, items=result.planned, seed=seed, contenders=contenders)


def _contender(row: Row, place: int, result: Result, *, against: Comparison | None) -> Drawn:
    share, costs = row.share, row.per_item
    low, high = share.interval or (None, None)
    return {
        "key": row.key,
        "name": name_of(row, result.contenders),
        "short": short_name_of(row, result.contenders),
        "code": row.name,
        "kind": row.role,
        "of": row.baseline_of,
        "colour": place if row.role == "single" else -1,
        "best": row.key == result.best_single,
        "right": share.right,
        "total": share.total,
        "blank": row.unextracted,
        "errors": row.errors,
        "error": row.error,
        "done": row.done,
        "judged": row.judged,
        "accuracy": share.score,
        "low": low,
        "high": high,
        "tokens": costs.tokens,
        "passes": costs.forward_passes,
        "seconds": costs.wall,
        "front": row.pareto,
        "against": against and compared_view(against),
    }


def compared_view(each: Comparison) -> Drawn:
    """A fusion against its rival: the verdict, and the figures that it rests on."""
    low, high = each.interval or (None, None)
    return {
        "verdict": "failed" if each.difference is None else VERDICTS[each.outcome],
        "gain": each.difference,
        "low": low,
        "high": high,
        "p": each.p,
        "test": each.test,
        "n": each.n,
    }


def _oracle(oracle: Oracle | None) -> Drawn | None:
    """What picking a right member wherever there is one would reach."""
    if oracle is None or oracle.share.interval is None:
        return None
    share = oracle.share
    low, high = oracle.share.interval
    return {
        "right": share.right,
        "total": share.total,
        "accuracy": share.score,
        "low": low,
        "high": high,
        "members": len(oracle.members),
        "by_members": oracle.by_members_right,
    }


def _counts(share: Share | None) -> list[int | float]:
    """Right and total; of scores their sum."""
    if share is None or share.score is None:
        return [0, 0]
    return [share.score * share.total if share.right is None else share.right, share.total]


def _correlation(known: Correlations | None) -> Drawn:
    return {"names": known.names, "rows": known.phi} if known else {"names": [], "rows": []}


def _item(item: ItemRow, rows: Sequence[Row], *, opens: bool) -> Drawn:
    answers = [item.answers.get(row.key) for row in rows]
    return {
        "id": item.item,
        "task": item.task,
        "prompt": item.prompt,
        "truth": item.truth,
        "answers": [answer and _answer(answer, opens=opens) for answer in answers],
    }


def _answer(answer: Said, *, opens: bool) -> Drawn:
    score = answer.score if answer.right is None else None
    return {
        "said": answer.said,
        "found": answer.extracted,
        "right": answer.right if score is None else score > 0.5,
        "score": score,
        "error": answer.error or None,
        "run": opens and answer.run,
    }
