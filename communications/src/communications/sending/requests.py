"""What users send about their devices, and staff about messages that were not sent."""

from typing import Annotated, Literal

from pydantic import Field

from communications.sending.domain.devices import Platform
from communications.sending.domain.redriving import MAX_SENDS, Wanted
from shared.http.fields import DISTINCT, Body, Line
from shared.http.forms import Form

_ASCII = r"[!-~]+"


class DeviceBody(Body):
    """`token` is what the push service has given to the app on this device."""

    platform: Literal["apns", "fcm"]
    token: Annotated[
        str, Field(min_length=16, max_length=4096), Form(_ASCII, "a token: 16 to 4,096 ASCII characters, no spaces")
    ]

    @property
    def of_platform(self) -> Platform:
        return Platform(self.platform)


class RedriveBody(Body):
    """`sends` are ids of `GET /sends`; `note` is why, for whoever reads it later.

    `mayArriveTwice`: also what may have been accepted, as nobody can say. `dryRun` only says what would be done.
    """

    sends: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=255), Form(_ASCII, "an id of GET /sends")]],
        Field(min_length=1, max_length=MAX_SENDS),
        DISTINCT,
    ]
    note: Annotated[str, Line(300)]
    may_arrive_twice: bool = False
    dry_run: bool = False

    def to_wanted(self) -> Wanted:
        return Wanted(tuple(self.sends), self.may_arrive_twice, self.note)
