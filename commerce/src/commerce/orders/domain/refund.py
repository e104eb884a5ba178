"""A refund of an order: what it gives back of each line, and how far it has got."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from commerce.payments.domain.ledger import Line
from shared.money import Money


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    """The provider has not said what it did: it is asked again, with the same key."""
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


FOLLOWING: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.PENDING: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    # the customer's bank may send it back weeks later
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset(),
}
"""What may come after each status. News that leads anywhere else comes late, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is given back of one line: an amount in minor units, and for what quantity, if for a whole number.

    `pieces` of it come back into stock: fewer where some are back already, of a refund that has failed since.
    Without a product, it is the share of shipping.
    """

    product_id: str | None
    line: Line
    amount: int
    quantity: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """`provider_id` is the provider's name for it, from its first answer on. `by` is a user's id, or the provider.

    `returned` is what the ledger took from the accounts of lines when the provider had booked the refund; None before.
    It is less than the refund where money is given back again that could not be given back before.
    """

    refund_id: str
    status: RefundStatus
    shares: tuple[Share, ...]
    currency: str
    reason: str
    by: str
    at: datetime
    request_hash: str = ""
    provider_id: str | None = None
    returned: Mapping[Line, int] | None = None
    is_restocked: bool = False

    @property
    def amount(self) -> Money:
        return Money(sum(share.amount for share in self.shares), self.currency)

    @property
    def by_line(self) -> Mapping[Line, int]:
        amounts: Counter[Line] = Counter()
        for share in self.shares:
            amounts[share.line] += share.amount
        return amounts

    @property
    def pieces(self) -> Mapping[str, int]:
        """What comes back into stock, by product."""
        return {share.product_id: share.pieces for share in self.shares if share.product_id and share.pieces}

    @property
    def is_under_way(self) -> bool:
        """Its reason may still be sent to the provider."""
        return self.status in {RefundStatus.REQUESTED, RefundStatus.PENDING}

    @property
    def is_claimed(self) -> bool:
        """Whether its money is spoken for: given back, or about to be."""
        return self.status is not RefundStatus.FAILED

    @property
    def is_booked(self) -> bool:
        """Whether the provider has taken it from our balance, if only to put it back."""
        return self.returned is not None

    def moved(self, status: RefundStatus) -> "Refund":
        """As it is where the news comes late."""
        return replace(self, status=status) if status in FOLLOWING[self.status] else self
