"""What users hear of the events of other contexts, and of this one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Protocol

from communications.notifications.domain.notifying import News
from communications.notifications.domain.rendering import Details, Paragraph, Section
from communications.notifications.domain.texts.wording import Term
from communications.notifications.domain.types import Channel
from shared.events.domain_events import DomainEvent
from shared.json.encoding import moment
from shared.money import Money
from shared.time.moments import local_date

STOCK_LOW = "stock-low"
MESSAGE_SENT = "MessageSent"
_EMAIL_CHANGED = "UserEmailChanged"
_TICKET_ANSWERED = "TicketAnswered"


class Deliveries(Protocol):
    def find(self, order_id: str, user_id: str) -> Sequence[str]:
        """The lines of the address that a user's order is sent to; none where nothing is sent. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What events leave out, as it is about people: `name_of` gives the name of whoever has an id, or nothing."""

    name_of: Callable[[str], str]
    deliveries: Deliveries
    zone: tzinfo
    """The charity's: in whose days receipts are dated."""


def news_of(name: str, event: DomainEvent, sources: Sources) -> News | None:
    """What the event's user hears of it; None where that is nothing.

    Raises KeyError for an event without news; Unavailable.
    """
    type_, details_of = _NEWS[name]
    details = details_of(event, sources)
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
        previous={channel: event.data[key] for key, channel in _PREVIOUS.items() if event.data.get(key)},
        confirmed=event.data["email"] if name == _EMAIL_CHANGED else None,
        is_mailed=name == _TICKET_ANSWERED and event.data.get("channel") == "email",
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


def _order_paid(paid: DomainEvent, sources: Sources) -> Details:
    """Goods and gifts have receipts of their own: only gifts count for tax purposes."""
    data, receipts = paid.data, paid.data["receipts"]
    return Details(
        values={
            "bought": Term.YOUR_ORDER if "goods" in receipts else Term.YOUR_GIFT,
            "number": data["number"],
            "total": _money(data["totals"]["total"]),
        },
        sections=[_receipt(paid, kind, number, sources) for kind, number in receipts.items()],
    )


def _receipt(paid: DomainEvent, kind: str, number: str, sources: Sources) -> Section:
    data, totals = paid.data, paid.data["totals"]
    rows: list[tuple[str | Term, str]] = [
        (line["name"] if line["quantity"] == 1 else f"{line['quantity']} × {line['name']}", _money(line["amount"]))
        for line in data[kind]
    ]
    amount, closing = totals[kind]["amount"], list[Paragraph]()
    if kind == "goods":
        amount += totals["shipping"]["amount"]
        if totals["shipping"]["amount"]:
            rows.append((Term.SHIPPING, _money(totals["shipping"])))
        if address := sources.deliveries.find(data["orderId"], paid.user_id):
            closing.append((Term.SENT_TO, *address))
    elif data["giftAid"]:
        closing.append((Term.GIFT_AID,))
    rows.append((Term.TOTAL, str(Money(amount, data["currency"]))))
    placed_at = moment(data["createdAt"]) if "createdAt" in data else paid.occurred_at
    return Section(term=Term(kind), number=number, day=local_date(placed_at, sources.zone), rows=rows, closing=closing)


def _order(event: DomainEvent, _: Sources) -> Details:
    return Details({"number": event.data["number"]})


def _refund(event: DomainEvent, _: Sources) -> Details:
    return Details({"number": event.data["number"], "amount": _money(event.data["amount"])})


def _donation(event: DomainEvent, _: Sources) -> Details | None:
    """A gift that was paid with an order is on its receipt."""
    return None if event.data.get("orderId") else Details({"amount": _money(event.data["amount"])})


def _message(event: DomainEvent, sources: Sources) -> Details:
    return Details({"sender": sources.name_of(event.data["senderId"]) or Term.SOMEBODY})


def _ticket(event: DomainEvent, _: Sources) -> Details | None:
    """Those who wrote by mail without an account are answered by mail, and by nothing else."""
    return Details({"number": str(event.data["number"])}) if event.data.get("hasAccount", True) else None


def _closed_ticket(event: DomainEvent, sources: Sources) -> Details | None:
    """One that was merged goes on in another."""
    is_closed = event.data["status"] == "closed" and not event.data["merged"]
    return _ticket(event, sources) if is_closed else None


def _nothing(*_: object) -> Details:
    return Details()


def _money(money: Mapping[str, Any]) -> str:
    return str(Money(money["amount"], money["currency"]))


_NEWS: Mapping[str, tuple[str, Callable[[DomainEvent, Sources], Details | None]]] = {
    "OrderPaid": ("order-paid", _order_paid),
    "OrderFulfilled": ("order-fulfilled", _order),
    "OrderCancelled": ("order-cancelled", _order),
    "OrderRefunded": ("order-refunded", _refund),
    "DonationReceived": ("donation-received", _donation),
    _TICKET_ANSWERED: ("ticket-answered", _ticket),
    "TicketStatusChanged": ("ticket-closed", _closed_ticket),
    MESSAGE_SENT: ("message-received", _message),
    _EMAIL_CHANGED: ("email-changed", _nothing),
    "UserPhoneChanged": ("phone-changed", _nothing),
}

_PREVIOUS: Mapping[str, Channel] = {"previousEmail": Channel.EMAIL, "previousPhone": Channel.SMS}
