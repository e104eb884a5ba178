"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from personalization.domain.donations import Frequency
from personalization.domain.giving import Gift, GiveBack
from shared.bodies import AmountOfMoney, MessageId
from shared.fields import Body, Moment, SessionId, UserId, distinct, not_null, printed, written


class AskAgent(Body):
    """POST /agent, POST /agent/runs"""

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: SessionId


class AskLive(Body):
    """A message to the agent over a socket: in its conversation, or in another of the user's."""

    action: Literal["message"]
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: Annotated[SessionId | None, BeforeValidator(not_null)] = None
    message_id: Annotated[MessageId | None, BeforeValidator(not_null)] = None


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

    def to_give_back(self, donation_id: str) -> GiveBack:
        return GiveBack(donation_id, self.amount.to_money() if self.amount else None, self.reason)


type _Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(printed)]
type _Interest = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(printed)]
type _Interests = Annotated[list[_Interest], Field(max_length=20), AfterValidator(distinct)]


class PreferencesBody(Body):
    channels: Annotated[list[Literal["email", "sms", "phone", "post"]], Field(max_length=4), AfterValidator(distinct)]
    frequency: Literal["weekly", "monthly", "quarterly", "never"]


class ConsentBody(Body):
    """`recordedAt`: when it was said, where that was earlier than now."""

    purpose: Literal["marketing", "personalisation", "giving-history"]
    granted: bool
    recorded_at: Annotated[Moment | None, BeforeValidator(not_null)] = None


class AmendProfile(Body):
    """PATCH /profile"""

    version: Annotated[int, Field(ge=1)]
    name: Annotated[_Name | None, BeforeValidator(not_null)] = None
    preferences: Annotated[PreferencesBody | None, BeforeValidator(not_null)] = None
    interests: Annotated[_Interests | None, BeforeValidator(not_null)] = None
    consent: Annotated[list[ConsentBody], Field(max_length=10)] = []


class SearchContent(Body):
    """POST /search"""

    user_id: UserId
    query: Annotated[str, Field(max_length=200), AfterValidator(written)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    cursor: Annotated[str, Field(max_length=4096)] | None = None


class PutContent(Body):
    """PUT /content/{contentId}

    `version` is the one that was read; without it, the content is new.
    """

    kind: Literal["campaign", "research", "event", "way-to-help"]
    title: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printed)]
    summary: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)]
    body: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(written)]
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40), AfterValidator(printed)]],
        Field(max_length=20),
        AfterValidator(distinct),
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
