"""The ledger of donations in DynamoDB."""

from collections.abc import Callable, Iterable

from pynamodb.expressions.condition import Condition

from personalization.donations.adapters.records import TOTALS_KEYS, OpenRows, RowRecord, TotalRecord
from personalization.donations.domain.donations import PAGE_SIZE, Donation, DonationPage, LedgerPage, LedgerRow, Refund
from personalization.donations.domain.giving import GiftChangedError
from personalization.donations.domain.ledger_events import event_of
from personalization.supporters.adapters.records import SupporterRecord
from shared.dynamodb.connection import readers
from shared.dynamodb.key_ranges import ids_in
from shared.dynamodb.records import Image, put_many, select
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound
from shared.events.domain_events import DomainEvent
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.money import Money, totals
from shared.persistence.unit_of_work import WriteRefused
from shared.time.periods import EVER, Period

_GIFT, _ROW, _SUPPORTER, _TOTAL = "gift", "row", "supporter", "total"


class DynamoLedger:
    """Writes Donations and the first answers; looks at Users."""

    def __init__(self, users_table: str, donations_table: str, first_answers_table: str) -> None:
        self._users = SupporterRecord.at(users_table)
        self._rows, self._totals = RowRecord.at(donations_table), TotalRecord.at(donations_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def add(self, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """One transaction: the row, its total, the first answer, and a check of the supporter."""
        transaction = self._entry(gift, first_answer)
        transaction.require(_SUPPORTER, self._users(gift.user_id), SupporterRecord.user_id.exists())
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            if _SUPPORTER in error.refused:
                raise NotFound("There is no such supporter.") from error
            raise

    def refund(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """One transaction: the row, its total, the first answer, and the gift's counter, which has to hold it."""
        try:
            with translated_refusals():
                self._refund(refund, gift, first_answer).commit()
        except WriteRefused as error:
            if _GIFT in error.refused:
                raise GiftChangedError from error
            raise

    def add_once(self, gift: Donation) -> bool:
        """One transaction: the row and its total."""
        return _is_new(self._entry(gift, None))

    def change_once(self, change: Refund, gift: Donation) -> bool:
        """One transaction: the row, its total and the gift's counter, whatever others have yet to come."""
        return _is_new(self._change(change, gift, None, RowRecord.donation_id.exists()))

    def gift(self, user_id: str, donation_id: str) -> Donation | None:
        """One consistent GetItem."""
        record = self._rows.find(user_id, donation_id)
        row = record.to_row() if record else None
        return row if isinstance(row, Donation) else None

    def find(self, donation_id: str) -> Donation | None:
        """A query of the index of gifts, which follows the table within a moment, then a consistent GetItem."""
        keys = select(self._rows.by_gift, donation_id, limit=1)
        return self.gift(keys[0].user_id, donation_id) if keys else None

    def page(
        self, user_id: str, period: Period = EVER, *, anonymous: bool, after: str | None, limit: int
    ) -> LedgerPage:
        """One consistent query; one row more than the page tells whether another follows."""
        return ledger_page(self._rows, user_id, period, anonymous=anonymous, after=after, limit=limit)

    def is_registered(self, user_id: str) -> bool:
        """One GetItem."""
        return self._users.find(user_id, attributes=[self._users.user_id]) is not None

    def _entry(self, row: LedgerRow, first_answer: FirstAnswer | None) -> Transaction:
        transaction = Transaction()
        transaction.save(_ROW, self._rows.of(row), RowRecord.donation_id.does_not_exist())
        transaction.change(_TOTAL, self._totals.of(row), [TotalRecord.amount.add(row.amount.amount)])
        self._first_answers.record(first_answer, transaction)
        return transaction

    def _refund(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> Transaction:
        return self._change(refund, gift, first_answer, RowRecord.refunded <= gift.amount.amount + refund.amount.amount)

    def _change(
        self, change: Refund, gift: Donation, first_answer: FirstAnswer | None, condition: Condition
    ) -> Transaction:
        transaction = self._entry(change, first_answer)
        counted = [RowRecord.refunded.add(-change.amount.amount)]
        transaction.change(_GIFT, self._rows(gift.user_id, gift.donation_id), counted, condition)
        return transaction


def _is_new(transaction: Transaction) -> bool:
    """Commit, unless the row is there already."""
    try:
        transaction.commit()
    except WriteRefused as error:
        if _ROW in error.refused:
            return False
        raise
    return True


def ledger_page(
    rows: type[RowRecord], user_id: str, period: Period, *, anonymous: bool, after: str | None, limit: int
) -> LedgerPage:
    """Every row lies before TOTALS_KEYS; those that are not anonymous have an index of their own."""
    older = ids_in(period, RowRecord.donation_id if anonymous else OpenRows.open_id, after or TOTALS_KEYS)
    source = rows if anonymous else rows.open_rows
    records = select(source, user_id, older, newest_first=True, limit=limit + 1, consistent=True)
    found = [record.to_row() for record in records]
    return LedgerPage(tuple(found[:limit]), found[limit - 1].donation_id if len(found) > limit else None)


def ledger_totals(sums: type[TotalRecord], user_id: str, *, anonymous: bool) -> tuple[Money, ...]:
    """One sum per currency: one query of at most two rows for each."""
    found = select(sums, user_id, TotalRecord.key.startswith(TOTALS_KEYS))
    return totals(record.to_money() for record in found if anonymous or not record.is_anonymous)


def newest_donations(
    rows: type[RowRecord], sums: type[TotalRecord], user_id: str, *, anonymous: bool
) -> Callable[[], DonationPage]:
    """Start reading the first page and the totals, in one round; call what it returns when both are needed.

    A gift that is made between the two reads may be in one of them only, until the next request.
    """
    page = readers().submit(ledger_page, rows, user_id, EVER, anonymous=anonymous, after=None, limit=PAGE_SIZE)
    totals = readers().submit(ledger_totals, sums, user_id, anonymous=anonymous)

    def result() -> DonationPage:
        read, sums = page.result(), totals.result()
        return DonationPage(read.items, sums, read.next_position)

    return result


def import_ledgers(donations_table: str, rows: Iterable[LedgerRow]) -> None:
    """Put whole ledgers, totals included, into a table that has none of these supporters yet.

    For a history that comes from elsewhere: no events are published of it. Never for a ledger that is in use.
    """
    kept, sums = list(rows), TotalRecord.at(donations_table)
    totals: dict[tuple[str, str], TotalRecord] = {}
    for row in kept:
        empty = sums.of(row)
        total = totals.setdefault((empty.user_id, empty.key), empty)
        total.amount = (total.amount or 0) + row.amount.amount
    ledger = RowRecord.at(donations_table)
    put_many(ledger, [ledger.of(row, origin="import") for row in kept])
    put_many(sums, list(totals.values()))


def event_of_image(image: Image) -> tuple[str, DomainEvent] | None:
    """The event of a row as the table's stream shows it; None for totals and for imported rows."""
    if "origin" not in image:
        return None
    record = RowRecord.of_image(image)
    return event_of(record.to_row()) if record.origin == "request" else None
