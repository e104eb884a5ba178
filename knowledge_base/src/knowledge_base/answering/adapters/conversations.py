"""What of a ticket is answered, from the tickets and their threads."""

from knowledge_base.answering.domain.conversations import Conversation, Said
from knowledge_base.tickets.domain.stores import Threads, Tickets, with_merged
from knowledge_base.tickets.domain.threads import in_order


class TicketConversations:
    def __init__(self, tickets: Tickets, threads: Threads) -> None:
        self._tickets, self._threads = tickets, threads

    def find(self, ticket_id: str) -> Conversation | None:
        """With the words of the tickets that were merged into it, and without notes: finds, then a Query for each."""
        ticket = self._tickets.find(ticket_id)
        if ticket is None:
            return None
        threads = self._threads.of_tickets(with_merged(self._tickets, ticket))
        entries = in_order((each for thread in threads.values() for each in thread), with_notes=False)
        messages = tuple(Said("customer" if each.is_of_supporter else "staff", each.text) for each in entries)
        return Conversation(ticket_id, ticket.user_id, ticket.subject, messages)

    def mark_stale(self, ticket_id: str) -> None:
        self._tickets.mark_stale(ticket_id)

    def mark_fresh(self, ticket_id: str) -> None:
        self._tickets.mark_fresh(ticket_id)
