"""recorded.jsonl: who was right on which question, for how many tokens.

Questions are those to choose by (`dev`), or those whose figures are told (`test`). In `right` there
is a 1 or a 0 for each question. A line of samples is of the best member: of so many samples for
each question the most frequent answer is elected.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from asking import DEV, HERE, RECIPE, answered, planned, sampled
from equal import elected

from fusionlab.bench.folder import read_answers, read_plan
from fusionlab.bench.forms import Line
from fusionlab.bench.plan import BASELINE, Contender
from fusionlab.bench.suites import Item, Suite

FILE = HERE / "recorded.jsonl"
TEST = "test"
Answers = list[tuple[Contender, list[Line]]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One contender's answers to the questions of a benchmark, in their order."""

    who: str
    role: str
    """single, fusion or samples."""
    right: str
    tokens: list[int]
    """Read and written, for each question."""
    passes: int
    """Forward passes, for all questions."""
    samples: int = 0
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was recorded of a benchmark's questions."""

    tasks: list[str]
    """Of each question."""
    lines: list[Recorded] = field(default_factory=list)

    def of(self, role: str) -> list[Recorded]:
        """The lines of this role."""
        return [line for line in self.lines if line.role == role]


def record(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """The lines of these benchmarks: of parts that all have answered, or of what `run` left."""
    for name in names:
        for split, parts in _splits(folder, name).items():
            if not parts:
                continue
            items, answers = _put_together(folder, name, parts)
            yield _as_json({"of": name, "split": split, "tasks": [item.task for item in items]})
            lines = [_line(*each) for each in answers if not sampled(each[0])]
            lines += _elections(planned(name, parts[0]).suite, items, answers)
            for line in lines:
                yield _as_json({"of": name, "split": split, **asdict(line)})


def read(file: Path = FILE) -> dict[tuple[str, str], Measured]:
    """What was recorded, by benchmark and split."""
    found: dict[tuple[str, str], Measured] = {}
    for data in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        key = data.pop("of"), data.pop("split")
        if "tasks" in data:
            found[key] = Measured(data["tasks"])
        else:
            found[key].lines.append(Recorded(**data))
    return found


def _splits(folder: Path, name: str) -> dict[str, list[str]]:
    """The parts of the questions to choose by and of the others, as far as they are whole."""
    if "parts" not in RECIPE[name]:
        return {TEST: [""]}
    whole = [str(part) for part in range(RECIPE[name]["parts"]) if _is_whole(folder, name, part)]
    return {DEV: [DEV] if RECIPE[name]["dev"] else [], TEST: whole}


def _is_whole(folder: Path, name: str, part: int) -> bool:
    if not (folder / f"{name}-{part}").is_dir():
        return False
    try:
        return bool(list(answered(folder, name, str(part))))
    except LookupError:
        return False


def _put_together(folder: Path, name: str, parts: Sequence[str]) -> tuple[list[Item], Answers]:
    """The questions, and each contender's answers to all of the parts."""
    items: list[Item] = []
    found: dict[str, tuple[Contender, list[Line]]] = {}
    for part in parts:
        items += planned(name, part).items
        for one, lines in answered(folder, name, part):
            found.setdefault(one.name, (one, []))[1].extend(lines)
    before = _left_by_run(folder / name, items) if parts == [""] else []
    return items, [*before, *found.values()]


def _left_by_run(folder: Path, items: Sequence[Item]) -> Iterator[tuple[Contender, list[Line]]]:
    """The members and fusions of a whole benchmark, whose samples are drawn elsewhere."""
    plan = read_plan(folder)
    if plan.items != tuple(item.id for item in items):
        raise LookupError(f"the questions in {folder} are others")
    for one in plan.contenders:
        if one.role != "baseline" and one.recipe.method != BASELINE:
            lines = read_answers(folder, one.key)
            yield one, [lines[item.id] for item in items]


def _line(one: Contender, lines: Sequence[Line]) -> Recorded:
    if failed := [line.error for line in lines if line.error]:
        raise LookupError(f"{one.name} failed {len(failed)} times: {failed[0]}")
    passes = sum(line.forward_passes for line in lines)
    right = _as_bits(bool(line.right) for line in lines)
    return Recorded(one.name, one.role, right, [line.tokens for line in lines], passes)


def _elections(suite: Suite, items: Sequence[Item], answers: Answers) -> Iterator[Recorded]:
    """Of one sample, of two, and so on: what is elected, and what they cost together."""
    checker, phrase = suite.answer.checker, suite.answer.phrase
    kind: Any = "text" if checker == "corpus" else checker
    drawn = [each for each in answers if sampled(each[0])]
    for temperature, group in groupby(drawn, lambda each: each[0].recipe.sampling.temperature):
        members, texts = zip(*group, strict=True)
        by_question = list(zip(*texts, strict=True))
        for count in range(1, len(members) + 1):
            asked = [(item, lines[:count]) for item, lines in zip(items, by_question, strict=True)]
            yield Recorded(
                members[0].recipe.members[0].name,
                "samples",
                _as_bits(elected(item, lines, kind, phrase) for item, lines in asked),
                [sum(line.tokens for line in lines) for _, lines in asked],
                sum(line.forward_passes for _, lines in asked for line in lines),
                count,
                temperature,
            )


def _as_bits(right: Iterable[bool]) -> str:
    return "".join("1" if each else "0" for each in right)


def _as_json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))
