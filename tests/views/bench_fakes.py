"""A report as the benchmark's component is given it."""

import random
from typing import Any

TASKS = ("add", "reverse", "sort,reverse")
NAMES = (
    ("adder", "single", 0, (0.95, 0.02, 0.0)),
    ("editor", "single", 1, (0.02, 0.97, 0.3)),
    ("base", "single", 2, (0.05, 0.6, 0.7)),
    ("vote", "fusion", -1, (0.3, 0.75, 0.5)),
    ("ensemble, pooling=arithmetic", "fusion", -1, (0.85, 0.9, 0.6)),
    ("self-consistency of base, 3 samples", "baseline", -1, (0.05, 0.62, 0.72)),
)


def report(items: int = 60, hostile: str = "") -> dict[str, Any]:
    """What `bench_view` gives, with answers drawn from a seed."""
    rng = random.Random(0)
    rows: list[dict[str, Any]] = []
    for at in range(items):
        task = at % len(TASKS)
        answers: list[dict[str, Any]] = []
        for _, _, _, shares in NAMES:
            hit = rng.random() < shares[task]
            said = hostile or ("461" if hit else rng.choice(("164", "46", "")))
            answers.append(
                {"said": said, "found": said or None, "right": hit, "score": None, "error": None}
            )
        rows.append(
            {
                "id": f"i{at}",
                "task": TASKS[task],
                "prompt": hostile or f"{TASKS[task]} {at}84+77=",
                "truth": "461",
                "answers": answers,
            }
        )
    contenders = []
    for place, (name, kind, colour, _) in enumerate(NAMES):
        right = sum(row["answers"][place]["right"] for row in rows)
        share = right / items
        contenders.append(
            {
                "name": hostile or name,
                "kind": kind,
                "colour": colour,
                "best": name == "base",
                "right": right,
                "total": items,
                "done": items,
                "errors": 0,
                "blank": sum(not row["answers"][place]["said"] for row in rows),
                "accuracy": share,
                "low": max(0.0, share - 0.1),
                "high": min(1.0, share + 0.1),
                "tokens": 17.0 * (1 + 2 * (kind != "single")),
                "passes": 4.2,
                "seconds": 0.013,
                "front": name in ("base", "ensemble, pooling=arithmetic"),
                "against": None
                if kind == "single"
                else {
                    "gain": share - 0.4,
                    "low": share - 0.5,
                    "high": share - 0.3,
                    "p": 0.003,
                    "test": "McNemar",
                    "outcome": "helped",
                },
            }
        )
    return {
        "title": "All tasks of the zoo",
        "sentences": [
            {"tone": "good", "text": hostile or "The ensemble was right on 78 % of 60 items."},
            {"tone": "bad", "text": "The vote did not help: 52 % against 45 % (p = 0.3)."},
        ],
        "contenders": contenders,
        "tasks": list(TASKS),
        "by_task": [
            [
                [
                    sum(r["answers"][place]["right"] for r in rows if r["task"] == task),
                    sum(r["task"] == task for r in rows),
                ]
                for task in TASKS
            ]
            for place in range(len(NAMES))
        ],
        "correlation": {
            "names": ["adder", "editor", "base"],
            "rows": [[1.0, -0.6, 0.1], [-0.6, 1.0, 0.3], [0.1, 0.3, None]],
        },
        "items": rows,
    }
