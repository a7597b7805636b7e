"""Files that commands read and write: tables, conversations, and candidates for one election."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionlab.conversation import Message, messages_from_json
from fusionlab.encoding import well_formed
from fusionlab.errors import DataError, RecipeError
from fusionlab.reading import (
    MOST,
    MOST_VALUES,
    is_file,
    is_folder,
    read_json,
    read_text,
    reason,
    reason_in_line,
)
from fusionlab.recipe import setting_from_text
from fusionlab.sheets import harmless, read_sheet
from fusionlab.words import Sentence, Value
from fusionlab.writing import putting

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".jsonl", ".json")
WRITTEN = (".csv", ".jsonl")
FIELDS = ("text", "answer", "output", "candidate")
"""Fields of a JSON object that may hold a candidate, the likeliest first."""
MOST_COLUMNS = 10_000
RULE = "---"


def setting_of(option: str) -> tuple[str, Any]:
    """Key and value of `key=value`; `candidates=@file` has the candidates in that file."""
    key, value = setting_from_text(option)
    if key == "candidates" and isinstance(value, str) and value.startswith("@"):
        return key, candidates_in(Path(value[1:]))
    return key, value


def candidates_in(path: Path) -> list[str]:
    """The candidates in a JSON list, JSON Lines, or plain text divided by lines of `---`."""
    text = _content(path)
    if path.suffix == ".jsonl":
        lines = _json_lines(path, text)
        return [_candidate(path, Sentence("at-line", {"number": n}), item) for n, item in lines]
    if path.suffix == ".json" or text.lstrip().startswith("["):
        items = _json(path, text)
        if not isinstance(items, list):
            raise RecipeError("cli-not-a-list", file=str(path))
        return [
            _candidate(path, Sentence("at-item", {"number": str(n)}), item)
            for n, item in enumerate(items, start=1)
        ]
    parts: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip() == RULE:
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in ("\n".join(lines).strip() for lines in parts) if part]


def messages_in(given: str) -> tuple[Message, ...]:
    """The conversation in a file with a JSON list of turns; `-` is standard input.

    Raises RecipeError, or UnknownName for a field that no turn has.
    """
    name: Value = Sentence("standard-input") if given == "-" else given
    try:
        text = sys.stdin.read(MOST) if given == "-" else read_text(Path(given))
        data = well_formed(read_json(text))
    except FileNotFoundError:
        raise RecipeError("cli-no-messages", file=repr(given)) from None
    except json.JSONDecodeError as cause:
        raise RecipeError(
            "cli-messages-not-json", name=name, said=reason_in_line(cause), line=str(cause.lineno)
        ) from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RecipeError("cli-unreadable", file=name, said=reason(cause)) from None
    messages = messages_from_json(data)
    if not messages:
        raise RecipeError("cli-no-turns", name=name)
    return messages


def read_table(path: Path) -> "pd.DataFrame":
    """The table in a CSV, JSON Lines or JSON file, its cells as they are written.

    Raises DataError with the row that cannot be read.
    """
    import pandas as pd  # takes half a second to import

    _check_there(path)
    if path.suffix not in TABLES:
        raise DataError("cli-table-of-another-format", file=str(path), suffixes=TABLES)
    if path.suffix == ".csv":
        return _csv(path)
    text = _content(path)
    if path.suffix == ".jsonl":
        rows = [item for _, item in _json_lines(path, text)]
    else:
        rows = _json(path, text)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError("cli-table-not-of-objects", file=str(path))
    _check_size(path, len(rows), len({name for row in rows for name in row}))
    return _filled(path, pd.DataFrame(rows, dtype=object))


def check_writable(path: Path) -> None:
    """A table can be written there; raises RecipeError."""
    if path.suffix not in WRITTEN:
        raise RecipeError("cli-out-of-another-format", file=str(path), suffixes=WRITTEN)
    if not is_folder(path.absolute().parent):
        raise RecipeError("cli-out-no-folder", folder=str(path.absolute().parent))


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """The file holds the whole table; before, it holds what it held."""
    try:
        with putting(path) as part:
            if path.suffix == ".csv":
                frame.map(harmless).to_csv(part, index=False)
            else:
                frame.to_json(part, orient="records", lines=True, force_ascii=False)
    except OSError as cause:
        raise RecipeError(
            "cli-out-unwritable", file=str(path), said=cause.strerror or str(cause)
        ) from None


def _csv(path: Path) -> "pd.DataFrame":
    import pandas as pd

    sheet = read_sheet(_content(path), path.name)
    width = len(sheet.columns)
    for row in sheet.rows:
        if len(row.cells) > width:
            raise DataError(
                "cli-row-too-long",
                file=path.name,
                line=str(row.line),
                cells=len(row.cells),
                columns=width,
            )
    _check_size(path, len(sheet.rows), width)
    cells = [(*row.cells, *[""] * (width - len(row.cells))) for row in sheet.rows]
    return _filled(path, pd.DataFrame(cells, columns=list(sheet.columns), dtype=object))


def _check_size(path: Path, rows: int, columns: int) -> None:
    """A row without a cell for some column takes as much memory as one with it."""
    if columns > MOST_COLUMNS or rows * columns > MOST_VALUES:
        raise DataError(
            "cli-table-too-large",
            file=path.name,
            rows=rows,
            columns=columns,
            most_columns=MOST_COLUMNS,
            most_cells=MOST_VALUES,
        )


def _filled(path: Path, frame: "pd.DataFrame") -> "pd.DataFrame":
    if frame.empty:
        raise DataError("cli-table-without-rows", file=str(path))
    return frame


def _check_there(path: Path) -> None:
    if not is_file(path):
        raise DataError("cli-no-file", file=repr(str(path)))


def _content(path: Path) -> str:
    _check_there(path)
    try:
        return read_text(path)
    except UnicodeDecodeError:
        raise DataError("cli-not-utf-8", file=str(path)) from None
    except OSError as cause:
        raise DataError("cli-unreadable", file=str(path), said=reason(cause)) from None


def _json(path: Path, text: str) -> Any:
    try:
        return well_formed(read_json(text))
    except json.JSONDecodeError as cause:
        raise DataError(
            "cli-not-json", file=path.name, line=str(cause.lineno), said=reason_in_line(cause)
        ) from None


def _json_lines(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Each line that is not blank, by its number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield str(number), well_formed(read_json(line))
            except json.JSONDecodeError as cause:
                raise DataError(
                    "cli-not-json", file=path.name, line=str(number), said=reason_in_line(cause)
                ) from None


def _candidate(path: Path, where: Sentence, item: Any) -> str:
    if isinstance(item, dict):
        item = next((item[name] for name in FIELDS if name in item), None)
    if isinstance(item, str):
        return item
    if isinstance(item, int | float) and not isinstance(item, bool):
        return str(item)
    raise DataError("cli-no-candidate", file=path.name, where=where, fields=FIELDS)
