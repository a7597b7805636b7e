"""Reads files, JSON and TOML from outside within bounds.

A device, a pipe or a virtual file (`/proc`, `/sys`) can block for ever or be endless, so only plain
files are read, up to the size they have. JSON and TOML can be nested so deeply, or hold numbers of
so many digits, that reading them fails in unexpected ways; and a text of many short values takes
twenty times its size in memory.
"""

import json
import math
import os
import re
import stat
import tomllib
from collections.abc import Callable
from json import JSONDecodeError
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from fusionlab.words import Sentence

MOST = 256_000_000
"""The largest file that is read into memory, in bytes."""
DEEPEST = 100
"""The most levels of nested lists and objects."""
MOST_VALUES = 5_000_000
"""The most values in one text: each takes up to 80 bytes of memory."""
MOST_DIGITS = 308
"""The most digits of a whole number: a longer one is too large for a float."""
LONGEST_TOML = 1_000_000
_JSON_FAULTS = {
    "Expecting value": "json-value",
    "Expecting property name": "json-name",
    "Expecting ':'": "json-colon",
    "Expecting ','": "json-comma",
    "Extra data": "json-more",
    "Illegal trailing comma": "json-trailing-comma",
    "Unterminated string": "json-open",
    "Invalid control character": "json-control",
    "Invalid \\": "json-escape",
}
"""How Python's reader begins each complaint, and the sentence for it."""
_PLACE = re.compile(r"(?P<said>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", re.DOTALL)
"""Where tomllib says that a text cannot be read."""
_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_PART = r"(?:\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'|[\w-]++)"
_MANY_PARTS = re.compile(rf"(?<![\w\\.-])(?>{_PART}[ \t]*+\.[ \t]*+){{{DEEPEST}}}")
"""A dotted key of so many parts: tomllib's time grows with the square of their number."""


def read_plain(path: Path, most: int = MOST) -> bytes:
    """The content of a plain file, up to its size when it is opened.

    Raises OSError, also if it is not a plain file or has more than `most` bytes.
    """
    check_name(path)
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its other end
        raise OSError(f"{path.name} is not a plain file")
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most:
            raise OSError(f"{path.name} has {size:,} bytes; at most {most:,} are read")
        return stream.read(size)


def check_name(path: Path) -> None:
    """Raises OSError if the name holds a NUL, which no file name may."""
    if "\0" in str(path):
        raise OSError(f"{str(path)!r} holds a NUL character")


def is_id(name: str) -> bool:
    """Whether a model can have this id: a folder's name on every system, and never a path.

    It has up to 64 lower-case letters, digits, dots, dashes and underscores, and begins and ends
    with a letter or digit.
    """
    return _ID.fullmatch(name) is not None


