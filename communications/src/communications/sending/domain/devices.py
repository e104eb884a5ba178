"""Devices that get push messages: each belongs to whoever has signed in on it last."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.errors import Conflict

MAX_DEVICES = 10
"""Of a user: the one that has not been registered for longest gives way."""


class Platform(StrEnum):
    APNS = "apns"
    FCM = "fcm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    device_id: str
    platform: Platform
    endpoint_arn: str
    registered_at: datetime


class Devices(Protocol):
    """Every method raises Unavailable."""

    def of_user(self, user_id: str) -> Sequence[Device]:
        """The one that was registered last comes first."""
        ...

    def add(self, user_id: str, device: Device) -> None:
        """It is nobody else's from then on."""
        ...

    def remove(self, user_id: str, device_id: str) -> Device | None:
        """The device, if it was the user's."""
        ...


class Endpoints(Protocol):
    """Of the push services. Every method raises Unavailable."""

    def create(self, platform: Platform, token: str) -> str:
        """The one of this token, enabled. Raises PushOff; Invalid for what is no token."""
        ...

    def delete(self, endpoint_arn: str) -> None:
        """It need not exist."""
        ...


class PushOff(Conflict):
    def __init__(self, platform: Platform) -> None:
        super().__init__(f"Push messages by {platform} are off in this environment.")


def device_id_of(platform: Platform, token: str) -> str:
    return hashlib.sha256(f"{platform}:{token}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DeviceRegistration:
    devices: Devices
    endpoints: Endpoints

    def register(self, user_id: str, platform: Platform, token: str, now: datetime) -> Device:
        """Apps do so whenever they start; twice does no harm. Raises PushOff; Invalid; Unavailable."""
        device = Device(
            device_id=device_id_of(platform, token),
            platform=platform,
            endpoint_arn=self.endpoints.create(platform, token),
            registered_at=now,
        )
        self.devices.add(user_id, device)
        for surplus in self.devices.of_user(user_id)[MAX_DEVICES:]:
            self.remove(user_id, surplus.device_id)
        return device

    def remove(self, user_id: str, device_id: str) -> None:
        """Nothing happens where it is not the user's. Raises Unavailable."""
        device = self.devices.remove(user_id, device_id)
        if device is not None:
            self.endpoints.delete(device.endpoint_arn)

    def remove_all(self, user_id: str) -> None:
        """The endpoints go first, as they are found by the devices: it may break off. Raises Unavailable."""
        for device in self.devices.of_user(user_id):
            self.endpoints.delete(device.endpoint_arn)
            self.devices.remove(user_id, device.device_id)


def applications(apns: str, fcm: str) -> Mapping[Platform, str]:
    """The platform applications that there are, by ARN; empty of a platform that is off."""
    return {platform: arn for platform, arn in ((Platform.APNS, apns), (Platform.FCM, fcm)) if arn}
