"""Registering devices."""

from datetime import timedelta

import pytest

from communications.sending.domain.devices import (
    MAX_DEVICES,
    DeviceRegistration,
    Platform,
    PushOff,
    applications,
    device_id_of,
)
from tests.communications.sending.examples import NOW
from tests.communications.sending.fakes import FakeDevices, FakeEndpoints


def test_device_is_registered_once() -> None:
    registration = DeviceRegistration(FakeDevices(), FakeEndpoints())
    first = registration.register("ada", Platform.FCM, "token", NOW)
    again = registration.register("ada", Platform.FCM, "token", NOW + timedelta(days=1))
    assert first.device_id == again.device_id == device_id_of(Platform.FCM, "token")
    assert registration.devices.of_user("ada") == [again]
    assert "token" not in first.device_id


def test_the_one_that_was_not_used_for_longest_gives_way() -> None:
    endpoints = FakeEndpoints()
    registration = DeviceRegistration(FakeDevices(), endpoints)
    for number in range(MAX_DEVICES + 2):
        registration.register("ada", Platform.FCM, f"token-{number}", NOW + timedelta(days=number))
    assert len(registration.devices.of_user("ada")) == MAX_DEVICES
    assert "token-0" not in endpoints.tokens.values()
    assert "token-1" not in endpoints.tokens.values()


def test_endpoint_goes_with_the_device_but_not_with_anybody_elses() -> None:
    endpoints = FakeEndpoints()
    registration = DeviceRegistration(FakeDevices(), endpoints)
    device = registration.register("ada", Platform.FCM, "token", NOW)
    registration.remove("bob", device.device_id)
    assert endpoints.tokens
    for _ in range(2):
        registration.remove_all("ada")
    assert not endpoints.tokens
    assert registration.devices.of_user("ada") == []


def test_platform_that_is_off_says_so() -> None:
    registration = DeviceRegistration(FakeDevices(), FakeEndpoints(Platform.APNS))
    with pytest.raises(PushOff, match="apns are off"):
        registration.register("ada", Platform.APNS, "token", NOW)
    assert registration.devices.of_user("ada") == []


def test_only_platforms_with_an_application_are_on() -> None:
    assert applications("arn:apns", "") == {Platform.APNS: "arn:apns"}
    assert applications("", "") == {}
