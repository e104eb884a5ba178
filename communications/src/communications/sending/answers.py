"""What clients get about devices."""

from typing import Literal, TypedDict

from communications.sending.domain.devices import Device


class DeviceAnswer(TypedDict):
    deviceId: str
    platform: Literal["apns", "fcm"]


def device_answer(device: Device) -> DeviceAnswer:
    return {"deviceId": device.device_id, "platform": device.platform.value}
