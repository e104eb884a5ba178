"""The ledger of donations in DynamoDB: rows and totals in one partition per supporter."""

from collections.abc import Iterable, Iterator

from personalization.adapters.items import (
    TOTALS_KEYS,
    DonationItem,
    SupporterItem,
    is_anonymous_total,
    total_key,
    total_of,
)
from personalization.domain.donations import Donation, LedgerPage, LedgerRow, Refund
from personalization.domain.giving import GiftMovedError
from personalization.domain.ledger_events import event_of
from shared.errors import NotFound
from shared.events import DomainEvent
from shared.first_answers import RECORD, record
from shared.idempotency import FirstAnswer, KeyInUse
from shared.model_transactions import Cancelled, StillConflicting, Transaction
from shared.money import Money, totals
from shared.streams import Image
from shared.tables import bind, translated_failures

_GIFT, _ROW, _SUPPORTER, _TOTAL = "gift", "row", "supporter", "total"


class DynamoLedger:
    """Writes Donations and the first answers; looks at Users."""

    def __init__(self, users_table: str, donations_table: str) -> None:
        bind(SupporterItem, users_table)
        bind(DonationItem, donations_table)

    def add(self, gift: Donation, first_answer: FirstAnswer | None, *, only_if_registered: bool) -> None:
        """One transaction: the row, its total, the first answer and, if asked for, a look at the supporter."""
        transaction = self._entry(gift, first_answer)
        if only_if_registered:
            transaction.check(_SUPPORTER, SupporterItem, gift.user_id, SupporterItem.user_id.exists())
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if RECORD in cancelled.refused:
                raise KeyInUse from cancelled
            if _SUPPORTER in cancelled.refused:
                raise NotFound("There is no such supporter.") from cancelled
            raise
        except StillConflicting as conflict:
            if RECORD in conflict.conflicting:
                raise KeyInUse from conflict
            raise

    def give_back(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """One transaction: the row, its total, the first answer, and the gift's counter, which has to hold it."""
        given_back = -refund.amount.amount
        transaction = self._entry(refund, first_answer)
        transaction.update(
            _GIFT,
            DonationItem(gift.user_id, gift.donation_id),
            [DonationItem.refunded.add(given_back)],
            DonationItem.refunded <= gift.amount.amount - given_back,
        )
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if RECORD in cancelled.refused:
                raise KeyInUse from cancelled
            if _GIFT in cancelled.refused:
                raise GiftMovedError from cancelled
            raise
        except StillConflicting as conflict:
            if RECORD in conflict.conflicting:
                raise KeyInUse from conflict
            raise

    def find(self, donation_id: str) -> Donation | None:
        """A query of the index of gifts, which follows the table within a moment, then a consistent GetItem."""
        with translated_failures():
            key = next(iter(DonationItem.gifts.query(donation_id, limit=1)), None)
            if key is None:
                return None
            row = DonationItem.get(key.user_id, donation_id, consistent_read=True).to_domain()
            return row if isinstance(row, Donation) else None

    def page(self, user_id: str, *, anonymous: bool, after: str | None, limit: int) -> LedgerPage:
        """One consistent query; one row more than the page tells whether another follows."""
        with translated_failures():
            return ledger_page(user_id, anonymous=anonymous, after=after, limit=limit)

    def is_registered(self, user_id: str) -> bool:
        with translated_failures():
            try:
                SupporterItem.get(user_id, consistent_read=True, attributes_to_get=["userId"])
            except SupporterItem.DoesNotExist:
                return False
        return True

    @staticmethod
    def _entry(row: LedgerRow, first_answer: FirstAnswer | None) -> Transaction:
        transaction = Transaction()
        transaction.put(_ROW, DonationItem.of(row), DonationItem.donation_id.does_not_exist())
        total = DonationItem(row.user_id, total_key(row.amount.currency, anonymous=row.anonymous))
        transaction.update(_TOTAL, total, [DonationItem.amount.add(row.amount.amount)])
        if first_answer:
            record(first_answer, transaction)
        return transaction


def ledger_page(user_id: str, *, anonymous: bool, after: str | None, limit: int) -> LedgerPage:
    """Every row lies before TOTALS_KEYS; those that are not anonymous have an index of their own."""
    read = DonationItem.query if anonymous else DonationItem.open_rows.query
    key = DonationItem.donation_id if anonymous else DonationItem.open_id
    older = key < (after or TOTALS_KEYS)
    found = read(user_id, older, scan_index_forward=False, limit=limit + 1, consistent_read=True)
    rows = [item.to_domain() for item in found]
    return LedgerPage(tuple(rows[:limit]), rows[limit - 1].donation_id if len(rows) > limit else None)


def ledger_totals(user_id: str, *, anonymous: bool) -> tuple[Money, ...]:
    """One sum per currency: one query of at most two rows for each."""
    found = DonationItem.query(user_id, DonationItem.donation_id.startswith(TOTALS_KEYS), consistent_read=True)
    return totals(total_of(item) for item in found if anonymous or not is_anonymous_total(item))


def imported(rows: Iterable[LedgerRow]) -> Iterator[DonationItem]:
    """The items of whole ledgers, totals included, to be put into a table that has none of these supporters yet.

    For a history that is known from elsewhere: no events are published of it. Never for a ledger that is in use.
    """
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        yield DonationItem.of(row, origin="import")
        total = row.user_id, total_key(row.amount.currency, anonymous=row.anonymous)
        sums[total] = sums.get(total, 0) + row.amount.amount
    for total, amount in sums.items():
        yield DonationItem(*total, amount=amount)


def event_of_image(image: Image) -> tuple[str, DomainEvent] | None:
    """The event of a row as the table's stream shows it; None for totals and for imported rows."""
    item = DonationItem()
    item.deserialize(dict(image))
    return event_of(item.to_domain()) if item.origin == "request" else None
