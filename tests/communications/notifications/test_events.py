"""What users hear of events."""

from collections.abc import Mapping
from typing import Any

import pytest

from communications.notifications.domain.events import news_of, stock_news
from communications.notifications.domain.notifying import News
from communications.notifications.domain.rendering import render
from communications.notifications.domain.texts.english import ENGLISH
from communications.notifications.domain.types import TYPES
from shared.events.domain_events import DomainEvent
from tests.communications.notifications.world import NOON

GBP = "GBP"


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": GBP}


def line(name: str, quantity: int, amount: int) -> dict[str, Any]:
    return {"productId": name, "name": name, "quantity": quantity, "amount": money(amount)}


PAID: Mapping[str, Any] = {
    "orderId": "o-1",
    "number": "A-1",
    "currency": GBP,
    "goods": [line("Mug", 2, 1400)],
    "donations": [line("A week of meals", 1, 2500)],
    "totals": {"goods": money(1400), "donations": money(2500), "shipping": money(295), "total": money(4195)},
    "receipts": {"goods": "G-1", "donations": "D-1"},
    "giftAid": "2026-01",
}


MESSAGE = {"conversationId": "c-1", "messageId": "m-1", "senderId": "bob", "seq": 7}


def news(name: str, data: Mapping[str, Any]) -> News | None:
    event = DomainEvent("event", 1, NOON, "ana", data)
    return news_of(name, event, lambda user_id: {"bob": "Bob Smith"}.get(user_id, ""))


def mail(name: str, data: Mapping[str, Any]) -> str:
    heard = news(name, data)
    assert heard is not None
    return render(TYPES[heard.type], heard.details, ENGLISH, "Ana", "Almoner").mail.text


def test_order_is_a_receipt_for_goods_and_one_for_gifts() -> None:
    text = mail("OrderPaid", PAID)
    assert "Receipt G-1: goods\n2 × Mug: GBP 14.00\nShipping: GBP 2.95\nTotal: GBP 16.95\n" in text
    assert "Receipt D-1: gifts\nA week of meals: GBP 25.00\nTotal: GBP 25.00\n" in text
    assert "Gift Aid" in text


def test_order_of_gifts_alone() -> None:
    totals = {"goods": money(0), "donations": money(2500), "shipping": money(0), "total": money(2500)}
    text = mail("OrderPaid", {**PAID, "goods": [], "totals": totals, "receipts": {"donations": "D-1"}, "giftAid": None})
    assert "goods" not in text
    assert "Gift Aid" not in text


@pytest.mark.parametrize(
    ("name", "data", "type_", "title"),
    [
        ("OrderFulfilled", {"number": "A-1"}, "order-fulfilled", "Your order A-1 is on its way"),
        ("OrderCancelled", {"number": "A-1"}, "order-cancelled", "Your order A-1 has been cancelled"),
        ("OrderRefunded", {"number": "A-1", "amount": money(5)}, "order-refunded", "A refund for your order A-1"),
        ("DonationReceived", {"amount": money(2500)}, "donation-received", "Thank you for your gift"),
        ("UserEmailChanged", {}, "email-changed", "Your e-mail address has been changed"),
        ("MessageSent", MESSAGE | {"senderId": "x"}, "message-received", "Somebody has sent you a message"),
        ("MessageSent", MESSAGE, "message-received", "Bob Smith has sent you a message"),
    ],
)
def test_event(name: str, data: Mapping[str, Any], type_: str, title: str) -> None:
    heard = news(name, data)
    assert heard is not None
    assert (heard.type, heard.event, heard.event_id, heard.user_id, heard.occurred_at) == (
        type_,
        name,
        "event",
        "ana",
        NOON,
    )
    assert render(TYPES[type_], heard.details, ENGLISH, "Ana", "Almoner").title == title


def test_gift_that_was_paid_with_an_order_is_on_its_receipt() -> None:
    assert news("DonationReceived", {"amount": money(2500), "orderId": "o-1"}) is None


def test_low_stock() -> None:
    event = DomainEvent("event", 1, NOON, "", {"name": "Mug", "stock": 3})
    heard = stock_news("StockLow", event, "bob")
    assert (heard.user_id, heard.type) == ("bob", "stock-low")
    assert render(TYPES["stock-low"], heard.details, ENGLISH, "Bob", "Almoner").title == "Low stock: Mug"


def test_event_that_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        news("OrderPaid", {})
