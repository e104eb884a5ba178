import csv
import io
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import Money
from shared.text.csv_text import Cell, csv_text


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_cells_are_written_as_people_and_programs_read_them() -> None:
    row: list[Cell] = [date(2026, 11, 30), time(9, 5, 1, 999_000), Money(-1905, "GBP"), 7, None, "a, b"]
    assert csv_text(["day"], [row]) == 'day\r\n2026-11-30,09:05:01,-19.05,7,,"a, b"\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert parsed(csv_text(["name"], [[text]]))[1] == [f"'{text}"]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=2, max_size=4)))
def test_whatever_a_text_holds_stays_in_its_cell(rows: list[list[str]]) -> None:
    found = parsed(csv_text(["a", "b"], rows))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in found for cell in row)
