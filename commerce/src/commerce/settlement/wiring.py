"""The composition root of settlement."""

from datetime import datetime
from functools import cache

from commerce import settings
from commerce.checkout.wiring import checkout_payments
from commerce.orders.wiring import refunds
from commerce.payments.domain.events import PaymentEvent
from commerce.payments.wiring import reconciliation
from commerce.settlement.adapters.settled_events import DynamoSettledEvents
from commerce.settlement.domain.following import Following
from commerce.settlement.domain.settling import Settler

__all__ = ["checkout_payments", "refunds", "settler"]


@cache
def settler() -> Settler:
    events = DynamoSettledEvents(settings.PaymentEvents().payment_events_table)
    return Settler(events, {**Following(checkout_payments(), refunds()).followers, "payout.": follow_payout})


def follow_payout(event: PaymentEvent, _: datetime) -> None:
    reconciliation().book(event.object_id)
