"""What happens to a payment may be noticed in any order: one order at most, and what is charged is what was ordered."""

import os
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import permutations

import pytest

from commerce.checkout.domain.checkout import Checkout
from tests.commerce.checkout.conftest import ports_in_memory
from tests.commerce.checkout.till import Till

type Happens = Callable[[Till, Checkout], None]


def browser(till: Till, checkout: Checkout) -> None:
    """The customer answers their bank, and comes back."""
    payment_id = till.payment_of(checkout)
    assert payment_id
    till.ports.bank.authenticate(payment_id, passed=True)
    till.opening.read(checkout.checkout_id, till.ports.user_id)


def webhook(till: Till, checkout: Checkout) -> None:
    till.settlement_queue.request(checkout.checkout_id)


def time_out(till: Till, checkout: Checkout) -> None:
    """The state machine waits no longer."""
    execution = till.executions[checkout.checkout_id]
    if execution.waits_until is not None:
        till.clock.now = max(till.clock.now, execution.waits_until)
    execution.time_out()


def cancel(till: Till, checkout: Checkout) -> None:
    till.cancel(checkout.checkout_id)


def expiry(till: Till, checkout: Checkout) -> None:
    """Of the reservation: the sweep finds it."""
    till.clock.now = max(till.clock.now, checkout.reserved_until + timedelta(seconds=1))
    till.sweep.run(till.clock.now)


def dispute(till: Till, checkout: Checkout) -> None:
    """The customer's bank takes back what has been paid by then."""
    till.dispute(checkout)


EVENTS: Mapping[str, Happens] = {
    "browser": browser,
    "webhook": webhook,
    "webhook again": webhook,
    "time-out": time_out,
    "cancel": cancel,
    "expiry": expiry,
    "dispute": dispute,
}
SAMPLED = 60
"""Of the 720 orders that begin with the same event; `ORDERINGS=all` takes all of them."""


@pytest.mark.parametrize("first", EVENTS)
@pytest.mark.parametrize("works_between", [True, False], ids=["one by one", "all at once"])
def test_order_of_events_does_not_matter(first: str, works_between: bool) -> None:
    orders = list(permutations(name for name in EVENTS if name != first))
    if os.environ.get("ORDERINGS") != "all":
        orders = random.Random(first).sample(orders, SAMPLED)  # noqa: S311  a fixed seed
    for order in orders:
        till = Till(ports_in_memory())
        till.put("ada", till.ports.shop[0], 2)
        checkout = till.buy(means="pm_card_threeDSecure2Required")
        till.work()
        for name in (first, *order):
            EVENTS[name](till, checkout)
            if works_between:
                till.work()
        till.come_to_rest()
        try:
            till.require_sound()
            _require_disputes(till)
        except AssertionError as error:
            raise AssertionError(" → ".join((first, *order))) from error


def _require_disputes(till: Till) -> None:
    """The order has what the bank has taken back. Nobody loses money that there is no order for."""
    disputed = [payment_id for payment_id, _ in till.ports.provider.all_disputes]
    orders = [till.ports.orders.find(order_id) for order_id in till.ports.orders_of()]
    assert [order.payment_id for order in orders if order and order.disputes] == disputed
