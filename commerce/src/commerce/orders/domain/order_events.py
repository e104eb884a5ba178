"""Domain events of orders: ids and amounts, and nothing else about a person."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.quote import QuotedLine
from commerce.orders.domain.order import Dispute, DisputeStatus, Order, OrderStatus
from commerce.orders.domain.refund import Refund, RefundStatus, Share
from shared.events.domain_events import DomainEvent
from shared.money import Money

type Named = tuple[str, DomainEvent]

PAID, REFUNDED, REFUND_FAILED = "OrderPaid", "OrderRefunded", "OrderRefundFailed"
DISPUTED, DISPUTE_ENDED = "OrderDisputed", "OrderDisputeEnded"
_BY_STATUS = {OrderStatus.FULFILLED: "OrderFulfilled", OrderStatus.CANCELLED: "OrderCancelled"}


def events_of(old: Order | None, new: Order) -> Iterator[Named]:
    """The events of one version of an order; their ids are made of what happens once, so that duplicates show."""
    if old is None:
        yield _event(PAID, new, new.history[0].at, _bought(new))
    seen = old.history if old else ()
    for event in new.history[len(seen) :]:
        if event.status in _BY_STATUS:
            yield _event(_BY_STATUS[event.status], new, event.at, {})
    for refund in new.refunds:
        before = old.refund(refund.refund_id) if old else None
        was = before.status if before else None
        if not refund.amount.amount or refund.status is was:
            continue
        if refund.status is RefundStatus.SUCCEEDED:
            yield _event(REFUNDED, new, refund.at, _given_back(new, refund), refund.refund_id)
        if refund.status is RefundStatus.FAILED and was is RefundStatus.SUCCEEDED:
            yield _event(REFUND_FAILED, new, refund.at, _given_back(new, refund), refund.refund_id)
    for dispute in new.disputes:
        earlier, id_ = old.dispute(dispute.dispute_id) if old else None, dispute.dispute_id
        if earlier is None:
            opened = replace(dispute, status=DisputeStatus.OPEN)
            yield _event(DISPUTED, new, dispute.at, _taken_back(new, opened), id_)
        if dispute.status is not (earlier.status if earlier else DisputeStatus.OPEN):
            ended = f"{id_}-{dispute.status}"  # a bank may change its mind
            yield _event(DISPUTE_ENDED, new, dispute.at, _taken_back(new, dispute), ended)


def _event(name: str, order: Order, at: datetime, more: dict[str, object], of: str = "") -> Named:
    event_id = "-".join(part for part in (name, order.order_id, of) if part)
    data = {"orderId": order.order_id, "number": order.number, **more}
    return name, DomainEvent(event_id, 1, at, order.user_id, data)


def _bought(order: Order) -> dict[str, object]:
    """`createdAt` is what the order says; `giftAid` the version of the declaration that was made, null without one."""
    quote = order.quote
    return {
        "createdAt": order.created_at,
        "currency": quote.currency,
        "goods": [_line(line) for line in quote.lines if line.kind is Kind.GOODS],
        "donations": [_line(line) for line in quote.lines if line.kind is Kind.DONATION],
        "totals": {
            "goods": quote.goods,
            "donations": quote.donations,
            "shipping": quote.shipping,
            "total": quote.total,
        },
        "receipts": {receipt.kind: receipt.number for receipt in order.receipts},
        "giftAid": order.gift_aid.declaration if order.gift_aid else None,
    }


def _line(line: QuotedLine) -> dict[str, object]:
    return {
        "productId": line.product_id,
        "name": line.name,
        "quantity": line.quantity,
        "unitPrice": line.unit_price,
        "amount": line.line_total,
    }


def _given_back(order: Order, refund: Refund) -> dict[str, object]:
    """`refunded` is what the order's refunds come to."""
    return {
        "refundId": refund.refund_id,
        "status": refund.status.value,
        "amount": refund.amount,
        "lines": _shares(order, refund.shares),
        "refunded": order.refunded,
        "payment": order.payment.value,
    }


def _taken_back(order: Order, dispute: Dispute) -> dict[str, object]:
    return {
        "disputeId": dispute.dispute_id,
        "status": dispute.status.value,
        "amount": Money(dispute.amount, order.quote.currency),
        "lines": _shares(order, dispute.shares),
        "payment": order.payment.value,
    }


def _shares(order: Order, shares: Iterable[Share]) -> list[dict[str, object]]:
    """With shipping as the one without a product."""
    return [
        {
            "productId": share.product_id,
            "kind": {"goods": "goods", "donations": "donation", "shipping": "shipping"}[share.line],
            "amount": Money(share.amount, order.quote.currency),
        }
        for share in shares
        if share.amount
    ]
