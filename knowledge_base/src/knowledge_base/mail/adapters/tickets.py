"""Tickets, as mail reads and writes them."""

from dataclasses import replace
from datetime import datetime

from knowledge_base.mail.domain.answering import Reply
from knowledge_base.mail.domain.receiving import Thread
from knowledge_base.tickets.domain.stores import Filters, Threads, Tickets, with_merged
from knowledge_base.tickets.domain.threads import Kind
from knowledge_base.tickets.domain.tickets import Channel, Ticket
from knowledge_base.tickets.domain.writing import Draft, NewTicket, Writing
from shared.auth.callers import Caller
from shared.errors import Unavailable
from shared.idempotency.claims import Claim, KeyInUse, claim_of


class MailTickets:
    def __init__(self, tickets: Tickets, writing: Writing) -> None:
        self._tickets, self._writing = tickets, writing

    def find(self, ticket_id: str) -> Thread | None:
        ticket = self._tickets.find(ticket_id)
        return _thread(ticket) if ticket else None

    def numbered(self, user_id: str, number: int) -> Thread | None:
        found = self._tickets.listed(Filters(user_id=user_id, number=number), None, 1).items
        return _thread(found[0]) if found else None

    def open(self, user_id: str, subject: str, text: str, key: str, now: datetime) -> str:
        new = NewTicket(user_id=user_id, author=user_id, subject=subject, body=text, channel=Channel.EMAIL)
        try:
            return str(self._writing.open(new, _claim(user_id, key), now, lambda ticket: ticket.ticket_id))
        except KeyInUse as error:
            raise _running() from error

    def reply(self, thread: Thread, text: str, key: str, now: datetime) -> None:
        caller, claim = Caller(thread.user_id), _claim(thread.user_id, key)
        try:
            self._writing.reply(
                caller, thread.ticket_id, Draft(text), claim, now, lambda written: written.entry.entry_id
            )
        except KeyInUse as error:
            raise _running() from error


class MailReplies:
    def __init__(self, tickets: Tickets, threads: Threads) -> None:
        self._tickets, self._threads = tickets, threads

    def find(self, ticket_id: str, reply_id: str) -> Reply | None:
        """Two reads, and one for each level of merges."""
        ticket = self._tickets.find(ticket_id)
        if ticket is None:
            return None
        entries = self._threads.of_tickets([ticket_id])[ticket_id]
        replies = (each for each in entries if each.entry_id == reply_id and each.kind is Kind.STAFF)
        merged = tuple(with_merged(self._tickets, ticket)[1:])
        return next((Reply(reply_id, replace(_thread(ticket), merged=merged), each.text) for each in replies), None)


def _thread(ticket: Ticket) -> Thread:
    merged_into = ticket.merge.into if ticket.merge else None
    return Thread(ticket.ticket_id, ticket.number, ticket.user_id, ticket.subject, merged_into, ticket.merged)


def _claim(user_id: str, key: str) -> Claim | None:
    return claim_of(user_id, "mail", key, None, field="Message-ID")


def _running() -> Unavailable:
    return Unavailable("The mail is being written at this moment.", 2)
