"""The states of a checkout."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.checkout.domain.checkout import (
    FOLLOWING,
    OPEN,
    CheckoutStatus,
    LateEvent,
    Reservation,
    checkout_id_of,
    order_id_of,
)
from commerce.payments.domain.provider import Payment
from shared.money import Money
from tests.commerce.checkout.examples import a_checkout
from tests.commerce.examples import NOW

PAYMENT = Payment(payment_id="pi_1", reference="0c", status="paid", amount=Money(2095, "GBP"), charge_id="ch_1")
ENDED = frozenset(CheckoutStatus) - OPEN - {CheckoutStatus.PAID}


def test_what_has_ended_is_never_open_again() -> None:
    for status in ENDED:
        assert FOLLOWING[status] <= ENDED


def test_only_what_is_paid_is_completed() -> None:
    assert [status for status in CheckoutStatus if CheckoutStatus.COMPLETED in FOLLOWING[status]] == ["paid"]


@given(st.sampled_from(CheckoutStatus), st.sampled_from(CheckoutStatus))
def test_late_event_changes_nothing(status: CheckoutStatus, other: CheckoutStatus) -> None:
    checkout = a_checkout(status=status)

    if other is status:
        assert checkout.moved(other) is checkout
    elif other in FOLLOWING[status]:
        assert checkout.moved(other) == replace(checkout, status=other)
    else:
        with pytest.raises(LateEvent):
            checkout.moved(other)


def test_paid_checkout_knows_its_charge_and_is_looked_after_until_there_is_an_order() -> None:
    paid = a_checkout(payment_id="pi_1").followed(PAYMENT, NOW)

    assert (paid.status, paid.charge_id, paid.due_at) == (CheckoutStatus.PAID, "ch_1", NOW + timedelta(minutes=2))
    assert paid.followed(PAYMENT, NOW + timedelta(hours=1)) == paid


@pytest.mark.parametrize(
    "other", [{"amount": Money(2094, "GBP")}, {"amount": Money(2095, "EUR")}, {"payment_id": "pi_2"}], ids=str
)
def test_what_was_not_quoted_never_pays_it(other: Any) -> None:
    with pytest.raises(ValueError, match="not quoted"):
        a_checkout(payment_id="pi_1").followed(replace(PAYMENT, **other), NOW)


def test_what_gets_further_is_not_overdue_any_more() -> None:
    late = a_checkout(payment_id="pi_1", overdue_since=NOW)

    assert late.is_overdue(NOW)
    for status in ("paid", "requires-action", "processing"):
        assert late.followed(replace(PAYMENT, status=status), NOW).overdue_since is None
    assert late.ended(CheckoutStatus.CANCELLED, None, NOW).overdue_since is None
    assert late.followed(replace(PAYMENT, status="unpaid"), NOW) == late


def test_customer_has_half_an_hour_to_act() -> None:
    waiting = a_checkout().followed(replace(PAYMENT, status="requires-action", client_secret="secret"), NOW)

    assert (waiting.status, waiting.client_secret) == (CheckoutStatus.REQUIRES_ACTION, "secret")
    assert waiting.due_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("before", "after"), [(Reservation.HELD, Reservation.RELEASED), (Reservation.NONE, Reservation.NONE)]
)
def test_what_ends_gives_back_what_it_held(before: Reservation, after: Reservation) -> None:
    ended = a_checkout(reservation=before, client_secret="secret").ended(CheckoutStatus.CANCELLED, None, NOW)

    assert (ended.reservation, ended.client_secret, ended.due_at, ended.ended_at) == (after, None, None, NOW)


def test_ids_are_those_of_the_request() -> None:
    assert checkout_id_of("ada", "key-1") == checkout_id_of("ada", "key-1")
    assert len({checkout_id_of("ada", "key-1"), checkout_id_of("ada", "key-2"), checkout_id_of("bob", "key-1")}) == 3
    assert len(checkout_id_of("ada", "key-1")) == 64

    order_id = order_id_of(a_checkout())
    assert order_id == order_id_of(a_checkout(status=CheckoutStatus.PAID, version=7))
    assert order_id != order_id_of(a_checkout("0d" * 32))
    assert order_id_of(a_checkout(created_at=NOW + timedelta(seconds=1))) > order_id
