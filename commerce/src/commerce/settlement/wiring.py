"""The composition root of settlement."""

from datetime import datetime
from functools import cache

from commerce import settings
from commerce.checkout.domain.checkout import CheckoutStatus
from commerce.checkout.wiring import checkout_payments
from commerce.orders.wiring import refunds
from commerce.payments.domain.events import PaymentEvent
from commerce.payments.wiring import payment_provider, reconciliation
from commerce.settlement.adapters.settled_events import DynamoSettledEvents
from commerce.settlement.domain.settling import Settler
from shared.errors import NotFound, Unavailable

__all__ = ["checkout_payments", "refunds", "settler"]


@cache
def settler() -> Settler:
    events = DynamoSettledEvents(settings.PaymentEvents().payment_events_table)
    of_orders = dict.fromkeys(("refund.", "charge.refund", "charge.dispute."), follow_order)
    return Settler(events, {"payment_intent.": follow_payment, "payout.": follow_payout, **of_orders})


def follow_payment(event: PaymentEvent, now: datetime) -> None:
    """One question to the provider: the payment names its checkout."""
    payment = payment_provider().find(event.object_id)
    if not payment.reference:
        raise NotFound("It is no payment of this shop.")
    checkout_payments().settle(payment.reference, now, payment)


def follow_order(event: PaymentEvent, now: datetime) -> None:
    """Two questions to the provider: what has become of the payment's refunds and disputes."""
    if event.payment_id is None:
        raise NotFound("It is about no payment.")
    try:
        refunds().follow_payment(event.payment_id, now)
    except NotFound:
        if is_being_ordered(event.payment_id):
            raise Unavailable("The order is being made: the event comes again.") from None
        raise


def is_being_ordered(payment_id: str) -> bool:
    """Whether there will be an order of the payment, or it cannot be found yet in the moment after it was made."""
    reference = payment_provider().find(payment_id).reference
    checkout = checkout_payments().saga.checkouts.find(reference) if reference else None
    return checkout is not None and checkout.status in {CheckoutStatus.PAID, CheckoutStatus.COMPLETED}


def follow_payout(event: PaymentEvent, _: datetime) -> None:
    reconciliation().book(event.object_id)
