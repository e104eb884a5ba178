"""Tickets, as mail reads and writes them."""

from dataclasses import replace
from datetime import datetime

from knowledge_base.mail.domain.answering import Reply
from knowledge_base.mail.domain.correspondence import Correspondent, Standing
from knowledge_base.mail.domain.receiving import Thread, Words
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

    def open(self, sender: Correspondent, subject: str, words: Words, key: str, now: datetime) -> str:
        user_id = sender.user_id
        new = NewTicket(
            user_id=user_id,
            author=user_id,
            subject=subject,
            body=words.text,
            channel=Channel.EMAIL,
            by_mail=True,
            has_account=sender.standing is Standing.USER,
            attachments=words.attachments,
        )
        try:
            return str(self._writing.open(new, _claim(user_id, key), now, lambda ticket: ticket.ticket_id))
        except KeyInUse as error:
            raise _running() from error

    def reply(self, thread: Thread, words: Words, key: str, now: datetime) -> None:
        caller, claim = Caller(thread.user_id), _claim(thread.user_id, key)
        draft = Draft(words.text, by_mail=True, attachments=words.attachments)
        try:
            self._writing.reply(caller, thread.ticket_id, draft, claim, now, lambda written: written.entry.entry_id)
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
        entry = self._threads.find(ticket_id, reply_id)
        if entry is None or entry.kind is not Kind.STAFF or entry.channel is not Channel.EMAIL:
            return None
        merged = tuple(with_merged(self._tickets, ticket)[1:])
        return Reply(reply_id, replace(_thread(ticket), merged=merged), entry.text, entry.attachments)


def _thread(ticket: Ticket) -> Thread:
    merged_into = ticket.merge.into if ticket.merge else None
    return Thread(
        ticket_id=ticket.ticket_id,
        number=ticket.number,
        user_id=ticket.user_id,
        subject=ticket.subject,
        merged_into=merged_into,
        merged=ticket.merged,
        has_account=ticket.has_account,
    )


def _claim(user_id: str, key: str) -> Claim | None:
    return claim_of(user_id, "mail", key, None, field="Message-ID")


def _running() -> Unavailable:
    return Unavailable("The mail is being written at this moment.", 2)
