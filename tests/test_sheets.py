"""CSV from spreadsheets, from people, and from both at once."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.errors import DataError
from fusionlab.sheets import MARKS, harmless, read_sheet

CELLS = st.text(st.sampled_from('ab,;\t"\n é答'), max_size=6)


def cells(text: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read_sheet(text, "t.csv").rows]


@pytest.mark.parametrize("mark", MARKS)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), min_size=1, max_size=4))
def test_what_the_csv_module_writes_is_read_back(
    mark: str, rows: list[tuple[str, str, str]]
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows([("question", "a, b; c", "d\te"), *rows])
    sheet = read_sheet(out.getvalue(), "t.csv")
    assert sheet.columns == ("question", "a, b; c", "d\te")
    assert [row.cells for row in sheet.rows] == rows


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("sep=;\nq;a\n1;2\n", ("q", "a")),
        ("\ufeffsep=,\r\nq,a\r\n1,2\r\n", ("q", "a")),
        ("SEP=|\nq|a\n1|2\n", ("q", "a")),
        ('question;"an answer, in words"\n1;2\n', ("question", "an answer, in words")),
        ('"a;b",c\n1,2\n', ("a;b", "c")),
        ("question;one, two;b\n1;2;3\n", ("question", "one, two", "b")),
        ("\n\nq,a\n1,2\n", ("q", "a")),
        (" q , a \n1,2\n", ("q", "a")),
        ("q,a,,\n1,2,,\n", ("q", "a")),
        ("q\n1\n", ("q",)),
        ('"q\nr",a\n1,2\n', ("q\nr", "a")),
    ],
)
def test_columns_are_found_however_they_are_divided(text: str, columns: tuple[str, ...]) -> None:
    sheet = read_sheet(text, "t.csv")
    assert sheet.columns == columns
    assert sheet.rows[0].cells == ("1", "2", "3")[: len(columns)]


def test_a_line_has_the_number_that_an_editor_shows() -> None:
    sheet = read_sheet('sep=,\nq,a\n\n"1\n1",2\n3,4\n', "t.csv")
    assert [row.line for row in sheet.rows] == [5, 6]


def test_a_cell_of_any_length_is_read() -> None:
    long = "x" * 300_000
    assert cells(f"q,a\n1,{long}\n") == [("1", long)]


def test_a_text_under_no_name_is_kept_for_whoever_complains_of_it() -> None:
    assert cells("q,a,\n1,2,3\n4,5,\n") == [("1", "2", "3"), ("4", "5")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ('q,a\n1,"2\n', "line 2: a quote is opened and not closed"),
        ("q,a,q\n1,2,3\n", "two columns named 'q'"),
        ('q,a\n1,"2"3\n', "line 2"),
    ],
)
def test_a_broken_table_says_where(text: str, said: str) -> None:
    with pytest.raises(DataError, match=r"^t\.csv") as caught:
        read_sheet(text, "t.csv")
    assert said in caught.value.message


@given(st.text(st.sampled_from('a,;\t"\n\r=sep\ufeff\0'), max_size=40))
def test_any_text_is_a_table_or_an_error_of_ours(text: str) -> None:
    try:
        sheet = read_sheet(text, "t.csv")
    except DataError:
        return
    assert len(set(sheet.columns)) == len(sheet.columns)


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "-2+3", "- x"])
def test_what_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "-7", "+1,234.5", "-3%", "答", 5, -0.5, None])
def test_texts_and_numbers_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell


def test_very_many_columns_are_read_in_time_by_their_number() -> None:
    """By its square it took minutes."""
    head = ",".join(f"c{n}" for n in range(60_000))
    start = time.process_time()
    assert len(read_sheet(f"{head}\nx\n", "a.csv").columns) == 60_000
    with pytest.raises(DataError, match="two columns named 'c7'"):
        read_sheet(f"{head},c7\nx\n", "a.csv")
    assert time.process_time() - start < 5
