"""What a benchmark's report is made of, and the same as plain JSON data.

Figures that cannot be told are None: those of a contender that did not run, and intervals of too
few items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from fusionlab.bench.scoring import ROUGE
from fusionlab.bench.statistics import Interval
from fusionlab.bench.suites import Suite
from fusionlab.recipe import Sampling

FORMAT = "fusionlab-bench-results"
VERSION = 3
"""Since 2 failed runs are no answers, and figures that cannot be told are null; since 3 a
verdict is a code and no sentence."""

Role = Literal["single", "fusion", "baseline"]
Against = Literal["best_single", "equal_tokens"]
Outcome = Literal["helped", "hurt", "same", "unknown", "failed"]


@dataclass(frozen=True, slots=True)
class Share:
    """How many runs there are, how many were right, their share or mean score, its interval."""

    total: int = 0
    right: int | None = None
    """None where only scores tell."""
    score: float | None = None
    interval: Interval | None = None
    rouge: dict[str, float] = field(default_factory=dict)
    """The mean of each score, of open-ended answers."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Means for one item, of the runs that did not fail; `wall` is the time between answers."""

    tokens_in: float | None
    tokens_out: float | None
    forward_passes: float | None
    seconds: float | None
    wall: float | None
    tokens: float | None
    """In and out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contender: who it is, how far it came, how often it was right, and at what cost."""

    key: str
    name: str
    role: Role
    method: str
    members: tuple[str, ...]
    settings: dict[str, Any]
    """Those that are not the suite's."""
    sampling: Sampling
    baseline_of: str
    note: str
    done: int
    errors: int
    error: str
    """What runs failed of most often."""
    judged: bool
    """Whether enough of its runs did not fail."""
    unextracted: int
    share: Share
    per_item: Costs
    tasks: dict[str, Share]
    pareto: bool
    """Whether no other is at least as good at no higher cost."""
    rung: str = ""
    """Of a ladder, where it stands on one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A fusion against a rival, by their keys, on the items on which both ran."""

    contender: str
    against: str | None
    n: int = 0
    failed: int = 0
    only_contender: int = 0
    only_against: int = 0
    difference: float | None = None
    interval: Interval | None = None
    p: float | None = None
    """Corrected for all that was compared."""
    p_alone: float | None = None
    test: str
    outcome: Outcome = "failed"
    against_role: Against


@dataclass(frozen=True, slots=True)
class Oracle:
    """What picking a right member wherever there is one would reach, and what all members know."""

    share: Share
    members: tuple[str, ...]
    by_members_right: tuple[int, ...]
    """Items on which so many members were right, from none to all."""


@dataclass(frozen=True, slots=True)
class Correlations:
    """φ between the members' being wrong; None where a member is always right or always wrong."""

    names: tuple[str, ...]
    phi: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One contender's answer to one item."""

    said: str
    extracted: str | None
    right: bool | None
    score: int | float | None
    error: str
    run: bool
    """Whether the whole run was kept."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item, and what was answered to it, by contender."""

    item: str
    task: str
    prompt: str
    truth: str
    answers: dict[str, Said]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a benchmark's report tells."""

    suite: Suite
    graded: bool
    planned: int
    complete: bool
    broken: tuple[str, ...]
    environment: dict[str, Any]
    contenders: tuple[Row, ...]
    best_single: str | None
    """The key of the best member alone, chosen on the very items of the test."""
    comparisons: tuple[Comparison, ...]
    oracle: Oracle | None
    correlations: Correlations | None
    items: tuple[ItemRow, ...]

    @property
    def verdict(self) -> Outcome | None:
        """That on the fusion that gained most; on one that did not run only for want of any."""
        against = [each for each in self.comparisons if each.against_role == "best_single"]
        told = [each for each in against if each.difference is not None] or against[:1]
        best = max(told, key=lambda each: each.difference or 0.0, default=None)
        return best.outcome if best else None


_ROW = TypeAdapter(Row)
_RESULT = TypeAdapter(Result)


def result_to_json(result: Result) -> dict[str, Any]:
    """The report as plain JSON data."""
    data: dict[str, Any] = _RESULT.dump_python(result, mode="json")
    best, oracle = data["best_single"], data["oracle"]
    return {
        "format": FORMAT,
        "version": VERSION,
        **data,
        "verdict": result.verdict,
        "contenders": [_flat(row) for row in data["contenders"]],
        "best_single": best and {"key": best, "chosen_on_the_test_items": True},
        "oracle": oracle and _flat(oracle),
    }


def row_to_json(row: Row) -> dict[str, Any]:
    """The contender as plain JSON data."""
    return _flat(_ROW.dump_python(row, mode="json"))


def result_from_json(data: Mapping[str, Any]) -> Result:
    """The report in the data that `result_to_json` gave, here or in an earlier version."""
    best, oracle = data["best_single"], data["oracle"]
    return _RESULT.validate_python(
        {
            **data,
            "contenders": [_nested(row) for row in data["contenders"]],
            "best_single": best and best["key"],
            "oracle": oracle and _nested(oracle),
        }
    )


def able_singles(rows: Sequence[Row]) -> list[Row]:
    """The members alone that can be judged."""
    return [row for row in rows if row.role == "single" and row.judged]


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with all figures of its share in the share's place."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        match name:
            case "rung" if not value:
                pass
            case "share":
                flat |= _share_to_json(value)
            case "tasks":
                flat[name] = {task: _share_to_json(share) for task, share in value.items()}
            case _:
                flat[name] = value
    return flat


def _share_to_json(share: Mapping[str, Any]) -> dict[str, Any]:
    counted = {name: value for name, value in share.items() if name != "rouge"}
    return {**counted, **share["rouge"]}


def _nested(row: Mapping[str, Any]) -> dict[str, Any]:
    tasks = row.get("tasks", {})
    return {
        **row,
        "share": _share_from_json(row),
        "tasks": {task: _share_from_json(share) for task, share in tasks.items()},
    }


def _share_from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "rouge": {name: data[name] for name in ROUGE if name in data}}
