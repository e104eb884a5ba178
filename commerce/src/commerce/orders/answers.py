"""What clients receive about orders."""

from dataclasses import dataclass
from datetime import datetime

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import Delivery
from commerce.checkout.domain.quote import QuotedLine
from commerce.orders.domain.order import (
    DisputeStatus,
    Fulfilment,
    Note,
    Order,
    OrderEvent,
    OrderStatus,
    PaymentStatus,
    Receipt,
)
from commerce.orders.domain.orders import Page
from commerce.orders.domain.refund import Refund, RefundStatus
from shared.http.cursors import Cursors
from shared.money import Money


@dataclass(frozen=True, slots=True)
class OrderLine:
    product_id: str
    kind: Kind
    name: str
    quantity: int
    unit_price: Money
    line_total: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class ShipmentAnswer:
    at: datetime
    carrier: str | None
    tracking: str | None


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """`failed`: the money could not be given back; the shop finds another way."""

    amount: Money
    status: RefundStatus
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """`refunded` is what has been given back: refunds that succeeded."""

    order_id: str
    number: str
    status: OrderStatus
    payment: PaymentStatus
    lines: tuple[OrderLine, ...]
    delivery: Delivery | None
    shipping: Money
    total: Money
    refunded: Money
    receipts: tuple[Receipt, ...]
    refunds: tuple[RefundAnswer, ...]
    fulfilment: ShipmentAnswer | None
    history: tuple[OrderEvent, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OrdersAnswer:
    items: tuple[OrderAnswer, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """`product_id` is null for shipping. `quantity` is 0 where an amount was refunded."""

    product_id: str | None
    amount: Money
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRefund:
    """`by` is a user's id, or `provider` if it was made there."""

    refund_id: str
    amount: Money
    status: RefundStatus
    lines: tuple[RefundedLine, ...]
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StaffDispute:
    """What the customer's bank has taken back, for good where it is `lost`; `at` is when we heard of its status."""

    dispute_id: str
    status: DisputeStatus
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffOrder:
    """`payment_id` is the payment provider's."""

    order_id: str
    number: str
    user_id: str
    status: OrderStatus
    payment: PaymentStatus
    lines: tuple[OrderLine, ...]
    delivery: Delivery | None
    shipping: Money
    total: Money
    refunded: Money
    receipts: tuple[Receipt, ...]
    refunds: tuple[StaffRefund, ...]
    disputes: tuple[StaffDispute, ...]
    fulfilment: Fulfilment | None
    notes: tuple[Note, ...]
    history: tuple[OrderEvent, ...]
    payment_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StaffOrders:
    items: tuple[StaffOrder, ...]
    next_cursor: str | None


def order_answer(order: Order) -> OrderAnswer:
    sent = order.fulfilment
    return OrderAnswer(
        order_id=order.order_id,
        number=order.number,
        status=order.status,
        payment=order.payment,
        lines=tuple(_line(order, line) for line in order.quote.lines),
        delivery=order.delivery,
        shipping=order.quote.shipping,
        total=order.total,
        refunded=order.refunded,
        receipts=order.receipts,
        refunds=tuple(RefundAnswer(each.amount, each.status, each.at) for each in order.refunds if each.amount.amount),
        fulfilment=ShipmentAnswer(sent.at, sent.carrier, sent.tracking) if sent else None,
        history=order.history,
        created_at=order.created_at,
    )


def orders_answer(user_id: str, page: Page, cursors: Cursors) -> OrdersAnswer:
    items = tuple(order_answer(order) for order in page.items)
    return OrdersAnswer(items, cursors.make(orders_scope(user_id), page.after))


def orders_scope(user_id: str) -> str:
    """The scope of cursors of this user's orders."""
    return f"orders:{user_id}"


def staff_order(order: Order) -> StaffOrder:
    return StaffOrder(
        order_id=order.order_id,
        number=order.number,
        user_id=order.user_id,
        status=order.status,
        payment=order.payment,
        lines=tuple(_line(order, line) for line in order.quote.lines),
        delivery=order.delivery,
        shipping=order.quote.shipping,
        total=order.total,
        refunded=order.refunded,
        receipts=order.receipts,
        refunds=tuple(_staff_refund(refund) for refund in order.refunds),
        disputes=tuple(
            StaffDispute(each.dispute_id, each.status, Money(each.amount, order.quote.currency), each.at)
            for each in order.disputes
        ),
        fulfilment=order.fulfilment,
        notes=order.notes,
        history=order.history,
        payment_id=order.payment_id,
        created_at=order.created_at,
    )


def staff_orders(page: Page, scope: str, cursors: Cursors) -> StaffOrders:
    return StaffOrders(tuple(staff_order(order) for order in page.items), cursors.make(scope, page.after))


def _line(order: Order, line: QuotedLine) -> OrderLine:
    return OrderLine(
        product_id=line.product_id,
        kind=line.kind,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        line_total=line.line_total,
        refunded=order.refunded_of(line.product_id),
    )


def _staff_refund(refund: Refund) -> StaffRefund:
    return StaffRefund(
        refund_id=refund.refund_id,
        amount=refund.amount,
        status=refund.status,
        lines=tuple(
            RefundedLine(share.product_id, Money(share.amount, refund.currency), share.quantity)
            for share in refund.shares
        ),
        reason=refund.reason,
        by=refund.by,
        at=refund.at,
    )
