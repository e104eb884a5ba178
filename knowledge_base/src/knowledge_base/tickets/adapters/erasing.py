"""Erases somebody's tickets, with all that was written on them, and their files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute

from knowledge_base.tickets.adapters.attachments import S3Files
from knowledge_base.tickets.adapters.records import (
    AttachmentRecord,
    EntryRecord,
    TicketRecord,
    ViewerRecord,
    WordRecord,
    of_person,
)
from knowledge_base.tickets.adapters.tickets import DynamoTickets
from knowledge_base.tickets.domain.words import words_of
from shared.dynamodb.records import select
from shared.erasure.removing import remove_all

_NAMES: Sequence[Attribute[Any]] = (EntryRecord.ticket_id, EntryRecord.entry_id, EntryRecord.attachments)
"""Of an entry: its words may be long."""


class TicketErasing:
    """What they wrote as staff stays on others' tickets, from an id that leads to nobody."""

    def __init__(
        self,
        *,
        tickets_table: str,
        words_table: str,
        entries_table: str,
        viewers_table: str,
        attachments_table: str,
        attachments_bucket: str,
    ) -> None:
        self._tickets, self._words = TicketRecord.at(tickets_table), WordRecord.at(words_table)
        self._ids_of = DynamoTickets(tickets_table, words_table).ids_of
        self._entries, self._viewers = EntryRecord.at(entries_table), ViewerRecord.at(viewers_table)
        self._attachments, self._files = AttachmentRecord.at(attachments_table), S3Files(attachments_bucket)

    def erase(self, user_id: str, _: datetime) -> bool:
        """By what is found goes last: the records of files, and that a ticket is theirs. May be repeated."""
        for ticket_id in self._ids_of(user_id):
            self._erase_ticket(ticket_id)
            self._words(of_person(user_id), ticket_id).remove()
        for uploaded in select(self._attachments.by_user, user_id):
            attachment = self._attachments.find(uploaded.attachment_id)
            if attachment is None or attachment.ticket_id is None:  # what staff attached stays on others' tickets
                self._erase_file(uploaded.attachment_id)
        return True

    def _erase_ticket(self, ticket_id: str) -> None:
        self._erase_thread(ticket_id)
        remove_all(self._viewers, ticket_id, [ViewerRecord.ticket_id, ViewerRecord.user_id])
        if ticket := self._tickets.find(ticket_id):
            for word in words_of(ticket.subject):
                self._words(word, ticket_id).remove()
            ticket.remove()

    def _erase_thread(self, ticket_id: str) -> None:
        for entry in select(self._entries, ticket_id, attributes=_NAMES):
            for attachment_id in entry.attachments or ():
                self._erase_file(attachment_id)
            entry.remove()

    def _erase_file(self, attachment_id: str) -> None:
        self._files.delete(attachment_id)
        self._attachments(attachment_id).remove()
