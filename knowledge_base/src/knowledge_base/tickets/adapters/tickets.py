"""Tickets in DynamoDB, and lists of them: of somebody, of a status, of an assignee, by words."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from knowledge_base.tickets.adapters.records import TicketRecord, TicketsByUser, WordRecord, of_person, queue_of
from knowledge_base.tickets.domain.stores import TICKET, Filters, TicketPage
from knowledge_base.tickets.domain.tickets import Ticket, TicketStatus
from knowledge_base.tickets.domain.words import words_of
from shared.dynamodb.connection import readers
from shared.dynamodb.counters import DynamoCounters
from shared.dynamodb.key_ranges import ids_in
from shared.dynamodb.records import ConditionFailed, select, without_nulls
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.persistence.unit_of_work import UnitOfWork
from shared.time.periods import Period

_WORD, _PERSON = "word of the subject", "ticket of a person"
_READ = 100  # at once, of what has to be looked through
_MAX_READS = 10  # of one page, which may be shorter than wanted where what is looked for is rare

type _Read = Callable[[str | None], tuple[Sequence[Ticket], str | None]]
"""The next tickets after an id, and the id after which to go on; None at the end."""


class DynamoTickets:
    """The tables Tickets and TicketWords. A ticket has about 600 bytes, so 4 KB have six."""

    def __init__(self, tickets_table: str, words_table: str, tombstones: DynamoTombstones | None = None) -> None:
        """Whoever adds none needs no tombstones."""
        self._tickets, self._words = TicketRecord.at(tickets_table), WordRecord.at(words_table)
        self._tombstones = tombstones

    def find(self, ticket_id: str) -> Ticket | None:
        """One consistent GetItem."""
        record = self._tickets.find(ticket_id)
        return record.to_ticket() if record else None

    def find_all(self, ticket_ids: Sequence[str]) -> Sequence[Ticket]:
        """One consistent BatchGetItem for each hundred."""
        return [record.to_ticket() for record in self._tickets.find_many(ticket_ids)] if ticket_ids else []

    def ids_of(self, user_id: str) -> Sequence[str]:
        """Of all tickets of somebody that were opened until now, unlike the index: one consistent Query."""
        found = select(self._words, of_person(user_id), attributes=[WordRecord.word, WordRecord.ticket_id])
        return [row.ticket_id for row in found]

    def listed(self, filters: Filters, after: str | None, limit: int) -> TicketPage:
        """Of a status and an assignee, a Query of an index; of all statuses, four at once, whose pages are merged.

        What is somebody's own, has certain words or a priority is looked through.
        """
        if filters.number is not None:
            found = [each.to_ticket() for each in select(self._tickets.by_number, filters.number)]
            return TicketPage([each for each in found if filters.match(each)], None)
        if filters.user_id is not None:
            return _looked_through(partial(self._of_user, filters.user_id, filters.opened), filters, after, limit)
        if filters.words:
            return _looked_through(partial(self._with_word, filters.words, filters.opened), filters, after, limit)
        if filters.priority:
            return _looked_through(partial(self._in_queues, filters), filters, after, limit)
        items = self._newest(filters, after, limit + 1)
        return TicketPage(items[:limit], items[limit - 1].ticket_id if len(items) > limit else None)

    def solved(self) -> Iterable[Ticket]:
        """One Query of the index: a page for each 1 MB."""
        return (each.to_ticket() for each in select(self._tickets.by_status, str(TicketStatus.SOLVED)))

    def add(self, ticket: Ticket, unit_of_work: UnitOfWork) -> None:
        """A put in a transaction, one for each word of the subject, and one for erasures."""
        transaction = Transaction.of(unit_of_work)
        transaction.save(TICKET, self._tickets.of(ticket), TicketRecord.ticket_id.does_not_exist())
        transaction.save(_PERSON, self._words(of_person(ticket.user_id), ticket.ticket_id, words=()))
        words = words_of(ticket.subject)
        for word in words:
            transaction.save(_WORD, self._words(word, ticket.ticket_id, words=words))

    def require_person(self, user_id: str, unit_of_work: UnitOfWork) -> None:
        """A condition in a transaction."""
        if self._tombstones is None:
            raise ValueError("what is written of people needs the table of tombstones")
        self._tombstones.require_none(Transaction.of(unit_of_work), user_id)

    def change(self, ticket: Ticket, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction."""
        is_seen = TicketRecord.version == ticket.version - 1
        record = self._tickets(ticket.ticket_id)
        Transaction.of(unit_of_work).change(TICKET, record, without_nulls(self._tickets.actions(ticket)), is_seen)

    def require(self, ticket_id: str, unit_of_work: UnitOfWork) -> None:
        """A condition in a transaction."""
        exists = TicketRecord.ticket_id.exists()
        Transaction.of(unit_of_work).require(TICKET, self._tickets(ticket_id), exists)

    def mark_stale(self, ticket_id: str) -> bool:
        """One UpdateItem."""
        is_unsettled = TicketRecord.status.is_in(str(TicketStatus.OPEN), str(TicketStatus.PENDING))
        return self._mark(ticket_id, TicketRecord.stale.set(True), is_unsettled)

    def mark_fresh(self, ticket_id: str) -> None:
        """One UpdateItem."""
        self._mark(ticket_id, TicketRecord.stale.remove(), TicketRecord.stale.exists())

    def _mark(self, ticket_id: str, action: Action, condition: Condition) -> bool:
        try:
            self._tickets(ticket_id).change(action, condition=condition)
        except ConditionFailed:
            return False
        return True

    def _of_user(self, user_id: str, opened: Period, after: str | None) -> tuple[Sequence[Ticket], str | None]:
        before = ids_in(opened, TicketsByUser.ticket_id, after)
        found = select(self._tickets.by_user, user_id, before, newest_first=True, limit=_READ)
        return [each.to_ticket() for each in found], found[-1].ticket_id if len(found) == _READ else None

    def _with_word(
        self, words: Sequence[str], opened: Period, after: str | None
    ) -> tuple[Sequence[Ticket], str | None]:
        before = ids_in(opened, WordRecord.ticket_id, after)
        read = select(self._words, max(words, key=len), before, newest_first=True, limit=_READ, consistent=False)
        found = [each.ticket_id for each in read if set(words) <= set(each.words)]
        return self.find_all(found), read[-1].ticket_id if len(read) == _READ else None

    def _in_queues(self, filters: Filters, after: str | None) -> tuple[Sequence[Ticket], str | None]:
        found = self._newest(filters, after, _READ)
        return found, found[-1].ticket_id if len(found) == _READ else None

    def _newest(self, filters: Filters, after: str | None, limit: int) -> Sequence[Ticket]:
        """Of the statuses and the assignee."""
        statuses = [filters.status] if filters.status else list(TicketStatus)
        pages = readers().map(lambda status: self._of_status(filters, status, after, limit), statuses)
        return list(islice(heapq.merge(*pages, key=lambda each: each.ticket_id, reverse=True), limit))

    def _of_status(self, filters: Filters, status: TicketStatus, after: str | None, limit: int) -> Sequence[Ticket]:
        before = ids_in(filters.opened, TicketsByUser.ticket_id, after)
        assignee = filters.assignee
        index = self._tickets.by_queue if assignee else self._tickets.by_status
        key = queue_of(assignee, status) if assignee else str(status)
        return [each.to_ticket() for each in select(index, key, before, newest_first=True, limit=limit)]


class DynamoNumbers:
    """The Counters table: 1,000 numbers a second."""

    def __init__(self, counters_table: str) -> None:
        self._counters = DynamoCounters(counters_table)

    def next(self) -> int:
        """One UpdateItem."""
        return self._counters.next("tickets")


def _looked_through(read: _Read, filters: Filters, after: str | None, limit: int) -> TicketPage:
    found, position = list[Ticket](), after
    for _ in range(_MAX_READS):
        tickets, position = read(position)
        for ticket in filter(filters.match, tickets):
            if len(found) == limit:
                return TicketPage(found, found[-1].ticket_id)
            found.append(ticket)
        if position is None:
            return TicketPage(found, None)
    return TicketPage(found, position)
