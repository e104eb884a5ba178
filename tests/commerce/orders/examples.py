"""Checkouts and orders as tests need them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from commerce.carts.domain.cart import cart_of_user
from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import Checkout, CheckoutStatus, Delivery, GiftAid, Reservation, checkout_id_of
from commerce.checkout.domain.quote import Quote, QuotedLine
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.orders.domain.order import Order, placed
from commerce.orders.domain.processing import number_of
from commerce.payments.domain.provider import Means
from shared.auth.seals import Seals
from shared.money import Money
from tests.commerce.examples import NOW

SHIPPING = 395
SEALS = QuoteSeals(Seals("a key for tests"))
LATER = NOW + timedelta(minutes=5)


def gbp(amount: int) -> Money:
    return Money(amount, "GBP")


def a_line(product_id: str = "teapot", quantity: int = 2, price: int = 850, kind: Kind = Kind.GOODS) -> QuotedLine:
    return QuotedLine(
        product_id=product_id, kind=kind, name=f"A {product_id}", quantity=quantity, unit_price=gbp(price)
    )


def a_gift(product_id: str = "nursing", quantity: int = 1, price: int = 2500) -> QuotedLine:
    return a_line(product_id, quantity, price, Kind.DONATION)


def a_quote(*lines: QuotedLine) -> Quote:
    """Two teapots and a gift, £17, £3.95 and £25, unless said otherwise."""
    lines = lines or (a_line(), a_gift())
    has_goods = any(line.kind is Kind.GOODS for line in lines)
    return Quote(lines, gbp(SHIPPING if has_goods else 0))


def a_paid_checkout(*lines: QuotedLine, user_id: str = "ada", key: str = "k1", **changes: Any) -> Checkout:
    checkout = Checkout(
        checkout_id=checkout_id_of(user_id, key),
        user_id=user_id,
        request_hash="hash",
        created_at=NOW,
        quote=a_quote(*lines),
        seal="seal",
        cart_id=cart_of_user(user_id),
        cart_version=1,
        means=Means(payment_method_id="pm_card_visa"),
        delivery=Delivery(
            name="Ada Byron", line1="12 St James's Square", line2=None, city="London", postcode="SW1Y 4JH", country="GB"
        ),
        gift_aid=GiftAid(first_name="Ada", last_name="Byron", house="12", postcode="SW1Y 4JH", declaration="2026-01"),
        status=CheckoutStatus.PAID,
        reservation=Reservation.HELD,
        payment_id=f"pi_{key}",
        charge_id=f"ch_{key}",
        due_at=LATER,
    )
    checkout = replace(checkout, **changes)
    return replace(checkout, seal=SEALS.make(checkout))


def an_order(*lines: QuotedLine, count: int = 1, **changes: Any) -> Order:
    return placed(a_paid_checkout(*lines, **changes), number_of(count), NOW)
