"""Orders as the Orders table has them, with one index for each way in which they are found."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from commerce.checkout.adapters.checkouts import (
    delivery_document,
    delivery_in,
    gift_aid_document,
    gift_aid_in,
    quote_document,
    quote_in,
)
from commerce.orders.domain.order import Dispute, DisputeStatus, Fulfilment, Note, Order, OrderEvent, OrderStatus
from commerce.orders.domain.refund import Refund, RefundStatus, Share
from shared.dynamodb.attributes import (
    DocumentAttribute,
    DocumentsAttribute,
    IntegerAttribute,
    MomentAttribute,
    SecondsAttribute,
)
from shared.dynamodb.records import Record
from shared.json.encoding import moment, rfc3339

SHARDS = 4
"""Parts of the index by status: one takes 1,000 writes of 1 KB a second."""


class OrdersByUser(GlobalSecondaryIndex["OrderRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    order_id = UnicodeAttribute(range_key=True, attr_name="orderId")


class OrdersByStatus(GlobalSecondaryIndex["OrderRecord"]):
    class Meta:
        index_name = "ByStatus"
        projection = AllProjection()

    status_shard = UnicodeAttribute(hash_key=True, attr_name="statusShard")
    order_id = UnicodeAttribute(range_key=True, attr_name="orderId")


class OrdersByNumber(GlobalSecondaryIndex["OrderRecord"]):
    class Meta:
        index_name = "ByNumber"
        projection = KeysOnlyProjection()

    number = UnicodeAttribute(hash_key=True)


class OrdersByPayment(GlobalSecondaryIndex["OrderRecord"]):
    class Meta:
        index_name = "ByPayment"
        projection = KeysOnlyProjection()

    payment_id = UnicodeAttribute(hash_key=True, attr_name="paymentId")


class OrderRecord(Record):
    by_user, by_status = OrdersByUser(), OrdersByStatus()
    by_number, by_payment = OrdersByNumber(), OrdersByPayment()

    order_id = UnicodeAttribute(hash_key=True, attr_name="orderId")
    number = UnicodeAttribute()
    checkout_id = UnicodeAttribute(attr_name="checkoutId")
    user_id = UnicodeAttribute(attr_name="userId")
    payment_id = UnicodeAttribute(attr_name="paymentId")
    charge_id = UnicodeAttribute(attr_name="chargeId")
    created_at = MomentAttribute(attr_name="createdAt")
    quote = DocumentAttribute()
    delivery = DocumentAttribute(null=True)
    gift_aid = DocumentAttribute(null=True, attr_name="giftAid")
    status = UnicodeAttribute()
    fulfilment = DocumentAttribute(null=True)
    refunds = DocumentsAttribute()
    disputes = DocumentsAttribute()
    notes = DocumentsAttribute()
    history = DocumentsAttribute()
    kept_until = SecondsAttribute(null=True, attr_name="expiresAt")  # the table's time to live
    version = IntegerAttribute()
    status_shard = UnicodeAttribute(attr_name="statusShard")

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(
            order.order_id,
            number=order.number,
            checkout_id=order.checkout_id,
            user_id=order.user_id,
            payment_id=order.payment_id,
            charge_id=order.charge_id,
            created_at=order.created_at,
            quote=quote_document(order.quote),
            delivery=delivery_document(order.delivery) if order.delivery else None,
            gift_aid=gift_aid_document(order.gift_aid) if order.gift_aid else None,
            status=order.status.value,
            fulfilment=_fulfilment_document(order.fulfilment) if order.fulfilment else None,
            refunds=[_refund_document(refund) for refund in order.refunds],
            disputes=[_dispute_document(dispute) for dispute in order.disputes],
            notes=[{"at": rfc3339(note.at), "by": note.by, "text": note.text} for note in order.notes],
            history=[{"status": event.status.value, "at": rfc3339(event.at)} for event in order.history],
            kept_until=order.kept_until,
            version=order.version,
            status_shard=status_shard(order.status, shard_of(order.order_id)),
        )

    def to_order(self) -> Order:
        """Raises KeyError or ValueError for what is no order."""
        return Order(
            order_id=self.order_id,
            number=self.number,
            checkout_id=self.checkout_id,
            user_id=self.user_id,
            payment_id=self.payment_id,
            charge_id=self.charge_id,
            created_at=self.created_at,
            quote=quote_in(self.quote),
            delivery=delivery_in(self.delivery) if self.delivery else None,
            gift_aid=gift_aid_in(self.gift_aid) if self.gift_aid else None,
            status=OrderStatus(self.status),
            fulfilment=_fulfilment_in(self.fulfilment) if self.fulfilment else None,
            refunds=tuple(map(_refund_in, self.refunds)),
            disputes=tuple(map(_dispute_in, self.disputes)),
            notes=tuple(Note(moment(note["at"]), note["by"], note["text"]) for note in self.notes),
            history=tuple(OrderEvent(OrderStatus(event["status"]), moment(event["at"])) for event in self.history),
            kept_until=self.kept_until,
            version=self.version,
        )


def shard_of(order_id: str) -> int:
    """By the last digits, which are random."""
    return int(order_id[-4:], 16) % SHARDS


def status_shard(status: OrderStatus, shard: int) -> str:
    return f"{status.value}#{shard}"


def _fulfilment_document(fulfilment: Fulfilment) -> dict[str, Any]:
    return {
        "at": rfc3339(fulfilment.at),
        "by": fulfilment.by,
        "carrier": fulfilment.carrier,
        "tracking": fulfilment.tracking,
    }


def _fulfilment_in(document: Mapping[str, Any]) -> Fulfilment:
    return Fulfilment(moment(document["at"]), document["by"], document["carrier"], document["tracking"])


def _refund_document(refund: Refund) -> dict[str, Any]:
    return {
        "refundId": refund.refund_id,
        "status": refund.status.value,
        "shares": _share_documents(refund.shares),
        "currency": refund.currency,
        "reason": refund.reason,
        "by": refund.by,
        "at": rfc3339(refund.at),
        "requestHash": refund.request_hash,
        "providerId": refund.provider_id,
        "returned": dict(refund.returned) if refund.returned is not None else None,
        "restocked": refund.is_restocked,
    }


def _refund_in(document: Mapping[str, Any]) -> Refund:
    return Refund(
        refund_id=document["refundId"],
        status=RefundStatus(document["status"]),
        shares=_shares_in(document["shares"]),
        currency=document["currency"],
        reason=document["reason"],
        by=document["by"],
        at=moment(document["at"]),
        request_hash=document["requestHash"],
        provider_id=document["providerId"],
        returned=document["returned"],
        is_restocked=document["restocked"],
    )


def _dispute_document(dispute: Dispute) -> dict[str, Any]:
    return {
        "disputeId": dispute.dispute_id,
        "status": dispute.status.value,
        "amount": dispute.amount,
        "at": rfc3339(dispute.at),
        "shares": _share_documents(dispute.shares),
    }


def _dispute_in(document: Mapping[str, Any]) -> Dispute:
    return Dispute(
        document["disputeId"],
        DisputeStatus(document["status"]),
        document["amount"],
        moment(document["at"]),
        _shares_in(document["shares"]),
    )


def _share_documents(shares: Iterable[Share]) -> list[dict[str, Any]]:
    return [
        {
            "productId": share.product_id,
            "line": share.line,
            "amount": share.amount,
            "quantity": share.quantity,
            "pieces": share.pieces,
        }
        for share in shares
    ]


def _shares_in(documents: Iterable[Mapping[str, Any]]) -> tuple[Share, ...]:
    return tuple(
        Share(share["productId"], share["line"], share["amount"], share["quantity"], share["pieces"])
        for share in documents
    )