def is_file(path: Path) -> bool:
    """Whether there is such a file; False for any name that no file can have."""
    return _asked(path.is_file)


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; False for any name that no folder can have."""
    return _asked(path.is_dir)


def _asked(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False


def path_of(written: str) -> Path:
    """The path that a person wrote, with `~` for their home; unchanged if the home is not known."""
    try:
        return Path(written).expanduser()
    except RuntimeError:
        return Path(written)


def read_text(path: Path, most: int = MOST) -> str:
    """The text of a plain file in UTF-8, with or without a byte order mark.

    Raises OSError or UnicodeDecodeError.
    """
    return read_plain(path, most).decode("utf-8-sig")


def read_json(text: str | bytes, *, finite: bool = False) -> Any:
    """The value of the JSON text; raises JSONDecodeError, also if it is out of bounds.

    NaN and infinities, which other programs write for missing values, are accepted unless `finite`.
    """
    if _values(text) > MOST_VALUES:
        raise _NotJSON(Sentence("read-too-many-values", {"most": MOST_VALUES}))
    read: dict[str, Any] = {"parse_float": _finite, "parse_constant": _finite} if finite else {}
    try:
        value = json.loads(text, parse_int=_whole, **read)
    except JSONDecodeError:
        raise
    except RecursionError:
        raise _NotJSON(_TOO_DEEP) from None
    except ValueError as cause:  # bytes that are not UTF-8, or a number out of bounds
        raise _NotJSON(_why(cause)) from None
    if _is_deep(value):
        raise _NotJSON(_TOO_DEEP)
    return value


def read_toml(text: str) -> dict[str, Any]:
    """The value of the TOML text; raises TOMLDecodeError, also if it is out of bounds."""
    if len(text) > LONGEST_TOML:
        raise _NotTOML(Sentence("read-too-long", {"most": LONGEST_TOML}))
    if _MANY_PARTS.search(text):
        raise _NotTOML(_TOO_DEEP)
    try:
        value = tomllib.loads(text)
    except TOMLDecodeError:
        raise
    except RecursionError:
        raise _NotTOML(_TOO_DEEP) from None
    except ValueError as cause:  # an impossible date, or a number of over 4,300 digits
        raise _NotTOML(_why(cause)) from None
    if _is_deep(value):
        raise _NotTOML(_TOO_DEEP)
    if _is_large(value):
        raise _NotTOML(_number_too_long())
    return value


def _values(text: str | bytes) -> int:
    """An upper bound on the number of values in the text."""
    marks: list[Any] = [",", "[", "{"] if isinstance(text, str) else [b",", b"[", b"{"]
    return sum(text.count(mark) for mark in marks)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise _OutOfBounds(_number_too_long())
    return int(digits)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise _OutOfBounds(Sentence("read-not-finite", {"number": number[:40]}))
    return value


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            each
            for group in level
            for each in (group.values() if isinstance(group, dict) else group)
            if isinstance(each, dict | list)
        ]
        if not level:
            return False
    return True


def _is_large(value: Any) -> bool:
    """Whether it has a whole number that is too large; it must not be deep."""
    match value:
        case dict():
            return any(map(_is_large, value.values()))
        case list():
            return any(map(_is_large, value))
        case int():
            return bool(abs(value) >= 10**MOST_DIGITS)
    return False


def reason(cause: Exception) -> str | Sentence:
    """Why a text could not be read and where: a sentence, or what the system said of a file."""
    match cause:
        case _NotJSON() | _NotTOML() | _OutOfBounds() | Invalid():
            return cause.sentence
        case JSONDecodeError() if cause.lineno > 1:
            return _at(_json_fault(cause), cause.lineno, cause.colno)
        case JSONDecodeError():
            return reason_in_line(cause)
        case TOMLDecodeError():
            return _toml_fault(str(cause))
        case FileNotFoundError():
            return Sentence("read-no-file")
        case UnicodeDecodeError():
            return Sentence("read-not-utf8", {"place": str(cause.start + 1)})
        case OSError(strerror=str(said)):
            return said  # without the name of the file, which stands in the sentence about it
        case _:
            return str(cause)


def reason_in_line(cause: JSONDecodeError) -> Sentence:
    """The same for a text whose line stands in the sentence that quotes it."""
    if isinstance(cause, _NotJSON):
        return cause.sentence
    return Sentence("read-at-column", {"fault": _json_fault(cause), "column": str(cause.colno)})


def _json_fault(cause: JSONDecodeError) -> Sentence:
    key = next((key for begin, key in _JSON_FAULTS.items() if cause.msg.startswith(begin)), "")
    return Sentence(key) if key else Sentence("fault-quoted", {"said": cause.msg})


def _toml_fault(said: str) -> Sentence:
    """What tomllib said, with the place that it names in the reader's language."""
    found = _PLACE.fullmatch(said)
    if found is None:
        return Sentence("fault-quoted", {"said": said})
    fault = Sentence("fault-quoted", {"said": found["said"]})
    return _at(fault, int(found["line"]), int(found["column"]))


def _at(fault: Sentence, line: int, column: int) -> Sentence:
    return Sentence("read-at", {"fault": fault, "line": str(line), "column": str(column)})


class Invalid(ValueError):
    """Data have another form than they should; `sentence` says where and which."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.said())
        self.sentence = sentence


class _OutOfBounds(ValueError):
    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.said())
        self.sentence = sentence


class _NotJSON(JSONDecodeError):
    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.said(), "", 0)
        self.sentence = sentence


class _NotTOML(TOMLDecodeError):
    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.said())
        self.sentence = sentence


_TOO_DEEP = Sentence("read-too-deep")


def _number_too_long() -> Sentence:
    return Sentence("read-number-too-long", {"most": MOST_DIGITS})


def _why(cause: ValueError) -> Sentence:
    why = reason(cause)
    return Sentence("fault-quoted", {"said": why}) if isinstance(why, str) else why
