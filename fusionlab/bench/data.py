"""Questions and right answers from files and from the hub: JSON Lines, JSON, CSV, data sets.

GSM8K has one JSON object a line, its answer after "####" at the end of a solution; BIG-Bench-Hard
has one JSON object with a list of examples: https://arxiv.org/abs/2110.14168 and
https://arxiv.org/abs/2210.09261. A line that cannot be used is named by its number.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.errors import BenchError, DataError, SourceError
from fusionlab.reading import read_json, read_text, reason, reason_in_line
from fusionlab.sheets import read_sheet
from fusionlab.sources.datasets import DataSet, fetched_rows
from fusionlab.text.answers import Kind, is_answer
from fusionlab.text.steps import finished
from fusionlab.words import Sentence

SUFFIXES = (".jsonl", ".json", ".csv")
_HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w.-]+)?")


QUESTION = "question"
"""The place in a template for the column of questions, whatever that is called."""
HALVES = (
    *("body", "context", "passage", "paragraph", "story", "premise", "background", "facts"),
    *("choices", "options", "hypothesis"),
)
"""Names of fields that hold a part of the question where there are two."""
MOST_BROKEN = 10_000
"""Lines that are left out; a file with more of them is another one than was meant."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row has its question and its answer."""

    question: str
    answer: str
    answer_after: str = ""
    """What the right answer follows in its field, where that holds a solution as well."""
    kind: Kind = "exact"
    """What every right answer is to be."""
    asked: tuple[str, ...] = (QUESTION,)
    """Fields that the template names; `question` stands for the column of questions."""

    @property
    def used(self) -> set[str]:
        """All that is read of a row."""
        return {self.question if name == QUESTION else name for name in self.asked} | {self.answer}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the right answer; `number` is its line, or its place from 1."""

    number: int
    text: str
    truth: str
    choices: tuple[str, ...] = ()
    """Answers of the right kind, where the corpus names them."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What else the template asks for."""


class _Unusable(Exception):
    """What is wrong with a row; it becomes an error when somebody asks for it."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.key)
        self.sentence = sentence


@dataclass(slots=True)
class Questions:
    """All questions that could be read, and the complaints about those that could not."""

    good: list[Question] = field(default_factory=list)
    complaints: list[Callable[[], DataError]] = field(default_factory=list)
    """Made when somebody reads them: most are never read, and there may be thousands."""
    unasked: set[str] = field(default_factory=set)
    """Fields that look like a part of the question and are not asked."""

    @property
    def broken(self) -> list[str]:
        """What is wrong with each row that was left out, in words."""
        return [complaint().message for complaint in self.complaints]

    def add(self, number: int, row: Any, columns: Columns) -> None:
        """One row more; raises _Unusable with what is wrong with it."""
        self.good.append(_question(number, row, columns))
        self.unasked |= {
            name
            for name, value in row.items()
            if str(name).lower() in HALVES and name not in columns.used and value
        }

    def skip(self, complaint: Callable[[], DataError]) -> None:
        """One row is left out; raises DataError where hardly any is as it should be."""
        self.complaints.append(complaint)
        if len(self.complaints) > MOST_BROKEN:
            raise DataError("data-mostly-broken", most=MOST_BROKEN, last=complaint().sentence)


def from_file(path: Path, columns: Columns, *, skip_broken: bool) -> Questions:
    """The questions in a file.

    Raises DataError when it is none of the known formats, or on the first broken line, unless those
    are to be skipped.
    """
    if path.suffix not in SUFFIXES:
        raise DataError("data-of-another-format", file=str(path), suffixes=SUFFIXES)
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as cause:
        raise DataError("data-unreadable", file=str(path), said=reason(cause)) from None
    result = Questions()
    for number, row in _rows(path, text):
        try:
            result.add(number, row, columns)
        except _Unusable as fault:
            complaint = partial(_complaint, path, number, fault)
            if not skip_broken:
                raise complaint() from None
            result.skip(complaint)
    if not result.good:
        raise DataError(
            "data-without-question",
            file=str(path),
            question=repr(columns.question),
            answer=repr(columns.answer),
        )
    return result


def from_hub(
    name: str, config: str, split: str, columns: Columns, *, skip_broken: bool
) -> Questions:
    """The questions in a data set of the hub, fetched where it is not here yet.

    Raises DataError where it cannot be had, BenchError where a package is missing to read it.
    """
    try:
        rows = list(finished(fetched_rows(DataSet(name, config, split))))
    except SourceError as cause:
        if cause.sentence.key == "data-set-needs-pyarrow":
            raise BenchError("data-set-needs-package", name=name) from None
        raise DataError("data-set-unavailable", name=name, said=cause.sentence) from cause
    result = Questions()
    for number, row in rows:
        try:
            result.add(number, row, columns)
        except _Unusable as fault:
            complaint = partial(_complaint_of_set, name, number, fault)
            if not skip_broken:
                raise complaint() from None
            result.skip(complaint)
    return result


def on_hub(source: str) -> bool:
    """Whether a source that is no file or folder may be the name of a data set."""
    return bool(_HUB_NAME.fullmatch(source)) and not source.endswith(SUFFIXES)


def _rows(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Each row and its number; one that cannot be read comes as the error that says so."""
    match path.suffix:
        case ".jsonl":
            for number, line in enumerate(text.split("\n"), start=1):
                if line.strip():
                    yield number, _json_or_error(line)
        case ".json":
            yield from enumerate(_examples(path, text), start=1)
        case _:
            sheet = read_sheet(text, path.name)
            for row in sheet.rows:
                yield row.line, _fields(sheet.columns, row.cells)


