"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

import unicodedata
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from personalization.domain.donations import Frequency
from personalization.domain.giving import Gift, GiveBack
from shared.bodies import AmountOfMoney, MessageId
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

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel, defer_build=True)


type Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text)]
type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskAgent(_Body):
    """POST /agent"""

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_written)]
    session_id: SessionId


class AskLive(_Body):
    """A message to the agent over a socket: in its conversation, or in another of the user's."""

    action: Literal["message"]
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_written)]
    session_id: Annotated[SessionId | None, BeforeValidator(_not_null)] = None
    message_id: Annotated[MessageId | None, BeforeValidator(_not_null)] = None


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
    recorded_at: Annotated[Moment | None, BeforeValidator(_not_null)] = None


class AmendProfile(_Body):
    """PATCH /profile"""

    version: Annotated[int, Field(ge=1)]
    name: Annotated[_Name | None, BeforeValidator(_not_null)] = None
    preferences: Annotated[PreferencesBody | None, BeforeValidator(_not_null)] = None
    interests: Annotated[_Interests | None, BeforeValidator(_not_null)] = None
    consent: Annotated[list[ConsentBody], Field(max_length=10)] = []


class SearchContent(_Body):
    """POST /search"""

    user_id: UserId
    query: Annotated[str, Field(max_length=200), AfterValidator(_written)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    cursor: Annotated[str, Field(max_length=4096)] | None = None


class PutContent(_Body):
    """PUT /content/{contentId}

    `version` is the one that was read; without it, the content is new.
    """

    kind: Literal["campaign", "research", "event", "way-to-help"]
    title: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printed)]
    summary: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_written)]
    body: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_written)]
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_printed)]],
        Field(max_length=20),
        AfterValidator(_distinct),
    ] = []
    url: Annotated[str, Field(max_length=500, pattern=r"^https://[!-~]+$")] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _only_events_have_times(self) -> "PutContent":
        if (self.kind == "event") != (self.starts_at is not None):
            raise ValueError("startsAt is for events, and every event has one")
        if self.ends_at and not (self.starts_at and self.starts_at <= self.ends_at):
            raise ValueError("endsAt is not before startsAt")
        return self
