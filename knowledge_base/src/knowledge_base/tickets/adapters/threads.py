"""What was written on tickets, in DynamoDB."""

from collections.abc import Sequence

from knowledge_base.tickets.adapters.records import EntryRecord
from knowledge_base.tickets.domain.stores import ENTRY
from knowledge_base.tickets.domain.threads import Entry, Kind, Stretch
from shared.dynamodb.connection import readers
from shared.dynamodb.records import select_page
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork


class DynamoThreads:
    """The table TicketEntries."""

    def __init__(self, entries_table: str) -> None:
        self._entries = EntryRecord.at(entries_table)

    def add(self, entry: Entry, unit_of_work: UnitOfWork) -> None:
        """A put in a transaction."""
        is_new = EntryRecord.ticket_id.does_not_exist()
        Transaction.of(unit_of_work).save(ENTRY, self._entries.of(entry), is_new)

    def find(self, ticket_id: str, entry_id: str) -> Entry | None:
        """One consistent GetItem."""
        record = self._entries.find(ticket_id, entry_id)
        return record.to_entry() if record else None

    def opening(self, ticket_id: str) -> Entry | None:
        """One consistent Query of one item: nothing was written before it."""
        records, _ = select_page(self._entries, ticket_id, size=1)
        return next((each.to_entry() for each in records if each.kind == Kind.OPENING), None)

    def newest(self, ticket_ids: Sequence[str], before: str | None, limit: int, *, notes: bool) -> Sequence[Stretch]:
        """A consistent Query for each ticket, at once, of 1 MB at most."""
        range_ = EntryRecord.entry_id < before if before else None
        where = None if notes else EntryRecord.kind != str(Kind.NOTE)

        def stretch(ticket_id: str) -> Stretch:
            records, rest = select_page(self._entries, ticket_id, range_, size=limit, newest_first=True, where=where)
            return Stretch([each.to_entry() for each in records], rest)

        return list(readers().map(stretch, ticket_ids))
