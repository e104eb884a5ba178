"""What users hear of the events of other contexts, and of this one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from communications.notifications.domain.notifying import News
from communications.notifications.domain.rendering import Details, Section
from communications.notifications.domain.texts.wording import Term
from shared.events.domain_events import DomainEvent
from shared.money import Money

STOCK_LOW = "stock-low"
MESSAGE_SENT = "MessageSent"

type NameOf = Callable[[str], str]
"""A user's name by their id; empty where nobody has the id."""


def news_of(name: str, event: DomainEvent, name_of: NameOf) -> News | None:
    """What the event's user hears of it; None where that is nothing. Raises KeyError for an event without news."""
    type_, details_of = _NEWS[name]
    details = details_of(event.data, name_of)
    if details is None:
        return None
    return News(
        event=name,
        event_id=event.id,
        user_id=event.user_id,
        type=type_,
        details=details,
        occurred_at=event.occurred_at,
        subject=subject_of(event) if name == MESSAGE_SENT else None,
        position=event.data["seq"] if name == MESSAGE_SENT else 0,
    )


def subject_of(event: DomainEvent) -> str:
    """Of an event of a conversation."""
    return f"conversation:{event.data['conversationId']}"


def stock_news(name: str, event: DomainEvent, user_id: str) -> News:
    """What somebody of staff hears of a product that runs low."""
    return News(
        event=name,
        event_id=event.id,
        user_id=user_id,
        type=STOCK_LOW,
        details=Details({"name": event.data["name"], "stock": str(event.data["stock"])}),
        occurred_at=event.occurred_at,
    )


def _order_paid(data: Mapping[str, Any], _: NameOf) -> Details:
    """A receipt, as the shop's order has it."""
    return Details(
        values={"number": data["number"], "total": _money(data["totals"]["total"])},
        sections=tuple(_receipts(data)),
        notes=(Term.GIFT_AID,) if data["giftAid"] else (),
    )


def _receipts(data: Mapping[str, Any]) -> Iterator[Section]:
    totals = data["totals"]
    for kind, number in data["receipts"].items():
        rows: list[tuple[str | Term, str]] = [
            (line["name"] if line["quantity"] == 1 else f"{line['quantity']} × {line['name']}", _money(line["amount"]))
            for line in data[kind]
        ]
        if kind == "goods" and totals["shipping"]["amount"]:
            rows.append((Term.SHIPPING, _money(totals["shipping"])))
        amount = totals[kind]["amount"] + (totals["shipping"]["amount"] if kind == "goods" else 0)
        total = Money(amount, data["currency"])
        yield Section(Term(kind), number, (*rows, (Term.TOTAL, str(total))))


def _order(data: Mapping[str, Any], _: NameOf) -> Details:
    return Details({"number": data["number"]})


def _refund(data: Mapping[str, Any], _: NameOf) -> Details:
    return Details({"number": data["number"], "amount": _money(data["amount"])})


def _donation(data: Mapping[str, Any], _: NameOf) -> Details | None:
    """A gift that was paid with an order is on its receipt."""
    return None if data.get("orderId") else Details({"amount": _money(data["amount"])})


def _message(data: Mapping[str, Any], name_of: NameOf) -> Details:
    return Details({"sender": name_of(data["senderId"]) or Term.SOMEBODY})


def _nothing(*_: object) -> Details:
    return Details()


def _money(money: Mapping[str, Any]) -> str:
    return str(Money(money["amount"], money["currency"]))


_NEWS: Mapping[str, tuple[str, Callable[[Mapping[str, Any], NameOf], Details | None]]] = {
    "OrderPaid": ("order-paid", _order_paid),
    "OrderFulfilled": ("order-fulfilled", _order),
    "OrderCancelled": ("order-cancelled", _order),
    "OrderRefunded": ("order-refunded", _refund),
    "DonationReceived": ("donation-received", _donation),
    MESSAGE_SENT: ("message-received", _message),
    "UserEmailChanged": ("email-changed", _nothing),
}
