from collections.abc import Mapping

import pytest

from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.lines import MAX_LINES
from shared.errors import Invalid, Malformed
from shared.text.csv_file import Record
from tests.commerce.imports.files import HEADER, a_file, a_line

CUP = {
    "productId": "cup",
    "kind": "goods",
    "name": "China cup",
    "description": "With a saucer.",
    "category": "Homeware",
    "tags": ["kitchen", "blue"],
    "price": "2.50",
    "currency": "GBP",
    "stock": 2,
}


def errors(record: Record) -> dict[str, str]:
    return {error.column: error.message for error in record.errors}


def refused(body: bytes) -> Mapping[str, str]:
    """What is wrong with the file as a whole."""
    with pytest.raises(Invalid) as refusal:
        read_csv(body)
    return {error.field: error.message for error in refusal.value.errors}


def test_cells_are_read_by_their_columns() -> None:
    (record,) = read_csv(a_file(a_line("cup")))

    assert (record.line, record.cells, record.errors) == (2, CUP, ())


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_spreadsheet_is_understood(mark: bytes, line_break: str, delimiter: str) -> None:
    lines = [HEADER, a_line("cup").replace(";", "|")]
    text = line_break.join(lines).replace(",", delimiter)

    (record,) = read_csv(mark + text.encode())

    assert record.cells == CUP


def test_line_is_the_physical_one_on_which_the_record_starts() -> None:
    records = read_csv(b'name,category,price,description\r\nA,B,1,"two\r\nlines"\r\n\r\n,,,\r\nC,D,2,\r\n')

    assert [(record.line, record.cells["name"]) for record in records] == [(2, "A"), (6, "C")]
    assert records[0].cells["description"] == "two\nlines"


def test_header_may_use_other_names() -> None:
    (record,) = read_csv(b"SKU, Name ,CATEGORY,Price\ncup,China cup,Homeware,2.50")

    assert record.cells == {"productId": "cup", "name": "China cup", "category": "Homeware", "price": "2.50"}
    assert record.names["productId"] == "SKU"


def test_unknown_columns_are_refused_with_what_they_may_mean() -> None:
    assert refused(b"name,categroy,price,colour\nA,B,1,red\n") == {
        "categroy": "is not a column of products; did you mean category?",
        "colour": "is not a column of products",
        "category": "is missing; a file without it needs productId",
    }


def test_missing_columns_are_named() -> None:
    missing = "is missing; a file without it needs productId"
    assert refused(b"stock\n1") == {"name": missing, "category": missing}
    assert refused(b"name,price\nA,1") == {"category": missing}


def test_column_may_stand_there_once() -> None:
    assert refused(b"name,category,price,sku,productId") == {"productId": "is a second column for productId"}
    assert refused(b"name,category,price,Price") == {"Price": "is a second column for price"}


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"\nname,category,price\nCup,Homeware,1", b",,\n"])
def test_empty_file_has_no_header(body: bytes) -> None:
    with pytest.raises(Invalid, match="empty"):
        read_csv(body)


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04\x14\x00\x08\x00",
        b"name,category,price\x00",
        b"\xed\xa0\x80,name",
    ],
)
def test_what_is_no_text_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        read_csv(body)


@pytest.mark.parametrize("body", [b'"name,category,price\nA,B,1', b'na"me,category,price', b"," * 100_000])
def test_header_that_cannot_be_read_says_why(body: bytes) -> None:
    with pytest.raises(Invalid, match="header cannot be read"):
        read_csv(body)


def test_everything_that_is_wrong_with_a_header_is_reported() -> None:
    header = ",".join(f"{number}{'x' * 100}" for number in range(49))

    found = refused(header.encode())

    assert len(found) == 49 + 2
    assert all(len(name) < 50 for name in found)
    assert {"name", "category"} <= set(found)


def test_lost_characters_are_reported_where_they_were() -> None:
    accented = "name,category,price\nCaf\ufffd,Food,1\nThé,Food,2".encode()
    first, second = read_csv(accented)

    assert "UTF-8" in errors(first)["name"]
    assert second.errors == ()


def test_empty_cells_say_nothing() -> None:
    (record,) = read_csv(a_file('cup,,China cup,"  ",Homeware,;|,2.50,,,'))

    assert record.cells.keys() == {"productId", "name", "category", "tags", "price"}
    assert record.cells["tags"] == []


@pytest.mark.parametrize("stock", ["1.5", "1e3", "NaN", "Infinity", "1,000", "٣", "--1", "9" * 400, "two", "=1+1"])
def test_stock_is_a_whole_number(stock: str) -> None:
    (record,) = read_csv(a_file(f'cup,,A,,B,,1,,"{stock}",'))

    assert "whole number" in errors(record)["stock"]


def test_short_and_long_lines_are_reported_by_their_fields() -> None:
    few, many, sound = read_csv(a_file("cup,goods", "x," * 10, a_line("cup")))

    assert errors(few) == {"line": "has 2 fields, but the header has 10"}
    assert errors(many) == {"line": "has 11 fields, but the header has 10"}
    assert sound.errors == ()


def test_lines_that_a_missing_mark_would_swallow_are_read() -> None:
    records = read_csv(b'name,category,price,stock\n"A,B,1,1\nC,D,1,1\nE,F,1",1\nG,H,1,1\n')

    assert [record.line for record in records] == [2, 3, 4, 5]
    assert "continues to line 4: a quotation mark may be missing" in errors(records[0])["line"]
    assert "contains a quotation mark" in errors(records[2])["price"]
    assert [records[1].cells["name"], records[3].cells["name"]] == ["C", "G"]


def test_value_in_a_column_without_a_name_is_reported() -> None:
    sound, odd = read_csv(b"name,category,price,\nA,B,1,\nA,B,1,note")

    assert sound.errors == ()
    assert errors(odd) == {"line": "has a value in a column without a name"}


def test_file_has_a_longest_length() -> None:
    full = a_file(*map(a_line, map(str, range(MAX_LINES))))

    assert len(read_csv(full + b"\n,,,,,,,,,\n\n")) == MAX_LINES
    with pytest.raises(Invalid, match="more than 100,000"):
        read_csv(full + b'\n"broken')
    with pytest.raises(Invalid, match="empty"):
        read_csv(full + b"\n" * 400_000)
