"""How the domain's values look in the personalization tables, and nothing that leaves this package."""

from typing import Literal

from personalization.donations.domain.donations import Donation, Frequency, LedgerRow, Refund
from shared.dynamodb.tables import Item
from shared.json.encoding import moment, rfc3339
from shared.money import Money

# What the sort keys of totals begin with: greater than every id, so that rows and totals are two ranges.
TOTALS_KEYS = "totals#"


_ANONYMOUS = "#anonymous"


def ledger_item(row: LedgerRow, origin: Literal["request", "import"] = "request") -> Item:
    """Rows of the origin `import` are not published.

    The index ByGift finds a gift whose supporter is not known: `giftId` stands on gifts only, and never on totals, of
    which there are many per key. ByOpenId holds a supporter's rows without the anonymous ones, which have no `openId`:
    readers who may not see those read no trace of them.
    """
    item: Item = {
        "userId": row.user_id,
        "donationId": row.donation_id,
        "openId": None if row.anonymous else row.donation_id,
        "kind": row.kind,
        "origin": origin,
        "amount": row.amount.amount,
        "currency": row.amount.currency,
        "anonymous": row.anonymous,
        "createdAt": rfc3339(row.created_at),
    }
    if isinstance(row, Donation):
        own = {"giftId": row.donation_id, "frequency": row.frequency.value, "refunded": row.refunded.amount}
        return item | own
    return item | {"refundOf": row.refund_of, "reason": row.reason}


def row_in(item: Item) -> LedgerRow:
    amount, created_at = Money(item["amount"], item["currency"]), moment(item["createdAt"])
    if item["kind"] == "refund":
        return Refund(
            donation_id=item["donationId"],
            user_id=item["userId"],
            amount=amount,
            refund_of=item["refundOf"],
            reason=item["reason"],
            anonymous=item["anonymous"],
            created_at=created_at,
        )
    return Donation(
        donation_id=item["donationId"],
        user_id=item["userId"],
        amount=amount,
        frequency=Frequency(item["frequency"]),
        anonymous=item["anonymous"],
        created_at=created_at,
        refunded=Money(item["refunded"], item["currency"]),
    )


def total_key(currency: str, *, anonymous: bool) -> str:
    """`totals#GBP`, and `totals#GBP#anonymous` for the rows that not every reader may count."""
    return f"{TOTALS_KEYS}{currency}" + (_ANONYMOUS if anonymous else "")


def is_anonymous_total(item: Item) -> bool:
    return bool(item["donationId"].endswith(_ANONYMOUS))


def total_in(item: Item) -> Money:
    """The sum that a row of totals holds."""
    return Money(item["amount"], item["donationId"].removeprefix(TOTALS_KEYS).removesuffix(_ANONYMOUS))
