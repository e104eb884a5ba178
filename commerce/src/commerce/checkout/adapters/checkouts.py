"""Checkouts in DynamoDB: one item each, written on the condition of the version that was read."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import (
    KEPT,
    Checkout,
    CheckoutProblem,
    CheckoutStatus,
    Delivery,
    Due,
    GiftAid,
    Reservation,
)
from commerce.checkout.domain.quote import Quote, QuotedLine
from commerce.payments.domain.provider import Means
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, Record, select
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

SHARDS = 4
"""Parts of the index of those that have not ended: one takes 1,000 writes a second."""


class ByDue(GlobalSecondaryIndex["CheckoutRecord"]):
    class Meta:
        index_name = "ByDue"
        projection = IncludeProjection(["doubtfulSince", "overdueSince"])

    shard = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True, attr_name="dueAt")


class CheckoutsByUser(GlobalSecondaryIndex["CheckoutRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")


class CheckoutRecord(Record):
    """`shard` and `due_at` are there until it has ended, `expires_at` from then on."""

    by_due, by_user = ByDue(), CheckoutsByUser()

    checkout_id = UnicodeAttribute(hash_key=True, attr_name="checkoutId")
    user_id = UnicodeAttribute(attr_name="userId")
    request_hash = UnicodeAttribute(attr_name="requestHash")
    created_at = MomentAttribute(attr_name="createdAt")
    quote = DocumentAttribute()
    seal = UnicodeAttribute()
    cart_id = UnicodeAttribute(attr_name="cartId")
    cart_version = IntegerAttribute(attr_name="cartVersion")
    means = DocumentAttribute()
    delivery = DocumentAttribute(null=True)
    gift_aid = DocumentAttribute(null=True, attr_name="giftAid")
    status = UnicodeAttribute()
    reservation = UnicodeAttribute()
    payment_id = UnicodeAttribute(null=True, attr_name="paymentId")
    charge_id = UnicodeAttribute(null=True, attr_name="chargeId")
    client_secret = UnicodeAttribute(null=True, attr_name="clientSecret")
    task_token = UnicodeAttribute(null=True, attr_name="taskToken")
    doubtful_since = MomentAttribute(null=True, attr_name="doubtfulSince")
    attempt = IntegerAttribute()
    withdrawn = BooleanAttribute()
    order_id = UnicodeAttribute(null=True, attr_name="orderId")
    problem = DocumentAttribute(null=True)
    ended_at = MomentAttribute(null=True, attr_name="endedAt")
    version = IntegerAttribute()
    shard = UnicodeAttribute(null=True)
    due_at = MomentAttribute(null=True, attr_name="dueAt")
    overdue_since = MomentAttribute(null=True, attr_name="overdueSince")
    expires_at = SecondsAttribute(null=True, attr_name="expiresAt")

    @classmethod
    def of(cls, checkout: Checkout) -> Self:
        return cls(
            checkout.checkout_id,
            user_id=checkout.user_id,
            request_hash=checkout.request_hash,
            created_at=checkout.created_at,
            quote=quote_document(checkout.quote),
            seal=checkout.seal,
            cart_id=checkout.cart_id,
            cart_version=checkout.cart_version,
            means=_means_document(checkout.means),
            delivery=delivery_document(checkout.delivery) if checkout.delivery else None,
            gift_aid=gift_aid_document(checkout.gift_aid) if checkout.gift_aid else None,
            status=checkout.status.value,
            reservation=checkout.reservation.value,
            payment_id=checkout.payment_id,
            charge_id=checkout.charge_id,
            client_secret=checkout.client_secret,
            task_token=checkout.task_token,
            doubtful_since=checkout.doubtful_since,
            attempt=checkout.attempt,
            withdrawn=checkout.withdrawn,
            order_id=checkout.order_id,
            problem={"title": checkout.problem.title, "detail": checkout.problem.detail} if checkout.problem else None,
            ended_at=checkout.ended_at,
            version=checkout.version,
            shard=_shard(checkout.checkout_id) if checkout.due_at else None,
            due_at=checkout.due_at,
            overdue_since=checkout.overdue_since,
            expires_at=checkout.ended_at + KEPT if checkout.ended_at else None,
        )

    def to_checkout(self) -> Checkout:
        return Checkout(
            checkout_id=self.checkout_id,
            user_id=self.user_id,
            request_hash=self.request_hash,
            created_at=self.created_at,
            quote=quote_in(self.quote),
            seal=self.seal,
            cart_id=self.cart_id,
            cart_version=self.cart_version,
            means=Means(
                payment_method_id=self.means.get("paymentMethodId"),
                confirmation_token_id=self.means.get("confirmationTokenId"),
            ),
            delivery=delivery_in(self.delivery) if self.delivery else None,
            gift_aid=gift_aid_in(self.gift_aid) if self.gift_aid else None,
            status=CheckoutStatus(self.status),
            reservation=Reservation(self.reservation),
            payment_id=self.payment_id,
            charge_id=self.charge_id,
            client_secret=self.client_secret,
            task_token=self.task_token,
            doubtful_since=self.doubtful_since,
            attempt=self.attempt,
            withdrawn=self.withdrawn,
            order_id=self.order_id,
            problem=CheckoutProblem(self.problem["title"], self.problem["detail"]) if self.problem else None,
            due_at=self.due_at,
            overdue_since=self.overdue_since,
            ended_at=self.ended_at,
            version=self.version,
        )


class LatestRecord(Record):
    """Which checkout a customer has begun last: among the checkouts, under a key that is none's."""

    checkout_id = UnicodeAttribute(hash_key=True, attr_name="checkoutId")
    latest = UnicodeAttribute()


