"""A benchmark's results as data for the eye: verdicts, contenders, tasks, errors, items."""

from collections.abc import Sequence
from typing import Any

from fusionlab.bench.verdict import TESTS
from fusionlab.events import well_formed

Row = dict[str, Any]
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


def bench_view(results: Row) -> Row:
    """What the component `bench` draws of a benchmark's results.

    What a contender that did not run would have is None, and so are intervals of too few items.
    An item's answers stand in the order of the contenders, None where there is none yet. The oracle
    comes last and has no answers. `against` compares with the best single member.
    """
    rows = results["contenders"]
    tasks = list(dict.fromkeys(item["task"] for item in results["items"]))
    against = {
        row["contender"]: row
        for row in results["comparisons"]
        if row["against_role"] == "best_single"
    }
    best = (results["best_single"] or {}).get("key")
    drawn = [
        _contender(row, place, best, against.get(row["key"])) for place, row in enumerate(rows)
    ]
    view = {
        "title": results["suite"]["title"],
        "graded": results["graded"],
        "planned": results["planned"],
        "complete": results["complete"],
        "sentences": _sentences(results),
        "contenders": [*drawn, *_oracle(results["oracle"])],
        "tasks": tasks,
        "by_task": [[_counts(row["tasks"].get(task)) for task in tasks] for row in rows],
        "correlation": _correlation(results["correlations"]),
        "items": [_item(item, rows) for item in results["items"][:MOST_ITEMS]],
    }
    checked: Row = well_formed(view)
    return checked


def _sentences(results: Row) -> list[Row]:
    """One verdict a fusion, then what a reader has to know of the comparison."""
    said = [
        {
            "head": HEADS[row["outcome"]],
            "text": _capital(row["verdict"]),
            "tone": TONES[row["outcome"]],
        }
        for row in results["comparisons"]
        if row["verdict"]
    ]
    notes = [{"head": "", "text": _capital(note), "tone": "plain"} for note in results["notes"]]
    return said + notes


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _contender(row: Row, place: int, best: str | None, against: Row | None) -> Row:
    low, high = row["interval"] or (None, None)
    costs = row["per_item"]
    return {
        "name": row["name"],
        "kind": row["role"],
        "colour": place if row["role"] == "single" else -1,
        "best": row["key"] == best,
        "right": row["right"],
        "total": row["total"],
        "blank": row["unextracted"],
        "errors": row["errors"],
        "done": row["done"],
        "accuracy": row["score"],
        "low": low,
        "high": high,
        "tokens": costs["tokens"],
        "passes": costs["forward_passes"],
        "seconds": costs["wall"],
        "front": row["pareto"],
        "against": against and _against(against),
    }


def _against(row: Row) -> Row:
    low, high = row["interval"] or (None, None)
    return {
        "outcome": row["outcome"],
        "gain": row["difference"],
        "low": low,
        "high": high,
        "p": row["p"],
        "test": TESTS.get(row["test"], row["test"]),
    }


def _oracle(oracle: Row | None) -> list[Row]:
    if oracle is None or not oracle["total"]:
        return []
    low, high = oracle["interval"]
    return [
        {
            "name": "oracle: any member right",
            "kind": "oracle",
            "colour": -1,
            "best": False,
            "right": oracle["right"],
            "total": oracle["total"],
            "done": oracle["total"],
            "blank": 0,
            "errors": 0,
            "accuracy": oracle["score"],
            "low": low,
            "high": high,
            "tokens": None,
            "passes": None,
            "seconds": None,
            "front": False,
            "against": None,
        }
    ]


def _counts(share: Row | None) -> list[int | float]:
    """Right and total; of scores their sum."""
    if share is None or not share["total"]:
        return [0, 0]
    right = share["right"]
    return [share["score"] * share["total"] if right is None else right, share["total"]]


def _correlation(data: Row | None) -> Row:
    return {"names": data["names"], "rows": data["phi"]} if data else {"names": [], "rows": []}


def _item(item: Row, rows: Sequence[Row]) -> Row:
    answers = [item["answers"].get(row["key"]) for row in rows]
    return {
        "id": item["item"],
        "task": item["task"],
        "prompt": item["prompt"],
        "truth": item["truth"],
        "answers": [answer and _answer(answer) for answer in answers],
    }


def _answer(answer: Row) -> Row:
    right, score = answer["right"], answer["score"]
    graded = right is None and score is not None
    return {
        "said": answer["said"],
        "found": answer["extracted"],
        "right": score > 0.5 if graded else right,
        "score": score if graded else None,
        "error": answer["error"] or None,
    }
