"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from personalization.domain.donations import Frequency
from personalization.domain.giving import Gift, GiveBack
from shared.bodies import AmountOfMoney
from shared.wire import camel


def _written(text: str) -> str:
    """Line breaks and tabs are writing; other control characters are not."""
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        raise ValueError("must not contain control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return text


type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskAgent(BaseModel):
    """POST /agent"""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_written)]
    session_id: SessionId


class GiveDonation(BaseModel):
    """POST /donations"""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)

    user_id: UserId
    amount: AmountOfMoney
    frequency: Literal["one-off", "monthly"] = "one-off"
    anonymous: bool = False

    def to_gift(self) -> Gift:
        return Gift(self.user_id, self.amount.to_money(), Frequency(self.frequency), self.anonymous)


class RefundDonation(BaseModel):
    """POST /donations/{donationId}/refunds; no amount means all that is left of the gift."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)

    amount: AmountOfMoney | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_written)]

    def to_give_back(self, donation_id: str) -> GiveBack:
        return GiveBack(donation_id, self.amount.to_money() if self.amount else None, self.reason)
