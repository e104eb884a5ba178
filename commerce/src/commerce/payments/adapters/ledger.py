"""The ledger of money in DynamoDB: an item for each entry."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from commerce.payments.domain.ledger import Account, Entry, Posting, Recorded
from shared.dynamodb.attributes import DocumentsAttribute, MomentAttribute
from shared.dynamodb.records import ConditionFailed, Record, select
from shared.dynamodb.transactions import Transaction
from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import UnitOfWork


class EntriesByMonth(GlobalSecondaryIndex["EntryRecord"]):
    class Meta:
        index_name = "ByMonth"
        projection = AllProjection()

    month = UnicodeAttribute(hash_key=True)
    position = UnicodeAttribute(range_key=True)


class EntryRecord(Record):
    """`position` sorts the entries of a month by time."""

    by_month = EntriesByMonth()

    entry_id = UnicodeAttribute(hash_key=True, attr_name="entryId")
    recorded_at = MomentAttribute(attr_name="at")
    currency = UnicodeAttribute()
    postings = DocumentsAttribute()
    payment_id = UnicodeAttribute(null=True, attr_name="paymentId")
    month = UnicodeAttribute()
    position = UnicodeAttribute()

    def to_entry(self) -> Entry:
        """Raises ValueError for what does not sum to zero, and so was not written by us."""
        postings = tuple(Posting(Account(each["account"]), each["amount"]) for each in self.postings)
        return Entry(self.entry_id, self.currency, postings, self.payment_id)


class DynamoLedger:
    """The Ledger table."""

    def __init__(self, ledger_table: str) -> None:
        self._entries = EntryRecord.at(ledger_table)

    def record(self, entry: Entry, at: datetime, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction. An entry that is there already stays as it is, in the month that it was made.

        It is refused where the same cause has been recorded with other postings.
        """
        record = self._record(entry, at)
        is_new_or_same = EntryRecord.entry_id.does_not_exist() | (EntryRecord.postings == record.postings)
        Transaction.of(unit_of_work).change(
            f"ledger:{entry.entry_id}", record, _as_first_recorded(record), is_new_or_same
        )

    def record_once(self, entry: Entry, at: datetime) -> bool:
        """One UpdateItem."""
        record = self._record(entry, at)
        try:
            record.change(
                *_as_first_recorded(record), condition=EntryRecord.entry_id.does_not_exist(), at_most_once=True
            )
        except ConditionFailed:
            return False
        return True

    def find(self, entry_ids: Iterable[str]) -> Mapping[str, Entry]:
        """A consistent BatchGetItem for each hundred."""
        records = self._entries.find_many([*dict.fromkeys(entry_ids)])
        return {record.entry_id: record.to_entry() for record in records}

    def of_day(self, day: date) -> Sequence[Recorded]:
        """A query of the index, and its pages."""
        text = day.isoformat()
        records = select(self._entries.by_month, text[:7], EntriesByMonth.position.startswith(text))
        return [Recorded(record.to_entry(), record.recorded_at) for record in records]

    def _record(self, entry: Entry, at: datetime) -> EntryRecord:
        moment = rfc3339(at)
        return self._entries(
            entry.entry_id,
            recorded_at=at,
            currency=entry.currency,
            postings=[{"account": each.account.value, "amount": each.amount} for each in entry.postings],
            payment_id=entry.payment_id,
            month=moment[:7],
            position=f"{moment}#{entry.entry_id}",
        )


def _as_first_recorded(record: EntryRecord) -> list[Action]:
    given = ((attribute, getattr(record, name)) for name, attribute in EntryRecord.get_attributes().items())
    return [each.set(each | value) for each, value in given if not each.is_hash_key and value is not None]
