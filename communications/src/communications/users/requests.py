"""What clients send about users."""

from datetime import time
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from communications.users.domain.addresses import E164, PHONE_NUMBER
from communications.users.domain.invitations import Invitation
from communications.users.domain.users import Channels, Details, Digest, QuietHours, Settings
from shared.http.fields import DISTINCT, Body, Email, PartOfName, PersonName, Version
from shared.http.forms import Form


@cache
def zones() -> frozenset[str]:
    """The IANA names: not ZoneInfo's, which also takes those of files that one machine has and another has not."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text().split())


def _iana_zone(name: str) -> str:
    if name not in zones():
        raise ValueError("must be the IANA name of a time zone, such as Europe/London")
    return name


type _Clock = Annotated[str, Form(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day such as 22:00")]
type _Zone = Annotated[str, Field(max_length=64), AfterValidator(_iana_zone)]
type _LanguageTag = Annotated[
    str, Field(max_length=35), Form(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", "a language tag such as en or pt-BR")
]


type _Phone = Annotated[str, Form(E164, PHONE_NUMBER)]
type _ConfirmationCode = Annotated[str, Form(r"[0-9]{6}", "the six digits that were sent")]


class ChannelsBody(Body):
    email: bool
    sms: bool
    push: bool


class QuietHoursBody(Body):
    start: Annotated[_Clock, Field(alias="from")]
    end: Annotated[_Clock, Field(alias="to")]
    time_zone: _Zone

    @model_validator(mode="after")
    def _have_a_length(self) -> "QuietHoursBody":
        if self.start == self.end:
            raise ValueError("must not begin when they end")
        return self

    def to_quiet_hours(self) -> QuietHours:
        return QuietHours(time.fromisoformat(self.start), time.fromisoformat(self.end), self.time_zone)


class SettingsBody(Body):
    channels: ChannelsBody
    quiet_hours: QuietHoursBody | None
    language: _LanguageTag
    digest: Annotated[Digest, Field(strict=False)]

    def to_settings(self) -> Settings:
        channels = self.channels
        quiet = self.quiet_hours.to_quiet_hours() if self.quiet_hours else None
        return Settings(Channels(channels.email, channels.sms, channels.push), quiet, self.language, self.digest)


class UpdateUser(Body):
    """`lastName` may be empty, and of somebody who gave no name both are."""

    version: Version
    first_name: PartOfName
    last_name: PartOfName
    settings: SettingsBody

    def to_details(self) -> Details:
        return Details(first_name=self.first_name, last_name=self.last_name, settings=self.settings.to_settings())


class CreateUser(Body):
    """Somebody who is invited; without `settings`, with ordinary ones. `groups` are for admins to give."""

    email: Email
    first_name: PersonName
    last_name: PartOfName
    settings: SettingsBody | None = None
    groups: Annotated[list[Literal["admin", "finance", "staff"]], Field(max_length=3), DISTINCT] = []

    def to_invitation(self) -> Invitation:
        settings = self.settings.to_settings() if self.settings else Settings()
        details = Details(first_name=self.first_name, last_name=self.last_name, settings=settings)
        return Invitation(email=self.email, details=details, groups=frozenset(self.groups))


class ChangeEmail(Body):
    email: Email


class ChangePhone(Body):
    """As E.164 has it."""

    phone: _Phone


class ConfirmAddress(Body):
    code: _ConfirmationCode
