"""What is published of tickets. No event has what was written: whoever may read it asks for it.

`hasAccount` is false of those who wrote by mail and cannot sign in: nobody has a record of them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from knowledge_base.tickets.domain.threads import Entry, Kind
from knowledge_base.tickets.domain.tickets import Ticket
from shared.events.changes import Named
from shared.events.domain_events import DomainEvent

_VERSION = 1


def of_ticket(before: Ticket | None, ticket: Ticket) -> Iterator[Named]:
    """`TicketCreated`, or, whenever its status has changed, `TicketStatusChanged`."""
    if before is None:
        of_new = {"channel": ticket.channel, "priority": ticket.priority, "status": ticket.status}
        yield "TicketCreated", _event(ticket, f"TicketCreated-{ticket.ticket_id}", ticket.created_at, of_new)
    elif before.status is not ticket.status:
        data: dict[str, Any] = {
            "status": ticket.status,
            "previousStatus": before.status,
            "merged": ticket.merge is not None,
        }
        id_ = f"TicketStatusChanged-{ticket.ticket_id}-{ticket.version}"
        yield "TicketStatusChanged", _event(ticket, id_, ticket.updated_at, data)


def of_entry(entry: Entry) -> Iterator[Named]:
    """`TicketAnswered`, of what staff wrote to the supporter: whose `channel` is `email` gets it by mail already."""
    if entry.kind is Kind.STAFF:
        data = {
            "ticketId": entry.ticket_id,
            "number": entry.number,
            "entryId": entry.entry_id,
            "channel": entry.channel,
            "hasAccount": entry.has_account,
        }
        yield "TicketAnswered", DomainEvent(f"TicketAnswered-{entry.entry_id}", _VERSION, entry.at, entry.user_id, data)


def _event(ticket: Ticket, id_: str, at: datetime, data: dict[str, Any]) -> DomainEvent:
    of_all = {"ticketId": ticket.ticket_id, "number": ticket.number, "hasAccount": ticket.has_account}
    return DomainEvent(id_, _VERSION, at, ticket.user_id, of_all | data)
