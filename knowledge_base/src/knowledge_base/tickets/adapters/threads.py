"""What was written on tickets, in DynamoDB."""

from collections.abc import Mapping, Sequence

from knowledge_base.tickets.adapters.records import EntryRecord
from knowledge_base.tickets.domain.stores import ENTRY
from knowledge_base.tickets.domain.threads import Entry
from shared.dynamodb.connection import readers
from shared.dynamodb.records import select
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

    def of_tickets(self, ticket_ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """A consistent Query for each ticket, at once."""
        found = readers().map(lambda ticket_id: select(self._entries, ticket_id), ticket_ids)
        return {
            ticket_id: [record.to_entry() for record in records]
            for ticket_id, records in zip(ticket_ids, found, strict=True)
        }
