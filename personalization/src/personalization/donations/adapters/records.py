"""The ledger as the Donations table has it: a supporter's rows, and the totals of each currency, in one partition."""

from typing import Literal, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex

from personalization.donations.domain.donations import Donation, Frequency, LedgerRow, Refund
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute
from shared.dynamodb.records import Record
from shared.money import Money

# What the sort keys of totals begin with: greater than every id, so that rows and totals are two ranges.
TOTALS_KEYS = "totals#"
_ANONYMOUS = "#anonymous"


class RowsByGift(GlobalSecondaryIndex["RowRecord"]):
    """Finds a gift by its id alone, without the supporter's. Totals, of which there are many per key, are not in it."""

    class Meta:
        index_name = "ByGift"
        projection = KeysOnlyProjection()

    gift_id = UnicodeAttribute(hash_key=True, attr_name="giftId")


class OpenRows(LocalSecondaryIndex["RowRecord"]):
    """A supporter's rows without the anonymous ones: readers who may not see those read no trace of them."""

    class Meta:
        index_name = "ByOpenId"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    open_id = UnicodeAttribute(range_key=True, attr_name="openId")


class RowRecord(Record):
    by_gift = RowsByGift()
    open_rows = OpenRows()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    donation_id = UnicodeAttribute(range_key=True, attr_name="donationId")
    open_id = UnicodeAttribute(null=True, attr_name="openId")
    gift_id = UnicodeAttribute(null=True, attr_name="giftId")
    kind = UnicodeAttribute()
    origin = UnicodeAttribute()
    amount = IntegerAttribute()
    currency = UnicodeAttribute()
    anonymous = BooleanAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    frequency = UnicodeAttribute(null=True)
    refunded = IntegerAttribute(null=True)
    refund_of = UnicodeAttribute(null=True, attr_name="refundOf")
    reason = UnicodeAttribute(null=True)
    order_id = UnicodeAttribute(null=True, attr_name="orderId")

    @classmethod
    def of(cls, row: LedgerRow, origin: Literal["request", "import"] = "request") -> Self:
        """Rows of the origin `import` are not published."""
        record = cls(
            row.user_id,
            row.donation_id,
            open_id=None if row.anonymous else row.donation_id,
            kind=row.kind,
            origin=origin,
            amount=row.amount.amount,
            currency=row.amount.currency,
            anonymous=row.anonymous,
            created_at=row.created_at,
            order_id=row.order_id,
        )
        if isinstance(row, Donation):
            record.gift_id = row.donation_id
            record.frequency, record.refunded = row.frequency.value, row.refunded.amount
        else:
            record.refund_of, record.reason = row.refund_of, row.reason
        return record

    def to_row(self) -> LedgerRow:
        amount = Money(self.amount, self.currency)
        if self.kind != "gift":
            return Refund(
                kind=self.kind,  # type: ignore[arg-type]  # nothing else is written
                donation_id=self.donation_id,
                user_id=self.user_id,
                amount=amount,
                refund_of=self.refund_of,
                reason=self.reason,
                anonymous=self.anonymous,
                created_at=self.created_at,
                order_id=self.order_id,
            )
        return Donation(
            donation_id=self.donation_id,
            user_id=self.user_id,
            amount=amount,
            frequency=Frequency(self.frequency),
            anonymous=self.anonymous,
            created_at=self.created_at,
            # what an order's events have in another order than they happened in may be more or less for a moment
            refunded=Money(min(max(self.refunded, 0), self.amount), self.currency),
            order_id=self.order_id,
        )


class TotalRecord(Record):
    """The sum of a supporter's rows of one currency, those of anonymous gifts apart: not every reader may count them.

    Its key is `totals#GBP` or `totals#GBP#anonymous`.
    """

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    key = UnicodeAttribute(range_key=True, attr_name="donationId")
    amount = IntegerAttribute()

    @classmethod
    def of(cls, row: LedgerRow) -> Self:
        """The total that the row counts towards, without its amount."""
        return cls(row.user_id, f"{TOTALS_KEYS}{row.amount.currency}" + (_ANONYMOUS if row.anonymous else ""))

    @property
    def is_anonymous(self) -> bool:
        return self.key.endswith(_ANONYMOUS)

    def to_money(self) -> Money:
        return Money(self.amount, self.key.removeprefix(TOTALS_KEYS).removesuffix(_ANONYMOUS))
