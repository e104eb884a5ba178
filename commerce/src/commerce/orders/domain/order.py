"""An order, the graphs of its states, and what may be done with it.

Its `payment` is no state of its own: it follows from refunds and disputes, which have theirs. So whatever order news of
them arrives in, an order never says that money was given back that was not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import Checkout, Delivery, GiftAid, order_id_of
from commerce.checkout.domain.quote import Quote, QuotedLine
from commerce.orders.domain.refund import Refund, RefundStatus, Share
from commerce.payments.domain.ledger import Line
from shared.errors import Conflict
from shared.money import Money
from shared.time.moments import after

MAX_NOTES, MAX_REFUNDS = 100, 50
"""An item of DynamoDB holds 400 KB."""


class OrderStatus(StrEnum):
    """An order of donations alone has nothing to send: it is fulfilled when it is made."""

    PLACED = "placed"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


FOLLOWING: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PLACED: frozenset({OrderStatus.FULFILLED, OrderStatus.CANCELLED}),
    OrderStatus.FULFILLED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


class PaymentStatus(StrEnum):
    PAID = "paid"
    PART_REFUNDED = "part-refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged-back"


class DisputeStatus(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


DISPUTES_FOLLOWING: Mapping[DisputeStatus, frozenset[DisputeStatus]] = {
    DisputeStatus.OPEN: frozenset({DisputeStatus.WON, DisputeStatus.LOST}),
    # a bank may change its mind in our favour
    DisputeStatus.LOST: frozenset({DisputeStatus.WON}),
    DisputeStatus.WON: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Dispute:
    """A customer's bank has taken this much back, for good where it is lost.

    `at` is when we heard of its status. `shares` say of which lines it is, as far as they had not been refunded.
    """

    dispute_id: str
    status: DisputeStatus
    amount: int
    at: datetime
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods, with their shipping, and donations have receipts of their own: only gifts count for tax purposes."""

    kind: Literal["goods", "donations"]
    number: str
    total: Money


