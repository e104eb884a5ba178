"""Reads rows of Tickets as their stream has them."""

from collections.abc import Iterable

from knowledge_base.figures.domain.occurrences import of_ticket
from knowledge_base.tickets.adapters.records import ticket_of_image
from shared.events.changes import Change
from shared.figures.tallies import Occurrence


def occurrences_of(change: Change) -> Iterable[Occurrence]:
    """Nothing of what is only removed. Raises KeyError, TypeError or ValueError for what is no such row."""
    if change.new is None:
        return ()
    return of_ticket(ticket_of_image(change.old) if change.old else None, ticket_of_image(change.new))
