"""What supporters write on tickets, as interactions of theirs."""

from knowledge_base.customers.domain.interactions import Interaction, InteractionKind, interaction
from knowledge_base.tickets.domain.threads import Entry, Kind

_KINDS = {Kind.OPENING: InteractionKind.TICKET, Kind.SUPPORTER: InteractionKind.REPLY}


def interaction_of(entry: Entry) -> Interaction | None:
    """None for what staff write."""
    kind = _KINDS.get(entry.kind)
    return interaction(kind, entry.user_id, entry.ticket_id, entry.at, entry.entry_id) if kind else None
