from collections.abc import Iterable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import CURRENCIES, Money, minor_units, one_unit, totals

currencies = st.sampled_from(["EUR", "GBP", "USD"])
amounts = st.builds(Money, st.integers(-(10**12), 10**12), currencies)


@pytest.mark.parametrize("amount", [12.99, 1.0, True, "1299", Decimal(1299), None])
def test_amount_that_is_not_a_whole_number_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="minor units"):
        Money(cast(int, amount), "GBP")


@pytest.mark.parametrize("currency", ["gbp", "GB", "GBPX", "", "£", "GBP\n", " GBP", "G8P", "GBÞ"])
def test_currency_that_is_not_a_three_letter_code_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1299, currency)


def test_money_cannot_be_changed() -> None:
    money = Money(1299, "GBP")

    with pytest.raises(FrozenInstanceError):
        money.amount = 1  # type: ignore[misc]


def test_sums_of_one_currency_are_exact() -> None:
    assert Money(10, "GBP") + Money(20, "GBP") == Money(30, "GBP")
    assert Money(2**60, "GBP") + Money(1, "GBP") == Money(2**60 + 1, "GBP")


def test_refund_makes_a_sum_smaller() -> None:
    assert Money(1299, "GBP") + Money(-299, "GBP") == Money(1000, "GBP")


def test_two_currencies_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="cannot add USD to GBP"):
        Money(1, "GBP") + Money(1, "USD")


def test_nothing_has_no_totals() -> None:
    assert totals([]) == ()


def test_totals_stand_in_the_order_of_their_currencies() -> None:
    given_amounts = [Money(5, "USD"), Money(1, "EUR"), Money(2, "USD"), Money(3, "GBP")]

    assert totals(given_amounts) == (Money(1, "EUR"), Money(3, "GBP"), Money(7, "USD"))


def test_currency_whose_amounts_cancel_out_is_still_named() -> None:
    assert totals([Money(5, "GBP"), Money(-5, "GBP")]) == (Money(0, "GBP"),)


@given(st.lists(amounts), st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_of_amounts(ordered: list[Money], random: object) -> None:
    shuffled = list(ordered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random, in Hypothesis' hands

    assert totals(shuffled) == totals(ordered)


@given(st.lists(amounts), st.lists(amounts))
def test_totals_of_parts_add_up_to_the_totals_of_the_whole(first: list[Money], second: list[Money]) -> None:
    def parts() -> Iterable[Money]:
        yield from totals(first)
        yield from totals(second)

    assert totals(parts()) == totals(first + second)


def test_currencies_are_those_that_people_pay_in() -> None:
    assert {"GBP", "EUR", "USD", "JPY", "KWD", "XOF"} <= CURRENCIES
    assert CURRENCIES.isdisjoint({"XXX", "XTS", "XAU", "CHE", "GBX", "DEM"})
    assert all(Money(1, currency) for currency in CURRENCIES)


@pytest.mark.parametrize(
    ("decimal", "currency", "amount"),
    [
        ("12.99", "GBP", 1299),
        ("12", "GBP", 1200),
        ("12.9", "GBP", 1290),
        ("12.990", "GBP", 1299),
        ("007", "GBP", 700),
        ("0.01", "GBP", 1),
        ("1299", "JPY", 1299),
        ("1299.00", "JPY", 1299),
        ("1.234", "KWD", 1234),
    ],
)
def test_amounts_are_read_as_people_write_them(decimal: str, currency: str, amount: int) -> None:
    assert minor_units(decimal, currency) == amount


@given(st.integers(0, 10**14), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_amount_that_is_shown_can_be_read(amount: int, currency: str) -> None:
    shown = str(Money(amount, currency)).removeprefix(f"{currency} ").replace(",", "")

    assert minor_units(shown, currency) == amount


@pytest.mark.parametrize(
    "decimal", ["", " ", "-1", "+1", ".5", "1.", "1,5", "1e9", "NaN", "Infinity", "£1", "1 000", "٣", "1\n", "9" * 16]
)
def test_what_is_no_decimal_number_is_refused(decimal: str) -> None:
    with pytest.raises(ValueError, match="number such as"):
        minor_units(decimal, "GBP")


@pytest.mark.parametrize(
    ("decimal", "currency"), [("1.999", "GBP"), ("0.001", "GBP"), ("1.5", "JPY"), ("1.2345", "KWD")]
)
def test_decimals_that_a_currency_does_not_have_are_refused(decimal: str, currency: str) -> None:
    with pytest.raises(ValueError, match="decimals"):
        minor_units(decimal, currency)


@pytest.mark.parametrize(("currency", "amount"), [("GBP", 100), ("JPY", 1), ("KWD", 1000)])
def test_one_unit_is_what_people_count_in(currency: str, amount: int) -> None:
    assert one_unit(currency) == Money(amount, currency)
