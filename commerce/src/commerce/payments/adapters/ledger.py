"""The ledger of money in DynamoDB: an item for each entry."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from commerce.payments.domain.ledger import Entry
from shared.dynamodb.attributes import DocumentsAttribute, MomentAttribute
from shared.dynamodb.records import Record
from shared.dynamodb.transactions import Transaction
from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import UnitOfWork


class EntryRecord(Record):
    """`position` sorts the entries of a month by time."""

    entry_id = UnicodeAttribute(hash_key=True, attr_name="entryId")
    recorded_at = MomentAttribute(attr_name="at")
    currency = UnicodeAttribute()
    postings = DocumentsAttribute()
    payment_id = UnicodeAttribute(null=True, attr_name="paymentId")
    month = UnicodeAttribute()
    position = UnicodeAttribute()


class DynamoLedger:
    """The Ledger table."""

    def __init__(self, ledger_table: str) -> None:
        self._entries = EntryRecord.at(ledger_table)

    def record(self, entry: Entry, at: datetime, unit_of_work: UnitOfWork) -> None:
        """A put in a transaction. An entry that is there already stays as it is, but for its time."""
        moment = rfc3339(at)
        record = self._entries(
            entry.entry_id,
            recorded_at=at,
            currency=entry.currency,
            postings=[{"account": each.account.value, "amount": each.amount} for each in entry.postings],
            payment_id=entry.payment_id,
            month=moment[:7],
            position=f"{moment}#{entry.entry_id}",
        )
        Transaction.of(unit_of_work).save(f"ledger:{entry.entry_id}", record)
