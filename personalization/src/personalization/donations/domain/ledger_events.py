"""The ledger's events for other contexts."""

from collections.abc import Mapping

from personalization.donations.domain.donations import Donation, LedgerRow
from shared.events.domain_events import DomainEvent

_NAMES: Mapping[str, str] = {
    "refund": "DonationRefunded",
    "charge-back": "DonationChargedBack",
    "reversal": "DonationRestored",
}


def event_of(row: LedgerRow) -> tuple[str, DomainEvent]:
    """A row's event and its name. Its id is the row's, so that publishing it again publishes the same event.

    A refund's reason is not part of it: it is free text about a person.
    """
    data: dict[str, object] = {"donationId": row.donation_id, "amount": row.amount, "anonymous": row.anonymous}
    if row.order_id:
        data["orderId"] = row.order_id
    if isinstance(row, Donation):
        name, data = "DonationReceived", data | {"frequency": row.frequency.value}
    else:
        name, data = _NAMES[row.kind], data | {"refundOf": row.refund_of}
    return name, DomainEvent(row.donation_id, 1, row.created_at, row.user_id, data)
