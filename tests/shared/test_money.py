from collections.abc import Iterable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import CURRENCIES, Money, totals

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
