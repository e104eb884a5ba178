"""What clients send about donations."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
)

from personalization.donations.domain.donations import Frequency
from personalization.donations.domain.giving import Gift, RefundRequest
from shared.http.bodies import AmountOfMoney
from shared.http.fields import Body, UserId, written


class GiveDonation(Body):
    """POST /donations"""

    user_id: UserId
    amount: AmountOfMoney
    frequency: Literal["one-off", "monthly"] = "one-off"
    anonymous: bool = False

    def to_gift(self) -> Gift:
        return Gift(self.user_id, self.amount.to_money(), Frequency(self.frequency), self.anonymous)


class RefundDonation(Body):
    """POST /donations/{donationId}/refunds

    No amount means all that is left of the gift.
    """

    amount: AmountOfMoney | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)]

    def to_refund(self, donation_id: str) -> RefundRequest:
        return RefundRequest(donation_id, self.amount.to_money() if self.amount else None, self.reason)
