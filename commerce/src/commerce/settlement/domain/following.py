"""Whose a payment is that something has happened to: an order's, or else a checkout's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.checkout.domain.checkout import Checkout
from commerce.checkout.domain.paying import CheckoutPayments
from commerce.payments.domain.events import PaymentEvent
from commerce.payments.domain.provider import Payment
from commerce.settlement.domain.settling import Follow
from shared.errors import NotFound, Unavailable


class Refunds(Protocol):
    def follow_payment(self, payment_id: str, now: datetime) -> object:
        """Raises NotFound where the payment has no order."""
        ...


@dataclass(frozen=True, slots=True)
class Following:
    payments: CheckoutPayments
    refunds: Refunds

    @property
    def followers(self) -> Mapping[str, Follow]:
        """As the settler takes them."""
        of_orders = dict.fromkeys(("refund.", "charge.refund", "charge.dispute."), self.follow_refunds)
        return {"payment_intent.": self.follow_payment, **of_orders}

    def follow_payment(self, event: PaymentEvent, now: datetime) -> None:
        """One question to the provider: the payment names its checkout."""
        payment = self._payment(event.object_id)
        self.payments.settle(payment.reference, now, payment)

    def follow_refunds(self, event: PaymentEvent, now: datetime) -> None:
        """Two questions to the provider: what has become of the payment's refunds and disputes.

        Without an order, nobody may keep the money.
        """
        if event.payment_id is None:
            raise NotFound("It is about no payment.")
        try:
            self.refunds.follow_payment(event.payment_id, now)
        except NotFound:
            payment = self._payment(event.payment_id)
            self.payments.settle(payment.reference, now, payment)
            if _is_ordered(self.payments.saga.found(payment.reference), payment):
                raise Unavailable("The order is being made: the event comes again.") from None

    def _payment(self, payment_id: str) -> Payment:
        payment = self.payments.provider.find(payment_id)
        if not payment.reference:
            raise NotFound("It is no payment of this shop.")
        return payment


def _is_ordered(checkout: Checkout, payment: Payment) -> bool:
    """Whether there will be an order of the payment, or it cannot be found yet in the moment after it was made."""
    return checkout.has_order and checkout.payment_id == payment.payment_id
