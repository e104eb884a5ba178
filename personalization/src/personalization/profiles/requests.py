"""What clients send: checked by these models in the function, and by the JSON schemas made of them at the gateway."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
)

from shared.http.fields import Body, Moment, distinct, not_null, printed

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
