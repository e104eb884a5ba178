"""Sends the receipts of an order once.

A receipt is noted as sent when the service has accepted it. Should the function stop in between, the customer gets it
twice: that is better than never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Protocol

from commerce.orders.domain.order import Order
from commerce.receipts.domain.texts import Mail, receipt_mail, receipt_sms
from shared.errors import NotFound
from shared.time.moments import day

HELD = timedelta(minutes=1)
"""How long nobody else sends what somebody is sending: longer than the function runs."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What a user has shown to be theirs."""

    email: str | None
    phone: str | None
    """As E.164 has it, such as +447700900123."""


class Orders(Protocol):
    def find(self, order_id: str) -> Order | None: ...


class Contacts(Protocol):
    def find(self, user_id: str) -> Contact | None:
        """None of a user who is gone. Raises Unavailable."""
        ...


class Deliveries(Protocol):
    """What has been sent. Every method raises Unavailable."""

    def begin(self, delivery_id: str, now: datetime) -> bool:
        """Whether it has yet to be sent; nobody else sends it for a while. Raises Unavailable where somebody does."""
        ...

    def end(self, delivery_id: str, now: datetime) -> None:
        """It has been sent."""
        ...


class Mailer(Protocol):
    def send(self, to: str, mail: Mail) -> None:
        """Raises Unavailable."""
        ...


class Texter(Protocol):
    def send(self, to: str, text: str) -> None:
        """Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    orders: Orders
    contacts: Contacts
    deliveries: Deliveries
    charity: str
    zone: tzinfo

    def mail(self, order_id: str, mailer: Mailer, now: datetime) -> str:
        """What came of it: one mail for each receipt. Raises NotFound; Unavailable."""
        order, contact = self._read(order_id)
        if contact is None or contact.email is None:
            return "no address"
        placed = day(order.created_at, self.zone)
        for receipt in order.receipts:
            mail = receipt_mail(order, receipt, placed, self.charity)
            self._once(f"mail:{receipt.kind}:{order_id}", now, partial(mailer.send, contact.email, mail))
        return "sent"

    def text(self, order_id: str, texter: Texter, now: datetime) -> str:
        """What came of it. Raises NotFound; Unavailable."""
        order, contact = self._read(order_id)
        if contact is None or contact.phone is None:
            return "no number"
        send = partial(texter.send, contact.phone, receipt_sms(order, self.charity))
        self._once(f"sms:{order_id}", now, send)
        return "sent"

    def _read(self, order_id: str) -> tuple[Order, Contact | None]:
        order = self.orders.find(order_id)
        if order is None:
            raise NotFound("There is no such order.")
        return order, self.contacts.find(order.user_id)

    def _once(self, delivery_id: str, now: datetime, send: Callable[[], None]) -> None:
        if self.deliveries.begin(delivery_id, now):
            send()
            self.deliveries.end(delivery_id, now)