class DynamoCheckouts:
    """The Checkouts table."""

    def __init__(self, checkouts_table: str) -> None:
        self._checkouts, self._latest = CheckoutRecord.at(checkouts_table), LatestRecord.at(checkouts_table)

    def find(self, checkout_id: str) -> Checkout | None:
        """One consistent GetItem."""
        record = self._checkouts.find(checkout_id)
        return record.to_checkout() if record else None

    def add(self, checkout: Checkout, after: str | None = None) -> None:
        """One transaction of two puts."""
        transaction, latest = Transaction(), LatestRecord.checkout_id
        transaction.save("checkout", self._checkouts.of(checkout), CheckoutRecord.checkout_id.does_not_exist())
        is_unchanged = latest.does_not_exist() if after is None else LatestRecord.latest == after
        mine = self._latest(_latest_key(checkout.user_id), latest=checkout.checkout_id)
        transaction.save("latest", mine, is_unchanged)
        try:
            transaction.commit()
        except WriteRefused as error:
            raise VersionConflict("checkout") from error

    def latest_of(self, user_id: str) -> str | None:
        """One consistent GetItem."""
        record = self._latest.find(_latest_key(user_id))
        return record.latest if record else None

    def save(self, checkout: Checkout, unit_of_work: UnitOfWork | None = None) -> Checkout:
        """One PutItem, or a part of a transaction."""
        saved = replace(checkout, version=checkout.version + 1)
        record, as_read = self._checkouts.of(saved), CheckoutRecord.version == checkout.version
        if unit_of_work is not None:
            Transaction.of(unit_of_work).save("checkout", record, as_read)
            return saved
        try:
            record.put(as_read)
        except ConditionFailed as error:
            raise VersionConflict("checkout") from error
        return saved

    def due(self, now: datetime, limit: int) -> list[Due]:
        """One Query of each shard, at once, which costs 0.5 RCU for each 4 KB of keys."""
        due = ByDue.due_at <= now
        found = readers().map(lambda shard: select(self._checkouts.by_due, str(shard), due, limit=limit), range(SHARDS))
        return [
            Due(record.checkout_id, record.due_at, record.doubtful_since, record.overdue_since)
            for shard in found
            for record in shard
        ][:limit]

    def put_off(self, due: Due, until: datetime) -> None:
        """One UpdateItem. Its version stays: whoever writes it at the same time knows more."""
        actions = CheckoutRecord.due_at.set(until), CheckoutRecord.overdue_since.set(due.since)
        with suppress(ConditionFailed):
            self._checkouts(due.checkout_id).change(*actions, condition=CheckoutRecord.due_at == due.due_at)


def _latest_key(user_id: str) -> str:
    return f"latest#{user_id}"


def _shard(checkout_id: str) -> str:
    return str(int(checkout_id[:8], 16) % SHARDS)


def quote_document(quote: Quote) -> dict[str, Any]:
    return {
        "currency": quote.currency,
        "shipping": quote.shipping.amount,
        "lines": [
            {
                "productId": line.product_id,
                "kind": line.kind.value,
                "name": line.name,
                "quantity": line.quantity,
                "amount": line.unit_price.amount,
            }
            for line in quote.lines
        ],
    }


def quote_in(document: Mapping[str, Any]) -> Quote:
    currency = document["currency"]
    lines = tuple(
        QuotedLine(
            product_id=line["productId"],
            kind=Kind(line["kind"]),
            name=line["name"],
            quantity=line["quantity"],
            unit_price=Money(line["amount"], currency),
        )
        for line in document["lines"]
    )
    return Quote(lines, Money(document["shipping"], currency))


def _means_document(means: Means) -> dict[str, Any]:
    if means.payment_method_id:
        return {"paymentMethodId": means.payment_method_id}
    return {"confirmationTokenId": means.confirmation_token_id}


def delivery_document(delivery: Delivery) -> dict[str, Any]:
    return {
        "name": delivery.name,
        "line1": delivery.line1,
        "line2": delivery.line2,
        "city": delivery.city,
        "postcode": delivery.postcode,
        "country": delivery.country,
    }


def delivery_in(document: Mapping[str, Any]) -> Delivery:
    return Delivery(**document)


def gift_aid_document(gift_aid: GiftAid) -> dict[str, Any]:
    return {
        "firstName": gift_aid.first_name,
        "lastName": gift_aid.last_name,
        "house": gift_aid.house,
        "postcode": gift_aid.postcode,
        "declaration": gift_aid.declaration,
    }


def gift_aid_in(document: Mapping[str, Any]) -> GiftAid:
    return GiftAid(
        first_name=document["firstName"],
        last_name=document["lastName"],
        house=document["house"],
        postcode=document["postcode"],
        declaration=document["declaration"],
    )
