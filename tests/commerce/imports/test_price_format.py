"""Prices as people write them, if a whole file writes them in one way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.imports.domain.price_format import with_plain_prices
from shared.errors import Invalid
from shared.money import Money
from shared.text.csv_file import Record


def plain(*prices: Any, currency: str = "GBP") -> list[Any]:
    records = [Record(line, {"price": price}) for line, price in enumerate(prices, 2)]
    return [record.cells["price"] for record in with_plain_prices(records, currency)]


def refused(*prices: Any, currency: str = "GBP") -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        plain(*prices, currency=currency)
    return {error.field: error.message for error in refusal.value.errors}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["£12.50", "£ 3", "12.50 GBP", "gbp 4.00", "7£"], ["12.50", "3", "12.50", "4.00", "7"]),
        (["12,50", "3", "1.200", "1.200,00"], ["12.50", "3", "1200", "1200.00"]),
        (["1,200.00", "1,200", "1200"], ["1200.00", "1200", "1200"]),
        (["1 200,50", "1\u00a0200\u202f300,5"], ["1200.50", "1200300.5"]),
        (["1,234,567"], ["1234567"]),
        (["1.234.567", "1.234"], ["1234567", "1234"]),
        (["0.500"], ["0.500"]),
        (["1234.567"], ["1234.567"]),
        (["12", "5"], ["12", "5"]),
        ([12.5, 1200, None, {"amount": 5}], [12.5, 1200, None, {"amount": 5}]),
    ],
)
def test_file_is_read_by_one_rule(written: list[Any], meant: list[Any]) -> None:
    assert plain(*written) == meant


@pytest.mark.parametrize("text", ["free", "-1", "1e9", "NaN", "€5", "1,2,3", "12.50.00", "£", "", "1'200.00", "١٢"])
def test_what_is_no_price_stays_what_it_is(text: str) -> None:
    assert plain(text, "12.50") == [text, "12.50"]


def test_file_that_mixes_both_ways_is_refused_with_its_lines() -> None:
    assert refused("12.50", "3", "9,99", "1,200") == {
        "line 2": "has a decimal point, but line 4 a comma",
        "line 4": "has a decimal comma, but line 2 a point",
    }


@pytest.mark.parametrize("price", ["1,200", "1.200", "£1.999"])
def test_file_that_could_mean_either_is_refused_with_its_lines(price: str) -> None:
    assert refused("5", price) == {"line 3": "may be thousands or decimals: write 1200.00 or 1.20"}


def test_some_lines_of_many_are_named() -> None:
    assert list(refused(*["1,200"] * 50)) == [f"line {number}" for number in range(2, 7)]


def test_other_currencies_have_other_signs_and_decimals() -> None:
    assert plain("€ 1.200,00", "3 €", currency="EUR") == ["1200.00", "3"]
    assert plain("1.200", "12.500", currency="KWD") == ["1.200", "12.500"]
    assert refused("1,200", currency="KWD").keys() == {"line 2"}
    assert plain("¥1,200,000", currency="JPY") == ["1200000"]


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=10),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", ".")]),
)
def test_whatever_a_consistent_file_means_is_understood(amounts: list[int], marks: tuple[str, str]) -> None:
    thousands, decimal = marks
    written = [f"£{amount // 100:,}".replace(",", thousands) + f"{decimal}{amount % 100:02}" for amount in amounts]

    assert plain(*written) == [Money(amount, "GBP").decimal for amount in amounts]
