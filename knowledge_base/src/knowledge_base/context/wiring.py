"""The composition root of tickets' contexts."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from knowledge_base.context.domain.contexts import TicketContexts
from knowledge_base.context.domain.entries import interaction_of
from knowledge_base.customers.wiring import customers, interactions, noting
from knowledge_base.suggestions.domain.suggesting import Suggestion
from knowledge_base.suggestions.wiring import bedrock_service
from knowledge_base.tickets.adapters.records import entry_of_image
from knowledge_base.tickets.domain.reading import question_of
from knowledge_base.tickets.domain.tickets import Ticket
from knowledge_base.tickets.wiring import threads, tickets
from shared.dynamodb.connection import readers
from shared.events.changes import Change

__all__ = ["interactions", "note_entry", "noting", "ticket_contexts"]


def note_entry(change: Change) -> None:
    """Entries never change. Raises Unavailable; KeyError, TypeError or ValueError for what is no entry."""
    if change.new is None or change.old is not None:
        return
    entry = entry_of_image(change.new)
    if interaction := interaction_of(entry):
        noting().note(interaction, entry.text)


@cache
def ticket_contexts() -> TicketContexts:
    return TicketContexts(tickets(), customers(), _suggested, readers())


def _suggested(ticket_id: str, ticket: Callable[[], Ticket]) -> tuple[Suggestion, ...]:
    def question() -> str:
        opening = threads().opening(ticket_id)
        return question_of(ticket().subject, opening.text if opening else "")

    return bedrock_service().suggest(ticket_id, question, datetime.now(UTC))
