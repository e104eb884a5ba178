"""Steps of the state machine, by their handlers."""

from collections.abc import Callable, Mapping
from typing import Any

from commerce.checkout.domain.checkout import Checkout
from commerce.checkout.handlers import (
    abandon_checkout,
    confirm_payment,
    create_payment,
    find_payment,
    reserve_stock,
    validate_checkout,
)
from tests.commerce.checkout.till import Till
from tests.shared.lambda_context import CONTEXT

_IN_ORDER = (validate_checkout, reserve_stock, create_payment, confirm_payment)


def outcome(handler: Callable[[Mapping[str, Any], Any], Mapping[str, str]], checkout: Checkout) -> str:
    answer = handler({"checkoutId": checkout.checkout_id}, CONTEXT)
    assert answer["checkoutId"] == checkout.checkout_id
    return answer["outcome"]


def validate(checkout: Checkout) -> str:
    return outcome(validate_checkout.handler, checkout)


def reserve(checkout: Checkout) -> str:
    return outcome(reserve_stock.handler, checkout)


def create(checkout: Checkout) -> str:
    return outcome(create_payment.handler, checkout)


def confirm(checkout: Checkout) -> str:
    return outcome(confirm_payment.handler, checkout)


def find(checkout: Checkout) -> str:
    return outcome(find_payment.handler, checkout)


def abandon(checkout: Checkout) -> str:
    return outcome(abandon_checkout.handler, checkout)


def bought(till: Till, *, steps: int, means: str = "pm_card_visa") -> Checkout:
    """Ada's checkout after the first of the steps."""
    checkout = till.buy(means=means)
    for step in _IN_ORDER[:steps]:
        outcome(step.handler, checkout)
    return till.saga.found(checkout.checkout_id)


def stock(till: Till) -> int:
    return int(till.ports.products.find("teapot").stock)
