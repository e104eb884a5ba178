"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

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


def _printed(text: str) -> str:
    """One line without control characters."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("must not contain line breaks or control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _not_null(value: object) -> object:
    """An optional field may be left out; null is not leaving out."""
    if value is None:
        raise ValueError("must not be null: leave it out")
    return value


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be text: a date and time with its zone")
    return value


def _distinct[T](items: list[T]) -> list[T]:
    if len(set(items)) != len(items):
        raise ValueError("must not name anything twice")
    return items


class _Body(BaseModel):
    """Names in camelCase, nothing besides what is named, and no type taken for another."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel)


type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskAgent(_Body):
    """POST /agent"""

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_written)]
    session_id: SessionId


class GiveDonation(_Body):
    """POST /donations"""

    user_id: UserId
    amount: AmountOfMoney
    frequency: Literal["one-off", "monthly"] = "one-off"
    anonymous: bool = False

    def to_gift(self) -> Gift:
        return Gift(self.user_id, self.amount.to_money(), Frequency(self.frequency), self.anonymous)


class RefundDonation(_Body):
    """POST /donations/{donationId}/refunds

    No amount means all that is left of the gift.
    """

    amount: AmountOfMoney | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_written)]

    def to_give_back(self, donation_id: str) -> GiveBack:
        return GiveBack(donation_id, self.amount.to_money() if self.amount else None, self.reason)


type _Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printed)]
type _Interest = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_printed)]
type _Interests = Annotated[list[_Interest], Field(max_length=20), AfterValidator(_distinct)]


class PreferencesBody(_Body):
    channels: Annotated[list[Literal["email", "sms", "phone", "post"]], Field(max_length=4), AfterValidator(_distinct)]
    frequency: Literal["weekly", "monthly", "quarterly", "never"]


class ConsentBody(_Body):
    """`recordedAt`: when it was said, where that was earlier than now."""

    purpose: Literal["marketing", "personalisation", "giving-history"]
    granted: bool
    recorded_at: Annotated[Annotated[AwareDatetime, Field(strict=False)] | None, BeforeValidator(_text)] = None


class AmendProfile(_Body):
    """PATCH /profile"""

    version: Annotated[int, Field(ge=1)]
    name: Annotated[_Name | None, BeforeValidator(_not_null)] = None
    preferences: Annotated[PreferencesBody | None, BeforeValidator(_not_null)] = None
    interests: Annotated[_Interests | None, BeforeValidator(_not_null)] = None
    consent: Annotated[list[ConsentBody], Field(max_length=10)] = []
