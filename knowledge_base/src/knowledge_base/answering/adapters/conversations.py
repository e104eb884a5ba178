"""What of a ticket is answered, from the tickets and their threads."""

from knowledge_base.answering.domain.conversations import Conversation, Said
from knowledge_base.tickets.domain.stores import Threads, Tickets, with_merged
from knowledge_base.tickets.domain.threads import page_of

_NEWEST = 20
"""Entries that are read: more than a model is shown."""


class TicketConversations:
    def __init__(self, tickets: Tickets, threads: Threads) -> None:
        self._tickets, self._threads = tickets, threads

    def find(self, ticket_id: str) -> Conversation | None:
        """Its newest words, and of the tickets that were merged into it, without notes: finds, then a Query for each.

        With what it was opened with, if all of them are staff's.
        """
        ticket = self._tickets.find(ticket_id)
        if ticket is None:
            return None
        newest = self._threads.newest(with_merged(self._tickets, ticket), None, _NEWEST, notes=False)
        entries = page_of(newest, _NEWEST).entries
        if not any(each.is_of_supporter for each in entries):
            entries = [*filter(None, [self._threads.opening(ticket_id)]), *entries]
        messages = tuple(Said("customer" if each.is_of_supporter else "staff", each.text) for each in entries)
        return Conversation(ticket_id, ticket.user_id, ticket.subject, messages)

    def mark_stale(self, ticket_id: str) -> None:
        self._tickets.mark_stale(ticket_id)

    def mark_fresh(self, ticket_id: str) -> None:
        self._tickets.mark_fresh(ticket_id)
