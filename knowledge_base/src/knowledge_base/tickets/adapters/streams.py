"""Reads rows of Tickets and TicketEntries as their streams have them."""

from collections.abc import Sequence

from knowledge_base.tickets.adapters.records import entry_of_image, ticket_of_image
from knowledge_base.tickets.domain.events import of_entry, of_ticket
from shared.events.changes import Change, Named


def events_of(change: Change) -> Sequence[Named]:
    """Nothing of what is only removed. Raises KeyError, TypeError or ValueError for what is no such row."""
    if change.new is None:
        return ()
    if "entryId" in change.new:
        return tuple(of_entry(entry_of_image(change.new))) if change.old is None else ()
    before = ticket_of_image(change.old) if change.old else None
    return tuple(of_ticket(before, ticket_of_image(change.new)))
