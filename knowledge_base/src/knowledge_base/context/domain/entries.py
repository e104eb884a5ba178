"""What supporters write on tickets: interactions of theirs, and what they ask."""

from collections.abc import Sequence

from knowledge_base.customers.domain.interactions import Interaction, interaction
from knowledge_base.customers.domain.interactions import Kind as InteractionKind
from knowledge_base.tickets.domain.threads import Entry, Kind
from knowledge_base.tickets.domain.tickets import Ticket

_KINDS = {Kind.OPENING: InteractionKind.TICKET, Kind.SUPPORTER: InteractionKind.REPLY}


def interaction_of(entry: Entry) -> Interaction | None:
    """None for what staff write."""
    kind = _KINDS.get(entry.kind)
    return interaction(kind, entry.user_id, entry.ticket_id, entry.at, entry.entry_id) if kind else None


def question_of(ticket: Ticket, entries: Sequence[Entry]) -> str:
    """Its subject, and what it was opened with."""
    opening = next((entry.text for entry in entries if entry.kind is Kind.OPENING), "")
    return f"{ticket.subject}\n\n{opening}"