def _fields(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str] | _Unusable:
    if len(cells) > len(columns):
        return _Unusable(Sentence("row-too-long"))
    return dict(zip(columns, cells, strict=False))


def _json_or_error(line: str) -> Any:
    try:
        return well_formed(read_json(line))
    except json.JSONDecodeError as cause:
        return _Unusable(Sentence("row-not-json", {"said": reason_in_line(cause)}))


def _examples(path: Path, text: str) -> list[Any]:
    try:
        data = well_formed(read_json(text))
    except json.JSONDecodeError as cause:
        raise DataError(
            "data-not-json", file=path.name, line=str(cause.lineno), said=reason_in_line(cause)
        ) from None
    rows = data.get("examples") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise DataError("data-not-a-list", file=path.name)
    return rows


def _question(number: int, row: Any, columns: Columns) -> Question:
    """The question in one row; raises _Unusable with what is wrong with it."""
    if isinstance(row, _Unusable):
        raise row
    if isinstance(row, Sentence):
        raise _Unusable(row)
    if not isinstance(row, dict):
        raise _Unusable(Sentence("row-not-an-object"))
    asked = {name: _field(row, name, columns) for name in columns.asked}
    truth = _text(row, columns.answer)
    if columns.answer_after:
        _, mark, truth = truth.rpartition(columns.answer_after)
        if not mark:
            raise _Unusable(
                Sentence(
                    "row-without-mark",
                    {"field": columns.answer, "mark": repr(columns.answer_after)},
                )
            )
    if not truth.strip():
        raise _Unusable(Sentence("truth-blank"))
    if not is_answer(truth, columns.kind):
        raise _Unusable(
            Sentence(
                "truth-of-another-kind", {"truth": repr(truth.strip()[:40]), "kind": columns.kind}
            )
        )
    text = asked.pop(QUESTION, "")
    return Question(number, text, truth.strip(), fields=asked)


def _field(row: dict[str, Any], name: str, columns: Columns) -> str:
    """The text for one place of the template; only the question itself must not be blank."""
    if name == QUESTION:
        return _text(row, columns.question)
    value = row.get(name)
    return value if isinstance(value, str) and not value.strip() else _text(row, name)


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if value is None:
        raise _Unusable(Sentence("row-without-field", {"field": repr(name)}))
    raise _Unusable(Sentence("row-field-not-text", {"field": name, "value": repr(str(value)[:40])}))


def _complaint(path: Path, number: int, fault: _Unusable) -> DataError:
    """What is wrong with the row of this number, and where that is."""
    file, place, why = path.name, str(number), fault.sentence
    if path.suffix == ".json":
        return DataError("data-example", file=file, number=place, fault=why)
    return DataError("data-line", file=file, number=place, fault=why)


def _complaint_of_set(name: str, number: int, fault: _Unusable) -> DataError:
    """The same of a row of this data set."""
    return DataError("data-row", name=name, number=str(number), fault=fault.sentence)
