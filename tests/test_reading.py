"""What comes from outside is read within bounds: files that have an end, JSON of some depth."""

import json
import math
import os
from contextlib import suppress
from json import JSONDecodeError
from pathlib import Path
from tomllib import TOMLDecodeError

import pytest
from hypothesis import given

from fusionlab.bench.suites import draw, get_suite, with_source
from fusionlab.errors import DataError, RunFileError
from fusionlab.reading import DEEPEST, read_json, read_plain, read_text, read_toml
from fusionlab.runfiles import read_run
from tests import strategies

ENDLESS = [Path("/dev/zero"), Path("/proc/self/pagemap"), Path("/proc/kmsg")]
endless = pytest.mark.parametrize("path", [p for p in ENDLESS if p.exists()], ids=str)


def test_a_plain_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeff答\r\n".encode())
    assert read_plain(file) == "\ufeff答\r\n".encode()
    assert read_text(file) == "答\r\n"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"12345")
    assert read_plain(file, most=5) == b"12345"
    with pytest.raises(OSError, match="5 bytes; at most 4"):
        read_plain(file, most=4)


@endless
def test_what_has_no_end_is_not_read_for_ever(path: Path) -> None:
    with suppress(OSError):
        assert read_plain(path) == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a plain file"):
        read_plain(pipe)
    with pytest.raises(RunFileError, match="not a plain file"):
        read_run(pipe)
    with pytest.raises(DataError):
        draw(with_source(get_suite("gsm8k"), str(pipe)))


@endless
def test_a_run_file_without_an_end_is_an_error(path: Path) -> None:
    with pytest.raises(RunFileError):
        read_run(path)


@given(strategies.json_values)
def test_json_is_read_as_it_is(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 500 + "1" + "}" * 500,
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        "1" * 5_000,
        '{"a": ' + "9" * 5_000 + "}",
        b"\xff\xfe\xff",
        "",
    ],
    ids=["open", "deep", "objects", "just too deep", "digits", "digits within", "bytes", "nothing"],
)
def test_json_beyond_bounds_is_an_error_that_callers_expect(text: str | bytes) -> None:
    with pytest.raises(JSONDecodeError):
        read_json(text)


@pytest.mark.parametrize("number", ["9" * 309, "-" + "9" * 309])
def test_a_whole_number_that_is_too_large_for_a_float_is_none(number: str) -> None:
    assert read_json("9" * 308) == 10**308 - 1
    with pytest.raises(JSONDecodeError, match="more than 308 digits"):
        read_json(number)


def test_json_of_very_many_values_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionlab.reading.MOST_VALUES", 5)
    assert read_json("[1,2,3]") == [1, 2, 3]
    for text in ("[[[[[[]]]]]]", "[0,0,0,0,0,0]", b"[{},{},{}]"):
        with pytest.raises(JSONDecodeError, match="more than 5 values"):
            read_json(text)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_numbers_are_finite_where_they_have_to_be(number: str) -> None:
    assert not math.isfinite(read_json(number))
    with pytest.raises(JSONDecodeError, match="not a finite number"):
        read_json(number, finite=True)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 101 + "]" * 101,
        "a = " + "{a = " * 500 + "1" + "}" * 500,
        "a." * 200_000 + "a = 1",
        '"a" . ' * 200 + "a = 1",
        "'a'." * 200 + "a = 1",
        "a = " + "1" * 5_000,
        "a = 0x" + "f" * 5_000,
        "a = 2020-99-99",
        "#" * 1_000_001,
        "a",
    ],
)
def test_toml_beyond_bounds_is_an_error_that_callers_expect(text: str) -> None:
    with pytest.raises(TOMLDecodeError):
        read_toml(text)


def test_toml_of_some_depth_is_read() -> None:
    assert read_toml("a.b = 1\nc = [[2]]\nd = '" + "so it is. " * 900 + "'")["a"] == {"b": 1}
    assert read_toml("a." * 99 + "a = 1")


def test_json_of_some_depth_is_read() -> None:
    assert read_json("[" * DEEPEST + "]" * DEEPEST)
