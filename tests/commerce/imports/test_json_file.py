from typing import Any

import pytest

from commerce.imports.domain.json_file import read_items
from commerce.imports.domain.lines import MAX_LINES
from shared.errors import Invalid

CUP: dict[str, Any] = {"name": "China cup", "category": "Homeware", "price": "2.50", "tags": ["a;b"], "stock": 2}


@pytest.mark.parametrize("body", [[CUP, CUP], {"items": [CUP, CUP]}])
def test_products_are_numbered_from_one(body: object) -> None:
    first, second = read_items(body)

    assert (first.line, second.line) == (1, 2)
    assert first.cells == CUP
    assert first.errors == ()


@pytest.mark.parametrize("body", [None, 1, "x", {}, {"items": None}, {"items": {}}, {"items": [], "more": 1}, CUP])
def test_body_is_a_list(body: object) -> None:
    with pytest.raises(Invalid, match="list of products"):
        read_items(body)


@pytest.mark.parametrize("item", [None, 1, "x", [], [CUP], True])
def test_item_that_is_no_object_is_that_items_error(item: object) -> None:
    sound, odd = read_items([CUP, item])

    assert sound.errors == ()
    assert [(error.column, error.message) for error in odd.errors] == [
        ("line", "must be an object with a product's fields")
    ]


def test_other_names_are_accepted_and_null_says_nothing() -> None:
    (record,) = read_items([{"sku": "cup", "name": None, "Status": "active"}])

    assert record.cells == {"productId": "cup", "status": "active"}
    assert record.names == {"productId": "sku", "status": "Status"}


def test_unknown_names_are_errors_of_their_item() -> None:
    (record,) = read_items([CUP | {"pricee": 1, "colour": "red", "id": "cup", "sku": "cup"}])

    assert {error.column: error.message for error in record.errors} == {
        "pricee": "is not a column of products; did you mean price?",
        "colour": "is not a column of products",
        "sku": "is a second field for productId",
    }


def test_thousands_of_names_are_counted() -> None:
    (record,) = read_items([CUP | {f"field {number}": number for number in range(100_000)}])

    assert len(record.errors) == 6
    assert record.errors[-1].message == "has 99995 more unknown fields"


def test_list_has_a_longest_length() -> None:
    assert len(read_items([CUP] * MAX_LINES)) == MAX_LINES
    with pytest.raises(Invalid, match="more than 100,000"):
        read_items([CUP] * (MAX_LINES + 1))
