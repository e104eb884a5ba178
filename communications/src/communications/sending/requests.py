"""What users send about their devices."""

from typing import Annotated, Literal

from pydantic import Field

from communications.sending.domain.devices import Platform
from shared.http.fields import Body


class DeviceBody(Body):
    """`token` is what the push service has given to the app on this device."""

    platform: Literal["apns", "fcm"]
    token: Annotated[str, Field(min_length=16, max_length=4096, pattern=r"^[!-~]+$")]

    @property
    def of_platform(self) -> Platform:
        return Platform(self.platform)
