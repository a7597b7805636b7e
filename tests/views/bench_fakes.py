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


def verdict(kind: str, name: str, lead: str = "", why: str = "") -> dict[str, Any]:
    """What is said of one fusion."""
    said = {"lead": lead or None, "why": why or None}
    return {"verdict": kind, "name": name, "evidence": [], "equal": None, **said}


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
                {
                    "said": said,
                    "found": said or None,
                    "right": hit,
                    "score": None,
                    "error": None,
                    "run": True,
                }
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
                "key": name,
                "name": hostile or name,
                "short": hostile or name,
                "code": hostile or name,
                "of": "vote" if kind == "baseline" else "",
                "error": "",
                "judged": True,
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
                    "test": "mcnemar",
                    "verdict": "helped",
                    "n": items,
                },
            }
        )
    return {
        "title": "All tasks of the zoo",
        "suite": "zoo-mixed",
        "facts": None,
        "graded": False,
        "planned": items,
        "complete": True,
        "verdicts": [
            verdict("helped", hostile or "ensemble", "The ensemble was right on 78%."),
            verdict("unsure", "vote", "The vote was right on 52.5%."),
        ],
        "notes": [],
        "oracle": {
            "right": 50,
            "total": 60,
            "accuracy": 50 / 60,
            "low": 0.7,
            "high": 0.9,
            "members": 3,
            "by_members": [10, 20, 20, 10],
        },
        "opens": True,
        "files": [],
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
