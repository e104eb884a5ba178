"""The ledger of donations in DynamoDB: rows and totals in one partition per supporter."""

from collections.abc import Callable, Iterable, Iterator

from personalization.donations.adapters.items import (
    TOTALS_KEYS,
    is_anonymous_total,
    ledger_item,
    row_in,
    total_in,
    total_key,
)
from personalization.donations.domain.donations import PAGE_SIZE, Donation, DonationPage, LedgerPage, LedgerRow, Refund
from personalization.donations.domain.giving import GiftChangedError
from personalization.donations.domain.ledger_events import event_of
from shared.dynamodb.attribute_values import plain_item
from shared.dynamodb.tables import Item, Table, add, attribute, readers
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import NotFound
from shared.events.domain_events import DomainEvent
from shared.events.streams import Image
from shared.idempotency.claims import FirstAnswer
from shared.idempotency.first_answers import DynamoFirstAnswers, translated_refusals
from shared.money import Money, totals

_GIFT, _ROW, _SUPPORTER, _TOTAL = "gift", "row", "supporter", "total"


class DynamoLedger:
    """Writes Donations and the first answers; looks at Users."""

    def __init__(self, users_table: str, donations_table: str, first_answers_table: str) -> None:
        self._users, self._donations = Table(users_table), Table(donations_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def add(self, gift: Donation, first_answer: FirstAnswer | None, *, only_if_registered: bool) -> None:
        """One transaction: the row, its total, the first answer and, if asked for, a look at the supporter."""
        transaction = self._entry(gift, first_answer)
        if only_if_registered:
            transaction.check(_SUPPORTER, self._users, {"userId": gift.user_id}, attribute("userId").exists())
        try:
            with translated_refusals():
                transaction.commit()
        except Cancelled as cancelled:
            if _SUPPORTER in cancelled.refused:
                raise NotFound("There is no such supporter.") from cancelled
            raise

    def give_back(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """One transaction: the row, its total, the first answer, and the gift's counter, which has to hold it."""
        given_back = -refund.amount.amount
        transaction = self._entry(refund, first_answer)
        transaction.update(
            _GIFT,
            self._donations,
            {"userId": gift.user_id, "donationId": gift.donation_id},
            [add("refunded", given_back)],
            attribute("refunded") <= gift.amount.amount - given_back,
        )
        try:
            with translated_refusals():
                transaction.commit()
        except Cancelled as cancelled:
            if _GIFT in cancelled.refused:
                raise GiftChangedError from cancelled
            raise

    def find(self, donation_id: str) -> Donation | None:
        """A query of the index of gifts, which follows the table within a moment, then a consistent GetItem."""
        keys = self._donations.query(attribute("giftId") == donation_id, index="ByGift", limit=1)
        if not keys:
            return None
        item = self._donations.get({"userId": keys[0]["userId"], "donationId": donation_id})
        row = row_in(item) if item else None
        return row if isinstance(row, Donation) else None

    def page(self, user_id: str, *, anonymous: bool, after: str | None, limit: int) -> LedgerPage:
        """One consistent query; one row more than the page tells whether another follows."""
        return ledger_page(self._donations, user_id, anonymous=anonymous, after=after, limit=limit)

    def is_registered(self, user_id: str) -> bool:
        return self._users.get({"userId": user_id}, attributes=["userId"]) is not None

    def _entry(self, row: LedgerRow, first_answer: FirstAnswer | None) -> Transaction:
        transaction = Transaction()
        transaction.put(_ROW, self._donations, ledger_item(row), attribute("donationId").missing())
        total = {"userId": row.user_id, "donationId": total_key(row.amount.currency, anonymous=row.anonymous)}
        transaction.update(_TOTAL, self._donations, total, [add("amount", row.amount.amount)])
        self._first_answers.record(first_answer, transaction)
        return transaction


def ledger_page(donations: Table, user_id: str, *, anonymous: bool, after: str | None, limit: int) -> LedgerPage:
    """Every row lies before TOTALS_KEYS; those that are not anonymous have an index of their own."""
    key, index = ("donationId", None) if anonymous else ("openId", "ByOpenId")
    older = (attribute("userId") == user_id) & (attribute(key) < (after or TOTALS_KEYS))
    found = donations.query(older, index=index, newest_first=True, limit=limit + 1, consistent=True)
    rows = [row_in(item) for item in found]
    return LedgerPage(tuple(rows[:limit]), rows[limit - 1].donation_id if len(rows) > limit else None)


def ledger_totals(donations: Table, user_id: str, *, anonymous: bool) -> tuple[Money, ...]:
    """One sum per currency: one query of at most two rows for each."""
    found = donations.query((attribute("userId") == user_id) & attribute("donationId").starts_with(TOTALS_KEYS))
    return totals(total_in(item) for item in found if anonymous or not is_anonymous_total(item))


def imported(rows: Iterable[LedgerRow]) -> Iterator[Item]:
    """The items of whole ledgers, totals included, to be put into a table that has none of these supporters yet.

    For a history that is known from elsewhere: no events are published of it. Never for a ledger that is in use.
    """
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        yield ledger_item(row, origin="import")
        total = row.user_id, total_key(row.amount.currency, anonymous=row.anonymous)
        sums[total] = sums.get(total, 0) + row.amount.amount
    for (user_id, key), amount in sums.items():
        yield {"userId": user_id, "donationId": key, "amount": amount}


def event_of_image(image: Image) -> tuple[str, DomainEvent] | None:
    """The event of a row as the table's stream shows it; None for totals and for imported rows."""
    item = plain_item(image)
    return event_of(row_in(item)) if item.get("origin") == "request" else None


def newest_donations(donations: Table, user_id: str, *, anonymous: bool) -> Callable[[], DonationPage]:
    """Start reading the first page and the totals, in one round; call what it returns when both are needed.

    A gift that is made between the two reads may be in one of them only, until the next request.
    """
    page = readers().submit(ledger_page, donations, user_id, anonymous=anonymous, after=None, limit=PAGE_SIZE)
    totals = readers().submit(ledger_totals, donations, user_id, anonymous=anonymous)

    def result() -> DonationPage:
        read, sums = page.result(), totals.result()
        return DonationPage(read.items, sums, read.next_position)

    return result
