"""Refunds and cancellations: the order claims the money, then the provider gives it back, then the order says so.

Each step may be the last one that a process does. So somebody is asked beforehand to look after the order later, and
whoever does finds out from the provider what it has done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.orders.domain.order import DisputeStatus, Order, OrderStatus
from commerce.orders.domain.orders import OrderBook, Orders
from commerce.orders.domain.refund import Refund, RefundStatus
from commerce.orders.domain.refunding import Answer, RefundRequest, adopted, answered, cancelled, disputed, requested
from commerce.payments.domain import provider as payments
from commerce.payments.domain.provider import PaymentProvider, RefundRefused
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from shared.idempotency.claims import Claim
from shared.observability.logs import logger
from shared.observability.metrics import ORDERS

_ID_CHARACTERS = 32


class Settlements(Protocol):
    """The queue of what somebody has to look after."""

    def request_later(self, order_id: str) -> None:
        """Once nobody can still be working on the order who works on it now. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    book: OrderBook
    orders: Orders
    provider: PaymentProvider
    settlements: Settlements

    def cancel(self, caller: Caller, order_id: str, now: datetime) -> Order:
        """Customers cancel their own orders before they are sent; admins anyone's. Repeated, it changes nothing.

        Raises NotFound; Conflict; Unavailable.
        """
        order = self.book.read(order_id)
        is_admin = "admin" in caller.groups
        if order.user_id != caller.user_id and not is_admin:
            raise NotFound("There is no such order.")
        if order.status is OrderStatus.CANCELLED:
            return self._carried_out(order, now)
        reason = "Cancelled by the shop." if order.user_id != caller.user_id else "Cancelled by the customer."
        self.settlements.request_later(order_id)
        return self._carried_out(
            self.book.change(
                order_id,
                lambda each: (
                    each if each.status is OrderStatus.CANCELLED else cancelled(each, reason, caller.user_id, now)
                ),
                now,
            ),
            now,
        )

    def refund(self, caller: Caller, order_id: str, request: RefundRequest, claim: Claim, now: datetime) -> Order:
        """Admins refund an order, or a part of it: once for each claim.

        Raises NotFound; Conflict; Invalid; Unavailable.
        """
        refund_id = claim.record_id[:_ID_CHARACTERS]
        self.book.read(order_id)
        self.settlements.request_later(order_id)

        def change(order: Order) -> Order:
            if existing := order.refund(refund_id):
                _require_same(existing, claim)
                return order
            return requested(order, request, refund_id, claim.request_hash, caller.user_id, now)

        order = self._carried_out(self.book.change(order_id, change, now), now)
        refund = order.refund(refund_id)
        if refund and refund.status is RefundStatus.FAILED:
            raise Conflict("The payment provider has refused the refund: nothing was given back.")
        return order

    def look_after(self, order_id: str, now: datetime) -> Order:
        """What the provider has done with refunds and disputes, and what it has still to do. Raises NotFound."""
        order = self._followed(self.book.read(order_id), now)
        return self._carried_out(order, now)

    def follow_payment(self, payment_id: str, now: datetime) -> Order:
        """As `look_after`, of the order that was paid so. Raises NotFound, also where there is no order yet."""
        order = self.orders.find_by_payment(payment_id)
        if order is None:
            raise NotFound("There is no order of this payment.")
        return self.look_after(order.order_id, now)

    def _carried_out(self, order: Order, now: datetime) -> Order:
        """Every refund that was requested; one that the provider cannot make now stays so, for later."""
        for refund_id in [each.refund_id for each in order.refunds if each.status is RefundStatus.REQUESTED]:
            order = self._made(order, refund_id, now)
        return order

    def _made(self, order: Order, refund_id: str, now: datetime) -> Order:
        try:
            refund = order.refund(refund_id)
            if refund and refund.at != now:  # it may have been made: the provider forgets keys, and labels never
                order = self._followed(order, now)
                refund = order.refund(refund_id)
            if refund is None or refund.status is not RefundStatus.REQUESTED:
                return order
            answer = self._answer(order, refund)
        except Unavailable:
            logger.warning("refund not made yet", extra={"orderId": order.order_id, "refundId": refund_id})
            return order
        return self._change(order, lambda each: answered(each, refund_id, answer), now)

    def _answer(self, order: Order, refund: Refund) -> Answer:
        """Raises Unavailable."""
        key, labels = f"refund-{refund.refund_id}", {"reference": refund.refund_id, "order": order.number}
        try:
            made = self.provider.refund(order.payment_id, refund.amount, key=key, labels=labels)
        except RefundRefused:
            return Answer(None, "failed")
        return Answer(made.refund_id, made.status)

    def _followed(self, order: Order, now: datetime) -> Order:
        refunds = self.provider.refunds(order.payment_id)
        disputes = self.provider.disputes(order.payment_id)
        return self._change(order, lambda each: followed(each, refunds, disputes, now), now)

    def _change(self, order: Order, change: Callable[[Order], Order], now: datetime) -> Order:
        changed = self.book.change(order.order_id, change, now)
        failed, disputed = _failed(changed) - _failed(order), len(changed.disputes) - len(order.disputes)
        if failed or disputed:
            metrics = ORDERS.line(logger.service, failedRefunds=len(failed), disputes=disputed)
            logger.warning("order's money", extra={"orderId": order.order_id, "refundIds": sorted(failed), **metrics})
        return changed


def followed(
    order: Order, refunds: Sequence[payments.Refund], disputes: Sequence[payments.Dispute], now: datetime
) -> Order:
    """The order as far as the provider says: late and repeated news changes nothing."""
    unknown = list[payments.Refund]()
    for made in refunds:
        if ours := _ours(order, made):
            order = answered(order, ours.refund_id, Answer(made.refund_id, made.status))
        else:
            unknown.append(made)
    for made in unknown:  # afterwards: what others have lost again is free for them
        order = adopted(order, made.refund_id, made.amount.amount, now)
        order = answered(order, made.refund_id, Answer(made.refund_id, made.status))
    for dispute in disputes:
        status = DisputeStatus(dispute.status)
        order = disputed(order, dispute.dispute_id, status, dispute.amount.amount, now)
    return order


def _ours(order: Order, made: payments.Refund) -> Refund | None:
    """By the provider's name for it, or by the label that it has had from the beginning."""
    by_name = (refund for refund in order.refunds if refund.provider_id == made.refund_id)
    return next(by_name, None) or order.refund(made.reference)


def _failed(order: Order) -> frozenset[str]:
    return frozenset(refund.refund_id for refund in order.refunds if refund.status is RefundStatus.FAILED)


def _require_same(refund: Refund, claim: Claim) -> None:
    """Raises Invalid."""
    if refund.request_hash != claim.request_hash:
        message = "was used for a different request: send a new one with each new request"
        raise Invalid(f"{claim.field} {message}.", [FieldError(claim.field, message)])
