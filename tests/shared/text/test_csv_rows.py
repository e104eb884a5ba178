import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.csv_rows import MAX_COLUMNS, BrokenRow, Row, Rows, delimiter_of


def rows(text: str, delimiter: str = ",") -> list[tuple[int, tuple[str, ...] | str]]:
    """Each row's line, with its fields or what is wrong."""
    read = Rows(text, delimiter)
    return [(row.line, row.fields if isinstance(row, Row) else row.message) for row in read]


cells = st.text(st.sampled_from("ab ,;\t\"\n\r'é🫖=\u202e"), max_size=8)


@given(table=st.lists(st.lists(cells, min_size=1, max_size=5), max_size=8), delimiter=st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read(table: list[list[str]], delimiter: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)

    assert [list(row.fields) for row in Rows(text.getvalue(), delimiter) if isinstance(row, Row)] == table


@given(st.text(st.sampled_from('ab,"\n\r é'), max_size=40))
def test_any_text_is_taken_apart_line_by_line(text: str) -> None:
    read = list(Rows(text, ","))

    lines = [row.line for row in read]
    assert lines == sorted(set(lines))
    assert not read or lines[-1] <= len(text.splitlines()) + 1
    sound = [row for row in read if isinstance(row, Row)]
    assert all(row.line <= row.last_line for row in sound)


@given(st.text(st.sampled_from('ab,"\n'), max_size=30))
def test_text_without_a_mark_out_of_place_has_no_broken_line(text: str) -> None:
    """Against Python's own reader, where it is strict enough."""
    try:
        expected = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)]
    except csv.Error:
        return
    read = list(Rows(text, ","))

    if not any(isinstance(row, BrokenRow) for row in read):
        assert [list(row.fields) for row in read if isinstance(row, Row) and any(row.fields)] == expected


def test_line_is_the_one_on_which_a_row_starts() -> None:
    text = 'a,b\r\n"one\r\ntwo\nthree",x\r"quoted ""word""",y\n\nlast,z'

    assert rows(text) == [
        (1, ("a", "b")),
        (2, ("one\r\ntwo\nthree", "x")),
        (5, ('quoted "word"', "y")),
        (6, ("",)),
        (7, ("last", "z")),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"open,2', "no closing one"),
        ('"closed"too early,2', "continues after its closing"),
        ('5" pipe,2', "contains a quotation mark"),
        ('x,"open', "no closing one"),
        ("," * 100_000, "more than 250 fields"),
    ],
)
def test_broken_line_costs_nobody_but_itself(line: str, message: str) -> None:
    read = rows(f'first,"1"\n{line}\nthird,3\n"fourth",4\n')

    assert [number for number, _ in read] == [1, 2, 3, 4]
    assert message in read[1][1]
    assert read[2:] == [(3, ("third", "3")), (4, ("fourth", "4"))]


def test_broken_fields_are_numbered() -> None:
    (row,) = Rows('a,b,"c', ",")

    assert isinstance(row, BrokenRow)
    assert row.field == 2


def test_spaces_around_quotation_marks_do_not_matter() -> None:
    assert rows('a, "b, c" ,d') == [(1, ("a", "b, c", "d"))]


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("name,price", ","),
        ("name;price", ";"),
        ("name\tprice", "\t"),
        ('"a,b,c";price;stock', ";"),
        ("name", ","),
        ("", ","),
    ],
)
def test_delimiter_is_the_headers(header: str, delimiter: str) -> None:
    assert delimiter_of(header) == delimiter


@pytest.mark.parametrize(
    "text",
    [
        '"' * 200_000,
        '"a\n' * 70_000,
        '"\n' + '""\n' * 50_000,
        '"a""\n' * 40_000,
        '"x",",\n' * 30_000,
        'x",",\n' * 30_000,
        "," * 200_000,
        " " * 200_000 + '"',
        "\n" * 100_000,
    ],
    ids=[
        "marks",
        "openings",
        "opening",
        "never closed",
        "closed and opened",
        "stray",
        "delimiters",
        "spaces",
        "breaks",
    ],
)
def test_time_to_read_is_linear_in_the_text(text: str) -> None:
    """Fractions of a second each; were it the square, minutes."""
    started = time.process_time()
    for row in Rows(text, ","):
        assert len(row.fields if isinstance(row, Row) else ()) <= MAX_COLUMNS

    assert time.process_time() - started < 20
