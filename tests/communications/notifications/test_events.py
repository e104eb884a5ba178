"""What users hear of events."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from communications.notifications.domain.events import Sources, news_of, stock_news
from communications.notifications.domain.notifying import News
from communications.notifications.domain.rendering import Rendered, render
from communications.notifications.domain.texts.english import ENGLISH
from communications.notifications.domain.texts.german import GERMAN
from communications.notifications.domain.texts.wording import Language, Term
from communications.notifications.domain.types import TYPES
from shared.events.domain_events import DomainEvent
from tests.communications.notifications.fakes import FakeDeliveries
from tests.communications.notifications.world import NOON

GBP = "GBP"


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": GBP}


def line(name: str, quantity: int, amount: int) -> dict[str, Any]:
    return {"productId": name, "name": name, "quantity": quantity, "amount": money(amount)}


PAID: Mapping[str, Any] = {
    "orderId": "o-1",
    "number": "100001",
    "createdAt": "2026-06-01T23:30:00.000Z",  # half an hour into the next day, in London
    "currency": GBP,
    "goods": [line("Mug", 2, 1400)],
    "donations": [line("A week of meals", 1, 2500)],
    "totals": {"goods": money(1400), "donations": money(2500), "shipping": money(295), "total": money(4195)},
    "receipts": {"goods": "G-100001", "donations": "D-100001"},
    "giftAid": "2026-01",
}


ADDRESS = ["Ana Ruiz", "12 St James's Square", "London SW1Y 4JH", "GB"]
NO_GOODS = {"goods": money(0), "donations": money(2500), "shipping": money(0), "total": money(2500)}
GIFTS = {**PAID, "goods": [], "totals": NO_GOODS, "receipts": {"donations": "D-100001"}}
NO_GIFTS = {"goods": money(1400), "donations": money(0), "shipping": money(0), "total": money(1400)}
GOODS = {**PAID, "donations": [], "totals": NO_GIFTS, "receipts": {"goods": "G-100001"}, "giftAid": None}


CLOSED: dict[str, Any] = {"ticketId": "t", "number": 7, "status": "closed", "previousStatus": "solved", "merged": False}
MESSAGE = {"conversationId": "c-1", "messageId": "m-1", "senderId": "bob", "seq": 7}


def news(name: str, data: Mapping[str, Any]) -> News | None:
    event = DomainEvent("event", 1, NOON, "ana", data)
    deliveries = FakeDeliveries({("o-1", "ana"): ADDRESS})
    sources = Sources(lambda user_id: {"bob": "Bob Smith"}.get(user_id, ""), deliveries, ZoneInfo("Europe/London"))
    return news_of(name, event, sources)


def receipt(data: Mapping[str, Any], language: Language = ENGLISH) -> Rendered:
    heard = news("OrderPaid", data)
    assert heard is not None
    return render(TYPES[heard.type], heard.details, language, "Ana", "Almoner")


def test_order_is_a_receipt_for_goods_and_one_for_gifts() -> None:
    paid = receipt(PAID)
    assert paid.mail.subject == "Thank you for your order 100001"
    assert paid.mail.text == (
        "Hello Ana,\n\nWe have received GBP 41.95.\n\n"
        "Receipt G-100001 for your order of 2 June 2026\n"
        "2 × Mug: GBP 14.00\nShipping: GBP 2.95\nTotal: GBP 16.95\n\n"
        "We are sending it to:\nAna Ruiz\n12 St James's Square\nLondon SW1Y 4JH\nGB\n\n"
        "Receipt D-100001 for your gift of 2 June 2026\n"
        "A week of meals: GBP 25.00\nTotal: GBP 25.00\n\n"
        f"{ENGLISH.terms[Term.GIFT_AID]}\n\nAlmoner\n\n{ENGLISH.terms[Term.IS_ALWAYS_SENT]}\n"
    )
    assert paid.sms.text == (
        "Almoner: thank you, we have received GBP 41.95 (order 100001). Your receipt comes by mail."
    )


@pytest.mark.parametrize("character", ["\N{WRAPPED PRESENT}", '"', "<"])
def test_largest_receipt_fits_the_outbox(character: str) -> None:
    mail = receipt({**PAID, "goods": [line(character * 200, 99, 10**9)] * 90}).mail
    assert len(f"{mail.subject}{mail.text}{mail.html}".encode()) < 200 * 1024  # of an item's 400 KB


def test_receipt_in_german() -> None:
    paid = receipt(PAID, GERMAN)
    assert paid.mail.subject == "Danke für Ihre Bestellung 100001"
    assert (
        "Beleg G-100001 zu Ihrer Bestellung vom 2. Juni 2026\n2 × Mug: GBP 14.00\nVersand: GBP 2.95" in paid.mail.text
    )
    assert "Wir senden sie an:\nAna Ruiz\n" in paid.mail.text
    assert "<h2>Beleg D-100001 zu Ihrer Spende vom 2. Juni 2026</h2>" in paid.mail.html


def test_receipt_says_the_same_as_html() -> None:
    html = receipt(PAID).mail.html
    assert "<h2>Receipt G-100001 for your order of 2 June 2026</h2>" in html
    assert '<tr><td>Shipping</td><td style="text-align: right">GBP 2.95</td></tr>' in html
    address = "<br>".join(["We are sending it to:", "Ana Ruiz", "12 St James&#x27;s Square", "London SW1Y 4JH", "GB"])
    assert f"</table><p>{address}</p><h2>Receipt D-100001" in html


@pytest.mark.parametrize(
    ("data", "subject", "has", "has_not"),
    [
        (GIFTS, "Thank you for your gift 100001", "Gift Aid", "We are sending it to"),
        (GIFTS | {"giftAid": None}, "Thank you for your gift 100001", "D-100001", "Gift Aid"),
        (GOODS, "Thank you for your order 100001", "We are sending it to", "Shipping"),
        (GOODS | {"orderId": "somebody else's"}, "Thank you for your order 100001", "G-100001", "We are sending it to"),
    ],
    ids=["gifts with Gift Aid", "gifts without it", "goods without shipping", "no address"],
)
def test_receipt_says_nothing_of_what_was_not_bought(
    data: Mapping[str, Any], subject: str, has: str, has_not: str
) -> None:
    paid = receipt(data)
    assert paid.mail.subject == subject
    assert (has in paid.mail.text, has_not in paid.mail.text) == (True, False)


def test_order_of_an_event_that_does_not_say_when_is_of_the_day_of_the_event() -> None:
    assert (
        "order of 2 June 2026"
        in receipt({name: value for name, value in PAID.items() if name != "createdAt"}).mail.text
    )


@pytest.mark.parametrize(
    ("name", "data", "type_", "title"),
    [
        ("OrderFulfilled", {"number": "A-1"}, "order-fulfilled", "Your order A-1 is on its way"),
        ("OrderCancelled", {"number": "A-1"}, "order-cancelled", "Your order A-1 has been cancelled"),
        ("OrderRefunded", {"number": "A-1", "amount": money(5)}, "order-refunded", "A refund for your order A-1"),
        ("DonationReceived", {"amount": money(2500)}, "donation-received", "Thank you for your gift"),
        ("TicketAnswered", {"ticketId": "t", "number": 7}, "ticket-answered", "We have answered your question 7"),
        ("TicketStatusChanged", CLOSED, "ticket-closed", "How did we do with your question 7?"),
        ("UserEmailChanged", {"email": "new@example.org"}, "email-changed", "Your e-mail address has been changed"),
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


@pytest.mark.parametrize("changes", [{"status": "solved"}, {"status": "open"}, {"merged": True}])
def test_ticket_that_is_not_closed_for_good_is_no_news(changes: Mapping[str, Any]) -> None:
    assert news("TicketStatusChanged", {**CLOSED, **changes}) is None


@pytest.mark.parametrize(("channel", "is_mailed"), [("email", True), ("web", False)])
def test_answer_that_went_into_the_thread_of_mails_is_mailed_already(channel: str, is_mailed: bool) -> None:
    heard = news("TicketAnswered", {"ticketId": "t", "number": 7, "channel": channel})
    assert heard is not None
    assert heard.is_mailed is is_mailed


@pytest.mark.parametrize(("name", "data"), [("TicketAnswered", {"number": 7}), ("TicketStatusChanged", CLOSED)])
def test_ticket_of_somebody_without_an_account_is_no_news(name: str, data: Mapping[str, Any]) -> None:
    assert news(name, {**data, "channel": "email", "hasAccount": False}) is None


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
