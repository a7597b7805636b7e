"""CSV as spreadsheets and people write it: with commas, semicolons or tabs, `sep=;`, long cells.

The first line names the columns. The separator is the mark that occurs most often in that line,
outside quotes.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fusionlab.errors import DataError

MARKS = (",", ";", "\t")
"""Possible separators, the likeliest first."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets take a cell that begins with one of these for a formula."""
_NUMBER = re.compile(r"[-+]?\d[\d.,]*%?")
_TOLD = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the number of its last line, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts; a row may have fewer cells than there are columns, or more."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(text: str, name: str) -> Sheet:
    """The table in the text of the file `name`, without blank lines.

    Raises DataError if it is empty, a quote is not closed, or two columns have the same name.
    """
    told = _TOLD.match(text)
    body = text[told.end() :] if told else text
    before = 1 if told else 0
    mark = told[1] if told else _mark(body)
    csv.field_size_limit(max(csv.field_size_limit(), len(body)))
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True)
    try:
        rows = [Row(before + reader.line_num, tuple(cells)) for cells in reader if any(cells)]
    except csv.Error as cause:
        line = before + reader.line_num
        raise _broken(name, line, cause) from None
    if not rows:
        raise DataError("sheet-empty", name=name)
    return _named(rows, name)


def _mark(text: str) -> str:
    """The separator: the most frequent mark in the first line that is not blank."""
    unquoted = _QUOTED.sub("", text[: 1 << 16])
    head = next((line for line in unquoted.splitlines() if line.strip()), "")
    return max(MARKS, key=head.count)


def _named(rows: Sequence[Row], name: str) -> Sheet:
    """The sheet without the columns at its right that have neither a name nor any text."""
    head, *body = rows
    columns = tuple(cell.strip() for cell in head.cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    width = len(head.cells)
    cut = [
        Row(row.line, row.cells[: len(columns)])
        if len(row.cells) <= width and not any(row.cells[len(columns) :])
        else row
        for row in body
    ]
    counts = Counter(columns)
    twice = next((column for column in columns if counts[column] > 1), None)
    if twice is not None:
        raise DataError("sheet-columns-of-one-name", name=name, column=repr(twice))
    return Sheet(columns, tuple(cut))


def _broken(name: str, line: int, cause: csv.Error) -> DataError:
    if str(cause) == "unexpected end of data":
        return DataError("sheet-quote-open", name=name, line=str(line))
    return DataError("sheet-broken", name=name, line=str(line), said=str(cause))


def harmless(cell: Any) -> Any:
    """The cell as it is safe in CSV: quoted where a spreadsheet would run it as a formula.

    A number with a sign is not a formula.
    """
    if isinstance(cell, str) and cell[:1] in FORMULA and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
