"""Prints the figures of docs/evidence-moe.md on upcycled specialists: JSON, a line a suite.

    python docs/evidence-moe-upcycled.py built:five-experts-learn zoo 60
    python docs/evidence-moe-upcycled.py built:smollm2-routed adapters 12

Each specialist's suite has its own tasks or corpora only. It is answered by the mixture as it is,
and with each expert banned in all layers at once: `rows` are the expert, the nats per byte of the
right answers more than as it is with the interval at 95 %, and right answers likewise.
"""

import json
import sys
from typing import Any

from fusionlab.bench.ablation import ablated
from fusionlab.bench.suites import Suite, changed, get_suite, suite_to_json
from fusionlab.intervals import wilson

ZOO = {
    "adder": ("add",),
    "subtracter": ("subtract",),
    "comparer": ("larger", "smaller", "count"),
    "calendar": ("weekday", "month"),
    "editor": ("reverse", "sort", "second", "double"),
}
ADAPTERS = {name: (name,) for name in ("dates", "editing", "maths", "tables")}


def suites(kind: str, items: int) -> dict[str, Suite]:
    """Of every specialist the suite that has its own tasks."""
    whole, named, parts = (
        ("zoo-mixed", "tasks", ZOO) if kind == "zoo" else ("adapters", "corpora", ADAPTERS)
    )
    suite = get_suite(whole)
    data: dict[str, Any] = suite_to_json(suite)["data"]
    return {
        name: changed(suite, items=items, data={**data, named: list(tasks)})
        for name, tasks in parts.items()
    }


def main(ref: str, kind: str, items: int) -> None:
    """Measures one mixture."""
    for name, suite in suites(kind, items).items():
        found: dict[str, Any] = {}
        for step in ablated(ref, suite=suite, items=items, everywhere=True):
            found = step if isinstance(step, dict) else found
        right, n = round(found["right"] * found["pieces"]), found["pieces"]
        row = {"suite": name, "n": n, "nats": found["nats"], "right": right}
        row |= {"interval": wilson(right, n), "rows": found["layers"][0]["experts"]}
        print(json.dumps(row), flush=True)  # noqa: T201  the figures are what it is for


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
