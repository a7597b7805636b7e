"""A benchmark's results as data for the eye: verdicts, contenders, tasks, errors, items."""

from collections.abc import Sequence
from typing import Any

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
from fusionlab.bench.verdict import TESTS
from fusionlab.events import well_formed

Drawn = dict[str, Any]
"""Plain JSON data, as the component takes them."""
TONES = {"helped": "good", "hurt": "bad", "same": "open", "unknown": "open", "failed": "open"}
HEADS = {
    "helped": "✓ Fusion helped.",
    "hurt": "✗ Fusion did harm.",
    "same": "? Cannot tell; there is hardly a difference.",
    "unknown": "? Cannot tell.",
    "failed": "⚠ Did not run.",
}
MOST_ITEMS = 2000
"""Items that are shown; files hold them all."""


def bench_view(result: Result) -> Drawn:
    """What the component `bench` draws of a benchmark's results.

    What a contender that did not run would have is None, and so are intervals of too few items.
    An item's answers stand in the order of the contenders, None where there is none yet. The oracle
    comes last and has no answers. `against` compares with the best single member.
    """
    rows = result.contenders
    tasks = list(dict.fromkeys(item.task for item in result.items))
    against = {
        each.contender: each for each in result.comparisons if each.against_role == "best_single"
    }
    drawn = [
        _contender(row, place, best=row.key == result.best_single, against=against.get(row.key))
        for place, row in enumerate(rows)
    ]
    view = {
        "title": result.suite.title,
        "graded": result.graded,
        "planned": result.planned,
        "complete": result.complete,
        "sentences": _sentences(result),
        "contenders": [*drawn, *_oracle(result.oracle)],
        "tasks": tasks,
        "by_task": [[_counts(row.tasks.get(task)) for task in tasks] for row in rows],
        "correlation": _correlation(result.correlations),
        "items": [_item(item, rows) for item in result.items[:MOST_ITEMS]],
    }
    checked: Drawn = well_formed(view)
    return checked


def _sentences(result: Result) -> list[Drawn]:
    """One verdict a fusion, then what a reader has to know of the comparison."""
    said = [
        {
            "head": HEADS[each.outcome],
            "text": _capital(each.verdict),
            "tone": TONES[each.outcome],
        }
        for each in result.comparisons
        if each.verdict
    ]
    notes = [{"head": "", "text": _capital(note), "tone": "plain"} for note in result.notes]
    return said + notes


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _contender(row: Row, place: int, *, best: bool, against: Comparison | None) -> Drawn:
    share, costs = row.share, row.per_item
    low, high = share.interval or (None, None)
    return {
        "name": row.name,
        "kind": row.role,
        "colour": place if row.role == "single" else -1,
        "best": best,
        "right": share.right,
        "total": share.total,
        "blank": row.unextracted,
        "errors": row.errors,
        "done": row.done,
        "accuracy": share.score,
        "low": low,
        "high": high,
        "tokens": costs.tokens,
        "passes": costs.forward_passes,
        "seconds": costs.wall,
        "front": row.pareto,
        "against": against and _against(against),
    }


def _against(each: Comparison) -> Drawn:
    low, high = each.interval or (None, None)
    return {
        "outcome": each.outcome,
        "gain": each.difference,
        "low": low,
        "high": high,
        "p": each.p,
        "test": TESTS.get(each.test, each.test),
    }


def _oracle(oracle: Oracle | None) -> list[Drawn]:
    if oracle is None or oracle.share.interval is None:
        return []
    share = oracle.share
    low, high = oracle.share.interval
    return [
        {
            "name": "oracle: any member right",
            "kind": "oracle",
            "colour": -1,
            "best": False,
            "right": share.right,
            "total": share.total,
            "done": share.total,
            "blank": 0,
            "errors": 0,
            "accuracy": share.score,
            "low": low,
            "high": high,
            "tokens": None,
            "passes": None,
            "seconds": None,
            "front": False,
            "against": None,
        }
    ]


def _counts(share: Share | None) -> list[int | float]:
    """Right and total; of scores their sum."""
    if share is None or share.score is None:
        return [0, 0]
    return [share.score * share.total if share.right is None else share.right, share.total]


def _correlation(known: Correlations | None) -> Drawn:
    return {"names": known.names, "rows": known.phi} if known else {"names": [], "rows": []}


def _item(item: ItemRow, rows: Sequence[Row]) -> Drawn:
    answers = [item.answers.get(row.key) for row in rows]
    return {
        "id": item.item,
        "task": item.task,
        "prompt": item.prompt,
        "truth": item.truth,
        "answers": [answer and _answer(answer) for answer in answers],
    }


def _answer(answer: Said) -> Drawn:
    score = answer.score if answer.right is None else None
    return {
        "said": answer.said,
        "found": answer.extracted,
        "right": answer.right if score is None else score > 0.5,
        "score": score,
        "error": answer.error or None,
    }
