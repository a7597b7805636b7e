"""The tables of docs/evidence-moe.md, of lines of JSON: means over seeds, and what lies between.

Figures after ± are 95% t-intervals over the seeds; differences are taken seed by seed.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}
"""Student's quantile of 97.5%, by the number of seeds."""
Rows = Sequence[dict[str, Any]]


def tables(files: Iterable[str]) -> None:
    """Prints them in Markdown; of lines of one thing the last counts."""
    lines = [json.loads(line) for file in files for line in Path(file).read_text().splitlines()]
    parts = defaultdict[str, dict[Any, dict[str, Any]]](dict)
    for line in lines:
        key = tuple(line.get(each) for each in ("name", "form", "way", "seed", "apart", "factor"))
        parts[line["part"]][key] = line
    for part, rows in parts.items():
        print(f"\n## {part}\n")  # noqa: T201  the tables are what it is for
        for row in (limited if part == "capacity" else grouped)([*rows.values()]):
            print("| " + " | ".join(row) + " |")  # noqa: T201


def grouped(rows: Rows) -> Iterable[Sequence[str]]:
    """A row for each form and way, of its seeds; differences from the plain way, or from `base`.

    Behind each task's nats per byte stands how many answers were right, a mean of the seeds.
    """
    groups = defaultdict[tuple[str, str], dict[int, dict[str, Any]]](dict)
    for row in rows:
        groups[row["form"], row["way"]][row["seed"]] = row
    tasks = list(rows[0]["nats"])
    head = ("form", "way", "n", "mean nats", "less plain", "right %", "less plain")
    yield (*head, "loss", "CV", "peak", "entropy", "f·P", "z", "silent", *tasks)
    for (form, way), seeds in groups.items():
        plain = groups.get((form, "none"), groups.get(("base", way), {}))
        every = [*seeds.values()]
        means = {seed: row["mean"] for seed, row in seeds.items()}
        share = {seed: 100 * sum(row["right"].values()) / row["of"] for seed, row in seeds.items()}
        before = {seed: row["mean"] for seed, row in plain.items()}
        rights = {seed: 100 * sum(row["right"].values()) / row["of"] for seed, row in plain.items()}
        yield (
            form,
            way,
            str(len(every)),
            between(means.values()),
            against(means, before),
            between(share.values(), 1),
            against(share, rights, 1),
            between(row.get("last", math.nan) for row in every),
            *(
                between((row["load"].get(key, math.nan) for row in every), 2)
                for key in ("cv", "peak", "entropy", "balance", "z", "silent")
            ),
            *(
                f"{between(row['nats'][task] for row in every)}"
                f" ({sum(row['right'][task] for row in every) / len(every):.0f}) "
                + against(of_task(seeds, task), of_task(plain, task))
                for task in tasks
            ),
        )


def of_task(seeds: dict[int, dict[str, Any]], task: str) -> dict[int, float]:
    """Its nats per byte, by seed."""
    return {seed: row["nats"][task] for seed, row in seeds.items()}


def limited(rows: Rows) -> Iterable[Sequence[str]]:
    """A row for each model, composition and factor; seeds of one way taken together."""
    groups = defaultdict[tuple[Any, ...], list[dict[str, Any]]](list)
    for row in rows:
        stem, _, seed = row["name"].rpartition("-")
        name = stem if seed.isdigit() else row["name"]
        groups[name, row["apart"], row["factor"]].append(row)
    yield ("model", "batches", "factor", "n", "dropped %", "unread %", "nats", "more", "right %")
    for (name, apart, factor), every in groups.items():
        one = every[0] if len(every) == 1 else None
        own = [100 * row["right"] / row["of"] for row in every]
        yield (
            name,
            "one task" if apart else "mixed",
            "none" if factor is None else f"{factor:g}",
            str(len(every)),
            between((100 * row["dropped"] for row in every), 1),
            between((100 * row["unread"] for row in every), 1),
            between(row["nats"] for row in every),
            f"{one['more']:+.4f} {one['between']}" if one else between(r["more"] for r in every),
            f"{own[0]:.1f} {one['wilson']}" if one else between(own, 1),
        )


def between(figures: Iterable[float], digits: int = 3) -> str:
    """The mean of the seeds, and its interval."""
    own = list(figures)
    mean = sum(own) / len(own)
    if len(own) < 2:
        return f"{mean:.{digits}f}"
    spread = math.sqrt(sum((each - mean) ** 2 for each in own) / (len(own) - 1) / len(own))
    return f"{mean:.{digits}f} ± {T95[len(own)] * spread:.{digits}f}"


def against(own: dict[int, float], other: dict[int, float], digits: int = 3) -> str:
    """The mean difference of the same seeds, and its interval; empty where it is the same."""
    both = [own[seed] - other[seed] for seed in own if seed in other]
    return between(both, digits) if both and own != other else ""