@dataclass(frozen=True, slots=True)
class Fulfilment:
    at: datetime
    by: str
    carrier: str | None
    tracking: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """Of the staff, for the staff."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class OrderEvent:
    status: OrderStatus
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`created_at` is when the checkout began, which the id begins with.

    `kept_until` is there once its customer was erased: until then, the law has us keep it.
    """

    order_id: str
    number: str
    checkout_id: str
    user_id: str
    payment_id: str
    charge_id: str
    created_at: datetime
    quote: Quote
    delivery: Delivery | None
    gift_aid: GiftAid | None
    status: OrderStatus = OrderStatus.PLACED
    fulfilment: Fulfilment | None = None
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    notes: tuple[Note, ...] = ()
    history: tuple[OrderEvent, ...] = ()
    kept_until: datetime | None = None
    version: int = 0

    # --- Money

    @property
    def total(self) -> Money:
        return self.quote.total

    @property
    def refunded(self) -> Money:
        """What has been given back."""
        return self._sum(refund for refund in self.refunds if refund.status is RefundStatus.SUCCEEDED)

    @property
    def left(self) -> Money:
        """What can still be refunded: neither given back nor about to be."""
        claimed = self._sum(refund for refund in self.refunds if refund.is_claimed)
        return Money(self.total.amount - claimed.amount, claimed.currency)

    @property
    def payment(self) -> PaymentStatus:
        disputes = {dispute.status for dispute in self.disputes}
        if DisputeStatus.LOST in disputes:
            return PaymentStatus.CHARGED_BACK
        if DisputeStatus.OPEN in disputes:
            return PaymentStatus.DISPUTED
        if not self.refunded.amount:
            return PaymentStatus.PAID
        return PaymentStatus.PART_REFUNDED if self.refunded.amount < self.total.amount else PaymentStatus.REFUNDED

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        goods, donations = self.quote.goods + self.quote.shipping, self.quote.donations
        receipts = (Receipt("goods", f"G-{self.number}", goods), Receipt("donations", f"D-{self.number}", donations))
        return tuple(receipt for receipt in receipts if receipt.total.amount)

    def refunded_of(self, product_id: str | None) -> Money:
        """What has been given back of a line; without a product, of shipping."""
        given = (each for each in self.refunds if each.status is RefundStatus.SUCCEEDED)
        return self._money(sum(s.amount for each in given for s in each.shares if s.product_id == product_id))

    def claimed_of(self, product_id: str | None) -> int:
        """What of a line is spoken for, in minor units; without a product, of shipping."""
        claimed = (refund for refund in self.refunds if refund.is_claimed)
        return sum(share.amount for each in claimed for share in each.shares if share.product_id == product_id)

    def booked_of(self, product_id: str | None) -> int:
        """What of that the provider has taken from our balance."""
        booked = (refund for refund in self.refunds if refund.is_claimed and refund.is_booked)
        return sum(share.amount for each in booked for share in each.shares if share.product_id == product_id)

    def disputed_of(self, product_id: str | None) -> int:
        """What of that the customer's bank has taken, and not given back."""
        standing = (dispute for dispute in self.disputes if dispute.status is not DisputeStatus.WON)
        return sum(share.amount for each in standing for share in each.shares if share.product_id == product_id)

    def left_of(self, line: QuotedLine) -> int:
        """What of a line can still be refunded, in minor units."""
        return line.line_total.amount - self.claimed_of(line.product_id)

    @property
    def shipping_left(self) -> int:
        return self.quote.shipping.amount - self.claimed_of(None)

    def pieces_left(self, line: QuotedLine) -> int:
        """How many pieces of a line are not back in stock; gifts have none."""
        return line.quantity - self._pieces_back(line.product_id) if line.kind is Kind.GOODS else 0

    def quantity_left(self, line: QuotedLine) -> int:
        """For how many of a line nothing was claimed yet, apart from refunds of amounts."""
        return line.quantity - self._quantity_claimed(line.product_id)

    def pieces_owed(self, line: QuotedLine) -> int:
        """How many pieces refunds that have failed brought back, and no other has given money for since."""
        return max(self._pieces_back(line.product_id) - self._quantity_claimed(line.product_id), 0)

    @property
    def owed(self) -> Mapping[Line, int]:
        """What refunds that have failed took from each account of lines, and no other has given back since."""
        booked = [refund for refund in self.refunds if refund.returned is not None]
        lines: tuple[Line, ...] = "goods", "donations", "shipping"
        return {
            line: sum((refund.returned or {}).get(line, 0) for refund in booked)
            - sum(refund.by_line.get(line, 0) for refund in booked if refund.is_claimed)
            for line in lines
        }

    def refund(self, refund_id: str) -> Refund | None:
        return next((refund for refund in self.refunds if refund.refund_id == refund_id), None)

    # --- What becomes of it

    def fulfilled(self, fulfilment: Fulfilment) -> "Order":
        """Raises Conflict."""
        has_goods = any(line.kind is Kind.GOODS and self.quantity_left(line) for line in self.quote.lines)
        if self.payment is PaymentStatus.CHARGED_BACK or not self.left.amount or not has_goods:
            raise Conflict("The order's money is given back: there is nothing to send.")
        return replace(self._moved(OrderStatus.FULFILLED, fulfilment.at), fulfilment=fulfilment)

    def cancelled(self, now: datetime) -> "Order":
        """Raises Conflict."""
        return self._moved(OrderStatus.CANCELLED, now)

    def noted(self, note: Note) -> "Order":
        """Raises Conflict."""
        if len(self.notes) == MAX_NOTES:
            raise Conflict(f"An order has at most {MAX_NOTES} notes.")
        return replace(self, notes=(*self.notes, note))

    def erased(self, years: int) -> "Order":
        """Without what the customer, or staff about them, have said; unchanged while it is to be sent or refunded.

        Sums stay, and the declaration, as tax law demands; for so many years.
        """
        is_to_be_sent = self.status is OrderStatus.PLACED and self.quote.goods.amount > 0
        if is_to_be_sent or any(refund.is_under_way for refund in self.refunds):
            return self
        return replace(
            self,
            delivery=None,
            notes=(),
            fulfilment=self.fulfilment and replace(self.fulfilment, tracking=None),
            refunds=tuple(replace(refund, reason="") for refund in self.refunds),
            kept_until=after(self.created_at, timedelta(days=366 * years)),
        )

    def with_refund(self, refund: Refund) -> "Order":
        """A new one, or one that has got further."""
        refunds = {each.refund_id: each for each in self.refunds} | {refund.refund_id: refund}
        return replace(self, refunds=tuple(refunds.values()))

    def with_dispute(self, dispute: Dispute) -> "Order":
        """A new one, or one that has got further: late news changes nothing. It stays one of the same lines."""
        disputes = {each.dispute_id: each for each in self.disputes}
        if existing := disputes.get(dispute.dispute_id):
            if dispute.status not in DISPUTES_FOLLOWING[existing.status]:
                return self
            dispute = replace(existing, status=dispute.status, at=dispute.at)
        disputes[dispute.dispute_id] = dispute
        return replace(self, disputes=tuple(disputes.values()))

    def dispute(self, dispute_id: str) -> Dispute | None:
        return next((dispute for dispute in self.disputes if dispute.dispute_id == dispute_id), None)

    def _moved(self, status: OrderStatus, now: datetime) -> "Order":
        if status not in FOLLOWING[self.status]:
            raise Conflict(f"The order is {self.status} already.")
        return replace(self, status=status, history=(*self.history, OrderEvent(status, now)))

    def _pieces_back(self, product_id: str) -> int:
        return sum(refund.pieces.get(product_id, 0) for refund in self.refunds if refund.is_restocked)

    def _quantity_claimed(self, product_id: str) -> int:
        claimed = (refund for refund in self.refunds if refund.is_claimed)
        return sum(share.quantity for each in claimed for share in each.shares if share.product_id == product_id)

    def _sum(self, refunds: Iterable[Refund]) -> Money:
        return self._money(sum(refund.amount.amount for refund in refunds))

    def _money(self, amount: int) -> Money:
        return Money(amount, self.quote.currency)


def placed(checkout: Checkout, number: str, now: datetime) -> Order:
    """The order of a paid checkout. Raises ValueError for one that is not."""
    if checkout.payment_id is None or checkout.charge_id is None:
        raise ValueError("there is no order before it is paid")
    order = Order(
        order_id=order_id_of(checkout),
        number=number,
        checkout_id=checkout.checkout_id,
        user_id=checkout.user_id,
        payment_id=checkout.payment_id,
        charge_id=checkout.charge_id,
        created_at=checkout.created_at,
        quote=checkout.quote,
        delivery=checkout.delivery,
        gift_aid=checkout.gift_aid,
        history=(OrderEvent(OrderStatus.PLACED, now),),
    )
    return order if checkout.quote.goods.amount else order._moved(OrderStatus.FULFILLED, now)
