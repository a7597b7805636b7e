"""Reads a table of questions and candidates, whose columns are named or recognised.

Three forms are understood. Wide: a row for each question, and a column for each candidate, named
after its author. Long: a row for each candidate, with its question's text or number. List: a row
for each question, with all its candidates in one cell. Blank candidates do not stand.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Literal

import pandas as pd

from fusionlab.errors import DataError, UnknownName, listed
from fusionlab.reading import read_json

Form = Literal["wide", "long", "list"]
Candidate = tuple[str, str, float]
"""Text, author, weight."""

QUESTIONS = ("question", "question_id", "qid", "prompt", "query", "instruction", "input", "id", "q")
"""Usual names of a column of questions, the likeliest first."""
LISTS = ("candidates", "answers", "outputs", "responses", "samples", "completions", "texts")
TEXTS = ("candidate", "answer", "output", "response", "sample", "completion", "text")
AUTHORS = ("member", "author", "model", "name")
WEIGHTS = ("weight",)
ASIDE = ("index", "reference", "truth", "gold", "label", "target", "category", "source")
"""Names of columns that are candidates only if they are asked for."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a table hold its questions and their candidates."""

    form: Form
    question: str
    """Empty where questions are numbered, from 1."""
    candidates: tuple[str, ...]
    member: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the candidates that stand."""

    question: str
    texts: tuple[str, ...]
    authors: tuple[str, ...]
    weights: tuple[float, ...]


def understood(
    frame: pd.DataFrame,
    *,
    question: str = "",
    candidates: Sequence[str] = (),
    member: str = "",
    weight: str = "",
) -> Layout:
    """The table's layout, from the columns that are named; the others are found by usual names.

    Raises UnknownName for a column that is not there, or DataError where no candidates are found.
    """
    columns = [str(name) for name in frame.columns]
    for name in (question, *candidates, member, weight):
        if name and name not in columns:
            raise UnknownName("kind-column-of", name, columns, columns=listed(columns))
    question = question or _first(columns, QUESTIONS, set(candidates))
    free = [name for name in columns if name not in (question, member, weight)]
    if lists := [name for name in candidates or free if _is_list(frame[name])]:
        return Layout("list", question, (_first(lists, LISTS) or lists[0],))
    texts = list(candidates) if candidates else [_first(free, TEXTS)]
    wide = list(candidates) or _wide(free)
    repeated = bool(question) and bool(frame[question].duplicated().any())
    if question and texts != [""] and len(texts) == 1 and (repeated or len(wide) < 2):
        free = [name for name in free if name not in texts]
        author = member or _first(free, AUTHORS)
        return Layout("long", question, (texts[0],), author, weight or _first(free, WEIGHTS))
    if len(wide) < 2:
        raise DataError("table-no-candidates", columns=listed(columns))
    return Layout("wide", question, tuple(wide))


def questions(frame: pd.DataFrame, layout: Layout) -> list[Question]:
    """The questions in the order of their first rows; raises DataError for a bad cell."""
    if layout.form == "long":
        return [_stand(title, given) for title, given in _grouped(frame, layout).items()]
    titles = (
        [_text(cell) for cell in frame[layout.question].tolist()]
        if layout.question
        else [str(row) for row in range(1, len(frame) + 1)]
    )
    columns = [frame[name].tolist() for name in layout.candidates]
    rows = zip(titles, zip(*columns, strict=True), strict=True)
    if layout.form == "wide":
        return [
            _stand(title, zip(map(_text, cells), layout.candidates, repeat(1.0), strict=False))
            for title, cells in rows
        ]
    return [
        _stand(title, _listed(cells[0], row)) for row, (title, cells) in enumerate(rows, start=1)
    ]


def _stand(title: str, given: Iterable[Candidate]) -> Question:
    standing = [candidate for candidate in given if candidate[0]]
    texts, authors, weights = zip(*standing, strict=True) if standing else ((), (), ())
    return Question(title, texts, authors, weights)


def _grouped(frame: pd.DataFrame, layout: Layout) -> dict[str, list[Candidate]]:
    """The candidates of each question, whose rows may be anywhere."""
    n = len(frame)
    authors = frame[layout.member].tolist() if layout.member else [None] * n
    weights = frame[layout.weight].tolist() if layout.weight else [1.0] * n
    cells = zip(
        frame[layout.question].tolist(),
        frame[layout.candidates[0]].tolist(),
        authors,
        weights,
        strict=True,
    )
    groups: dict[str, list[Candidate]] = {}
    for row, (title, text, author, weight) in enumerate(cells, start=1):
        group = groups.setdefault(_text(title), [])
        group.append((_text(text), _text(author) or f"#{len(group) + 1}", _weight(weight, row)))
    return groups


def _listed(cell: Any, row: int) -> list[Candidate]:
    """The candidates in one cell: texts, or objects with a text and perhaps author and weight."""
    items = _as_list(cell)
    if items is None:
        if _text(cell):
            raise DataError("table-no-list", row=row, cell=repr(_text(cell)[:60]))
        return []
    found = []
    for place, item in enumerate(items, start=1):
        fields = item if isinstance(item, dict) else {TEXTS[0]: item}
        text = next((fields[name] for name in TEXTS if name in fields), None)
        author = next((fields[name] for name in AUTHORS if name in fields), None)
        weight = fields.get(WEIGHTS[0], 1.0)
        found.append((_text(text), _text(author) or f"#{place}", _weight(weight, row)))
    return found


def _is_list(column: "pd.Series[Any]") -> bool:
    """Whether every cell that is not blank is a list."""
    cells = [cell for cell in column.tolist() if isinstance(cell, list) or _text(cell)]
    return bool(cells) and all(_as_list(cell) is not None for cell in cells)


def _as_list(cell: Any) -> list[Any] | None:
    """The list in a cell, which may be written as JSON; None where it is not one."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = read_json(cell)
        except json.JSONDecodeError:
            return None
    return cell if isinstance(cell, list) else None


def _text(cell: Any) -> str:
    """The cell as text; empty for a missing value."""
    if isinstance(cell, str):
        return cell.strip()
    missing = cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))
    return "" if missing else str(cell).strip()


def _weight(cell: Any, row: int) -> float:
    try:
        weight = float(cell) if _text(cell) else 1.0
    except (TypeError, ValueError, OverflowError):
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise DataError("table-no-weight", row=row, cell=repr(_text(cell)[:60]))
    return weight


def _wide(columns: Sequence[str]) -> list[str]:
    """The columns that may hold candidates; one named answer more likely holds the right ones."""
    others = [name for name in columns if name.lower() not in (*QUESTIONS, *ASIDE, *WEIGHTS)]
    authors = [name for name in others if name.lower() != "answer"]
    return authors if len(authors) > 1 else others


def _first(columns: Sequence[str], names: Sequence[str], taken: set[str] | None = None) -> str:
    """The column with the likeliest of the names, in any case; empty where there is none."""
    there = {name.lower(): name for name in reversed(columns) if name not in (taken or ())}
    return next((there[name] for name in names if name in there), "")
