"""Checkouts as tests need them."""

from typing import Any

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import BEGUN_WITHIN, Checkout, Delivery
from commerce.checkout.domain.quote import Quote, QuotedLine
from commerce.payments.domain.provider import Means
from shared.money import Money
from tests.commerce.examples import NOW

ADDRESS = Delivery(name="Ada", line1="1 Mill Lane", line2=None, city="York", postcode="YO1 7HH", country="GB")
SENT_ADDRESS = {"name": "Ada", "line1": "1 Mill Lane", "city": "York", "postcode": "YO1 7HH", "country": "GB"}


def a_line(product_id: str = "teapot", quantity: int = 2, amount: int = 850, kind: Kind = Kind.GOODS) -> QuotedLine:
    return QuotedLine(
        product_id=product_id, kind=kind, name="Enamel teapot", quantity=quantity, unit_price=Money(amount, "GBP")
    )


def a_quote(*lines: QuotedLine, shipping: int = 395) -> Quote:
    return Quote(lines or (a_line(),), Money(shipping, "GBP"))


def a_checkout(checkout_id: str = "0c" * 32, **changes: Any) -> Checkout:
    """Ada's, of two teapots."""
    details: dict[str, Any] = {
        "user_id": "ada",
        "request_hash": "hash",
        "created_at": NOW,
        "quote": a_quote(),
        "seal": "seal",
        "cart_id": "user#ada",
        "cart_version": 3,
        "means": Means(payment_method_id="pm_card_visa"),
        "delivery": ADDRESS,
        "gift_aid": None,
        "due_at": NOW + BEGUN_WITHIN,
    }
    return Checkout(checkout_id=checkout_id, **(details | changes))
